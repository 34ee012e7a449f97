// The steps of an explanation, by concern: numbers as they are printed, energy, interval, and what stands
// beside the product. For explanation.cpp only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "estimate/budget.hpp"
#include "present/explanation.hpp"
#include "refdata/tables.hpp"

namespace gramme::present {

inline constexpr int kFewestDigits =
    7;  ///< of the energy: each device is rounded to the place of its last one
inline constexpr int kMostDigits = 12;
inline constexpr int kProductDigits = 12;
inline constexpr int kIntervalDigits = 6;
inline constexpr double kSame = 1e-9;  ///< two ways to one number, in doubles

[[nodiscard]] double joules_per_kwh();
/// Rounded to so many digits, or to a power of ten; what the text says is the value.
[[nodiscard]] Printed to_digits(double value, int digits);
[[nodiscard]] Printed to_place(double value, int place);
/// All digits: a factor is used as it stands.
[[nodiscard]] Printed as_given(double value);
/// Of the leading digit; 0 for what is not above 0.
[[nodiscard]] int exponent_of(double value);
[[nodiscard]] bool near(double a, double b, double tolerance);
[[nodiscard]] std::string joined(const std::vector<std::string>& texts, const char* separator);

// explanation_energy.cpp
[[nodiscard]] std::optional<WindowCount> count_windows(const Ledger* ledger, const std::string& device);
[[nodiscard]] std::string rule_of(const Part& part, const RunRecord& run,
                                  const std::optional<WindowCount>& windows);
struct Product {
    Step sum, facility, operational;
};
/// The sum with `digits` digits of the energy; fills in the energies of the devices.
[[nodiscard]] Product multiply(std::vector<ExplainedDevice>& devices, const Footprint& footprint,
                               bool sum_of_parts, int digits);
/// Whether the headline made from the steps is the headline of the result.
[[nodiscard]] bool same_headline(const Product& product, const Footprint& footprint);

// explanation_interval.cpp
/// The devices' shares and sigmas go into `devices`.
[[nodiscard]] ExplainedInterval explain_interval(std::vector<ExplainedDevice>& devices,
                                                 const estimate::Budget& budget, const Footprint& footprint,
                                                 const Product& product, Scope scope, std::size_t draws);

// explanation_beside.cpp
/// Each total of the result against what its own numbers give.
void compare(const ExplainInput& input, const estimate::Budget& budget, bool sum_of_parts, bool with_interval,
             std::vector<std::string>& out);
void explain_equivalences(Explanation& out, const Footprint& footprint, const refdata::Tables& tables);
void explain_remainder(Explanation& out, const Footprint& footprint);
[[nodiscard]] std::vector<ExplainedSource> sources_of(const ExplainInput& input,
                                                      const refdata::Tables& tables);

}  // namespace gramme::present
