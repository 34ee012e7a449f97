// What a journal is worth after its writer died at any instant, and after bytes of it were damaged.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <random>

#include "scratch.hpp"
#include "store/journal_format.hpp"
#include "store/journal_writer.hpp"

namespace gramme::store {
namespace {

using testing::energy_of;
using testing::in_child;
using testing::kSecond;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::read_file;
using testing::ScratchFolder;
using testing::wait_for;
using testing::write_file;

constexpr double kTolerance = 1e-6;

Result<ParsedJournal> parse(const std::string& bytes) {
    return parse_journal(std::as_bytes(std::span{bytes.data(), bytes.size()}));
}

/// Reads the file of a live writer at each step of each store, as it would be found had the writer died
/// there.
struct Witness {
    std::string path;
    std::array<double, 2> before{};  ///< energy of all finished calls, per device
    std::array<double, 2> after{};   ///< with the call that is going on
    std::size_t looks = 0;
    std::size_t skipped = 0;
    std::size_t faults = 0;

    static void look(void* context) {
        auto& self = *static_cast<Witness*>(context);
        constexpr std::size_t kEvery = 7;  // a store has 4 steps: every step of some store is seen
        if (self.path.empty() || ++self.skipped % kEvery != 0) {
            return;
        }
        ++self.looks;
        const auto read = parse(read_file(self.path));
        if (!read || !read->damage.empty()) {
            ++self.faults;
            ADD_FAILURE() << (read ? read->damage.front() : read.error().what);
            return;
        }
        std::int64_t at = 0;
        std::uint16_t device = 0;
        for (const Window& window : read->ledger.windows) {
            if (window.device != device) {
                device = window.device;
                at = 0;
            }
            self.faults += window.from_ns < at ? 1 : 0;  // overlap: something would count twice
            at = window.to_ns;
        }
        for (std::uint16_t i = 0; i < 2; ++i) {
            const double energy = energy_of(read->ledger, i);
            if (energy < self.before[i] - kTolerance || energy > self.after[i] + kTolerance) {
                ++self.faults;
                ADD_FAILURE() << energy << " J, not between " << self.before[i] << " and " << self.after[i];
            }
        }
    }
};

TEST(JournalKill, AnyInstantLosesAtMostTheSampleThatWasBeingWritten) {
    const ScratchFolder folder;
    Witness witness;
    auto made = create_journal(folder.path(), made_up_run(), 0,
                               {.may_map = true, .probe = {&Witness::look, &witness}});
    ASSERT_TRUE(made) << made.error().what;
    Journal& journal = **made;
    witness.path = journal.path();
    ASSERT_TRUE(journal.declare(0, made_up_device("cpu0")));
    ASSERT_TRUE(journal.declare(1, made_up_device("dram0")));
    constexpr int kMinutes = 71;  // past the hour closed windows are folded: twice per device
    for (int minute = 0; minute < kMinutes && witness.faults == 0; ++minute) {
        for (std::uint16_t device = 0; device < 2; ++device) {
            const double joules = 60.0 + minute + device;
            witness.after[device] += joules;
            journal.add(made_up_window(device, minute * 60.0, (minute + 1) * 60.0, joules));
            witness.before[device] = witness.after[device];
        }
        journal.tick((minute + 1) * 60 * kSecond, static_cast<std::uint64_t>(minute));
        if (minute % 10 == 0) {
            journal.add_gap(1, minute * kSecond, (minute + 1) * kSecond, "lost " + std::to_string(minute));
            RunRecord run = made_up_run();
            run.samples = static_cast<std::uint64_t>(minute);
            ASSERT_TRUE(journal.describe(run));
            ASSERT_TRUE(journal.add_marker({Marker::Kind::kMark, minute, "minute", "{}"}));
        }
    }
    EXPECT_EQ(witness.faults, 0U);
    EXPECT_GT(witness.looks, 500U);
}

TEST(JournalKill, SigkillAtRandomMomentsLosesAtMostOneSample) {
    auto* done = static_cast<std::atomic<std::uint64_t>*>(::mmap(nullptr, sizeof(std::atomic<std::uint64_t>),
                                                                 PROT_READ | PROT_WRITE,
                                                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(done, MAP_FAILED);
    std::minstd_rand random{20261123};
    for (int round = 0; round < 50; ++round) {
        const ScratchFolder folder;
        *done = 0;
        const pid_t writer = in_child([&] {
            auto journal = Journal::create(folder.path(), made_up_run(), 0);
            if (!journal || !(*journal)->declare(0, made_up_device("cpu0"))) {
                return 1;
            }
            for (std::uint64_t i = 0;; ++i) {  // a second of the run in some microseconds
                const auto at = static_cast<double>(i);
                (*journal)->add(made_up_window(0, at, at + 1.0, 1.0));
                done->store(i + 1);
            }
        });
        while (done->load() == 0) {
            ::usleep(200);
        }
        ::usleep(static_cast<useconds_t>(random() % 20'000));
        ::kill(writer, SIGKILL);
        wait_for(writer);
        const auto finished = static_cast<double>(done->load());
        const auto read = read_journal(folder.file(made_up_run().id + ".gramme"));
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_FALSE(read->alive);
        EXPECT_TRUE(read->damage.empty()) << read->damage.front();
        const double energy = energy_of(read->ledger, 0);
        EXPECT_GE(energy, finished - kTolerance);
        EXPECT_LE(energy, finished + 1.0 + kTolerance);
    }
    ::munmap(done, sizeof *done);
}

class DamagedJournal : public ::testing::Test {
protected:
    void SetUp() override {
        auto journal = Journal::create(folder_.path(), made_up_run(), 0);
        ASSERT_TRUE(journal);
        path_ = (*journal)->path();
        ASSERT_TRUE((*journal)->declare(0, made_up_device("cpu0")));
        for (int i = 0; i < 2 * 3'600; i += 5) {
            (*journal)->add(made_up_window(0, i, i + 5, 5.0));
            (*journal)->tick((i + 5) * kSecond, 1);
        }
        (*journal)->add_gap(0, 0, 1, "gone");
        bytes_ = read_file(path_);
    }
    static constexpr double kTruth = 2.0 * 3'600;

    ScratchFolder folder_;
    std::string path_;
    std::string bytes_;
};

TEST_F(DamagedJournal, AFlippedBitIsReportedAndNeverAddsEnergy) {
    ASSERT_DOUBLE_EQ(energy_of(parse(bytes_)->ledger, 0), kTruth);
    std::minstd_rand random{7};
    int reported = 0;
    for (int round = 0; round < 1'000; ++round) {
        std::string bytes = bytes_;
        const std::size_t at = random() % bytes.size();
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        const auto read = parse(bytes);
        if (!read) {
            EXPECT_TRUE(read.error().code == Code::kMalformed) << read.error().what;
            EXPECT_LT(at, kHeadBytes);  // only damage of the head makes a journal unreadable
            continue;
        }
        const double energy = energy_of(read->ledger, 0);
        EXPECT_LE(energy, kTruth + kTolerance) << "byte " << at;
        EXPECT_GE(energy, kTruth - 300.0 - kTolerance) << "byte " << at;  // one record: at most 5 minutes
        if (energy < kTruth - kTolerance) {
            EXPECT_FALSE(read->damage.empty()) << "byte " << at;
        }
        reported += read->damage.empty() ? 0 : 1;
    }
    EXPECT_GT(reported, 100);
}

TEST_F(DamagedJournal, NamesWhatIsDamagedAndWhere) {
    std::string bytes = bytes_;
    const std::size_t at = kHeadBytes + kSegmentBytes + 5 * kRecordBytes;  // the fifth folded window
    bytes[at + 50] = static_cast<char>(bytes[at + 50] ^ 1);
    const auto read = parse(bytes);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->damage.size(), 1U);
    EXPECT_EQ(read->damage[0], "byte " + std::to_string(at) + ": record: the checksum does not match");
}

TEST_F(DamagedJournal, ATruncatedFileGivesWhatItStillHolds) {
    for (std::size_t size = 0; size < bytes_.size(); size += 1'000) {
        const auto read = parse(bytes_.substr(0, size));
        if (size < kHeadBytes) {
            ASSERT_FALSE(read);
            EXPECT_EQ(read.error().code, Code::kMalformed);
        } else {
            ASSERT_TRUE(read) << read.error().what;
            EXPECT_LE(energy_of(read->ledger, 0), kTruth + kTolerance);
        }
    }
}

TEST_F(DamagedJournal, SaysWhatIsNoJournal) {
    const auto code_of = [&](const std::string& content) {
        write_file(folder_.file("x.gramme"), content);
        const auto read = read_journal(folder_.file("x.gramme"));
        return read ? std::string{} : read.error().what;
    };
    EXPECT_NE(code_of("").find("no journal"), std::string::npos);
    EXPECT_NE(code_of(std::string(200'000, 'x')).find("no journal"), std::string::npos);
    EXPECT_NE(code_of(std::string(200'000, '\0')).find("no journal"), std::string::npos);
    EXPECT_EQ(read_journal(folder_.file("missing")).error().code, Code::kNotFound);
    EXPECT_EQ(read_journal(folder_.path()).error().code, Code::kMalformed);
}

TEST_F(DamagedJournal, RefusesANewerVersion) {
    Record head;
    std::memcpy(&head, bytes_.data(), sizeof head);
    auto payload = payload_of<HeadPayload>(head);
    payload.version = kJournalVersion + 1;
    set_payload(head, payload);
    head.crc = checksum(head);
    std::memcpy(bytes_.data(), &head, sizeof head);
    const auto read = parse(bytes_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace gramme::store
