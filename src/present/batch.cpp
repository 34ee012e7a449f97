#include "present/batch.hpp"

#include "base/csv.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

std::string thousands(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

}  // namespace

std::string batch_line(const BatchGroup& total) {
    std::string line = thousands(total.rows) + (total.rows == 1 ? " row" : " rows");
    if (total.rows > 0) {
        const Shown carbon = shown(total.kgco2e, Dimension::kCarbon);
        line += ": " + shown_alone(total.energy_kwh, Dimension::kEnergy, 4) + ", " + carbon.value + " " +
                carbon.unit + " CO2e";
        line += carbon.exact ? "" : " (" + carbon.low + " to " + carbon.high + ")";
    }
    if (total.without > 0) {
        line += "; " + thousands(total.without) + " rows without a figure";
    }
    return line;
}

Result<std::string> batch_table(std::span<const BatchGroup> groups, std::string_view column, std::size_t most,
                                const TextStyle& style) {
    Table table{"", {std::string{column}, "rows", "without", "energy", "carbon", "range"}, {}, {}};
    table.numeric = {false, true, true, true, true, true};
    for (const BatchGroup& group : groups) {
        if (most > 0 && table.rows.size() == most) {
            break;
        }
        const Shown carbon = shown(group.kgco2e, Dimension::kCarbon);
        const bool known = group.rows > 0;  // unknown is not zero
        table.rows.push_back({printable(group.name), thousands(group.rows), thousands(group.without),
                              known ? shown_alone(group.energy_kwh, Dimension::kEnergy, 4) : "",
                              known ? carbon.value + " " + carbon.unit : "",
                              known && !carbon.exact ? carbon.low + " to " + carbon.high : ""});
    }
    GRAMME_TRY(std::string text, table_text(table, "table", style));
    if (table.rows.size() < groups.size()) {
        text += thousands(groups.size() - table.rows.size()) + " more groups: --summary FILE\n";
    }
    return text;
}

std::string batch_csv(std::span<const BatchGroup> groups, std::string_view column) {
    std::string text =
        csv_line({std::string{column}, "rows", "rows_without", "energy_kwh", "facility_energy_kwh",
                  "operational_kgco2e", "operational_low", "operational_high"}) +
        "\n";
    for (const BatchGroup& group : groups) {
        const auto number = [&](double value) { return group.rows > 0 ? shortest(value) : std::string{}; };
        text += csv_line({group.name, std::to_string(group.rows), std::to_string(group.without),
                          number(group.energy_kwh), number(group.facility_energy_kwh),
                          number(group.kgco2e.value), number(group.kgco2e.low), number(group.kgco2e.high)}) +
                "\n";
    }
    return text;
}

}  // namespace gramme::present
