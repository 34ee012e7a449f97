// gramme batch: tables through the real program, byte for byte.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kAdded =
    ",gramme_energy_kwh,energy_low,energy_high,facility_energy_kwh,operational_kgco2e,operational_low,"
    "operational_high,"
    "gramme_note";

class Batch : public Integration {
protected:
    [[nodiscard]] std::string in_work(const std::string& name) const { return box.cwd + "/" + name; }
    void write(const std::string& name, const std::string& text) const { write_file(in_work(name), text); }
    [[nodiscard]] std::string read(const std::string& name) const { return file_text(in_work(name)); }
    [[nodiscard]] bool exists(const std::string& name) const { return file_exists(in_work(name)); }
    [[nodiscard]] Outcome shell(const std::string& command) const {
        return box.tool({"bash", "-c", "gramme() { '" + gramme_program() + "' \"$@\"; }; " + command});
    }
    /// Nothing was written and nothing is left: neither the table nor a part of it.
    void expect_untouched(const Outcome& outcome, int exit_code, const std::string& words) const {
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(words));
        for (const auto& entry : std::filesystem::directory_iterator(box.cwd)) {
            EXPECT_THAT(entry.path().filename().string(), StartsWith("in")) << "left behind";
        }
    }
    /// Rows over several blocks, with quotes and line ends inside them.
    [[nodiscard]] static std::string large_table(int rows) {
        std::string text = "id,team,device,count,hours,region\n";
        const std::vector<std::string> devices{"h100", "a100", "\"v100\"", "NVIDIA A100-SXM4-80GB"};
        const std::vector<std::string> regions{"FRA", "aws:us-east-1", "", "IND"};
        for (int i = 0; i < rows; ++i) {
            text += i % 7 == 0 ? "\"job " + std::to_string(i) + ", \"\"first\"\"\nline\"" : std::to_string(i);
            text += ",team" + std::to_string(i % 5) + "," + devices[static_cast<std::size_t>(i) % 4] + "," +
                    std::to_string(i % 8 + 1) + "," + std::to_string(i % 100) + ".25," +
                    regions[static_cast<std::size_t>(i / 3) % 4] + "\n";
        }
        return text;
    }
};

TEST_F(Batch, ARowIsWhatEstimateSays) {
    write("in.csv", "id,device,count,hours,region\n7,h100,8,3,FRA\n");
    const Outcome batch = box.gramme({"batch", "in.csv"});
    ASSERT_EQ(batch.exit_code, 0) << batch.err;
    const Json estimate = Json::parse(box.gramme({"estimate", "--device", "h100", "--count", "8", "--hours",
                                                  "3", "--region", "FRA", "--json"})
                                          .out);
    std::vector<std::string> cells;
    std::stringstream row{batch.out.substr(batch.out.find('\n') + 1)};
    for (std::string cell; std::getline(row, cell, ',');) {
        cells.push_back(cell);
    }
    ASSERT_GE(cells.size(), 12U);
    const auto near = [](const std::string& text, const Json& expected) {
        EXPECT_NEAR(std::stod(text) / expected.get<double>(), 1.0, 5e-9) << text;
    };
    near(cells[5], estimate["energy_kwh"]["value"]);
    near(cells[6], estimate["energy_kwh"]["low"]);
    near(cells[7], estimate["energy_kwh"]["high"]);
    near(cells[8], estimate["facility_energy_kwh"]["value"]);
    near(cells[9], estimate["operational_kgco2e"]["value"]);
    near(cells[10], estimate["operational_kgco2e"]["low"]);
    near(cells[11], estimate["operational_kgco2e"]["high"]);
}

TEST_F(Batch, InputBytesStayAndCrlfAndByteOrderMarkToo) {
    write(
        "in.csv",
        "\xEF\xBB\xBF\"name\",energy_kwh,pue,intensity_gco2e_per_kwh\r\n \"a\" ,2,1.2,400\r\n\"Montr\xC3\xA9"
        "al, \"\"x\"\"\",02.0,1.2,400");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--out", "out.csv"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    // 2 kWh x 1.2 = 2.4 kWh; x 400 g = 0.96 kg; all given, so no range
    EXPECT_EQ(read("out.csv"), "\xEF\xBB\xBF\"name\",energy_kwh,pue,intensity_gco2e_per_kwh" +
                                   std::string{kAdded} +
                                   "\r\n \"a\" ,2,1.2,400,2,2,2,2.4,0.96,0.96,0.96,\r\n\"Montr\xC3\xA9"
                                   "al, \"\"x\"\"\",02.0,1.2,400,2,2,2,2.4,0.96,0.96,0.96,\r\n");
}

