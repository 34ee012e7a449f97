#include "cli/import_view.hpp"

#include <fmt/format.h>

#include "base/utc.hpp"
#include "present/json.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

using present::Json;

std::string_view name_of(Imported::Status status) {
    switch (status) {
        case Imported::Status::kAdded: return "added";
        case Imported::Status::kWouldAdd: return "would be added";
        case Imported::Status::kThere: return "in the store already";
        case Imported::Status::kThereOtherwise: return "in the store already, with other numbers";
        case Imported::Status::kPart: return "part of another run, which holds it";
    }
    return "";
}

std::string where_of(const RunRecord& run) {
    return fmt::format("{}:{}", run.imported->file, run.imported->line);
}

std::string shown(const std::optional<Estimate>& estimate, present::Dimension dimension) {
    constexpr int kDigits = 3;
    return estimate ? present::shown_alone(estimate->value, dimension, kDigits) : "unknown";
}

Json value_or_null(const std::optional<Estimate>& estimate) {
    return estimate ? present::number(estimate->value) : Json(nullptr);
}

std::string counted(std::size_t count, std::string_view one) {
    return count == 1 ? fmt::format("1 {}", one) : fmt::format("{} {}s", count, one);
}

/// As it stands inside of something else. Texts in JSON hold no line ends.
std::string indented(const Json& json, std::size_t depth) {
    std::string out;
    for (const char c : json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)) {
        out += c;
        if (c == '\n') {
            out.append(depth, ' ');
        }
    }
    return out;
}

}  // namespace

ImportView::ImportView(std::string_view format, bool dry_run) : format_(format), dry_run_(dry_run) {
    table_.columns = {"id", "started (UTC)", "project", "time (s)", "energy", "CO2e", "from", "status"};
    table_.numeric = {false, false, false, true, true, true, false, false};
}

void ImportView::add(const Imported& one) {
    format_ == "json" ? add_to_json(one) : add_to_table(one);
    ++counts_.at(static_cast<std::size_t>(one.status));
    const RunRecord& run = one.of.run;
    for (const std::string& note : one.of.notes) {
        said_.push_back({false, fmt::format("gramme: run {}: {}\n", run.id, present::printable(note))});
    }
    if (one.status == Imported::Status::kThereOtherwise) {
        said_.push_back(
            {true, fmt::format(
                       "run {0} is in the store with other numbers than in {1}, and stays as it is; to take "
                       "these: gramme runs delete {0}, then import again",
                       run.id, present::printable(where_of(run)))});
    }
}

void ImportView::add_to_table(const Imported& one) {
    const RunRecord& run = one.of.run;
    table_.rows.push_back({run.id, utc_text(run.started_wall_ns), run.project,
                           fmt::format("{:.1f}", run.duration_s),
                           shown(one.footprint.energy_kwh, present::Dimension::kEnergy),
                           shown(one.footprint.operational_kgco2e, present::Dimension::kCarbon),
                           where_of(run), std::string{name_of(one.status)}});
}

void ImportView::add_to_json(const Imported& one) {
    const RunRecord& run = one.of.run;
    Json row = Json::object();
    row["id"] = run.id;
    row["status"] = name_of(one.status);
    row["part_of"] = run.part_of.empty() ? Json(nullptr) : Json(run.part_of);
    row["file"] = run.imported->file;
    row["line"] = run.imported->line;
    row["program"] = run.imported->program;
    row["project"] = run.project;
    row["started_at"] = utc_text(run.started_wall_ns);
    row["duration_s"] = present::number(run.duration_s);
    row["region"] = run.asked.region.empty() ? Json(nullptr) : Json(run.asked.region);
    row["energy_kwh"] = value_or_null(one.footprint.energy_kwh);
    row["operational_kgco2e"] = value_or_null(one.footprint.operational_kgco2e);
    row["file_rows"] = one.of.rows;
    row["notes"] = one.of.notes;
    row["warnings"] = run.warnings;
    constexpr std::size_t kInList = 4;
    json_rows_ += (json_rows_.empty() ? "\n    " : ",\n    ") + indented(row, kInList);
}

/// The text that present::dumped() makes of the whole.
void ImportView::print_json(const Terminal& terminal,
                            const std::vector<foreign::RowTrouble>& rejected) const {
    Json list = Json::array();
    for (const foreign::RowTrouble& trouble : rejected) {
        list.push_back({{"file", trouble.file}, {"line", trouble.line}, {"reason", trouble.reason}});
    }
    cli::print(
        terminal.out,
        fmt::format("{{\n  \"schema\": \"gramme/import/1\",\n  \"dry_run\": {},\n  \"rows\": [", dry_run_));
    cli::print(terminal.out, json_rows_);
    cli::print(terminal.out, fmt::format("{}],\n  \"rejected\": {}\n}}\n", json_rows_.empty() ? "" : "\n  ",
                                         indented(list, 2)));
}

Result<void> ImportView::print(const Terminal& terminal,
                               const std::vector<foreign::RowTrouble>& rejected) const {
    if (format_ == "json") {
        print_json(terminal, rejected);
    } else if (!table_.rows.empty()) {
        GRAMME_TRY(const std::string text, present::table_text(table_, format_, terminal.out_style));
        cli::print(terminal.out, text);
    }
    for (const Said& one : said_) {
        one.is_warning ? print_warning(terminal, one.text) : cli::print(terminal.err, one.text);
    }
    for (const foreign::RowTrouble& trouble : rejected) {
        const std::string line = trouble.line == 0 ? "" : fmt::format(":{}", trouble.line);
        print_warning(terminal, present::printable(fmt::format("{}{}: not imported: {}", trouble.file, line,
                                                               trouble.reason)));
    }
    cli::print(terminal.err, counted(rejected.size()));
    return {};
}

std::string ImportView::counted(std::size_t rejected) const {
    const auto of = [this](Imported::Status status) { return counts_.at(static_cast<std::size_t>(status)); };
    const std::size_t added = of(Imported::Status::kAdded) + of(Imported::Status::kWouldAdd);
    const std::size_t there = of(Imported::Status::kThere) + of(Imported::Status::kThereOtherwise);
    const std::size_t parts = of(Imported::Status::kPart);
    return fmt::format(
        "gramme: {} {}{}{}{}\n", cli::counted(added, "run"), dry_run_ ? "would be imported" : "imported",
        there > 0 ? fmt::format(", {} in the store already", cli::counted(there, "run")) : "",
        parts > 0 ? fmt::format(", {} part of others and left to them", cli::counted(parts, "run")) : "",
        rejected > 0 ? fmt::format(", {} left out", cli::counted(rejected, "line")) : "");
}

}  // namespace gramme::cli
