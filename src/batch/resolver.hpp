// From the words of a row to the coefficients of its job, each combination of words worked out once. No IO.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/records.hpp"
#include "batch/columns.hpp"
#include "estimate/batch_kernel.hpp"
#include "refdata/tables.hpp"

namespace gramme::batch {

/// Which of a row's cells its energy comes from: the first of these that it says.
enum class Evidence : char { kEnergy = 'e', kPower = 'p', kInstance = 'i', kDevice = 'd', kGiven = 'g' };

struct RowWords {
    std::array<std::string_view, kTextColumns> text;  ///< by Column; empty: not said
    Evidence evidence = Evidence::kGiven;
    bool has_pue = false;  ///< of this and the next two only whether they are said: their values are no words
    bool has_intensity = false;
    bool has_utilisation = false;
};

struct Resolved {
    estimate::JobCoefficients coefficients;  ///< with has_pue, has_intensity: their values are for the row to
                                             ///< put in; with has_utilisation: `loaded`, where it matters
    std::string note;                        ///< as a field of the output, quoted where it must be
    std::string trouble;                     ///< not empty: why there is no answer
};

/// An error as the reason of a row: "no device is called 'h1000' (did you mean h100)".
[[nodiscard]] std::string reason_of(const Error& error);

/// Not safe to share between threads: one for each.
class BatchResolver {
public:
    /// `base` is what the options say; rows say over it.
    BatchResolver(const JobRequest& base, const refdata::Tables& tables, bool json, Dialect dialect)
        : base_(base), tables_(tables), json_(json), dialect_(dialect) {}

    /// Exactly what `gramme estimate` with these options gives. Valid until the next call.
    const Resolved& resolve(const RowWords& words);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    [[nodiscard]] Result<JobRequest> request_of(const RowWords& words) const;
    [[nodiscard]] Resolved answer(const RowWords& words) const;

    const JobRequest& base_;
    const refdata::Tables& tables_;
    bool json_;
    Dialect dialect_;
    std::unordered_map<std::string, Resolved, Hash, std::equal_to<>> known_;
    std::string key_;
    std::string last_key_;
    const Resolved* last_ = nullptr;
};

}  // namespace gramme::batch
