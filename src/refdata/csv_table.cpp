#include "refdata/csv_table.hpp"

#include <algorithm>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::refdata {
namespace {

constexpr std::size_t kLongestCell = 2'000;
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

std::string_view bare(std::string_view column) {
    return column.ends_with('?') ? column.substr(0, column.size() - 1) : column;
}

/// Place of each expected column in the header of the file.
Result<std::vector<std::size_t>> match_header(std::string_view file, std::uint32_t line, const CsvRow& header,
                                              std::span<const std::string_view> columns) {
    std::vector<std::size_t> places(columns.size(), kAbsent);
    std::vector<std::string> known;
    for (const std::string_view column : columns) {
        known.emplace_back(bare(column));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto found = std::find(known.begin(), known.end(), header[i]);
        if (found == known.end()) {
            Error fault = table_fault(file, line, header[i], "unknown column");
            if (const std::vector<std::string> near = nearest(header[i], known, 1); !near.empty()) {
                fault.hint = "did you mean " + near.front() + "?";
            }
            return fault;
        }
        std::size_t& place = places[static_cast<std::size_t>(found - known.begin())];
        if (place != kAbsent) {
            return table_fault(file, line, header[i], "this column stands twice");
        }
        place = i;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (places[i] == kAbsent && !columns[i].ends_with('?')) {
            return table_fault(file, line, known[i], "this column is missing");
        }
    }
    return places;
}

std::string quoted(std::string_view cell) {
    return "\"" + std::string(cell.substr(0, 60)) + "\"";
}

std::string range_text(double low, double high) {
    const auto plain = [](double v) {
        std::string text = std::to_string(v);  // fixed notation; trailing zeros say nothing
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.')) {
            text.pop_back();
        }
        return text;
    };
    return plain(low) + " to " + plain(high);
}

}  // namespace

Error table_fault(std::string_view file, std::uint32_t line, std::string_view column, std::string_view what) {
    std::string text(file);
    text += ':';
    text += std::to_string(line);
    text += ':';
    text += column;
    text += ": ";
    text += what;
    return {Code::kMalformed, std::move(text), ""};
}

Result<CsvTable> read_table(std::string_view file, std::string_view text,
                            std::span<const std::string_view> columns) {
    CsvTable table{std::string(file), columns, {}};
    std::vector<std::size_t> places;
    std::uint32_t line = 0;
    std::size_t cells = 0;
    for (const std::string_view line_text : split(text, '\n')) {
        ++line;
        auto parsed = parse_csv(line_text);  // one line at a time: the line number is then exact
        if (!parsed) {
            std::string what = parsed.error().what;
            if (const std::size_t colon = what.find(": "); colon != std::string::npos) {
                what.erase(0, colon + 2);  // its own line number, which is always 1 here
            }
            return table_fault(file, line, "", what);
        }
        if (parsed->empty()) {
            continue;
        }
        CsvRow& row = parsed->front();
        if (places.empty()) {
            cells = row.size();
            GRAMME_TRY(places, match_header(file, line, row, columns));
            continue;
        }
        if (row.size() != cells) {
            return table_fault(
                file, line, "",
                std::to_string(row.size()) + " cells, the header has " + std::to_string(cells));
        }
        CsvTable::Row ordered{line, CsvRow(columns.size())};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (places[i] != kAbsent) {
                ordered.cells[i] = std::string(trimmed(row[places[i]]));
            }
            if (ordered.cells[i].size() > kLongestCell) {
                return table_fault(file, line, bare(columns[i]), "the cell is longer than 2000 bytes");
            }
        }
        table.rows.push_back(std::move(ordered));
    }
    if (places.empty()) {
        return table_fault(file, 1, "", "the file is empty; a header line is needed");
    }
    return table;
}

std::string_view RowCursor::next() {
    const std::size_t index = at_++;
    return failed_ || index >= row_.cells.size() ? std::string_view{} : std::string_view{row_.cells[index]};
}

void RowCursor::fail(Code code, std::string_view what) {
    if (failed_) {
        return;
    }
    failed_ = true;
    fault_ = table_fault(table_.file, row_.line, bare(table_.columns[at_ - 1]), what);
    fault_.code = code;
}

std::string RowCursor::text() {
    return std::string(next());
}

std::string RowCursor::key() {
    std::string cell(next());
    if (cell.empty()) {
        fail(Code::kMalformed, "the cell is empty");
    }
    return cell;
}

std::string RowCursor::word(std::span<const std::string_view> allowed) {
    std::string cell(next());
    if (std::find(allowed.begin(), allowed.end(), cell) == allowed.end()) {
        std::string list;
        for (const std::string_view option : allowed) {
            list += list.empty() ? "" : ", ";
            list += option;
        }
        fail(Code::kMalformed, quoted(cell) + " is none of " + list);
    }
    return cell;
}

double RowCursor::number(double low, double high) {
    const std::string_view cell = next();
    const auto value = parse_double(cell);
    if (!value) {
        fail(Code::kMalformed, cell.empty() ? "the cell is empty" : quoted(cell) + " is not a number");
        return 0.0;
    }
    if (*value < low || *value > high) {
        fail(Code::kOutOfRange, std::string(cell) + " is outside " + range_text(low, high));
    }
    return *value;
}

int RowCursor::whole(int low, int high) {
    const std::string_view cell = next();
    const auto value = parse_i64(cell);
    if (!value) {
        fail(Code::kMalformed, cell.empty() ? "the cell is empty" : quoted(cell) + " is not a whole number");
        return 0;
    }
    if (*value < low || *value > high) {
        fail(Code::kOutOfRange, std::string(cell) + " is outside " + range_text(low, high));
        return 0;
    }
    return static_cast<int>(*value);
}

double RowCursor::number_or_unknown(double low, double high) {
    if (at_ < row_.cells.size() && row_.cells[at_].empty()) {
        ++at_;
        return 0.0;
    }
    return number(low, high);
}

int RowCursor::whole_or_unknown(int low, int high) {
    if (at_ < row_.cells.size() && row_.cells[at_].empty()) {
        ++at_;
        return 0;
    }
    return whole(low, high);
}

std::optional<double> RowCursor::number_if_any(double low, double high) {
    if (at_ < row_.cells.size() && row_.cells[at_].empty()) {
        ++at_;
        return std::nullopt;
    }
    return number(low, high);
}

bool RowCursor::flag() {
    return whole_or_unknown(0, 1) == 1;
}

Result<void> RowCursor::finish() {
    GRAMME_ASSERT(at_ == table_.columns.size());
    if (failed_) {
        return fault_;
    }
    return {};
}

}  // namespace gramme::refdata
