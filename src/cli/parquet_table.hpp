// A Parquet file as the text of a CSV table, through DuckDB (duckdb_api.hpp). A few chunks are in memory,
// whatever the size of the file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/records.hpp"
#include "cli/batch_text.hpp"
#include "cli/duckdb_api.hpp"
#include "host/unique_fd.hpp"

namespace gramme::cli {

/// Its first four bytes, and its last. Source: https://parquet.apache.org/docs/file-format/
inline constexpr std::string_view kParquetMagic = "PAR1";

/// What `gramme batch` says of a folder: how the files in it are read.
[[nodiscard]] Error is_a_folder(const std::string& path);

/// Whether `path` is to be read as Parquet where nobody says what it is: by its name, or its first bytes.
[[nodiscard]] bool looks_like_parquet(const std::string& path);

class ParquetTable final : public BatchText {
public:
    /// `dialect`: of the text. kNotFound, kPermission; kUnavailable, kUnsupported: of DuckDB; kMalformed: no
    /// Parquet.
    static Result<std::unique_ptr<BatchText>> open(const Host& host, const std::string& path, Dialect dialect,
                                                   std::size_t threads);
    ~ParquetTable() override;
    ParquetTable(const ParquetTable&) = delete;
    ParquetTable& operator=(const ParquetTable&) = delete;

    [[nodiscard]] Result<bool> more(std::string& into, std::size_t wanted) override;

private:
    ParquetTable(duckdb::Api api, std::string name, Dialect dialect)
        : api_(std::move(api)), name_(std::move(name)), dialect_(dialect) {}

    [[nodiscard]] Result<void> start(std::size_t threads);
    [[nodiscard]] Result<std::uint64_t> count_rows();
    /// DuckDB's own words, with the file as the person called it.
    [[nodiscard]] Error said(Error error) const;
    void write_header(std::string& into);
    void write_row(std::string& into, std::uint64_t row);

    duckdb::Api api_;
    std::string name_;
    Dialect dialect_;
    host::UniqueFd fd_;
    std::string fd_path_;
    duckdb::Database* database_ = nullptr;
    duckdb::Connection* connection_ = nullptr;
    std::unique_ptr<duckdb::Rows> rows_;
    bool has_header_ = false;
    bool at_end_ = false;
    std::uint64_t next_row_ = 0;  ///< of the chunk
    std::uint64_t promised_ = 0;  ///< rows, by the end of the file
    std::uint64_t read_ = 0;
};

}  // namespace gramme::cli
