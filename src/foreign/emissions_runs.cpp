#include "foreign/emissions_runs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "foreign/emissions_doubts.hpp"
#include "foreign/emissions_ledger.hpp"
#include "foreign/emissions_row_facts.hpp"

namespace gramme::foreign {
namespace {

constexpr double kSameEnergy = 1e-6;  ///< relative: one number added up in two ways

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
    std::set<std::array<std::string_view, 4>> seen;
    std::erase_if(tasks, [&](const Placed& task) {
        return !seen.insert({task.at(Column::kTaskName), task.at(Column::kTimestamp),
                             task.at(Column::kDuration), task.at(Column::kEnergyConsumed)})
                    .second;
    });
}

bool is_before(const Placed& a, const Placed& b) {
    return std::tie(a.ended_ns, a.position) < std::tie(b.ended_ns, b.position);
}

/// The rows of one run.
struct Group {
    std::vector<Placed> totals;  ///< by time: each holds all before it
    std::vector<Placed> tasks;   ///< by time
    std::string id;
    bool is_part = false;
    std::int64_t started_ns = 0;
    std::int64_t ended_ns = 0;

    [[nodiscard]] const Placed& last() const { return totals.empty() ? tasks.back() : totals.back(); }
    /// Once all rows are there.
    void arrange() {
        std::sort(totals.begin(), totals.end(), &is_before);
        std::sort(tasks.begin(), tasks.end(), &is_before);
        drop_copies(tasks);
        is_part = !part_of(last()).empty();
        started_ns = last().started_ns();
        ended_ns = last().ended_ns;
        for (const Placed& task : tasks) {
            started_ns = std::min(started_ns, task.started_ns());
            ended_ns = std::max(ended_ns, task.ended_ns);
        }
    }
};

class Builder {
public:
    explicit Builder(const Group& group)
        : group_(group), started_ns_(group.started_ns), ended_ns_(group.ended_ns) {}

    ForeignRun run() && {
        const Placed& last = group_.last();
        describe(last);
        amounts(last);
        add_tasks();
        say(last);
        return std::move(out_);
    }

private:
    void describe(const Placed& last) {
        RunRecord& run = out_.run;
        run.id = group_.id;
        run.part_of = part_of(last);
        run.lineage = lineage_of(last);
        run.project = last.at(Column::kProjectName);
        if (run.project.empty()) {
            run.project = "codecarbon";
        }
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
        const auto text = [&last](Column column) { return std::string{last.at(column)}; };
        out_.place = {text(Column::kCloudProvider), text(Column::kCloudRegion), text(Column::kCountryIsoCode),
                      text(Column::kCountryName), text(Column::kRegion)};
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
            const std::string name{task.at(Column::kTaskName)};
            out_.ledger.markers.push_back(
                {Marker::Kind::kSpanBegin, task.started_ns() - started_ns_, name, ""});
            out_.ledger.markers.push_back(
                {Marker::Kind::kSpanEnd, task.ended_ns - started_ns_, name, detail});
        }
        std::stable_sort(out_.ledger.markers.begin(), out_.ledger.markers.end(),
                         [](const Marker& a, const Marker& b) { return a.at_ns < b.at_ns; });
    }

    /// As JSON writes a number, which ".5" or "+1" is not.
    static std::string number_or_null(const Placed& row, Column column) {
        const auto value = row.number(column);
        if (!value) {
            return "null";
        }
        std::array<char, 32> text{};
        return {text.data(), std::to_chars(text.data(), text.data() + text.size(), *value).ptr};
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

    const Group& group_;
    std::int64_t started_ns_;
    std::int64_t ended_ns_;
    ForeignRun out_;
};

/// The rows of all files by their run.
class Groups {
public:
    explicit Groups(std::span<const NamedFile> files) : files_(files) {}

    void add(std::size_t file_index, const LocalTime& to_utc) {
        const NamedFile& file = files_[file_index];
        for (const EmissionsRow& row : file.file.rows) {
            auto placed = place_row(file, row, to_utc);
            if (!placed) {
                reject(file_index, {row.line, placed.error().what, {std::string{id_in(row)}}});
                continue;
            }
            placed->file_index = file_index;
            placed->position = position_++;
            Group& group = groups_[id_in(row)];
            (placed->is_task() ? group.tasks : group.totals).push_back(*placed);
        }
        for (const RejectedRow& row : file.file.rejected) {
            reject(file_index, row);
        }
    }

    /// In their order, without those that are in doubt.
    std::vector<Group*> in_order() {
        std::vector<Group*> out;
        for (auto& [id, group] : groups_) {
            const Placed& first = group.totals.empty() ? group.tasks.front() : group.totals.front();
            const Placed& last = group.totals.empty() ? group.tasks.back() : group.totals.back();
            if (const auto where = doubts_.about(id, {last.file_index, last.row->line})) {
                rejected.push_back({first.file->name, first.row->line,
                                    "run " + std::string{id} + " is left out: line " +
                                        std::to_string(where->line) + " of " + files_[where->file].name +
                                        " may be a later row of it"});
                continue;
            }
            group.id = run_id_of(id);
            group.arrange();
            out.push_back(&group);
        }
        std::sort(out.begin(), out.end(), [](const Group* a, const Group* b) {
            return std::tie(a->is_part, a->started_ns, a->id) < std::tie(b->is_part, b->started_ns, b->id);
        });
        return out;
    }

    std::vector<RowTrouble> rejected;

private:
    void reject(std::size_t file_index, const RejectedRow& row) {
        rejected.push_back({files_[file_index].name, row.line, row.reason});
        doubts_.add(file_index, row);
    }

    std::span<const NamedFile> files_;
    std::map<std::string_view, Group> groups_;  ///< by ids in the rows of the files
    Doubts doubts_;
    std::size_t position_ = 0;
};

}  // namespace

Result<std::vector<RowTrouble>> each_run(std::span<const NamedFile> files, const LocalTime& to_utc,
                                         const std::function<Result<void>(ForeignRun)>& take) {
    Groups groups{files};
    for (std::size_t i = 0; i < files.size(); ++i) {
        groups.add(i, to_utc);
    }
    for (const Group* group : groups.in_order()) {
        GRAMME_CHECK(take(Builder{*group}.run()));
    }
    std::sort(groups.rejected.begin(), groups.rejected.end(), [](const RowTrouble& a, const RowTrouble& b) {
        return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
    return std::move(groups.rejected);
}

ForeignRuns runs_of(std::span<const NamedFile> files, const LocalTime& to_utc) {
    ForeignRuns out;
    auto rejected = each_run(files, to_utc, [&out](ForeignRun run) -> Result<void> {
        out.runs.push_back(std::move(run));
        return {};
    });
    GRAMME_ASSERT(rejected);
    out.rejected = *std::move(rejected);
    return out;
}

void CountedTogether::add(const RunRecord& run) {
    constexpr std::int64_t kClockNs = 2'000'000'000;
    if (run.scope != Scope::kMachine || run.host.cpu_model.empty() || !run.part_of.empty()) {
        return;
    }
    const auto ended_ns = run.started_wall_ns + static_cast<std::int64_t>(run.duration_s * kNsPerSecond);
    Last& last = machines_[{run.project, run.host.cpu_model, run.host.cpu_count, run.host.memory_bytes}];
    const bool overlaps = run.started_wall_ns + kClockNs < last.ended_ns;
    count_ += overlaps ? (last.is_counted ? 1U : 2U) : 0U;
    last.is_counted = overlaps;
    last.ended_ns = std::max(last.ended_ns, ended_ns);
}

}  // namespace gramme::foreign
