#include "store/emissions_csv.hpp"

#include <gtest/gtest.h>

#include "scratch.hpp"

namespace gramme::store {
namespace {

using testing::read_file;
using testing::ScratchFolder;
using testing::write_file;

const CsvRow kHeader{"timestamp", "project_name", "emissions"};
const CsvRow kRow{"2026-11-23T09:00:00", "digits, \"new\"", "0.5"};
constexpr const char* kHeaderLine = "timestamp,project_name,emissions\n";
constexpr const char* kRowLine = "2026-11-23T09:00:00,\"digits, \"\"new\"\"\",0.5\n";

class EmissionsCsv : public ::testing::Test {
protected:
    CsvOutcome append() {
        auto outcome = append_row(path_, kHeader, kRow);
        EXPECT_TRUE(outcome) << outcome.error().what;
        return outcome ? *outcome : CsvOutcome{};
    }
    ScratchFolder folder_;
    std::string path_ = folder_.file("emissions.csv");
};

TEST_F(EmissionsCsv, ANewFileGetsTheHeaderOnce) {
    EXPECT_EQ(append().warning, "");
    append();
    EXPECT_EQ(read_file(path_), std::string{kHeaderLine} + kRowLine + kRowLine);
}

TEST_F(EmissionsCsv, AnEmptyFileGetsTheHeader) {
    write_file(path_, "");
    append();
    EXPECT_EQ(read_file(path_), std::string{kHeaderLine} + kRowLine);
}

TEST_F(EmissionsCsv, RepairsAMissingLineEnd) {
    write_file(path_, std::string{kHeaderLine} + "2026,half a ro");
    append();
    EXPECT_EQ(read_file(path_), std::string{kHeaderLine} + "2026,half a ro\n" + kRowLine);
}

TEST_F(EmissionsCsv, AHeaderWithoutLineEndIsAHeader) {
    write_file(path_, "timestamp,project_name,emissions");
    append();
    EXPECT_EQ(read_file(path_), std::string{kHeaderLine} + kRowLine);
}

TEST_F(EmissionsCsv, KeepsMarkAndLineEndsOfAWindowsEditor) {
    const std::string before = "\xEF\xBB\xBFtimestamp,\"project_name\",emissions\r\n1,2,3\r\n";
    write_file(path_, before);
    EXPECT_EQ(append().path, path_);
    EXPECT_EQ(read_file(path_), before + "2026-11-23T09:00:00,\"digits, \"\"new\"\"\",0.5\r\n");
}

TEST_F(EmissionsCsv, LeavesAnotherHeaderWhole) {
    const std::string other = "project_name,timestamp,emissions\na,b,1\n";  // same names, another order
    write_file(path_, other);
    const CsvOutcome outcome = append();
    EXPECT_EQ(outcome.path, folder_.file("emissions-gramme.csv"));
    EXPECT_EQ(outcome.warning,
              path_ + " has another header and was left whole; the row is in " + outcome.path);
    EXPECT_EQ(read_file(path_), other);
    EXPECT_EQ(read_file(outcome.path), std::string{kHeaderLine} + kRowLine);
    EXPECT_EQ(append().path, outcome.path);  // the next row goes there too
}

TEST_F(EmissionsCsv, GoesOnToTheFirstNameThatIsFree) {
    write_file(path_, "a\n");
    write_file(folder_.file("emissions-gramme.csv"), "a,\"open quote\n");
    EXPECT_EQ(append().path, folder_.file("emissions-gramme-2.csv"));
}

}  // namespace
}  // namespace gramme::store
