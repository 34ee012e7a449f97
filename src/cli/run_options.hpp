// Options of `gramme run` and of the commands about runs.
#pragma once

#include <array>

#include "cli/job_options.hpp"

namespace gramme::cli {

inline constexpr std::array kRunOptions{
    kProject,
    OptionSpec{"name", "NAME", "Name of this run, in lists and reports."},
    OptionSpec{"tag", "KEY=VALUE", "A label, such as team=nlp. May be given several times."},
    OptionSpec{"resume-of", "RUN", "This run takes up where RUN left off: `gramme runs tree` adds them up."},
    OptionSpec{"fine-tune-of", "RUN", "This run trains on from the model that RUN made."},
    OptionSpec{"trial-of", "RUN", "This run is a trial on the way to RUN, or one of a sweep."},
    kRegion,
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    OptionSpec{"interval", "TIME", "Time between two samples, 10ms to 10s. Default: 1s."},
    OptionSpec{
        "scope", "SCOPE",
        "job (default): the command, what it starts and its fair share of the idle machine; allocation: all "
        "that was reserved (container, batch job); machine: all of it."},
    OptionSpec{"csv", "FILE",
               "Append a row with CodeCarbon's columns to FILE. Default: emissions.csv; none: no row."},
    OptionSpec{"store", "URL",
               "Where the run is kept: sqlite:FILE, or none. Default: a file in the XDG data folder."},
    OptionSpec{"json", "FILE", "Write the result as JSON (schema gramme/footprint/1) to FILE."},
    OptionSpec{"quiet", "", "Print no summary; warnings and errors still come.", 'q'},
    OptionSpec{"live", "", "Show watts, kWh, g CO2e and time on one line of the terminal while it runs."},
    OptionSpec{"remainder", "",
               "Also estimate what nothing measures: board, fans, disks, loss of the power supply. A line of "
               "its own, "
               "never added to the result."},
    OptionSpec{"budget", "LIMIT",
               "How much this run may use: 500g of CO2e, 2kWh, 3h. May be given several times."},
    OptionSpec{"budget-on", "WHAT",
               "spent (default), or forecast: also once even the lower end of the forecast is above it."},
    OptionSpec{
        "on-budget", "ACTION",
        "Once a budget is over: warn (default); a signal such as SIGUSR1, to the processes that handle "
        "it; stop: SIGTERM to the job; SIGUSR1,stop: the signal, and SIGTERM after the grace."},
    OptionSpec{"grace", "TIME", "How long before SIGKILL, and between a signal and SIGTERM. Default: 30s."},
    OptionSpec{"progress-regex", "REGEX",
               "Read how far the command is from each line of its output: groups step and total, or percent "
               "(RE2). The output is passed on as it is."},
    OptionSpec{"steps-total", "N", "How many steps the whole run has, for the forecast."},
    OptionSpec{"no-argv", "", "Do not keep the command line with the run (it may hold secrets)."},
    kData,
};

inline constexpr std::array kDoctorOptions{
    kRegion, kIntensity, kPue, OptionSpec{"json", "", "Write JSON (schema gramme/doctor/1)."}, kData,
};

inline constexpr std::array kCalibrateOptions{
    OptionSpec{"seconds", "N",
               "How long to measure, 1 to 3600; with --meter-command each of five steps. Default: 30."},
    OptionSpec{"meter-command", "CMD",
               "A shell command that prints the watts at the wall now. gramme makes the load: 0, 25, 50, 75 "
               "and 100 % "
               "of the CPUs."},
    OptionSpec{"meter-csv", "FILE",
               "A recording of the meter (columns timestamp, watts) from a time in which runs in the store "
               "were on."},
    OptionSpec{"run", "ID", "With --meter-csv: only this run. May be given several times."},
    kStore,
    OptionSpec{"json", "", "Write JSON (schema gramme/calibration/1)."},
    kData,
};

inline constexpr std::array kListOptions{
    OptionSpec{"project", "NAME", "Only runs of this project."},
    OptionSpec{"text", "TEXT", "Only runs with TEXT in their id, project, name, tags or command."},
    OptionSpec{"since", "DATE",
               "Only runs that started then or later: 2026-11-23 or 2026-11-23T09:00:00Z (UTC)."},
    OptionSpec{"limit", "N", "At most N runs, newest first; 0: all. Default: 50 in a table, else all."},
    kFormat,
    kJson,
    kStore,
    kData,
};

inline constexpr std::array kShowOptions{
    OptionSpec{"json", "", "Write JSON (schema gramme/footprint/1)."},
    kStore,
    kData,
};

inline constexpr std::array kExportOptions{
    OptionSpec{"all", "", "Every run of the store."},
    OptionSpec{"format", "FORMAT", "json (default) or csv."},
    OptionSpec{"with-argv", "", "Also the command lines, which may hold secrets."},
    kStore,
    kData,
};

inline constexpr std::array kImportOptions{
    OptionSpec{"dry-run", "", "Only show what would be imported."},
    OptionSpec{"utc-offset", "OFFSET",
               "Zone of the times in the files, which name none: +02:00, -05:00, Z. Default: that of this "
               "machine."},
    kFormat,
    kJson,
    kStore,
    kData,
};

inline constexpr std::array kDeleteOptions{
    OptionSpec{"yes", "", "Do not ask.", 'y'},
    kStore,
    kData,
};

inline constexpr std::array kTreeOptions{
    OptionSpec{"json", "", "Write JSON (schema gramme/runs-tree/1)."},
    kStore,
    kData,
};

inline constexpr std::array kExplainOptions{
    OptionSpec{"json", "", "Write JSON (schema gramme/explain/1)."},
    kStore,
    kData,
};

inline constexpr std::array kReportOptions{
    OptionSpec{
        "as", "FORMAT",
        "model-card, latex, markdown, boamps, sci, html, json or csv. No report holds the command line."},
    OptionSpec{
        "into", "FILE",
        "With model-card: put it into the front matter of this README.md; no other byte of it changes."},
    OptionSpec{"training-type", "TYPE", "With model-card: pre-training or fine-tuning."},
    OptionSpec{"per", "N", "With sci: how many functional units the run made. Default: 1."},
    OptionSpec{"unit", "TEXT", "With sci: what one functional unit is. Default: training run."},
    kEquivalences,
    kStore,
    kData,
};

inline constexpr std::array kRecostOptions{
    OptionSpec{"all", "", "Every run of the store."},
    OptionSpec{"region", "REGION", "Where the electricity came from. Default: what the run was told."},
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    kIntensityCsv,
    kIntensityLive,
    kLiveUrl,
    kLiveTimeout,
    kLiveNoCache,
    OptionSpec{"dry-run", "", "Only show what would come out."},
    OptionSpec{"json", "", "Write JSON (schema gramme/recost/1)."},
    kStore,
    kData,
};

inline constexpr std::array kIntensityOptions{kLiveFrom,    kLiveUntil,   kLiveBasis, kLiveRegion, kLiveUrl,
                                              kLiveTimeout, kLiveNoCache, kFormat,    kJson,       kData};

inline constexpr std::array kReferenceOptions{
    kFormat,
    kJson,
    OptionSpec{"sources", "", "List the sources of the figures instead: publisher, licence, address."},
    kData,
};

}  // namespace gramme::cli
