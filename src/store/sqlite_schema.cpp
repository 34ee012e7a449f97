#include "store/sqlite_schema.hpp"

#include <array>
#include <string>

namespace gramme::store {
namespace {

// docs/adr/0004-sqlite-store.md explains the tables. `run` is the key that other tables use (16 times shorter
// than an id); `position` keeps the order of the ledger. `footprints` only grows, the highest revision is
// current; its columns hold what lists show, NULL means unknown.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    state TEXT NOT NULL,
    scope TEXT NOT NULL,
    started_wall_ns INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    exit_status INTEGER,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_start ON runs (started_wall_ns DESC, id DESC);
CREATE TABLE tags (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE devices (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    method TEXT NOT NULL,
    quality TEXT NOT NULL,
    gain_sigma REAL NOT NULL,
    gain_source TEXT NOT NULL,
    gain_group TEXT NOT NULL,
    membership TEXT NOT NULL,
    membership_reason TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE windows (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    device INTEGER NOT NULL,
    quality TEXT NOT NULL,
    from_ns INTEGER NOT NULL,
    to_ns INTEGER NOT NULL,
    energy_j REAL NOT NULL,
    job_j REAL NOT NULL,
    unassigned_j REAL NOT NULL,
    job_cpu_s REAL NOT NULL,
    busy_cpu_s REAL NOT NULL,
    readings INTEGER NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE gaps (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    device INTEGER NOT NULL,
    from_ns INTEGER NOT NULL,
    to_ns INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE markers (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    name TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE footprints (
    run INTEGER NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    computed_wall_ns INTEGER NOT NULL,
    energy_kwh REAL,
    operational_kgco2e REAL,
    low_kgco2e REAL,
    high_kgco2e REAL,
    result TEXT NOT NULL,
    factors TEXT GENERATED ALWAYS AS (json_extract(result, '$.factors')) VIRTUAL,
    PRIMARY KEY (run, revision)
) STRICT, WITHOUT ROWID;
)sql";

// How busy each device was (model/use.hpp). Windows of an older gramme know nothing of it: all 0 says so.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE windows ADD COLUMN use_known_s REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN use_busy_s REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN use_known_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_start_up_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_evaluation_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_loading_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_quiet_j REAL NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN idle_unclear_j REAL NOT NULL DEFAULT 0;
)sql";

// What lists and sums ask of every run, in a narrow table of its own: a hundred thousand runs are read in
// milliseconds, without their records and ledgers. The figures are those of the newest footprint.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE summaries (
    run INTEGER PRIMARY KEY REFERENCES runs (run) ON DELETE CASCADE,
    project TEXT NOT NULL,
    started_wall_ns INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    part_of TEXT,
    has_gaps INTEGER NOT NULL,
    energy_kwh REAL,
    operational_kgco2e REAL,
    low_kgco2e REAL,
    high_kgco2e REAL,
    quality TEXT
) STRICT;
INSERT INTO summaries
SELECT r.run, r.project, r.started_wall_ns, r.duration_s,
       CASE WHEN json_valid(r.record) THEN nullif(json_extract(r.record, '$.part_of'), '') END,
       EXISTS (SELECT 1 FROM gaps g WHERE g.run = r.run),
       f.energy_kwh, f.operational_kgco2e, f.low_kgco2e, f.high_kgco2e,
       CASE WHEN json_valid(f.result) THEN json_extract(f.result, '$.quality') END
FROM runs r LEFT JOIN footprints f
ON f.run = r.run AND f.revision = (SELECT max(n.revision) FROM footprints n WHERE n.run = r.run);
)sql";

// What a run comes from (`gramme runs tree`). An older gramme knew nothing of it. Few runs have one: the
// index holds only those.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE summaries ADD COLUMN lineage TEXT;
ALTER TABLE summaries ADD COLUMN lineage_of TEXT;
CREATE INDEX summaries_by_lineage ON summaries (lineage_of) WHERE lineage_of IS NOT NULL;
)sql";

constexpr std::array kMigrations{Migration{1, kVersion1}, Migration{2, kVersion2}, Migration{3, kVersion3},
                                 Migration{4, kVersion4}};

Error newer(const Database& database, std::int64_t found, std::int64_t known) {
    return {Code::kUnsupported,
            database.path() + " has schema " + std::to_string(found) + ", this gramme knows up to " +
                std::to_string(known),
            "use a newer gramme, or give another file with --store"};
}

Error foreign(const Database& database) {
    return {Code::kMalformed, database.path() + " is a database of another program",
            "it is left as it is; give another file with --store"};
}

}  // namespace

std::span<const Migration> migrations() {
    return kMigrations;
}

Result<void> migrate(const Database& database, std::span<const Migration> steps) {
    const std::int64_t known = steps.empty() ? 0 : steps.back().to;
    GRAMME_TRY(const std::int64_t before, database.integer("PRAGMA user_version"));
    if (before != 0) {
        GRAMME_TRY(const std::int64_t application, database.integer("PRAGMA application_id"));
        if (application != kApplicationId) {
            return foreign(database);
        }
    }
    if (before == known) {
        return {};
    }
    if (before > known) {
        return newer(database, before, known);
    }
    // Others may be at it too: whoever gets the lock second finds the work done.
    GRAMME_TRY(Transaction transaction, Transaction::begin(database, "BEGIN EXCLUSIVE"));
    GRAMME_TRY(const std::int64_t found, database.integer("PRAGMA user_version"));
    if (found > known) {
        return newer(database, found, known);
    }
    if (found == 0) {
        GRAMME_TRY(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
        if (tables > 0) {
            return foreign(database);
        }
        GRAMME_CHECK(database.execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str()));
    }
    for (const Migration& step : steps) {
        if (step.to > found) {
            GRAMME_CHECK(database.execute(step.sql));
            GRAMME_CHECK(database.execute(("PRAGMA user_version = " + std::to_string(step.to)).c_str()));
        }
    }
    return transaction.commit();
}

}  // namespace gramme::store
