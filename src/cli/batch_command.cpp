// gramme batch: a table of jobs in, the same table with energy and carbon out.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "batch/given.hpp"
#include "cli/batch_collected.hpp"
#include "cli/batch_output.hpp"
#include "cli/batch_pipeline.hpp"
#include "cli/command_context.hpp"
#include "cli/parquet_table.hpp"
#include "config/override_tables.hpp"
#include "present/batch.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kShownGroups = 40;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Result<std::size_t> threads_of(const Arguments& arguments) {
    const auto text = arguments.value("threads");
    const auto number =
        text ? read_u64(*text) : std::optional<std::uint64_t>{std::thread::hardware_concurrency()};
    if (!number || (text && (*number == 0 || *number > kMostThreads))) {
        return Error{Code::kUsage, "--threads: '" + text.value_or("") + "' is no number from 1 to 16", ""};
    }
    return std::clamp<std::size_t>(*number, 1, kMostThreads);
}

Result<std::string> input_format(const Arguments& arguments, const std::string& path, BatchSource& source) {
    if (arguments.has("format")) {
        return wanted_format(arguments, {"csv", "ndjson", "parquet"});
    }
    if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) {
        return std::string{"ndjson"};
    }
    GRAMME_TRY(const char first, source.peek());
    return std::string{first == '{' ? "ndjson" : "csv"};
}

/// What --separator says; nullopt: nothing.
Result<std::optional<Dialect>> wanted_dialect(const Arguments& arguments) {
    const auto separator = arguments.value("separator");
    if (!separator) {
        return std::optional<Dialect>{};
    }
    const std::string text = *separator == "tab" ? "\t" : *separator;
    if (text.size() != 1 || std::string_view{",;|\t:"}.find(text.front()) == std::string_view::npos) {
        return Error{Code::kUsage, "--separator: '" + *separator + "' is no separator", "one of , ; | : tab"};
    }
    return std::optional{Dialect{text.front(), text != "|"}};
}

Result<BatchSource> open_batch_source(const CommandContext& context, bool is_parquet, std::size_t threads) {
    const std::string& path = context.arguments.words.front();
    if (!is_parquet) {
        return BatchSource::open(path);
    }
    GRAMME_TRY(const auto dialect, wanted_dialect(context.arguments));
    GRAMME_TRY(auto table, ParquetTable::open(context.host, path, dialect.value_or(Dialect{}), threads));
    return BatchSource::over(std::move(table));
}

