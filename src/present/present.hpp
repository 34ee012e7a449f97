// A person's and a program's view of results: text, JSON, CSV rows. Pure: moves no bytes anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"
#include "base/result.hpp"
#include "meter/wall_curve.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "model/source.hpp"

namespace gramme::present {

struct TextStyle {
    bool colour = false;     ///< a terminal, and NO_COLOR is not set
    std::size_t width = 80;  ///< columns
};

/// Where things ended up, for the last lines of the summary.
struct Outputs {
    std::string csv_path;
    std::string store_url;
    std::string json_path;
};

/// The summary that `gramme run` prints on stderr: energy, carbon with interval, sources of each number, what
/// it compares to, warnings and gaps, where row and store are, and what to try next. Numbers show no more
/// digits than their interval supports.
[[nodiscard]] std::string summary_text(const RunRecord& run, const Footprint& footprint,
                                       const Outputs& outputs, const TextStyle& style);
/// The run in one line, for a rank that did not measure it, without line end: "run ID of 4 ranks: 1.2 Wh,
/// 0.4 g CO2e, 1 warning; `gramme runs show ID`".
[[nodiscard]] std::string run_line(const RunRecord& run, const Footprint& footprint, int ranks);
/// One status line for --live, without line end: "12.3 W  0.0042 kWh  1.9 g CO2e  00:01:23", and what is
/// foreseen.
[[nodiscard]] std::string live_line(double watts_now, double energy_kwh, double grams, double elapsed_s,
                                    std::size_t width, std::string_view forecast = {});

/// Schema gramme/footprint/1 (DESIGN 7), pretty-printed, ends with a newline. The command is part of it only
/// on request, `markers` only where they are given: the store keeps them in a table of their own.
[[nodiscard]] std::string footprint_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                                         const std::vector<Marker>* markers = nullptr);
/// What a command said through GRAMME_RUN_SOCKET, for below a summary: its spans with their duration and its
/// marks, by time; empty where there are none. The first twenty: the JSON has all.
[[nodiscard]] std::string markers_text(const std::vector<Marker>& markers, const TextStyle& style);
/// Everything of a run record (for the journal and the store), and back. kMalformed names the key.
[[nodiscard]] std::string run_to_json(const RunRecord& run);
[[nodiscard]] Result<RunRecord> run_from_json(std::string_view text);

/// CodeCarbon 3.3's columns, in its order.
[[nodiscard]] const CsvRow& emissions_header();
/// The row of a run: PUE in the energies but not the powers, local time as given, unknown = empty.
[[nodiscard]] CsvRow emissions_row(const RunRecord& run, const Footprint& footprint,
                                   std::string_view local_time);

/// `gramme doctor`.
struct DoctorReport {
    HostFacts host;
    std::vector<SourceReport> sources;
    std::string cgroup;  ///< "own cgroup v2 below /user.slice/..., CPU time exact" or why not
    bool cgroup_usable = false;
    std::string
        idle_power;  ///< of measured devices: "calibrated 2026-11-25: cpu0 37.0 W" or "assumed"; may be empty
    std::optional<meter::WallCurve> wall;  ///< of this machine's calibration
    std::optional<meter::WallRest> rest;
    bool wall_used = false;       ///< the curve stands for the whole machine
    double interval_ratio = 0.0;  ///< high / low of a run here, without grid and PUE
    double interval_ratio_with_grid = 0.0;
    std::string dominant;
    std::vector<std::string> warnings;
};
[[nodiscard]] std::string doctor_text(const DoctorReport& report, const TextStyle& style);
[[nodiscard]] std::string doctor_json(const DoctorReport& report);

/// `gramme calibrate`.
struct CalibrationReport {
    struct Row {
        std::string device, source;
        double idle_w = 0.0;
        double spread_w = 0.0;  ///< between the lower and the upper quartile
        std::size_t windows = 0;
    };
    std::string cpu_model;
    int cpu_sockets = 0;
    std::string date;  ///< UTC
    std::string file;  ///< where it was written
    std::size_t windows = 0;
    std::size_t quiet_windows = 0;
    double mean_busy = 0.0;
    std::vector<Row> rows;                 ///< of counters; empty where only a meter told
    std::optional<meter::WallCurve> wall;  ///< where a meter told
    std::optional<meter::WallRest> rest;   ///< where the CPU has a counter as well
    std::vector<std::string> warnings;
};
[[nodiscard]] std::string calibration_text(const CalibrationReport& report, const TextStyle& style);
[[nodiscard]] std::string calibration_json(const CalibrationReport& report);

/// A plain table: columns aligned, numbers to the right. `format` is "table", "csv" or "json" (an array of
/// objects).
struct Table {
    std::string schema;                ///< "gramme/runs/1": in JSON {"schema":..., "rows":[...]}
    std::vector<std::string> columns;  ///< keys in JSON and CSV, headings in the table
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> numeric;  ///< per column: right-aligned, a number in JSON; an empty cell is null
};
[[nodiscard]] Result<std::string> table_text(const Table& table, std::string_view format,
                                             const TextStyle& style);

}  // namespace gramme::present
