#include "cli/batch_row_writer.hpp"

#include <algorithm>

#include "base/digits.hpp"
#include "base/json_line.hpp"
#include "base/records.hpp"

namespace gramme::cli {
namespace {

constexpr std::array<std::string_view, kFigures> kJsonNames{
    "\"energy_kwh\":",          ",\"energy_low\":",      ",\"energy_high\":",     ",\"facility_energy_kwh\":",
    ",\"operational_kgco2e\":", ",\"operational_low\":", ",\"operational_high\":"};

/// Room for one number with its separator or name.
constexpr std::size_t kMostFigure = kMostDigits + 26;

/// The seven numbers, or for CSV seven empty cells.
void write_figures(std::string& out, const RowFigures* figures, const Layout& layout) {
    std::array<char, kFigures * kMostFigure>
        text;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    char* end = text.data();
    for (std::size_t i = 0; i < kFigures; ++i) {
        if (!layout.json) {
            *end++ = layout.dialect.separator;
        } else if (figures != nullptr) {
            end = std::copy(kJsonNames[i].begin(), kJsonNames[i].end(), end);
        }
        if (figures != nullptr) {
            end = write_digits(end, (*figures)[i]);
        }
    }
    out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

std::string written(std::string_view text, const Layout& layout) {
    return layout.json ? json_quoted(text) : field_text(text, layout.dialect);
}

void write_row(std::string& out, const WrittenRow& row, const RowFigures* figures, const Layout& layout) {
    if (layout.json) {
        out += row.record.substr(0, row.close);
        out += row.first_member ? "\"gramme\":{" : ",\"gramme\":{";
        write_figures(out, figures, layout);
        out += figures != nullptr ? ",\"note\":" : "\"note\":";
        out += row.note;
        out += '}';
        out += row.record.substr(row.close);
    } else {
        out += row.record;
        write_figures(out, figures, layout);
        out += layout.dialect.separator;
        out += row.note;
    }
    out += row.line_end;
}

void write_reject(std::string& out, const WrittenRow& row, std::uint64_t line, const std::string& why,
                  const Layout& layout) {
    if (layout.json) {
        out += "{\"gramme_line\":" + std::to_string(line) + ",\"gramme_reason\":" + json_quoted(why);
        if (first_bad_utf8(row.record) == std::string_view::npos) {
            out += ",\"gramme_row\":" + json_quoted(row.record);
        }
        out += "}\n";
        return;
    }
    out += std::to_string(line);
    out += layout.dialect.separator;
    out += field_text(why, layout.dialect);
    out += layout.dialect.separator;
    out += row.record;
    out += row.line_end;
}

}  // namespace gramme::cli
