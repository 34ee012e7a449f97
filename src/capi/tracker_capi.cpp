// Trackers and their settings: include/gramme.h over track::Tracker.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/uuid.hpp"
#include "capi/boundary.hpp"
#include "config/settings.hpp"
#include "config/version.hpp"
#include "track/tracker.hpp"

namespace track = gramme::track;
using gramme::Code;
using gramme::Error;
using gramme::Result;
using gramme::capi::copied;
using gramme::capi::guarded;
using gramme::capi::guarded_quietly;
using gramme::capi::missing;
using gramme::capi::report;

struct gramme_settings {
    track::TrackerOptions options;
};
struct gramme_tracker {
    std::unique_ptr<track::Tracker> tracker;
};

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string_view view(const char* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text};
}

Result<bool> one_of(std::string_view name, std::string_view value, std::string_view yes,
                    std::string_view no) {
    if (value != yes && value != no) {
        return Error{Code::kUsage,
                     std::string{name} + ": '" + std::string{value} + "' is neither " + std::string{yes} +
                         " nor " + std::string{no},
                     ""};
    }
    return value == yes;
}

Result<void> set(track::TrackerOptions& options, std::string_view name, std::string_view value) {
    if (name == "config") {
        GRAMME_TRY(options.ask_world, one_of(name, value, "default", "none"));
        return {};
    }
    if (name == "join") {
        GRAMME_TRY(options.may_join, one_of(name, value, "auto", "never"));
        return {};
    }
    if (name == "gpus") {
        options.gpus = std::string{value};
        return {};
    }
    if (name == "id") {
        if (!gramme::is_uuid(value)) {
            return Error{Code::kUsage, "id: '" + std::string{value} + "' is no UUID", ""};
        }
        options.id = std::string{value};
        return {};
    }
    if (name == "quiet" || name == "live") {
        return Error{Code::kUsage, std::string{name} + ": a library prints nothing",
                     "gramme_tracker_summary() gives the text"};
    }
    return gramme::config::assign(options.said, name, value, name);
}

Result<void> check_totals(const gramme_totals& to) {
    constexpr std::size_t kLargest = 4096;
    if (to.size < offsetof(gramme_totals, duration_s) + sizeof(double) || to.size > kLargest) {
        return Error{Code::kUsage, "totals: its size is not set",
                     "write `totals.size = sizeof totals` before the call"};
    }
    return {};
}

/// Of a checked size. The caller may know an older, shorter struct, or a newer one: what we do not know of
/// that is all ones, which is NaN in a double and -1 in a whole number.
void write_totals(const track::Totals& from, gramme_totals* to) {
    gramme_totals all{};
    all.size = to->size;
    all.duration_s = from.duration_s;
    all.energy_kwh = from.is_known ? from.energy_kwh : kUnknown;
    all.cpu_kwh = from.cpu_kwh.value_or(kUnknown);
    all.gpu_kwh = from.gpu_kwh.value_or(kUnknown);
    all.memory_kwh = from.memory_kwh.value_or(kUnknown);
    all.operational_kgco2e = from.is_known ? from.operational_kgco2e : kUnknown;
    all.power_w = from.power_w;
    all.pue = from.pue;
    all.intensity_gco2e_per_kwh = from.intensity_gco2e_per_kwh;
    all.has_gaps = from.has_gaps ? 1 : 0;
    const std::size_t size = to->size;
    std::memcpy(to, &all, std::min(size, sizeof all));
    if (size > sizeof all) {
        std::memset(reinterpret_cast<char*>(to) + sizeof all, 0xFF, size - sizeof all);
    }
}

Result<void> write_text(const Result<std::string>& from, char** to) {
    if (!from) {
        return from.error();
    }
    char* text = copied(*from);
    if (text == nullptr) {
        return Error{Code::kUnavailable, "out of memory", ""};
    }
    *to = text;
    return {};
}

template <class Body>
std::int32_t with(gramme_tracker* tracker, gramme_error* error, Body body) noexcept {
    if (tracker == nullptr) {
        return report(missing("tracker"), error);
    }
    return guarded_quietly(error, [&] { return body(*tracker->tracker); });
}

}  // namespace

