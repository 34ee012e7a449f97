#include "store/sqlite_list.hpp"

#include <algorithm>
#include <map>

#include "present/present.hpp"

namespace gramme::store {
namespace {

/// Text for LIKE ... ESCAPE '\' that finds `text` itself anywhere.
std::string like_pattern(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern + '%';
}

/// What filters: the clauses, and whether they need the wide table of runs beside the narrow one. Every
/// clause names its parameter, so that they can be left out one by one.
struct Clauses {
    std::string where = " WHERE 1";
    bool needs_runs = false;
};

Clauses clauses_of(const RunQuery& query) {
    Clauses out;
    if (!query.project.empty()) {
        out.where += " AND s.project = ?1";
    }
    if (query.since_wall_ns) {
        out.where += " AND s.started_wall_ns >= ?2";
    }
    if (query.until_wall_ns) {
        out.where += " AND s.started_wall_ns < ?3";
    }
    if (!query.text.empty()) {
        out.needs_runs = true;
        out.where +=
            " AND (r.id LIKE ?4 ESCAPE '\\' OR r.project LIKE ?4 ESCAPE '\\' OR r.name LIKE ?4 ESCAPE '\\' "
            "OR "
            "r.command LIKE ?4 ESCAPE '\\' OR EXISTS (SELECT 1 FROM tags t WHERE t.run = s.run "
            "AND t.key || '=' || t.value LIKE ?4 ESCAPE '\\'))";
    }
    if (!query.part_of.empty()) {
        out.where += " AND s.part_of = ?8";
    }
    if (!query.tag.empty()) {
        out.where +=
            query.tag.find('=') == std::string::npos
                ? " AND EXISTS (SELECT 1 FROM tags t WHERE t.run = s.run AND t.key = ?5)"
                : " AND EXISTS (SELECT 1 FROM tags t WHERE t.run = s.run AND t.key || '=' || t.value = ?5)";
    }
    return out;
}

void bind_clauses(Statement& statement, const RunQuery& query, const std::string& pattern) {
    if (!query.project.empty()) {
        statement.bind(1, std::string_view{query.project});
    }
    if (query.since_wall_ns) {
        statement.bind(2, *query.since_wall_ns);
    }
    if (query.until_wall_ns) {
        statement.bind(3, *query.until_wall_ns);
    }
    if (!query.text.empty()) {
        statement.bind(4, std::string_view{pattern});
    }
    if (!query.tag.empty()) {
        statement.bind(5, std::string_view{query.tag});
    }
    if (!query.part_of.empty()) {
        statement.bind(8, std::string_view{query.part_of});
    }
}

/// Names as group_concat joined them with the unit separator, which no name of a device holds.
std::vector<std::string> split_names(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\x1F', from), text.size());
        out.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

constexpr const char* kJoinRuns = " JOIN runs r ON r.run = s.run";

/// The order, and the run's start and key behind it: a page is the same however often it is asked for.
std::string order_of(const RunQuery& query) {
    const char* const way = query.descending ? " DESC" : "";
    const auto figure = [&](const char* column) {
        return std::string{column} + " IS NULL, " + column + way + ", s.started_wall_ns DESC, s.run DESC";
    };
    switch (query.sort) {
        case RunQuery::Sort::kStarted:  // an index has this order: a page is read without sorting
            return std::string{"r.started_wall_ns"} + way + ", r.id" + way;
        case RunQuery::Sort::kDuration: return figure("s.duration_s");
        case RunQuery::Sort::kEnergy: return figure("s.energy_kwh");
        case RunQuery::Sort::kCarbon: return figure("s.operational_kgco2e");
        case RunQuery::Sort::kName:
            return std::string{"r.name COLLATE NOCASE"} + way + ", s.started_wall_ns DESC, s.run DESC";
        case RunQuery::Sort::kProject:
            return std::string{"s.project COLLATE NOCASE"} + way + ", s.started_wall_ns DESC, s.run DESC";
    }
    return "s.run";
}

std::optional<Estimate> estimate_of(const Statement& row, int first) {
    const auto value = row.optional_real(first);
    const auto low = row.optional_real(first + 1);
    const auto high = row.optional_real(first + 2);
    return value && low && high ? std::optional{Estimate{*value, *low, *high}} : std::nullopt;
}

void add_known(std::optional<double>& sum, const std::optional<double>& more) {
    if (more) {
        sum = sum.value_or(0.0) + *more;
    }
}

void add_to(RunSum& sum, const RunSum& more) {
    sum.runs += more.runs;
    sum.duration_s += more.duration_s;
    add_known(sum.energy_kwh, more.energy_kwh);
    if (more.operational_kgco2e) {
        const Estimate before = sum.operational_kgco2e.value_or(Estimate{0.0, 0.0, 0.0});
        const Estimate& one = *more.operational_kgco2e;
        sum.operational_kgco2e =
            Estimate{before.value + one.value, before.low + one.low, before.high + one.high};
    }
    sum.with_gaps += more.with_gaps;
    sum.not_known += more.not_known;
}

double carbon_of(const RunSum& sum) {
    return sum.operational_kgco2e ? sum.operational_kgco2e->value : -1.0;
}

/// Unknown stays NULL.
void bind_value(Statement& statement, int index, const std::optional<Estimate>& estimate,
                double Estimate::*part) {
    statement.bind(index, estimate ? std::optional{*estimate.*part} : std::nullopt);
}

void bind_quality(Statement& statement, int index, const Footprint& footprint) {
    if (footprint.energy_kwh) {
        statement.bind(index, name_of(footprint.quality));
    } else {
        statement.bind_null(index);
    }
}

}  // namespace

void bind_figures(Statement& statement, int first, const Footprint& footprint) {
    bind_value(statement, first, footprint.energy_kwh, &Estimate::value);
    bind_value(statement, first + 1, footprint.operational_kgco2e, &Estimate::value);
    bind_value(statement, first + 2, footprint.operational_kgco2e, &Estimate::low);
    bind_value(statement, first + 3, footprint.operational_kgco2e, &Estimate::high);
}

Result<void> insert_summary(const Database& database, std::int64_t key, const RunRecord& run, bool has_gaps,
                            const Footprint& footprint) {
    GRAMME_TRY(Statement insert,
               database.prepare("INSERT INTO summaries VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    insert.bind(1, key).bind(2, std::string_view{run.project}).bind(3, run.started_wall_ns);
    insert.bind(4, run.duration_s).bind(6, std::int64_t{has_gaps ? 1 : 0});
    if (run.part_of.empty()) {
        insert.bind_null(5);
    } else {
        insert.bind(5, std::string_view{run.part_of});
    }
    bind_figures(insert, 7, footprint);
    bind_quality(insert, 11, footprint);
    if (run.lineage) {
        insert.bind(12, name_of(run.lineage->kind)).bind(13, std::string_view{run.lineage->id});
    } else {
        insert.bind_null(12).bind_null(13);
    }
    return insert.run();
}

Result<void> update_summary(const Database& database, std::int64_t key, const Footprint& newest) {
    GRAMME_TRY(
        Statement update,
        database.prepare("UPDATE summaries SET energy_kwh = ?2, operational_kgco2e = ?3, low_kgco2e = ?4, "
                         "high_kgco2e = ?5, quality = ?6 WHERE run = ?1"));
    update.bind(1, key);
    bind_figures(update, 2, newest);
    bind_quality(update, 6, newest);
    return update.run();
}

Result<RunPage> select_page(const Database& database, const RunQuery& query) {
    const Clauses clauses = clauses_of(query);
    const std::string pattern = like_pattern(query.text);
    RunPage page;
    {
        GRAMME_TRY(Statement count,
                   database.prepare("SELECT count(*) FROM summaries s" +
                                    std::string{clauses.needs_runs ? kJoinRuns : ""} + clauses.where));
        bind_clauses(count, query, pattern);
        GRAMME_CHECK(count.step());
        page.total = static_cast<std::size_t>(count.integer(0));
    }
    // The rows of the page are chosen first: records are long, and only those of the page are read.
    const bool by_runs = query.sort == RunQuery::Sort::kStarted || query.sort == RunQuery::Sort::kName;
    GRAMME_TRY(
        Statement rows,
        database.prepare("SELECT r.record, s.energy_kwh, s.operational_kgco2e, s.low_kgco2e, s.high_kgco2e, "
                         "s.has_gaps, coalesce(s.quality, ''), (SELECT group_concat(d.name, char(31)) FROM "
                         "devices d WHERE d.run = r.run AND d.kind = 'gpu' AND "
                         "(d.membership = 'in' OR r.scope = 'machine')) FROM "
                         "(SELECT s.run FROM summaries s" +
                         std::string{clauses.needs_runs || by_runs ? kJoinRuns : ""} + clauses.where +
                         " ORDER BY " + order_of(query) +
                         " LIMIT ?6 OFFSET ?7) p JOIN summaries s ON s.run = p.run JOIN runs r ON "
                         "r.run = p.run ORDER BY " +
                         order_of(query)));
    bind_clauses(rows, query, pattern);
    rows.bind(6, query.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(query.limit))
        .bind(7, static_cast<std::int64_t>(query.offset));
    for (;;) {
        GRAMME_TRY(const bool row, rows.step());
        if (!row) {
            return page;
        }
        RunSummary one;
        auto run = present::run_from_json(rows.text(0));
        if (!run) {
            return Error{Code::kMalformed, database.path() + ": " + run.error().what, run.error().hint};
        }
        one.run = *std::move(run);
        one.energy_kwh = rows.optional_real(1);
        one.operational_kgco2e = rows.optional_real(2);
        one.low_kgco2e = rows.optional_real(3);
        one.high_kgco2e = rows.optional_real(4);
        one.has_gaps = rows.integer(5) != 0;
        one.quality = rows.text(6);
        one.gpus = split_names(rows.text(7));
        page.rows.push_back(std::move(one));
    }
}

Result<std::vector<EarlierFootprint>> select_earlier(const Database& database, std::int64_t key) {
    GRAMME_TRY(Statement rows,
               database.prepare(
                   "SELECT computed_wall_ns, operational_kgco2e, low_kgco2e, high_kgco2e, "
                   "CASE WHEN json_valid(result) THEN coalesce(json_extract(result, '$.factors'), '') "
                   "ELSE '' END FROM footprints WHERE run = ?1 ORDER BY revision DESC LIMIT ?2 OFFSET 1"));
    rows.bind(1, key).bind(2, std::int64_t{kMostEarlier});
    std::vector<EarlierFootprint> out;
    for (;;) {
        GRAMME_TRY(const bool row, rows.step());
        if (!row) {
            return out;
        }
        out.push_back({rows.integer(0), estimate_of(rows, 1), rows.text(4)});
    }
}

Result<RunTotals> select_totals(const Database& database, const RunQuery& query) {
    const Clauses clauses = clauses_of(query);
    const std::string pattern = like_pattern(query.text);
    GRAMME_TRY(
        Statement rows,
        database.prepare("SELECT strftime('%Y-%m', s.started_wall_ns / 1000000000, 'unixepoch'), s.project, "
                         "count(*), sum(s.duration_s), sum(s.energy_kwh), sum(s.operational_kgco2e), "
                         "sum(s.low_kgco2e), sum(s.high_kgco2e), sum(s.has_gaps), "
                         "sum(s.operational_kgco2e IS NULL) FROM summaries s" +
                         std::string{clauses.needs_runs ? kJoinRuns : ""} + clauses.where +
                         " AND s.part_of IS NULL GROUP BY 1, 2 ORDER BY 1, 2"));
    bind_clauses(rows, query, pattern);
    RunTotals totals;
    std::map<std::string, RunSum, std::greater<>> months;
    std::map<std::string, RunSum> projects;
    for (;;) {
        GRAMME_TRY(const bool row, rows.step());
        if (!row) {
            break;
        }
        RunSum sum;
        sum.runs = static_cast<std::size_t>(rows.integer(2));
        sum.duration_s = rows.real(3);
        sum.energy_kwh = rows.optional_real(4);
        sum.operational_kgco2e = estimate_of(rows, 5);
        sum.with_gaps = static_cast<std::size_t>(rows.integer(8));
        sum.not_known = static_cast<std::size_t>(rows.integer(9));
        add_to(totals.all, sum);
        add_to(months[rows.text(0)], sum);
        add_to(projects[rows.text(1)], sum);
    }
    totals.months.assign(months.begin(), months.end());
    totals.projects.assign(projects.begin(), projects.end());
    std::stable_sort(totals.projects.begin(), totals.projects.end(),
                     [](const auto& a, const auto& b) { return carbon_of(a.second) > carbon_of(b.second); });
    return totals;
}

}  // namespace gramme::store
