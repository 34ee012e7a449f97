#include "estimate/job.hpp"

#include "estimate/embodied.hpp"
#include "estimate/estimate.hpp"
#include "estimate/job_ledger.hpp"

namespace gramme::estimate {

Result<JobEstimate> estimate_job(const JobRequest& asked, const refdata::Tables& tables) {
    GRAMME_TRY(JobParts parts, parts_of(asked, tables));
    JobEstimate out;
    out.run.scope = Scope::kMachine;
    out.run.state = RunState::kFinished;
    out.run.asked = asked.factors;
    out.run.duration_s =
        std::chrono::duration<double>{std::chrono::duration<double, std::ratio<3600>>{asked.hours}}.count();
    // An instance says by its name whose data centre it stands in.
    HostFacts& host = out.run.host;
    host.chassis = parts.chassis;
    for (const JobGroup& group : asked.groups) {
        if (group.kind == JobGroup::Kind::kInstance) {
            GRAMME_TRY(const refdata::Instance instance, tables.find_instance(group.name));
            host.cloud = instance.provider;
        }
    }
    GRAMME_TRY(const Factors factors, resolve_factors(tables, asked.factors, host));
    out.footprint = footprint_of(out.run, parts.ledger, factors, tables);
    out.assumptions = std::move(parts.assumptions);
    if (asked.embodied) {
        out.footprint.embodied =
            embodied_of(parts.held, asked.hours, asked.lifetime_years, tables, out.assumptions);
    }
    return out;
}

}  // namespace gramme::estimate
