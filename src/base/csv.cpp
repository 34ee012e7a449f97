#include "base/csv.hpp"

namespace gramme {
namespace {

Error malformed(std::size_t line, const char* what) {
    return {Code::kMalformed, "line " + std::to_string(line) + ": " + what, ""};
}

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {  // a byte order mark is no part of the first name
        text.remove_prefix(3);
    }
    std::vector<CsvRow> rows;
    CsvRow row;
    std::string field;
    std::size_t line = 1;
    bool in_quotes = false;
    bool was_quoted = false;
    const auto end_field = [&] {
        row.push_back(std::move(field));
        field.clear();
        was_quoted = false;
    };
    const auto end_row = [&] {
        end_field();
        if (row.size() > 1 || !row.front().empty()) {  // a blank line is no row
            rows.push_back(std::move(row));
        }
        row.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\0') {
            return malformed(line, "a NUL byte");
        }
        if (c == '\n') {
            ++line;
        }
        if (in_quotes) {
            if (c != '"') {
                field += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                field += '"';
                ++i;
            } else {
                in_quotes = false;
                was_quoted = true;
            }
        } else if (c == '"' && field.empty() && !was_quoted) {
            in_quotes = true;
        } else if (c == ',') {
            end_field();
        } else if (c == '\n') {
            end_row();
        } else if (c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n')) {
            continue;  // CRLF: the line feed ends the row
        } else if (was_quoted) {
            return malformed(line, "text after a closing quote");
        } else {
            field += c;
        }
    }
    if (in_quotes) {
        return malformed(line, "a quote is opened and never closed");
    }
    if (!field.empty() || !row.empty() || was_quoted) {
        end_row();
    }
    return rows;
}

std::string csv_line(const CsvRow& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& field = row[i];
        const bool outer_blank = !field.empty() && (field.front() == ' ' || field.back() == ' ');
        if (i > 0) {
            line += ',';
        }
        if (!outer_blank && field.find_first_of(",\"\r\n") == std::string::npos) {
            line += field;
            continue;
        }
        line += '"';
        for (const char c : field) {
            line += c;
            if (c == '"') {
                line += c;
            }
        }
        line += '"';
    }
    return line;
}

}  // namespace gramme
