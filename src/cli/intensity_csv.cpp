#include "cli/intensity_csv.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "base/csv.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "cli/read_lines.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kMostLine = std::size_t{64} << 10U;
constexpr double kMostGrams = 10'000.0;  ///< as of --intensity
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600;
constexpr const char* kHint =
    "a table needs a column of times (from, datetime, ...) and one of g CO2e per kWh (gco2e_per_kwh, "
    "carbon_intensity, ...); see docs/method/intensity-in-time.md";

/// What a column of the table says.
struct Column {
    std::size_t at = 0;
    std::string name;
};

struct Columns {
    std::optional<Column> from, until, zone, basis, lifecycle, direct, unnamed, forecast, other_unit;
    bool utc = false;  ///< the name of the column says so
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool holds(std::string_view name, std::string_view part) {
    return name.find(part) != std::string_view::npos;
}

/// Whether the name of a column of intensities states another unit than g per kWh, or another thing.
bool is_other_unit(std::string_view name) {
    for (const std::string_view other :
         {"lb", "kg", "mwh", "gwh", "ton", "index", "rating", "%", "percent"}) {
        if (holds(name, other)) {
            return true;
        }
    }
    return false;
}

bool is_intensity(std::string_view name) {
    return holds(name, "carbon intensity") || holds(name, "carbon_intensity") ||
           is_one_of(name, {"gco2e_per_kwh", "gco2_per_kwh", "intensity", "carbonintensity"});
}

Columns columns_of(const CsvRow& header) {
    Columns columns;
    const auto take = [](std::optional<Column>& slot, std::size_t at, const std::string& name) {
        if (!slot) {
            slot = Column{at, name};
        }
    };
    for (std::size_t at = 0; at < header.size(); ++at) {
        const std::string name = folded(trimmed(header[at]));
        if (is_one_of(name, {"from", "start", "datetime", "datetime (utc)", "datetime_utc", "time",
                             "timestamp", "time_utc", "point_time", "date"})) {
            columns.utc = columns.utc || (!columns.from && holds(name, "utc"));
            take(columns.from, at, name);
        } else if (is_one_of(name, {"until", "to", "end"})) {
            take(columns.until, at, name);
        } else if (is_one_of(name, {"zone", "zone id", "region"})) {
            take(columns.zone, at, name);
        } else if (name == "basis") {
            take(columns.basis, at, name);
        } else if (is_intensity(name) && is_other_unit(name)) {
            take(columns.other_unit, at, name);
        } else if (is_intensity(name) && holds(name, "forecast")) {
            take(columns.forecast, at, name);
        } else if (is_intensity(name)) {
            const bool direct = holds(name, "direct");
            const bool lifecycle =
                holds(name, "life cycle") || holds(name, "lifecycle") || holds(name, "lca");
            take(direct ? columns.direct : lifecycle ? columns.lifecycle : columns.unnamed, at, name);
        }
    }
    if (!columns.unnamed && !columns.direct && !columns.lifecycle) {
        columns.unnamed = columns.forecast;  // of an operator that gives both, what came true counts
    }
    return columns;
}

bool is_hole(const std::string& cell) {
    return is_one_of(folded(trimmed(cell)), {"", "null", "nan", "na", "n/a"});
}

/// One row of the table as it stands there.
struct Row {
    std::size_t line = 0;
    IntensityPeriod period;  ///< until_s 0: not said
};

class Reader {
public:
    Reader(std::string file, std::string basis, NotObserved rule)
        : file_(std::move(file)), basis_(std::move(basis)), rule_(rule) {}

