#include "store/journal.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <memory>

#include "scratch.hpp"
#include "store/journal_writer.hpp"

namespace gramme::store {
namespace {

using testing::energy_of;
using testing::in_child;
using testing::kSecond;
using testing::kStart;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::ScratchFolder;
using testing::wait_for;

class JournalTest : public ::testing::Test {
protected:
    std::unique_ptr<Journal> create(const RunRecord& run = made_up_run()) {
        auto journal = Journal::create(folder_.path(), run, 7);
        EXPECT_TRUE(journal) << journal.error().what;
        EXPECT_TRUE((*journal)->declare(0, made_up_device("cpu0")));
        return *std::move(journal);
    }
    static Ledger ledger_of(const Journal& journal) {
        auto ledger = journal.ledger();
        EXPECT_TRUE(ledger) << ledger.error().what;
        return *std::move(ledger);
    }

    ScratchFolder folder_;
};

TEST_F(JournalTest, GivesBackWhatWasPutIn) {
    const auto journal = create();
    ASSERT_TRUE(journal->declare(1, made_up_device("dram0")));
    journal->add(made_up_window(1, 0.0, 1.0, 8.0));
    journal->add(made_up_window(0, 0.0, 1.0, 4.0));
    journal->add_gap(1, kSecond, 2 * kSecond, "NVML: GPU is lost");
    ASSERT_TRUE(journal->add_marker({Marker::Kind::kSpanBegin, 5, "epoch", R"({"n":1})"}));
    journal->tick(3 * kSecond, 3);

    const auto read = read_journal(journal->path());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE(read->damage.empty());
    EXPECT_EQ(read->run.id, made_up_run().id);
    EXPECT_EQ(read->run.command, made_up_run().command);
    EXPECT_EQ(read->run.samples, 3U);
    EXPECT_DOUBLE_EQ(read->run.duration_s, 3.0);
    ASSERT_EQ(read->ledger.devices.size(), 2U);
    EXPECT_EQ(read->ledger.devices[1].id, "dram0");
    EXPECT_DOUBLE_EQ(read->ledger.devices[1].gain_sigma, 0.03);
    EXPECT_EQ(read->ledger.devices[1].group, "rapl");
    ASSERT_EQ(read->ledger.windows.size(), 2U);  // by device, then time
    const Window& window = read->ledger.windows[0];
    EXPECT_EQ(window.device, 0);
    EXPECT_EQ(window.from_ns, 0);
    EXPECT_EQ(window.to_ns, kSecond);
    EXPECT_DOUBLE_EQ(window.energy.value(), 4.0);
    EXPECT_DOUBLE_EQ(window.job.value(), 2.0);
    EXPECT_DOUBLE_EQ(window.unassigned.value(), 1.0);
    EXPECT_DOUBLE_EQ(window.job_cpu_s, 0.5);
    EXPECT_DOUBLE_EQ(window.busy_cpu_s, 0.75);
    EXPECT_EQ(window.readings, 1U);
    ASSERT_EQ(read->ledger.gaps.size(), 1U);
    EXPECT_EQ(read->ledger.gaps[0].reason, "NVML: GPU is lost");
    EXPECT_EQ(read->ledger.gaps[0].from_ns, kSecond);
    ASSERT_EQ(read->ledger.markers.size(), 1U);
    EXPECT_EQ(read->ledger.markers[0].name, "epoch");
    EXPECT_EQ(read->ledger.markers[0].detail, R"({"n":1})");
}

TEST_F(JournalTest, MergesTheSamplesOfTenSeconds) {
    const auto journal = create();  // starts on a bound: windows 0..10 s and 10..12 s
    for (int i = 0; i < 12; ++i) {
        journal->add(made_up_window(0, i, i + 1, 3.0));
    }
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.windows.size(), 2U);
    EXPECT_EQ(ledger.windows[0].to_ns, 10 * kSecond);
    EXPECT_DOUBLE_EQ(ledger.windows[0].energy.value(), 30.0);
    EXPECT_EQ(ledger.windows[0].readings, 10U);
    EXPECT_DOUBLE_EQ(ledger.windows[1].energy.value(), 6.0);
}

TEST_F(JournalTest, CutsAtBoundsOfTheClockNotOfTheRun) {
    RunRecord run = made_up_run();
    run.started_wall_ns += 4 * kSecond;  // the next 10 s bound is 6 s into the run
    const auto journal = create(run);
    journal->add(made_up_window(0, 0, 8, 80.0));
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.windows.size(), 2U);
    EXPECT_EQ(ledger.windows[0].to_ns, 6 * kSecond);
    EXPECT_DOUBLE_EQ(ledger.windows[0].energy.value(), 60.0);  // 6 of 8 s
    EXPECT_DOUBLE_EQ(ledger.windows[1].energy.value(), 20.0);
}

