// What other calculators say of the same job, by their own arithmetic, factors and rounding: for comparing
// with figures that were published with them, not for estimating. Pure. Method: docs/method/profiles.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/job.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

enum class Profile : std::uint8_t { kMlco2, kCodecarbon, kGreenAlgorithms };

/// "mlco2", "codecarbon", "green-algorithms": as typed and as in data/profile_factors.csv.
[[nodiscard]] std::string_view name_of(Profile profile);
/// "ML CO2 Impact".
[[nodiscard]] std::string_view title_of(Profile profile);
/// Which edition of it is repeated: "repository of March 2026".
[[nodiscard]] std::string_view edition_of(Profile profile);
[[nodiscard]] std::optional<Profile> profile_named(std::string_view name);

/// A value that the tool takes where gramme may take another.
struct ProfileInput {
    std::string what;  ///< "power of one Tesla V100-PCIE-16GB"
    double value = 0.0;
    std::string unit;    ///< "W", "g/kWh"; empty: a ratio
    std::string source;  ///< source id, or "user"
};

struct ProfileResult {
    Profile profile = Profile::kMlco2;
    double energy_kwh = 0.0;     ///< as the tool reports it: rounded if it rounds, with PUE if it counts it
    double pue = 1.0;            ///< that is part of energy_kwh
    double gco2e_per_kwh = 0.0;  ///< as multiplied: rounded if the tool rounds it
    double kgco2e = 0.0;
    std::string shown;               ///< the carbon as the tool prints it: "253.64 g CO2e"
    std::vector<std::string> steps;  ///< the arithmetic in words and numbers, in order
    std::vector<std::string> notes;  ///< what the tool leaves out, takes otherwise or fails at
    std::vector<ProfileInput> inputs;
    std::vector<std::pair<std::string, std::string>> equivalents;  ///< "km by car", "52.4"
};

/// kUsage: a place, device or energy mix that the tool cannot be told, with what it knows; nothing to
/// estimate. kNotFound, kMalformed, kOutOfRange: as estimate_job().
[[nodiscard]] Result<ProfileResult> estimate_like(Profile profile, const JobRequest& asked,
                                                  const refdata::Tables& tables);

}  // namespace gramme::estimate