TEST_F(Batch, SameBytesWithOneAndManyThreadsFromFileAndPipe) {
    write("in.csv", large_table(60'000));
    ASSERT_EQ(box.gramme({"batch", "in.csv", "--threads", "1", "--out", "one.csv", "--rejects", "bad1.csv",
                          "--keep-going", "--group-by", "team", "--summary", "sum1.csv"})
                  .exit_code,
              0);
    ASSERT_EQ(box.gramme({"batch", "in.csv", "--threads", "4", "--out", "four.csv", "--rejects", "bad4.csv",
                          "--keep-going", "--group-by", "team", "--summary", "sum4.csv"})
                  .exit_code,
              0);
    const Outcome piped =
        shell("(head -c 100000 in.csv; tail -c +100001 in.csv) | gramme batch - --threads 3 >piped.csv");
    EXPECT_EQ(piped.exit_code, 0) << piped.err;
    const std::string one = read("one.csv");
    EXPECT_GT(one.size(), 4'000'000U);
    EXPECT_TRUE(one == read("four.csv"));
    EXPECT_TRUE(one == read("piped.csv"));
    EXPECT_EQ(read("bad1.csv"), read("bad4.csv"));
    EXPECT_EQ(read("sum1.csv"), read("sum4.csv"));
    EXPECT_EQ(one.find("gramme_note"), one.rfind("gramme_note")) << "the header stands twice";
}

TEST_F(Batch, BadRowsAreLeftOutCountedAndKept) {
    write("in.csv",
          "id,device,hours,region\n1,h100,1,FRA\n2,h1000,1,FRA\n3,h100,-1,FRA\n4,h100,,FRA\n5,h100,1\n6,h100,"
          "nan,FRA\n"
          "\"7\"x,h100,1,FRA\n8,caf\xE9,1,FRA\n9,h100,1e400,FRA\n10,h100,1,nowhere\n11,h100,1,FRA\n");
    const Outcome strict = box.gramme({"batch", "in.csv", "--out", "out.csv", "--rejects", "bad.csv"});
    EXPECT_EQ(strict.exit_code, 65);
    EXPECT_THAT(strict.err, HasSubstr("2 rows:"));
    EXPECT_THAT(strict.err, HasSubstr("9 bad rows are not in the result"));
    const std::string bad = read("bad.csv");
    EXPECT_THAT(
        bad, StartsWith("gramme_line,gramme_reason,id,device,hours,region\n3,\"no device is called 'h1000'"));
    EXPECT_THAT(
        bad,
        HasSubstr(
            "\n4,hours: '-1' is no number of 0 or more,3,h100,-1,FRA\n5,the hours are missing,4,h100,,FRA\n"
            "6,\"has 3 fields, the header 4\",5,h100,1\n7,hours: 'nan'"));
    EXPECT_THAT(bad, HasSubstr("\n8,text after a closing quote,\"7\"x,"));
    EXPECT_THAT(bad, HasSubstr("\n9,byte 6 is no UTF-8,8,caf\xE9,1,FRA\n"));
    const std::string out = read("out.csv");
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 3);
    EXPECT_THAT(out, HasSubstr("\n11,h100,1,FRA,"));
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--keep-going"}).exit_code, 0);
}

TEST_F(Batch, LinesOfBadRowsCountLineEndsInsideQuotes) {
    write("in.csv", "id,energy_kwh\n\"a\n\nb\",1\nc,x\n");
    EXPECT_THAT(box.gramme({"batch", "in.csv"}).err, HasSubstr("line 5: energy_kwh: 'x'"));
}

TEST_F(Batch, MissingColumnsAreNamedWithTheNearestMap) {
    write("in.csv", "device,hrs,region\nh100,1,FRA\n");
    Outcome outcome = box.gramme({"batch", "in.csv", "--out", "out.csv"});
    expect_untouched(outcome, 64, "no column hours");
    EXPECT_THAT(outcome.err, HasSubstr("columns found: device, hrs, region"));
    write("in.csv", "JobID|ElapsedRaw|AllocTRES\n1|3600|gres/gpu:a100=2\n");
    EXPECT_THAT(box.gramme({"batch", "in.csv"}).err, HasSubstr("--map slurm"));
    write("in.csv", "a,b\n1,2\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 64,
                     "neither energy_kwh nor power_w");
    expect_untouched(
        box.gramme({"batch", "in.csv", "--device", "h100", "--map", "hours=c", "--out", "out.csv"}), 64,
        "no column 'c'");
    write("in.csv", "energy_kwh,energy_kwh\n1,2\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 64, "two columns are called");
    write("in.csv", "energy_kwh,operational_kgco2e\n1,2\n");
    EXPECT_EQ(box.gramme({"batch", "in.csv"}).exit_code, 0);  // not ours: ours is gramme_operational_kgco2e
    write("in.csv", "energy_kwh,gramme_note\n1,2\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 64, "already");
}

TEST_F(Batch, TablesThatAreNone) {
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 66, "cannot read in.csv");
    expect_untouched(box.gramme({"batch", ".", "--out", "out.csv"}), 66, "folder");
    write("in.csv", "");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 65, "empty");
    write("in.csv", "ger\xE4t,hours\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 65, "UTF-8");
    write("in.csv", "energy_kwh,\"x\n1,2\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 65, "quote");
}

TEST_F(Batch, ARecordOfMoreThanOneMebibyteEndsItWithItsLine) {
    const std::string row = "a,1\n";
    write("in.csv", "id,energy_kwh\n" + row + row + "\"" + std::string(3'000'000, 'x') + "\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv", "--rejects", "bad.csv"}), 65,
                     "line 4: a record of more than 1 MiB");
    write("in.csv", std::string(2'000'000, 'x'));
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "out.csv"}), 65,
                     "line 1: a record of more than 1 MiB");
}

