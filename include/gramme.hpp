// gramme for C++17 and later: gramme.h with owners and exceptions. Header only; link libgramme.
//
//   gramme::Tracker run;                                  measures from here
//   { const auto epoch = run.span("epoch 1"); train(); }  what was used in between
//   run.log({{"loss", 0.3}, {"samples", 512}});
//   std::puts(run.summary().c_str());
//
// Every failure is a gramme::Error. Destructors fail silently: stop() and end() are there to hear of it.
#ifndef GRAMME_HPP
#define GRAMME_HPP

#include <gramme.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gramme {

/// What failed, and what to do about it: `code` is one of gramme.h, what() holds both texts.
class Error : public std::runtime_error {
public:
    explicit Error(const gramme_error& error)
        : std::runtime_error(error.hint[0] == '\0' ? std::string{error.what}
                                                   : std::string{error.what} + " (" + error.hint + ")"),
          code(error.code) {}
    std::int32_t code;
};

namespace detail {

template <class Call>
void check(Call call) {
    gramme_error error{};
    if (call(&error) != GRAMME_OK) {
        throw Error(error);
    }
}

template <class Call>
std::string text(Call call) {
    char* made = nullptr;
    check([&](gramme_error* error) { return call(&made, error); });
    const std::unique_ptr<char, void (*)(char*)> owner{made, &gramme_text_free};
    return owner ? std::string{owner.get()} : std::string{};
}

struct FreeSettings {
    void operator()(gramme_settings* settings) const noexcept { gramme_settings_free(settings); }
};
struct FreeTracker {
    void operator()(gramme_tracker* tracker) const noexcept { gramme_tracker_free(tracker); }
};

}  // namespace detail

inline std::string version() {
    return gramme_version();
}

/// Requests and answers in JSON: docs/schema/request.md.
inline std::string estimate(const std::string& request) {
    return detail::text(
        [&](char** out, gramme_error* error) { return gramme_estimate(request.c_str(), out, error); });
}
inline std::string compare(const std::string& request) {
    return detail::text(
        [&](char** out, gramme_error* error) { return gramme_compare(request.c_str(), out, error); });
}

/// A table with figures, as gramme_estimate_stream(); `in` is taken over, whoever gets the result releases
/// it.
inline ArrowArrayStream estimate_stream(ArrowArrayStream* in, const std::string& request = "{}") {
    ArrowArrayStream out{};
    detail::check(
        [&](gramme_error* error) { return gramme_estimate_stream(in, request.c_str(), &out, error); });
    return out;
}

inline gramme_totals no_totals() {
    gramme_totals totals{};
    totals.size = sizeof totals;
    return totals;
}

/// Ends where it goes out of scope. Must not outlive its tracker.
class Span {
public:
    Span(gramme_tracker* tracker, const std::string& name, const char* detail = nullptr) : tracker_(tracker) {
        detail::check([&](gramme_error* error) {
            return gramme_tracker_span_begin(tracker_, name.c_str(), detail, &id_, error);
        });
    }
    Span(Span&& other) noexcept : tracker_(std::exchange(other.tracker_, nullptr)), id_(other.id_) {}
    Span& operator=(Span&&) = delete;
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span() {
        if (tracker_ != nullptr) {
            gramme_tracker_span_end(tracker_, id_, nullptr, nullptr);
        }
    }

    /// What was used between both ends.
    gramme_totals end() {
        gramme_totals totals = no_totals();
        gramme_tracker* const tracker = std::exchange(tracker_, nullptr);
        detail::check(
            [&](gramme_error* error) { return gramme_tracker_span_end(tracker, id_, &totals, error); });
        return totals;
    }

private:
    gramme_tracker* tracker_;
    std::int64_t id_ = 0;
};

/// Settings as the flags of `gramme run`, without their dashes.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Measures this process from its construction to stop(), or to its end.
class Tracker {
public:
    explicit Tracker(const Settings& settings = {}) {
        const std::unique_ptr<gramme_settings, detail::FreeSettings> made{gramme_settings_new()};
        if (!made) {
            throw std::bad_alloc{};
        }
        for (const auto& [name, value] : settings) {
            detail::check([&](gramme_error* error) {
                return gramme_settings_set(made.get(), name.c_str(), value.c_str(), error);
            });
        }
        gramme_tracker* tracker = nullptr;
        detail::check([&](gramme_error* error) { return gramme_tracker_start(made.get(), &tracker, error); });
        tracker_.reset(tracker);
    }

    void stop() {
        detail::check([&](gramme_error* error) { return gramme_tracker_stop(get(), error); });
    }
    void pause() {
        detail::check([&](gramme_error* error) { return gramme_tracker_pause(get(), error); });
    }
    void resume() {
        detail::check([&](gramme_error* error) { return gramme_tracker_resume(get(), error); });
    }

    [[nodiscard]] Span span(const std::string& name, const char* detail = nullptr) {
        return {get(), name, detail};
    }
    void mark(const std::string& name, const char* detail = nullptr) {
        detail::check(
            [&](gramme_error* error) { return gramme_tracker_mark(get(), name.c_str(), detail, error); });
    }
    void log(std::initializer_list<gramme_value> values) {
        detail::check([&](gramme_error* error) {
            return gramme_tracker_log(get(), values.begin(), values.size(), error);
        });
    }

    [[nodiscard]] gramme_totals totals() {
        gramme_totals totals = no_totals();
        detail::check([&](gramme_error* error) { return gramme_tracker_totals(get(), &totals, error); });
        return totals;
    }
    [[nodiscard]] std::string result() {
        return detail::text(
            [&](char** out, gramme_error* error) { return gramme_tracker_result(get(), out, error); });
    }
    [[nodiscard]] std::string summary() {
        return detail::text(
            [&](char** out, gramme_error* error) { return gramme_tracker_summary(get(), out, error); });
    }
    [[nodiscard]] std::string run_id() const { return gramme_tracker_run_id(get()); }
    [[nodiscard]] bool is_joined() const { return gramme_tracker_is_joined(get()) != 0; }
    [[nodiscard]] std::string socket() const { return gramme_tracker_socket(get()); }

    [[nodiscard]] gramme_tracker* get() const { return tracker_.get(); }

private:
    std::unique_ptr<gramme_tracker, detail::FreeTracker> tracker_;
};

}  // namespace gramme

#endif
