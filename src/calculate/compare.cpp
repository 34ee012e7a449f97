#include "calculate/compare.hpp"

#include <algorithm>
#include <array>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "calculate/compare_labels.hpp"
#include "present/estimate.hpp"

namespace gramme::calculate {
namespace {

using estimate::Axis;
using estimate::Candidate;

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

Result<AxisOption> axis_of(const config::OptionList& options) {
    std::optional<AxisOption> found;
    for (const AxisOption& one : kAxes) {
        if (config::value_of(options, one.option)) {
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

Result<void> check_options(const config::OptionList& options, const AxisOption& along) {
    for (const Useless& one : kUseless) {
        if (along.option == one.along && config::value_of(options, one.option)) {
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
Result<JobRequest> common_job(config::OptionList options, const FactorRequest& factors,
                              const AxisOption& along) {
    const bool of_hardware = is_of_hardware(along.axis);
    const auto has = [&](std::string_view name) { return config::value_of(options, name).has_value(); };
    if (of_hardware && has("count") && !has("device") && !has("instance")) {
        const std::string_view each = along.axis == Axis::kDevice ? "device" : "instance";
        options.insert(options.begin(), {each, ""});
    }
    GRAMME_TRY(JobRequest job, config::job_request(options, factors));
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

}  // namespace

Result<CompareRequest> compare_request(const config::OptionList& options, const FactorRequest& factors) {
    GRAMME_TRY(const AxisOption along, axis_of(options));
    GRAMME_CHECK(check_options(options, along));
    GRAMME_TRY(JobRequest job, common_job(options, factors, along));
    return CompareRequest{along.option, along.axis, std::move(job)};
}

Result<Compared> compared(const CompareRequest& request, const std::vector<std::string>& names,
                          const refdata::Tables& tables) {
    GRAMME_TRY(CompareLabels rows, compare_labels(tables, request.axis, names));
    GRAMME_TRY(auto current, current_row(tables, request.job, request.axis, rows.labels));
    std::vector<Candidate> candidates;
    for (const std::string& label : rows.labels) {
        candidates.push_back({label, varied(request.job, request.axis, label)});
    }
    const auto basis =
        request.job.factors.basis == "direct" ? refdata::Basis::kDirect : refdata::Basis::kLifecycle;
    GRAMME_TRY(estimate::Comparison comparison, compare(candidates, request.axis, basis, tables));
    return Compared{std::move(comparison),
                    is_of_hardware(request.axis) ? "a job" : present::groups_text(request.job),
                    std::move(current), std::move(rows.typed)};
}

present::CompareView view_of(const Compared& compared, std::size_t most) {
    return {compared.comparison, compared.job, compared.current, most};
}

}  // namespace gramme::calculate
