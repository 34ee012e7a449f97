#include "plan/train_power.hpp"

#include <utility>

#include "estimate/estimate.hpp"
#include "estimate/job.hpp"
#include "estimate/number_text.hpp"

namespace gramme::plan {
namespace {

using estimate::number_text;

/// Between trainings on one part: Patterson et al. 2021, table 3, has 2 % to 11 % between models; other
/// owners and machines differ more. As estimate::kTypicalSigma.
constexpr double kSystemSigma = estimate::kTypicalSigma;

struct Watt {
    double watts = 0.0;
    std::string source, note;
};

/// A mean over whole trainings of a device with its share of everything around it.
std::optional<Watt> published_power(const refdata::Tables& tables, std::string_view device) {
    for (const refdata::ProfileFactor& row : tables.profile_factors("published", "system_w")) {
        if (row.name == device) {
            return Watt{row.value, std::string{row.source}, std::string{row.note}};
        }
    }
    return std::nullopt;
}

Error no_accelerator(const std::string& what) {
    return Error{Code::kUsage, what,
                 "name an accelerator, such as --device h100, or an instance with some in it"};
}

}  // namespace

Result<Hardware> hardware_of(const TrainRequest& asked, const refdata::Tables& tables) {
    Hardware out;
    if (asked.device.empty() == asked.instance.empty()) {
        return no_accelerator(asked.device.empty()
                                  ? "what it is trained on was not said"
                                  : "--device and --instance both say what it is trained on");
    }
    out.group.count = asked.count.value_or(1.0);
    if (!asked.device.empty()) {
        out.group.kind = JobGroup::Kind::kDevice;
        out.group.name = asked.device;
        GRAMME_TRY(out.device, tables.find_accelerator(asked.device));
        out.devices = out.group.count;
        return out;
    }
    out.group.kind = JobGroup::Kind::kInstance;
    out.group.name = asked.instance;
    GRAMME_TRY(const refdata::Instance instance, tables.find_instance(asked.instance));
    if (instance.accelerator.empty() || !(instance.accelerator_count > 0.0)) {
        return no_accelerator(std::string{instance.id} + " has no accelerator");
    }
    GRAMME_TRY(out.device, tables.find_accelerator(instance.accelerator));
    out.devices = out.group.count * instance.accelerator_count;
    return out;
}

Result<Costed> costed_of(const TrainRequest& asked, const Hardware& hardware, double wall_hours,
                         const refdata::Tables& tables) {
    JobRequest job = asked.job;
    job.groups = {hardware.group};
    job.hours = wall_hours;
    job.water = false;

    GRAMME_TRY(const HostFacts host, estimate::host_of(job, tables));
    GRAMME_TRY(const Factors factors, estimate::resolve_factors(tables, job.factors, host));
    Costed out;
    if (auto modelled = estimate::estimate_job(job, factors, tables)) {
        out.footprint = std::move(modelled->footprint);
        out.assumptions = std::move(modelled->assumptions);
    } else if (!(asked.power_w &&
                 modelled.error().code == Code::kMalformed)) {  // nobody else knows its watts
        return modelled.error();
    }
    const bool plain = hardware.group.kind == JobGroup::Kind::kDevice && job.host == "auto" &&
                       job.power_model == PowerModel::kTypical;
    const auto published = plain ? published_power(tables, hardware.device.id) : std::nullopt;
    if (!asked.power_w && !published) {
        return out;
    }
    JobGroup given;
    given.kind = JobGroup::Kind::kPower;
    given.amount = asked.power_w ? *asked.power_w : published->watts;
    given.count = hardware.devices;
    job.groups = {given};
    job.embodied = false;
    GRAMME_TRY(estimate::JobEstimate drawn, estimate::estimate_job(job, factors, tables));
    std::vector<Assumption> kept;
    if (!asked.power_w) {
        out.power = {"power", kSystemSigma, "measure the power of one device with its machine: --power-w"};
        kept.push_back({"power of one " + std::string{hardware.device.name},
                        number_text(given.amount) + " W with its machine, " + published->note,
                        published->source, "--power-w"});
        drawn.footprint.quality = Quality::kModelled;
        for (Part& part : drawn.footprint.parts) {
            part.device.method = "published power in training";
            part.device.quality = Quality::kModelled;
            part.device.gain_sigma = kSystemSigma;
            part.device.gain_source = published->source;
        }
    }
    for (Assumption& one : out.assumptions) {  // of making the hardware only: the watts are others'
        if (one.change == "--embodied off" || one.change == "--lifetime" || one.what.starts_with("which ")) {
            kept.push_back(std::move(one));
        }
    }
    drawn.footprint.embodied = std::move(out.footprint.embodied);
    drawn.footprint.not_covered = {"storage", "network switches"};
    out.footprint = std::move(drawn.footprint);
    out.assumptions = std::move(kept);
    return out;
}

}  // namespace gramme::plan
