// The summary of a run: the answer first, then where it comes from, then what to do next.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "present/forecast.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"
#include "present/summary_lines.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;
constexpr std::size_t kIdOfList = 13;  ///< 01938c2e-7b1c: to the millisecond; the store's line has all of it
constexpr double kLeastCount = 0.01;   ///< of an equivalence: nobody can picture 0.00000004 web searches
constexpr std::size_t kDateDigits = 10;  ///< of a UTC stamp
constexpr std::size_t kMostGaps = 5;     ///< a failing device can leave hundreds; the JSON has all

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? std::string{} : std::string{separator}) + printable(text);
    }
    return out;
}

/// signal(7), the numbers that Linux uses on x86-64 and arm64 alike.
std::string signal_text(int signal) {
    constexpr std::array<std::pair<int, const char*>, 10> kNames{{{1, "SIGHUP"},
                                                                  {2, "SIGINT"},
                                                                  {3, "SIGQUIT"},
                                                                  {4, "SIGILL"},
                                                                  {6, "SIGABRT"},
                                                                  {8, "SIGFPE"},
                                                                  {9, "SIGKILL"},
                                                                  {11, "SIGSEGV"},
                                                                  {13, "SIGPIPE"},
                                                                  {15, "SIGTERM"}}};
    for (const auto& [number, name] : kNames) {
        if (number == signal) {
            return name;
        }
    }
    return "signal " + std::to_string(signal);
}

std::string ending_text(const RunRecord& run) {
    const std::string time = duration_text(run.duration_s);
    const std::string exit_text =
        run.exit_status ? " (exit " + std::to_string(*run.exit_status) + ")" : std::string{};
    if (run.state == RunState::kInterrupted) {
        return "gramme was stopped before the run ended; recorded " + time +
               ", the last second may be missing";
    }
    if (run.state == RunState::kRunning) {
        return "running for " + time;
    }
    if (run.signal) {
        return "killed by " + signal_text(*run.signal) + " after " + time;
    }
    if (run.imported) {
        return "imported, took " + time;
    }
    return "finished in " + time + exit_text;
}

std::string head_text(const RunRecord& run, std::size_t width) {
    const std::string ending = ending_text(run);
    std::string what = joined(run.command, " ");
    if (!run.name.empty()) {
        what = printable(run.name) + (what.empty() ? "" : ": " + what);
    } else if (what.empty()) {
        what = run.imported ? "a run of another program" : "the command";
    }
    const std::size_t used = display_width("gramme: ") + 2 + display_width(ending);
    return "gramme: " + cut(what, std::max<std::size_t>(width > used ? width - used : 0, 20)) + "  " + ending;
}

}  // namespace

/// "not counting 60 s of gpu3 (NVML: GPU is lost)": one entry per device, with the first reason.
std::string unknown_because(const Footprint& footprint) {
    const bool was_read = std::any_of(footprint.parts.begin(), footprint.parts.end(),
                                      [](const Part& part) { return part.covered_s > 0.0; });
    return was_read ? "what could be read stood still, and the rest was not read"
                    : "no device could be read or modelled";
}

std::string uncounted_text(const Footprint& footprint) {
    std::string text;
    for (const Part& part : footprint.parts) {
        if (part.gap_s > 0.0 || !part.energy_kwh) {
            const std::string time = part.gap_s > 0.0 ? duration_text(part.gap_s) : "anything";
            text += (text.empty() ? "not counting " : ", ") + time + " of " + printable(part.device.id);
            const auto gap = std::find_if(footprint.gaps.begin(), footprint.gaps.end(),
                                          [&](const DeviceGap& one) { return one.device == part.device.id; });
            text += gap == footprint.gaps.end() ? "" : " (" + printable(gap->reason) + ")";
        }
    }
    return text;
}

/// "1.42 Wh   (1.0 to 2.1)"; a total with a gap says so beside the number.
std::string total_text(const Estimate& estimate, Dimension dimension, const std::string& uncounted) {
    const Shown number = shown(estimate, dimension);
    std::string text = number.value + " " + number.unit + (dimension == Dimension::kCarbon ? " CO2e" : "");
    text += uncounted.empty() ? "" : " + unknown";
    if (!number.exact) {
        text += "  (" + number.low + " to " + number.high + ")";
    }
    return text;
}

