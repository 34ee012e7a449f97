// The few functions of DuckDB's C interface that reading a file takes. The library is loaded when a table
// asks for it: gramme is built and runs without it. Source: DuckDB, C API reference,
// https://duckdb.org/docs/stable/clients/c/api (1.x), where each struct but the result is a pointer to
// nothing that is said.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"

namespace gramme::cli::duckdb {

struct Database;
struct Connection;
struct Config;
struct Statement;
struct Pending;
struct Chunk;
struct Vector;

/// duckdb_result: handed over by value, so its size counts; what is in it does not.
struct RawResult {
    std::uint64_t deprecated_counts[3];
    void* deprecated_columns;
    char* deprecated_error;
    void* internal;
};

/// duckdb_type: VARCHAR
inline constexpr int kVarchar = 17;

/// The functions, by their names there without duckdb_. A state of 0 is success.
struct Functions {
    const char* (*library_version)() = nullptr;
    int (*create_config)(Config**) = nullptr;
    int (*set_config)(Config*, const char* name, const char* value) = nullptr;
    void (*destroy_config)(Config**) = nullptr;
    int (*open_ext)(const char* path, Database**, Config*, char** error) = nullptr;
    void (*close)(Database**) = nullptr;
    void (*free)(void*) = nullptr;
    int (*connect)(Database*, Connection**) = nullptr;
    void (*disconnect)(Connection**) = nullptr;
    int (*query)(Connection*, const char* sql, RawResult*) = nullptr;
    int (*prepare)(Connection*, const char* sql, Statement**) = nullptr;
    const char* (*prepare_error)(Statement*) = nullptr;
    void (*destroy_prepare)(Statement**) = nullptr;
    int (*bind_varchar)(Statement*, std::uint64_t parameter, const char* value) = nullptr;
    int (*pending_prepared_streaming)(Statement*, Pending**) = nullptr;
    const char* (*pending_error)(Pending*) = nullptr;
    int (*execute_pending)(Pending*, RawResult*) = nullptr;
    void (*destroy_pending)(Pending**) = nullptr;
    std::uint64_t (*column_count)(RawResult*) = nullptr;
    const char* (*column_name)(RawResult*, std::uint64_t column) = nullptr;
    int (*column_type)(RawResult*, std::uint64_t column) = nullptr;
    const char* (*result_error)(RawResult*) = nullptr;
    void (*destroy_result)(RawResult*) = nullptr;
    Chunk* (*fetch_chunk)(RawResult) = nullptr;
    std::uint64_t (*data_chunk_get_size)(Chunk*) = nullptr;
    Vector* (*data_chunk_get_vector)(Chunk*, std::uint64_t column) = nullptr;
    void (*destroy_data_chunk)(Chunk**) = nullptr;
    void* (*vector_get_data)(Vector*) = nullptr;
    std::uint64_t* (*vector_get_validity)(Vector*) = nullptr;
};

class Api {
public:
    /// GRAMME_DUCKDB_LIB, else what the loader finds as libduckdb.so. kUnavailable: it cannot be loaded;
    /// kUnsupported: it is no DuckDB 1.x.
    static Result<Api> load(const Host& host);

    [[nodiscard]] const Functions& call() const { return functions_; }
    /// "v1.5.0"
    [[nodiscard]] const std::string& version() const { return version_; }

private:
    Functions functions_;
    std::string version_;
};

/// Rows of texts, chunk by chunk, of a statement whose columns are all VARCHAR. Not safe to share.
class Rows {
public:
    Rows(const Api& api, Connection* connection) : api_(&api), connection_(connection) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();

    /// `sql` with one parameter, given its value. kMalformed with DuckDB's own words.
    [[nodiscard]] Result<void> run(const char* sql, const std::string& parameter);
    [[nodiscard]] std::uint64_t columns() const { return columns_; }
    [[nodiscard]] std::string name(std::uint64_t column);
    /// The next chunk in place of the one before; false behind the last. kMalformed.
    [[nodiscard]] Result<bool> next();
    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    /// nullopt: it is null. Valid until next().
    [[nodiscard]] std::optional<std::string_view> text(std::uint64_t column, std::uint64_t row) const;

private:
    struct Cells {
        const char* texts = nullptr;
        const std::uint64_t* valid = nullptr;  ///< a bit for each row; nullptr: all are
    };

    [[nodiscard]] const Functions& call() const { return api_->call(); }
    void drop_chunk();

    const Api* api_;
    Connection* connection_;
    Statement* statement_ = nullptr;
    bool has_result_ = false;
    RawResult result_{};
    std::uint64_t columns_ = 0;
    Chunk* chunk_ = nullptr;
    std::uint64_t rows_ = 0;
    std::vector<Cells> cells_;  ///< of the chunk, by column
};

}  // namespace gramme::cli::duckdb
