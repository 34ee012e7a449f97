// Result<T>: a value or an Error. The only way a function of this project reports failure.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace gramme {

enum class Code {
    kNotFound,
    kPermission,
    kUnsupported,
    kMalformed,
    kOutOfRange,
    kUnavailable,
    kReset,
    kUsage,
    kIo,
    kBug
};

/// What failed, where, and what the user can do about it.
struct Error {
    Code code = Code::kBug;
    std::string what;  ///< "cannot read energy_uj: permission denied"
    std::string hint;  ///< "run `gramme doctor`", empty if there is nothing to advise
};

template <class T>
class [[nodiscard]] Result {
public:
    // Implicit, so that a function returns the value or the error as it is.
    // NOLINTBEGIN(google-explicit-constructor)
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    // NOLINTEND(google-explicit-constructor)

    explicit operator bool() const noexcept { return state_.index() == 0; }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> : public Result<std::monostate> {
public:
    Result() : Result<std::monostate>(std::monostate{}) {}
    Result(Error error) : Result<std::monostate>(std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

#define GRAMME_CONCAT_IMPL(a, b) a##b
#define GRAMME_CONCAT(a, b) GRAMME_CONCAT_IMPL(a, b)
/// GRAMME_TRY(auto text, read_file(path)): binds the value, or returns the error to the caller.
#define GRAMME_TRY(decl, ...)                                           \
    auto GRAMME_CONCAT(gramme_try_, __LINE__) = (__VA_ARGS__);          \
    if (!GRAMME_CONCAT(gramme_try_, __LINE__)) {                        \
        return std::move(GRAMME_CONCAT(gramme_try_, __LINE__)).error(); \
    }                                                                   \
    decl = *std::move(GRAMME_CONCAT(gramme_try_, __LINE__))
/// GRAMME_CHECK(write_file(path, text)): returns the error to the caller, drops a value nobody needs.
#define GRAMME_CHECK(...)                                         \
    do {                                                          \
        if (auto gramme_check_ = (__VA_ARGS__); !gramme_check_) { \
            return std::move(gramme_check_).error();              \
        }                                                         \
    } while (false)
/// For our own bugs only, never for input.
#define GRAMME_ASSERT(condition) \
    do {                         \
        if (!(condition)) {      \
            std::abort();        \
        }                        \
    } while (false)

}  // namespace gramme
