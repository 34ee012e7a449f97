#include "foreign/emissions_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "base/records.hpp"
#include "foreign/emissions_arrange.hpp"
#include "foreign/emissions_lines.hpp"

namespace gramme::foreign {
namespace {

constexpr std::size_t kMostContinued = 20;  ///< lines that one quoted field may take

bool is_header(const Fields& fields) {
    const auto has = [&](Column column) {
        return std::find(fields.begin(), fields.end(), name_of(column)) != fields.end();
    };
    return has(Column::kTimestamp) && has(Column::kDuration) && has(Column::kEnergyConsumed);
}

/// kMalformed: a name twice, or nothing that tells one run from another.
Result<Header> header_of(const Fields& fields) {
    Header header;
    for (const std::string& name : fields) {
        const auto column = column_named(name);
        if (column && std::find(header.begin(), header.end(), column) != header.end()) {
            return Error{Code::kMalformed, "the header names " + name + " twice", ""};
        }
        header.push_back(column);
    }
    return header;
}

std::optional<double> number_at(const EmissionsRow& row, Column column) {
    const auto value = parse_double(row.at(column));
    return value ? std::optional{*value} : std::nullopt;
}

/// What does not go together in a row whose fields are each in order; empty where all does.
std::string contradiction_in(const EmissionsRow& row) {
    constexpr double kRounding = 1e-3;      // of the sum: parts and total are added up apart from each other
    constexpr double kNothing = 1e-9;       // kWh
    constexpr double kMostIntensity = 1e4;  // g/kWh, the limit of --intensity
    constexpr double kGramsPerKilogram = 1e3;
    constexpr double kLongest = 1e9;  // s: 31 years
    if (row.at(Column::kRunId).empty() && row.at(Column::kExperimentId).empty()) {
        return "neither run_id nor experiment_id says whose row it is";
    }
    const double duration_s = number_at(row, Column::kDuration).value_or(0.0);
    if (duration_s > kLongest) {
        return "duration: " + row.at(Column::kDuration) + " s is longer than CodeCarbon exists";
    }
    double sum = 0.0;
    bool all_known = true;
    for (const Column part : {Column::kCpuEnergy, Column::kGpuEnergy, Column::kRamEnergy}) {
        const auto kwh = number_at(row, part);
        sum += kwh.value_or(0.0);
        all_known = all_known && kwh.has_value();
    }
    const auto total = number_at(row, Column::kEnergyConsumed);
    const double slack = total.value_or(0.0) * kRounding + kNothing;
    if (total && (sum > *total + slack || (all_known && sum < *total - slack))) {
        return "energy_consumed is " + row.at(Column::kEnergyConsumed) + " kWh, its parts are " +
               std::to_string(sum);
    }
    if (total.value_or(sum) > 0.0 && !(duration_s > 0.0)) {
        return "energy was used in no time: duration is 0";
    }
    const auto kilograms = number_at(row, Column::kEmissions);
    if (kilograms && *kilograms * kGramsPerKilogram > kMostIntensity * total.value_or(sum)) {
        return "emissions are " + row.at(Column::kEmissions) + " kg of " +
               (total ? row.at(Column::kEnergyConsumed) : "no") + " kWh: no grid is like that";
    }
    return "";
}

class Reader {
public:
    explicit Reader(std::string_view text) : lines_(lines_of(text)) {}

    Result<EmissionsFile> read() && {
        std::size_t at = 0;
        while (at < lines_.size() && trimmed(lines_[at].text).empty()) {
            ++at;
        }
        const SplitLine first = at < lines_.size() ? split_line(lines_[at].text) : SplitLine{};
        if (!is_header(first.fields)) {
            return Error{
                Code::kMalformed,
                at < lines_.size()
                    ? "the first line is no header of emissions.csv: it must name timestamp, duration "
                      "and energy_consumed"
                    : "it is empty",
                "give a file that CodeCarbon or gramme wrote"};
        }
        GRAMME_CHECK(take_header(first.fields));
        for (++at; at < lines_.size();) {
            at += take(at);
        }
        return std::move(out_);
    }

private:
    Result<void> take_header(const Fields& fields) {
        GRAMME_TRY(header_, header_of(fields));
        usual_ = in_usual_order(header_);
        return {};
    }

    /// The record that begins at line `at`; how many lines it takes.
    std::size_t take(std::size_t at) {
        const Line& line = lines_[at];
        if (trimmed(line.text).empty()) {
            return 1;
        }
        if (line.text.find('\0') != std::string_view::npos) {
            reject(line, "it holds NUL bytes", {});
            return 1;
        }
        SplitLine split = split_line(line.text);
        std::size_t taken = 1;
        if (split.trouble == SplitTrouble::kOpenQuote) {
            taken = continue_quote(at, split);
        }
        if (split.trouble != SplitTrouble::kNone) {
            reject(line,
                   split.trouble == SplitTrouble::kOpenQuote
                       ? "a quote is opened and not closed: the line may be cut"
                       : "text after a closing quote",
                   split_line(without_quotes(line.text)).fields);
            return 1;
        }
        if (is_header(split.fields)) {
            if (const auto taken_as_header = take_header(split.fields); !taken_as_header) {
                reject(line, taken_as_header.error().what, split.fields);
            }
            return taken;
        }
        take_row(line, lines_[at + taken - 1].ended, std::move(split.fields));
        return taken;
    }

    /// A quoted field may hold line ends; it does only where a whole row comes out.
    std::size_t continue_quote(std::size_t at, SplitLine& split) const {
        std::string joined{lines_[at].text};
        for (std::size_t more = 1; more <= kMostContinued && at + more < lines_.size(); ++more) {
            joined += '\n';
            joined += lines_[at + more].text;
            SplitLine longer = split_line(joined);
            if (longer.trouble == SplitTrouble::kNone && longer.fields.size() == header_.size() &&
                misfit_of(header_, longer.fields).empty()) {
                split = std::move(longer);
                return more + 1;
            }
        }
        return 1;
    }

    static std::string without_quotes(std::string_view text) {
        std::string out{text};
        std::erase(out, '"');
        return out;
    }

    void take_row(const Line& line, bool ended, Fields fields) {
        while (fields.size() > header_.size() && fields.back().empty()) {
            fields.pop_back();
        }
        Arranged found = arranged(header_, usual_, fields);
        if (found.row && !ended && !is_certain_end()) {
            found.reason =
                "the file ends inside this line: its last number may be cut; end the line if it is whole";
        } else if (found.row) {
            found.reason = contradiction_in(*found.row);
        }
        if (!found.reason.empty() || !found.row) {
            reject(line, found.reason, std::move(fields));
            return;
        }
        if (!found.note.empty()) {
            out_.notes.push_back("line " + std::to_string(line.number) + ": " + found.note);
        }
        found.row->line = line.number;
        out_.rows.push_back(*std::move(found.row));
    }

    /// Y or N is whole where it is there at all.
    [[nodiscard]] bool is_certain_end() const { return header_.back() == Column::kOnCloud; }

    void reject(const Line& line, std::string reason, Fields fields) {
        out_.rejected.push_back({line.number, std::move(reason), std::move(fields)});
    }

    std::vector<Line> lines_;
    Header header_;
    Header usual_;  ///< the same columns as the newest release orders them; header_ where some are not known
    EmissionsFile out_;
};

}  // namespace

Result<EmissionsFile> parse_emissions(std::string_view text) {
    return Reader{text}.read();
}

}  // namespace gramme::foreign
