#include "foreign/emissions_runs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "foreign/emissions_ledger.hpp"
#include "foreign/emissions_row_facts.hpp"

namespace gramme::foreign {
namespace {

constexpr double kSameEnergy = 1e-6;  ///< relative: one number added up in two ways

/// The rows of one run.
struct Group {
    std::vector<Placed> totals;  ///< by time: each holds all before it
    std::vector<Placed> tasks;   ///< by time
};

std::optional<double> sum_of(const std::vector<Placed>& rows, Column column) {
    std::optional<double> sum;
    for (const Placed& row : rows) {
        const auto value = row.number(column);
        if (!value) {
            return std::nullopt;
        }
        sum = sum.value_or(0.0) + *value;
    }
    return sum;
}

/// A copy of a file beside the file has the same tasks again.
void drop_copies(std::vector<Placed>& tasks) {
    std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
    std::erase_if(tasks, [&](const Placed& task) {
        return !seen.insert({task.at(Column::kTaskName), task.at(Column::kTimestamp),
                             task.at(Column::kDuration), task.at(Column::kEnergyConsumed)})
                    .second;
    });
}

bool is_before(const Placed& a, const Placed& b) {
    return std::tie(a.ended_ns, a.position) < std::tie(b.ended_ns, b.position);
}

class Builder {
public:
    explicit Builder(Group& group) : group_(group) {
        std::sort(group.totals.begin(), group.totals.end(), &is_before);
        std::sort(group.tasks.begin(), group.tasks.end(), &is_before);
        drop_copies(group.tasks);
    }

    ForeignRun run() && {
        const Placed& last = group_.totals.empty() ? group_.tasks.back() : group_.totals.back();
        started_ns_ = last.started_ns();
        ended_ns_ = last.ended_ns;
        for (const Placed& task : group_.tasks) {
            started_ns_ = std::min(started_ns_, task.started_ns());
            ended_ns_ = std::max(ended_ns_, task.ended_ns);
        }
        describe(last);
        amounts(last);
        add_tasks();
        say(last);
        return std::move(out_);
    }

private:
    void describe(const Placed& last) {
        RunRecord& run = out_.run;
        run.id = run_id_of(id_in(*last.row));
        run.part_of = part_of(last);
        run.project = last.at(Column::kProjectName).empty() ? "codecarbon" : last.at(Column::kProjectName);
        run.scope = last.at(Column::kTrackingMode) == "process" ? Scope::kJob : Scope::kMachine;
        run.state = RunState::kFinished;
        run.started_wall_ns = started_ns_;
        run.duration_s = static_cast<double>(ended_ns_ - started_ns_) / kNsPerSecond;
        if (group_.tasks.empty()) {
            run.duration_s = last.duration_s;  // as it is written, not by way of nanoseconds
        }
        run.host = host_of(last);
        run.interval_s = 0.0;
        const std::string program = program_of(last);
        run.imported = ImportedFrom{last.file->name, last.row->line, program};
        run.tags = {{"imported", program}};
        out_.place = {last.at(Column::kCloudProvider), last.at(Column::kCloudRegion),
                      last.at(Column::kCountryIsoCode), last.at(Column::kCountryName),
                      last.at(Column::kRegion)};
        out_.pue_is_said = !last.at(Column::kPue).empty();
        out_.pue = last.number(Column::kPue).value_or(1.0);
        out_.rows = group_.totals.size() + group_.tasks.size();
    }

    /// The row of the whole run; without one its tasks, with gaps between them.
    void amounts(const Placed& last) {
        std::vector<TimedRow> timed;
        if (group_.totals.empty()) {
            for (const Placed& task : group_.tasks) {
                timed.push_back({task.row, task.started_ns() - started_ns_, task.ended_ns - started_ns_});
            }
        } else {
            timed.push_back({last.row, 0, ended_ns_ - started_ns_});
        }
        const std::vector<Placed>& rows = group_.totals.empty() ? group_.tasks : std::vector<Placed>{last};
        out_.ledger = ledger_of(timed, out_.pue,
                                out_.run.imported->program.starts_with("gramme") ? "gramme" : "codecarbon");
        const auto kwh = sum_of(rows, Column::kEnergyConsumed);
        if (kwh.value_or(0.0) > 0.0) {
            out_.facility_kwh = kwh;
            out_.emissions_kg = sum_of(rows, Column::kEmissions);
        }
    }

    void add_tasks() {
        for (const Placed& task : group_.tasks) {
            const std::string detail =
                "{\"energy_consumed_kwh\":" + number_or_null(task, Column::kEnergyConsumed) +
                ",\"emissions_kgco2e\":" + number_or_null(task, Column::kEmissions) + "}";
            out_.ledger.markers.push_back(
                {Marker::Kind::kSpanBegin, task.started_ns() - started_ns_, task.at(Column::kTaskName), ""});
            out_.ledger.markers.push_back(
                {Marker::Kind::kSpanEnd, task.ended_ns - started_ns_, task.at(Column::kTaskName), detail});
        }
        std::stable_sort(out_.ledger.markers.begin(), out_.ledger.markers.end(),
                         [](const Marker& a, const Marker& b) { return a.at_ns < b.at_ns; });
    }

    static std::string number_or_null(const Placed& row, Column column) {
        return row.number(column) ? row.at(column) : "null";
    }

