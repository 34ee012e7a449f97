// gramme sweep: a search that is really run, each trial measured.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "cli/command_context.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "config/settings.hpp"
#include "config/space_file.hpp"
#include "estimate/estimate.hpp"
#include "host/write_whole.hpp"
#include "present/sweep.hpp"
#include "probe/probe.hpp"
#include "sample/run_socket.hpp"
#include "sweep/runner.hpp"
#include "sweep/words.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kUsualTrials = 59;  // one of them in the best 5 % with 95 %: docs/method/search.md
constexpr std::size_t kMostTrials = 100'000;
constexpr std::size_t kMostJobs = 1024;
constexpr int kSignalled = 128;

Error wrong(std::string_view option, const std::string& text, std::string hint) {
    return {Code::kUsage, "--" + std::string{option} + ": '" + text + "' makes no sense", std::move(hint)};
}

Result<std::size_t> count_of(const Arguments& arguments, const char* option, std::size_t otherwise,
                             std::size_t most) {
    const auto text = arguments.value(option);
    if (!text) {
        return otherwise;
    }
    const auto number = parse_u64(*text);
    if (!number || *number == 0 || *number > most) {
        return wrong(option, *text, "give a whole number from 1 to " + std::to_string(most));
    }
    return static_cast<std::size_t>(*number);
}

Result<double> time_of(const Arguments& arguments, const char* option, double otherwise) {
    const auto text = arguments.value(option);
    if (!text) {
        return otherwise;
    }
    const auto seconds = parse_duration_s(*text);
    if (!seconds || !(*seconds > 0.0)) {
        return wrong(option, *text, "give a time such as 90s, 10m or 2h");
    }
    return *seconds;
}

Result<plan::SearchMethod> method_of(const Arguments& arguments) {
    const std::string text = arguments.value("method").value_or("random");
    for (const plan::SearchMethod method :
         {plan::SearchMethod::kRandom, plan::SearchMethod::kHalving, plan::SearchMethod::kGrid}) {
        if (name_of(method) == text) {
            return method;
        }
    }
    return wrong("method", text, "give random, halving or grid");
}

Result<sweep::Objective> objective_of(const Arguments& arguments) {
    const auto regex = arguments.value("objective-regex");
    const auto json = arguments.value("objective-json");
    if (regex.has_value() == json.has_value()) {
        return Error{
            Code::kUsage,
            regex ? "--objective-regex and --objective-json both say what is to be made large or small"
                  : "nothing says how good a trial is",
            "give --objective-regex 'accuracy=([0-9.]+)' or --objective-json '{dir}/metrics.json:accuracy'"};
    }
    return regex ? sweep::Objective::by_regex(*regex) : sweep::Objective::by_json(*json);
}

/// Options of each trial's `gramme run`, as they were typed.
std::vector<std::string> run_words(const Arguments& arguments) {
    std::vector<std::string> out;
    for (const auto& [name, value] : arguments.options) {
        for (const char* one : {"project", "region", "intensity", "energy-source", "mix", "pue", "interval",
                                "scope", "store", "remainder", "no-argv", "data"}) {
            if (name == one) {
                out.push_back("--" + std::string{name} + (is_switch(name) ? "" : "=" + value));
            }
        }
    }
    return out;
}

