// Searches that are really run, by the real program: killed and gone on with, trials that go wrong, several
// at once.
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Sweep : public Integration {
protected:
    /// A shell script that a trial runs.
    void script(const std::string& text) {
        write_file(box.path("t.sh"), "#!/bin/sh\n" + text);
        ::chmod(box.path("t.sh").c_str(), 0755);
    }
    void space(const std::string& text) { write_file(box.path("space.toml"), text); }
    [[nodiscard]] Words words(const Words& options, const Words& arguments) const {
        Words out{"sweep", box.path("space.toml"), "--dir", box.path("s"), "--quiet", "--json"};
        out.insert(out.end(), options.begin(), options.end());
        out.insert(out.end(), {"--", box.path("t.sh")});
        out.insert(out.end(), arguments.begin(), arguments.end());
        return out;
    }
    [[nodiscard]] static std::string outcome_of(const Json& sweep, int trial) {
        for (const Json& one : sweep.at("trials")) {
            if (one.at("trial") == trial) {
                return text_of(one, "outcome");
            }
        }
        return "";
    }
};

TEST_F(Sweep, TrialsThatGoWrongAreRecordedAsThat) {
    box.use_fixture("vm");
    space("[parameters]\nwhat = [\"well\", \"crash\", \"nan\", \"nothing\", \"hang\", \"killed\"]\n");
    script(
        "case $1 in well) echo score=0.5;; crash) echo score=1; exit 3;; nan) echo score=nan;; nothing) ;;\n"
        "hang) trap '' TERM; while :; do sleep 0.05; done;; killed) kill -9 $$;; esac\n");
    const Outcome done = box.gramme(words({"--method", "grid", "--objective-regex", "score=(.*)",
                                           "--trial-timeout", "10s", "--grace", "200ms", "--jobs", "6"},
                                          {"{what}"}));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json sweep = Json::parse(done.out);
    EXPECT_EQ(outcome_of(sweep, 1), "finished");
    EXPECT_EQ(outcome_of(sweep, 2), "failed");
    EXPECT_EQ(outcome_of(sweep, 3), "not_a_number");
    EXPECT_EQ(outcome_of(sweep, 4), "no_objective");
    EXPECT_EQ(outcome_of(sweep, 5), "timed_out");
    EXPECT_EQ(outcome_of(sweep, 6), "failed");
    EXPECT_EQ(sweep.at("best").at("trial"), 1) << "a crash tells no objective, whatever it printed";
    EXPECT_EQ(box.runs().size(), 6U) << "each is a run, the one that was ended too";
}

TEST_F(Sweep, KilledAtAnyMomentItNeitherRepeatsNorLosesATrial) {
    box.use_fixture("vm");
    space("[parameters.x]\nrange = [0, 1]\n[parameters.y]\nrange = [1, 1000]\nscale = \"log\"\n");
    // Each trial says that it ran to its end: twice for the same point would be a repetition.
    script("sleep 0.0$(($$ % 5)); echo score=$1; echo \"$1 $2\" >> \"" + box.path("ended") + "\"\n");
    const Words all =
        words({"--objective-regex", "score=(.*)", "--max-trials", "12", "--jobs", "2", "--minimize"},
              {"{x}", "{y}"});
    const char* const full = std::getenv("GRAMME_FULL_TESTS");
    const int kills = full != nullptr ? 60 : 12;
    unsigned moment = 12345;
    for (int i = 0; i < kills; ++i) {
        Process sweep = box.start(all);
        moment = moment * 1103515245U + 12345U;  // other moments in each turn, the same in each test
        std::this_thread::sleep_for(std::chrono::microseconds{2'000 + (moment >> 8U) % 60'000});
        ::kill(sweep.pid(), SIGKILL);
        (void)sweep.wait();
    }
    const Outcome done = box.gramme(all);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json sweep = Json::parse(done.out);
    ASSERT_EQ(sweep.at("trials").size(), 12U);
    std::set<int> trials;
    std::set<std::string> runs;
    for (const Json& one : sweep.at("trials")) {
        trials.insert(one.at("trial").get<int>());
        runs.insert(text_of(one, "run_id"));
        EXPECT_EQ(text_of(one, "outcome"), "finished");
    }
    EXPECT_EQ(trials.size(), 12U) << "a trial is listed twice";
    EXPECT_EQ(runs.size(), 12U);
    std::istringstream lines{file_text(box.path("ended"))};
    std::map<std::string, int> ends;
    for (std::string line; std::getline(lines, line);) {
        ends[line] += 1;
    }
    EXPECT_EQ(ends.size(), 12U);
    for (const auto& [point, times] : ends) {
        EXPECT_EQ(times, 1) << point << " ran to its end more than once";
    }
    const Outcome again = box.gramme(all);
    EXPECT_EQ(Json::parse(again.out).at("trials"), sweep.at("trials")) << "there is nothing left to do";
    // Each trial counts once in the family, and nothing beside it but attempts that were cut short.
    const Json tree = Json::parse(box.gramme({"runs", "tree", text_of(sweep, "id"), "--json"}).out);
    EXPECT_EQ(tree.at("families")[0].at("all").at("runs").get<std::size_t>(),
              12U + sweep.at("spent").at("cut_short").get<std::size_t>());
}

