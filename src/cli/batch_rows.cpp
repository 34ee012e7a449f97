#include "cli/batch_rows.hpp"

#include <algorithm>

#include "base/records.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kHeld = 1024;  ///< rows per turn of the kernel: its columns stay in the cache
constexpr std::size_t kFirstReasons = 5;

}  // namespace

BatchRows::BatchRows(const BatchPlan& plan, const refdata::Tables& tables)
    : plan_(plan),
      resolver_(plan.base, tables, plan.layout.json, plan.layout.dialect),
      reader_(plan.layout),
      rows_(kHeld),
      jobs_(kHeld) {
    for (auto& column : out_) {
        column.resize(kHeld);
    }
}

std::string BatchRows::estimate_row(std::string_view& pass) {
    pass = reader_.filtered();
    if (!pass.empty()) {
        return {};
    }
    RowWords words;
    RowNumbers numbers;
    if (std::string trouble = reader_.read(words, numbers); !trouble.empty()) {
        return trouble;
    }
    const auto said = [&](Column column) { return !words.text[index_of(column)].empty(); };
    words.evidence = evidence_of(numbers, said(Column::kInstance), said(Column::kDevice));
    if (words.evidence == Evidence::kGiven && numbers.cpus) {
        if (!plan_.cpu_w) {
            pass = "no GPU: not counted without --cpu-w";
            return {};
        }
        words.evidence = Evidence::kPower;
        numbers.power_w = plan_.cpu_w;
    }
    if (words.evidence == Evidence::kGiven && plan_.base.groups.empty()) {
        if (!plan_.layout.without_machine.empty()) {
            pass = plan_.layout.without_machine;
            return {};
        }
        return std::string{kNoEvidence};
    }
    words.has_pue = numbers.pue.has_value();
    words.has_intensity = numbers.intensity.has_value();
    words.has_utilisation = numbers.utilisation.has_value();
    double units = 0.0;
    if (std::string trouble = units_of(plan_.base, plan_.base_hours, words.evidence, numbers, units);
        !trouble.empty()) {
        return trouble;
    }
    const Resolved& resolved = resolver_.resolve(words);
    if (!resolved.trouble.empty()) {
        return resolved.trouble;
    }
    jobs_.push(resolved.coefficients, numbers, units);
    rows_[held_].written.note = resolved.note;
    return {};
}

void BatchRows::reject(BatchBlock& block, const WrittenRow& row, std::uint64_t line,
                       const std::string& why) const {
    ++block.rejected;
    if (block.first_reasons.size() < kFirstReasons) {
        block.first_reasons.push_back("line " + std::to_string(line) + ": " + why);
    }
    if (plan_.want_rejects) {
        write_reject(block.rejects, row, line, why, plan_.layout);
    }
}

void BatchRows::take_record(BatchBlock& block, std::string_view record, std::uint64_t line) {
    const std::string_view line_end = record.substr(record.size() - line_end_length(record));
    record.remove_suffix(line_end.size());
    // Without a line feed it is the last of the table: a CR alone is what is left of its CRLF.
    record.remove_suffix(line_end.empty() && record.ends_with('\r') ? 1 : 0);
    if (record.empty()) {
        return;  // a blank line is no row
    }
    Row& row = rows_[held_];
    row.written.record = record;
    row.written.line_end = line_end.empty() ? std::string_view{plan_.layout.line_end} : line_end;
    std::string trouble = reader_.split(record);
    std::string_view pass;
    if (!trouble.empty() && !plan_.layout.json) {
        const auto inside = static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n'));
        if (inside > 0) {
            trouble +=
                "; lines " + std::to_string(line) + " to " + std::to_string(line + inside) + " are one row";
        }
        if (reader_.quotes() == SplitTrouble::kOpenQuote ||
            (reader_.quotes() == SplitTrouble::kTextAfterQuote && inside > 0)) {
            block.open_quote = true;
            block.swallowed += inside;
        }
    }
    if (trouble.empty()) {
        trouble = estimate_row(pass);
    }
    if (!trouble.empty()) {
        reject(block, row.written, line, trouble);
        return;
    }
    row.group = plan_.layout.group_by ? group_of_row(block, line) : nullptr;
    if (block.broken) {
        if (pass.empty()) {
            jobs_.pop();
        }
        return;
    }
    ++held_;
    row.figure = pass.empty();
    row.written.close = reader_.json_close();
    row.written.first_member = reader_.json_is_empty();
    if (!row.figure) {
        row.written.note = written(pass, plan_.layout);
    }
    if (held_ == kHeld) {
        flush(block);
    }
}

BatchSums* BatchRows::group_of_row(BatchBlock& block, std::uint64_t line) {
    std::string ignored;
    const std::string_view name = reader_.cell(*plan_.layout.group_by, ignored);
    if (name.size() > kMostGroupName) {
        block.broken = Error{Code::kOutOfRange,
                             "line " + std::to_string(line) + ": a value of --group-by of more than 4 KiB",
                             "group by a column with short values"};
        return nullptr;
    }
    auto group = block.groups.find(name);
    if (group == block.groups.end()) {
        group = block.groups.emplace(name, BatchSums{}).first;
    }
    return &group->second;
}

void BatchRows::count_row(BatchBlock& block, const Row& row, const RowFigures& figures) {
    BatchSums one;
    if (row.figure) {
        one = {1, 0, figures[0], figures[3], figures[4], figures[5], figures[6]};
    } else {
        one.without = 1;
    }
    block.total.add(one);
    if (row.group != nullptr) {
        row.group->add(one);
    }
}

void BatchRows::flush(BatchBlock& block) {
    const auto out = [&](std::size_t i) { return std::span<double>(out_[i]).first(jobs_.size()); };
    jobs_.compute({out(0), out(1), out(2), out(3), out(4), out(5), out(6)});
    std::size_t figure = 0;
    RowFigures figures{};
    for (std::size_t i = 0; i < held_; ++i) {
        const Row& row = rows_[i];
        for (std::size_t c = 0; row.figure && c < kFigures; ++c) {
            figures[c] = out_[c][figure];
        }
        count_row(block, row, figures);
        write_row(block.out, row.written, row.figure ? &figures : nullptr, plan_.layout);
        figure += row.figure ? 1 : 0;
    }
    held_ = 0;
    jobs_.clear();
}

void BatchRows::compute(BatchBlock& block) {
    block.clear();
    std::string_view rest = block.text;
    std::uint64_t line = block.first_line;
    while (!rest.empty() && !block.broken) {
        const std::size_t length = std::min(record_length(rest, plan_.layout.dialect), rest.size());
        const std::string_view record = rest.substr(0, length);
        if (length > plan_.most_record) {
            block.broken =
                Error{Code::kMalformed, "line " + std::to_string(line) + ": a record of more than 1 MiB",
                      "is a quote opened there and never closed?"};
            break;
        }
        take_record(block, record, line);
        line += static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n'));
        rest.remove_prefix(length);
    }
    flush(block);
    block.any_object = reader_.any_object();
    block.seen = reader_.seen();
}

}  // namespace gramme::cli