TEST_F(Batch, AGigabyteOfOneLineTakesLittleMemory) {
    const Outcome outcome = shell(
        "(echo id,energy_kwh; head -c 1000000000 /dev/zero | tr '\\0' x) | gramme batch - --out out.csv");
    expect_untouched(outcome, 65, "line 2: a record of more than 1 MiB");
    if (!is_sanitized()) {
        EXPECT_LT(outcome.usage.ru_maxrss, 64 * 1024);  // KiB
    }
}

TEST_F(Batch, AQuoteThatIsNeverClosedAtTheEndIsABadRow) {
    write("in.csv", "id,energy_kwh\na,1\n\"b,2\n");
    const Outcome outcome = box.gramme({"batch", "in.csv"});
    EXPECT_EQ(outcome.exit_code, 65);
    EXPECT_THAT(outcome.err, HasSubstr("line 3: a quote is opened and never closed"));
}

TEST_F(Batch, GroupsAddUpToWhatAwkFinds) {
    std::string text = "id,team,energy_kwh,pue,intensity_gco2e_per_kwh\n";
    for (int i = 0; i < 30'000; ++i) {
        text += std::to_string(i) + ",team" + std::to_string(i % 3) + "," + std::to_string(i % 977) +
                ".5,1.5," + std::to_string(i % 900) + "\n";
    }
    write("in.csv", text);
    ASSERT_EQ(
        box.gramme({"batch", "in.csv", "--group-by", "team", "--summary", "sums.csv", "--out", "out.csv"})
            .exit_code,
        0);
    const std::string sums = read("sums.csv");
    for (const std::string team : {"team0", "team1", "team2"}) {
        const Outcome awk =
            box.tool({"awk", "-F,", "$2==\"" + team + "\"{n++;s+=$3*$4*$5/1000}END{printf \"%d %.12g\",n,s}",
                      "in.csv"});
        std::istringstream expected{awk.out};
        double rows = 0.0;
        double kg = 0.0;
        expected >> rows >> kg;
        std::istringstream line{sums.substr(sums.find(team + ","))};
        std::vector<double> cells;
        std::string cell;
        std::getline(line, cell, ',');
        while (cells.size() < 5 && std::getline(line, cell, ',')) {
            cells.push_back(std::stod(cell));
        }
        EXPECT_EQ(cells[0], rows);
        EXPECT_NEAR(cells[4] / kg, 1.0, 1e-9) << team;
    }
}

