// A made-up libduckdb. FAKE_DUCKDB_TABLE names a file: a line for each row, cells with `|` between them, the
// first line the names; `NULL` is null, `\n` a line end, a cell of `EMPTY` an empty text. FAKE_DUCKDB_CHUNK:
// rows of a chunk (2). FAKE_DUCKDB_FAILS_AT: the number of the chunk that cannot be read, with an error;
// FAKE_DUCKDB_LOSES: the last chunk is not there, without one. FAKE_DUCKDB_VERSION: what it says it is. What
// it is asked goes to FAKE_DUCKDB_LOG.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

std::string env(const char* name, const char* otherwise = "") {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

void log_line(const std::string& text) {
    if (const std::string file = env("FAKE_DUCKDB_LOG"); !file.empty()) {
        std::ofstream{file, std::ios::app} << text << "\n";
    }
}

using Cell = std::optional<std::string>;

std::vector<std::vector<Cell>> table() {
    std::vector<std::vector<Cell>> out;
    std::ifstream file{env("FAKE_DUCKDB_TABLE")};
    for (std::string line; std::getline(file, line);) {
        out.emplace_back();
        std::istringstream cells{line};
        for (std::string cell; std::getline(cells, cell, '|');) {
            if (const auto at = cell.find("\\n"); at != std::string::npos) {
                cell.replace(at, 2, "\n");
            }
            out.back().push_back(cell == "NULL" ? Cell{} : Cell{cell == "EMPTY" ? "" : cell});
        }
    }
    return out;
}

struct Text {
    std::uint32_t length;
    char rest[12];
};
struct Vector {
    std::vector<Text> texts;
    std::vector<std::uint64_t> valid;
    bool all_valid = true;
};
struct Chunk {
    std::vector<Vector> columns;
    std::uint64_t rows = 0;
};
struct State {
    std::vector<std::vector<Cell>> rows;  ///< the first are the names
    std::size_t next = 1;
    std::size_t chunks = 0;
    std::string error;
};
struct Statement {
    bool counts = false;
};
int open_results = 0;
struct RawResult {
    std::uint64_t counts[3];
    void* columns;
    char* error;
    State* state;
};

}  // namespace

