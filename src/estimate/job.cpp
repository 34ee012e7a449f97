#include "estimate/job.hpp"

#include <chrono>
#include <utility>

#include "base/utc.hpp"
#include "estimate/embodied.hpp"
#include "estimate/estimate.hpp"
#include "estimate/hourly.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/water.hpp"

namespace gramme::estimate {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

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

namespace {

RunRecord run_of(const JobRequest& asked) {
    RunRecord run;
    run.scope = Scope::kMachine;
    run.state = RunState::kFinished;
    run.asked = asked.factors;
    run.duration_s = Seconds{std::chrono::duration<double, std::chrono::hours::period>{asked.hours}}.count();
    run.started_wall_ns = asked.start_s.value_or(0) * kNsPerSecond;
    return run;
}

JobEstimate estimate_of(const JobRequest& asked, JobParts parts, RunRecord run, const Factors& factors,
                        const refdata::Tables& tables) {
    JobEstimate out;
    out.run = std::move(run);
    out.footprint = footprint_of(out.run, parts.ledger, factors, tables);
    out.assumptions = std::move(parts.assumptions);
    if (asked.embodied) {
        out.footprint.embodied =
            embodied_of(parts.held, asked.hours, asked.lifetime_years, tables, out.assumptions);
    }
    if (asked.water) {
        out.footprint.water = water_of(out.footprint, out.run.host, tables, out.assumptions);
    }
    return out;
}

Result<JobEstimate> estimate_on(HostFacts host, const JobRequest& asked, const Factors& factors,
                                const refdata::Tables& tables) {
    GRAMME_TRY(JobParts parts, parts_of(asked, tables));
    RunRecord run = run_of(asked);
    run.host = std::move(host);
    return estimate_of(asked, std::move(parts), std::move(run), factors, tables);
}

}  // namespace

Result<JobEstimate> estimate_job(const JobRequest& asked, const Factors& factors,
                                 const refdata::Tables& tables) {
    GRAMME_CHECK(check(asked));
    GRAMME_TRY(HostFacts host, host_of(asked, tables));
    return estimate_on(std::move(host), asked, factors, tables);
}

Result<JobEstimate> estimate_job(const JobRequest& asked, const refdata::Tables& tables) {
    GRAMME_CHECK(check(asked));
    GRAMME_TRY(HostFacts host, host_of(asked, tables));
    GRAMME_TRY(const Factors factors, resolve_factors(tables, asked.factors, host));
    return estimate_on(std::move(host), asked, factors, tables);
}

Result<JobEstimate> estimate_job(const JobRequest& asked, const IntensitySeries& series,
                                 const refdata::Tables& tables) {
    JobRequest job = asked;
    if (!(job.hours > 0.0)) {
        return Error{Code::kOutOfRange, "an intensity in time needs to know when the energy is used",
                     "give --hours, over which it is spread evenly"};
    }
    constexpr double kMostHours = 1e6;  // a hundred years: the clock ends in 2262
    if (job.hours > kMostHours) {
        return Error{Code::kOutOfRange, "no intensity over time reaches 1,000,000 h", "give fewer --hours"};
    }
    if (!job.factors.mix.empty()) {
        return Error{
            Code::kUsage,
            job.factors.mix_from + " and " + series.from.chosen + " both say what the electricity emits",
            "give one of them"};
    }
    const bool start_said = job.start_s.has_value();
    if (!start_said && !series.periods.empty()) {
        job.start_s = series.periods.front().from_s;
    }
    GRAMME_TRY(JobParts parts, parts_of(job, tables));
    RunRecord run = run_of(job);
    GRAMME_TRY(run.host, host_of(job, tables));
    GRAMME_TRY(const Factors factors, resolve_in_time(tables, job.factors, run, parts.ledger, series));
    if (!start_said) {
        parts.assumptions.push_back({"start of the job",
                                     utc_text(run.started_wall_ns) + ", that of the series",
                                     series.from.source, "--start"});
    }
    return estimate_of(job, std::move(parts), std::move(run), factors, tables);
}

}  // namespace gramme::estimate
