// Two hundred runs at once into one CSV and one store: nothing lost, nothing torn.
#include <set>
#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ManyRuns = Integration;

TEST_F(ManyRuns, TwoHundredAtOnceLoseAndTearNothing) {
    constexpr std::size_t kRuns = 200;
    box.use_fixture("vm");
    box.time_limit_s = 200.0;
    std::vector<Process> processes;
    for (std::size_t i = 0; i < kRuns; ++i) {
        processes.push_back(box.start({"run", "--name", "run-" + std::to_string(i), "--", "sh", "-c",
                                       "exit " + std::to_string(i % 7)}));
    }
    for (std::size_t i = 0; i < kRuns; ++i) {
        const Outcome outcome = processes[i].wait();
        EXPECT_EQ(outcome.exit_code, static_cast<int>(i % 7)) << outcome.err;
        EXPECT_EQ(outcome.err.find("not in the store"), std::string::npos) << outcome.err;
    }

    std::istringstream csv(file_text(box.path("work/emissions.csv")));
    std::set<std::string> ids;
    std::size_t lines = 0;
    for (std::string line; std::getline(csv, line); ++lines) {
        bool quoted = false;
        std::size_t commas = 0;
        for (const char c : line) {
            quoted = c == '"' ? !quoted : quoted;
            commas += c == ',' && !quoted ? 1 : 0;
        }
        EXPECT_EQ(commas, 37U) << "torn: " << line;
        std::istringstream fields(line);
        std::string timestamp;
        std::string project;
        std::string id;
        std::getline(fields, timestamp, ',');
        std::getline(fields, project, ',');
        std::getline(fields, id, ',');
        ids.insert(id);
    }
    EXPECT_EQ(lines, kRuns + 1);
    EXPECT_EQ(ids.size(), kRuns + 1) << "an id for each run, and the heading";

    std::set<std::string> stored;
    for (const Json& run : box.runs()) {
        stored.insert(run.at("id").get<std::string>());
    }
    EXPECT_EQ(stored.size(), kRuns);
    const Outcome journals = box.tool({"find", box.path("data"), "-name", "*.gramme"});
    EXPECT_EQ(journals.out, "");
}

}  // namespace
}  // namespace gramme::testing
