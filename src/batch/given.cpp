#include "batch/given.hpp"

#include <utility>

#include "config/settings.hpp"
#include "estimate/batch_kernel.hpp"

namespace gramme::batch {

Result<JobRequest> given_by_options(const config::OptionList& options, const FactorRequest& factors,
                                    const refdata::Tables& tables) {
    GRAMME_TRY(JobRequest base, config::job_request(options, factors));
    if (base.groups.size() > 1) {
        return Error{Code::kUsage,
                     "--device, --instance and --power-w say what a row uses that does not say it itself",
                     "give one of them"};
    }
    base.embodied = false;
    if (!base.factors.region.empty()) {
        if (const auto place = tables.find_place(base.factors.region); !place) {
            return config::about_region(place.error(), base.factors);
        }
    }
    // What is wrong with the options is wrong with each row: better said once, before anything is read.
    JobRequest probe = base;
    if (probe.groups.empty()) {
        JobGroup energy;
        energy.kind = JobGroup::Kind::kEnergy;
        probe.groups = {energy};
    }
    if (auto one = estimate::coefficients_of(probe, tables); !one) {
        Error error = one.error();
        error.code = Code::kUsage;
        return error;
    }
    return base;
}

}  // namespace gramme::batch
