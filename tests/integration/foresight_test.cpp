// While it runs: output that is read on its way, forecasts, budgets.
#include <csignal>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Foresight : public Integration {
protected:
    /// A program of steps for sh: prints "step N/TOTAL", 20 ms each.
    static Words steps(int total) {
        return {"sh", "-c",
                "i=0; while [ $i -lt " + std::to_string(total) +
                    " ]; do sleep 0.02; i=$((i+1)); echo \"step $i/" + std::to_string(total) + "\"; done"};
    }
    static double number(const Json& json) { return json.is_number() ? json.get<double>() : -1.0; }
};

TEST_F(Foresight, OutputPassesUnchangedThroughAPipe) {
    const Words command{
        "sh", "-c", "printf 'a\\r\\n\\033[31mstep 1/2\\033[0m\\0x'; head -c 300000 /dev/zero; printf end"};
    const Outcome plain = box.tool(command);
    const Outcome read = box.run({"--quiet", "--progress-regex", "step (\\d+)/(\\d+)"}, command);
    EXPECT_EQ(read.exit_code, 0) << read.err;
    EXPECT_EQ(read.out.size(), plain.out.size());
    EXPECT_TRUE(read.out == plain.out);
}

TEST_F(Foresight, BothStreamsKeepTheirOrderWhereTheyGoToOnePlace) {
    const Words inner{"sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done"};
    std::string expected;
    for (int i = 1; i <= 9; ++i) {
        expected += "out " + std::to_string(i) + "\nerr " + std::to_string(i) + "\n";
    }
    const Outcome both =
        box.tool({"sh", "-c",
                  "'" + gramme_program() + "' run -q --csv none --progress-regex '(\\d+)/(\\d+)' -- " +
                      inner[0] + " -c '" + inner[2] + "' 2>&1"});
    EXPECT_EQ(both.out, expected);
}

TEST_F(Foresight, AReaderThatLeavesIsGoneForTheCommandToo) {
    const Outcome head =
        box.tool({"bash", "-c",
                  "'" + gramme_program() + "' run -q --csv none --json '" + box.path("result.json") +
                      "' --progress-regex '(\\d+)/(\\d+)' -- yes | head -n 1; echo ${PIPESTATUS[0]}"});
    EXPECT_EQ(head.out, "y\n141\n") << head.err;  // 128 + SIGPIPE, as without gramme
}

TEST_F(Foresight, AKilledGrammeLeavesTheCommandItsOutput) {
    // It tells by files, for what was on its way through gramme at that moment may be lost.
    Process gramme = box.start(
        {"run", "-q", "--csv", "none", "--progress-regex", "step (\\d+)/(\\d+)", "--", "sh", "-c",
         "echo step 1/9; echo begun > begun; while [ ! -e go ]; do sleep 0.02; done; "
         "head -c 200000 /dev/zero; echo step 9/9; echo error >&2; echo done > done; exec sleep 0.1"});
    ASSERT_TRUE(eventually([&] { return file_exists(box.path("work/begun")); }));
    ::kill(gramme.pid(), SIGKILL);
    (void)gramme.wait();
    const auto runs = box.runs();  // nobody holds its journal, although the command runs
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "state"), "interrupted");
    write_file(box.path("work/go"), "");
    EXPECT_TRUE(eventually([&] { return file_exists(box.path("work/done")); })) << "its output ended it";
    EXPECT_TRUE(eventually([&] { return gramme.out().ends_with("step 9/9\n"); }));
    EXPECT_GE(gramme.out().size(), 200'000U);
    EXPECT_TRUE(eventually([&] { return gramme.err().ends_with("error\n"); })) << gramme.err();
}

TEST_F(Foresight, WhatOutlivesTheCommandGoesOnPrinting) {
    const Words command{"sh", "-c",
                        "(while [ ! -e go ]; do sleep 0.02; done; echo late; echo later >&2; echo > wrote) & "
                        "echo early"};
    const Words words{
        "run", "--csv", "none", "--json", box.path("result.json"), "--progress-regex", "step (\\d+)/(\\d+)",
        "--"};
    Process gramme = box.start(joined(words, command));
    const Outcome ended = gramme.wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.out, "early\n");
    for (const Json& survivor : box.result()["run"]["survivors"]) {
        EXPECT_EQ(survivor.get<std::string>().find("gr-output"), std::string::npos) << survivor;
    }
    write_file(box.path("work/go"), "");
    EXPECT_TRUE(eventually([&] { return file_exists(box.path("work/wrote")); })) << "SIGPIPE ended it";
    EXPECT_TRUE(eventually([&] { return gramme.out() == "early\nlate\n"; })) << gramme.out();
    EXPECT_TRUE(eventually([&] { return gramme.err().ends_with("later\n"); })) << gramme.err();
}

