#include "cli/commands.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.hpp"
#include "cli/installed.hpp"
#include "cli/live_options.hpp"
#include "cli/options.hpp"
#include "cli/plan_search_options.hpp"
#include "cli/plan_train_options.hpp"
#include "cli/plan_when_options.hpp"
#include "cli/plan_where_options.hpp"
#include "cli/run_options.hpp"
#include "cli/serve_options.hpp"
#include "cli/sweep_options.hpp"
#include "config/version.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

constexpr std::array kCommands{
    CommandSpec{
        "run", "measure a command: summary, emissions.csv, run in the store",
        "gramme run [options] -- command [argument...]", kRunOptions, 1, kAny, true,
        "Runs the command and measures the energy and the CO2e of it and of what it starts. The command "
        "keeps its "
        "input, output, terminal and exit status; trouble with measuring never stops it. The summary goes to "
        "standard error, a row to emissions.csv, the run to the store.",
        "  gramme run -- python train.py --epochs 3\n"
        "  gramme run --region aws:eu-west-3 --project bert -- ./train.sh\n"
        "  gramme run --csv none --json result.json --quiet -- make test"},
    CommandSpec{
        "doctor", "what can be measured here, and how to enable the rest", "gramme doctor [options]",
        kDoctorOptions, 0, 0, false,
        "Lists every source of energy data: used, available, refused (why, and the command that enables it) "
        "or "
        "absent; what the machine is; and how wide the interval of a run here would be. Changes nothing.",
        "  gramme doctor\n"
        "  gramme doctor --json"},
    CommandSpec{"calibrate", "measure what this machine draws, for later runs", "gramme calibrate [options]",
                kCalibrateOptions, 0, 0, false,
                "Measures what each device with an energy counter draws while the machine does nothing, and "
                "keeps it in "
                "calibration.toml beside config.toml. Later runs use it instead of an assumed idle power to "
                "tell the job's "
                "energy from that of others. Leave the machine alone meanwhile: seconds in which it is 2 % "
                "busy or more are "
                "left out, and with fewer than half of them left nothing is written. With a power meter "
                "(smart plug, PDU, "
                "IPMI) the power at the wall is fitted against the load: it gives --remainder its measured "
                "value, and "
                "stands for the whole machine where nothing has a counter.",
                "  gramme calibrate\n"
                "  gramme calibrate --meter-command 'ipmitool dcmi power reading'\n"
                "  gramme calibrate --meter-csv plug.csv --run 01938f2a"},
    CommandSpec{"runs list", "the runs in the store, and those that run now", "gramme runs list [options]",
                kListOptions, 0, 0, false,
                "Lists runs, newest first. A run whose gramme was killed is moved into the store first, as "
                "interrupted, with what was measured until then.",
                "  gramme runs list --project bert --since 2026-11-01\n"
                "  gramme runs list --format csv > runs.csv"},
    CommandSpec{"runs show", "one run in full", "gramme runs show ID [options]", kShowOptions, 1, 1, false,
                "Shows energy, CO2e with its interval, parts, factors with their sources, gaps and warnings "
                "of one run. ID "
                "may be shortened to its first characters, at least 4, where they are unique.",
                "  gramme runs show 01938f2a\n"
                "  gramme runs show 01938f2a --json"},
    CommandSpec{"runs export", "runs as JSON or CSV for other tools",
                "gramme runs export (ID... | --all) [options]", kExportOptions, 0, kAny, false,
                "Writes runs to standard output, without their command lines unless --with-argv says so.",
                "  gramme runs export --all > runs.json\n"
                "  gramme runs export 01938f2a 01938f31 --format csv"},
    CommandSpec{
        "runs import", "runs from emissions.csv files of CodeCarbon or gramme",
        "gramme runs import FILE... [options]", kImportOptions, 1, kAny, false,
        "Reads emissions.csv of any release of CodeCarbon, its task files and gramme's own, and puts one "
        "run for each run_id into the store: its id, its energy with the PUE taken out, its own "
        "emissions. Of several rows of a run the last one counts. Importing again adds nothing. A row "
        "that cannot be trusted is named with its line and the reason, the others are imported, and the "
        "exit status is 65; 66 where a file cannot be read.",
        "  gramme runs import emissions.csv\n"
        "  gramme runs import --dry-run */emissions*.csv\n"
        "  gramme runs import --utc-offset +01:00 emissions.csv --json"},
    CommandSpec{
        "runs recost", "work out the carbon of runs anew, with other factors",
        "gramme runs recost (ID... | --all) [options]", kRecostOptions, 0, kAny, false,
        "Applies other factors, or those of newer tables, to the joules that were stored. The new result "
        "becomes the current one, the older ones stay. What no option says is as the run was told; "
        "configuration and environment add nothing.",
        "  gramme runs recost 01938f2a --region aws:eu-west-3\n"
        "  gramme runs recost --all --dry-run\n"
        "  gramme runs recost 01938f2a --intensity 56.4 --pue 1.2"},
    CommandSpec{"runs delete", "remove runs from the store", "gramme runs delete ID... [--yes]",
                kDeleteOptions, 1, kAny, false,
                "Removes runs for good; asks first. Rows in emissions.csv stay as they are.",
                "  gramme runs delete 01938f2a\n"
                "  gramme runs delete --yes 01938f2a 01938f31"},
    CommandSpec{
        "runs tree", "what the runs of one model took together", "gramme runs tree [RUN] [options]",
        kTreeOptions, 0, 1, false,
        "Adds up runs that come from each other (gramme run --resume-of, --fine-tune-of, --trial-of; "
        "gramme sweep): what the final run took, and what getting there took. Each run counts once, a "
        "span of a run not beside it. RUN, an id or its first characters, shows only its family and "
        "takes that run as the final one; else the newest run that is no trial and that nothing comes "
        "from.",
        "  gramme runs tree\n"
        "  gramme runs tree 01938f2a --json"},
    CommandSpec{
        "explain", "the whole sum of a result, step by step", "gramme explain RUN | FILE | - [options]",
        kExplainOptions, 1, 1, false,
        "Works out a result as a person would by hand: joules of each device, PUE, grid, the interval with "
        "every input and a check by drawing, comparisons, what is not in it, and the sources. Explains the "
        "result as it was computed then. RUN is an id or its first characters; a word with a dot or a slash "
        "is a file that `gramme run --json` wrote; - is standard input.",
        "  gramme explain 01938f2a\n"
        "  gramme explain ./result.json\n"
        "  gramme runs show 01938f2a --json | gramme explain - --json"},
    CommandSpec{
        "report", "a result for a model card, a paper, BoAmps, SCI or a page",
        "gramme report RUN | FILE | - --as FORMAT [options]", kReportOptions, 1, 1, false,
        "Writes a result in the form that others ask for, to standard output. RUN is an id or its first "
        "characters; a word with a dot or a slash is a file that `gramme run --json` or `gramme estimate "
        "--json` wrote; - is standard input.",
        "  gramme report 01938f2a --as model-card --into README.md\n"
        "  gramme report 01938f2a --as html > footprint.html\n"
        "  gramme estimate --device h100 --hours 120 --json | gramme report - --as latex"},
    CommandSpec{
        "estimate", "energy and CO2e of a job that was not measured",
        "gramme estimate (--device NAME | --instance TYPE | --power-w WATTS | --energy-kwh KWH) [options]",
        kEstimateOptions, 0, 0, false,
        "Works out what a job uses from its hardware and hours. Watts come from the best evidence there is: "
        "a "
        "measured mean of the device in training, else a share of its board limit with its range; the "
        "machine "
        "around it is counted as well. Everything that nobody said is printed with its source and the option "
        "that says otherwise.",
        "  gramme estimate --device h100-sxm5-80gb --count 8 --hours 120 --region aws:eu-west-3\n"
        "  gramme estimate --instance aws:p4d.24xlarge --hours 24 --region us-east-1\n"
        "  gramme estimate --power-w 330 --count 10000 --hours 355.2 --pue 1.1 --intensity 429\n"
        "  gramme estimate --device v100 --hours 100 --energy-source wind\n"
        "  gramme estimate --device v100-pcie-16gb --hours 100 --region aws:us-west-2 --profile mlco2"},
    CommandSpec{"compare", "the same job in other places, on other hardware, in other years",
                "gramme compare --regions WHICH | --devices LIST | --instances LIST | --energy-sources LIST "
                "| --years LIST "
                "[job options]",
                kCompareOptions, 0, 0, false,
                "Estimates one job once for each row and sorts the rows by their carbon, all on one basis: "
                "best, worst, "
                "how much of the ratio is grid and how much PUE, and the saving. A row whose own figure is "
                "on another "
                "basis takes that of its country and says so. Rows that differ from the best by less than "
                "the intervals "
                "of what differs are marked.",
                "  gramme compare --regions all --device h100 --count 8 --hours 120\n"
                "  gramme compare --regions aws --region us-east-1 --instance aws:p4d.24xlarge --hours 24\n"
                "  gramme compare --devices v100,a100,h100 --hours 100 --region FRA\n"
                "  gramme compare --years 2010-2025 --energy-kwh 1000 --region GBR"},
    CommandSpec{
        "plan train", "what a training will take, before it runs",
        "gramme plan train (--parameters N --tokens N (--device NAME | --instance TYPE) | --pilot RUN) "
        "[options]",
        kPlanTrainOptions, 0, 0, false,
        "Energy, CO2e, device-hours and the carbon of making the hardware, each with the range that holds 19 "
        "times "
        "in 20: from the size of the model, the tokens and the share of the device's peak that published "
        "trainings "
        "reached, or from tokens per second that were measured. With --pilot from a short run that was "
        "measured "
        "and said "
        "its steps (--progress-regex, markers): start-up once, each step, evaluations and checkpoints at "
        "their own "
        "periods; it holds for the machine, the data and the settings of the pilot.",
        "  gramme plan train --parameters 7B --tokens 2T --device a100-80gb --count 1024 --region FRA\n"
        "  gramme plan train --parameters 7B --tokens 2T --layers 32 --hidden 4096 --sequence-length 4096 "
        "--device h100\n"
        "  gramme plan train --parameters 13B --tokens 50M --method lora --device rtx-4090 --count 1\n"
        "  gramme plan train --parameters 350M --tokens 10B --device h100 --device-tokens-per-second 110k\n"
        "  gramme plan train --pilot 01938f2a --steps-total 20000"},
    CommandSpec{
        "plan reuse", "from scratch, fine-tuned, LoRA or hosted: side by side",
        "gramme plan reuse --parameters N (--device NAME | --instance TYPE) [options]", kPlanReuseOptions, 0,
        0, false,
        "What it takes to come by a model: pre-training from scratch, continued pre-training, full "
        "fine-tuning, "
        "LoRA, a frozen backbone, or the use of a hosted model; how many of each a training from scratch "
        "would pay "
        "for, and from how many uses on a model of one's own takes less than a hosted one.",
        "  gramme plan reuse --parameters 7B --tokens 2T --device a100-80gb --region FRA\n"
        "  gramme plan reuse --parameters 7B --device h100 --fine-tune-tokens 20M --uses 1M\n"
        "  gramme plan reuse --parameters 350M --device rtx-4090 --fine-tune-tokens 5M --shared-by 1000"},
    CommandSpec{
        "batch", "a table of jobs in, the same table with energy and CO2e out",
        "gramme batch FILE | - [options]", kBatchOptions, 1, 1, false,
        "Estimates each row of a table as gramme estimate would and writes the row back as it is, followed "
        "by "
        "energy, CO2e and their intervals. Tables are CSV with a header, one JSON object per line, or "
        "Parquet where DuckDB's library is there; - is standard input. Columns: device, instance, count, "
        "hours, power_w, energy_kwh, utilisation, host, "
        "power_model, region, pue, intensity_gco2e_per_kwh, energy_source, mix, year, basis; others pass "
        "through. The energy of a row is the first of energy_kwh, power_w, instance and device that it says.",
        "  gramme batch jobs.csv --out footprints.csv --group-by team\n"
        "  sacct -X -P -o ALL | gramme batch - --map slurm --region DEU > jobs.psv\n"
        "  gramme batch usage.csv --map aws --rejects bad.csv --keep-going --out carbon.csv"},
    CommandSpec{
        "plan search", "what a search of hyper-parameters will cost, and what would cost less",
        "gramme plan search SPACE.toml [options]", kPlanSearchOptions, 1, 1, false,
        "Counts the points of the full grid and says what a random search, successive halving and "
        "Hyperband cost instead, from what one training takes: a run (--pilot) or the options of gramme "
        "estimate. The file lists the parameters with their values, ranges and conditions.",
        "  gramme plan search space.toml --pilot 01938f2a\n"
        "  gramme plan search space.toml --device a100 --hours 0.5 --region FRA --best 1%\n"
        "  gramme plan search space.toml --energy-kwh 0.2 --narrow lr=0.001:0.01 --json"},
    CommandSpec{
        "sweep", "a search of hyper-parameters, really run: each trial is measured",
        "gramme sweep SPACE.toml [options] -- command [argument...]", kSweepOptions, 2, kAny, true,
        "Runs the command with points of the space: {NAME} stands for a parameter, {budget}, {dir}, {seed} "
        "and {trial} for what their names say. Each trial is a run of the store, a trial of the sweep. "
        "Started again after it was killed, a sweep neither repeats nor loses a trial that had ended.",
        "  gramme sweep space.toml --objective-regex 'acc=([0-9.]+)' -- python train.py --lr {lr}\n"
        "  gramme sweep space.toml --method halving --resource 81 --budget 500g --minimize \\\n"
        "      --objective-json '{dir}/metrics.json:loss' -- ./train {lr} --epochs {budget}\n"
        "  gramme sweep s.toml --jobs 4 --trial-timeout 10m --objective-regex 'acc (.*)' -- ./t {x}",
        1},
    CommandSpec{"plan when", "the start and the pauses with the least carbon before a deadline",
                "gramme plan when (--intensity-csv FILE | --intensity-live neso) --hours H (--device NAME | "
                "--instance TYPE | --power-w WATTS | --energy-kwh KWH) [options]",
                kPlanWhenOptions, 0, 0, false, kPlanWhenDescription, kPlanWhenExamples},
    CommandSpec{"plan where", "place, hardware and count together: carbon, hours, money",
                "gramme plan where --regions WHICH (--device NAME | --instance TYPE) --hours H [options]",
                kPlanWhereOptions, 0, 0, false, kPlanWhereDescription, kPlanWhereExamples},
    CommandSpec{"serve", "the page: runs, live power, calculator, map; and the HTTP interface",
                "gramme serve [options]", kServeOptions, 0, 0, false, kServeDescription, kServeExamples},
    CommandSpec{"intensity", "carbon intensity of a grid from a live provider, over time",
                "gramme intensity PROVIDER[:ZONE] [--from TIME [--until TIME]] [options]", kIntensityOptions,
                1, 1, false, kLiveDescription, kLiveExamples},
    CommandSpec{"regions", "grid intensity and PUE of places and cloud regions",
                "gramme regions [TEXT...] [options]", kReferenceOptions, 0, kAny, false,
                "Lists the places that --region knows, with the intensity of their electricity, its basis, "
                "year and source. "
                "Every word of TEXT must occur in the provider, region, city, zone, country or an alias.",
                "  gramme regions paris\n"
                "  gramme regions aws canada\n"
                "  gramme regions --json"},
    CommandSpec{
        "devices", "power, memory and speed of accelerators", "gramme devices [TEXT...] [options]",
        kReferenceOptions, 0, kAny, false,
        "Lists the GPUs, TPUs and other accelerators that --device knows. Figures are of one device: a "
        "board with two processors counts as two. Every word of TEXT must occur in the name, an alias, the "
        "maker, the kind or the architecture.",
        "  gramme devices a100\n"
        "  gramme devices amd datacentre\n"
        "  gramme devices --json"},
    CommandSpec{
        "instances", "machine types of the clouds and what is in them",
        "gramme instances [TEXT...] [options]", kReferenceOptions, 0, kAny, false,
        "Lists the cloud instances that --instance knows. Every word of TEXT must occur in the provider, the "
        "type, an alias, the CPU or the accelerator.",
        "  gramme instances aws h100\n"
        "  gramme instances a2-highgpu\n"
        "  gramme instances --json"},
};