/// Trial and run of each end that the log of the sweep holds; `pids` gets the sessions that it has started.
std::map<int, std::string> ends_in(const std::string& log, std::set<int>& pids) {
    std::map<int, std::string> out;
    std::istringstream lines{file_exists(log) ? file_text(log) : ""};
    for (std::string line; std::getline(lines, line);) {
        const Json json = Json::parse(line, nullptr, false);
        if (json.contains("end")) {
            out[json.at("end").at("config").get<int>()] = text_of(json.at("end"), "run_id");
        } else if (json.contains("pid")) {
            pids.insert(json.at("pid").at("pid").get<int>());
        }
    }
    return out;
}

TEST_F(Sweep, KilledWithAllItsTrialsItKeepsWhatHadEnded) {
    box.use_fixture("vm");
    space("[parameters.x]\nrange = [0, 1]\n");
    script("sleep 0.04; echo score=$1\n");
    const Words all =
        words({"--objective-regex", "score=(.*)", "--max-trials", "10", "--jobs", "3"}, {"{x}"});
    unsigned moment = 777;
    std::map<int, std::string> kept;
    for (int i = 0; i < 8; ++i) {
        Process sweep = box.start(all);
        moment = moment * 1103515245U + 12345U;
        std::this_thread::sleep_for(std::chrono::microseconds{10'000 + (moment >> 8U) % 120'000});
        ::kill(sweep.pid(), SIGKILL);
        std::set<int> pids;
        (void)sweep.wait();
        const auto now = ends_in(box.path("s/sweep.jsonl"), pids);
        for (const int pid : pids) {
            ::kill(-pid, SIGKILL);  // the whole group of a trial, where it still is
        }
        for (const auto& [trial, run] : kept) {
            ASSERT_TRUE(now.contains(trial)) << "trial " << trial + 1 << " was lost";
            EXPECT_EQ(now.at(trial), run) << "trial " << trial + 1 << " was run again";
        }
        kept = now;
    }
    const Outcome done = box.gramme(all);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    std::set<int> trials;
    const Json sweep = Json::parse(done.out);
    for (const Json& one : sweep.at("trials")) {
        EXPECT_TRUE(trials.insert(one.at("trial").get<int>()).second) << "listed twice";
        EXPECT_EQ(text_of(one, "outcome"), "finished");
        if (const auto found = kept.find(one.at("trial").get<int>() - 1); found != kept.end()) {
            EXPECT_EQ(text_of(one, "run_id"), found->second);
        }
    }
    EXPECT_EQ(trials.size(), 10U);
}