TEST_F(Foresight, WhatOutlivesTheCommandGoesOnPrintingOnATerminal) {
    Launch launch = box.launch({"/bin/sh", "-c",
                                "'" + gramme_program() +
                                    "' run -q --csv none --progress-regex '(\\d+)/(\\d+)' -- sh -c '(while [ "
                                    "! -e go ]; do sleep 0.02; "
                                    "done; test -t 1 && echo late) & echo early'; echo after; read word"});
    Terminal terminal(launch);
    EXPECT_TRUE(terminal.see("after")) << terminal.screen();
    write_file(box.path("work/go"), "");
    EXPECT_TRUE(terminal.see("late")) << terminal.screen();
    terminal.type("\n");
    EXPECT_EQ(terminal.wait().exit_code, 0) << terminal.screen();
}

TEST_F(Foresight, TheCommandSeesATerminalOfTheSameSize) {
    Launch launch =
        box.launch({gramme_program(), "run", "-q", "--csv", "none", "--progress-regex", "(\\d+)/(\\d+)", "--",
                    "sh", "-c",
                    "test -t 1 && test -t 2 && stty size <&1; read word; echo got=$word; "
                    "trap 'stty size <&1; exit 5' WINCH; echo ready; while :; do sleep 0.05; done"});
    Terminal terminal(launch);
    EXPECT_TRUE(terminal.see(" 80")) << terminal.screen();
    terminal.type("hello\n");
    EXPECT_TRUE(terminal.see("got=hello")) << terminal.screen();
    EXPECT_TRUE(terminal.see("ready")) << terminal.screen();
    EXPECT_EQ(terminal.screen().find("\r\r\n"), std::string::npos) << "one carriage return for a line";
    terminal.resize(50, 132);
    EXPECT_TRUE(terminal.see("50 132")) << terminal.screen();
    EXPECT_EQ(terminal.wait().exit_code, 5) << terminal.screen();
}

TEST_F(Foresight, CtrlCReachesTheCommandOnceThroughIt) {
    const std::string log = box.path("signals.log");
    Terminal terminal(box.launch({gramme_program(), "run", "--csv", "none", "--progress-regex",
                                  "(\\d+)/(\\d+)", "--", helper_program(), "signals", log, "60"}));
    ASSERT_TRUE(eventually([&] { return file_text(log).rfind("ready", 0) == 0; }));
    terminal.type("\x03");
    EXPECT_TRUE(eventually([&] { return file_text(log).find("SIGINT ") != std::string::npos; }));
    sleep_s(0.2);
    const std::string text = file_text(log);
    EXPECT_EQ(text.find("SIGINT ", text.find("SIGINT ") + 1), std::string::npos) << text;
    ::kill(std::stoi(text.substr(6)), SIGUSR2);
    EXPECT_EQ(terminal.wait().exit_code, 0) << terminal.screen();
}

TEST_F(Foresight, CtrlZStopsTheJobAndFgGoesOn) {
    Launch launch = box.launch({"/bin/bash", "--norc", "--noprofile", "-i"});
    launch.env["PS1"] = "PROMPT> ";
    launch.env["TERM"] = "dumb";
    launch.env["HISTFILE"] = "";
    Terminal terminal(launch);
    ASSERT_TRUE(terminal.see("PROMPT> "));
    terminal.type("'" + gramme_program() + "' run -q --csv none --progress-regex '(\\d+)/(\\d+)' -- '" +
                  helper_program() + "' ticks '" + box.path("ticks") + "' 60\n");
    ASSERT_TRUE(eventually([&] { return file_text(box.path("ticks")).size() >= 5; })) << terminal.screen();
    terminal.type("\x1a");
    ASSERT_TRUE(terminal.see("Stopped")) << terminal.screen();
    terminal.type("fg\n");
    ASSERT_TRUE(terminal.see("PROMPT> ")) << terminal.screen();
    terminal.type("echo status=$?\n");
    EXPECT_TRUE(terminal.see("status=7")) << terminal.screen();
    terminal.type("exit 0\n");
    terminal.wait();
    EXPECT_EQ(file_text(box.path("ticks")).size(), 60U);
}

