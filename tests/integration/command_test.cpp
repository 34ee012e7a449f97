// The measured command keeps what is its own: arguments, input, output, environment and exit status.
#include <sys/stat.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using CommandOfARun = Integration;

TEST_F(CommandOfARun, ExitStatusIsTheCommandsOwn) {
    for (const int code : {0, 1, 42, 64, 125, 255}) {
        EXPECT_EQ(box.run({}, {"sh", "-c", "exit " + std::to_string(code)}).exit_code, code);
        EXPECT_EQ(box.result()["run"]["exit_status"], code);
    }
}

TEST_F(CommandOfARun, KilledBySignalIs128PlusTheSignal) {
    for (const int signal : {6, 9, 11, 15}) {
        const Outcome outcome = box.run({}, {"sh", "-c", "kill -" + std::to_string(signal) + " $$"});
        EXPECT_EQ(outcome.exit_code, 128 + signal);
        EXPECT_EQ(outcome.signal, 0) << "gramme itself must not die of it";
        EXPECT_EQ(box.result()["run"]["exit_status"], 128 + signal);
    }
}

TEST_F(CommandOfARun, NotFoundIs127AndLeavesNoRun) {
    const Outcome outcome = box.run({}, {"no-such-command-here"});
    EXPECT_EQ(outcome.exit_code, 127);
    EXPECT_NE(outcome.err.find("no-such-command-here"), std::string::npos) << outcome.err;
    EXPECT_FALSE(file_exists(box.path("result.json")));
    EXPECT_FALSE(file_exists(box.path("work/emissions.csv")));
    EXPECT_TRUE(box.runs().empty());
}

TEST_F(CommandOfARun, NotExecutableIs126) {
    write_file(box.path("plain.txt"), "not a program\n");
    EXPECT_EQ(box.run({}, {box.path("plain.txt")}).exit_code, 126);
    EXPECT_EQ(box.run({}, {box.path("work")}).exit_code, 126) << "a folder";
    EXPECT_TRUE(box.runs().empty());
}

TEST_F(CommandOfARun, ArgumentsArriveAsTyped) {
    const Outcome outcome = box.run({}, {"printf", "[%s]", "--json", "-q", "", "a b", "--", "$HOME", "ü"});
    EXPECT_EQ(outcome.out, "[--json][-q][][a b][--][$HOME][ü]");
}

TEST_F(CommandOfARun, StandardOutputHoldsNothingElse) {
    EXPECT_EQ(box.run({}, {"echo", "result"}).out, "result\n");
}

