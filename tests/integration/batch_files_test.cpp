// gramme batch: what it does to files, and tables that were made to break it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BatchFiles : public Integration {
protected:
    void write(const std::string& name, const std::string& text) const {
        write_file(box.cwd + "/" + name, text);
    }
    [[nodiscard]] std::string read(const std::string& name) const { return file_text(box.cwd + "/" + name); }
    [[nodiscard]] Outcome shell(const std::string& command) const {
        return box.tool({"bash", "-c", "gramme() { '" + gramme_program() + "' \"$@\"; }; " + command});
    }
    /// Names in the working folder.
    [[nodiscard]] Words files() const {
        Words out;
        for (const auto& entry : std::filesystem::directory_iterator(box.cwd)) {
            out.push_back(entry.path().filename().string());
        }
        std::sort(out.begin(), out.end());
        return out;
    }
};

TEST_F(BatchFiles, OutputsThatWouldDestroyEachOtherAreRefused) {
    const std::string table = "id,energy_kwh\n1,2\n2,x\n";
    write("in.csv", table);
    std::filesystem::create_symlink("in.csv", box.cwd + "/link.csv");
    const auto refused = [&](const Words& options, const std::string& words) {
        const Outcome outcome = box.gramme(joined({"batch", "in.csv"}, options));
        EXPECT_EQ(outcome.exit_code, 64) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(words));
        EXPECT_EQ(read("in.csv"), table);
        EXPECT_EQ(files(), (Words{"in.csv", "link.csv"}));
    };
    refused({"--out", "o.csv", "--rejects", "./o.csv"}, "one file");
    refused({"--rejects", "o.csv", "--group-by", "id", "--summary", box.cwd + "/o.csv"}, "one file");
    refused({"--out", "o.csv", "--rejects", "in.csv"}, "would replace the table");
    refused({"--out", "o.csv", "--rejects", "link.csv"}, "would replace the table");
    refused({"--out", "o.csv", "--group-by", "id", "--summary", "link.csv"}, "would replace the table");
    const Outcome appended = shell("gramme batch in.csv >>in.csv");
    EXPECT_EQ(appended.exit_code, 64) << appended.err;
    EXPECT_EQ(read("in.csv"), table);
    EXPECT_EQ(shell("gramme batch - --rejects in.csv <in.csv >out.csv").exit_code, 64);
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "/dev/null", "--rejects", "/dev/null", "--keep-going"})
                  .exit_code,
              0);
}

TEST_F(BatchFiles, AFullDeviceAndAFolderThatIsNotThere) {
    write("in.csv", "energy_kwh\n1\n");
    for (const Words& options :
         {Words{"--out", "/dev/full"}, Words{"--out", "o.csv", "--rejects", "/dev/full"},
          Words{"--out", "no/o.csv"}}) {
        const Outcome outcome = box.gramme(joined({"batch", "in.csv"}, options));
        EXPECT_EQ(outcome.exit_code, 73) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr("cannot write"));
        EXPECT_EQ(files(), Words{"in.csv"});
    }
    EXPECT_EQ(shell("gramme batch in.csv >/dev/full").exit_code, 73);
}

TEST_F(BatchFiles, AFolderThatMayNotBeWritten) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may write everywhere";
    }
    write("in.csv", "energy_kwh\n1\n");
    std::filesystem::create_directory(box.cwd + "/closed");
    std::filesystem::permissions(box.cwd + "/closed", std::filesystem::perms::owner_read);
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "closed/o.csv"}).exit_code, 77);
}

TEST_F(BatchFiles, ASignalMidwayLeavesNothing) {
    const std::string pipe = box.cwd + "/in";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int fd = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    std::string table = "energy_kwh,team\n";
    while (table.size() < 3'000'000) {
        table += "1,a\n";
    }
    for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
        Process process = box.start({"batch", "in", "--out", "o.csv", "--rejects", "r.csv", "--group-by",
                                     "team", "--summary", "s.csv"});
        // A pipe holds far less: when all is in, most of it was read, and more would come.
        ASSERT_EQ(::write(fd, table.data(), table.size()), static_cast<ssize_t>(table.size()));
        process.send(signal);
        EXPECT_EQ(process.wait().signal, signal);
        EXPECT_EQ(files(), Words{"in"}) << signal;
        std::string left(1 << 20U, ' ');
        ::fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
        while (::read(fd, left.data(), left.size()) > 0) {
        }
        ::fcntl(fd, F_SETFL, O_RDWR);
    }
    ::close(fd);
}

