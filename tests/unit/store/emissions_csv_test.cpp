#include "store/emissions_csv.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "scratch.hpp"
#include "store/file_lock.hpp"

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

TEST_F(EmissionsCsv, AnotherNameThatIsNoFileIsPassedOver) {
    write_file(path_, "caf\xE9\n");
    ASSERT_EQ(::symlink("/dev/zero", folder_.file("emissions-gramme.csv").c_str()), 0);
    ASSERT_EQ(::mkfifo(folder_.file("emissions-gramme-2.csv").c_str(), 0600), 0);
    const CsvOutcome outcome = append();
    EXPECT_EQ(outcome.path, folder_.file("emissions-gramme-3.csv"));
    EXPECT_NE(outcome.warning.find("was left whole"), std::string::npos);
    EXPECT_EQ(read_file(outcome.path), std::string{kHeaderLine} + kRowLine);
}

TEST_F(EmissionsCsv, AHeaderWithALineEndInsideQuotesIsReadWhole) {
    const CsvRow header{"a\nb", "c", "d"};
    ASSERT_TRUE(append_row(path_, header, kRow));
    ASSERT_TRUE(append_row(path_, header, kRow));
    EXPECT_EQ(read_file(path_), std::string{"\"a\nb\",c,d\n"} + kRowLine + kRowLine);
}

TEST_F(EmissionsCsv, SaysWhatAFolderIs) {
    const auto outcome = append_row(folder_.path(), kHeader, kRow);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kIo);
    EXPECT_NE(outcome.error().what.find("folder"), std::string::npos);
}

TEST_F(EmissionsCsv, NamesAFolderThatIsMissing) {
    const auto outcome = append_row(folder_.file("missing/emissions.csv"), kHeader, kRow);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kIo);
    EXPECT_FALSE(outcome.error().hint.empty());
}

TEST_F(EmissionsCsv, RefusesARowOfAnotherLength) {
    EXPECT_FALSE(append_row(path_, kHeader, {"1"}));
}

TEST_F(EmissionsCsv, APipeGetsTheRowOnly) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(append_row(path_, kHeader, kRow).error().code,
              Code::kUnavailable);  // nobody reads: do not hang
    const int reader = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    append();
    std::string got(200, '\0');
    got.resize(static_cast<std::size_t>(::read(reader, got.data(), got.size())));
    ::close(reader);
    EXPECT_EQ(got, kRowLine);
}

TEST_F(EmissionsCsv, AFileThatIsReplacedWhileWeWaitIsNotWrittenTo) {
    append();
    const int fd = ::open(path_.c_str(), O_RDWR);
    ASSERT_EQ(::flock(fd, LOCK_EX), 0);
    const pid_t child = testing::in_child([&] {
        ::close(fd);  // else the lock would live on in this child
        return append_row(path_, kHeader, kRow) ? 0 : 1;
    });
    ::usleep(50'000);  // it waits for the lock now
    std::filesystem::rename(path_, folder_.file("old.csv"));
    ::close(fd);
    EXPECT_EQ(testing::wait_for(child), 0);
    EXPECT_EQ(read_file(folder_.file("old.csv")), std::string{kHeaderLine} + kRowLine);
    EXPECT_EQ(read_file(path_), std::string{kHeaderLine} + kRowLine);
}

TEST_F(EmissionsCsv, AFileThatStaysLockedIsLeftToItsOwnerAndTheRowIsInTheNextName) {
    append();
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(fd, LOCK_EX), 0);
    const std::string before = read_file(path_);
    const Patience none{std::chrono::milliseconds{0}, std::chrono::milliseconds{0}, {}};
    const auto outcome = append_row(path_, kHeader, kRow, none);
    ::close(fd);
    ASSERT_TRUE(outcome) << outcome.error().what;
    EXPECT_EQ(outcome->path, folder_.file("emissions-gramme.csv"));
    EXPECT_NE(outcome->warning.find("kept locked by another process"), std::string::npos) << outcome->warning;
    EXPECT_EQ(read_file(path_), before);
    EXPECT_EQ(read_file(outcome->path), std::string{kHeaderLine} + kRowLine);
}

TEST(PatienceOfALock, EndsWhenSomebodyWantsItTo) {
    const ScratchFolder folder;
    const std::string path = folder.file("locked");
    write_file(path, "");
    const int held = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const int other = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    int asked = 0;
    constexpr std::chrono::hours kLong{1};
    const Patience patience{kLong, kLong, [&asked] { return ++asked == 3; }};
    EXPECT_EQ(lock_patiently(other, path, patience), LockOutcome::kHeld);
    EXPECT_EQ(asked, 3);
    ::close(held);
    EXPECT_EQ(lock_patiently(other, path, patience), LockOutcome::kLocked);
    ::close(other);
}

TEST(PatienceOfALock, LastsAsLongAsOthersGetOn) {
    const ScratchFolder folder;
    const std::string path = folder.file("growing");
    const Patience patience{std::chrono::milliseconds{20}, std::chrono::hours{1}, {}};
    Wait wait{patience, {path}};
    std::string text;
    constexpr int kTurns = 40;  // each of the later ones sleeps some 20 ms: the file would be stuck long ago
    for (int turn = 0; turn < kTurns; ++turn) {
        write_file(path, text += "row\n");
        EXPECT_TRUE(wait.go_on()) << turn;
    }
    int more = 0;
    while (wait.go_on()) {
        ASSERT_LT(++more, 1'000) << "nobody changes it any more";
    }
}

}  // namespace
}  // namespace gramme::store