/// The header of a table, and the layout that it gives.
/// `fallback`: the dialect where --separator says none; nullopt: by the header.
Result<void> read_header(BatchSource& source, const Arguments& arguments, std::optional<Dialect> fallback,
                         const ColumnMap& map, Given given, Layout& layout, std::string& header) {
    GRAMME_TRY(header, source.take_header(true));
    const std::string_view whole = header;
    std::string_view line = whole.substr(0, whole.size() - line_end_length(whole));
    line.remove_prefix(line.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    if (trimmed(line).empty()) {
        return Error{Code::kMalformed, "the table is empty or begins with an empty line",
                     "the first line names the columns, such as device,count,hours,region"};
    }
    if (first_bad_utf8(line) != std::string_view::npos || line.find('\0') != std::string_view::npos) {
        return Error{Code::kMalformed, "the first line is no text in UTF-8",
                     "save the table as UTF-8 (iconv -f latin1 -t utf-8)"};
    }
    GRAMME_TRY(const auto said, wanted_dialect(arguments));
    const Dialect dialect = said ? *said : fallback ? *fallback : dialect_of(line.substr(0, line.find('\n')));
    std::vector<RawField> fields;
    if (split_record(line, dialect, fields) != SplitTrouble::kNone) {
        return Error{Code::kMalformed, "line 1: a quote that is not closed, or text behind one", ""};
    }
    std::vector<std::string> names;
    std::string scratch;
    for (const RawField& field : fields) {
        names.emplace_back(value_of(field, scratch));
    }
    GRAMME_TRY(layout, bind_header(map, names, dialect, arguments.value("group-by"), given));
    layout.line_end = whole.ends_with("\r\n") ? "\r\n" : "\n";
    return {};
}

std::string with_results(const std::string& header, const Layout& layout, bool reject) {
    std::string line = header.substr(0, header.size() - line_end_length(header));
    std::string mark;
    if (line.starts_with(kByteOrderMark)) {
        mark = kByteOrderMark;
        line.erase(0, mark.size());
    }
    const std::string between{layout.dialect.separator};
    if (reject) {
        return mark + "gramme_line" + between + "gramme_reason" + between + line + layout.line_end;
    }
    std::vector<RawField> fields;
    (void)split_record(line, layout.dialect, fields);
    std::vector<std::string> taken;
    for (const RawField& field : fields) {
        taken.push_back(folded(trimmed(field.text)));
    }
    for (const std::string& name : result_names(taken)) {
        line += between + name;
    }
    return mark + line + layout.line_end;
}

/// What was done so far, on a line of the terminal that is written again and again.
class Progress {
public:
    Progress(const Terminal& terminal, bool wanted) : terminal_(terminal), wanted_(wanted) {}
    ~Progress() {
        if (shown_) {
            print(terminal_.err, "\r\x1b[K");
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t rows, std::uint64_t bytes_done, std::uint64_t bytes) {
        constexpr std::chrono::milliseconds kEvery{200};
        const auto now = std::chrono::steady_clock::now();
        if (!wanted_ || now < next_) {
            return;
        }
        next_ = now + kEvery;
        constexpr std::uint64_t kBarWidth = 30;
        constexpr std::uint64_t kMillion = 1'000'000;
        std::string line = "\r";
        if (bytes > 0) {
            const std::uint64_t done = std::min(bytes_done, bytes);
            const std::uint64_t filled = done * kBarWidth / bytes;
            line += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] " +
                    std::to_string(done * 100 / bytes) + " %, ";
        }
        line += std::to_string(rows / kMillion) + "." + std::to_string(rows % kMillion * 10 / kMillion) +
                " M rows\x1b[K";
        print(terminal_.err, line);
        shown_ = true;
    }

private:
    const Terminal& terminal_;
    bool wanted_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_;
};

Result<void> say_end(const CommandContext& context, const Collected& all,
                     const std::vector<present::BatchGroup>& groups, const std::string& rejects) {
    print(context.terminal.err, "gramme: " + present::batch_line(group_of("", all.total)) + "\n");
    if (const auto column = context.arguments.value("group-by")) {
        GRAMME_TRY(const std::string table,
                   present::batch_table(groups, *column, kShownGroups, context.terminal.err_style));
        print(context.terminal.err, table);
    }
    if (all.rejected == 0) {
        return {};
    }
    std::string text = std::to_string(all.rejected) + (all.rejected == 1 ? " bad row is" : " bad rows are") +
                       " not in the result";
    text += rejects.empty() ? "; --rejects FILE keeps them with their reasons" : ": see " + rejects;
    print_warning(context.terminal, text);
    if (all.swallowed > 0) {
        print_warning(context.terminal, "quotes that are not closed took " + std::to_string(all.swallowed) +
                                            (all.swallowed == 1 ? " line" : " lines") +
                                            " into bad rows: rows of the table may be lost in them");
    }
    for (const std::string& reason : all.reasons) {
        print_warning(context.terminal, reason);
    }
    return {};
}

}  // namespace