TEST_F(Foresight, LiveLineForesees) {
    Words words{
        gramme_program(),     "run", "--csv", "none", "--live", "--interval", "50ms", "--progress-regex",
        "step (\\d+)/(\\d+)", "--"};
    Terminal terminal(box.launch(joined(words, steps(60))));
    EXPECT_TRUE(terminal.see("not enough yet")) << terminal.screen();
    EXPECT_TRUE(terminal.see(" left")) << terminal.screen();
    EXPECT_EQ(terminal.wait().exit_code, 0);
}

TEST_F(Foresight, ForecastIsKeptBesideWhatCame) {
    const Outcome outcome = box.run(
        {"--interval", "50ms", "--progress-regex", "step (?P<step>\\d+)/(?P<total>\\d+)"}, steps(100));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json forecast = box.result()["run"]["forecast"];
    EXPECT_EQ(text_of(forecast, "from"), "output");
    EXPECT_EQ(number(forecast["steps_total"]), 100.0);
    EXPECT_EQ(number(forecast["last_step"]), 100.0);
    ASSERT_FALSE(forecast["said"].empty());
    const Json last = forecast["said"].back();
    EXPECT_TRUE(last.contains("duration_error_pct")) << last;
    EXPECT_NE(outcome.err.find("foreseen"), std::string::npos) << outcome.err;
    // The marks of it make it a pilot.
    const std::string id = text_of(box.result()["run"], "id");
    const Outcome plan = box.gramme({"plan", "train", "--pilot", id, "--steps-total", "1000", "--json"});
    ASSERT_EQ(plan.exit_code, 0) << plan.err;
    const Json whole = Json::parse(plan.out);
    EXPECT_EQ(text_of(whole, "schema"), "gramme/plan-pilot/1");
    EXPECT_NEAR(number(whole["duration_s"]["value"]) / (10.0 * number(box.result()["run"]["duration_s"])),
                1.0, 0.2);
}

