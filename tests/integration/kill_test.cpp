// kill -9 of gramme, of the command, of both, at random moments: at most one interval is lost, nothing is
// double.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kInterval_s = 0.05;

enum class Victim { kGramme, kCommand, kBoth };

/// Seconds since 1970 when the run began, to the millisecond: the first 48 bits of its id (RFC 9562, UUID
/// version 7).
double start_of(const std::string& id) {
    const std::string digits = id.substr(0, 8) + id.substr(9, 4);
    return static_cast<double>(std::strtoull(digits.c_str(), nullptr, 16)) / 1000.0;
}

class KillNine : public Integration {
protected:
    struct Attempt {
        Victim victim;
        double started_at = 0.0;  ///< earliest: the command was seen to run
        double killed_at = 0.0;
        Json row;
        Json record;
    };

    /// One run of its own store, killed `delay_s` after its command began.
    void run_and_kill(Sandbox& own, Victim victim, double delay_s, Attempt& attempt) const {
        own.use_fixture("vm");
        Process process =
            own.start({"run", "--interval", "50ms", "--", "sh", "-c", "echo $$ > pid; exec sleep 60"});
        ASSERT_TRUE(
            eventually([&own] { return file_text(own.path("work/pid")).find('\n') != std::string::npos; }));
        const pid_t command = std::atoi(file_text(own.path("work/pid")).c_str());
        attempt.started_at = wall_clock_s();
        sleep_s(delay_s);
        attempt.killed_at = wall_clock_s();
        if (victim != Victim::kCommand) {
            process.send(SIGKILL);
        }
        if (victim != Victim::kGramme) {
            ::kill(command, SIGKILL);
        }
        const Outcome outcome = process.wait();
        ::kill(command, SIGKILL);
        EXPECT_EQ(victim == Victim::kCommand ? outcome.exit_code : outcome.signal,
                  victim == Victim::kCommand ? 137 : 9);
        std::vector<Json> runs;
        // What gramme forked off (its witness, its front) holds the journal's lock until it has noticed.
        EXPECT_TRUE(eventually([&] {
            runs = own.runs();
            return runs.size() != 1 || text_of(runs.front(), "state") != "running";
        }));
        ASSERT_EQ(runs.size(), 1U) << "nothing lost, nothing double";
        attempt.row = runs.front();
        attempt.record = own.show(attempt.row.at("id"));
        EXPECT_EQ(own.runs().size(), 1U) << "and nothing double when asked again";
        EXPECT_EQ(own.tool({"find", own.path("data"), "-name", "*.gramme"}).out, "")
            << "the journal has moved in";
    }
};

TEST_F(KillNine, AtFiftyRandomMomentsLosesAtMostOneInterval) {
    std::mt19937 random(20260101);  // the same moments every time; what they meet differs
    std::uniform_real_distribution<double> delay(0.0, 0.5);
    std::vector<double> losses_s;
    for (int i = 0; i < 50; ++i) {
        Sandbox own;
        Attempt attempt{static_cast<Victim>(i % 3), 0.0, 0.0, {}, {}};
        run_and_kill(own, attempt.victim, delay(random), attempt);
        ASSERT_FALSE(HasFatalFailure()) << "attempt " << i;

        const Json run = attempt.record.at("run");
        const bool interrupted = attempt.victim != Victim::kCommand;
        EXPECT_EQ(text_of(attempt.row, "state"), interrupted ? "interrupted" : "finished") << attempt.row;
        // From the start that the record names to the kill, by the wall clock of both.
        const double lived_s = attempt.killed_at - start_of(run.at("id"));
        const double known_s = run.at("duration_s").get<double>();
        losses_s.push_back(lived_s - known_s);
        EXPECT_LE(known_s, lived_s + (interrupted ? 0.1 : 5.0)) << "more time than there was";
        // Energy is known for all that time: a guest that idles has power at every moment.
        if (known_s > 0.0) {
            EXPECT_GT(joules_of(attempt.record), 0.0) << attempt.record.dump(1);
        }
    }
    std::sort(losses_s.begin(), losses_s.end());
    // A loaded machine may keep gramme from its turn for a while (one under sanitizers did for six seconds),
    // so one loss says little and the median much.
    EXPECT_LE(losses_s[losses_s.size() / 2], 2.0 * kInterval_s);
    EXPECT_LE(losses_s[losses_s.size() * 9 / 10], 1.5);
}

TEST_F(KillNine, EnergyUntilTheKillIsKept) {
    box.make_machine("intel-2s", {"--start", "5000000"});
    Process process =
        box.start({"run", "--interval", "50ms", "--scope", "machine", "--", simulated_host_program(),
                   "--root", box.machine_root(), "--seconds", "2", "--watts", "pkg0=100", "--pause",
                   "1.0:2.0", "--log", box.path("truth.log")});
    // Dead in the pause, 0.4 s after the last joule: nothing of the first second may be missing.
    ASSERT_TRUE(eventually(
        [this] { return file_text(box.path("truth.log")).find("\"at_s\":1.4") != std::string::npos; }));
    process.send(SIGKILL);
    (void)process.wait();
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    const Json record = box.show(runs.front().at("id"));
    EXPECT_NEAR(joules_of(record, "cpu0"), 100.0, 2.0) << record.dump(1);
}