TEST_F(BatchFiles, QuotesWithLineEndsOverTheBordersOfBlocks) {
    // Fields of 0 to 3 kB of quotes, separators and line ends: the borders of 256 KiB fall anywhere in them.
    std::string table = "id,energy_kwh,text\r\n";
    for (int i = 0; i < 2000; ++i) {
        std::string field;
        for (int j = 0; j < i * 37 % 800; ++j) {
            field += j % 3 == 0 ? "\"\"" : j % 3 == 1 ? "\n," : "x\r\n";
        }
        table += std::to_string(i) + ",2,\"" + field + "\"\r\n";
    }
    write("in.csv", table);
    ASSERT_EQ(box.gramme({"batch", "in.csv", "--threads", "3", "--pue", "1", "--intensity", "100", "--out",
                          "o.csv"})
                  .exit_code,
              0);
    // All bytes of the table are there, with the same results behind each row.
    std::string out = read("o.csv");
    out.erase(0, out.find("\r\n") + 2);
    const std::string results = ",2,2,2,2,0.2,0.2,0.2,\r\n";
    const std::string rows = table.substr(table.find("\r\n") + 2);
    std::size_t at = 0;
    for (int i = 0; i < 2000; ++i) {
        const std::string head = std::to_string(i) + ",2,\"";
        ASSERT_EQ(out.compare(at, head.size(), head), 0) << "row " << i;
        at = out.find(results, at);
        ASSERT_NE(at, std::string::npos) << "row " << i;
        out.replace(at, results.size(), "\r\n");
        at += 2;
    }
    EXPECT_TRUE(out == rows);
}

TEST_F(BatchFiles, LinesOfJsonThatWereMadeToBreakIt) {
    write("in.ndjson",
          "{\"energy_kwh\":1,\"energy_kwh\":2}\n{\"energy_kwh\":{\"a\":1}}\n{\"energy_kwh\":1e400}\n"
          "{\"energy_kwh\":123456789012345678901234567890}\n{\"energy_kwh\":true}\n{\"energy_kwh\":NaN}\n"
          "{\"energy_kwh\":\"\\ud800\"}\n{\"energy_kwh\":1}{\"energy_kwh\":2}\n{\"energy_kwh\":1\n" +
              std::string("{\"energy_kwh\":1,\"x\":") + std::string(100'000, '[') + "\n" +
              "{\"energy_kwh\":1,\"x\":{\"energy_kwh\":9,\"y\":[[]]}}\n");
    const Outcome outcome = box.gramme({"batch", "in.ndjson", "--rejects", "bad.ndjson", "--keep-going"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("10 bad rows"));
    EXPECT_THAT(outcome.out, StartsWith("{\"energy_kwh\":1,\"x\":{\"energy_kwh\":9,\"y\":[[]]},\"gramme\":"));
    const std::string bad = read("bad.ndjson");
    for (const std::string reason :
         {"names energy_kwh twice", "energy_kwh is neither text nor number", "'1e400' is no number",
          "the energy is not between 0 and 1,000 TWh", "half a surrogate pair", "is no JSON object"}) {
        EXPECT_THAT(bad, HasSubstr(reason));
    }
}

TEST_F(BatchFiles, TablesOfNoRows) {
    write("in.csv", "device,hours\r\n");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--out", "o.csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(read("o.csv"),
              "device,hours,energy_kwh,energy_low,energy_high,facility_energy_kwh,operational_kgco2e,"
              "operational_low,"
              "operational_high,gramme_note\r\n");
    EXPECT_EQ(shell("gramme batch - </dev/null").exit_code, 65);
}

TEST_F(BatchFiles, AGigabyteOfOneLineFromDiskAsWell) {
    // A hole in a file reads as zeros and takes no room.
    write("in.csv", "id,energy_kwh\n1,");
    std::filesystem::resize_file(box.cwd + "/in.csv", 1'000'000'000);
    write("in.ndjson", "{\"energy_kwh\":1}\n{\"energy_kwh\":1,\"x\":\"");
    std::filesystem::resize_file(box.cwd + "/in.ndjson", 1'000'000'000);
    for (const std::string file : {"in.csv", "in.ndjson"}) {
        const Outcome outcome = box.gramme({"batch", file, "--out", "o"});
        EXPECT_EQ(outcome.exit_code, 65);
        EXPECT_THAT(outcome.err, HasSubstr("line 2: a record of more than 1 MiB"));
        if (!is_sanitized()) {
            EXPECT_LT(outcome.usage.ru_maxrss, 64 * 1024);  // KiB
        }
        EXPECT_EQ(files(), (Words{"in.csv", "in.ndjson"}));
    }
}

TEST_F(BatchFiles, StandardOutputIsAnOutputAsWell) {
    write("in.csv", "id,energy_kwh\n1,2\n2,x\n");
    const Outcome rejects = shell("gramme batch in.csv --rejects o.csv >o.csv");
    EXPECT_EQ(rejects.exit_code, 64) << rejects.err;
    EXPECT_THAT(rejects.err, HasSubstr("would replace the file that standard output goes to"));
    EXPECT_EQ(shell("gramme batch in.csv --group-by id --summary o.csv >o.csv").exit_code, 64);
    EXPECT_EQ(shell("gramme batch in.csv --rejects r.csv --keep-going >o.csv").exit_code, 0);
}

TEST_F(BatchFiles, AFileThatIsReplacedHandsItsPermissionsOn) {
    write("in.csv", "energy_kwh\n1\n");
    write("o.csv", "old");
    ASSERT_EQ(::chmod((box.cwd + "/o.csv").c_str(), 0600), 0);
    ASSERT_EQ(
        shell("umask 022; gramme batch in.csv --out o.csv && gramme batch in.csv --out new.csv").exit_code,
        0);
    const auto mode = [&](const std::string& name) {
        struct stat status {};
        EXPECT_EQ(::stat((box.cwd + "/" + name).c_str(), &status), 0) << name;
        return status.st_mode & 0777U;
    };
    EXPECT_THAT(read("o.csv"), StartsWith("energy_kwh,"));
    EXPECT_EQ(mode("o.csv"), 0600U);
    EXPECT_EQ(mode("new.csv"), 0644U);
}

TEST_F(BatchFiles, ALinkIsFollowedAlsoWhereItLeadsNowhereYet) {
    write("in.csv", "energy_kwh\n1\n");
    std::filesystem::create_directory(box.cwd + "/far");
    std::filesystem::create_symlink("far/o.csv", box.cwd + "/link.csv");
    std::filesystem::create_symlink("round.csv", box.cwd + "/round.csv");
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome = box.gramme({"batch", "in.csv", "--out", "link.csv"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_TRUE(std::filesystem::is_symlink(box.cwd + "/link.csv"));
        EXPECT_THAT(read("far/o.csv"), StartsWith("energy_kwh,"));
    }
    std::filesystem::remove(box.cwd + "/far/o.csv");
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "link.csv", "--rejects", "far/o.csv"}).exit_code, 64);
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "round.csv"}).exit_code, 73);
}

