// gramme batch --map: the exports of Slurm and of the clouds, each row against `gramme estimate` of the words
// that its last column holds. Files: tests/fixtures/batch/SOURCE.md.
#include <gmock/gmock.h>

#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;

/// The cells at the end of a row: what was expected, seven figures, the note. The others may hold separators.
std::vector<std::string> last_cells(std::string row, char separator) {
    constexpr std::size_t kCells = 9;
    std::vector<std::string> out(kCells);
    for (std::size_t i = kCells; i-- > 0;) {
        const std::size_t at = row.rfind(separator);
        out[i] = row.substr(at == std::string::npos ? 0 : at + 1);
        row.erase(at == std::string::npos ? 0 : at);
    }
    return out;
}

std::vector<std::string> split_at(const std::string& text, char separator) {
    std::vector<std::string> out;
    std::istringstream in{text};
    for (std::string one; std::getline(in, one, separator);) {
        out.push_back(one);
    }
    return out;
}

class BatchMaps : public Integration {
protected:
    void expect_figures(const std::vector<std::string>& cells) const {
        const Outcome estimate =
            box.gramme(joined(joined({"estimate"}, split_at(cells[0], ' ')), {"--format", "csv"}));
        ASSERT_EQ(estimate.exit_code, 0) << estimate.err;
        const auto expected = split_at(split_at(estimate.out, '\n').at(1), ',');
        EXPECT_NEAR(std::stod(cells[1]) / std::stod(expected.at(0)), 1.0, 1e-8) << cells[0];
        EXPECT_NEAR(std::stod(cells[5]) / std::stod(expected.at(6)), 1.0, 1e-8) << cells[0];
    }

    /// Every row of the fixture is as it says itself. How many have a figure.
    int check(const std::string& file, const std::string& map, char separator, const Words& options = {}) {
        const Outcome outcome = box.gramme(
            joined({"batch", std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/batch/" + file, "--map", map},
                   options));
        const std::string table = file_text(std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/batch/" + file);
        const auto bad = split_at(table, '\n').size() - split_at(outcome.out, '\n').size();
        EXPECT_EQ(outcome.exit_code, bad > 0 ? 65 : 0) << outcome.err;
        int figures = 0;
        const auto rows = split_at(outcome.out, '\n');
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const auto cells = last_cells(rows[i], separator);
            EXPECT_NE(cells[0], "bad") << rows[i];
            if (cells[0].starts_with("--")) {
                ++figures;
                expect_figures(cells);
            } else {
                EXPECT_EQ(cells[8], cells[0]) << rows[i];
                EXPECT_EQ(cells[1], "") << rows[i];
            }
        }
        return figures;
    }
};

TEST_F(BatchMaps, Slurm) {
    EXPECT_EQ(check("slurm.psv", "slurm", '|'), 2);
    const Outcome outcome = box.gramme(
        {"batch", std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/batch/slurm.psv", "--map", "slurm"});
    EXPECT_THAT(outcome.err, HasSubstr("1 bad row is not in the result"));
    EXPECT_THAT(outcome.err, HasSubstr("line 6: says neither energy, power, device nor instance (--device"));
}

TEST_F(BatchMaps, SlurmWithTheSeparatorAtTheEndAndWithCommas) {
    write_file(box.cwd + "/in",
               "JobID|Elapsed|AllocTRES|\n1|01:00:00|gres/gpu:a100=4|\n");  // sacct --parsable
    Outcome outcome = box.gramme({"batch", "in", "--map", "slurm"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("\n1|01:00:00|gres/gpu:a100=4||1.2"));
    write_file(box.cwd + "/in", "JobID;Elapsed;AllocTRES\n1;01:00:00;cpu=4,gres/gpu:a100=4,node=1\n");
    outcome = box.gramme({"batch", "in", "--map", "slurm", "--separator", ";"});
    EXPECT_THAT(outcome.out, HasSubstr("node=1;1.2"));
}

TEST_F(BatchMaps, AmazonFirstForm) {
    EXPECT_EQ(check("aws-legacy.csv", "aws", ','), 3);
}

TEST_F(BatchMaps, AmazonSecondForm) {
    EXPECT_EQ(check("aws-2.csv", "aws", ','), 2);
}

TEST_F(BatchMaps, Azure) {
    EXPECT_EQ(check("azure.csv", "azure", ','), 2);
}

TEST_F(BatchMaps, Google) {
    EXPECT_EQ(check("gcp.csv", "gcp", ','), 3);
}

TEST_F(BatchMaps, Focus) {
    EXPECT_EQ(check("focus.csv", "focus", ','), 4);
}

TEST_F(BatchMaps, AMachineOfAnExportThatNobodyKnowsIsABadRow) {
    write_file(box.cwd + "/in.csv",
               "line_item_product_code,line_item_usage_type,line_item_usage_amount,product_region_code\n"
               "AmazonEC2,BoxUsage:z99.huge,1,us-east-1\n");
    const Outcome outcome = box.gramme({"batch", "in.csv", "--map", "aws"});
    EXPECT_EQ(outcome.exit_code, 65);
    EXPECT_THAT(outcome.err, HasSubstr("z99.huge"));
}

}  // namespace
}  // namespace gramme::testing
