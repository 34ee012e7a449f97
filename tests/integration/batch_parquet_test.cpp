// gramme batch: tables that are no text, through a libduckdb that the tests make up. Real files:
// tests/frameworks.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BatchParquet : public Integration {
protected:
    void SetUp() override {
        box.env["GRAMME_DUCKDB_LIB"] = GRAMME_FAKE_DUCKDB;
        box.env["FAKE_DUCKDB_TABLE"] = box.cwd + "/table.txt";
        box.env["FAKE_DUCKDB_LOG"] = box.cwd + "/log.txt";
        write("jobs.parquet", "PAR1 and so on");
    }
    void write(const std::string& name, const std::string& text) const {
        write_file(box.cwd + "/" + name, text);
    }
    [[nodiscard]] std::string read(const std::string& name) const { return file_text(box.cwd + "/" + name); }
    void table(const std::string& text) const { write("table.txt", text); }
    /// The same rows as CSV.
    [[nodiscard]] Outcome of_csv(const std::string& text, const Words& options = {}) const {
        write("jobs.csv", text);
        return box.gramme(joined({"batch", "jobs.csv"}, options));
    }
};

TEST_F(BatchParquet, NoCsvTakesTheNameOfParquet) {
    table("device|hours\nh100|1\n");
    write("jobs", "PAR1 and so on");
    for (const char* const out : {"jobs.parquet", "other.parquet"}) {
        const Outcome outcome = box.gramme({"batch", "jobs.parquet", "--out", out});
        EXPECT_EQ(outcome.exit_code, 64) << out;
        EXPECT_THAT(outcome.err, HasSubstr("writes CSV"));
    }
    const Outcome outcome = box.gramme({"batch", "jobs", "--out", "jobs"});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_THAT(outcome.err, HasSubstr("would replace the Parquet table"));
    EXPECT_EQ(read("jobs"), "PAR1 and so on");
    EXPECT_EQ(read("jobs.parquet"), "PAR1 and so on");
}

TEST_F(BatchParquet, OfAFolderItSaysTheWayOut) {
    // As a word of a shell that holds a text of SQL; a pattern names other folders too.
    const std::map<std::string, std::string> commands{
        {"many", R"('FROM "many/**/*.parquet"')"},
        {"many.parquet", R"('FROM "many.parquet/**/*.parquet"')"},
        {"$(touch made)`x`\"", R"('FROM "$(touch made)`x`""/**/*.parquet"')"},
        {"it's", R"('FROM "it'\''s/**/*.parquet"')"},
        {"a[1]*", R"('FROM "FOLDER/**/*.parquet"')"},
        {"two\nlines", R"('FROM "FOLDER/**/*.parquet"')"}};
    for (const auto& [folder, query] : commands) {
        ASSERT_EQ(box.tool({"mkdir", box.cwd + "/" + folder}).exit_code, 0);
        for (const Words& options : {Words{}, Words{"--format", "parquet"}}) {
            const Outcome outcome = box.gramme(joined({"batch", folder}, options));
            EXPECT_EQ(outcome.exit_code, 66) << outcome.err;
            EXPECT_THAT(outcome.err, HasSubstr("folder"));
            EXPECT_THAT(outcome.err, HasSubstr("duckdb -csv -c " + query + " | gramme batch -"));
        }
    }
}