TEST_F(Sweep, ATrialThatOutlivesItsKilledSweepIsTakenUp) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1]\n");
    script("echo begun >> \"" + box.path("begun") + "\"; while [ ! -e \"" + box.path("go") +
           "\" ]; do sleep 0.02; done; echo score=4\n");
    const Words all = words({"--objective-regex", "score=(.*)"}, {"{x}"});
    Process first = box.start(all);
    while (!file_exists(box.path("begun"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGKILL);
    (void)first.wait();
    Process second = box.start(all);
    const auto sessions = [&] {
        const std::string log = file_text(box.path("s/sweep.jsonl"));
        const std::size_t once = log.find("\"session\"");
        return once != std::string::npos && log.find("\"session\"", once + 1) != std::string::npos;
    };
    while (!sessions()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    // Time in which it could begin the trial again, if it did not see that it runs.
    for (int i = 0; i < 60 && file_text(box.path("begun")) == "begun\n"; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    write_file(box.path("go"), "");
    const Outcome done = second.wait();
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_DOUBLE_EQ(Json::parse(done.out).at("best").at("objective").get<double>(), 4.0);
    EXPECT_EQ(file_text(box.path("begun")), "begun\n") << "it was begun again beside the one that runs";
}

TEST_F(Sweep, HalvingGivesTheBestMoreAndKeepsTheirFolder) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
    script("echo $2 >> $3/budgets; echo score=$1\n");
    const Outcome done = box.gramme(words(
        {"--method", "halving", "--resource", "9", "--max-trials", "9", "--objective-regex", "score=(.*)"},
        {"{x}", "{budget}", "{dir}"}));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json sweep = Json::parse(done.out);
    EXPECT_EQ(sweep.at("trials").size(), 13U);  // 9 + 3 + 1
    EXPECT_DOUBLE_EQ(sweep.at("best").at("objective").get<double>(), 9.0);
    EXPECT_DOUBLE_EQ(sweep.at("best").at("budget").get<double>(), 1.0);
    const std::string number = std::to_string(sweep.at("best").at("trial").get<int>());
    EXPECT_EQ(file_text(box.path("s/000" + number + ".d/budgets")), "1\n3\n9\n");
}

TEST_F(Sweep, ALimitEndsItBeforeItIsPassed) {
    box.use_fixture("vm");
    space("[parameters.x]\nrange = [0, 1]\n");
    script("sleep 0.1; echo score=$1\n");
    const Outcome done = box.gramme(words({"--objective-regex", "score=(.*)", "--budget", "0.35s"}, {"{x}"}));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json sweep = Json::parse(done.out);
    EXPECT_LE(sweep.at("trials").size(), 3U);
    EXPECT_GE(sweep.at("trials").size(), 1U);
    EXPECT_NE(text_of(sweep, "stopped").find("0.35s"), std::string::npos) << sweep.at("stopped");
    const Outcome none = box.gramme(words({"--objective-regex", "score=(.*)", "--budget", "1"}, {"{x}"}));
    EXPECT_EQ(none.exit_code, 64) << none.err;
}

TEST_F(Sweep, ASignalEndsItsTrialsWhichBeginAnewTheNextTime) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1]\n");
    script("echo $$ >> \"" + box.path("begun") + "\"; [ -e \"" + box.path("go") +
           "\" ] || sleep 30; echo score=1\n");
    const Words all = words({"--objective-regex", "score=(.*)"}, {"{x}"});
    Process first = box.start(all);
    while (!file_exists(box.path("begun"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGINT);
    const Outcome ended = first.wait();
    EXPECT_EQ(ended.exit_code, 130) << ended.err;
    const Json interrupted = Json::parse(ended.out);
    EXPECT_EQ(interrupted.at("trials").size(), 0U);
    EXPECT_EQ(interrupted.at("spent").at("cut_short"), 1) << "what it took is told";
    write_file(box.path("go"), "");
    const Outcome done = box.gramme(all);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(Json::parse(done.out).at("trials")[0].at("attempt"), 2);
}

TEST_F(Sweep, ATrialThatSavesAndLeavesWhenAskedToEndIsTriedAgain) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1]\n");
    script("trap 'echo score=0.1; exit 0' TERM; [ -e \"$2/begun\" ] && echo score=0.9 && exit\n" +
           std::string{"touch \"$2/begun\"; while :; do sleep 0.05; done\n"});
    const Words all = words({"--objective-regex", "score=(.*)"}, {"{x}", "{dir}"});
    Process first = box.start(all);
    while (!file_exists(box.path("s/0001.d/begun"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGINT);
    EXPECT_EQ(Json::parse(first.wait().out).at("trials").size(), 0U) << "half a training is no trial";
    const Json done = Json::parse(box.gramme(all).out);
    ASSERT_EQ(done.at("trials").size(), 1U);
    EXPECT_EQ(done.at("trials")[0].at("attempt"), 2);
    EXPECT_EQ(done.at("trials")[0].at("objective"), 0.9);
}

TEST_F(Sweep, ATrialThatDoesNotObeyIsNotRunBesideItself) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1]\n");
    // Whoever finds another alive says so; the first one lets all requests to end pass.
    script("for other in $(cat \"$2/begun\"); do kill -0 $other && echo $other >> \"$2/beside\"; done\n" +
           std::string{"[ -e \"$2/begun\" ] || trap '' INT TERM HUP\necho $$ >> \"$2/begun\"\n"} +
           "[ $(wc -l < \"$2/begun\") -gt 1 ] || while :; do sleep 0.05; done\necho score=$1\n");
    const std::string folder = box.path("s/0001.d/");
    const auto all = [&](const char* grace) {
        return words({"--objective-regex", "score=(.*)", "--grace", grace}, {"{x}", "{dir}"});
    };
    Process first = box.start(all("600s"));
    while (!file_exists(folder + "begun")) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGINT);
    while (file_text(box.path("s/sweep.jsonl")).find("\"drop\"") == std::string::npos) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGKILL);
    (void)first.wait();
    const Outcome done = box.gramme(all("100ms"));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(Json::parse(done.out).at("trials")[0].at("attempt"), 2);
    EXPECT_FALSE(file_exists(folder + "beside")) << "its point ran twice at the same time";
    EXPECT_NE(done.err.find("still runs"), std::string::npos) << done.err;
}

