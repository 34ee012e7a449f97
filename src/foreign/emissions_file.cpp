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

constexpr const char* kTooLong = "it is longer than 1 MiB: no row of emissions.csv is like that";

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
    for (const Column id : {Column::kRunId, Column::kExperimentId}) {
        if (row.at(id).size() > kLongestId) {
            return std::string{name_of(id)} + ": it has more than 256 bytes";
        }
    }
    if (row.at(Column::kRunId).empty() && row.at(Column::kExperimentId).empty()) {
        return "neither run_id nor experiment_id says whose row it is";
    }
    const double duration_s = number_at(row, Column::kDuration).value_or(0.0);
    if (duration_s > kLongest) {
        return "duration: " + std::string{row.at(Column::kDuration)} + " s is longer than CodeCarbon exists";
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
        return "energy_consumed is " + std::string{row.at(Column::kEnergyConsumed)} + " kWh, its parts are " +
               std::to_string(sum);
    }
    if (total.value_or(sum) > 0.0 && !(duration_s > 0.0)) {
        return "energy was used in no time: duration is 0";
    }
    const auto kilograms = number_at(row, Column::kEmissions);
    if (kilograms && *kilograms * kGramsPerKilogram > kMostIntensity * total.value_or(sum)) {
        return "emissions are " + std::string{row.at(Column::kEmissions)} + " kg of " +
               (total ? std::string{row.at(Column::kEnergyConsumed)} : "no") + " kWh: no grid is like that";
    }
    return "";
}

class Reader {
public:
    explicit Reader(std::string_view text) : lines_(text) {}

    Result<EmissionsFile> read() && {
        std::optional<Line> line = lines_.next();
        while (line && trimmed(line->text).empty()) {
            line = lines_.next();
        }
        if (!line) {
            return Error{Code::kMalformed, "it is empty", kWhatToGive};
        }
        if (line->text.size() > kLongestLine) {
            return Error{
                Code::kMalformed,
                "line " + std::to_string(line->number) + " is longer than 1 MiB: it is no emissions.csv",
                kWhatToGive};
        }
        const SplitLine first = split_line(line->text);
        if (!is_header(first.fields)) {
            return Error{Code::kMalformed,
                         "the first line is no header of emissions.csv: it must name timestamp, duration "
                         "and energy_consumed",
                         kWhatToGive};
        }
        GRAMME_CHECK(take_header(first.fields));
        while ((line = lines_.next())) {
            take(*line);
            if (out_.rows.size() > kMostRows) {
                return Error{Code::kOutOfRange, "it has more than " + std::to_string(kMostRows) + " rows",
                             "import it in several pieces, each with the header"};
            }
            if (out_.rejected.size() > kMostRejected) {
                return Error{Code::kOutOfRange,
                             "it has more than " + std::to_string(kMostRejected) +
                                 " lines that cannot be taken, the first in line " +
                                 std::to_string(out_.rejected.front().line) + ": " +
                                 out_.rejected.front().reason,
                             kWhatToGive};
            }
        }
        return std::move(out_);
    }

private:
    static constexpr const char* kWhatToGive = "give a file that CodeCarbon or gramme wrote";

    Result<void> take_header(const Fields& fields) {
        GRAMME_TRY(header_, header_of(fields));
        usual_ = in_usual_order(header_);
        return {};
    }

    /// The record that begins with this line; those that it goes on in are read too.
    void take(Line line) {
        if (line.text.size() > kLongestLine) {
            constexpr std::size_t kBeginning = 4096;  // the id of its run may be in it
            reject(line, kTooLong, split_line(line.text.substr(0, kBeginning)).fields);
            return;
        }
        if (trimmed(line.text).empty()) {
            return;
        }
        if (line.text.find('\0') != std::string_view::npos) {
            reject(line, "it holds NUL bytes", {});
            return;
        }
        SplitLine split = split_line(line.text);
        if (split.trouble == SplitTrouble::kOpenQuote) {
            continue_quote(line, split);
        }
        if (split.trouble != SplitTrouble::kNone) {
            reject(line,
                   split.trouble == SplitTrouble::kOpenQuote
                       ? "a quote is opened and not closed: the line may be cut"
                       : "text after a closing quote",
                   split_line(without_quotes(line.text)).fields);
            return;
        }
        if (is_header(split.fields)) {
            if (const auto taken_as_header = take_header(split.fields); !taken_as_header) {
                reject(line, taken_as_header.error().what, split.fields);
            }
            return;
        }
        take_row(line, std::move(split.fields));
    }

    /// A quoted field may hold line ends; it does only where a whole row comes out. `line` then ends as its
    /// last one.
    void continue_quote(Line& line, SplitLine& split) {
        std::string joined{line.text};
        LineReader ahead = lines_;
        for (std::size_t more = 1; more <= kMostContinued; ++more) {
            const auto next = ahead.next();
            if (!next || joined.size() + next->text.size() >= kLongestLine ||
                next->text.find('\0') != std::string_view::npos) {
                return;
            }
            joined += '\n';
            joined += next->text;
            if (next->text.find('"') == std::string_view::npos) {
                continue;  // still inside
            }
            SplitLine longer = split_line(joined);
            if (longer.trouble == SplitTrouble::kNone && longer.fields.size() == header_.size() &&
                misfit_of(header_, longer.fields).empty()) {
                split = std::move(longer);
                line.ended = next->ended;
                lines_ = ahead;
                return;
            }
        }
    }

    static std::string without_quotes(std::string_view text) {
        std::string out{text};
        std::erase(out, '"');
        return out;
    }

    void take_row(const Line& line, Fields fields) {
        while (fields.size() > header_.size() && fields.back().empty()) {
            fields.pop_back();
        }
        Arranged found = arranged(header_, usual_, fields);
        if (found.row && !line.ended && !is_certain_end()) {
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
        for (std::string& field : fields) {
            field.resize(std::min(field.size(), kLongestId + 1));
            field.shrink_to_fit();
        }
        out_.rejected.push_back({line.number, std::move(reason), std::move(fields)});
    }

    LineReader lines_;
    Header header_;
    Header usual_;  ///< the same columns as the newest release orders them; header_ where some are not known
    EmissionsFile out_;
};

}  // namespace

EmissionsRow::EmissionsRow(const Values& values) {
    std::size_t size = 0;
    for (const auto& value : values) {
        size += value ? value->size() + 1 : 0;
    }
    text_.reserve(size);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (const auto& value = values.at(i)) {
            has_.set(i);
            text_ += *value;
            text_ += '\0';
        }
    }
}

std::string_view EmissionsRow::at(Column column) const {
    const auto index = static_cast<std::size_t>(column);
    if (!has_.test(index)) {
        return {};
    }
    std::string_view left = text_;
    for (std::size_t i = 0; i < index; ++i) {
        left.remove_prefix(has_.test(i) ? left.find('\0') + 1 : 0);
    }
    return left.substr(0, left.find('\0'));
}

Result<EmissionsFile> parse_emissions(std::string_view text) {
    return Reader{text}.read();
}

}  // namespace gramme::foreign
