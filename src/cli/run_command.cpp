// gramme run: measures a command from its first instruction to its exit, and stays out of its way.
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.hpp"
#include "calculate/run_tree.hpp"
#include "cli/command_context.hpp"
#include "cli/ranks.hpp"
#include "cli/run_session.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "config/settings.hpp"
#include "estimate/estimate.hpp"
#include "probe/probe.hpp"
#include "sample/front.hpp"
#include "sample/run_socket.hpp"
#include "sample/supervisor.hpp"

namespace gramme::cli {
namespace {

/// What the run comes from, as a whole id. One that is whole is taken as it is: it may be a sweep's, or of a
/// run of another machine. kUsage.
Result<void> find_lineage(const CommandContext& context, RunOptions& options) {
    if (!options.lineage || is_uuid(options.lineage->id)) {
        return {};
    }
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    auto id = calculate::related_id(*opened.store, options.lineage->id);
    if (!id) {
        return Error{Code::kUsage, options.lineage_from + ": " + id.error().what,
                     id.error().hint + "; a whole id is taken as it is"};
    }
    options.lineage->id = *std::move(id);
    return {};
}

/// Only the run that measures knows what is used.
void warn_of_what_is_not_watched(const CommandContext& context) {
    for (const char* name : {"budget", "progress-regex", "steps-total"}) {
        if (context.arguments.has(name)) {
            print_warning(context.terminal,
                          std::string{"--"} + name + " does nothing here: another run measures this command");
        }
    }
}

/// Inside another run: that run measures; this one only says when its command began and ended.
std::optional<int> join_outer_run(const CommandContext& context, const sample::BlockedSignals& signals) {
    const Host& host = context.host;
    const RunOptions& options = context.options;
    const std::vector<std::string>& command = context.arguments.words;
    const auto path = host.env("GRAMME_RUN_SOCKET");
    if (!path || path->empty()) {
        return std::nullopt;
    }
    const auto outer = sample::RunClient::connect(*path);
    if (!outer) {
        return std::nullopt;  // a stale variable: this run is its own
    }
    warn_of_a_run_around_srun(context);
    warn_of_what_is_not_watched(context);
    const std::string name = options.name.empty() ? command.front() : options.name;
    (void)outer->send({Marker::Kind::kSpanBegin, 0, name, ""});
    auto witness = sample::SignalWitness::start();
    const auto started =
        sample::start_command({command, {}, signals.callers_mask(), signals.ignored_sigchld(), nullptr});
    if (!started) {
        (void)outer->send({Marker::Kind::kSpanEnd, 0, name, R"({"started": false})"});
        return cannot_start(context.terminal, started.error());
    }
    const auto status =
        sample::supervise(*started, signals, 0, nullptr, 0, std::move(witness), {{}, [] {}, {}});
    const int code = status ? status->code : sample::wait_plainly(started->pid, signals).code;
    (void)outer->send({Marker::Kind::kSpanEnd, 0, name, "{\"exit_status\": " + std::to_string(code) + "}"});
    if (!options.quiet) {
        print(context.terminal.err,
              "gramme: '" + name + "' is part of the run that surrounds it, which measures it\n");
    }
    const bool asked_for_csv = context.arguments.has("csv") && options.csv != "none";
    if (!options.json.empty() || asked_for_csv) {
        print_warning(context.terminal, "no " + std::string{options.json.empty() ? "row" : "result"} +
                                            " of its own is written for '" + name +
                                            "': the surrounding run's holds it, as a span");
    }
    return code;
}

}  // namespace

Result<int> run_command(const CommandContext& context) {
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const HostFacts facts = probe::read_host_facts(context.host, tables);
    auto factors = estimate::resolve_factors(tables, context.options.factors, facts);
    if (!factors) {  // said before the command starts: a misspelt region is cheaper to mend now
        return about_region(factors.error(), context.options.factors);
    }
    RunOptions options = context.options;
    GRAMME_CHECK(find_lineage(context, options));
    GRAMME_TRY(const WatchRequest watch, watch_request(context.arguments));
    const sample::BlockedSignals signals;
    if (const auto joined = join_outer_run(context, signals)) {
        return *joined;
    }
    const std::optional<Calibration> calibration = load_calibration(context.host, facts, options.warnings);
    std::optional<sample::RankTable> ranks = join_ranks(context, facts, options.warnings);
    if (ranks && ranks->role() == sample::RankTable::Role::kMember) {
        warn_of_what_is_not_watched(context);
        return run_as_member(context, signals, *ranks);
    }
    const sample::FrontSplit front =
        sample::split_front(ranks ? sample::FrontWanted::kAlways : sample::FrontWanted::kUnderAShell);
    if (front.exit_status) {
        if (ranks) {
            ranks->let_go();
        }
        return *front.exit_status;
    }
    const RunWorld world{context.host, tables,      options, *factors,
                         facts,        calibration, watch,   ranks ? &*ranks : nullptr};
    std::optional<RunSession> session;
    session.emplace(world, context.arguments.words);
    const auto status = session->measure(signals, front);
    if (!status) {
        return cannot_start(context.terminal, status.error());
    }
    session->deliver(context.terminal, *status);
    const bool may_be_stuck = session->has_threads();
    session.reset();
    if (may_be_stuck) {
        // A driver that hangs in its own call may hold the loader's lock, which a normal exit would wait for.
        std::fflush(nullptr);
        ::_exit(status->code);
    }
    return status->code;
}

}  // namespace gramme::cli
