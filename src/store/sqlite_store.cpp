#include "store/sqlite_store.hpp"

#include <sys/statfs.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "present/present.hpp"
#include "store/data_dir.hpp"
#include "store/run_id.hpp"
#include "store/sqlite_lineage.hpp"
#include "store/sqlite_list.hpp"
#include "store/sqlite_rows.hpp"
#include "store/sqlite_schema.hpp"

namespace gramme::store {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

struct FoundRun {
    std::int64_t run = 0;
    RunRecord record;
};

class SqliteStore final : public Store {
public:
    explicit SqliteStore(Database database) : database_(std::move(database)) {}
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;
    /// Every process reads the whole log when it opens the store, so it must not grow for ever. SQLite itself
    /// would not empty it: a log that nobody keeps open is only ever appended to.
    ~SqliteStore() override {
        constexpr std::uintmax_t kLongLog = std::uintmax_t{1} << 20U;  // read in half a millisecond
        std::error_code error;
        const std::uintmax_t bytes = std::filesystem::file_size(database_.path() + "-wal", error);
        if (!error && bytes > kLongLog) {
            database_.checkpoint();
        }
    }

    Result<void> add(const RunRecord& given, const Ledger& ledger, const Footprint& footprint,
                     std::string_view footprint_json, std::int64_t computed_wall_ns) override {
        // IMMEDIATE: a transaction that first reads and then writes cannot wait for others, it fails at once.
        GRAMME_TRY(Transaction transaction, Transaction::begin(database_, "BEGIN IMMEDIATE"));
        GRAMME_TRY(const RunRecord run, without_circle(database_, given));
        GRAMME_TRY(const std::int64_t key, insert_run(run));
        if (key == 0) {
            return {};  // it is there already, whole: its transaction was
        }
        GRAMME_CHECK(insert_tags(key, run));
        GRAMME_CHECK(insert_ledger(database_, key, ledger));
        if (!footprint_json.empty() || footprint.energy_kwh) {
            GRAMME_CHECK(insert_footprint(key, footprint, footprint_json, computed_wall_ns));
        }
        GRAMME_CHECK(insert_summary(database_, key, run, !ledger.gaps.empty(), footprint));
        return transaction.commit();
    }

    Result<void> add_footprint(std::string_view id, const Footprint& footprint,
                               std::string_view footprint_json, std::int64_t computed_wall_ns) override {
        GRAMME_TRY(Transaction transaction, Transaction::begin(database_, "BEGIN IMMEDIATE"));
        GRAMME_TRY(const FoundRun found, find(id));
        GRAMME_CHECK(insert_footprint(found.run, footprint, footprint_json, computed_wall_ns));
        GRAMME_CHECK(update_summary(database_, found.run, footprint));
        return transaction.commit();
    }

    Result<RunPage> page(const RunQuery& query) override { return select_page(database_, query); }
    Result<RunTotals> totals(const RunQuery& query) override { return select_totals(database_, query); }
    Result<std::size_t> count() override {
        GRAMME_TRY(const std::int64_t runs, database_.integer("SELECT count(*) FROM summaries"));
        return static_cast<std::size_t>(runs);
    }

    Result<std::vector<RunSummary>> related() override { return select_related(database_); }
    Result<std::size_t> descendants(std::string_view id) override { return count_descendants(database_, id); }

    Result<std::vector<RunSummary>> list(const RunFilter& filter) override {
        RunQuery query;
        query.project = filter.project;
        query.text = filter.text;
        query.since_wall_ns = filter.since_wall_ns;
        query.limit = filter.limit;
        GRAMME_TRY(RunPage page, select_page(database_, query));
        return std::move(page.rows);
    }

    Result<std::vector<std::string>> ids(std::string_view beginning, std::size_t most) override {
        const std::string last = std::string{beginning} + '\x7F';  // ids are letters, digits, dashes: below
        GRAMME_TRY(Statement rows, database_.prepare("SELECT id FROM runs WHERE id = ?1 OR (?3 AND id > ?1 "
                                                     "AND id < ?2) ORDER BY id LIMIT ?4"));
        rows.bind(1, beginning).bind(2, std::string_view{last});
        rows.bind(3, std::int64_t{beginning.size() >= kShortestBeginning});
        rows.bind(4, static_cast<std::int64_t>(most));
        std::vector<std::string> found;
        for (;;) {
            GRAMME_TRY(const bool row, rows.step());
            if (!row) {
                return found;
            }
            found.push_back(rows.text(0));
        }
    }

