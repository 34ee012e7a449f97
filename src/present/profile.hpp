// What another calculator says of a job, and what gramme says of the same one. Pure.
#pragma once

#include <string>

#include "estimate/profile.hpp"
#include "present/estimate.hpp"

namespace gramme::present {

/// Two figures for one job. `own` is gramme's.
struct ProfileView {
    const JobRequest& asked;
    const estimate::JobEstimate& own;
    const estimate::ProfileResult& like;
};

/// gramme's carbon over the tool's, and the three factors whose product it is. Absent where a figure is 0.
struct ProfileRatio {
    double carbon = 0.0;
    double energy = 0.0;  ///< before PUE
    double pue = 0.0;
    double intensity = 0.0;  ///< of a kilowatt-hour, the tool's rounding of its result included
};
[[nodiscard]] std::optional<ProfileRatio> ratio_of(const ProfileView& view);

/// The tool's figure first, its arithmetic, then gramme's own figure with its interval and why they differ.
[[nodiscard]] std::string profile_text(const ProfileView& view, const TextStyle& style);
/// As estimate_csv(), with columns of the profile behind.
[[nodiscard]] std::string profile_csv(const ProfileView& view);
/// As estimate_json(), with a member `profile`.
[[nodiscard]] std::string profile_json(const ProfileView& view);

}  // namespace gramme::present
