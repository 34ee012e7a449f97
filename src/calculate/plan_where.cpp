#include "calculate/plan_where.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.hpp"
#include "calculate/compare_labels.hpp"
#include "calculate/estimate.hpp"
#include "estimate/compare.hpp"
#include "estimate/lognormal.hpp"
#include "estimate/number_text.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::calculate {
namespace {

using estimate::number_text;
using plan::Way;
using plan::Where;

/// What a way may be done with.
struct Hardware {
    JobGroup::Kind kind = JobGroup::Kind::kDevice;
    std::string label;     ///< as typed
    std::string key;       ///< what two names of one thing have in common
    std::string provider;  ///< of an instance
    double peak = 0.0;     ///< dense 16-bit TFLOP/s of one; 0: not known
    double devices = 1.0;  ///< accelerators in one; of a machine without any 1
};

Result<Hardware> hardware_named(JobGroup::Kind kind, const std::string& name, const refdata::Tables& tables) {
    Hardware out{kind, name, folded(name), "", 0.0, 1.0};
    if (kind == JobGroup::Kind::kInstance) {
        GRAMME_TRY(const refdata::Instance instance, tables.find_instance(name));
        out.key = instance.id;
        out.provider = instance.provider;
        if (!instance.accelerator.empty()) {
            GRAMME_TRY(const refdata::Accelerator device, tables.find_accelerator(instance.accelerator));
            out.peak = device.tflops_fp16 * instance.accelerator_count;
            out.devices = std::max<double>(instance.accelerator_count, 1.0);
        }
    } else if (const auto device = tables.accelerator_named(name)) {
        out.key = device->id;
        out.peak = device->tflops_fp16;
    }
    return out;
}

/// Of what a person calls a device or an instance, whichever it is.
std::string key_of(const std::string& name, const refdata::Tables& tables) {
    if (const auto device = tables.accelerator_named(name)) {
        return std::string{device->id};
    }
    const auto instance = tables.find_instance(name);
    return instance ? std::string{instance->id} : folded(name);
}

Estimate widened(const Estimate& estimate, double sigma) {
    if (sigma == 0.0 || !(estimate.low > 0.0)) {
        return estimate;
    }
    const double own = std::log(estimate.high / estimate.low) / (2.0 * estimate::kZ95);
    const double factor =
        std::exp(estimate::kZ95 * root_of_squares(own, sigma)) / std::exp(estimate::kZ95 * own);
    return {estimate.value, estimate.low / factor, estimate.high * factor};
}

class Planner {
public:
    Planner(const WhereRequest& request, const refdata::Tables& tables)
        : request_(request),
          tables_(tables),
          basis_(request.job.factors.basis == "direct" ? refdata::Basis::kDirect
                                                       : refdata::Basis::kLifecycle) {}

    Result<Where> plan() {
        GRAMME_CHECK(read_job());
        GRAMME_CHECK(read_places());
        GRAMME_CHECK(read_speeds());
        GRAMME_CHECK(read_prices());
        const std::size_t counts = std::max<std::size_t>(request_.counts.size(), 1);
        if (places_.size() * hardware_.size() * counts > request_.most_ways) {
            return Error{Code::kUsage, "more than " + std::to_string(request_.most_ways) + " ways",
                         "name fewer regions, devices or counts"};
        }
        for (const Hardware& hardware : hardware_) {
            for (const double count : counts_of(hardware)) {
                add(hardware, count);
            }
        }
        judge_pairs();
        if (out_.ways.empty()) {
            return Error{Code::kUsage, "no way can be worked out",
                         out_.left_out.empty()
                             ? "give places and hardware that go together"
                             : out_.left_out.front().label + ": " + out_.left_out.front().why};
        }
        out_.basis = out_.ways.front().footprint.factors.intensity.basis;
        out_.kept = kept();
        assume();
        rank(out_);
        return std::move(out_);
    }

private:
    /// Where nobody says how many: as many as hold the job's accelerators. 8 devices are one machine of 8.
    [[nodiscard]] std::vector<double> counts_of(const Hardware& hardware) const {
        if (!request_.counts.empty()) {
            return request_.counts;
        }
        if (hardware.devices == job_hardware_.devices) {
            return {job_group_.count};
        }
        return {std::max(std::ceil(job_group_.count * job_hardware_.devices / hardware.devices), 1.0)};
    }

    [[nodiscard]] double kept() const { return request_.kept.value_or(plan::kKeptPerDoubling); }

