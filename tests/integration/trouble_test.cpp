// Places that cannot be written: the command runs and keeps its exit status, the summary says what is
// missing.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Trouble : public Integration {
protected:
    void SetUp() override { box.use_fixture("vm"); }
    /// The same program as somebody who is not root, who can write everywhere.
    [[nodiscard]] Outcome as_nobody(const Words& words) const {
        return ::geteuid() == 0 ? box.tool(joined({"setpriv", "--reuid=65534", "--regid=65534",
                                                   "--clear-groups", gramme_program()},
                                                  words))
                                : box.gramme(words);
    }
};

/// A file system of 64 KiB that is full but for a little.
class FullDisk {
public:
    explicit FullDisk(std::string path) : path_(std::move(path)) {
        ::mkdir(path_.c_str(), 0755);
        mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=64k") == 0;
    }
    ~FullDisk() {
        if (mounted_) {
            ::umount2(path_.c_str(), MNT_DETACH);
        }
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    [[nodiscard]] bool mounted() const { return mounted_; }
    void fill() const {
        std::string chunk(4096, 'x');
        std::FILE* file = std::fopen((path_ + "/filler").c_str(), "w");
        while (file != nullptr && std::fwrite(chunk.data(), 1, chunk.size(), file) == chunk.size() &&
               std::fflush(file) == 0) {
        }
        if (file != nullptr) {
            std::fclose(file);
        }
    }

private:
    std::string path_;
    bool mounted_ = false;
};

TEST_F(Trouble, ReadOnlyWorkingFolderCostsTheRowOnly) {
    ::chmod(box.path("work").c_str(), 0555);
    if (::geteuid() == 0) {
        for (const char* folder : {"home", "data", "config", "tmp", "output"}) {
            (void)box.tool({"chown", "-R", "65534:65534", box.path(folder)});
        }
    }
    const Outcome outcome = as_nobody({"run", "--", "sh", "-c", "exit 9"});
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_NE(outcome.err.find("emissions.csv"), std::string::npos) << outcome.err;
    const Outcome list = as_nobody({"runs", "list", "--json"});
    EXPECT_EQ(rows_of(Json::parse(list.out, nullptr, false)).size(), 1U) << list.out << list.err;
}

TEST_F(Trouble, FullDiskUnderTheWorkingFolderLeavesNoTornRow) {
    const FullDisk disk(box.path("full"));
    if (!disk.mounted()) {
        GTEST_SKIP() << "mounting a small tmpfs needs root and CAP_SYS_ADMIN";
    }
    disk.fill();
    box.cwd = box.path("full");
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 9"});
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_NE(outcome.err.find("emissions.csv"), std::string::npos) << outcome.err;
    EXPECT_EQ(file_text(box.path("full/emissions.csv")), "");
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(Trouble, FullDiskUnderTheStoreAndJournalCostsNoExitStatusAndNoRow) {
    const FullDisk disk(box.path("full"));
    if (!disk.mounted()) {
        GTEST_SKIP() << "mounting a small tmpfs needs root and CAP_SYS_ADMIN";
    }
    disk.fill();
    box.env["XDG_DATA_HOME"] = box.path("full");
    const Outcome outcome = box.run({"--interval", "20ms"}, {"sh", "-c", "sleep 0.5; exit 9"});
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_GT(joules_of(box.result()), 0.0) << "it is measured all the same";
    EXPECT_TRUE(file_exists(box.path("work/emissions.csv")));
    EXPECT_NE(outcome.err.find("store"), std::string::npos) << outcome.err;
}

TEST_F(Trouble, DiskThatFillsWhileItRunsKillsNothing) {
    // A memory-mapped journal on a full disk would be SIGBUS at its next page: its space must be there from
    // the start.
    const FullDisk disk(box.path("full"));
    if (!disk.mounted()) {
        GTEST_SKIP() << "mounting a small tmpfs needs root and CAP_SYS_ADMIN";
    }
    box.env["XDG_DATA_HOME"] = box.path("full");
    Process process = box.start({"run", "--interval", "10ms", "--json", box.path("result.json"), "--", "sh",
                                 "-c", "touch started; sleep 1.5; exit 9"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    disk.fill();
    const Outcome outcome = process.wait();
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_EQ(outcome.signal, 0);
    EXPECT_GT(joules_of(box.result()), 0.0);
}

TEST_F(Trouble, AJournalThatIsCutWhileItRunsKillsNothing) {
    Process process =
        box.start({"run", "--interval", "20ms", "--json", box.path("result.json"), "--", "sh", "-c",
                   "touch started; while [ ! -e cut ]; do sleep 0.02; done; sleep 0.3; exit 9"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    ASSERT_EQ(box.tool({"sh", "-c", "truncate -s 0 \"$XDG_DATA_HOME\"/gramme/journal/*.gramme"}).exit_code,
              0);
    write_file(box.path("work/cut"), "");
    const Outcome outcome = process.wait();
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_EQ(outcome.signal, 0);
    EXPECT_NE(outcome.err.find("was cut by another program"), std::string::npos) << outcome.err;
    EXPECT_TRUE(box.result()["energy_kwh"].is_null()) << "lost is not zero";
}

TEST_F(Trouble, HomeUnsetUsesTheTemporaryFolderAndSaysSo) {
    box.env.erase("HOME");
    box.env.erase("XDG_DATA_HOME");
    box.env.erase("XDG_CONFIG_HOME");
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 3"});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_NE(outcome.err.find(box.path("tmp")), std::string::npos) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(Trouble, HomeThatCannotBeWrittenUsesTheTemporaryFolder) {
    box.env.erase("XDG_DATA_HOME");
    box.env["HOME"] = "/proc/nothing-can-be-made-here";
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 3"});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U) << outcome.err;
}

TEST_F(Trouble, NoPlaceAtAllStillMeasures) {
    box.env.erase("XDG_DATA_HOME");
    box.env["HOME"] = "/proc/nothing-can-be-made-here";
    box.env["TMPDIR"] = "/proc/nor-here";
    const Outcome outcome = box.run({}, {"sh", "-c", "sleep 0.2; exit 3"});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_GT(joules_of(box.result()), 0.0);
}

TEST_F(Trouble, DamagedStoreIsReportedAndNotReplaced) {
    ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    const Outcome find = box.tool({"find", box.path("data"), "-name", "runs.db"});
    const std::string store = find.out.substr(0, find.out.find('\n'));
    ASSERT_FALSE(store.empty());
    const std::string garbage = "this is no database " + std::string(8192, '#');
    (void)box.tool({"sh", "-c", "rm -f '" + store + "'-*"});
    write_file(store, garbage);
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 4"});
    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_EQ(file_text(store), garbage);
    EXPECT_NE(outcome.err.find("store"), std::string::npos) << outcome.err;
    EXPECT_NE(box.gramme({"runs", "list"}).exit_code, 0);
}

TEST_F(Trouble, WrongKeyInConfigurationNamesFileLineAndNearestKey) {
    write_file(box.path("config/gramme/config.toml"), "# mine\nprojct = \"x\"\n");
    const Outcome outcome = box.run({}, {"touch", "started"});
    EXPECT_EQ(outcome.exit_code, 64 + 1) << outcome.err;
    EXPECT_NE(outcome.err.find("config.toml:2"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("project"), std::string::npos) << outcome.err;
    EXPECT_FALSE(file_exists(box.path("work/started")));
}

/// Somebody who has locked a file and never lets it go.
class StuckLock {
public:
    explicit StuckLock(const std::string& path)
        : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)),
          held_(::flock(fd_, LOCK_EX | LOCK_NB) == 0) {}
    ~StuckLock() { ::close(fd_); }
    StuckLock(const StuckLock&) = delete;
    StuckLock& operator=(const StuckLock&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    int fd_;
    bool held_;
};

/// Somebody who began to write in a store and never ends.
class StuckWriter {
public:
    explicit StuckWriter(const std::string& store) {
        held_ = ::sqlite3_open(store.c_str(), &database_) == SQLITE_OK &&
                ::sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    ~StuckWriter() { ::sqlite3_close(database_); }
    StuckWriter(const StuckWriter&) = delete;
    StuckWriter& operator=(const StuckWriter&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    sqlite3* database_ = nullptr;
    bool held_ = false;
};

TEST_F(Trouble, LockedCsvGetsItsRowUnderAnotherName) {
    const StuckLock lock(box.path("work/emissions.csv"));
    ASSERT_TRUE(lock.held());
    const Outcome outcome = box.run({}, {"sh", "-c", "exit 9"});
    EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
    EXPECT_EQ(file_text(box.path("work/emissions.csv")), "");
    EXPECT_NE(file_text(box.path("work/emissions-gramme.csv")), "");
    EXPECT_NE(outcome.err.find("emissions-gramme.csv"), std::string::npos) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(Trouble, SignalAfterTheCommandEndsTheWaitingAndTheRunIsKept) {
    ASSERT_EQ(box.run({}, {"true"}).exit_code, 0);
    const std::string store = box.path("data/gramme/runs.db");
    {
        const StuckLock csv(box.path("work/emissions.csv"));
        const StuckWriter writer(store);
        ASSERT_TRUE(csv.held());
        ASSERT_TRUE(writer.held());
        Process process = box.start({"run", "--", "sh", "-c", "echo $$ > pid; exit 9"});
        ASSERT_TRUE(eventually([this] {
            const std::string pid = file_text(box.path("work/pid"));
            return pid.ends_with('\n') && ::kill(std::atoi(pid.c_str()), 0) != 0;
        }));
        ASSERT_TRUE(eventually([&process] {
            process.send(SIGTERM);
            siginfo_t info{};
            return ::waitid(P_PID, static_cast<id_t>(process.pid()), &info, WEXITED | WNOHANG | WNOWAIT) ==
                       0 &&
                   info.si_pid != 0;
        }));
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.exit_code, 9) << outcome.err;
        EXPECT_NE(outcome.err.find("a signal ended the waiting"), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find("stays in"), std::string::npos) << outcome.err;
        EXPECT_NE(file_text(box.path("work/emissions-gramme.csv")), "");
    }
    EXPECT_EQ(box.runs().size(), 2U) << "the next gramme moves it in";
}

TEST_F(Trouble, RunThatCannotBeStoredIsNoConcernOfTheNextRun) {
    (void)box.run({"--store", "sqlite:/proc/no/runs.db"}, {"true"});
    const Outcome quiet = box.run({"-q"}, {"sh", "-c", "exit 3"});
    EXPECT_EQ(quiet.exit_code, 3);
    EXPECT_EQ(quiet.err.find("/proc/no"), std::string::npos) << quiet.err;
    const Outcome loud = box.run({}, {"true"});
    EXPECT_EQ(loud.err.find("/proc/no"), std::string::npos) << loud.err;
    const std::string journals = box.path("data/gramme/journal/");
    for (const Outcome& told : {box.gramme({"runs", "list"}), box.gramme({"doctor", "--json"})}) {
        const std::string all = told.out + told.err;
        EXPECT_NE(all.find("sqlite:/proc/no/runs.db"), std::string::npos) << all;
        EXPECT_NE(all.find("rm '" + journals), std::string::npos) << all;
        EXPECT_NE(all.find("gramme runs"), std::string::npos) << all;
    }
    EXPECT_EQ(box.runs().size(), 2U);
    (void)box.tool({"sh", "-c", "rm " + journals + "*.gramme"});
    EXPECT_EQ(box.gramme({"runs", "list"}).err, "");
}

TEST_F(Trouble, LimitOfFileSizesIsNotSaidToBeAFullDisk) {
    // Through a pipe, because what the harness keeps of standard error is a file as well.
    const Outcome outcome = box.tool(
        {"sh", "-c",
         "(ulimit -f 1; " + gramme_program() + " run -- sh -c 'exit 9'; echo exit status $?) 2>&1 | cat"});
    EXPECT_NE(outcome.out.find("exit status 9"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("File too large"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("ulimit -f"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("No space left"), std::string::npos) << outcome.out;
    EXPECT_EQ(file_text(box.path("work/emissions.csv")), "") << "no torn row";
}

TEST_F(Trouble, FolderForTheCsvIsToldWithTheWayOutAlsoQuietly) {
    const Outcome outcome = box.run({"-q", "--csv", box.path("tmp")}, {"true"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("it is a folder; give a file, for instance --csv"), std::string::npos)
        << outcome.err;
}

}  // namespace
}  // namespace gramme::testing