namespace {

std::string intensity_number(const IntensityFactor& intensity) {
    return significant(intensity.value.value(), 4) + " g/kWh";
}

/// Whose energy the number is, and by what it was told apart from that of others.
std::string scope_text(const RunRecord& run) {
    if (run.scope == Scope::kMachine) {
        return "machine: everything on it";
    }
    std::string text{name_of(run.scope)};
    if (run.imported) {
        return text + ": the process, as " + printable(run.imported->program) + " told it from others";
    }
    text += run.scope == Scope::kJob ? ": the command and what it started" : ": what was reserved";
    if (run.cpu_time_from == "unknown") {
        return text + "; its CPU time is not known, so all of each device is counted";
    }
    text += run.cpu_time_from.empty() ? "" : ", by CPU time (" + run.cpu_time_from + ")";
    if (run.reserved) {
        text += "; idle power by reservation: " + significant(run.reserved->cpus, 3) + " of " +
                significant(run.reserved->of_cpus, 4) + " CPUs (" + printable(run.reserved->source) + ")";
    }
    if (run.idle_power_from == "calibration") {
        text += "; idle power: calibrated " + printable(run.calibrated_at.substr(0, kDateDigits));
    }
    return text;
}

void add_answer(const RunRecord& run, const Footprint& footprint, Lines& lines) {
    const std::string uncounted = uncounted_text(footprint);
    if (!footprint.energy_kwh || !footprint.operational_kgco2e) {
        lines.add("energy", "not known: " + unknown_because(footprint), Ink::kWarning);
        lines.add("carbon", "not known");
    } else {
        lines.add("energy", total_text(*footprint.energy_kwh, Dimension::kEnergy, uncounted), Ink::kStrong);
        lines.add("carbon", total_text(*footprint.operational_kgco2e, Dimension::kCarbon, uncounted),
                  Ink::kStrong);
        lines.add("", "= energy x PUE " + significant(footprint.factors.pue.value, 4) + " x " +
                          intensity_number(footprint.factors.intensity) +
                          "; in brackets the range that holds 19 times in 20");
    }
    if (!uncounted.empty()) {
        lines.add("gap", uncounted, Ink::kWarning);
    }
    lines.add("scope", scope_text(run));
    for (const std::string& note : footprint.factors.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
}

/// A number of its own: board, fans, disks and power supply are never added to the answer.
std::string remainder_text(const Remainder& remainder) {
    const std::string whose =
        printable(remainder.from.chosen) + " (" + printable(remainder.from.source) + ")";
    if (!remainder.energy_kwh || !remainder.kgco2e) {
        return "board, fans, disks and power supply: not known; " + whose;
    }
    return total_text(*remainder.energy_kwh, Dimension::kEnergy, "") + ", " +
           total_text(*remainder.kgco2e, Dimension::kCarbon, "") +
           ": board, fans, disks and power supply of " + whose + "; not in the total";
}

}  // namespace

/// One line per device, values in a column.
/// What one of each took: "4096 tokens: 0.12 J, 0.014 mg CO2e per token".
void add_work(const Footprint& footprint, Lines& lines) {
    for (const WorkDone& work : footprint.work) {
        std::string text = significant(work.count, 15) + " " + printable(work.name);
        const auto energy = for_one(work, footprint.energy_kwh);
        const auto carbon = for_one(work, footprint.operational_kgco2e);
        if (energy && carbon) {
            const Shown joules = shown(*energy, Dimension::kEnergy);
            const Shown grams = shown(*carbon, Dimension::kCarbon);
            text += ": " + joules.value + " " + joules.unit + ", " + grams.value + " " + grams.unit +
                    " CO2e per " + printable(work.one);
        }
        lines.add("work", text);
    }
}

void add_parts(const Footprint& footprint, Lines& lines) {
    struct Row {
        std::string id, value, about;
    };
    std::vector<Row> rows;
    std::size_t id_width = 0;
    std::size_t value_width = 0;
    for (const Part& part : footprint.parts) {
        Row row;
        row.id = printable(part.device.id);
        row.value = "not known";
        if (part.energy_kwh) {
            const Shown number = shown(*part.energy_kwh, Dimension::kEnergy);
            row.value = number.value + " " + number.unit;
        }
        row.about = std::string{name_of(part.device.quality)} + ", " + printable(part.device.method);
        row.about += part.device.name.empty() ? "" : ", " + printable(part.device.name);
        row.about += part.utilization ? ", " + busy_text(part) : "";
        id_width = std::max(id_width, display_width(row.id));
        value_width = std::max(value_width, display_width(row.value));
        rows.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        lines.add(i == 0 ? "parts" : "", padded(rows[i].id, id_width) + "  " +
                                             padded(rows[i].value, value_width, true) + "  " + rows[i].about);
    }
    add_work(footprint, lines);
    add_waiting(footprint, lines);
    for (const Part& part : footprint.left_out) {
        std::string text = printable(part.device.id) + " not counted";
        text +=
            part.covered_s > 0.0
                ? " (" + shown_alone(KilowattHours{part.device_energy}.value(), Dimension::kEnergy, 3) + ")"
                : "";
        text += part.device.membership_reason.empty() ? ": no process of the job was seen on it"
                                                      : ": " + printable(part.device.membership_reason);
        lines.add("left out", text);
    }
    if (footprint.remainder) {
        lines.add("rest", remainder_text(*footprint.remainder));
    }
    if (!footprint.not_covered.empty()) {
        lines.add("outside", "not covered: " + joined(footprint.not_covered, ", "));
    }
}

namespace {

std::string dated(int year) {
    return year == 0 ? "no year given" : std::to_string(year);
}

}  // namespace

std::string in_time_text(const IntensityFactor& grid) {
    if (!grid.in_time) {
        return "";
    }
    constexpr double kPercent = 100.0;
    const IntensityInTime& mean = *grid.in_time;
    const std::string least = significant(mean.least, 4);
    const std::string most = significant(mean.most, 4);
    std::string text = "mean over the energy of " + std::to_string(mean.periods) +
                       (mean.periods == 1 ? " value, " : " values, ") + least +
                       (least == most ? "" : " to " + most) + " g/kWh" +
                       (mean.zone.empty() || mean.zone == grid.zone ? "" : " of zone " + mean.zone);
    const auto add_share = [&](double share, const std::string& what) {
        if (share > 0.0) {
            text += "; " + significant(kPercent * share, 2) + " % of the energy " + what;
        }
    };
    add_share(mean.held_share, "at the last value before a hole");
    add_share(mean.otherwise_share,
              "at " + significant(mean.otherwise.value(), 4) + " g/kWh (" + mean.otherwise_source + ")");
    return text;
}

void add_factors(const Factors& factors, Lines& lines) {
    const IntensityFactor& grid = factors.intensity;
    std::string text = intensity_number(grid);
    if (!grid.zone.empty()) {
        text += ", " + printable(grid.zone_name);
        text += grid.in_time ? "" : " " + dated(grid.year);
    }
    text += grid.basis.empty() ? "" : ", " + printable(grid.basis);
    lines.add("grid", text + " (" + printable(grid.from.source) + "); " + printable(grid.from.chosen));
    if (const std::string mean = in_time_text(grid); !mean.empty()) {
        lines.add("", printable(mean));
    }
    if (grid.country_lifecycle) {
        lines.add("", "beside it, " + grid.country_lifecycle_zone + " " + dated(grid.country_lifecycle_year) +
                          " on lifecycle basis: " + significant(grid.country_lifecycle->value(), 4) +
                          " g/kWh");
    }
    const PueFactor& pue = factors.pue;
    lines.add("PUE", significant(pue.value, 4) + (pue.year == 0 ? "" : ", " + dated(pue.year)) + " (" +
                         pue.from.source + "); " + printable(pue.from.chosen));
}

void add_meaning(const Footprint& footprint, Lines& lines) {
    if (footprint.dominant) {
        // Where the region is unknown a note has said above what to do.
        const bool said =
            footprint.dominant->factor == "intensity" && !footprint.factors.intensity.region_known;
        lines.add("range", footprint.dominant->factor + " makes it wide (" +
                               rounded(footprint.dominant->share_pct, 0) + " % of it)" +
                               (said ? "" : ": " + printable(footprint.dominant->remedy)));
    }
    std::string text;
    for (const Equivalence& one : footprint.equivalences) {
        const std::string count =
            one.value < kLeastCount ? "less than " + significant(kLeastCount, 1) : significant(one.value, 2);
        text += (text.empty() ? "" : "; ") + count + " " + one.label + " (" + one.source + ")";
    }
    if (!text.empty()) {
        lines.add("like", text);
    }
}

namespace {

void add_trouble(const RunRecord& run, const Footprint& footprint, Lines& lines) {
    for (std::size_t i = 0; i < footprint.gaps.size() && i < kMostGaps; ++i) {
        const DeviceGap& gap = footprint.gaps[i];
        lines.add("gap",
                  printable(gap.device) + " from " + rounded(gap.from_s, -1) + " s to " +
                      rounded(gap.to_s, -1) + " s: " + printable(gap.reason),
                  Ink::kWarning);
    }
    if (footprint.gaps.size() > kMostGaps) {
        lines.add("", "and " + std::to_string(footprint.gaps.size() - kMostGaps) + " more gaps");
    }
    for (const std::string& warning : run.warnings) {
        lines.add("warning", printable(warning), Ink::kWarning);
    }
    if (!run.survivors.empty()) {
        lines.add(
            "warning",
            "still running when the command exited, counted to that instant: " + joined(run.survivors, ", "),
            Ink::kWarning);
    }
}

void add_records(const RunRecord& run, const Outputs& outputs, Lines& lines) {
    if (run.imported) {
        lines.add("from", printable(run.imported->program) + ", " + printable(run.imported->file) + ":" +
                              std::to_string(run.imported->line) + "; not measured by gramme");
        return;
    }
    std::string own = significant(run.own_cpu_s, 2) + " CPU s";
    own += run.own_energy_j ? ", about " + significant(*run.own_energy_j, 2) + " J," : "";
    own += " for " + std::to_string(run.samples) + " samples";
    own += run.failed_reads > 0 ? ", " + std::to_string(run.failed_reads) + " failed reads" : "";
    lines.add("gramme", "own cost " + own);
    if (!outputs.csv_path.empty()) {
        lines.add("row", printable(outputs.csv_path));
    }
    if (!outputs.store_url.empty()) {
        lines.add("store", printable(outputs.store_url) + ", run " + run.id);
    }
    if (!outputs.json_path.empty()) {
        lines.add("json", printable(outputs.json_path));
    }
}

void add_next(const RunRecord& run, const Footprint& footprint, const Outputs& outputs, Lines& lines) {
    std::string next;
    const auto add = [&](const std::string& what) { next += (next.empty() ? "" : "; ") + what; };
    if (!footprint.factors.intensity.region_known) {
        add("--region WHERE");
    }
    if (!run.imported &&
        (!footprint.energy_kwh || footprint.quality != Quality::kMeasured || !footprint.gaps.empty())) {
        add("`gramme doctor` (what could be measured here)");
    }
    if (!outputs.store_url.empty() && !run.id.empty()) {
        add("`gramme runs show " + run.id.substr(0, kIdOfList) + "`");
    }
    if (!next.empty()) {
        lines.add("next", next);
    }
}

}  // namespace

std::string summary_text(const RunRecord& run, const Footprint& footprint, const Outputs& outputs,
                         const TextStyle& style) {
    Lines lines{style, kLabelWidth};
    lines.head(head_text(run, style.width), Ink::kStrong);
    add_answer(run, footprint, lines);
    add_parts(footprint, lines);
    if (footprint.energy_kwh) {
        add_factors(footprint.factors, lines);
    }
    add_meaning(footprint, lines);
    add_foreseen(run, footprint, lines);
    add_trouble(run, footprint, lines);
    add_records(run, outputs, lines);
    add_next(run, footprint, outputs, lines);
    return std::move(lines).text();
}

std::string run_line(const RunRecord& run, const Footprint& footprint, int ranks) {
    const auto alone = [](const std::optional<Estimate>& estimate, Dimension dimension) {
        const Shown number = estimate ? shown(*estimate, dimension) : Shown{};
        return estimate ? number.value + " " + number.unit : "not known";
    };
    const std::size_t warnings = run.warnings.size();
    return "run " + run.id + " of " + std::to_string(ranks) + (ranks == 1 ? " rank: " : " ranks: ") +
           alone(footprint.energy_kwh, Dimension::kEnergy) + ", " +
           alone(footprint.operational_kgco2e, Dimension::kCarbon) +
           (warnings == 0 ? ""
                          : ", " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings")) +
           "; `gramme runs show " + run.id + "`";
}

}  // namespace gramme::present
