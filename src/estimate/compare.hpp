// One job in several ways: places, devices, instances, energy sources or years, ranked on one basis. Pure.
// Method: docs/method/compare.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "estimate/job.hpp"

namespace gramme::estimate {

/// What differs between the rows of a comparison. What does not differ has one error for all rows and says
/// nothing about their order.
enum class Axis : std::uint8_t { kRegion, kEnergySource, kYear, kDevice, kInstance };

[[nodiscard]] constexpr std::string_view name_of(Axis axis) {
    switch (axis) {
        case Axis::kRegion: return "region";
        case Axis::kEnergySource: return "energy source";
        case Axis::kYear: return "year";
        case Axis::kDevice: return "device";
        case Axis::kInstance: return "instance";
    }
    return "";
}

struct Candidate {
    std::string label;  ///< "aws:eu-west-3"
    JobRequest job;
};

struct ComparedRow {
    std::string label;
    Footprint footprint;
    std::optional<double> times_best;  ///< its carbon over that of the best row; absent: the best emits 0
    double sigma_ln = 0.0;             ///< of what differs between the rows
    bool like_best = false;     ///< the difference to the best row is within the intervals of what differs
    bool from_country = false;  ///< the figure is that of its country
    bool older_figure = false;  ///< of kYear: of an earlier year than the row, there being none of its own
};

struct Unranked {
    std::string label;
    std::string why;
};

struct Comparison {
    Axis axis = Axis::kRegion;
    std::string basis;               ///< of every row; empty where the person gave the intensity
    std::vector<ComparedRow> rows;   ///< least carbon first; equal ones by label
    std::vector<Unranked> unranked;  ///< no figure on this basis, no published power, ...
    std::optional<double> ratio;     ///< worst over best; absent, as the three below, where the best emits 0
    std::optional<double> grid_ratio;    ///< of their intensities
    std::optional<double> pue_ratio;     ///< of their PUEs
    std::optional<double> energy_ratio;  ///< of their IT energies
};

/// Factors with an intensity on `basis`: a direct figure of a place gives way to the lifecycle figure of its
/// country, marked. kNotFound where there is none; errors of resolve_factors().
[[nodiscard]] Result<Factors> factors_on(refdata::Basis basis, const FactorRequest& asked,
                                         const HostFacts& host, const refdata::Tables& tables);

/// kUsage: no candidate can be ranked; the hint is the first reason. A place whose own figure is on the other
/// basis takes that of its country, marked; an error of one candidate makes it unranked. Between years a row
/// without a figure of its very year takes the newest before it, marked; years before the first figure of the
/// place or after its newest are unranked, those next to each other as one ("1990-2009").
[[nodiscard]] Result<Comparison> compare(const std::vector<Candidate>& candidates, Axis axis,
                                         refdata::Basis basis, const refdata::Tables& tables);

}  // namespace gramme::estimate