TEST_F(BatchParquet, ALongTextInAColumnThatNobodyReads) {
    const std::string text(3'000'000, 'x');
    table("energy_kwh|log\n1|a\n2|" + text + "\n3|b\n");
    const Outcome outcome = box.gramme({"batch", "jobs.parquet"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 4);
    EXPECT_THAT(outcome.out.size(), ::testing::Gt(text.size()));
    // As CSV it may be the rest of the table behind a quote.
    EXPECT_EQ(of_csv("energy_kwh,log\n2," + text + "\n").exit_code, 65);
    // No name is that long.
    table("hours|device\n1|" + text + "\n2|h100\n");
    const Outcome named = box.gramme({"batch", "jobs.parquet"});
    EXPECT_EQ(named.exit_code, 65);
    EXPECT_THAT(named.err, HasSubstr("1 bad row is"));
    EXPECT_THAT(named.err, HasSubstr("device: holds a text of more than 4 KiB"));
}

TEST_F(BatchParquet, FromAPipeItIsNoText) {
    const auto piped = [&](const std::string& words) {
        return box.tool({"bash", "-c", words + " | '" + gramme_program() + "' batch -"});
    };
    for (const char* const binary : {"printf 'PAR1\\x15\\x04\"\\xff'", "printf 'PAR1\\x15\\x04\\n'"}) {
        const Outcome pipe = piped(binary);
        EXPECT_EQ(pipe.exit_code, 64);
        EXPECT_THAT(pipe.err, HasSubstr("standard input is Parquet, which is read from its end"));
        EXPECT_THAT(pipe.err, HasSubstr("gramme batch FILE.parquet"));
    }
    EXPECT_EQ(piped("printf 'PAR1,energy_kwh\\nx,1\\n'").exit_code, 0) << "a column may be called so";
    write("jobs.parquet", "PAR1\x15 and so on");
    const Outcome as_csv = box.gramme({"batch", "jobs.parquet", "--format", "csv"});
    EXPECT_EQ(as_csv.exit_code, 64);
    EXPECT_THAT(as_csv.err, HasSubstr("jobs.parquet is Parquet"));
    EXPECT_THAT(as_csv.err, HasSubstr("leave --format out"));
}

TEST_F(BatchParquet, RowsAreThoseOfTheSameTableAsCsv) {
    table(
        "job|device|count|hours|region|text\n"
        "a|NVIDIA A100-SXM4-80GB|8|120.5|FRA|says \"so\", and more\n"
        "b|h100|1|1e-3|SWE|two\\nlines\n"
        "c|h1000|1|2|SWE|EMPTY\n"
        "d|h100|NULL|2|NULL|NULL\n"
        "NULL|NULL|1|2|FRA|x\n");
    const std::string csv =
        "job,device,count,hours,region,text\n"
        "a,NVIDIA A100-SXM4-80GB,8,120.5,FRA,\"says \"\"so\"\", and more\"\n"
        "b,h100,1,1e-3,SWE,\"two\nlines\"\n"
        "c,h1000,1,2,SWE,\"\"\n"
        "d,h100,,2,,\n"
        ",,1,2,FRA,x\n";
    const Words options{"--keep-going", "--rejects", "bad.csv"};
    const Outcome wanted = of_csv(csv, options);
    const std::string bad = read("bad.csv");
    ASSERT_EQ(wanted.exit_code, 0) << wanted.err;
    EXPECT_THAT(bad, HasSubstr("h1000"));
    for (const char* const rows : {"1", "2", "1000"}) {  // of a chunk
        box.env["FAKE_DUCKDB_CHUNK"] = rows;
        const Outcome outcome = box.gramme(joined({"batch", "jobs.parquet"}, options));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_EQ(outcome.out, wanted.out);
        EXPECT_EQ(outcome.err, wanted.err);
        EXPECT_EQ(read("bad.csv"), bad);
    }
    // Whatever the file is called, and with another separator.
    write("jobs", "PAR1");
    EXPECT_EQ(box.gramme(joined({"batch", "jobs"}, options)).out, wanted.out);
    EXPECT_THAT(box.gramme(joined({"batch", "jobs", "--separator", ";"}, options)).out,
                HasSubstr("a;NVIDIA A100-SXM4-80GB;8;120.5;FRA;\"says \"\"so\"\", and more\";"));
}

TEST_F(BatchParquet, ItsNameAndItsCellsAreNeverSqlAndNothingIsFetched) {
    write("'); DROP TABLE x; --[a]*.parquet", "PAR1");
    table("energy_kwh|'); SELECT 1\n1|x\n");
    const Outcome outcome = box.gramme({"batch", "'); DROP TABLE x; --[a]*.parquet"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("energy_kwh,'); SELECT 1,"));
    const std::string log = read("log.txt");
    EXPECT_THAT(log, HasSubstr("open in memory\n"));
    EXPECT_THAT(log, HasSubstr("config autoinstall_known_extensions=false\n"));
    EXPECT_THAT(log, HasSubstr("config autoload_known_extensions=false\n"));
    EXPECT_THAT(log, HasSubstr("bind /proc/self/fd/"));
    EXPECT_THAT(log, HasSubstr("closed\n"));
    EXPECT_THAT(log, Not(HasSubstr("DROP")));
}

TEST_F(BatchParquet, ARowOfNothingIsARow) {
    table("energy_kwh\n1\nNULL\n2\n");
    const Words options{"--device", "h100", "--hours", "1"};
    const Outcome outcome = box.gramme(joined({"batch", "jobs.parquet"}, options));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 4) << outcome.out;
    EXPECT_THAT(box.gramme(joined({"batch", "jobs.parquet", "--separator", "|"}, options)).err,
                HasSubstr("3 rows"));
}

TEST_F(BatchParquet, AFileThatEndsTooEarlyIsNoShorterTable) {
    table("id|energy_kwh\n1|1\n2|2\n3|3\n4|4\n5|5\n");
    const auto refused = [&](const std::string& words) {
        const Outcome outcome = box.gramme({"batch", "jobs.parquet", "--out", "out.csv"});
        EXPECT_EQ(outcome.exit_code, 65) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(words));
        EXPECT_EQ(box.tool({"test", "-e", "out.csv"}).exit_code, 1);
    };
    box.env["FAKE_DUCKDB_FAILS_AT"] = "2";
    refused("cannot read jobs.parquet: IO Error: the pages of");
    box.env.erase("FAKE_DUCKDB_FAILS_AT");
    box.env["FAKE_DUCKDB_LOSES"] = "1";
    refused("4 rows could be read of the 5 that it says it has");
}