    Result<StoredRun> show(std::string_view id) override {
        GRAMME_TRY(FoundRun found, find(id));
        StoredRun out;
        out.run = std::move(found.record);
        GRAMME_TRY(out.ledger, select_ledger(database_, found.run));
        GRAMME_TRY(
            Statement newest,
            database_.prepare("SELECT result, computed_wall_ns, (SELECT count(*) FROM footprints n WHERE "
                              "n.run = ?1) FROM footprints WHERE run = ?1 ORDER BY revision DESC LIMIT 1"));
        newest.bind(1, found.run);
        GRAMME_TRY(const bool has_footprint, newest.step());
        if (has_footprint) {
            out.footprint_json = newest.text(0);
            out.computed_wall_ns = newest.integer(1);
            out.footprints = newest.integer(2);
        }
        if (out.footprints > 1) {
            GRAMME_TRY(out.earlier, select_earlier(database_, found.run));
        }
        return out;
    }

    Result<void> remove(std::string_view id) override {
        GRAMME_TRY(Transaction transaction, Transaction::begin(database_, "BEGIN IMMEDIATE"));
        GRAMME_TRY(const FoundRun found, find(id));
        {
            GRAMME_TRY(Statement erase, database_.prepare("DELETE FROM runs WHERE run = ?"));
            erase.bind(1, found.run);
            GRAMME_CHECK(erase.run());
        }
        return transaction.commit();
    }

    Result<void> rename(std::string_view id, std::string_view name) override {
        GRAMME_TRY(Transaction transaction, Transaction::begin(database_, "BEGIN IMMEDIATE"));
        GRAMME_TRY(FoundRun found, find(id));
        found.record.name = name;
        const std::string record = present::run_to_json(found.record);
        {
            GRAMME_TRY(Statement update,
                       database_.prepare("UPDATE runs SET name = ?2, record = ?3 WHERE run = ?1"));
            update.bind(1, found.run).bind(2, name).bind(3, std::string_view{record});
            GRAMME_CHECK(update.run());
        }
        return transaction.commit();
    }

    [[nodiscard]] std::string url() const override { return "sqlite:" + database_.path(); }

private:
    [[nodiscard]] Result<RunRecord> to_run(const std::string& json) const {
        auto run = present::run_from_json(json);
        if (!run) {
            return Error{Code::kMalformed, database_.path() + ": " + run.error().what, run.error().hint};
        }
        return run;
    }

    /// The key of the new row; 0 if the run is there already.
    Result<std::int64_t> insert_run(const RunRecord& run) {
        GRAMME_TRY(Statement insert,
                   database_.prepare("INSERT INTO runs (id, project, name, command, state, scope, "
                                     "started_wall_ns, duration_s, exit_status, record) "
                                     "VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING"));
        const std::string command = joined(run.command);
        const std::string record = present::run_to_json(run);
        insert.bind(1, std::string_view{run.id}).bind(2, std::string_view{run.project});
        insert.bind(3, std::string_view{run.name}).bind(4, std::string_view{command});
        insert.bind(5, name_of(run.state)).bind(6, name_of(run.scope)).bind(7, run.started_wall_ns);
        insert.bind(8, run.duration_s).bind(9, run.exit_status).bind(10, std::string_view{record});
        GRAMME_CHECK(insert.run());
        return database_.changes() == 0 ? std::int64_t{0} : database_.last_row_id();
    }

    Result<void> insert_tags(std::int64_t key, const RunRecord& run) {
        if (run.tags.empty()) {
            return {};
        }
        GRAMME_TRY(Statement insert, database_.prepare("INSERT OR REPLACE INTO tags VALUES (?,?,?)"));
        for (const auto& [name, value] : run.tags) {
            insert.bind(1, key).bind(2, std::string_view{name}).bind(3, std::string_view{value});
            GRAMME_CHECK(insert.run());
        }
        return {};
    }