std::vector<std::string> first_words() {
    std::vector<std::string> out{"help"};
    for (const CommandSpec& command : kCommands) {
        const std::string first{command.name.substr(0, command.name.find(' '))};
        if (std::find(out.begin(), out.end(), first) == out.end()) {
            out.push_back(first);
        }
    }
    return out;
}

std::vector<std::string> names_in_group(std::string_view group) {
    std::vector<std::string> out;
    for (const CommandSpec& command : kCommands) {
        if (command.name.starts_with(std::string{group} + " ")) {
            out.emplace_back(command.name);
        }
    }
    return out;
}

bool is_help(std::string_view word) {
    return word == "--help" || word == "-h";
}

Error unknown_command(std::span<const std::string> typed) {
    const std::string_view word = typed.front();
    const std::string shown = "'" + typed.front() + "'";
    if (word.starts_with('-')) {
        return Error{Code::kUsage, "unknown option " + shown,
                     "options stand behind their command; see `gramme --help`"};
    }
    std::string hint = did_you_mean(word, first_words());
    if (hint.empty()) {
        hint = "see `gramme --help`; to measure a program: gramme run -- " + typed.front() +
               (typed.size() > 1 ? " ..." : "");
    }
    return Error{Code::kUsage, "unknown command " + shown, hint};
}

