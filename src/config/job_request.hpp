// The options that describe a job which was not measured, as `gramme estimate`, `gramme compare` and the C
// interface take them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/job.hpp"

namespace gramme::config {

/// Name (without dashes) and value, in the order typed. The names are literals or outlive the list.
using OptionList = std::vector<std::pair<std::string_view, std::string>>;
/// The last one of this name.
[[nodiscard]] std::optional<std::string> value_of(const OptionList& options, std::string_view name);

/// Groups in the order typed: --count belongs to the group before it. `factors` come from the settings;
/// --year and --basis are added to them. kUsage: a value that makes no sense, a --count without a group.
[[nodiscard]] Result<JobRequest> job_request(const OptionList& options, const FactorRequest& factors);

/// --year and --basis, where they are typed. kUsage.
[[nodiscard]] Result<void> add_year_and_basis(const OptionList& options, FactorRequest& factors);

/// "coal=0.6,wind=0.4" or "coal=60%,wind=40%": shares that sum to 1. kUsage.
[[nodiscard]] Result<std::vector<std::pair<std::string, double>>> parse_mix(std::string_view text,
                                                                            std::string_view from);

/// "0.8" or "80%". kUsage.
[[nodiscard]] Result<double> parse_share(std::string_view text, std::string_view from);

/// "typical" or "tdp". kUsage.
[[nodiscard]] Result<PowerModel> parse_power_model(std::string_view text, std::string_view from);
/// 1990 to 2100. kUsage.
[[nodiscard]] Result<int> parse_year(std::string_view text, std::string_view from);
/// "lifecycle" or "direct". kUsage.
[[nodiscard]] Result<std::string> parse_basis(std::string_view text, std::string_view from);

}  // namespace gramme::config