    Result<void> insert_footprint(std::int64_t key, const Footprint& footprint, std::string_view json,
                                  std::int64_t computed_wall_ns) {
        GRAMME_TRY(Statement insert,
                   database_.prepare("INSERT INTO footprints (run, revision, computed_wall_ns, energy_kwh, "
                                     "operational_kgco2e, low_kgco2e, high_kgco2e, result) "
                                     "SELECT ?1, 1 + coalesce(max(revision), 0), ?2, ?3, ?4, ?5, ?6, ?7 "
                                     "FROM footprints WHERE run = ?1"));
        insert.bind(1, key).bind(2, computed_wall_ns);
        bind_figures(insert, 3, footprint);
        insert.bind(7, json);
        return insert.run();
    }

    Result<FoundRun> find(std::string_view typed) {
        GRAMME_TRY(std::vector<std::string> fitting, ids(typed, kEnoughIds));
        GRAMME_TRY(const std::string id, meant_id(typed, std::move(fitting), database_.path()));
        GRAMME_TRY(Statement row, database_.prepare("SELECT run, record FROM runs WHERE id = ?"));
        row.bind(1, std::string_view{id});
        GRAMME_TRY(const bool there, row.step());
        if (!there) {  // another process has deleted it since
            return meant_id(id, {}, database_.path()).error();
        }
        FoundRun found;
        found.run = row.integer(0);
        GRAMME_TRY(found.record, to_run(row.text(1)));
        return found;
    }

    Database database_;
};

/// A write-ahead log where it works. Called for a file without schema; what belongs to another program is
/// left alone.
Result<void> choose_journal_mode(const Database& database, bool network) {
    GRAMME_TRY(const std::int64_t version, database.integer("PRAGMA user_version"));
    if (network) {
        return version == 0 ? Result<void>{} : database.execute_patiently("PRAGMA journal_mode = DELETE");
    }
    if (version != 0) {
        return {};  // the mode is kept in the file
    }
    GRAMME_TRY(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
    return tables > 0 ? Result<void>{} : database.execute_patiently("PRAGMA journal_mode = WAL");
}

}  // namespace

bool is_network_file_system(std::uint32_t magic) {
    constexpr std::array<std::uint32_t, 11> kMagics{
        0x6969,      // NFS
        0xFF534D42,  // CIFS
        0xFE534D42,  // SMB 2
        0x517B,      // SMB
        0x0BD00BD0,  // Lustre
        0x65735546,  // FUSE: sshfs, GlusterFS and others; local ones lose little
        0x01021997,  // 9p
        0x00C36400,  // Ceph
        0x5346414F,  // AFS
        0x47504653,  // GPFS
        0x19830326,  // BeeGFS
    };
    for (const std::uint32_t one : kMagics) {
        if (one == magic) {
            return true;
        }
    }
    return false;
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const Patience& patience) {
    if (path.empty()) {
        return Error{Code::kUsage, "the store has no file name", "give --store FILE"};
    }
    // SQLite gives names such as ":memory:" a meaning of their own; with a folder in front they have none.
    const std::string file = path.front() == '/' ? path : "./" + path;
    const std::filesystem::path folder = std::filesystem::path{file}.parent_path();
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        GRAMME_CHECK(make_private_folder(folder.string()));
    }
    GRAMME_TRY(Database database, Database::open(file, patience));
    struct statfs system {};
    const bool network = ::statfs(folder.c_str(), &system) == 0 &&
                         is_network_file_system(static_cast<std::uint32_t>(system.f_type));
    GRAMME_CHECK(choose_journal_mode(database, network));
    GRAMME_CHECK(migrate(database, migrations()));
    // NORMAL: a committed run survives the death of any process; a power cut may take the newest runs, never
    // the file.
    GRAMME_CHECK(database.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"));
    return std::unique_ptr<Store>{std::make_unique<SqliteStore>(std::move(database))};
}

Result<std::unique_ptr<Store>> Store::open(std::string_view url, const Patience& patience) {
    constexpr std::string_view kScheme = "sqlite:";
    if (url.starts_with(kScheme)) {
        url.remove_prefix(kScheme.size());
        if (url.starts_with("//")) {
            url.remove_prefix(2);
        }
        return open_sqlite(std::string{url}, patience);
    }
    if (url.find("://") != std::string_view::npos || url.starts_with("postgresql:")) {
        return Error{Code::kUnsupported,
                     "no store for " + std::string{url.substr(0, url.find(':') + 1)} + " in this gramme",
                     "give a file: --store runs.db or --store sqlite:runs.db"};
    }
    return open_sqlite(std::string{url}, patience);
}

}  // namespace gramme::store