Result<int> batch_command(const CommandContext& context) {
    const Arguments& arguments = context.arguments;
    GRAMME_TRY(const std::size_t threads, threads_of(arguments));
    std::vector<std::string> maps;
    for (const auto& [name, value] : arguments.options) {
        if (name == "map") {
            maps.push_back(value);
        }
    }
    GRAMME_TRY(const ColumnMap map, column_map(maps));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    BatchPlan plan;
    GRAMME_TRY(plan.base, given_by_options(arguments.options, context.options.factors, tables));
    plan.base_hours = arguments.has("hours");
    plan.want_rejects = arguments.has("rejects");
    if (const auto watts = arguments.value("cpu-w")) {
        const auto number = parse_double(*watts);
        if (!number || !(*number > 0.0)) {
            return Error{Code::kUsage, "--cpu-w: '" + *watts + "' is no number of watts", "such as 8"};
        }
        plan.cpu_w = *number;
    }
    if (arguments.has("summary") && !arguments.has("group-by")) {
        return Error{Code::kUsage, "--summary writes the sums of groups", "say which with --group-by COLUMN"};
    }

    const std::string out_path = arguments.value("out").value_or("");
    const std::string rejects_path = arguments.value("rejects").value_or("");
    if (out_path.ends_with(".parquet")) {
        return Error{Code::kUsage, "--out " + out_path + ": gramme batch writes CSV, whatever it reads",
                     "name it .csv; duckdb -c \"COPY (FROM 'x.csv') TO 'x.parquet'\" makes Parquet of it"};
    }
    const std::string& in_path = arguments.words.front();
    const bool is_parquet =
        arguments.has("format") ? arguments.value("format") == "parquet" : looks_like_parquet(in_path);
    GRAMME_CHECK(
        check_apart({in_path, out_path, rejects_path, arguments.value("summary").value_or(""), is_parquet}));
    GRAMME_TRY(BatchSource source, open_batch_source(context, is_parquet, threads));
    GRAMME_TRY(const std::string format,
               is_parquet ? Result<std::string>{"csv"} : input_format(arguments, in_path, source));
    GRAMME_CHECK(source.check_is_text());
    plan.most_record = is_parquet ? std::string_view::npos : kMostRecord;
    std::string header;
    if (format == "ndjson") {
        GRAMME_CHECK(source.drop_byte_order_mark());
        plan.layout = bind_json(map, arguments.value("group-by"));
    } else {
        GRAMME_CHECK(read_header(source, arguments, is_parquet ? std::optional{Dialect{}} : std::nullopt, map,
                                 {!plan.base.groups.empty(), plan.base_hours}, plan.layout, header));
    }

    GRAMME_TRY(BatchOutput out, BatchOutput::open(out_path, context.terminal.out));
    BatchOutput rejects;
    BatchOutput summary;
    if (plan.want_rejects) {
        GRAMME_TRY(rejects, BatchOutput::open(rejects_path, nullptr));
    }
    if (const auto path = arguments.value("summary")) {
        GRAMME_TRY(summary, BatchOutput::open(*path, nullptr));
    }
    if (!plan.layout.json) {
        GRAMME_CHECK(out.write(with_results(header, plan.layout, false)));
        if (plan.want_rejects) {
            GRAMME_CHECK(rejects.write(with_results(header, plan.layout, true)));
        }
    }
    Collected all;
    {
        const bool quiet = ::isatty(::fileno(context.terminal.err)) != 1 ||
                           (out_path.empty() && ::isatty(::fileno(context.terminal.out)) == 1);
        Progress progress(context.terminal, !quiet);
        std::uint64_t done = header.size();
        const auto sink = [&](BatchBlock& block) -> Result<void> {
            GRAMME_CHECK(all.add(block));
            GRAMME_CHECK(out.write(block.out));
            if (plan.want_rejects) {
                GRAMME_CHECK(rejects.write(block.rejects));
            }
            done += block.text.size();
            progress.show(all.total.rows + all.total.without, done, source.size());
            return {};
        };
        GRAMME_CHECK(run_pipeline(source, plan, tables, threads, sink));
    }
    if (plan.layout.json && all.any_object) {
        GRAMME_CHECK(check_seen(plan.layout, all.seen));
    }
    const std::vector<present::BatchGroup> groups = all.take_groups();
    if (arguments.has("summary")) {
        GRAMME_CHECK(summary.write(present::batch_csv(groups, *arguments.value("group-by"))));
        GRAMME_CHECK(summary.commit());
    }
    if (plan.want_rejects) {
        GRAMME_CHECK(rejects.commit());
    }
    GRAMME_CHECK(out.commit());
    GRAMME_CHECK(say_end(context, all, groups, rejects_path));
    // What an open quote took in is not known: nobody can have meant to go on without it.
    const bool bad = all.open_quote || (all.rejected > 0 && !arguments.has("keep-going"));
    return static_cast<int>(bad ? kExitBadData : kExitOk);
}

}  // namespace gramme::cli