TEST_F(Sweep, WhatAttemptsThatWereCutShortUsedCountsForTheLimit) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1, 2]\n");
    script("echo $$ >> \"" + box.path("begun") + "\"; \"" + helper_program() + "\" burn 300; echo >> \"" +
           box.path("burned") + "\"; [ -e \"" + box.path("go") + "\" ] || sleep 30; echo score=$1\n");
    const auto all = [&](const Words& more) {
        Words options{"--objective-regex", "score=(.*)", "--interval", "100ms"};
        options.insert(options.end(), more.begin(), more.end());
        return words(options, {"{x}"});
    };
    Process first = box.start(all({}));
    while (!file_exists(box.path("burned"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ::kill(first.pid(), SIGINT);
    const Json cut = Json::parse(first.wait().out);
    ASSERT_EQ(cut.at("spent").at("cut_short"), 1);
    const double used_kwh = cut.at("spent").at("energy_kwh").get<double>();
    ASSERT_GT(used_kwh, 0.0);
    write_file(box.path("go"), "");
    const std::string half = std::to_string(used_kwh * 3.6e6 / 2) + "J";
    const Json none = Json::parse(box.gramme(all({"--budget", half})).out);
    EXPECT_EQ(none.at("trials").size(), 0U) << "the limit was spent before it began anew";
    EXPECT_NE(text_of(none, "stopped").find("no room"), std::string::npos);
    const Json some = Json::parse(box.gramme(all({"--budget", "1MJ"})).out);
    EXPECT_EQ(some.at("trials").size(), 2U);
}

TEST_F(Sweep, ATrialWhoseGrammeWasKilledIsCountedWithWhatItUsed) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1]\n");
    script("\"" + helper_program() + "\" burn 300; echo $$ > \"" + box.path("pid") +
           "\"; kill -9 $PPID; sleep 30\n");
    const Outcome done =
        box.gramme(words({"--objective-regex", "score=(.*)", "--interval", "50ms"}, {"{x}"}));
    const Json sweep = Json::parse(done.out);
    ASSERT_EQ(sweep.at("trials").size(), 1U) << done.err;
    const Json& trial = sweep.at("trials")[0];
    EXPECT_EQ(text_of(trial, "outcome"), "failed");
    EXPECT_EQ(text_of(trial, "note"), "signal 9");
    EXPECT_FALSE(text_of(trial, "run_id").empty());
    EXPECT_GT(trial.at("energy_kwh").get<double>(), 0.0);
    EXPECT_EQ(sweep.at("spent").at("cut_short"), 0) << "it counts once";
}

