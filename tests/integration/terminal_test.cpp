// On a terminal: keys that send signals, job control of a shell, the live line.
#include <csignal>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class OnATerminal : public Integration {
protected:
    [[nodiscard]] Launch shell() const {
        Launch launch = box.launch({"/bin/bash", "--norc", "--noprofile", "-i"});
        launch.env["PS1"] = "PROMPT> ";
        launch.env["TERM"] = "dumb";
        launch.env["HISTFILE"] = "";
        return launch;
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
    [[nodiscard]] bool ready() const {
        return eventually([this] { return file_text(log()).rfind("ready", 0) == 0; });
    }
    [[nodiscard]] int command_pid() const { return std::stoi(file_text(log()).substr(6)); }
};

TEST_F(OnATerminal, CtrlCReachesTheCommandOnce) {
    Terminal terminal(box.launch({gramme_program(), "run", "--", helper_program(), "signals", log(), "60"}));
    ASSERT_TRUE(ready());
    // gramme looks at its own copy only after the command has taken the terminal's: a second one would wait
    // as the same pending signal otherwise, and not be seen.
    ::kill(terminal.pid(), SIGSTOP);
    ASSERT_TRUE(eventually([&] { return state_of(terminal.pid()) == 'T'; }));
    terminal.type("\x03");
    EXPECT_TRUE(eventually([this] { return count("SIGINT") >= 1; }));
    ::kill(terminal.pid(), SIGCONT);
    ::kill(terminal.pid(), SIGUSR1);  // taken after SIGINT, which has the lower number
    EXPECT_TRUE(eventually([this] { return count("SIGUSR1") >= 1; }));
    EXPECT_EQ(count("SIGINT"), 1) << file_text(log());
    ::kill(command_pid(), SIGUSR2);
    EXPECT_EQ(terminal.wait().exit_code, 0) << terminal.screen();
}

TEST_F(OnATerminal, CtrlCUnderAShellReachesTheCommandOnce) {
    Terminal terminal(shell());
    ASSERT_TRUE(terminal.see("PROMPT> "));
    terminal.type("'" + gramme_program() + "' run -- '" + helper_program() + "' signals '" + log() +
                  "' 60\n");
    ASSERT_TRUE(ready()) << terminal.screen();
    terminal.type("\x03");
    EXPECT_TRUE(eventually([this] { return count("SIGINT") >= 1; }));
    sleep_s(0.3);
    EXPECT_EQ(count("SIGINT"), 1) << file_text(log());
    ::kill(command_pid(), SIGUSR2);
    EXPECT_TRUE(terminal.see("PROMPT> ")) << terminal.screen();
    terminal.type("exit 0\n");
    EXPECT_EQ(terminal.wait().exit_code, 0);
}

TEST_F(OnATerminal, SignalToTheShellsJobReachesTheCommandOnce) {
    Terminal terminal(shell());
    ASSERT_TRUE(terminal.see("PROMPT> "));
    terminal.type("'" + gramme_program() + "' run -- '" + helper_program() + "' signals '" + log() +
                  "' 60 &\n");
    ASSERT_TRUE(ready()) << terminal.screen();
    terminal.type("kill -TERM $!\n");  // to the one process that the shell knows
    EXPECT_TRUE(eventually([this] { return count("SIGTERM") >= 1; }));
    terminal.type("kill -HUP %1\n");  // to the whole group of the job
    EXPECT_TRUE(eventually([this] { return count("SIGHUP") >= 1; }));
    sleep_s(0.4);
    EXPECT_EQ(count("SIGTERM"), 1) << file_text(log());
    EXPECT_EQ(count("SIGHUP"), 1) << file_text(log());
    ::kill(command_pid(), SIGUSR2);
    terminal.type("wait\n");
    terminal.type("exit 0\n");
    terminal.wait();
}

TEST_F(OnATerminal, CtrlCEndsAnOrdinaryCommandWith130) {
    Terminal terminal(box.launch({gramme_program(), "run", "--json", box.path("result.json"), "--", "sh",
                                  "-c", "touch started; sleep 60"}));
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
    sleep_s(0.1);
    terminal.type("\x03");
    EXPECT_EQ(terminal.wait().exit_code, 130) << terminal.screen();
    EXPECT_EQ(box.result()["run"]["exit_status"], 130);
}

TEST_F(OnATerminal, CtrlZStopsTheJobAndSamplingGoesOn) {
    const std::string ticks = box.path("ticks");
    Terminal terminal(shell());
    ASSERT_TRUE(terminal.see("PROMPT> "));
    // 50 x 20 ms = 1 s of running time, with 2 s of being stopped inside.
    terminal.type("'" + gramme_program() + "' run --interval 50ms --json '" + box.path("result.json") +
                  "' -- '" + helper_program() + "' ticks '" + ticks + "' 50\n");
    ASSERT_TRUE(eventually([&] { return file_text(ticks).size() >= 10; })) << terminal.screen();
    terminal.type("\x1a");
    ASSERT_TRUE(terminal.see("Stopped")) << "the shell sees its job stop: " << terminal.screen();
    ASSERT_TRUE(terminal.see("PROMPT> ")) << terminal.screen();
    const std::size_t at_stop = file_text(ticks).size();
    sleep_s(2.0);
    EXPECT_LE(file_text(ticks).size(), at_stop + 1) << "the command is stopped";
    EXPECT_LT(at_stop, 50U);
    terminal.type("fg\n");
    ASSERT_TRUE(terminal.see("PROMPT> ")) << terminal.screen();
    terminal.type("echo status=$?\n");
    EXPECT_TRUE(terminal.see("status=7")) << terminal.screen();
    terminal.type("exit 0\n");
    terminal.wait();

    EXPECT_EQ(file_text(ticks).size(), 50U);
    const double duration_s = box.result()["run"]["duration_s"];
    EXPECT_GE(duration_s, 2.9);  // one of the 50 sleeps runs out while its process is stopped
    // 3 s at 50 ms are 60 turns, of which the 2 s of being stopped are 40; a loaded machine may lose some.
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    const Json record = box.result()["run"];
    ASSERT_TRUE(record.contains("samples")) << record;
    EXPECT_GE(record["samples"].get<int>(), 30);
}

TEST_F(OnATerminal, CommandReadsTheTerminal) {
    Terminal terminal(
        box.launch({gramme_program(), "run", "--", "sh", "-c", "test -t 0 && read word && echo got=$word"}));
    terminal.type("hello\n");
    EXPECT_TRUE(terminal.see("got=hello")) << terminal.screen();
    EXPECT_EQ(terminal.wait().exit_code, 0);
}

TEST_F(OnATerminal, LiveLineShowsWattsAndIsGoneAtTheEnd) {
    Terminal terminal(
        box.launch({gramme_program(), "run", "--live", "--interval", "100ms", "--", "sleep", "1"}));
    EXPECT_TRUE(terminal.see(" W ")) << terminal.screen();
    EXPECT_TRUE(terminal.see("kWh")) << terminal.screen();
    EXPECT_EQ(terminal.wait().exit_code, 0);
}

TEST_F(OnATerminal, NoColourWhereNoColourIsAskedFor) {
    Launch launch = box.launch({gramme_program(), "run", "--", "true"});
    launch.env["TERM"] = "xterm-256color";
    launch.env["NO_COLOR"] = "1";
    Terminal terminal(launch);
    const Outcome outcome = terminal.wait();
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out.find("\x1b["), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace gramme::testing