TEST_F(Batch, SlurmJobsWithoutTheirSteps) {
    write("in.psv",
          "JobID|Partition|Elapsed|AllocTRES|NNodes\n"
          "1|gpu|1-02:00:00|billing=8,cpu=96,gres/gpu:a100=8,gres/gpu=8,node=1|1\n"
          "1.batch|gpu|1-02:00:00|cpu=96,gres/gpu:a100=8|1\n"
          "2|cpu|00:30:00|cpu=16,mem=4G|1\n"
          "3|gpu|00:00:00||1\n"
          "4|gpu|01:00:00||1\n");
    const Outcome outcome =
        box.gramme({"batch", "in.psv", "--map", "slurm", "--region", "DEU", "--cpu-w", "8"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(
        outcome.out,
        HasSubstr("\n1.batch|gpu|1-02:00:00|cpu=96,gres/gpu:a100=8|1||||||||a step: counted with its job\n"));
    EXPECT_THAT(outcome.out, HasSubstr("|cpu=16,mem=4G|1|0.064|"));  // 16 CPUs x 8 W x 0.5 h
    EXPECT_THAT(outcome.out, HasSubstr("\n3|gpu|00:00:00||1||||||||did not run\n"));
    EXPECT_THAT(outcome.out, HasSubstr("\n4|gpu|01:00:00||1||||||||what it held is not known\n"));
    const Outcome same = box.gramme({"estimate", "--device", "a100", "--count", "8", "--hours", "26",
                                     "--region", "DEU", "--format", "csv"});
    const std::string energy = same.out.substr(same.out.find('\n') + 1, 8);
    EXPECT_THAT(outcome.out, HasSubstr("node=1|1|" + energy.substr(0, 7)));
}

TEST_F(Batch, SlurmCellsThatAreEmptyOrHalfSaid) {
    write("in.psv",
          "JobID|Elapsed|ElapsedRaw|AllocTRES|Site\n"
          "2|1-00:00:00||gres/gpu:a100=1|FRA\n"
          "3|1-00:00:00|86400|gres/gpu:a100=1|FRA\n"
          "4|||gres/gpu:a100=1|FRA\n"
          "5|00:00:00||gres/gpu:a100=1|FRA\n"
          "6|01:00:00|3600|gres/gpu:a100=1,gres/gpu=8|FRA\n");
    const Outcome outcome = box.gramme({"batch", "in.psv", "--map", "slurm", "--map", "region=Site"});
    EXPECT_EQ(outcome.exit_code, 65);
    const auto figures = [&](const std::string& start) {
        const std::size_t at = outcome.out.find(start);
        EXPECT_NE(at, std::string::npos) << start;
        return outcome.out.substr(at + start.size(), outcome.out.find('\n', at + 1) - at - start.size());
    };
    EXPECT_EQ(figures("\n2|1-00:00:00||gres/gpu:a100=1|FRA|"),
              figures("\n3|1-00:00:00|86400|gres/gpu:a100=1|FRA|"));
    EXPECT_THAT(outcome.out, HasSubstr("\n5|00:00:00||gres/gpu:a100=1|FRA||||||||did not run\n"));
    EXPECT_THAT(outcome.err, HasSubstr("line 4: the hours are missing"));
    EXPECT_THAT(outcome.err,
                HasSubstr("line 6: AllocTRES: 'gres/gpu:a100=1,gres/gpu=8' holds GPUs without a type"));
    const Outcome typed = box.gramme({"batch", "in.psv", "--map", "slurm", "--map", "region=Siet"});
    EXPECT_EQ(typed.exit_code, 64);
    EXPECT_THAT(typed.err, HasSubstr("--map: the table has no column 'Siet'"));
    EXPECT_EQ(box.gramme({"batch", "in.psv", "--map", "slurm", "--map", "aws"}).exit_code, 64);
}

TEST_F(Batch, LinesOfJson) {
    write(
        "in.ndjson",
        "{\"energy_kwh\":2,\"pue\":1.2,\"intensity_gco2e_per_kwh\":\"400\",\"x\":{\"a\":[1]}} \n{}\n[1]\n\n");
    const Outcome outcome = box.gramme({"batch", "in.ndjson", "--rejects", "bad.ndjson"});
    EXPECT_EQ(outcome.exit_code, 65);
    const Json row = Json::parse(outcome.out);
    EXPECT_THAT(outcome.out, StartsWith("{\"energy_kwh\":2,\"pue\":1.2,\"intensity_gco2e_per_kwh\":\"400\","
                                        "\"x\":{\"a\":[1]},\"gramme\":"));
    EXPECT_EQ(row["gramme"]["operational_kgco2e"], 0.96);
    EXPECT_THAT(
        read("bad.ndjson"),
        HasSubstr(
            "\"gramme_line\":3,\"gramme_reason\":\"is no JSON object (byte 1)\",\"gramme_row\":\"[1]\"}"));
}

TEST_F(Batch, AnExportOfACloudByItsReadyMap) {
    write("in.csv",
          "lineItem/LineItemType,lineItem/UsageAmount,pricing/unit,product/instanceType,product/regionCode\n"
          "Usage,24,Hrs,p4d.24xlarge,us-east-1\nTax,1,,,\nUsage,5,GB-Mo,,us-east-1\nRIFee,24,Hrs,p4d."
          "24xlarge,us-east-1\n");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--map", "aws"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("1 row:"));
    EXPECT_THAT(outcome.err, HasSubstr("3 rows without a figure"));
}

TEST_F(Batch, AFullDiskLeavesNothing) {
    const std::string disk = box.path("disk");
    ::mkdir(disk.c_str(), 0755);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
        GTEST_SKIP() << "cannot mount";
    }
    write("in.csv", large_table(5000));
    const Outcome outcome = box.gramme({"batch", "in.csv", "--keep-going", "--out", disk + "/out.csv"});
    const bool empty = std::filesystem::is_empty(disk);
    ::umount2(disk.c_str(), MNT_DETACH);
    expect_untouched(outcome, 73, "cannot write");
    EXPECT_THAT(outcome.err, HasSubstr("No space left"));
    EXPECT_TRUE(empty);
}

TEST_F(Batch, AReaderThatGoesAwayEndsItThoughTheInputDoesNotEnd) {
    write("in.csv", large_table(60'000));
    // as from a parent that ignores SIGPIPE
    const Outcome outcome = shell(
        "trap '' PIPE; mkfifo pipe; (cat in.csv; exec sleep 600) >pipe & "
        "(gramme batch pipe; echo $? >code) | head -n 1 >out.csv; kill $!");
    EXPECT_EQ(read("code"), "73\n") << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("cannot write standard output"));
    const Outcome closed = shell("gramme batch in.csv --keep-going >&-");
    EXPECT_EQ(closed.exit_code, 73) << closed.err;
}

TEST_F(Batch, AnOldResultStaysUntilTheNewOneIsWhole) {
    write("in.csv", "energy_kwh\n1\n\"" + std::string(2'000'000, 'x'));
    write("in-result.csv", "old");
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "in-result.csv"}).exit_code, 65);
    EXPECT_EQ(read("in-result.csv"), "old");
    write("in.csv", "energy_kwh\n1\n");
    EXPECT_EQ(box.gramme({"batch", "in.csv", "--out", "in.csv"}).exit_code, 0);  // even its own input
    EXPECT_THAT(read("in.csv"), StartsWith("energy_kwh,gramme_energy_kwh,"));
}

