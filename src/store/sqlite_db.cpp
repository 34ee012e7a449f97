#include "store/sqlite_db.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"

namespace gramme::store {
namespace {

Error to_error(const std::string& path, int extended, const std::string& words) {
    const std::string what = path + ": " + words;
    switch (extended & 0xFF) {  // the primary code
        case SQLITE_NOTADB:
            return {Code::kMalformed, what,
                    "the file is left as it is; move it away or give another --store"};
        case SQLITE_CORRUPT:
            return {Code::kMalformed, what,
                    "the file is left as it is; `sqlite3 FILE .recover` may save its rows"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {Code::kPermission, what,
                    "make the file and its folder writable, or give another --store"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:  // the log could not be taken over: somebody has held its locks for seconds
            return {Code::kUnavailable, what, "another process kept the store locked; try again"};
        case SQLITE_INTERRUPT: return {Code::kUnavailable, what, "it was to end; nothing was changed"};
        case SQLITE_FULL: return {Code::kIo, what, "free some space on the disk"};
        case SQLITE_CANTOPEN: return {Code::kIo, what, "is the folder there, and may this user write in it?"};
        default: return {Code::kIo, what, ""};
    }
}

/// SQLite would make the file readable by everybody. Only a file that is not there yet is opened here:
/// closing a descriptor of an open database would drop the locks of this process (POSIX).
Result<void> create_private(const std::string& path) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (fd || errno == EEXIST) {
        return {};
    }
    const int error = errno;
    Error out = host::errno_error("cannot create the store " + path, error);
    if (error == EROFS) {
        out.code = Code::kPermission;
    }
    out.hint = "give another place with --store FILE or GRAMME_STORE";
    return out;
}

}  // namespace

void CloseDatabase::operator()(sqlite3* db) const noexcept {
    sqlite3_close_v2(db);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
    bound_ = sqlite3_bind_int64(handle_.get(), index, value) == SQLITE_OK && bound_;
    return *this;
}

Statement& Statement::bind(int index, double value) {
    bound_ = sqlite3_bind_double(handle_.get(), index, value) == SQLITE_OK && bound_;
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";  // a null pointer would bind NULL
    bound_ = sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) ==
                 SQLITE_OK &&
             bound_;
    return *this;
}

Statement& Statement::bind_null(int index) {
    bound_ = sqlite3_bind_null(handle_.get(), index) == SQLITE_OK && bound_;
    return *this;
}

Statement& Statement::bind(int index, const std::optional<double>& value) {
    return value ? bind(index, *value) : bind_null(index);
}

Statement& Statement::bind(int index, const std::optional<int>& value) {
    return value ? bind(index, std::int64_t{*value}) : bind_null(index);
}

Result<bool> Statement::step() {
    if (!bound_) {
        return Error{Code::kBug, database_->path() + ": a value could not be bound", ""};
    }
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        sqlite3_reset(handle_.get());
        return false;
    }
    Error error = database_->last_error();
    sqlite3_reset(handle_.get());
    return error;
}

Result<void> Statement::run() {
    for (;;) {
        GRAMME_TRY(const bool row, step());
        if (!row) {
            return {};
        }
    }
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    return data != nullptr
               ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)))
               : std::string{};
}

std::optional<double> Statement::optional_real(int column) const {
    if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL) {
        return std::nullopt;
    }
    return real(column);
}

Database::Database(std::string path, sqlite3* handle, const Patience& patience)
    : path_(std::move(path)),
      busy_(std::make_unique<Busy>(Busy{patience, {path_, path_ + "-wal", path_ + "-journal"}, {}})),
      handle_(handle) {}

int Database::on_busy(void* busy, int turns) noexcept {
    auto& self = *static_cast<Busy*>(busy);
    if (turns == 0 || !self.wait) {
        self.wait.emplace(self.patience, self.files);
    }
    return self.wait->go_on() ? 1 : 0;
}

int Database::on_progress(void* busy) noexcept {
    return static_cast<Busy*>(busy)->patience.is_cancelled() ? 1 : 0;
}

Result<Database> Database::open(const std::string& path, const Patience& patience) {
    constexpr int kStrictTables = 3'037'000;  // packages ask for 3.14 only
    if (sqlite3_libversion_number() < kStrictTables) {
        return Error{Code::kUnsupported, std::string{"SQLite "} + sqlite3_libversion() + " is too old",
                     "gramme needs SQLite 3.37 or newer"};
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        GRAMME_CHECK(create_private(path));
    } else if (S_ISDIR(status.st_mode)) {
        return Error{Code::kIo, path + " is a folder", "give a file, for instance " + path + "/runs.db"};
    }
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &raw,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database{path, raw, patience};
    if (raw == nullptr) {
        return Error{Code::kIo, path + ": out of memory", ""};
    }
    if (code != SQLITE_OK) {
        return database.last_error();
    }
    sqlite3_busy_handler(raw, &Database::on_busy, database.busy_.get());
    if (patience.is_cancelled) {
        constexpr int kSteps = 10'000;  // of SQLite's machine: some tenths of a millisecond
        sqlite3_progress_handler(raw, kSteps, &Database::on_progress, database.busy_.get());
    }
    // The last one to leave would write the log back and wait for the disk, after every run; SqliteStore does
    // it when the log has become long.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    return database;
}

Error Database::last_error() const {
    return to_error(path_, sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get()));
}

Result<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
        SQLITE_OK) {
        return last_error();
    }
    return Statement{*this, raw};
}

Result<void> Database::execute(const char* sql) const {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return last_error();
    }
    return {};
}

Result<void> Database::execute_patiently(const char* sql) const {
    Wait wait{busy_->patience, busy_->files};
    for (;;) {
        auto done = execute(sql);
        if (done || done.error().code != Code::kUnavailable || !wait.go_on()) {
            return done;
        }
    }
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
    GRAMME_TRY(Statement statement, prepare(sql));
    GRAMME_TRY(const bool row, statement.step());
    return row ? statement.integer(0) : std::int64_t{0};
}

void Database::checkpoint() const noexcept {
    sqlite3_busy_handler(handle_.get(), nullptr, nullptr);
    sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_handler(handle_.get(), &Database::on_busy, busy_.get());
}

std::int64_t Database::last_row_id() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_.get());
}

Result<Transaction> Transaction::begin(const Database& database, const char* begin) {
    GRAMME_CHECK(database.execute_patiently(begin));
    return Transaction{database};
}

Transaction::~Transaction() {
    if (database_ != nullptr) {
        (void)database_->execute("ROLLBACK");
    }
}

Result<void> Transaction::commit() {
    GRAMME_CHECK(database_->execute_patiently("COMMIT"));
    database_ = nullptr;
    return {};
}

}  // namespace gramme::store
