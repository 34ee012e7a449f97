#include "estimate/job.hpp"

#include "estimate/embodied.hpp"
#include "estimate/estimate.hpp"
#include "estimate/job_ledger.hpp"

namespace gramme::estimate {

Result<HostFacts> host_of(const JobRequest& asked, const refdata::Tables& tables) {
    HostFacts host;
    GRAMME_TRY(host.chassis, chassis_of(asked, tables));
    for (const JobGroup& group : asked.groups) {
        if (group.kind == JobGroup::Kind::kInstance) {
            GRAMME_TRY(const refdata::Instance instance, tables.find_instance(group.name));
            host.cloud = instance.provider;
        }
    }
    return host;
}

Result<JobEstimate> estimate_job(const JobRequest& asked, const Factors& factors,
                                 const refdata::Tables& tables) {
    GRAMME_TRY(JobParts parts, parts_of(asked, tables));
    JobEstimate out;
    out.run.scope = Scope::kMachine;
    out.run.state = RunState::kFinished;
    out.run.asked = asked.factors;
    const std::chrono::duration<double, std::chrono::hours::period> hours{asked.hours};
    out.run.duration_s = Seconds{hours}.count();
    GRAMME_TRY(out.run.host, host_of(asked, tables));
    out.footprint = footprint_of(out.run, parts.ledger, factors, tables);
    out.assumptions = std::move(parts.assumptions);
    if (asked.embodied) {
        out.footprint.embodied =
            embodied_of(parts.held, asked.hours, asked.lifetime_years, tables, out.assumptions);
    }
    return out;
}

Result<JobEstimate> estimate_job(const JobRequest& asked, const refdata::Tables& tables) {
    GRAMME_CHECK(check(asked));
    GRAMME_TRY(const HostFacts host, host_of(asked, tables));
    GRAMME_TRY(const Factors factors, resolve_factors(tables, asked.factors, host));
    return estimate_job(asked, factors, tables);
}

}  // namespace gramme::estimate
