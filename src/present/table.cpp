// Lists: one table as aligned text, CSV or JSON.
#include <algorithm>

#include "base/parse.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

bool is_numeric(const Table& table, std::size_t column) {
    return column < table.numeric.size() && table.numeric[column];
}

const std::string& cell(const std::vector<std::string>& row, std::size_t column) {
    static const std::string kNothing;
    return column < row.size() ? row[column] : kNothing;
}

std::string as_text(const Table& table, const TextStyle& style) {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        std::size_t width = display_width(table.columns[c]);
        for (const auto& row : table.rows) {
            width = std::max(width, display_width(printable(cell(row, c))));
        }
        widths.push_back(width);
    }
    const auto line = [&](const auto& text_of) {
        std::string out;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            out += (c == 0 ? "" : "  ") + padded(printable(text_of(c)), widths[c], is_numeric(table, c));
        }
        out.erase(out.find_last_not_of(' ') + 1);
        return out;
    };
    std::string out =
        inked(line([&](std::size_t c) { return table.columns[c]; }), Ink::kStrong, style) + "\n";
    for (const auto& row : table.rows) {
        out += line([&](std::size_t c) { return cell(row, c); }) + "\n";
    }
    return out;
}

std::string as_csv(const Table& table) {
    std::string out = csv_line(table.columns) + "\n";
    for (const auto& row : table.rows) {
        CsvRow full = row;
        full.resize(table.columns.size());
        out += csv_line(full) + "\n";
    }
    return out;
}

/// A number stays whole where it is written so.
Json number_cell(const std::string& text) {
    if (text.empty()) {
        return nullptr;
    }
    if (const auto whole = parse_i64(text)) {
        return *whole;
    }
    if (const auto value = parse_double(text)) {
        return *value;
    }
    return text;
}

std::string as_json(const Table& table) {
    Json rows = Json::array();
    for (const auto& row : table.rows) {
        Json object = Json::object();
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            object[table.columns[c]] =
                is_numeric(table, c) ? number_cell(cell(row, c)) : text_or_null(cell(row, c));
        }
        rows.push_back(object);
    }
    Json json = Json::object();
    json["schema"] = table.schema;
    json["rows"] = rows;
    return dumped(json);
}

}  // namespace

Result<std::string> table_text(const Table& table, std::string_view format, const TextStyle& style) {
    if (format == "table") {
        return as_text(table, style);
    }
    if (format == "csv") {
        return as_csv(table);
    }
    if (format == "json") {
        return as_json(table);
    }
    return Error{Code::kUsage, "'" + std::string{format} + "' is no format", "use table, csv or json"};
}

}  // namespace gramme::present