TEST_F(Batch, ATerminalSeesHowFarItIs) {
    write("in.csv", large_table(20'000));
    Terminal terminal(box.launch({gramme_program(), "batch", "in.csv", "--keep-going", "--out", "out.csv"}));
    EXPECT_TRUE(terminal.see(" M rows")) << terminal.screen();
    EXPECT_TRUE(terminal.see("rows: ")) << terminal.screen();
    EXPECT_EQ(terminal.wait().exit_code, 0);
}

TEST_F(Batch, WrongOptions) {
    write("in.csv", "energy_kwh\n1\n");
    expect_untouched(box.gramme({"batch", "in.csv", "--map", "slrm"}), 64,
                     "neither OURS=THEIRS nor a ready map");
    expect_untouched(box.gramme({"batch", "in.csv", "--map", "houres=x"}), 64, "did you mean hours");
    expect_untouched(box.gramme({"batch", "in.csv", "--threads", "0"}), 64, "--threads");
    expect_untouched(box.gramme({"batch", "in.csv", "--region", "nowhere"}), 64, "--region");
    expect_untouched(box.gramme({"batch", "in.csv", "--group-by", "team"}), 64, "--group-by");
    expect_untouched(box.gramme({"batch", "in.csv", "--device", "h100", "--power-w", "3"}), 64,
                     "one of them");
    expect_untouched(box.gramme({"batch", "in.csv", "--out", "no/such/folder"}), 73, "cannot write");
}

}  // namespace
}  // namespace gramme::testing
