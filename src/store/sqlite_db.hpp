// SQLite as this project uses it: a connection and statements that own themselves, errors as values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/patience.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gramme::store {

struct CloseDatabase {
    void operator()(sqlite3* db) const noexcept;
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const noexcept;
};

class Database;

/// A prepared statement. Binding keeps its own copy of no text: what is bound must live until step().
class Statement {
public:
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view text);
    Statement& bind_null(int index);
    Statement& bind(int index, const std::optional<double>& value);
    Statement& bind(int index, const std::optional<int>& value);

    /// true: a row is there; false: done. Afterwards a done statement can be bound and run again.
    Result<bool> step();
    /// Runs it to its end and makes it ready for the next use.
    Result<void> run();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::optional<double> optional_real(int column) const;

private:
    friend class Database;
    Statement(const Database& database, sqlite3_stmt* statement) : database_(&database), handle_(statement) {}
    const Database* database_;
    std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle_;
    bool bound_ = true;  ///< every bind worked
};

/// One thread. Every error names the file; its code: kMalformed (damaged, or no database), kPermission (not
/// writable), kUnavailable (others kept it locked for longer than our patience, or the work was cancelled),
/// kIo.
class Database {
public:
    /// Opens for reading and writing, creates the file (mode 0600) if it is missing.
    static Result<Database> open(const std::string& path, const Patience& patience = {});

    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
    /// Runs statements that give no rows.
    Result<void> execute(const char* sql) const;
    /// The same, again and again while others hold a lock that SQLite itself does not wait for.
    Result<void> execute_patiently(const char* sql) const;
    /// The first column of the first row; 0 if there is none.
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql) const;
    /// Writes the log back into the database and empties it, if nobody else is using it just now.
    void checkpoint() const noexcept;
    [[nodiscard]] std::int64_t last_row_id() const;
    /// Rows that the newest INSERT or DELETE changed.
    [[nodiscard]] std::int64_t changes() const;
    /// The Error of the connection's newest failure.
    [[nodiscard]] Error last_error() const;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    /// What SQLite's busy and progress handlers are given: it must stay where it is while the database is
    /// moved.
    struct Busy {
        Patience patience;
        std::vector<std::string> files;
        std::optional<Wait> wait;
    };
    static int on_busy(void* busy, int turns) noexcept;
    static int on_progress(void* busy) noexcept;

    Database(std::string path, sqlite3* handle, const Patience& patience);
    std::string path_;
    std::unique_ptr<Busy> busy_;
    std::unique_ptr<sqlite3, CloseDatabase> handle_;
};

/// Rolls back unless commit() worked.
class Transaction {
public:
    /// `begin`: "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE".
    static Result<Transaction> begin(const Database& database, const char* begin);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    Result<void> commit();

private:
    explicit Transaction(const Database& database) : database_(&database) {}
    const Database* database_;
};

}  // namespace gramme::store