TEST_F(BatchFiles, APartOfADeadRunIsNotInTheWay) {
    write("in.csv", "energy_kwh\n1\n");
    const Outcome outcome = box.tool(
        {"bash", "-c", "touch o.csv.$$.part; exec '" + gramme_program() + "' batch in.csv --out o.csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(read("o.csv"), StartsWith("energy_kwh,"));
}

TEST_F(BatchFiles, TooLittleMemoryIsAnErrorInWhicheverThread) {
    if (is_sanitized()) {
        GTEST_SKIP() << "sanitizers take terabytes of addresses";
    }
    std::string table = "id,energy_kwh\n";
    for (int i = 0; i < 20; ++i) {
        table += std::string(900'000, 'x') + ",1\n";
    }
    write("in.csv", table);
    // Room for the program and a few stacks of 8 MB each.
    const Outcome threads =
        shell("ulimit -s 8192; ulimit -v 80000; gramme batch in.csv --threads 16 --out o.csv");
    EXPECT_EQ(threads.exit_code, 69) << threads.err;
    EXPECT_EQ(files(), Words{"in.csv"});
    // Small stacks: memory ends at another step each time; it is never a signal.
    for (int kib = 40'000; kib <= 120'000; kib += 8'000) {
        const Outcome outcome = shell("ulimit -s 256; ulimit -v " + std::to_string(kib) +
                                      "; gramme batch in.csv --threads 8 --out /dev/null");
        EXPECT_THAT(outcome.exit_code, AnyOf(0, 69)) << kib << ": " << outcome.err;
    }
}

TEST_F(BatchFiles, ALastLineThatEndsInACarriageReturn) {
    write("in.csv", "energy_kwh,pue,intensity_gco2e_per_kwh\n1,1,100\n2,1,100\r");
    const Outcome outcome = box.gramme({"batch", "in.csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, EndsWith("\n2,1,100,2,2,2,2,0.2,0.2,0.2,\n"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("\r")));
    write("in.csv", "energy_kwh\r");
    EXPECT_THAT(box.gramme({"batch", "in.csv"}).out, EndsWith(",gramme_note\r\n"));
    write("in.ndjson", "{\"energy_kwh\":1}\r");
    EXPECT_THAT(box.gramme({"batch", "in.ndjson"}).out, EndsWith("}}\n"));
}

TEST_F(BatchFiles, AnOpenQuoteIsToldWithTheLinesItTookAndNeverExitsWith0) {
    write("in.csv", "id,energy_kwh\na,1\n\"b,2\nc,3\nd,4\n");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--keep-going", "--rejects", "bad.csv"});
    EXPECT_EQ(outcome.exit_code, 65) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("took 2 lines into bad rows"));
    EXPECT_THAT(outcome.err,
                HasSubstr("line 3: a quote is opened and never closed; lines 3 to 5 are one row"));
    EXPECT_THAT(read("bad.csv"),
                HasSubstr("\n3,a quote is opened and never closed; lines 3 to 5 are one row,"));
    // closed by the first quote of a later row; and over bytes that are no text
    write("in.csv", "id,energy_kwh\n\"b,2\nc,3\n\"d\",4\ne,5\n");
    const Outcome closed = box.gramme({"batch", "in.csv", "--keep-going"});
    EXPECT_EQ(closed.exit_code, 65);
    EXPECT_THAT(closed.err, HasSubstr("line 2: text after a closing quote; lines 2 to 4 are one row"));
    EXPECT_THAT(closed.out, HasSubstr("\ne,5,"));
    write("in.csv", "id,energy_kwh\n\"caf\xE9,2\nc,3\n");
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--keep-going"}).exit_code, 65);
}

TEST_F(BatchFiles, AByteOrderMarkBeforeLinesOfJson) {
    write("in.ndjson", "\xEF\xBB\xBF{\"energy_kwh\":1}\n");
    write("in.txt", "\xEF\xBB\xBF{\"energy_kwh\":1}\n");
    for (const std::string name : {"in.ndjson", "in.txt"}) {
        const Outcome outcome = box.gramme({"batch", name});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_THAT(outcome.out, StartsWith("{\"energy_kwh\":1,\"gramme\":{"));
    }
}

TEST_F(BatchFiles, KeysOfJsonAreComparedAsTheyAreMeant) {
    write("in.ndjson",
          "{\"energy\\u005fkwh\":2}\n{\"\\u0067ramme\":{},\"energy_kwh\":1}\n"
          "{\"energy\\u005fkwh\":1,\"energy_kwh\":2}\n{\"\\ud800\":1,\"energy_kwh\":1}\n");
    const Outcome outcome = box.gramme({"batch", "in.ndjson", "--rejects", "bad"});
    EXPECT_EQ(outcome.exit_code, 65);
    EXPECT_THAT(outcome.out, StartsWith("{\"energy\\u005fkwh\":2,\"gramme\":{\"energy_kwh\":2,"));
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
    for (const std::string reason :
         {"has a member gramme already", "names energy_kwh twice", "a key holds half a surrogate pair"}) {
        EXPECT_THAT(read("bad"), HasSubstr(reason));
    }
}

TEST_F(BatchFiles, NamesOfJsonThatNoLineHas) {
    write("in.ndjson", "{\"energy_kwh\":1,\"team\":\"a\"}\n{\"energy_kwh\":1,\"region\":\"FRA\"}\n");
    const auto refused = [&](const Words& options, const std::string& words) {
        const Outcome outcome = box.gramme(joined({"batch", "in.ndjson", "--out", "o"}, options));
        EXPECT_EQ(outcome.exit_code, 64) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(words));
        EXPECT_EQ(files(), Words{"in.ndjson"});
    };
    refused({"--map", "region=regn"}, "--map: no line has a member 'regn'");
    refused({"--group-by", "teeam"}, "--group-by: no line has a member 'teeam'");
    EXPECT_EQ(box.gramme({"batch", "in.ndjson", "--group-by", "team", "--map", "region=region"}).exit_code,
              0);
    write("none.ndjson", "\n");
    EXPECT_EQ(box.gramme({"batch", "none.ndjson", "--group-by", "team"}).exit_code, 0);
}

TEST_F(BatchFiles, AGroupWithANameOfMoreThanFourKibibytes) {
    write("in.csv", "energy_kwh,team\n1,a\n1," + std::string(4097, 'x') + "\n");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--group-by", "team", "--out", "o"});
    EXPECT_EQ(outcome.exit_code, 65) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("line 3: a value of --group-by of more than 4 KiB"));
}

}  // namespace
}  // namespace gramme::testing