    void say(const Placed& last) {
        std::vector<std::string>& warnings = out_.run.warnings;
        if (last.at(Column::kTimestamp).size() == std::string_view{"2024-03-01T09:00:00"}.size()) {
            warnings.push_back("the file has local times without a zone: taken as " +
                               zone_text(last.ahead_ns));
        }
        if (group_.totals.size() > 1) {
            out_.notes.push_back(std::to_string(group_.totals.size()) +
                                 " rows of this run: the last one counts, it holds the others");
            const double most = largest(group_.totals);
            if (last.number(Column::kEnergyConsumed).value_or(0.0) < most * (1.0 - kSameEnergy)) {
                warnings.emplace_back(
                    "an earlier row of this run has more energy than the last one, which counts");
            }
        }
        if (!out_.facility_kwh) {
            warnings.emplace_back("the file has no energy of this run");
        }
        if (group_.tasks.empty()) {
            return;
        }
        if (group_.totals.empty()) {
            warnings.push_back("the file has the tasks of this run and not the whole of it: the sum of " +
                               std::to_string(group_.tasks.size()) +
                               ", and what their energies hold of a PUE is not said");
        } else if (out_.run.duration_s > last.duration_s + 1.0) {
            warnings.emplace_back(
                "its duration is that from its first task to its last: the row of the run has less");
        }
    }

    static double largest(const std::vector<Placed>& rows) {
        double most = 0.0;
        for (const Placed& row : rows) {
            most = std::max(most, row.number(Column::kEnergyConsumed).value_or(0.0));
        }
        return most;
    }

    Group& group_;
    std::int64_t started_ns_ = 0;
    std::int64_t ended_ns_ = 0;
    ForeignRun out_;
};

/// Rejected rows by the ids that may be in them.
class Doubts {
public:
    void add(const std::string& file, const RejectedRow& row) {
        for (const std::string& field : row.fields) {
            whole_.emplace(field, std::pair{file, row.line});
        }
        constexpr std::size_t kShortest = 4;
        if (!row.fields.empty() && row.fields.back().size() >= kShortest) {
            cut_.emplace_back(row.fields.back(), std::pair{file, row.line});
        }
    }
    /// The rejected row that may be of the run, or nothing.
    [[nodiscard]] std::optional<std::pair<std::string, std::size_t>> about(const std::string& id) const {
        if (const auto found = whole_.find(id); found != whole_.end()) {
            return found->second;
        }
        for (const auto& [start, where] : cut_) {
            if (id.starts_with(start)) {
                return where;
            }
        }
        return std::nullopt;
    }

private:
    std::map<std::string, std::pair<std::string, std::size_t>, std::less<>> whole_;
    std::vector<std::pair<std::string, std::pair<std::string, std::size_t>>> cut_;
};

}  // namespace

ForeignRuns runs_of(std::span<const NamedFile> files, const LocalTime& to_utc) {
    ForeignRuns out;
    std::map<std::string, Group> groups;
    Doubts doubts;
    std::size_t position = 0;
    for (const NamedFile& file : files) {
        for (const EmissionsRow& row : file.file.rows) {
            auto placed = place_row(file, row, to_utc);
            if (!placed) {
                const RejectedRow rejected{row.line, placed.error().what, {id_in(row)}};
                out.rejected.push_back({file.name, rejected.line, rejected.reason});
                doubts.add(file.name, rejected);
                continue;
            }
            placed->position = position++;
            Group& group = groups[id_in(row)];
            (placed->is_task() ? group.tasks : group.totals).push_back(*placed);
        }
        for (const RejectedRow& row : file.file.rejected) {
            out.rejected.push_back({file.name, row.line, row.reason});
            doubts.add(file.name, row);
        }
    }
    for (auto& [id, group] : groups) {
        const Placed& first = group.totals.empty() ? group.tasks.front() : group.totals.front();
        const Placed& last = group.totals.empty() ? group.tasks.back() : group.totals.back();
        const auto where = doubts.about(id);
        if (where && !(where->first == last.file->name && where->second < last.row->line)) {
            out.rejected.push_back({first.file->name, first.row->line,
                                    "run " + id + " is left out: line " + std::to_string(where->second) +
                                        " of " + where->first + " may be a later row of it"});
            continue;
        }
        out.runs.push_back(Builder{group}.run());
    }
    std::sort(out.runs.begin(), out.runs.end(), [](const ForeignRun& a, const ForeignRun& b) {
        const bool a_is_part = !a.run.part_of.empty();
        const bool b_is_part = !b.run.part_of.empty();
        return std::tie(a_is_part, a.run.started_wall_ns, a.run.id) <
               std::tie(b_is_part, b.run.started_wall_ns, b.run.id);
    });
    std::sort(out.rejected.begin(), out.rejected.end(), [](const RowTrouble& a, const RowTrouble& b) {
        return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
    return out;
}

std::size_t counted_together(std::span<const ForeignRun> runs) {
    constexpr std::int64_t kClockNs = 2'000'000'000;
    struct Last {
        std::int64_t ended_ns = 0;
        bool is_counted = false;
    };
    std::map<std::tuple<std::string, std::string, int, std::uint64_t>, Last> machines;
    std::size_t count = 0;
    for (const ForeignRun& one : runs) {
        const RunRecord& run = one.run;
        if (run.scope != Scope::kMachine || run.host.cpu_model.empty() || !run.part_of.empty()) {
            continue;
        }
        const auto ended_ns = run.started_wall_ns + static_cast<std::int64_t>(run.duration_s * kNsPerSecond);
        Last& last = machines[{run.project, run.host.cpu_model, run.host.cpu_count, run.host.memory_bytes}];
        const bool overlaps = run.started_wall_ns + kClockNs < last.ended_ns;
        count += overlaps ? (last.is_counted ? 1U : 2U) : 0U;
        last.is_counted = overlaps;
        last.ended_ns = std::max(last.ended_ns, ended_ns);
    }
    return count;
}

}  // namespace gramme::foreign