TEST_F(CommandOfARun, SummaryIsOnStandardErrorAfterTheCommandsOwn) {
    const Outcome outcome = box.run({}, {"sh", "-c", "echo mine >&2"});
    EXPECT_EQ(outcome.err.rfind("mine\n", 0), 0U) << outcome.err;
    EXPECT_NE(outcome.err.find("Wh"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("CO2e"), std::string::npos) << outcome.err;
}

TEST_F(CommandOfARun, QuietPrintsNoSummary) {
    EXPECT_EQ(box.run({"--quiet"}, {"true"}).err, "");
}

TEST_F(CommandOfARun, StandardInputGoesThrough) {
    // 1 MiB through a pipe: more than a pipe holds at once.
    const std::string line = "head -c 1048576 /dev/zero | \"$0\" run --quiet -- wc -c";
    const Outcome outcome = box.tool({"sh", "-c", line, gramme_program()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(std::stol(outcome.out), 1048576);
}

TEST_F(CommandOfARun, OutputToAClosedPipeEndsTheCommandAsWithoutGramme) {
    const std::string line = "\"$0\" run --json \"$1\" -- yes | head -n 1";
    const Outcome outcome =
        box.tool({"bash", "-o", "pipefail", "-c", line, gramme_program(), box.path("result.json")});
    EXPECT_EQ(outcome.out, "y\n");
    EXPECT_EQ(outcome.exit_code, 128 + 13) << outcome.err;
    EXPECT_EQ(box.result()["run"]["exit_status"], 128 + 13);
}

TEST_F(CommandOfARun, ClosedStandardErrorDoesNotHarmIt) {
    const std::string line =
        "{ \"$0\" run --json \"$1\" -- sh -c 'sleep 0.2; exit 5' 2>&3; } 3>&1 >/dev/null | true; "
        "exit ${PIPESTATUS[0]}";
    const Outcome outcome = box.tool({"bash", "-c", line, gramme_program(), box.path("result.json")});
    EXPECT_EQ(outcome.exit_code, 5) << "the summary could not be written, and that is nobody's exit status";
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(CommandOfARun, NoOpenFileOfGrammeReachesIt) {
    const Outcome outcome = box.run({}, {"ls", "/proc/self/fd"});
    EXPECT_EQ(outcome.out, "0\n1\n2\n3\n") << "3 is the folder that ls itself reads";
}

TEST_F(CommandOfARun, SignalsAreNotBlockedInIt) {
    const Outcome outcome = box.run({}, {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"});
    EXPECT_EQ(outcome.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(CommandOfARun, SocketOfTheRunIsInItsEnvironment) {
    const Outcome outcome = box.run({}, {"sh", "-c", "test -S \"$GRAMME_RUN_SOCKET\" && echo socket"});
    EXPECT_EQ(outcome.out, "socket\n") << outcome.err;
}

TEST_F(CommandOfARun, SocketAndJournalAreGoneAfterwards) {
    const Outcome outcome = box.run({}, {"printenv", "GRAMME_RUN_SOCKET"});
    EXPECT_FALSE(file_exists(outcome.out.substr(0, outcome.out.find('\n'))));
    const Outcome found = box.tool({"find", box.path("data"), "-name", "*.gramme"});
    EXPECT_EQ(found.out, "");
}

TEST_F(CommandOfARun, TimeOfTheCommandIsTheTimeOfTheRun) {
    box.run({}, {"sleep", "0.5"});
    const double duration_s = box.result()["run"]["duration_s"];
    EXPECT_GE(duration_s, 0.5);
    EXPECT_LT(duration_s, 5.0);
}

TEST_F(CommandOfARun, FiveHundredShortChildrenAreCounted) {
    // 500 x 4 ms = 2 s of CPU time, each child far shorter than the interval of 1 s.
    box.run({"--csv", "none"}, {helper_program(), "children", "500", "4"});
    const Json children = box.result();
    box.run({"--csv", "none"}, {helper_program(), "burn", "2000"});
    const Json one = box.result();
    // The same work by one process; energy differs by what else the machine does, not by children that are
    // lost.
    ASSERT_GT(joules_of(one), 0.0);
    EXPECT_GT(joules_of(children), 0.5 * joules_of(one));
}

TEST_F(CommandOfARun, DaemonisedGrandchildIsNamedAndNotWaitedFor) {
    const std::string pid_file = box.path("daemon.pid");
    const Outcome outcome = box.run({}, {helper_program(), "daemon", pid_file, "300"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_LT(outcome.wall_s, 60.0) << "the run ends when the command does";
    const std::string pid = file_text(pid_file).substr(0, file_text(pid_file).find('\n'));
    ASSERT_FALSE(pid.empty());
    EXPECT_NE(outcome.err.find(pid), std::string::npos) << "named in the summary: " << outcome.err;
    EXPECT_NE(outcome.err.find("sleep"), std::string::npos) << outcome.err;
    EXPECT_EQ(box.tool({"kill", pid}).exit_code, 0) << "it must still be alive";
}

TEST_F(CommandOfARun, ClosedStandardDescriptorsStayClosedAndTakeNoFileOfOurs) {
    // The journal would get the number of standard error, and the summary would be written over its head. On
    // this machine, not a recorded one, whose root would be open before the journal.
    for (const std::string closed : {"0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"}) {
        const std::string file = box.path("work/open");
        (void)box.tool({"rm", "-f", file});
        // A store that cannot be opened: the journal is all that is left of the run.
        const Outcome outcome =
            box.tool({"sh", "-c",
                      gramme_program() + " run --csv none --store sqlite:/proc/x.db -- sh -c '" +
                          "for fd in 0 1 2; do [ -e /proc/self/fd/$fd ] && echo $fd >> " + file +
                          "; done; exit 5' " + closed});
        EXPECT_EQ(outcome.exit_code, 5) << closed << outcome.err;
        std::string open;
        for (const char fd : {'0', '1', '2'}) {
            // Appending opens the lowest free descriptor of the shell, which is closed again by the next
            // turn.
            open += closed.find(std::string{fd} + (fd == '0' ? "<&-" : ">&-")) == std::string::npos
                        ? std::string{fd} + "\n"
                        : "";
        }
        EXPECT_EQ(file_text(file), open) << closed;
        const Outcome damaged = box.tool({"find", box.path("data"), "-name", "*.damaged"});
        EXPECT_EQ(damaged.out, "") << closed;
    }
    (void)box.gramme({"runs", "list"});
    EXPECT_EQ(box.tool({"find", box.path("data"), "-name", "*.damaged"}).out, "");
    const Outcome kept =
        box.tool({"sh", "-c", "ls " + box.path("data/gramme/journal") + "/*.gramme | wc -l"});
    EXPECT_EQ(kept.out, "5\n") << "each run is whole in its journal";
}

TEST_F(CommandOfARun, ResultsThatNobodyCanReadAreAFailure) {
    const Outcome outcome = box.tool({"sh", "-c", gramme_program() + " regions paris >&-"});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("standard output"), std::string::npos) << outcome.err;
}

TEST_F(CommandOfARun, StartsUnderEveryLimitOfOpenFilesUnderWhichItStartsAlone) {
    if (is_sanitized()) {
        GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at memory through a pipe, and takes an object for "
                        "a wrong one "
                        "where none can be opened";
    }
    box.use_fixture("vm");
    const auto under = [this](int limit, const std::string& words) {
        return box.tool({"sh", "-c", "ulimit -n " + std::to_string(limit) + "; exec " + words});
    };
    int tried = 0;
    for (int limit = 3; limit <= 24; ++limit) {
        if (under(limit, "sh -c 'exit 7'").exit_code != 7 ||
            under(limit, gramme_program() + " --version").exit_code != 0) {
            continue;  // the loader itself needs a file
        }
        ++tried;
        const Outcome outcome = under(limit, gramme_program() + " run -- sh -c 'exit 7'");
        EXPECT_EQ(outcome.exit_code, 7) << "ulimit -n " << limit << ": " << outcome.err;
        EXPECT_EQ(under(limit, gramme_program() + " run -- no-such-command-here").exit_code, 127) << limit;
    }
    EXPECT_GT(tried, 10);
    EXPECT_NE(under(6, gramme_program() + " run -- true").err.find("only the first and the last reading"),
              std::string::npos)
        << "it is measured less, and says so";
}

}  // namespace
}  // namespace gramme::testing
