// A row that takes the place of the one before of the same run.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "scratch.hpp"
#include "store/emissions_csv.hpp"

namespace gramme::store {
namespace {

using testing::read_file;
using testing::ScratchFolder;
using testing::write_file;

const CsvRow kHeader{"run_id", "emissions"};

class ReplaceRow : public ::testing::Test {
protected:
    CsvOutcome put(const std::string& run, const std::string& emissions) {
        auto outcome = replace_row(path_, kHeader, {run, emissions}, "run_id");
        EXPECT_TRUE(outcome) << outcome.error().what;
        return outcome ? *outcome : CsvOutcome{};
    }
    ScratchFolder folder_;
    std::string path_ = folder_.file("emissions.csv");
};

TEST_F(ReplaceRow, KeepsTheOthersByteForByte) {
    put("a", "1");
    write_file(path_, read_file(path_) + "\"b, 2\",  1.50\nshort\n");
    put("a", "3");
    EXPECT_EQ(read_file(path_), "run_id,emissions\n\"b, 2\",  1.50\nshort\na,3\n");
}

TEST_F(ReplaceRow, TakesEveryEarlierRowOfTheRun) {
    write_file(path_, "run_id,emissions\na,1\nb,1\n\"a\",2\n");
    put("a", "3");
    EXPECT_EQ(read_file(path_), "run_id,emissions\nb,1\na,3\n");
}

TEST_F(ReplaceRow, KeepsALineThatIsCut) {
    write_file(path_, "run_id,emissions\na,1\n\"b");
    put("a", "2");
    EXPECT_EQ(read_file(path_), "run_id,emissions\n\"b\na,2\n");
}

TEST_F(ReplaceRow, AFileWithAnotherHeaderIsLeftWhole) {
    write_file(path_, "mine\na\n");
    const CsvOutcome outcome = put("a", "1");
    EXPECT_EQ(read_file(path_), "mine\na\n");
    EXPECT_EQ(read_file(outcome.path), "run_id,emissions\na,1\n");
}

TEST_F(ReplaceRow, AKeyThatTheHeaderLacksIsOurBug) {
    const auto outcome = replace_row(path_, kHeader, {"a", "1"}, "timestamp");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kBug);
}

TEST_F(ReplaceRow, ManyAtOnceLoseNoRow) {
    constexpr int kWriters = 8;
    constexpr int kRows = 20;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
        threads.emplace_back([this, writer] {
            for (int i = 0; i < kRows; ++i) {
                const CsvRow row{"run" + std::to_string(writer), std::to_string(i)};
                ASSERT_TRUE(i % 2 == 0 ? replace_row(path_, kHeader, row, "run_id")
                                       : append_row(path_, kHeader, {"other", "0"}));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const auto rows = parse_csv(read_file(path_));
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(),
              1U + kWriters + kWriters * kRows / 2);  // header, one each, and all that were appended
}

}  // namespace
}  // namespace gramme::store