    /// Line by line: no cell of such a table spans lines, and only the values are kept.
    Result<IntensitySeries> read(std::string_view text) {
        bool has_header = false;
        std::size_t line = 0;
        while (!text.empty()) {
            const std::string_view record = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(record.size() + 1, text.size()));
            ++line;
            if (record.size() > kMostLine) {
                return fault_at(line, "is longer than 64 KiB");
            }
            auto table = parse_csv(record);
            if (!table) {
                return fault_at(line, after_line(table.error().what));
            }
            if (table->empty()) {
                continue;
            }
            GRAMME_CHECK(has_header ? add(table->front(), line) : choose(table->front()));
            has_header = true;
        }
        if (!has_header) {
            return fault("the table is empty", kHint);
        }
        if (rows_.empty()) {
            return fault("no row has an intensity", kHint);
        }
        GRAMME_CHECK(order());
        return series();
    }

private:
    [[nodiscard]] Error fault(const std::string& what, std::string hint = "") const {
        return Error{Code::kMalformed, file_ + ": " + what, std::move(hint)};
    }
    [[nodiscard]] Error fault_at(std::size_t line, const std::string& what, std::string hint = "") const {
        return fault("line " + std::to_string(line) + ": " + what, std::move(hint));
    }

    /// parse_csv() counts the lines of what it was given: one.
    static std::string after_line(const std::string& what) {
        const std::size_t colon = what.find(": ");
        return colon == std::string::npos ? what : what.substr(colon + 2);
    }

    Result<void> choose(const CsvRow& header) {
        columns_ = columns_of(header);
        if (!columns_.from) {
            return fault("no column of times", header.size() == 1 && holds(header.front(), ";")
                                                   ? "write commas between the fields"
                                                   : kHint);
        }
        const bool direct = basis_ == "direct";
        const auto& wanted = direct ? columns_.direct : columns_.lifecycle;
        const auto& other = direct ? columns_.lifecycle : columns_.direct;
        if (wanted || columns_.unnamed) {
            value_ = wanted ? *wanted : *columns_.unnamed;
            series_.basis = wanted ? (direct ? "direct" : "lifecycle") : columns_.basis ? "" : basis_;
        } else if (other && basis_.empty()) {
            value_ = *other;
            series_.basis = "direct";
        } else if (other) {
            return Error{Code::kNotFound, file_ + " has no intensities on " + basis_ + " basis",
                         "leave --basis out, or give a table that has them"};
        } else {
            return fault(columns_.other_unit ? "the column '" + columns_.other_unit->name +
                                                   "' is not in g CO2e per kWh, and there is no other"
                                             : "no column of intensities in g CO2e per kWh",
                         kHint);
        }
        return {};
    }

    Result<std::int64_t> time(const std::string& cell, std::size_t line) const {
        auto at = parse_utc(cell);
        if (!at && columns_.utc) {
            at = parse_utc(cell + "Z");
        }
        if (!at) {
            const bool zoneless = static_cast<bool>(parse_utc(cell + "Z"));
            return fault_at(line, zoneless ? "the time '" + cell + "' has no time zone" : at.error().what,
                            zoneless ? "write " + cell + "Z, or name the column 'datetime (utc)'"
                                     : "write it as 2026-11-23T09:00Z");
        }
        return *at / kNsPerSecond;
    }

    Result<void> same(const std::optional<Column>& column, const CsvRow& cells, std::size_t line,
                      std::string& held) const {
        if (!column) {
            return {};
        }
        const std::string& cell = cells[column->at];
        if (held.empty()) {
            held = cell;
        } else if (held != cell) {
            return fault_at(line, "the " + column->name + " changes from '" + held + "' to '" + cell + "'",
                            "give a table of one " + column->name);
        }
        return {};
    }