TEST_F(JournalTest, CutPiecesAddUpExactly) {
    RunRecord run = made_up_run();
    run.started_wall_ns += 7 * kSecond + 1;
    const auto journal = create(run);
    const double energy = 1.0 / 3.0;
    journal->add(made_up_window(0, 0, 10, energy));  // cut once, about a third of the way
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.windows.size(), 2U);
    EXPECT_EQ(ledger.windows[0].energy.value() + ledger.windows[1].energy.value(), energy);
    EXPECT_EQ(ledger.windows[0].readings + ledger.windows[1].readings, 1U);
}

TEST_F(JournalTest, KeepsTheLastHourFineAndFoldsWhatIsOlder) {
    const auto journal = create();
    constexpr int kSeconds = 2 * 3'600;
    for (int i = 0; i < kSeconds; ++i) {
        journal->add(made_up_window(0, i, i + 1, 2.0));
    }
    const Ledger ledger = ledger_of(*journal);
    double sum = 0.0;
    std::int64_t at = 0;
    for (const Window& window : ledger.windows) {
        EXPECT_EQ(window.from_ns, at);  // nothing missing, nothing twice
        at = window.to_ns;
        sum += window.energy.value();
        const std::int64_t length = window.to_ns - window.from_ns;
        if (window.to_ns <= (kSeconds - 3'600 - 300) * kSecond) {
            EXPECT_EQ(length, 300 * kSecond);
        } else if (window.from_ns >= (kSeconds - 3'600) * kSecond) {
            EXPECT_EQ(length, 10 * kSecond);
        }
    }
    EXPECT_EQ(at, kSeconds * kSecond);
    EXPECT_DOUBLE_EQ(sum, 2.0 * kSeconds);
}

TEST_F(JournalTest, KeepsTheWeakestQualityOfAMergedWindow) {
    const auto journal = create();
    Window window = made_up_window(0, 0, 1, 1.0);
    journal->add(window);
    window = made_up_window(0, 1, 2, 1.0);
    window.quality = Quality::kModelled;
    journal->add(window);
    journal->add(made_up_window(0, 2, 3, 1.0));
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.windows.size(), 1U);
    EXPECT_EQ(ledger.windows[0].quality, Quality::kModelled);
}

TEST_F(JournalTest, DoesNotBridgeAHole) {
    const auto journal = create();
    journal->add(made_up_window(0, 0, 1, 1.0));
    journal->add_gap(0, kSecond, 3 * kSecond, "reset");
    journal->add(made_up_window(0, 3, 4, 1.0));
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.windows.size(), 2U);
    EXPECT_EQ(ledger.windows[0].to_ns, kSecond);
    EXPECT_EQ(ledger.windows[1].from_ns, 3 * kSecond);
}

