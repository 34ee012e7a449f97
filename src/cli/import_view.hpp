// What gramme runs import says: one line for each run, and what a person must know beside it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"
#include "foreign/emissions_runs.hpp"
#include "model/footprint.hpp"
#include "present/layout.hpp"

namespace gramme::cli {

/// One run and what became of it.
struct Imported {
    enum class Status { kAdded, kWouldAdd, kThere, kThereOtherwise, kPart };
    foreign::ForeignRun of;
    Footprint footprint;
    Status status = Status::kAdded;
};

/// Takes each run in turn and keeps some hundred bytes of it: its line, and its notes.
class ImportView {
public:
    /// `format`: "table", "csv" or "json".
    ImportView(std::string_view format, bool dry_run);
    void add(const Imported& one);
    /// The lines, on `out`; what there is to say of runs and rows, on `err`. kUsage as present::table_text().
    Result<void> print(const Terminal& terminal, const std::vector<foreign::RowTrouble>& rejected) const;

private:
    void add_to_table(const Imported& one);
    void add_to_json(const Imported& one);
    void print_json(const Terminal& terminal, const std::vector<foreign::RowTrouble>& rejected) const;
    [[nodiscard]] std::string counted(std::size_t rejected) const;

    std::string format_;
    bool dry_run_;
    present::Table table_;
    std::string json_rows_;  ///< as they stand in the list
    struct Said {
        bool is_warning = false;
        std::string text;
    };
    std::vector<Said> said_;
    std::array<std::size_t, 5> counts_{};  ///< by Imported::Status
};

}  // namespace gramme::cli