    Result<void> add(const CsvRow& cells, std::size_t line) {
        const std::size_t last = std::max({columns_.from->at, value_.at, at_of(columns_.until),
                                           at_of(columns_.zone), at_of(columns_.basis)});
        if (cells.size() <= last) {
            return fault_at(line, "has " + std::to_string(cells.size()) + " fields, too few");
        }
        GRAMME_CHECK(same(columns_.zone, cells, line, series_.zone));
        GRAMME_CHECK(same(columns_.basis, cells, line, series_.basis));
        Row row;
        row.line = line;
        GRAMME_TRY(row.period.from_s, time(cells[columns_.from->at], line));
        row.period.offset_minutes = utc_offset_of(cells[columns_.from->at]);
        if (columns_.until) {
            GRAMME_TRY(row.period.until_s, time(cells[columns_.until->at], line));
            if (row.period.until_s <= row.period.from_s) {
                return fault_at(line, "ends before it begins");
            }
        }
        times_.push_back(row.period.from_s);
        std::size_t at = value_.at;
        if (is_hole(cells[at]) && rule_ == NotObserved::kForecast && columns_.forecast &&
            columns_.forecast->at < cells.size()) {
            at = columns_.forecast->at;
        }
        if (is_hole(cells[at])) {
            return {};
        }
        const std::string value = folded(trimmed(cells[at]));
        const auto grams = parse_double(value);
        if (!grams || !(*grams >= 0.0 && *grams <= kMostGrams)) {
            return fault_at(line, "'" + cells[at] + "' is no intensity from 0 to 10000 g CO2e per kWh");
        }
        row.period.gco2e_per_kwh = *grams;
        rows_.push_back(row);
        return {};
    }

    static std::size_t at_of(const std::optional<Column>& column) { return column ? column->at : 0; }

    /// The most frequent distance between two times, of all rows: those without a value too.
    [[nodiscard]] std::int64_t step() {
        std::sort(times_.begin(), times_.end());
        std::map<std::int64_t, std::size_t> counts;
        for (std::size_t i = 1; i < times_.size(); ++i) {
            if (times_[i] != times_[i - 1]) {
                ++counts[times_[i] - times_[i - 1]];
            }
        }
        std::int64_t step = kHour;
        std::size_t most = 0;
        for (const auto& [distance, count] : counts) {
            if (count > most) {
                step = distance;
                most = count;
            }
        }
        return step;
    }

    Result<void> order() {
        std::stable_sort(rows_.begin(), rows_.end(),
                         [](const Row& a, const Row& b) { return a.period.from_s < b.period.from_s; });
        const std::int64_t usual = columns_.until ? 0 : step();
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            IntensityPeriod& period = rows_[i].period;
            const bool last = i + 1 == rows_.size();
            const std::int64_t next = last ? 0 : rows_[i + 1].period.from_s;
            if (!columns_.until) {
                period.until_s = last ? period.from_s + usual : std::min(period.from_s + usual, next);
            }
            if (!last && (next == period.from_s || next < period.until_s)) {
                return fault("lines " + std::to_string(std::min(rows_[i].line, rows_[i + 1].line)) + " and " +
                             std::to_string(std::max(rows_[i].line, rows_[i + 1].line)) +
                             " say two values for one time, " + utc_text(next * kNsPerSecond));
            }
            series_.periods.push_back(period);
        }
        return {};
    }

    Result<IntensitySeries> series() {
        if (!basis_.empty() && !series_.basis.empty() && series_.basis != basis_) {
            return Error{Code::kNotFound,
                         file_ + " holds intensities on " + series_.basis + " basis, not on " + basis_,
                         "leave --basis out, or give a table that has them"};
        }
        series_.from = {"user", "--intensity-csv " + file_};
        return std::move(series_);
    }

    std::string file_;
    std::string basis_;
    NotObserved rule_;
    Columns columns_;
    Column value_;
    std::vector<Row> rows_;
    std::vector<std::int64_t> times_;
    IntensitySeries series_;
};

}  // namespace

Result<IntensitySeries> parse_intensity_csv(std::string_view text, const std::string& file,
                                            const std::string& basis, NotObserved rule) {
    return Reader(file, basis, rule).read(text);
}

Result<IntensitySeries> read_intensity_csv(const std::string& file, const std::string& basis,
                                           NotObserved rule) {
    GRAMME_TRY(const std::string text,
               read_whole(file == "-" ? "/dev/stdin" : file, "give a CSV file with the days of the job"));
    return parse_intensity_csv(text, file, basis, rule);
}

}  // namespace gramme::cli
