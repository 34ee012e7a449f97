#include "estimate/profile.hpp"

#include <array>

#include "estimate/job_ledger.hpp"
#include "estimate/profile_tools.hpp"

namespace gramme::estimate {
namespace {

struct Tool {
    Profile profile;
    std::string_view name, title, edition;
    Result<ProfileResult> (*estimate)(const JobRequest&, const refdata::Tables&);
};

constexpr std::array kTools{
    Tool{Profile::kMlco2, "mlco2", "ML CO2 Impact", "repository of March 2026", &like_mlco2},
    Tool{Profile::kCodecarbon, "codecarbon", "CodeCarbon", "release 3.3.0", &like_codecarbon},
    Tool{Profile::kGreenAlgorithms, "green-algorithms", "Green Algorithms", "data of February 2025",
         &like_green_algorithms},
};

const Tool& tool_of(Profile profile) {
    return kTools[static_cast<std::size_t>(profile)];
}

}  // namespace

std::string_view name_of(Profile profile) {
    return tool_of(profile).name;
}

std::string_view title_of(Profile profile) {
    return tool_of(profile).title;
}

std::string_view edition_of(Profile profile) {
    return tool_of(profile).edition;
}

std::optional<Profile> profile_named(std::string_view name) {
    for (const Tool& tool : kTools) {
        if (tool.name == name) {
            return tool.profile;
        }
    }
    return std::nullopt;
}

Result<ProfileResult> estimate_like(Profile profile, const JobRequest& asked, const refdata::Tables& tables) {
    GRAMME_CHECK(check(asked));
    if (!asked.factors.mix.empty()) {
        return Error{Code::kUsage,
                     std::string{title_of(profile)} + " takes no energy source and no mix of them",
                     "give the grams of a kilowatt-hour with --intensity"};
    }
    GRAMME_TRY(ProfileResult out, tool_of(profile).estimate(asked, tables));
    out.profile = profile;
    if (asked.factors.year || !asked.factors.basis.empty()) {
        out.notes.emplace_back("--year and --basis change gramme's own figure only");
    }
    return out;
}

}  // namespace gramme::estimate