/// The command that the first words name, and how many words that were. kUsage.
struct Found {
    const CommandSpec* command = nullptr;
    std::string group;
    std::size_t words = 0;
};
Result<Found> find_in(std::span<const std::string> typed) {
    if (const CommandSpec* command = find_command(typed.front())) {
        return Found{command, "", 1};
    }
    const std::vector<std::string> members = names_in_group(typed.front());
    if (members.empty()) {
        return unknown_command(typed);
    }
    if (typed.size() == 1 || is_help(typed[1])) {
        return Found{nullptr, typed.front(), 1};
    }
    const std::string name = typed.front() + " " + typed[1];
    if (const CommandSpec* command = find_command(name)) {
        return Found{command, "", 2};
    }
    const std::string near = did_you_mean(name, members);
    return Error{Code::kUsage, "unknown command '" + name + "'",
                 near.empty() ? "see `gramme " + typed.front() + " --help`" : near};
}

}  // namespace

std::span<const CommandSpec> commands() {
    return kCommands;
}

const CommandSpec* find_command(std::string_view name) {
    const auto* const it = std::find_if(kCommands.begin(), kCommands.end(),
                                        [&](const CommandSpec& command) { return command.name == name; });
    return it == kCommands.end() ? nullptr : it;
}

Result<Invocation> parse_line(std::span<const std::string> typed) {
    Invocation out;
    if (typed.empty() || is_help(typed.front())) {
        return out;
    }
    if (typed.front() == "--version" || typed.front() == "-V") {
        out.kind = Invocation::Kind::kVersion;
        return out;
    }
    const bool help = typed.front() == "help";
    const auto words = typed.subspan(help ? 1 : 0);
    if (words.empty()) {
        return out;
    }
    GRAMME_TRY(const Found found, find_in(words));
    out.command = found.command;
    out.group = found.group;
    if (help || found.command == nullptr) {
        return out;
    }
    GRAMME_TRY(out.arguments, parse_arguments(*found.command, words.subspan(found.words)));
    out.kind = out.arguments.help ? Invocation::Kind::kHelp : Invocation::Kind::kCommand;
    return out;
}

