// A signal reaches the command exactly once, whoever sent it and however.
#include <csignal>
#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

/// gramme with a command that logs each signal it gets.
class Signals : public Integration {
protected:
    Process start_logging() {
        Process process = box.start(
            {"run", "--json", box.path("result.json"), "--", helper_program(), "signals", log(), "60"});
        EXPECT_TRUE(eventually([this] { return file_text(log()).rfind("ready", 0) == 0; })) << process.err();
        return process;
    }
    [[nodiscard]] std::string log() const { return box.path("signals.log"); }
    [[nodiscard]] int count(const std::string& name) const {
        const std::string text = file_text(log());
        int found = 0;
        for (std::size_t at = 0; (at = text.find(name + " ", at)) != std::string::npos; ++at) {
            ++found;
        }
        return found;
    }
    [[nodiscard]] int command_pid() const { return std::stoi(file_text(log()).substr(6)); }
    void end(Process& process) const {
        ::kill(command_pid(), SIGUSR2);
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_FALSE(outcome.timed_out);
    }
};

struct Sent {
    int signal;
    const char* name;
};

void PrintTo(const Sent& sent, std::ostream* out) {
    *out << sent.name;
}

class SignalSentToGramme : public Signals, public ::testing::WithParamInterface<Sent> {};

TEST_P(SignalSentToGramme, ReachesTheCommandOnce) {
    Process process = start_logging();
    process.send(GetParam().signal);
    EXPECT_TRUE(eventually([this] { return count(GetParam().name) >= 1; }));
    sleep_s(0.2);  // a second copy would have come by now
    EXPECT_EQ(count(GetParam().name), 1) << file_text(log());
    end(process);
}

TEST_P(SignalSentToGramme, ReachesTheCommandAsOftenAsItIsSent) {
    Process process = start_logging();
    for (int i = 1; i <= 3; ++i) {
        process.send(GetParam().signal);
        EXPECT_TRUE(eventually([this, i] { return count(GetParam().name) >= i; })) << i;
    }
    sleep_s(0.2);
    EXPECT_EQ(count(GetParam().name), 3) << file_text(log());
    end(process);
}

TEST_P(SignalSentToGramme, SentToTheWholeGroupReachesTheCommandOnce) {
    Process process = start_logging();
    for (int i = 1; i <= 2; ++i) {
        ::kill(-process.pid(),
               GetParam().signal);  // gramme leads a group of its own here, without a terminal
        EXPECT_TRUE(eventually([this, i] { return count(GetParam().name) >= i; }));
        sleep_s(0.2);  // a second copy would have come by now
        EXPECT_EQ(count(GetParam().name), i) << file_text(log());
    }
    process.send(GetParam().signal);  // to gramme alone: what was seen before counts no more
    EXPECT_TRUE(eventually([this] { return count(GetParam().name) >= 3; }));
    end(process);
}

INSTANTIATE_TEST_SUITE_P(Each, SignalSentToGramme,
                         ::testing::Values(Sent{SIGTERM, "SIGTERM"}, Sent{SIGINT, "SIGINT"},
                                           Sent{SIGHUP, "SIGHUP"}, Sent{SIGUSR1, "SIGUSR1"},
                                           Sent{SIGQUIT, "SIGQUIT"}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST_F(Signals, OneSentToEveryProcessInTurnReachesTheCommandOnce) {
    // As systemd and Slurm do: each pid that is there, one after another.
    Process process = start_logging();
    const std::string gramme = std::to_string(process.pid());
    ::kill(process.pid(), SIGTERM);
    std::istringstream children{file_text("/proc/" + gramme + "/task/" + gramme + "/children")};
    for (int pid = 0; children >> pid;) {
        ::kill(pid, SIGTERM);
    }
    EXPECT_TRUE(eventually([this] { return count("SIGTERM") >= 1; }));
    sleep_s(0.2);
    EXPECT_EQ(count("SIGTERM"), 1) << file_text(log());
    end(process);
}

TEST_F(Signals, WitnessIsNoSurvivorAndNoChildOfTheCommand) {
    box.use_fixture("vm");  // no cgroup of its own: survivors come from the process tree
    const Outcome outcome = box.run({}, {"true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("still running"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("gr-witness"), std::string::npos) << outcome.err;
}

TEST_F(Signals, OneSentToTheCommandItselfIsNotRepeated) {
    Process process = start_logging();
    ::kill(command_pid(), SIGTERM);
    EXPECT_TRUE(eventually([this] { return count("SIGTERM") >= 1; }));
    sleep_s(0.2);
    EXPECT_EQ(count("SIGTERM"), 1);
    end(process);
}

TEST_F(Signals, TermThatKillsTheCommandStillGivesARecord) {
    Process process = box.start(
        {"run", "--json", box.path("result.json"), "--", "sh", "-c", "touch started; exec sleep 60"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    process.send(SIGTERM);
    const Outcome outcome = process.wait();
    EXPECT_EQ(outcome.exit_code, 128 + SIGTERM) << outcome.err;
    EXPECT_EQ(box.result()["run"]["exit_status"], 128 + SIGTERM);
    EXPECT_EQ(box.runs().size(), 1U);
    EXPECT_TRUE(file_exists(box.path("work/emissions.csv")));
}

TEST_F(Signals, StoppedCommandIsStillMeasured) {
    Process process =
        box.start({"run", "--interval", "50ms", "--json", box.path("result.json"), "--", "sh", "-c",
                   "echo $$ > pid; exec '" + helper_program() + "' ticks '" + box.path("ticks") + "' 20"});
    ASSERT_TRUE(eventually([this] { return file_text(box.path("ticks")).size() >= 3; }));
    const pid_t command = std::stoi(file_text(box.path("work/pid")));
    process.send(SIGTSTP);  // a process asks gramme to stop: the command does
    ASSERT_TRUE(eventually([command] { return state_of(command) == 'T'; }));
    const std::size_t before = file_text(box.path("ticks")).size();
    sleep_s(1.0);
    EXPECT_EQ(file_text(box.path("ticks")).size(), before);
    process.send(SIGCONT);
    const Outcome outcome = process.wait();
    EXPECT_EQ(outcome.exit_code, 7) << outcome.err;
    const double duration_s = box.result()["run"]["duration_s"];
    EXPECT_GE(duration_s, 1.0);
}

}  // namespace
}  // namespace gramme::testing
