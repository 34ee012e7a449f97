#include <algorithm>
#include <array>
#include <cmath>

#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/profile.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;
constexpr int kRatioDigits = 3;
constexpr double kSame = 0.005;  ///< a factor so near to 1 explains nothing

/// "energy 1.2 x, PUE 1.25 x, grid 0.5 x": the largest first.
std::string reasons_text(const ProfileRatio& ratio) {
    struct Reason {
        const char* what;
        double factor;
    };
    std::array reasons{Reason{"energy", ratio.energy}, Reason{"PUE", ratio.pue},
                       Reason{"grid", ratio.intensity}};
    std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
        return std::abs(std::log(a.factor)) > std::abs(std::log(b.factor));
    });
    std::string text;
    for (const Reason& one : reasons) {
        if (std::abs(one.factor - 1.0) > kSame) {
            text += (text.empty() ? "" : ", ") + std::string{one.what} + " " +
                    significant(one.factor, kRatioDigits) + " x";
        }
    }
    return text;
}

std::string own_text(const ProfileView& view) {
    const Footprint& own = view.own.footprint;
    if (!own.operational_kgco2e) {
        return "not known";
    }
    std::string text = total_text(*own.operational_kgco2e, Dimension::kCarbon, "");
    const auto ratio = ratio_of(view);
    if (!ratio) {
        return text;
    }
    text += ", " + significant(ratio->carbon, kRatioDigits) + " x the figure above";
    const std::string reasons = reasons_text(*ratio);
    return text + (reasons.empty() ? "" : ": " + reasons);
}

std::string inputs_text(const std::vector<estimate::ProfileInput>& inputs) {
    std::string text;
    for (const estimate::ProfileInput& one : inputs) {
        text += (text.empty() ? "" : "; ") + printable(one.what) + ": " + significant(one.value, 6) +
                (one.unit.empty() ? "" : " " + one.unit) + " (" + printable(one.source) + ")";
    }
    return text;
}

}  // namespace

std::optional<ProfileRatio> ratio_of(const ProfileView& view) {
    const Footprint& own = view.own.footprint;
    const estimate::ProfileResult& like = view.like;
    const bool known = own.operational_kgco2e && own.energy_kwh && own.energy_kwh->value > 0.0 &&
                       own.operational_kgco2e->value > 0.0 && like.kgco2e > 0.0 && like.energy_kwh > 0.0;
    if (!known) {
        return std::nullopt;
    }
    ProfileRatio ratio;
    ratio.carbon = own.operational_kgco2e->value / like.kgco2e;
    ratio.energy = own.energy_kwh->value / (like.energy_kwh / like.pue);
    ratio.pue = own.factors.pue.value / like.pue;
    ratio.intensity = ratio.carbon / (ratio.energy * ratio.pue);
    return ratio;
}

std::string profile_text(const ProfileView& view, const TextStyle& style) {
    const estimate::ProfileResult& like = view.like;
    const std::string title{estimate::title_of(like.profile)};
    Lines lines{style, kLabelWidth};
    lines.head(
        "as " + title + " computes it: " + like.shown + ", " + job_text(view.asked, view.own.footprint),
        Ink::kStrong);
    for (std::size_t i = 0; i < like.steps.size(); ++i) {
        lines.add(i == 0 ? "steps" : "", printable(like.steps[i]));
    }
    lines.add("inputs", inputs_text(like.inputs));
    for (const auto& [what, value] : like.equivalents) {
        lines.add(what == like.equivalents.front().first ? "equals" : "", value + " " + what);
    }
    for (const std::string& note : like.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
    lines.add("edition",
              title + ", " + std::string{estimate::edition_of(like.profile)} + "; docs/method/profiles.md");
    lines.add("gramme", own_text(view), Ink::kStrong);
    return std::move(lines).text();
}

std::string profile_csv(const ProfileView& view) {
    CsvRow head = figures_header();
    CsvRow row = figures_row(view.own.footprint);
    for (const char* name : {"profile", "profile_energy_kwh", "profile_gco2e_per_kwh", "profile_kgco2e"}) {
        head.emplace_back(name);
    }
    row.emplace_back(estimate::name_of(view.like.profile));
    for (const double value : {view.like.energy_kwh, view.like.gco2e_per_kwh, view.like.kgco2e}) {
        row.push_back(shortest(value));
    }
    return csv_line(head) + "\n" + csv_line(row) + "\n";
}

}  // namespace gramme::present
