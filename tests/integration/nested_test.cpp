// A run inside a run joins it: measured once, recorded once.
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using NestedRun = Integration;

TEST_F(NestedRun, JoinsTheOuterOne) {
    box.use_fixture("vm");
    const Outcome outcome =
        box.run({"--name", "outer"}, {gramme_program(), "run", "--name", "inner", "--csv",
                                      box.path("inner.csv"), "--", "sh", "-c", "sleep 0.3; exit 6"});
    EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "name"), "outer");
    EXPECT_FALSE(file_exists(box.path("inner.csv")));
    EXPECT_NE(outcome.err.find("no row of its own is written for 'inner'"), std::string::npos) << outcome.err;
    const std::string shown = box.show(runs[0].at("id")).dump();
    EXPECT_NE(shown.find("inner"), std::string::npos) << "a span of the outer run: " << shown;
}

TEST_F(NestedRun, CommandThatIsNotFoundIsStill127) {
    const Outcome outcome = box.run({}, {gramme_program(), "run", "--", "no-such-command-here"});
    EXPECT_EQ(outcome.exit_code, 127) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(NestedRun, StaleVariableStartsARunOfItsOwn) {
    box.env["GRAMME_RUN_SOCKET"] = box.path("nobody-listens-here");
    EXPECT_EQ(box.run({}, {"true"}).exit_code, 0);
    EXPECT_EQ(box.runs().size(), 1U);
}

}  // namespace
}  // namespace gramme::testing