Result<sweep::SweepOptions> options_of(const CommandContext& context) {
    const Arguments& arguments = context.arguments;
    const std::string& file = arguments.words.front();
    std::vector<std::string> command(arguments.words.begin() + 1, arguments.words.end());
    if (command.empty()) {
        return Error{Code::kUsage, "no command to try",
                     "gramme sweep SPACE.toml [options] -- python train.py --lr {lr}"};
    }
    GRAMME_TRY(std::string text, read_whole(file, "give a file with the space; docs/sweep.md describes it"));
    GRAMME_TRY(plan::Space space, parse_space(text, file));
    GRAMME_TRY(sweep::Objective objective, objective_of(arguments));
    if (arguments.has("minimize") && arguments.has("maximize")) {
        return Error{Code::kUsage, "--minimize and --maximize exclude each other", "give one of them"};
    }
    const std::string stem = std::filesystem::path{file}.stem().string();
    sweep::SweepOptions out{.space = std::move(space),
                            .space_text = std::move(text),
                            .command = std::move(command),
                            .objective = std::move(objective),
                            .minimize = arguments.has("minimize"),
                            .budget = std::nullopt,
                            .timeout_s = std::nullopt,
                            .folder = arguments.value("dir").value_or(stem + ".sweep"),
                            .name = "",
                            .run_words = run_words(arguments)};
    out.name = out.space.name.empty() ? stem : out.space.name;
    GRAMME_TRY(out.method, method_of(arguments));
    const bool grid = out.method == plan::SearchMethod::kGrid;
    GRAMME_TRY(out.configs,
               count_of(arguments, "max-trials", grid ? kMostTrials : kUsualTrials, kMostTrials));
    GRAMME_TRY(out.jobs, count_of(arguments, "jobs", 1, kMostJobs));
    if (out.objective.is_json() && out.jobs > 1 && out.objective.file().find('{') == std::string::npos) {
        return Error{Code::kUsage, "--objective-json: trials at the same time would write one file",
                     "give each its own, such as {dir}/metrics.json"};
    }
    if (const auto seed = arguments.value("seed")) {
        const auto number = parse_u64(*seed);
        if (!number) {
            return wrong("seed", *seed, "give a whole number");
        }
        out.seed = *number;
    }
    for (const auto& [name, target, least, most] :
         {std::tuple{"eta", &out.eta, 2.0, 10.0}, std::tuple{"resource", &out.resource, 1.0, 1e9}}) {
        if (const auto typed = arguments.value(name)) {
            const auto number = parse_double(*typed);
            if (!number || *number < least || *number > most) {
                return wrong(
                    name, *typed,
                    "give a number from " + plan::number_word(least) + " to " + plan::number_word(most));
            }
            *target = *number;
        }
    }
    if (out.method == plan::SearchMethod::kHalving && out.resource < out.eta) {
        return Error{Code::kUsage, "halving needs --resource, what {budget} is for a full training",
                     "give --resource 81, such as epochs, with {budget} in the command"};
    }
    if (const auto limit = arguments.value("budget")) {
        auto parsed = plan::parse_limit(*limit);
        if (!parsed) {
            return Error{Code::kUsage, "--budget: " + parsed.error().what, parsed.error().hint};
        }
        out.budget = *parsed;
    }
    if (arguments.has("trial-timeout")) {
        GRAMME_TRY(out.timeout_s, time_of(arguments, "trial-timeout", 0.0));
    }
    GRAMME_TRY(out.grace_s, time_of(arguments, "grace", out.grace_s));
    return out;
}

/// What every trial would fail with, said before any starts.
Result<void> check_world(const CommandContext& context) {
    if (context.options.store == "none") {
        return Error{Code::kUsage, "the store is none, and the trials are runs of it",
                     "give --store sqlite:FILE"};
    }
    if (const auto path = context.host.env("GRAMME_RUN_SOCKET"); path && !path->empty()) {
        if (sample::RunClient::connect(*path)) {
            return Error{Code::kUsage, "a sweep measures its own trials, and a `gramme run` surrounds it",
                         "start it without `gramme run` before it"};
        }
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const HostFacts facts = probe::read_host_facts(context.host, tables);
    if (const auto factors = estimate::resolve_factors(tables, context.options.factors, facts); !factors) {
        return about_region(factors.error(), context.options.factors);
    }
    return {};
}

}  // namespace

Result<int> sweep_command(const CommandContext& context) {
    GRAMME_TRY(const sweep::SweepOptions options, options_of(context));
    GRAMME_CHECK(check_world(context));
    const Terminal& terminal = context.terminal;
    for (const std::string& doubt : sweep::doubts_about(options.command, options.space)) {
        print_warning(terminal, doubt);
    }
    if (options.space.seeds * options.space.folds > 1) {
        print_warning(terminal,
                      "seeds and folds are for `gramme plan search`: here each point is trained once");
    }
    sweep::SweepEvents events;
    events.warn = [&](const std::string& text) { print_warning(terminal, text); };
    events.ended = [&](const plan::Trial& trial, std::size_t trials, std::size_t planned) {
        if (!context.arguments.has("quiet")) {
            print(terminal.err, present::trial_line(trial, trials, planned, terminal.err_style.width) + "\n");
        }
    };
    events.runs = [&]() -> Result<std::vector<store::RunSummary>> {
        GRAMME_TRY(const OpenedStore opened, open_run_store(context));
        return opened.store->related();
    };
    GRAMME_TRY(const plan::SweepResult done, sweep::run_sweep(context.host, options, events));
    if (const auto plot = context.arguments.value("plot")) {
        GRAMME_CHECK(host::write_whole(*plot, present::sweep_svg(done)));
    }
    constexpr std::size_t kUsualRows = 20;
    const std::size_t rows = context.arguments.has("all-trials") ? 0 : kUsualRows;
    print(terminal.out, context.arguments.has("json") ? present::sweep_json(done)
                                                      : present::sweep_text(done, rows, terminal.out_style));
    if (done.stopped_by != 0) {
        return kSignalled + done.stopped_by;
    }
    return plan::best_trial(done) ? static_cast<int>(kExitOk) : static_cast<int>(kExitBadData);
}

}  // namespace gramme::cli