TEST_F(JournalTest, TakesAWindowOfADay) {  // a sensor that answered again after a night
    const auto journal = create();
    journal->add(made_up_window(0, 0, 86'400, 864.0));
    const Ledger ledger = ledger_of(*journal);
    // 23 h in pieces of 5 minutes (276), then one hour in pieces of 10 s (360).
    EXPECT_EQ(ledger.windows.size(), 276U + 360U);
    EXPECT_NEAR(energy_of(ledger, 0), 864.0, 1e-9);
    EXPECT_EQ(ledger.windows.back().to_ns, 86'400 * kSecond);
}

TEST_F(JournalTest, NeverLosesJoulesToTimeThatRunsBackwards) {
    const auto journal = create();
    journal->add(made_up_window(0, 0, 5, 1.0));
    journal->add(made_up_window(0, 3, 4, 1.0));
    journal->add(made_up_window(0, 5, 5, 1.0));
    EXPECT_DOUBLE_EQ(energy_of(ledger_of(*journal), 0), 3.0);
}

TEST_F(JournalTest, JoinsGapsThatTouch) {
    const auto journal = create();
    for (int i = 0; i < 1'000; ++i) {
        journal->add_gap(0, i * kSecond, (i + 1) * kSecond, "permission denied");
    }
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.gaps.size(), 1U);
    EXPECT_EQ(ledger.gaps[0].from_ns, 0);
    EXPECT_EQ(ledger.gaps[0].to_ns, 1'000 * kSecond);
}

TEST_F(JournalTest, KeepsGapsApartThatDoNotTouchOrDifferInReason) {
    const auto journal = create();
    journal->add_gap(0, 0, 1 * kSecond, "a");
    journal->add_gap(0, 1 * kSecond, 2 * kSecond, "b");
    journal->add_gap(0, 5 * kSecond, 6 * kSecond, "b");
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.gaps.size(), 3U);
    EXPECT_EQ(ledger.gaps[2].from_ns, 5 * kSecond);
}

TEST_F(JournalTest, ASensorThatComesAndGoesDoesNotFillTheDisk) {
    const auto journal = create();
    constexpr int kDay = 86'400;
    for (int i = 0; i < kDay; i += 2) {
        journal->add(made_up_window(0, i, i + 1, 1.0));
        journal->add_gap(0, (i + 1) * kSecond, (i + 2) * kSecond, "GPU is lost");
    }
    const Ledger ledger = ledger_of(*journal);
    std::int64_t gap_ns = 0;
    for (const Gap& gap : ledger.gaps) {
        gap_ns += gap.to_ns - gap.from_ns;
    }
    EXPECT_EQ(gap_ns, kDay / 2 * kSecond);  // the time without readings stays right
    EXPECT_DOUBLE_EQ(energy_of(ledger, 0), kDay / 2);
    EXPECT_LT(std::filesystem::file_size(journal->path()), 1'000'000U);
}

TEST_F(JournalTest, CutsALongReasonBetweenCharacters) {
    const auto journal = create();
    journal->add_gap(0, 0, 1, std::string(62, 'x') + "\xC3\xA9tude");  // 63 bytes would split the e acute
    EXPECT_EQ(ledger_of(*journal).gaps.at(0).reason, std::string(62, 'x'));
}

TEST_F(JournalTest, ReportsWhatNamesADeviceNobodyDeclared) {
    const auto journal = create();
    journal->add(made_up_window(7, 0, 1, 1.0));
    Window bad = made_up_window(0, 0, 1, std::nan(""));
    journal->add(bad);
    journal->tick(kSecond, 1);
    const auto read = read_journal(journal->path());
    ASSERT_TRUE(read);
    ASSERT_EQ(read->damage.size(), 1U);
    EXPECT_EQ(read->damage[0].substr(0, 9), "2 windows");
}

TEST_F(JournalTest, SaysWhetherItsWriterLives) {
    auto journal = create();
    journal->tick(5 * kSecond, 5);
    const std::string path = journal->path();
    EXPECT_TRUE(read_journal(path)->alive);
    EXPECT_EQ(read_journal(path)->run.state, RunState::kRunning);
    journal.reset();  // as death does, this closes the file
    const auto read = read_journal(path);
    EXPECT_FALSE(read->alive);
    EXPECT_EQ(read->run.state, RunState::kInterrupted);
    EXPECT_DOUBLE_EQ(read->run.duration_s, 5.0);
}

TEST_F(JournalTest, TwoReadersDoNotTakeEachOtherForTheWriter) {
    const auto path = create()->path();
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(fd, LOCK_SH), 0);
    EXPECT_FALSE(read_journal(path)->alive);
    ::close(fd);
}

TEST_F(JournalTest, DescribesTheRunAgain) {
    auto journal = create();
    RunRecord run = made_up_run();
    run.state = RunState::kFinished;
    run.exit_status = 3;
    run.duration_s = 12.5;
    run.samples = 13;
    journal->tick(kSecond, 1);
    ASSERT_TRUE(journal->describe(run));
    const auto read = read_journal(journal->path());
    EXPECT_EQ(read->run.state, RunState::kFinished);
    EXPECT_EQ(read->run.exit_status, 3);
    EXPECT_DOUBLE_EQ(read->run.duration_s, 12.5);
    EXPECT_EQ(read->run.samples, 13U);
}

TEST_F(JournalTest, CutsACommandThatIsTooLong) {
    RunRecord run = made_up_run();
    run.command.assign(2'000, std::string(100, 'x'));
    const auto journal = create(run);
    const auto read = read_journal(journal->path());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_LT(read->run.command.size(), 2'000U);
    EXPECT_FALSE(read->run.command.empty());
    ASSERT_FALSE(read->run.warnings.empty());
    EXPECT_EQ(read->run.id, run.id);
}

TEST_F(JournalTest, ChangesTheDescriptionOfADevice) {
    const auto journal = create();
    Device device = made_up_device("cpu0");
    device.membership = Membership::kOut;
    device.membership_reason = std::string(400, 'r');
    ASSERT_TRUE(journal->declare(0, device));
    const Ledger ledger = ledger_of(*journal);
    EXPECT_EQ(ledger.devices.at(0).membership, Membership::kOut);
    EXPECT_EQ(ledger.devices.at(0).membership_reason, std::string(255, 'r'));
}

TEST_F(JournalTest, TakesLongMarkersAndManyDevices) {
    const auto journal = create();
    const std::string detail = "{\"text\":\"" + std::string(5'000, 'y') + "\"}";
    ASSERT_TRUE(journal->add_marker({Marker::Kind::kMark, 1, "", ""}));
    ASSERT_TRUE(journal->add_marker({Marker::Kind::kMark, 2, "long", detail}));
    for (std::uint16_t i = 0; i < 256; ++i) {
        ASSERT_TRUE(journal->declare(i, made_up_device("gpu" + std::to_string(i))));
    }
    EXPECT_FALSE(journal->declare(256, made_up_device("one too many")));
    EXPECT_FALSE(journal->add_marker({Marker::Kind::kMark, 2, "long", std::string(70'000, 'z')}));
    journal->add(made_up_window(255, 0, 1, 5.0));
    const Ledger ledger = ledger_of(*journal);
    ASSERT_EQ(ledger.markers.size(), 2U);
    EXPECT_EQ(ledger.markers[1].detail, detail);
    EXPECT_EQ(ledger.devices.size(), 256U);
    EXPECT_DOUBLE_EQ(energy_of(ledger, 255), 5.0);
}

TEST_F(JournalTest, WorksWhereFilesCannotBeMapped) {
    auto made = create_journal(folder_.path(), made_up_run(), 0, {.may_map = false, .probe = {}});
    ASSERT_TRUE(made) << made.error().what;
    Journal& journal = **made;
    ASSERT_TRUE(journal.declare(0, made_up_device("cpu0")));
    for (int i = 0; i < 8'000; ++i) {
        journal.add(made_up_window(0, i, i + 1, 1.0));
    }
    const auto read = read_journal(journal.path());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE(read->damage.empty());
    EXPECT_DOUBLE_EQ(energy_of(read->ledger, 0), 8'000.0);
}

TEST_F(JournalTest, ThatAnotherProgramCutKillsNobody) {
    for (const off_t left : {0, 4'096, 100'000, 140'000}) {
        const ScratchFolder folder;
        const int status = wait_for(in_child([&] {
            auto journal = Journal::create(folder.path(), made_up_run(), 0);
            if (!journal || !(*journal)->declare(0, made_up_device("cpu0")) || !(*journal)->is_whole()) {
                return 1;
            }
            (*journal)->add(made_up_window(0, 0, 1, 3.0));
            if (::truncate((*journal)->path().c_str(), left) != 0 || (*journal)->is_whole()) {
                return 2;
            }
            (*journal)->add(made_up_window(0, 1, 2, 3.0));
            (*journal)->add_gap(0, 0, kSecond, "x");
            (*journal)->tick(2 * kSecond, 2);
            const bool refused = !(*journal)->describe(made_up_run()) && !(*journal)->add_marker({}) &&
                                 !(*journal)->declare(1, made_up_device("cpu1"));
            const auto ledger = (*journal)->ledger();
            const bool said = !ledger && ledger.error().what.find("was cut") != std::string::npos;
            return refused && said && (*journal)->remove() ? 0 : 3;
        }));
        EXPECT_EQ(status, 0) << left;
    }
}

TEST_F(JournalTest, IsPrivateAndGoneAfterRemove) {
    const auto journal = create();
    struct stat status {};
    ASSERT_EQ(::stat(journal->path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(list_journals(folder_.path()), std::vector<std::string>{journal->path()});
    ASSERT_TRUE(journal->remove());
    EXPECT_TRUE(list_journals(folder_.path()).empty());
    journal->add(made_up_window(0, 0, 1, 1.0));  // does nothing, harms nobody
    journal->tick(1, 1);
}

TEST_F(JournalTest, HalfMadeOnesOfTheDeadGoAndOthersStay) {
    constexpr std::int64_t kHourNs = 3'600'000'000'000;
    const std::string half_made = folder_.path() + "/.0198-dead.new";
    const std::string another_file = folder_.path() + "/.0198-dead.txt";
    std::ofstream{half_made} << "nothing yet";
    std::ofstream{another_file} << "not ours";
    struct stat status {};
    ASSERT_EQ(::stat(half_made.c_str(), &status), 0);
    const std::int64_t made_ns = status.st_mtim.tv_sec * 1'000'000'000;

    remove_half_made_journals(folder_.path(), made_ns + kHourNs / 2);
    EXPECT_EQ(::access(half_made.c_str(), F_OK), 0) << "somebody may be making it right now";

    const int fd = ::open(half_made.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(fd, LOCK_EX), 0);
    remove_half_made_journals(folder_.path(), made_ns + 2 * kHourNs);
    EXPECT_EQ(::access(half_made.c_str(), F_OK), 0) << "its maker lives";
    ::close(fd);

    remove_half_made_journals(folder_.path(), made_ns + 2 * kHourNs);
    EXPECT_NE(::access(half_made.c_str(), F_OK), 0);
    EXPECT_EQ(::access(another_file.c_str(), F_OK), 0);
}

TEST_F(JournalTest, NeverReplacesAFileThatIsThere) {
    const auto journal = create();
    journal->add(made_up_window(0, 0, 1, 9.0));
    const auto second = Journal::create(folder_.path(), made_up_run(), 0);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kIo);
    EXPECT_DOUBLE_EQ(energy_of(read_journal(journal->path())->ledger, 0), 9.0);
    std::size_t files = 0;  // nothing hidden was left behind
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder_.path()}) {
        ++files;
    }
    EXPECT_EQ(files, 1U);
}

TEST_F(JournalTest, NamesTheFileItCannotCreate) {
    const auto journal = Journal::create(folder_.file("missing"), made_up_run(), 0);
    ASSERT_FALSE(journal);
    EXPECT_NE(journal.error().what.find(folder_.file("missing")), std::string::npos);
}

}  // namespace
}  // namespace gramme::store
