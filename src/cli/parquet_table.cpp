#include "cli/parquet_table.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/parse.hpp"
#include "host/errno_error.hpp"
#include "probe/remedy.hpp"

namespace gramme::cli {
namespace {

/// Each cell as DuckDB writes it: numbers with the fewest digits that read back as the same one.
constexpr const char* kParquetRows = "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)";
constexpr const char* kParquetCount = "SELECT CAST(num_rows AS VARCHAR) FROM parquet_file_metadata(?)";

struct DuckdbSetting {
    const char* name;
    std::string value;
};

Result<host::UniqueFd> open_parquet_file(const std::string& path) {
    host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        return host::errno_error("cannot read " + path, errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return is_a_folder(path);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{Code::kUsage, path + " is no file: Parquet is read from its end",
                     "name a file; from a pipe gramme batch reads CSV and NDJSON"};
    }
    return fd;
}

}  // namespace

Error is_a_folder(const std::string& path) {
    // A placeholder stands for a name that can be no word of a shell, or no name of SQL for this folder
    // alone: DuckDB has no escape for * ? [.
    std::string in_sql;
    for (const char c : path) {
        in_sql += c == '"' ? std::string{"\"\""} : std::string(1, c);
    }
    const auto query = [](const std::string& folder) {
        return probe::shell_word("FROM \"" + folder + "/**/*.parquet\"");
    };
    const auto own = in_sql.find_first_of("*?[") == std::string::npos ? query(in_sql) : std::nullopt;
    return {Code::kNotFound, "cannot read " + path + ": it is a folder, and gramme batch reads one file",
            "several files of Parquet, with the columns in names of folders: duckdb -csv -c " +
                own.value_or(*query("FOLDER")) + " | gramme batch -"};
}

bool looks_like_parquet(const std::string& path) {
    if (path == "-") {
        return false;  // a pipe cannot be read from its end
    }
    if (path.ends_with(".parquet")) {
        return true;
    }
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    std::array<char, kParquetMagic.size()> first{};
    return fd && ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::pread(fd.get(), first.data(), first.size(), 0) == static_cast<ssize_t>(first.size()) &&
           std::string_view{first.data(), first.size()} == kParquetMagic;
}

Result<std::unique_ptr<BatchText>> ParquetTable::open(const Host& host, const std::string& path,
                                                      Dialect dialect, std::size_t threads) {
    if (path == "-") {
        return Error{Code::kUsage, "standard input cannot be Parquet, which is read from its end",
                     "name the file"};
    }
    GRAMME_TRY(host::UniqueFd fd, open_parquet_file(path));
    GRAMME_TRY(duckdb::Api api, duckdb::Api::load(host));
    std::unique_ptr<ParquetTable> table{new ParquetTable(std::move(api), path, dialect)};
    // Read by its descriptor: a name could be a pattern, or an address, to DuckDB.
    table->fd_path_ = "/proc/self/fd/" + std::to_string(fd.get());
    table->fd_ = std::move(fd);
    if (const auto started = table->start(threads); !started) {
        return table->said(started.error());
    }
    return std::unique_ptr<BatchText>{std::move(table)};
}

ParquetTable::~ParquetTable() {
    rows_.reset();
    if (connection_ != nullptr) {
        api_.call().disconnect(&connection_);
    }
    if (database_ != nullptr) {
        api_.call().close(&database_);
    }
}

Result<void> ParquetTable::start(std::size_t threads) {
    const duckdb::Functions& call = api_.call();
    const std::array settings{// Nothing is fetched from the network, loaded or written.
                              DuckdbSetting{"autoinstall_known_extensions", "false"},
                              DuckdbSetting{"autoload_known_extensions", "false"},
                              DuckdbSetting{"temp_directory", ""},
                              DuckdbSetting{"threads", std::to_string(threads)}};
    duckdb::Config* config = nullptr;
    bool ready = call.create_config(&config) == 0;
    for (const DuckdbSetting& one : settings) {
        ready = ready && call.set_config(config, one.name, one.value.c_str()) == 0;
    }
    char* trouble = nullptr;
    const bool opened = ready && call.open_ext(nullptr, &database_, config, &trouble) == 0;
    const std::string why = trouble != nullptr ? std::string{": "} + trouble : "";
    if (trouble != nullptr) {
        call.free(trouble);
    }
    if (config != nullptr) {
        call.destroy_config(&config);
    }
    if (!opened || call.connect(database_, &connection_) != 0) {
        return Error{Code::kUnavailable, "DuckDB " + api_.version() + " does not start" + why, ""};
    }
    // The same texts of moments on any machine. Without its time zones DuckDB has UTC anyway, and no such
    // setting.
    duckdb::RawResult ignored{};
    (void)call.query(connection_, "SET TimeZone = 'UTC'", &ignored);
    call.destroy_result(&ignored);

    GRAMME_TRY(promised_, count_rows());
    rows_ = std::make_unique<duckdb::Rows>(api_, connection_);
    return rows_->run(kParquetRows, fd_path_);
}

/// DuckDB 2 begins no query on a connection while the result of another is open: this one is closed here.
Result<std::uint64_t> ParquetTable::count_rows() {
    duckdb::Rows count(api_, connection_);
    GRAMME_CHECK(count.run(kParquetCount, fd_path_));
    GRAMME_TRY(const bool counted, count.next());
    const auto text = counted ? count.text(0, 0) : std::nullopt;
    const auto rows = text ? read_u64(*text) : std::nullopt;
    if (!rows) {
        return Error{Code::kMalformed, "the file does not say how many rows it has", ""};
    }
    return *rows;
}

Error ParquetTable::said(Error error) const {
    // Its own words for a query that ended are no help; the cause stands behind them.
    constexpr std::string_view kCause = "\nError: ";
    if (const std::size_t at = error.what.rfind(kCause); at != std::string::npos) {
        error.what.erase(0, at + kCause.size());
    }
    for (std::size_t at = error.what.find(fd_path_); at != std::string::npos;
         at = error.what.find(fd_path_, at + name_.size())) {
        error.what.replace(at, fd_path_.size(), name_);
    }
    const bool of_the_file = error.code == Code::kMalformed;
    return {error.code, of_the_file ? "cannot read " + name_ + ": " + error.what : error.what, error.hint};
}

void ParquetTable::write_header(std::string& into) {
    for (std::uint64_t i = 0; i < rows_->columns(); ++i) {
        into += i > 0 ? std::string_view{&dialect_.separator, 1} : std::string_view{};
        into += field_text(rows_->name(i), dialect_);
    }
    into += '\n';
}

void ParquetTable::write_row(std::string& into, std::uint64_t row) {
    // A row must not look like an empty line, which is none.
    const std::string_view nothing = rows_->columns() > 1 ? "" : dialect_.quotes ? "\"\"" : " ";
    for (std::uint64_t i = 0; i < rows_->columns(); ++i) {
        into += i > 0 ? std::string_view{&dialect_.separator, 1} : std::string_view{};
        const auto text = rows_->text(i, row);
        if (!text || (text->empty() && !dialect_.quotes)) {
            into += nothing;
        } else if (text->empty()) {
            into += "\"\"";  // said, and empty: not null
        } else {
            into += field_text(*text, dialect_);
        }
    }
    into += '\n';
}

Result<bool> ParquetTable::more(std::string& into, std::size_t wanted) {
    const std::size_t had = into.size();
    if (!has_header_) {
        write_header(into);
        has_header_ = true;
    }
    while (!at_end_ && into.size() < wanted) {
        if (next_row_ == rows_->rows()) {
            const auto next = rows_->next();
            if (!next) {
                return said(next.error());
            }
            next_row_ = 0;
            at_end_ = !*next;
            continue;
        }
        write_row(into, next_row_++);
        ++read_;
    }
    if (at_end_ && read_ != promised_) {
        return said({Code::kMalformed,
                     std::to_string(read_) + " rows could be read of the " + std::to_string(promised_) +
                         " that it says it has",
                     ""});
    }
    return into.size() > had;
}

}  // namespace gramme::cli
