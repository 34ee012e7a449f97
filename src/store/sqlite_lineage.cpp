#include "store/sqlite_lineage.hpp"

#include <utility>

#include "present/present.hpp"

namespace gramme::store {

Result<std::vector<RunSummary>> select_related(const Database& database) {
    GRAMME_TRY(
        Statement rows,
        database.prepare(
            "WITH kin(id) AS (SELECT r.id FROM summaries s JOIN runs r ON r.run = s.run WHERE s.lineage_of "
            "IS NOT NULL UNION SELECT s.lineage_of FROM summaries s WHERE s.lineage_of IS NOT NULL) "
            "SELECT r.record, s.energy_kwh, s.operational_kgco2e, s.low_kgco2e, s.high_kgco2e, s.has_gaps, "
            "coalesce(s.quality, '') FROM summaries s JOIN runs r ON r.run = s.run WHERE EXISTS (SELECT 1 "
            "FROM kin) AND (r.id IN (SELECT id FROM kin) OR s.part_of IN (SELECT id FROM kin)) "
            "ORDER BY s.started_wall_ns, r.id"));
    std::vector<RunSummary> out;
    for (;;) {
        GRAMME_TRY(const bool row, rows.step());
        if (!row) {
            return out;
        }
        auto run = present::run_from_json(rows.text(0));
        if (!run) {
            return Error{Code::kMalformed, database.path() + ": " + run.error().what, run.error().hint};
        }
        RunSummary one;
        one.run = *std::move(run);
        one.energy_kwh = rows.optional_real(1);
        one.operational_kgco2e = rows.optional_real(2);
        one.low_kgco2e = rows.optional_real(3);
        one.high_kgco2e = rows.optional_real(4);
        one.has_gaps = rows.integer(5) != 0;
        one.quality = rows.text(6);
        out.push_back(std::move(one));
    }
}

Result<std::size_t> count_descendants(const Database& database, std::string_view id) {
    GRAMME_TRY(Statement count, database.prepare("SELECT count(*) FROM summaries WHERE lineage_of = ?1"));
    count.bind(1, id);
    GRAMME_CHECK(count.step());
    return static_cast<std::size_t>(count.integer(0));
}

Result<RunRecord> without_circle(const Database& database, const RunRecord& run) {
    if (!run.lineage) {
        return run;
    }
    // UNION, not UNION ALL: it ends although what is there should hold a circle already.
    GRAMME_TRY(Statement up,
               database.prepare(
                   "WITH RECURSIVE up(id) AS (SELECT ?1 UNION SELECT s.lineage_of FROM up JOIN runs r ON "
                   "r.id = up.id JOIN summaries s ON s.run = r.run WHERE s.lineage_of IS NOT NULL) "
                   "SELECT EXISTS (SELECT 1 FROM up WHERE id = ?2)"));
    up.bind(1, std::string_view{run.lineage->id}).bind(2, std::string_view{run.id});
    GRAMME_CHECK(up.step());
    RunRecord out = run;
    if (up.integer(0) != 0) {
        out.warnings.push_back("what it was said to come from, run " + run.lineage->id +
                               ", comes from this run: that is a circle, and was left out");
        out.lineage.reset();
    }
    return out;
}

}  // namespace gramme::store