EXPORTED const char* duckdb_library_version() {
    static const std::string kVersion = env("FAKE_DUCKDB_VERSION", "v1.2.3");
    return kVersion.c_str();
}
EXPORTED int duckdb_create_config(int** out) {
    *out = new int{0};
    return 0;
}
EXPORTED int duckdb_set_config(int*, const char* name, const char* value) {
    log_line(std::string{"config "} + name + "=" + value);
    return 0;
}
EXPORTED void duckdb_destroy_config(int** config) {
    delete *config;
}
EXPORTED int duckdb_open_ext(const char* path, int** out, int*, char**) {
    log_line(path == nullptr ? "open in memory" : std::string{"open "} + path);
    *out = new int{0};
    return 0;
}
EXPORTED void duckdb_close(int** database) {
    delete *database;
    log_line("closed");
}
EXPORTED void duckdb_free(void* memory) {
    std::free(memory);
}
EXPORTED int duckdb_connect(int*, int** out) {
    *out = new int{0};
    return 0;
}
EXPORTED void duckdb_disconnect(int** connection) {
    delete *connection;
}
EXPORTED int duckdb_query(int*, const char* sql, RawResult*) {
    log_line(std::string{"query "} + sql);
    return 0;
}
EXPORTED int duckdb_prepare(int*, const char* sql, Statement** out) {
    log_line(std::string{"prepare "} + sql);
    *out = new Statement{std::strstr(sql, "num_rows") != nullptr};
    return 0;
}
EXPORTED const char* duckdb_prepare_error(Statement*) {
    return "it cannot be prepared";
}
EXPORTED void duckdb_destroy_prepare(Statement** statement) {
    delete *statement;
}
EXPORTED int duckdb_bind_varchar(Statement*, std::uint64_t, const char* value) {
    log_line(std::string{"bind "} + value);
    return 0;
}
#ifndef FAKE_DUCKDB_OLD
EXPORTED int duckdb_pending_prepared_streaming(Statement* statement, Statement** out) {
    *out = new Statement{*statement};
    return 0;
}
#endif
EXPORTED const char* duckdb_pending_error(Statement*) {
    return "it cannot begin";
}
EXPORTED int duckdb_execute_pending(Statement* pending, RawResult* out) {
    *out = {};
    out->state = new State{table(), 1, 0, ""};
    if (++open_results > 1) {  // as DuckDB 2 has it
        out->state->error = "Resource In Use Error: connection has an open result";
        return 1;
    }
    if (pending->counts) {
        const auto rows = out->state->rows.size();
        out->state->rows = {{Cell{"n"}}, {Cell{std::to_string(rows - 1)}}};
    }
    return 0;
}
EXPORTED void duckdb_destroy_pending(Statement** pending) {
    delete *pending;
}
EXPORTED std::uint64_t duckdb_column_count(RawResult* result) {
    return result->state->rows[0].size();
}
EXPORTED const char* duckdb_column_name(RawResult* result, std::uint64_t column) {
    return result->state->rows[0][column]->c_str();
}
EXPORTED int duckdb_column_type(RawResult*, std::uint64_t) {
    return 17;
}
EXPORTED const char* duckdb_result_error(RawResult* result) {
    return result->state == nullptr || result->state->error.empty() ? nullptr : result->state->error.c_str();
}
EXPORTED void duckdb_destroy_result(RawResult* result) {
    open_results -= result->state != nullptr ? 1 : 0;
    delete result->state;
    result->state = nullptr;
}
EXPORTED Chunk* duckdb_fetch_chunk(RawResult result) {
    State& state = *result.state;
    if (std::to_string(++state.chunks) == env("FAKE_DUCKDB_FAILS_AT") && state.rows[0].size() > 1) {
        state.error = "IO Error: the pages of '/proc/self/fd/3' are torn";
        return nullptr;
    }
    const auto most = std::strtoul(env("FAKE_DUCKDB_CHUNK", "2").c_str(), nullptr, 10);
    const std::size_t count = std::min<std::size_t>(most, state.rows.size() - state.next);
    const bool last = state.next + count == state.rows.size();
    if (count == 0 || (last && !env("FAKE_DUCKDB_LOSES").empty() && state.rows[0].size() > 1)) {
        return nullptr;
    }
    auto* const chunk = new Chunk;
    chunk->rows = count;
    chunk->columns.resize(state.rows[0].size());
    for (std::size_t c = 0; c < chunk->columns.size(); ++c) {
        Vector& column = chunk->columns[c];
        column.valid.assign(count / 64 + 1, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const Cell& cell = state.rows[state.next + i][c];  // lives as long as the result
            Text text{static_cast<std::uint32_t>(cell ? cell->size() : 0), {}};
            if (cell && cell->size() <= sizeof text.rest) {
                std::memcpy(text.rest, cell->data(), cell->size());
            } else if (cell) {
                const char* const at = cell->data();
                std::memcpy(text.rest, at, 4);
                std::memcpy(text.rest + 4, &at, sizeof at);
            }
            column.texts.push_back(text);
            column.valid[i / 64] |= std::uint64_t{cell ? 1U : 0U} << (i % 64);
            column.all_valid = column.all_valid && cell;
        }
    }
    state.next += count;
    return chunk;
}
EXPORTED std::uint64_t duckdb_data_chunk_get_size(Chunk* chunk) {
    return chunk->rows;
}
EXPORTED Vector* duckdb_data_chunk_get_vector(Chunk* chunk, std::uint64_t column) {
    return &chunk->columns[column];
}
EXPORTED void duckdb_destroy_data_chunk(Chunk** chunk) {
    delete *chunk;
}
EXPORTED void* duckdb_vector_get_data(Vector* vector) {
    return vector->texts.data();
}
EXPORTED std::uint64_t* duckdb_vector_get_validity(Vector* vector) {
    return vector->all_valid ? nullptr : vector->valid.data();
}