extern "C" {

const char* gramme_version(void) {
    return gramme::config::kVersion.data();  // a literal: it ends with a zero
}

void gramme_text_free(char* text) {
    std::free(text);
}

gramme_settings* gramme_settings_new(void) {
    return new (std::nothrow) gramme_settings{};
}

int32_t gramme_settings_set(gramme_settings* settings, const char* name, const char* value,
                            gramme_error* error) {
    if (settings == nullptr || name == nullptr || value == nullptr) {
        return report(missing(settings == nullptr ? "settings" : name == nullptr ? "name" : "value"), error);
    }
    return guarded(error, [&] { return set(settings->options, name, value); });
}

int32_t gramme_settings_check(const gramme_settings* settings, gramme_error* error) {
    return guarded_quietly(error, [&] {
        return track::Tracker::check(settings == nullptr ? track::TrackerOptions{} : settings->options);
    });
}

void gramme_settings_free(gramme_settings* settings) {
    delete settings;
}

int32_t gramme_tracker_start(const gramme_settings* settings, gramme_tracker** tracker, gramme_error* error) {
    if (tracker == nullptr) {
        return report(missing("tracker"), error);
    }
    return guarded_quietly(error, [&]() -> Result<void> {
        auto handle = std::make_unique<gramme_tracker>();
        GRAMME_TRY(handle->tracker,
                   track::Tracker::start(settings == nullptr ? track::TrackerOptions{} : settings->options));
        *tracker = handle.release();
        return {};
    });
}

int32_t gramme_tracker_stop(gramme_tracker* tracker, gramme_error* error) {
    return with(tracker, error, [](track::Tracker& it) { return it.stop(); });
}

void gramme_tracker_free(gramme_tracker* tracker) {
    if (tracker != nullptr) {
        (void)guarded_quietly(nullptr, [&]() -> Result<void> {
            if (!tracker->tracker->is_in_fork()) {
                (void)tracker->tracker->stop();
            }
            if (tracker->tracker->must_stay()) {
                (void)tracker->tracker.release();
            }
            delete tracker;
            return {};
        });
    }
}

int32_t gramme_tracker_pause(gramme_tracker* tracker, gramme_error* error) {
    return with(tracker, error, [](track::Tracker& it) { return it.pause(); });
}

int32_t gramme_tracker_resume(gramme_tracker* tracker, gramme_error* error) {
    return with(tracker, error, [](track::Tracker& it) { return it.resume(); });
}

const char* gramme_tracker_run_id(const gramme_tracker* tracker) {
    return tracker == nullptr ? "" : tracker->tracker->run_id().c_str();
}

int32_t gramme_tracker_is_joined(const gramme_tracker* tracker) {
    return tracker != nullptr && tracker->tracker->is_joined() ? 1 : 0;
}

const char* gramme_tracker_socket(const gramme_tracker* tracker) {
    return tracker == nullptr ? "" : tracker->tracker->socket_path().c_str();
}

int32_t gramme_tracker_totals(gramme_tracker* tracker, gramme_totals* totals, gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) -> Result<void> {
        if (totals == nullptr) {
            return missing("totals");
        }
        GRAMME_CHECK(check_totals(*totals));
        GRAMME_TRY(const track::Totals now, it.totals());
        write_totals(now, totals);
        return {};
    });
}

int32_t gramme_tracker_result(gramme_tracker* tracker, char** json, gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) {
        return json == nullptr ? missing("json") : write_text(it.result_json(), json);
    });
}

int32_t gramme_tracker_summary(gramme_tracker* tracker, char** text, gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) {
        return text == nullptr ? missing("text") : write_text(it.summary(), text);
    });
}

int32_t gramme_tracker_emissions(gramme_tracker* tracker, char** row, gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) {
        return row == nullptr ? missing("row") : write_text(it.emissions_row(), row);
    });
}

int32_t gramme_tracker_model_card(gramme_tracker* tracker, const gramme_card* card, char** text,
                                  gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) -> Result<void> {
        if (card == nullptr || text == nullptr) {
            return missing(card == nullptr ? "card" : "text");
        }
        if (card->size != sizeof *card) {
            return Error{Code::kUsage, "card: its size is not set",
                         "gramme_card card = {.size = sizeof card}"};
        }
        const gramme::present::Beside beside{card->beside_kgco2e, std::string{view(card->beside)}};
        return write_text(it.model_card(view(card->text), view(card->training_type), beside), text);
    });
}

int32_t gramme_tracker_span_begin(gramme_tracker* tracker, const char* name, const char* detail, int64_t* id,
                                  gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) -> Result<void> {
        if (name == nullptr || id == nullptr) {
            return missing(name == nullptr ? "name" : "id");
        }
        GRAMME_TRY(*id, it.begin_span(name, view(detail)));
        return {};
    });
}

int32_t gramme_tracker_span_end(gramme_tracker* tracker, int64_t id, gramme_totals* totals,
                                gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) -> Result<void> {
        if (totals != nullptr) {
            GRAMME_CHECK(check_totals(*totals));  // first: the span must still be open
        }
        GRAMME_TRY(const track::Totals used, it.end_span(id));
        if (totals != nullptr) {
            write_totals(used, totals);
        }
        return {};
    });
}

int32_t gramme_tracker_mark(gramme_tracker* tracker, const char* name, const char* detail,
                            gramme_error* error) {
    return with(tracker, error, [&](track::Tracker& it) -> Result<void> {
        return name == nullptr ? missing("name") : it.mark(name, view(detail));
    });
}

int32_t gramme_tracker_log(gramme_tracker* tracker, const gramme_value* values, size_t count,
                           gramme_error* error) {
    if (tracker == nullptr) {
        return report(missing("tracker"), error);
    }
    return guarded(error, [&]() -> Result<void> {  // as often as a program likes, and it writes nothing
        if (count > track::LogBuffer::kMostNames || (values == nullptr && count > 0)) {
            return values == nullptr ? missing("values")
                                     : Error{Code::kUsage, "log: more than 32 values at once", ""};
        }
        std::array<track::LoggedValue, track::LogBuffer::kMostNames> logged;
        for (std::size_t i = 0; i < count; ++i) {
            logged.at(i) = {view(values[i].name), values[i].value};
        }
        return tracker->tracker->log({logged.data(), count});
    });
}

}  // extern "C"