    Result<void> read_job() {
        const auto& groups = request_.job.groups;
        if (groups.size() != 1) {
            return Error{Code::kUsage,
                         groups.empty() ? "no job: what it runs on, and for how long"
                                        : "a job of several groups is not moved as one",
                         "give one --device or --instance with its --count and --hours"};
        }
        job_group_ = groups.front();
        const bool named =
            job_group_.kind == JobGroup::Kind::kDevice || job_group_.kind == JobGroup::Kind::kInstance;
        const bool varies =
            !request_.devices.empty() || !request_.instances.empty() || !request_.counts.empty();
        if (!named && varies) {
            return Error{Code::kUsage,
                         "other devices and counts need hardware to start from, and the job is watts or kWh",
                         "describe the job by --device or --instance, --count and --hours"};
        }
        if (!varies && request_.regions.empty()) {
            return Error{Code::kUsage, "nothing to choose between",
                         "give --regions, --devices, --instances or --counts; for example --regions aws"};
        }
        if (named) {
            GRAMME_TRY(job_hardware_, hardware_named(job_group_.kind, job_group_.name, tables_));
        }
        for (const std::string& name : request_.devices) {
            GRAMME_CHECK(add_hardware(JobGroup::Kind::kDevice, name));
        }
        for (const std::string& name : request_.instances) {
            GRAMME_CHECK(add_hardware(JobGroup::Kind::kInstance, name));
        }
        if (hardware_.empty()) {
            hardware_.push_back(job_hardware_);
        }
        return {};
    }

    Result<void> add_hardware(JobGroup::Kind kind, const std::string& name) {
        auto hardware = hardware_named(kind, name, tables_);
        if (!hardware) {
            out_.left_out.push_back({name, hardware.error().what, true});
            return {};
        }
        const bool known = std::any_of(hardware_.begin(), hardware_.end(),
                                       [&](const Hardware& one) { return one.key == hardware->key; });
        if (!known) {
            hardware_.push_back(*std::move(hardware));
        }
        return {};
    }

    Result<void> read_places() {
        const std::string& here = request_.job.factors.region;
        GRAMME_CHECK(check_region(request_.job.factors, tables_));
        GRAMME_TRY(CompareLabels labels, compare_labels(tables_, estimate::Axis::kRegion, request_.regions));
        for (std::string& place : labels.labels) {
            if (const auto known = tables_.find_place(place); known) {
                places_.push_back(std::move(place));
            } else {
                out_.left_out.push_back({place, known.error().what, labels.typed.contains(place)});
            }
        }
        typed_ = std::move(labels.typed);
        if (!here.empty()) {
            here_ = key_of_place(tables_, here);
        }
        const bool has_here = std::any_of(places_.begin(), places_.end(), [&](const std::string& place) {
            return key_of_place(tables_, place) == here_;
        });
        if (labels.labels.empty() || (!here.empty() && !has_here)) {
            places_.push_back(here);
        }
        return {};
    }

    Result<void> read_speeds() {
        for (const auto& [name, speed] : request_.speeds) {
            const std::string key = key_of(name, tables_);
            const auto has_key = [&](const Hardware& one) { return one.key == key; };
            if (std::none_of(hardware_.begin(), hardware_.end(), has_key)) {
                std::string those;
                for (const Hardware& one : hardware_) {
                    those += (those.empty() ? "" : ", ") + (one.label.empty() ? "none" : one.label);
                }
                return Error{Code::kUsage, "--speed: '" + name + "' is not among the hardware to choose from",
                             "there is " + those + "; --devices and --instances name more"};
            }
            if (key == job_hardware_.key && speed != 1.0) {
                return Error{
                    Code::kUsage,
                    "--speed: '" + name + "' is what the job runs on, whose speed is 1 by definition",
                    "give the speed of the others beside it: 0.5 is half as fast"};
            }
            if (const auto [before, is_new] = speeds_.emplace(key, speed);
                !is_new && before->second != speed) {
                return Error{Code::kUsage,
                             "--speed: '" + name + "' has two speeds, " + number_text(before->second, 6) +
                                 " and " + number_text(speed, 6),
                             "give one for each"};
            }
        }
        return {};
    }