TEST_F(BatchParquet, WithoutTheLibraryItSaysTheWayOut) {
    table("energy_kwh\n1\n");
    const auto refused = [&](const std::string& words) {
        const Outcome outcome = box.gramme({"batch", "jobs.parquet"});
        EXPECT_EQ(outcome.exit_code, 69) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(words));
        EXPECT_THAT(outcome.err, HasSubstr("GRAMME_DUCKDB_LIB"));
        EXPECT_EQ(outcome.out, "");
    };
    box.env["GRAMME_DUCKDB_LIB"] = "/nowhere/libduckdb.so";
    refused("reading Parquet takes DuckDB: /nowhere/libduckdb.so: cannot open shared object file");
    box.env["GRAMME_DUCKDB_LIB"] = GRAMME_FAKE_DUCKDB_OLD;
    refused("has no function duckdb_pending_prepared_streaming");
    box.env["GRAMME_DUCKDB_LIB"] = GRAMME_FAKE_DUCKDB;
    box.env["FAKE_DUCKDB_VERSION"] = "v0.10.2";
    refused("is DuckDB v0.10.2, and 1.x or 2.x is needed");
}

TEST_F(BatchParquet, WhatIsNoFile) {
    EXPECT_EQ(box.gramme({"batch", "none.parquet"}).exit_code, 66);
    const Outcome pipe =
        box.tool({"bash", "-c", "'" + gramme_program() + "' batch - --format parquet <jobs.parquet"});
    EXPECT_EQ(pipe.exit_code, 64);
    EXPECT_THAT(pipe.err, HasSubstr("standard input cannot be Parquet"));
}

}  // namespace
}  // namespace gramme::testing