TEST_F(Sweep, SeveralAtOnceCountEachItsOwnCpuTime) {
    box.env.erase("GRAMME_SYSROOT");
    space("[parameters]\nx = [1, 2, 3, 4]\n");
    script("\"" + helper_program() + "\" burn 150; echo score=$1\n");
    const Outcome done =
        box.gramme(words({"--method", "grid", "--jobs", "4", "--objective-regex", "score=(.*)"}, {"{x}"}));
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json sweep = Json::parse(done.out);
    ASSERT_EQ(sweep.at("trials").size(), 4U);
    sqlite3* db = nullptr;
    sqlite3_stmt* sum = nullptr;
    ASSERT_EQ(sqlite3_open_v2(box.path("data/gramme/runs.db").c_str(), &db, SQLITE_OPEN_READONLY, nullptr),
              SQLITE_OK);
    sqlite3_prepare_v2(db, "SELECT sum(job_cpu_s) FROM windows WHERE device = 0", -1, &sum, nullptr);
    ASSERT_EQ(sqlite3_step(sum), SQLITE_ROW);
    const double cpu_s = sqlite3_column_double(sum, 0);
    sqlite3_finalize(sum);
    sqlite3_close(db);
    // 4 x 0.15 s, and what four shells take; each counted in each of the four would be 2.4 s.
    EXPECT_GE(cpu_s, 0.55);
    EXPECT_LE(cpu_s, 1.2);
    double energy = 0.0;
    for (const Json& trial : sweep.at("trials")) {
        energy += trial.at("energy_kwh").get<double>();
    }
    const Json tree = Json::parse(box.gramme({"runs", "tree", text_of(sweep, "id"), "--json"}).out);
    EXPECT_NEAR(tree.at("families")[0].at("all").at("energy_kwh").get<double>(), energy, energy * 1e-9);
    EXPECT_NEAR(sweep.at("spent").at("energy_kwh").get<double>(), energy, energy * 1e-9);
}

TEST_F(Sweep, WhatCannotBeRunIsSaidAtOnce) {
    box.use_fixture("vm");
    space("[parameters]\nx = [1, 2]\n");
    Words missing{"sweep", box.path("space.toml"), "--dir", box.path("s"), "--objective-regex", "a",
                  "--",    "no-such-command",      "{x}"};
    const Outcome done = box.gramme(missing);
    EXPECT_EQ(done.exit_code, 64) << done.err;
    EXPECT_NE(done.err.find("no trial can be run"), std::string::npos) << done.err;
    EXPECT_EQ(box.gramme({"sweep", box.path("space.toml"), "--", "true"}).exit_code, 64) << "no objective";
    const Outcome scope = box.gramme({"sweep", box.path("space.toml"), "--dir", box.path("scope"),
                                      "--objective-regex", "a", "--scope", "galaxy", "--", "true"});
    EXPECT_EQ(scope.exit_code, 64);
    EXPECT_NE(scope.err.find("no trial can be run: --scope: 'galaxy'"), std::string::npos) << scope.err;
    EXPECT_EQ(box.gramme({"sweep", box.path("none.toml"), "--objective-regex", "a", "--", "true"}).exit_code,
              66);
    const Outcome shared = box.gramme({"sweep", box.path("space.toml"), "--dir", box.path("other"), "--jobs",
                                       "2", "--objective-json", "m.json:a", "--", "true"});
    EXPECT_EQ(shared.exit_code, 64) << shared.err;
    space("[parameters.x]\nrange = [2, 1]\n");
    EXPECT_EQ(box.gramme(missing).exit_code, 65);
    const Outcome nested = box.gramme({"run", "--quiet", "--", gramme_program(), "sweep",
                                       box.path("space.toml"), "--objective-regex", "a", "--", "true"});
    EXPECT_NE(nested.exit_code, 0);
}

TEST_F(Sweep, APlanCountsWhatASweepWouldRun) {
    space(
        "[parameters]\nx = [1, 2, 3]\noptimizer = [\"sgd\", \"adam\"]\n[parameters.momentum]\nvalues = [0.5, "
        "0.9]\n"
        "when = { optimizer = \"sgd\" }\n");
    const Outcome done = box.gramme(
        {"plan", "search", box.path("space.toml"), "--energy-kwh", "2", "--region", "FRA", "--json"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const Json plan = Json::parse(done.out);
    EXPECT_EQ(plan.at("ways")[0].at("configs"), 9);  // 3 x (2 with sgd + 1 with adam)
    EXPECT_DOUBLE_EQ(plan.at("ways")[0].at("energy_kwh").at("value").get<double>(), 18.0);
    EXPECT_EQ(plan.at("ways")[1].at("configs"), 59);
}

TEST_F(Sweep, APlanOfALargeSpaceStaysReadable) {
    std::string text = "[parameters]\n";
    for (int i = 0; i < 199; ++i) {
        text += "p" + std::to_string(i) + " = [1, 2, 3]\n";
    }
    space(text);
    const Outcome done =
        box.gramme({"plan", "search", box.path("space.toml"), "--energy-kwh", "2", "--region", "FRA"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    std::istringstream lines{done.out};
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 84U) << line;
    }
    // 3^199 = 8.854e94
    EXPECT_NE(done.out.find(" 8.85e94    8.85e94 8.85e94 "), std::string::npos) << done.out;
}

}  // namespace
}  // namespace gramme::testing