    Result<void> read_prices() {
        for (const Price& price : request_.prices) {
            const auto kind = price.is_instance ? JobGroup::Kind::kInstance : JobGroup::Kind::kDevice;
            const auto hardware = hardware_named(kind, price.hardware, tables_);
            if (!price.region.empty() && !tables_.find_place(price.region)) {
                return Error{Code::kMalformed,
                             price.origin + ": '" + price.region + "' is no place that is known",
                             "`gramme regions` lists them; empty holds everywhere"};
            }
            if (!out_.currency.empty() && price.currency != out_.currency) {
                return Error{Code::kMalformed,
                             price.origin + ": prices in " + out_.currency + " and in " + price.currency,
                             "give all in one currency"};
            }
            out_.currency = price.currency;
            const std::string place = price.region.empty() ? "" : key_of_place(tables_, price.region);
            const std::string key = hardware ? hardware->key : folded(price.hardware);
            if (!prices_.emplace(std::pair{key, place}, price.per_hour).second) {
                return Error{Code::kMalformed,
                             price.origin + ": a second price of " + price.hardware +
                                 (place.empty() ? "" : " in " + price.region),
                             "give one price for each hardware and region"};
            }
        }
        return {};
    }

    /// How much of the hardware's work one of `hardware` does; the sigma of that.
    Result<std::pair<double, double>> ratio_of(const Hardware& hardware) {
        if (hardware.key == job_hardware_.key) {
            return std::pair{1.0, 0.0};
        }
        if (const auto given = speeds_.find(hardware.key); given != speeds_.end()) {
            return std::pair{given->second, 0.0};
        }
        for (const Hardware* one : {static_cast<const Hardware*>(&job_hardware_), &hardware}) {
            if (!(one->peak > 0.0)) {
                return Error{Code::kNotFound,
                             "no 16-bit rate of " + one->label + " is known; --speed " + hardware.label +
                                 "=RATIO says how fast it is beside " + job_hardware_.label,
                             ""};
            }
        }
        return std::pair{hardware.peak / job_hardware_.peak, plan::kPeakSigma};
    }

    [[nodiscard]] std::string label_of(const Hardware& hardware, double count,
                                       const std::string& place) const {
        const std::string with = hardware.label.empty() ? "" : number_text(count, 6) + " x " + hardware.label;
        const std::string where = place.empty() ? "no region" : place;
        return with.empty() ? where : with + " in " + where;
    }

    void add(const Hardware& hardware, double count) {
        const auto ratio = ratio_of(hardware);
        if (!ratio) {
            if (left_out_hardware_.insert(hardware.key).second) {
                out_.left_out.push_back({hardware.label, ratio.error().what, true});
            }
            return;
        }
        JobRequest job = request_.job;
        if (!hardware.label.empty()) {
            JobGroup group = job_group_;
            group.kind = hardware.kind;
            group.name = hardware.label;
            group.count = count;
            job.groups = {group};
            // Counted in accelerators, so that one machine of eight is no loss beside eight devices.
            const double of_job = job_hardware_.devices;
            job.hours = plan::hours_with(request_.job.hours, {1.0 / of_job, job_group_.count * of_job},
                                         {ratio->first / hardware.devices, count * hardware.devices}, kept());
        }
        for (const std::string& place : places_) {
            if (is_of_another(hardware, place)) {
                leave_pair(hardware, count, place);
                continue;
            }
            if (const auto added = try_to_add(hardware, count, place, job, ratio->second); !added) {
                out_.left_out.push_back(
                    {label_of(hardware, count, place), added.error().what, typed_.contains(place)});
            }
        }
    }

    /// A zone of the grid is no region of a provider. Where the job is now it runs, whoever named the place.
    [[nodiscard]] bool is_of_another(const Hardware& hardware, const std::string& place) const {
        const auto found = tables_.find_place(place);
        return found && !hardware.provider.empty() && found->provider != hardware.provider &&
               !(is_here(place) && hardware.key == job_hardware_.key);
    }

    [[nodiscard]] bool is_here(const std::string& place) const {
        return !here_.empty() && key_of_place(tables_, place) == here_;
    }

    void leave_pair(const Hardware& hardware, double count, const std::string& place) {
        const bool typed = typed_.contains(place);
        if (!typed && !is_here(place)) {
            return;  // of a whole table
        }
        if (typed) {
            pairs_.push_back({out_.left_out.size(), hardware.label, place});
        }
        out_.left_out.push_back({label_of(hardware, count, place),
                                 hardware.provider +
                                     " has no such region: its instances are ranked in its "
                                     "own, such as --regions " +
                                     hardware.provider,
                                 false});
    }

