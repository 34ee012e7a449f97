#include "cli/duckdb_api.hpp"

#include <cstring>

namespace gramme::cli::duckdb {
namespace {

constexpr const char* kVariable = "GRAMME_DUCKDB_LIB";
constexpr std::string_view kName = "libduckdb.so";

std::string words(const char* text) {
    return text != nullptr && *text != '\0' ? text : "DuckDB did not say why";
}

Error broken(const char* text) {
    return {Code::kMalformed, words(text), ""};
}

/// Sets `into` to the function `name`, or `missing` to that name.
template <class Function>
void bind_symbol(const Library& library, const char* name, Function*& into, const char*& missing) {
    into = reinterpret_cast<Function*>(library.symbol(name));
    if (into == nullptr && missing == nullptr) {
        missing = name;
    }
}

const char* bind_all(const Library& lib, Functions& f) {
    const char* missing = nullptr;
    bind_symbol(lib, "duckdb_library_version", f.library_version, missing);
    bind_symbol(lib, "duckdb_create_config", f.create_config, missing);
    bind_symbol(lib, "duckdb_set_config", f.set_config, missing);
    bind_symbol(lib, "duckdb_destroy_config", f.destroy_config, missing);
    bind_symbol(lib, "duckdb_open_ext", f.open_ext, missing);
    bind_symbol(lib, "duckdb_close", f.close, missing);
    bind_symbol(lib, "duckdb_free", f.free, missing);
    bind_symbol(lib, "duckdb_connect", f.connect, missing);
    bind_symbol(lib, "duckdb_disconnect", f.disconnect, missing);
    bind_symbol(lib, "duckdb_query", f.query, missing);
    bind_symbol(lib, "duckdb_prepare", f.prepare, missing);
    bind_symbol(lib, "duckdb_prepare_error", f.prepare_error, missing);
    bind_symbol(lib, "duckdb_destroy_prepare", f.destroy_prepare, missing);
    bind_symbol(lib, "duckdb_bind_varchar", f.bind_varchar, missing);
    bind_symbol(lib, "duckdb_pending_prepared_streaming", f.pending_prepared_streaming, missing);
    bind_symbol(lib, "duckdb_pending_error", f.pending_error, missing);
    bind_symbol(lib, "duckdb_execute_pending", f.execute_pending, missing);
    bind_symbol(lib, "duckdb_destroy_pending", f.destroy_pending, missing);
    bind_symbol(lib, "duckdb_column_count", f.column_count, missing);
    bind_symbol(lib, "duckdb_column_name", f.column_name, missing);
    bind_symbol(lib, "duckdb_column_type", f.column_type, missing);
    bind_symbol(lib, "duckdb_result_error", f.result_error, missing);
    bind_symbol(lib, "duckdb_destroy_result", f.destroy_result, missing);
    bind_symbol(lib, "duckdb_fetch_chunk", f.fetch_chunk, missing);
    bind_symbol(lib, "duckdb_data_chunk_get_size", f.data_chunk_get_size, missing);
    bind_symbol(lib, "duckdb_data_chunk_get_vector", f.data_chunk_get_vector, missing);
    bind_symbol(lib, "duckdb_destroy_data_chunk", f.destroy_data_chunk, missing);
    bind_symbol(lib, "duckdb_vector_get_data", f.vector_get_data, missing);
    bind_symbol(lib, "duckdb_vector_get_validity", f.vector_get_validity, missing);
    return missing;
}

}  // namespace

Result<Api> Api::load(const Host& host) {
    const auto named = host.env(kVariable);
    const std::string name = named && !named->empty() ? *named : std::string{kName};
    const std::string hint =
        std::string{
            "install DuckDB's C library (libduckdb, 1.x or 2.x) where the loader finds it, or "
            "name its file in "} +
        kVariable + R"(; or hand over CSV: duckdb -csv -c "FROM 'FILE'" | gramme batch -)";
    auto library = host.load(name);
    if (!library) {
        return Error{Code::kUnavailable, "reading Parquet takes DuckDB: " + library.error().what, hint};
    }
    Api api;
    if (const char* const missing = bind_all(**library, api.functions_); missing != nullptr) {
        return Error{Code::kUnsupported, name + " has no function " + missing, hint};
    }
    api.version_ = words(api.functions_.library_version());
    if (!api.version_.starts_with("v1.") && !api.version_.starts_with("v2.")) {
        return Error{Code::kUnsupported, name + " is DuckDB " + api.version_ + ", and 1.x or 2.x is needed",
                     hint};
    }
    return api;
}

Rows::~Rows() {
    drop_chunk();
    if (has_result_) {
        call().destroy_result(&result_);
    }
    if (statement_ != nullptr) {
        call().destroy_prepare(&statement_);
    }
}

void Rows::drop_chunk() {
    if (chunk_ != nullptr) {
        call().destroy_data_chunk(&chunk_);
    }
    chunk_ = nullptr;
    rows_ = 0;
}

Result<void> Rows::run(const char* sql, const std::string& parameter) {
    if (call().prepare(connection_, sql, &statement_) != 0) {
        return broken(statement_ != nullptr ? call().prepare_error(statement_) : nullptr);
    }
    if (call().bind_varchar(statement_, 1, parameter.c_str()) != 0) {
        return broken(call().prepare_error(statement_));
    }
    // Not all at once: a chunk is made when it is asked for, and few beyond it.
    Pending* pending = nullptr;
    const bool began = call().pending_prepared_streaming(statement_, &pending) == 0;
    const bool ran = began && call().execute_pending(pending, &result_) == 0;
    has_result_ = began;
    Result<void> answer;
    if (!began) {
        answer = broken(pending != nullptr ? call().pending_error(pending) : nullptr);
    } else if (!ran) {
        answer = broken(call().result_error(&result_));
    }
    if (pending != nullptr) {
        call().destroy_pending(&pending);
    }
    GRAMME_CHECK(answer);
    columns_ = call().column_count(&result_);
    for (std::uint64_t i = 0; i < columns_; ++i) {
        if (call().column_type(&result_, i) != kVarchar) {
            return Error{Code::kBug, "column " + name(i) + " did not become a text", ""};
        }
    }
    return {};
}

std::string Rows::name(std::uint64_t column) {
    const char* const text = call().column_name(&result_, column);
    return text != nullptr ? text : "";
}

Result<bool> Rows::next() {
    drop_chunk();
    chunk_ = call().fetch_chunk(result_);
    if (chunk_ == nullptr) {
        const char* const trouble = call().result_error(&result_);
        return trouble != nullptr ? Result<bool>{broken(trouble)} : Result<bool>{false};
    }
    rows_ = call().data_chunk_get_size(chunk_);
    cells_.clear();
    for (std::uint64_t i = 0; i < columns_; ++i) {
        Vector* const vector = call().data_chunk_get_vector(chunk_, i);
        cells_.push_back(
            {static_cast<const char*>(call().vector_get_data(vector)), call().vector_get_validity(vector)});
    }
    return rows_ > 0;  // an empty one is the end as well
}

std::optional<std::string_view> Rows::text(std::uint64_t column, std::uint64_t row) const {
    constexpr std::uint64_t kBits = 64;
    constexpr std::uint32_t kInPlace = 12;
    // duckdb_string_t: length; up to 12 bytes in place, else four of them and a pointer to all
    constexpr std::size_t kSize = 16;
    constexpr std::size_t kPointerAt = 8;
    const Cells& cells = cells_[column];
    if (cells.valid != nullptr && (cells.valid[row / kBits] >> (row % kBits) & 1U) == 0) {
        return std::nullopt;
    }
    const char* const at = cells.texts + row * kSize;
    std::uint32_t length = 0;
    std::memcpy(&length, at, sizeof length);
    const char* bytes = at + sizeof length;
    if (length > kInPlace) {
        std::memcpy(&bytes, at + kPointerAt, sizeof bytes);
    }
    return std::string_view{bytes, length};
}

}  // namespace gramme::cli::duckdb