TEST_F(Foresight, MarkersOfTheCommandWillDo) {
    const Outcome outcome =
        box.run({"--interval", "50ms", "--steps-total", "40"},
                {"python3", "-c",
                 "import os,socket,time\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                 "s.connect(os.environ['GRAMME_RUN_SOCKET'])\n"
                 "for i in range(1,41):\n time.sleep(0.03)\n"
                 " s.send(b'{\"kind\":\"mark\",\"name\":\"progress\",\"detail\":{\"step\":%d}}'%i)\n"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json forecast = box.result()["run"]["forecast"];
    EXPECT_EQ(text_of(forecast, "from"), "markers");
    EXPECT_EQ(number(forecast["last_step"]), 40.0);
    EXPECT_FALSE(forecast["said"].empty());
}

TEST_F(Foresight, APilotWithoutStepsIsNone) {
    ASSERT_EQ(box.run({"--quiet"}, {"true"}).exit_code, 0);
    const std::string id = text_of(box.result()["run"], "id");
    const Outcome plan = box.gramme({"plan", "train", "--pilot", id, "--steps-total", "10"});
    EXPECT_EQ(plan.exit_code, 65) << plan.err;
    EXPECT_NE(plan.err.find("--progress-regex"), std::string::npos) << plan.err;
    EXPECT_EQ(box.gramme({"plan", "train"}).exit_code, 64);
    EXPECT_EQ(box.gramme({"plan", "train", "--pilot", "ffffffff"}).exit_code, 66);
}

TEST_F(Foresight, WordsThatMakeNoSenseAreRefusedBeforeTheCommandStarts) {
    for (const Words& words :
         {Words{"--budget", "500"}, Words{"--grace", "3s"}, Words{"--budget", "1h", "--on-budget", "explode"},
          Words{"--progress-regex", "step (\\d+"}, Words{"--progress-regex", "step (\\d+)"},
          Words{"--progress-regex", "step"}, Words{"--steps-total", "0"}}) {
        const Outcome outcome = box.gramme(joined(joined({"run"}, words), {"--", "touch", "started"}));
        EXPECT_EQ(outcome.exit_code, 64) << words[1] << outcome.err;
        EXPECT_FALSE(file_exists(box.path("work/started")));
    }
}

class Budget : public Integration {
protected:
    [[nodiscard]] Words happened() const {
        Words what;
        const Json result = box.result();
        for (const Json& event : result["run"]["budget"]["events"]) {
            what.push_back(text_of(event, "what"));
        }
        return what;
    }
};

TEST_F(Budget, StopsTheJobAndTheRecordSaysSo) {
    // The shell and its sleep both get it: none is left behind.
    const Outcome outcome = box.run({"--interval", "50ms", "--budget", "0.3s", "--on-budget", "stop"},
                                    {"sh", "-c", "sleep 60; echo not reached"});
    EXPECT_EQ(outcome.exit_code, 128 + SIGTERM) << outcome.err;
    const Words what = happened();  // "near" is not said where a turn was late
    ASSERT_GE(what.size(), 2U) << outcome.err;
    EXPECT_EQ((Words{what.end() - 2, what.end()}), (Words{"over", "terminate"}));
    const Json run = box.result()["run"];
    EXPECT_EQ(run["budget"]["ended_run"], true);
    EXPECT_EQ(run["exit_status"], 143);
    EXPECT_TRUE(run["survivors"].empty()) << run["survivors"];
    EXPECT_NE(outcome.err.find("the budget ended this run"), std::string::npos) << outcome.err;
    const Json kept = box.show(text_of(run, "id"));
    EXPECT_EQ(kept["run"]["budget"]["ended_run"], true);
}

TEST_F(Budget, KillsWhatDoesNotEndAfterTheGrace) {
    const Outcome outcome =
        box.run({"--interval", "20ms", "--budget", "1s", "--on-budget", "stop", "--grace", "0.2s"},
                {"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"});
    EXPECT_EQ(outcome.exit_code, 128 + SIGKILL) << outcome.err;
    const Words what = happened();  // "near" is not said where a turn was late
    ASSERT_GE(what.size(), 3U) << outcome.err;
    EXPECT_EQ((Words{what.end() - 3, what.end()}), (Words{"over", "terminate", "kill"}));
}

TEST_F(Budget, TellsTheCommandToSaveItsWorkAndLetsItGoOn) {
    // sh handles no SIGUSR1, its child does: only that gets it.
    const Outcome outcome = box.run(
        {"--interval", "50ms", "--budget", "0.2s", "--on-budget", "SIGUSR1"},
        {"sh", "-c", "sh -c 'trap \"echo saved; exit 0\" USR1; while :; do sleep 0.05; done'; echo after"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "saved\nafter\n");
    EXPECT_EQ(box.result()["run"]["budget"]["ended_run"], false);
}

TEST_F(Budget, ASignalThatNobodyHandlesIsNotSent) {
    const Outcome outcome =
        box.run({"--interval", "50ms", "--budget", "0.2s", "--on-budget", "SIGUSR1"}, {"sleep", "0.6"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("SIGUSR1 was not sent"), std::string::npos) << outcome.err;
}

TEST_F(Budget, OfCarbonWithoutARegionIsAtTheWorldAverageAndSaysSo) {
    const Outcome outcome =
        box.run({"--interval", "50ms", "--budget", "0.0001mg"}, {helper_program(), "burn", "300"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("at the world average of"), std::string::npos) << outcome.err;
}

TEST_F(Budget, OnTheForecastActsBeforeItIsSpent) {
    const Outcome outcome =
        box.run({"--interval", "50ms", "--budget", "6s", "--budget-on", "forecast", "--on-budget", "stop",
                 "--progress-regex", "step (\\d+)/(\\d+)"},
                {"sh", "-c", "i=0; while :; do sleep 0.02; i=$((i+1)); echo step $i/1000; done"});
    EXPECT_EQ(outcome.exit_code, 143) << outcome.err;
    EXPECT_LT(box.result()["run"]["duration_s"].get<double>(), 6.0);
    const Words what = happened();
    ASSERT_GE(what.size(), 2U) << outcome.err;
    EXPECT_EQ((Words{what.end() - 2, what.end()}), (Words{"over", "terminate"})) << outcome.err;
}

TEST_F(Budget, PassedAfterTheLastLookIsSaidAtTheEnd) {
    // No turn of the sampler comes before the command ends.
    const Outcome outcome =
        box.run({"--interval", "10s", "--budget", "0.05s", "--on-budget", "stop"}, {"sh", "-c", "sleep 0.3"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(happened(), Words{"over"});
    EXPECT_EQ(box.result()["run"]["budget"]["ended_run"], false) << "it had ended by itself";
    EXPECT_NE(outcome.err.find("used when the command ended: the budget of 0.05s is spent"),
              std::string::npos)
        << outcome.err;
    const Outcome kept = box.run({"--interval", "10s", "--budget", "1h"}, {"true"});
    EXPECT_TRUE(happened().empty()) << kept.err;
}

TEST_F(Budget, OfAnInnerRunIsNotWatched) {
    const Outcome outcome = box.run({}, {gramme_program(), "run", "--budget", "1s", "--", "true"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("--budget does nothing here"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace gramme::testing