TEST_F(KillNine, SeveralGrammesAtOnceMoveItInOnce) {
    box.use_fixture("vm");
    Process process =
        box.start({"run", "--interval", "50ms", "--", "sh", "-c", "touch started; exec sleep 60"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    sleep_s(0.2);
    process.send_to_group(SIGKILL);
    (void)process.wait();
    std::vector<Process> lists;
    for (int i = 0; i < 8; ++i) {
        lists.push_back(
            i % 2 == 0 ? box.start({"runs", "list", "--json"})
                       : box.start({"run", "--quiet", "--csv", "none", "--store", "none", "--", "true"}));
    }
    for (Process& list : lists) {
        EXPECT_EQ(list.wait().exit_code, 0);
    }
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs.front(), "state"), "interrupted");
}

TEST_F(KillNine, NextRunMovesItIn) {
    box.use_fixture("vm");
    Process process =
        box.start({"run", "--interval", "50ms", "--", "sh", "-c", "touch started; exec sleep 60"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    sleep_s(0.2);
    process.send_to_group(SIGKILL);
    (void)process.wait();
    EXPECT_EQ(box.run({}, {"true"}).exit_code, 0);
    EXPECT_EQ(box.runs().size(), 2U);
}

TEST_F(KillNine, RunGoesWhereItWasToBeKept) {
    box.use_fixture("vm");
    const auto kill_one = [this](const Words& options, const std::string& mark) {
        Process process = box.start(joined(joined({"run", "--interval", "50ms"}, options),
                                           {"--", "sh", "-c", "touch " + mark + "; exec sleep 60"}));
        ASSERT_TRUE(eventually([&] { return file_exists(box.path("work/" + mark)); }));
        sleep_s(0.1);
        process.send_to_group(SIGKILL);
        (void)process.wait();
    };
    kill_one({"--store", "none"}, "nowhere");
    kill_one({"--store", "own.db"}, "elsewhere");
    EXPECT_TRUE(box.runs().empty()) << "neither was meant for the usual store";
    EXPECT_EQ(box.tool({"find", box.path("data"), "-name", "*.gramme"}).out, "");
    const Outcome listed = box.gramme({"runs", "list", "--json", "--store", "own.db"});
    const std::vector<Json> runs = rows_of(Json::parse(listed.out));
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs.front(), "state"), "interrupted");
}

TEST_F(KillNine, RunThatLivesIsNotTakenForDead) {
    box.use_fixture("vm");
    Process process =
        box.start({"run", "--interval", "50ms", "--", "sh", "-c", "touch started; exec sleep 60"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    for (const Json& run : box.runs()) {
        EXPECT_EQ(text_of(run, "state"), "running") << run;
    }
    process.send(SIGTERM);
    EXPECT_EQ(process.wait().exit_code, 143);
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs.front(), "state"), "finished");
}

/// Sockets below a folder.
std::string sockets_in(const Sandbox& box, const std::string& folder) {
    return box.tool({"find", box.path(folder), "-type", "s"}).out;
}

class Leftovers : public Integration, public ::testing::WithParamInterface<bool> {};

TEST_P(Leftovers, SocketOfAKilledGrammeGoesWithItsRecoveryAndThatOfALivingOneStays) {
    const bool runtime = GetParam();
    const std::string folder = runtime ? "runtime" : "data";
    if (runtime) {
        (void)box.tool({"mkdir", "-m", "700", box.path("runtime")});
        box.env["XDG_RUNTIME_DIR"] = box.path("runtime");
    }
    box.use_fixture("vm");
    const auto start = [this](const std::string& file) {
        Process process = box.start({"run", "--", "sh", "-c", "echo $$ > " + file + "; exec sleep 60"});
        EXPECT_TRUE(
            eventually([&] { return file_text(box.path("work/" + file)).find('\n') != std::string::npos; }));
        return process;
    };
    Process killed = start("killed");
    Process living = start("living");
    killed.send(SIGKILL);
    (void)killed.wait();
    ::kill(std::atoi(file_text(box.path("work/killed")).c_str()), SIGKILL);
    const std::string both = sockets_in(box, folder);
    EXPECT_EQ(std::count(both.begin(), both.end(), '\n'), 2) << both;

    // One without a journal, of a gramme that could not write any: it goes when it is old.
    const std::string orphan = box.path(runtime ? "runtime/gramme" : "data/gramme/journal") +
                               "/019b0000-0000-7000-8000-000000000000.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(orphan.size(), sizeof address.sun_path);
    orphan.copy(address.sun_path, orphan.size());
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
    (void)box.runs();
    EXPECT_TRUE(file_exists(orphan)) << "it may be being made";
    (void)box.tool({"touch", "-d", "2 hours ago", orphan});
    (void)box.tool({"sh", "-c", "touch -d '2 hours ago' " + box.path(folder) + "/gramme/*.sock"});
    (void)box.runs();
    EXPECT_FALSE(file_exists(orphan));
    const std::string left = sockets_in(box, folder);
    EXPECT_EQ(std::count(left.begin(), left.end(), '\n'), 1) << left;
    EXPECT_NE(both.find(left), std::string::npos);
    living.send(SIGTERM);
    (void)living.wait();
    EXPECT_EQ(sockets_in(box, folder), "");
}

INSTANTIATE_TEST_SUITE_P(Each, Leftovers, ::testing::Bool());

}  // namespace
}  // namespace gramme::testing