    /// Who chooses between providers types the regions of each: that the others' instances are not in them is
    /// no slip, as long as the place and the instance each have a way.
    void judge_pairs() {
        for (const Pair& pair : pairs_) {
            const auto has = [&](std::string Way::*what, const std::string& name) {
                return std::any_of(out_.ways.begin(), out_.ways.end(),
                                   [&](const Way& way) { return way.*what == name; });
            };
            out_.left_out[pair.left_out].typed =
                !has(&Way::place, pair.place) || !has(&Way::hardware, pair.hardware);
        }
    }

    Result<void> try_to_add(const Hardware& hardware, double count, const std::string& place, JobRequest& job,
                            double sigma) {
        job.factors.region = place;
        job.factors.region_from = "--regions";
        GRAMME_TRY(const HostFacts host, estimate::host_of(job, tables_));
        GRAMME_TRY(const Factors factors, estimate::factors_on(basis_, job.factors, host, tables_));
        GRAMME_TRY(estimate::JobEstimate estimate, estimate::estimate_job(job, factors, tables_));
        if (!estimate.footprint.operational_kgco2e) {
            return Error{Code::kNotFound, "its energy is not known", ""};
        }
        Way way;
        way.place = place;
        way.hardware = hardware.label;
        way.count = count;
        way.label = label_of(hardware, count, place);
        way.convert_sigma = sigma;
        way.footprint = std::move(estimate.footprint);
        way.kgco2e = widened(*way.footprint.operational_kgco2e, sigma);
        const double factor = std::exp(estimate::kZ95 * sigma);
        way.hours = {job.hours, job.hours / factor, job.hours * factor};
        way.from_country = way.footprint.factors.intensity.fell_back_to_country;
        way.is_now = is_here(place) && hardware.key == job_hardware_.key && count == job_group_.count;
        if (!out_.currency.empty()) {
            GRAMME_TRY(const double price, price_of(hardware, place));
            way.money = price * count * job.hours;
        }
        out_.by_peak = out_.by_peak || sigma > 0.0;
        out_.counts_differ =
            out_.counts_differ || count * hardware.devices != job_group_.count * job_hardware_.devices;
        out_.ways.push_back(std::move(way));
        return {};
    }

    [[nodiscard]] Result<double> price_of(const Hardware& hardware, const std::string& place) const {
        for (const std::string& where : {place.empty() ? "" : key_of_place(tables_, place), std::string{}}) {
            if (const auto price = prices_.find({hardware.key, where}); price != prices_.end()) {
                return price->second;
            }
        }
        return Error{Code::kNotFound, "no price is given for it: not known is not free", ""};
    }

    void assume() {
        if (out_.counts_differ && !request_.kept) {
            out_.assumptions.push_back(
                {"throughput kept at each doubling of the count",
                 number_text(100.0 * kept()) + " %, as of Llama 3 405B from 8,192 to 16,384 H100",
                 "llama3-2024", "--efficiency SHARE"});
        }
        if (out_.by_peak) {
            out_.assumptions.push_back(
                {"hours on other hardware",
                 "by peak dense 16-bit rates, of which trainings reach 19 to 48 %: in 19 of 20 cases "
                 "between " +
                     number_text(std::exp(-estimate::kZ95 * plan::kPeakSigma), 2) + " and " +
                     number_text(std::exp(estimate::kZ95 * plan::kPeakSigma), 2) + " times that",
                 "docs/method/plan-where.md", "--speed HARDWARE=RATIO, measured"});
        }
    }

    const WhereRequest& request_;
    const refdata::Tables& tables_;
    refdata::Basis basis_;
    JobGroup job_group_;
    Hardware job_hardware_;
    std::vector<Hardware> hardware_;
    std::vector<std::string> places_;
    std::set<std::string> typed_;
    std::string here_;  ///< key of the place where the job is; empty: not said
    std::map<std::string, double> speeds_;
    std::map<std::pair<std::string, std::string>, double> prices_;
    std::set<std::string> left_out_hardware_;
    struct Pair {
        std::size_t left_out = 0;  ///< index
        std::string hardware, place;
    };
    std::vector<Pair> pairs_;  ///< of an instance and a place that was typed and is another provider's
    Where out_;
};

}  // namespace

Result<Where> planned_where(const WhereRequest& request, const refdata::Tables& tables) {
    return Planner{request, tables}.plan();
}

}  // namespace gramme::calculate
