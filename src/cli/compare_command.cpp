// gramme compare: the same job in several places, with several devices, instances, energy sources, or years.
#include <algorithm>
#include <array>
#include <optional>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "cli/command_context.hpp"
#include "cli/compare_labels.hpp"
#include "config/job_request.hpp"
#include "config/override_tables.hpp"
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

/// Options that say what the rows already say, or what no row would use.
struct Useless {
    std::string_view along;
    std::string_view option;
};
constexpr std::array kUseless{Useless{"devices", "instance"},
                              Useless{"devices", "power-w"},
                              Useless{"devices", "energy-kwh"},
                              Useless{"instances", "device"},
                              Useless{"instances", "power-w"},
                              Useless{"instances", "energy-kwh"},
                              Useless{"instances", "host"},
                              Useless{"energy-sources", "mix"},
                              Useless{"energy-sources", "intensity"},
                              Useless{"energy-sources", "energy-source"},
                              Useless{"years", "year"}};

Result<void> check_options(const Arguments& arguments, const AxisOption& along) {
    for (const Useless& one : kUseless) {
        if (along.option == one.along && arguments.has(one.option)) {
            return Error{
                Code::kUsage,
                "--" + std::string{one.option} + " has no effect beside --" + std::string{along.option},
                "leave it out"};
        }
    }
    return {};
}

bool is_of_hardware(Axis axis) {
    return axis == Axis::kDevice || axis == Axis::kInstance;
}

/// The job that all rows have in common. A --count alone counts what each row names.
Result<JobRequest> common_job(const CommandContext& context, const AxisOption& along) {
    Arguments arguments = context.arguments;
    const bool of_hardware = is_of_hardware(along.axis);
    if (of_hardware && arguments.has("count") && !arguments.has("device") && !arguments.has("instance")) {
        const std::string_view each = along.axis == Axis::kDevice ? "device" : "instance";
        arguments.options.insert(arguments.options.begin(), {each, ""});
    }
    GRAMME_TRY(JobRequest job, job_request(arguments.options, context.options.factors));
    if (of_hardware && job.groups.size() > 1) {
        return Error{
            Code::kUsage,
            "--" + std::string{along.option} + " takes the place of one group, and there are several",
            "name at most one --device or --instance"};
    }
    job.embodied = false;  // the same in every place, and no part of the ranking
    const bool factors_fixed = job.factors.intensity_gco2e_per_kwh || !job.factors.mix.empty();
    if (factors_fixed && (along.axis == Axis::kRegion || along.axis == Axis::kYear)) {
        return Error{Code::kUsage,
                     "with --intensity, --energy-source or --mix the grid is the same in every row",
                     "leave it out"};
    }
    return job;
}

/// The label of the row where the job is now; between regions a row of its own where the list has none.
Result<std::optional<std::string>> current_row(const refdata::Tables& tables, const JobRequest& job,
                                               Axis axis, std::vector<std::string>& labels) {
    if (job.factors.region.empty()) {
        return std::optional<std::string>{};
    }
    const auto place = tables.find_place(job.factors.region);
    if (!place) {
        Error error = place.error();
        error.code = Code::kUsage;
        return error;
    }
    if (axis != Axis::kRegion) {
        return std::optional<std::string>{};
    }
    const std::string key = key_of_place(tables, job.factors.region);
    const auto same = std::find_if(labels.begin(), labels.end(), [&](const std::string& label) {
        return key_of_place(tables, label) == key;
    });
    if (same != labels.end()) {
        return std::optional{*same};
    }
    labels.push_back(key);
    return std::optional{key};
}

/// kExitBadData where a name that was typed has no row: the table is there, and a script can tell.
ExitCode status_of(const CommandContext& context, const present::CompareView& view, bool whole_table) {
    std::string left_out;
    for (const estimate::Unranked& one : view.comparison.unranked) {
        if (!view.current || one.label != *view.current) {
            left_out += (left_out.empty() ? "" : ", ") + one.label;
        }
    }
    if (left_out.empty() || whole_table || view.comparison.axis == Axis::kYear) {
        return kExitOk;
    }
    print_warning(context.terminal, "not all that was asked for is compared: " + left_out);
    return kExitBadData;
}

}  // namespace

Result<int> compare_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const AxisOption along, axis_of(context.arguments));
    GRAMME_CHECK(check_options(context.arguments, along));
    GRAMME_TRY(const JobRequest job, common_job(context, along));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(CompareLabels rows,
               compare_labels(tables, along.axis, along.option, *context.arguments.value(along.option)));
    GRAMME_TRY(const auto current, current_row(tables, job, along.axis, rows.labels));
    std::vector<Candidate> candidates;
    for (const std::string& label : rows.labels) {
        candidates.push_back({label, varied(job, along.axis, label)});
    }
    const auto basis = job.factors.basis == "direct" ? refdata::Basis::kDirect : refdata::Basis::kLifecycle;
    GRAMME_TRY(const estimate::Comparison comparison, compare(candidates, along.axis, basis, tables));
    const present::CompareView view{comparison,
                                    is_of_hardware(along.axis) ? "a job" : present::groups_text(job), current,
                                    context.arguments.has("all-rows") ? 0 : kRowsOfATable};
    print(context.terminal.out, format == "json"  ? present::compare_json(view)
                                : format == "csv" ? present::compare_csv(view)
                                                  : present::compare_text(view, context.terminal.out_style));
    return static_cast<int>(status_of(context, view, rows.whole_table));
}

}  // namespace gramme::cli
