// gramme compare: the same job in several places, with several devices, instances, energy sources, or years.
#include <array>
#include <optional>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "cli/command_context.hpp"
#include "cli/job_arguments.hpp"
#include "cli/override_tables.hpp"
#include "cli/read_lines.hpp"
#include "present/compare.hpp"
#include "present/estimate.hpp"

namespace gramme::cli {
namespace {

using estimate::Axis;
using estimate::Candidate;

constexpr std::size_t kRowsOfATable = 40;

struct AxisOption {
    std::string_view option;
    Axis axis;
};
constexpr std::array kAxes{AxisOption{"regions", Axis::kRegion}, AxisOption{"devices", Axis::kDevice},
                           AxisOption{"instances", Axis::kInstance},
                           AxisOption{"energy-sources", Axis::kEnergySource},
                           AxisOption{"years", Axis::kYear}};

/// What a list option names: a file of one name per line where it holds a slash or ends with .txt or .csv,
/// else names with commas between them.
Result<std::vector<std::string>> names_of(const std::string& text) {
    std::vector<std::string> names;
    if (text.find('/') != std::string::npos || text.ends_with(".txt") || text.ends_with(".csv")) {
        return read_lines(text);
    }
    for (const std::string_view name : split(text, ',')) {
        if (!trimmed(name).empty()) {
            names.emplace_back(trimmed(name));
        }
    }
    return names;
}

/// "all": every cloud region; "countries"; a provider; else names.
Result<std::vector<std::string>> regions_of(const refdata::Tables& tables, const std::string& text) {
    const std::vector<refdata::CloudRegion> regions = tables.cloud_regions();
    const std::string wanted = folded(text);
    std::vector<std::string> names;
    for (const refdata::CloudRegion& region : regions) {
        if (wanted == "all" || folded(region.provider) == wanted) {
            names.push_back(std::string{region.provider} + ":" + std::string{region.region});
        }
    }
    if (wanted == "countries") {
        for (const refdata::GridRow& row : tables.grid_rows()) {
            if (row.zone_type == "country" && (names.empty() || names.back() != row.zone)) {
                names.emplace_back(row.zone);
            }
        }
    }
    return names.empty() ? names_of(text) : Result<std::vector<std::string>>{names};
}

Result<std::vector<std::string>> years_of(const std::string& text) {
    std::vector<std::string> years;
    GRAMME_TRY(const std::vector<std::string> names, names_of(text));
    for (const std::string& name : names) {
        const auto ends = split(name, '-');
        const auto first = read_u64(ends.front());
        const auto last = ends.size() == 2 ? read_u64(ends.back()) : first;
        constexpr std::uint64_t kLeast = 1990;
        constexpr std::uint64_t kMost = 2100;
        if (ends.size() > 2 || !first || !last || *first < kLeast || *last > kMost || *first > *last) {
            return Error{Code::kUsage, "--years: '" + name + "' is no year and no range of years",
                         "such as 2015-2024"};
        }
        for (std::uint64_t year = *first; year <= *last; ++year) {
            years.push_back(std::to_string(year));
        }
    }
    return years;
}

Result<std::vector<std::string>> labels_of(const refdata::Tables& tables, Axis axis,
                                           const std::string& text) {
    switch (axis) {
        case Axis::kRegion: return regions_of(tables, text);
        case Axis::kYear: return years_of(text);
        case Axis::kEnergySource:
            if (folded(text) == "all") {
                std::vector<std::string> names;
                for (const refdata::EnergySource& source : tables.energy_sources()) {
                    names.emplace_back(source.key);
                }
                return names;
            }
            return names_of(text);
        case Axis::kDevice:
        case Axis::kInstance: return names_of(text);
    }
    return std::vector<std::string>{};
}

/// The job with one thing changed. Devices and instances take the place of the first group, with its count.
JobRequest varied(const JobRequest& job, Axis axis, const std::string& label) {
    JobRequest out = job;
    switch (axis) {
        case Axis::kRegion:
            out.factors.region = label;
            out.factors.region_from = "--regions";
            break;
        case Axis::kYear: out.factors.year = static_cast<int>(read_u64(label).value_or(0)); break;
        case Axis::kEnergySource:
            out.factors.mix = {{folded(label), 1.0}};
            out.factors.mix_from = "--energy-sources";
            break;
        case Axis::kDevice:
        case Axis::kInstance: {
            JobGroup group = out.groups.empty() ? JobGroup{} : out.groups.front();
            group.kind = axis == Axis::kDevice ? JobGroup::Kind::kDevice : JobGroup::Kind::kInstance;
            group.name = label;
            out.groups = {group};
            break;
        }
    }
    return out;
}

Result<AxisOption> axis_of(const Arguments& arguments) {
    std::optional<AxisOption> found;
    for (const AxisOption& one : kAxes) {
        if (arguments.has(one.option)) {
            if (found) {
                return Error{Code::kUsage,
                             "--" + std::string{found->option} + " and --" + std::string{one.option} +
                                 " were both given",
                             "compare along one of them at a time"};
            }
            found = one;
        }
    }
    if (!found) {
        return Error{
            Code::kUsage, "nothing to compare along",
            "give --regions, --devices, --instances, --energy-sources or --years; for example --regions aws"};
    }
    return *found;
}

}  // namespace

Result<int> compare_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const AxisOption along, axis_of(context.arguments));
    GRAMME_TRY(JobRequest job, job_request(context.arguments, context.options.factors));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    job.embodied = false;  // the same in every place, and no part of the ranking
    const bool factors_fixed = job.factors.intensity_gco2e_per_kwh || !job.factors.mix.empty();
    if (factors_fixed && (along.axis == Axis::kRegion || along.axis == Axis::kYear)) {
        return Error{Code::kUsage,
                     "with --intensity, --energy-source or --mix the grid is the same in every row",
                     "leave it out"};
    }
    if (!job.factors.region.empty()) {
        GRAMME_CHECK(tables.find_place(job.factors.region));
    }
    GRAMME_TRY(const std::vector<std::string> labels,
               labels_of(tables, along.axis, *context.arguments.value(along.option)));
    std::vector<Candidate> candidates;
    for (const std::string& label : labels) {
        candidates.push_back({label, varied(job, along.axis, label)});
    }
    const auto basis = job.factors.basis == "direct" ? refdata::Basis::kDirect : refdata::Basis::kLifecycle;
    GRAMME_TRY(const estimate::Comparison comparison, compare(candidates, along.axis, basis, tables));
    present::CompareView view{comparison, "", std::nullopt,
                              context.arguments.has("all-rows") ? 0 : kRowsOfATable};
    const bool of_hardware = along.axis == Axis::kDevice || along.axis == Axis::kInstance;
    view.job = of_hardware ? "a job" : present::groups_text(job);
    if (along.axis == Axis::kRegion && !job.factors.region.empty()) {
        GRAMME_TRY(const refdata::Place place, tables.find_place(job.factors.region));
        view.current = place.region.empty() ? place.zone : place.region;
    }
    print(context.terminal.out, format == "json"  ? present::compare_json(view)
                                : format == "csv" ? present::compare_csv(view)
                                                  : present::compare_text(view, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
