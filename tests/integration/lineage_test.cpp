// Runs that come from each other, added up by the real program.
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using LineageOfRuns = Integration;

TEST_F(LineageOfRuns, AreAddedUpKeptByExportAndImportAndSurviveTheirAncestor) {
    box.use_fixture("vm");
    ASSERT_EQ(box.run({"--name", "base"}, {helper_program(), "burn", "50"}).exit_code, 0);
    const std::string base = text_of(box.runs()[0], "id");
    ASSERT_EQ(box.run({"--name", "tuned", "--fine-tune-of", base.substr(0, 13), "--csv", box.path("e.csv")},
                      {helper_program(), "burn", "20"})
                  .exit_code,
              0);
    EXPECT_EQ(text_of(box.result().at("run").at("lineage"), "kind"), "fine_tune_of");
    EXPECT_EQ(text_of(box.result().at("run").at("lineage"), "id"), base);
    box.env["GRAMME_TRIAL_OF"] = base;
    ASSERT_EQ(box.run({"--name", "try"}, {"sh", "-c", "test -z \"$GRAMME_TRIAL_OF\""}).exit_code, 0);
    box.env.erase("GRAMME_TRIAL_OF");

    const Json tree = Json::parse(box.gramme({"runs", "tree", "--json"}).out);
    ASSERT_EQ(tree.at("families").size(), 1U) << tree;
    const Json& family = tree.at("families")[0];
    EXPECT_EQ(family.at("all").at("runs"), 3);
    EXPECT_EQ(family.at("on_the_way").at("runs"), 2) << "the base and the trial";
    double sum = 0.0;
    for (const Json& node : family.at("nodes")) {
        sum += node.at("energy_kwh").get<double>();
    }
    EXPECT_DOUBLE_EQ(family.at("all").at("energy_kwh").get<double>(), sum);
    const Outcome text = box.gramme({"runs", "tree", base});
    EXPECT_NE(text.out.find("The final run took"), std::string::npos) << text.out;
    EXPECT_NE(box.gramme({"runs", "export", "--all", "--format", "csv"}).out.find("fine_tune_of," + base),
              std::string::npos);

    const Outcome deleted = box.gramme({"runs", "delete", "--yes", base});
    EXPECT_NE(deleted.err.find("2 runs that came from it stay"), std::string::npos) << deleted.err;
    const Json left = Json::parse(box.gramme({"runs", "tree", "--json"}).out);
    EXPECT_EQ(left.at("families")[0].at("nodes")[0].at("in_store"), false);

    const std::string elsewhere = box.path("other.db");
    ASSERT_EQ(box.gramme({"runs", "import", box.path("e.csv"), "--store", elsewhere}).exit_code, 0);
    const Json imported = Json::parse(box.gramme({"runs", "tree", "--json", "--store", elsewhere}).out);
    EXPECT_EQ(text_of(imported.at("families")[0].at("nodes")[0], "id"), base) << "kept by emissions.csv";
}

TEST_F(LineageOfRuns, AreRefusedWhereTheyMakeNoSense) {
    const Outcome unknown = box.gramme({"run", "--trial-of", "0123abcd", "--", "true"});
    EXPECT_EQ(unknown.exit_code, 64) << unknown.err;
    const std::string id = "01936b2e-0000-7000-8000-000000000001";
    const Outcome both = box.gramme({"run", "--trial-of", id, "--resume-of", id, "--", "true"});
    EXPECT_EQ(both.exit_code, 64) << both.err;
    EXPECT_TRUE(box.runs().empty());
}

}  // namespace
}  // namespace gramme::testing