std::string overview_text(std::string_view group) {
    std::string out;
    if (group.empty()) {
        out =
            "gramme measures the energy and the carbon footprint of training runs.\n\n"
            "Usage: gramme COMMAND [options]\n\nCommands:\n";
    } else {
        out = "Usage: gramme " + std::string{group} + " COMMAND [options]\n\nCommands:\n";
    }
    constexpr std::size_t kColumn = 16;
    for (const CommandSpec& command : kCommands) {
        if (group.empty() || command.name.starts_with(std::string{group} + " ")) {
            out += "  " + std::string{command.name};
            out.append(kColumn - command.name.size(), ' ');
            out += std::string{command.summary} + "\n";
        }
    }
    if (!group.empty()) {
        return out + "\n`gramme help " + std::string{group} + " COMMAND` tells more.\n";
    }
    out +=
        "\nOptions:\n"
        "  -h, --help        Show this text; `gramme help COMMAND` tells more of a command.\n"
        "  -V, --version     Show the version.\n"
        "\nExamples:\n"
        "  gramme run -- python train.py         measure a training run\n"
        "  gramme doctor                         see what can be measured here\n"
        "  gramme explain 01938f2a               see how a run's figure came about\n"
        "  gramme regions paris                  find a region and its grid intensity\n";
    return out + (kHasManPage ? "\nManual: man gramme\n"
                              : "\nManual: `gramme help COMMAND`, docs/configuration.md\n");
}

}  // namespace gramme::cli
