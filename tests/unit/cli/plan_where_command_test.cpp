// gramme plan where as a person types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command_context.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using nlohmann::json;
using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

using Words = std::vector<std::string>;

class PlanWhere : public ::testing::Test {
protected:
    struct Outcome {
        int code = 0;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(Words typed) const {
        typed.insert(typed.begin(), {"plan", "where"});
        CapturedTerminal captured{"", false};
        const EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    [[nodiscard]] json told(Words typed, int code = 0) const {
        typed.emplace_back("--json");
        const Outcome out = line(std::move(typed));
        EXPECT_EQ(out.code, code) << out.err;
        return json::parse(out.out);
    }
    [[nodiscard]] static json way(const json& plan, const std::string& label) {
        for (const json& one : plan["ways"]) {
            if (one["label"] == label) {
                return one;
            }
        }
        ADD_FAILURE() << "no way " << label;
        return {};
    }
    void refused(Words typed, int code, const std::string& words) const {
        const Outcome out = line(std::move(typed));
        EXPECT_EQ(out.code, code) << out.out << out.err;
        EXPECT_THAT(out.err, HasSubstr(words));
        EXPECT_EQ(out.out, "");
    }
    TemporaryFolder folder;
};

TEST_F(PlanWhere, HoursFollowPeakRatesAndCounts) {
    const json plan =
        told({"--device", "a100-sxm4-80gb", "--count", "8", "--hours", "100", "--region", "POL", "--regions",
              "POL,SWE", "--devices", "a100-sxm4-80gb,h100-sxm5-80gb", "--counts", "8,16"});
    EXPECT_EQ(plan["schema"], "gramme/plan-where/1");
    EXPECT_EQ(plan["ways"].size(), 8U);
    EXPECT_EQ(plan["basis"], "lifecycle");
    EXPECT_EQ(plan["now"], "8 x a100-sxm4-80gb in POL");
    const json twice = way(plan, "16 x a100-sxm4-80gb in POL");
    EXPECT_NEAR(twice["hours"]["value"].get<double>(), 100.0 / 2.0 / 0.95, 1e-9);
    EXPECT_EQ(twice["hours"]["low"], twice["hours"]["value"]) << "the same device: nothing is converted";
    const json other = way(plan, "8 x h100-sxm5-80gb in POL");
    EXPECT_NEAR(other["hours"]["value"].get<double>(), 100.0 * 312.0 / 989.4, 0.05);
    EXPECT_NEAR(other["hours"]["high"].get<double>() / other["hours"]["value"].get<double>(),
                std::exp(1.96 * 0.36), 1e-9);
    // Twice the devices for 1 / 1.9 of the time take 1 / 0.95 of the energy.
    const json once = way(plan, "8 x a100-sxm4-80gb in POL");
    EXPECT_NEAR(twice["energy_kwh"]["value"].get<double>() / once["energy_kwh"]["value"].get<double>(),
                1.0 / 0.95, 1e-9);
    EXPECT_EQ(once["beaten_by"]["better_in"], (json::array({"carbon", "hours"})));
    EXPECT_EQ(plan["least"], "8 x h100-sxm5-80gb in SWE");
    EXPECT_EQ(plan["fastest"], "16 x h100-sxm5-80gb in SWE");
}

TEST_F(PlanWhere, WhatIsMeasuredComesBeforePeakRates) {
    const json plan = told({"--device", "a100", "--hours", "100", "--region", "FRA", "--devices", "a100,h100",
                            "--speed", "h100=2", "--efficiency", "1"});
    EXPECT_EQ(way(plan, "1 x h100 in FRA")["hours"]["value"], 50.0);
    EXPECT_EQ(way(plan, "1 x h100 in FRA")["hours"]["high"], 50.0);
    EXPECT_TRUE(plan["assumptions"].empty());
}

TEST_F(PlanWhere, MoneyIsAThirdThingToBeGoodAt) {
    const std::string prices = folder.write("prices.csv",
                                            "device,region,price_per_hour,currency\n"
                                            "a100,,2,EUR\na100,POL,1,EUR\n");
    const Words job{"--device", "a100", "--count", "4", "--hours", "10", "--regions", "SWE,POL,FRA"};
    Words priced = job;
    priced.insert(priced.end(), {"--prices", prices});
    const json plan = told(priced);
    EXPECT_EQ(plan["currency"], "EUR");
    EXPECT_EQ(way(plan, "4 x a100 in POL")["money"]["value"], 40.0);
    EXPECT_EQ(way(plan, "4 x a100 in SWE")["money"]["value"], 80.0);
    EXPECT_EQ(way(plan, "4 x a100 in POL")["on_front"], true) << "it is the cheapest";
    EXPECT_EQ(way(plan, "4 x a100 in FRA")["beaten_by"]["label"], "4 x a100 in SWE");
    EXPECT_EQ(plan["cheapest"], "4 x a100 in POL");
    EXPECT_EQ(way(told(job), "4 x a100 in POL")["on_front"], false);
    EXPECT_TRUE(way(told(job), "4 x a100 in POL")["money"].is_null());
    Words other = priced;
    other.insert(other.end(), {"--devices", "a100,h100"});
    const json unknown = told(other, 65);
    EXPECT_EQ(unknown["ways"].size(), 3U) << "no price is not a price of 0";
    ASSERT_FALSE(unknown["left_out"].empty());
    EXPECT_THAT(unknown["left_out"][0]["why"].get<std::string>(), HasSubstr("not known is not free"));
    const Outcome text = line(priced);
    EXPECT_THAT(text.out, HasSubstr("cheapest  4 x a100 in POL"));
    std::istringstream lines{text.out};
    for (std::string one; std::getline(lines, one);) {
        EXPECT_LE(one.size(), 80U) << one;
    }
}

TEST_F(PlanWhere, AJobOfEnergyAloneSaysNoHours) {
    const Words job{"--energy-kwh", "100", "--regions", "FRA,POL", "--region", "POL"};
    const json plan = told(job);
    EXPECT_TRUE(plan["ways"][0]["hours"].is_null()) << "not known is not 0";
    const Outcome text = line(job);
    EXPECT_THAT(text.out, Not(HasSubstr("0 h")));
    EXPECT_THAT(text.out, HasSubstr("1 of 2 ways is beaten by none in CO2e (marked *)"));
}

TEST_F(PlanWhere, InstancesStayWithTheirProvider) {
    const json plan = told({"--instance", "aws:p4d.24xlarge", "--hours", "24", "--regions",
                            "aws:eu-north-1,gcp:europe-north1,SWE"},
                           65);
    EXPECT_EQ(plan["ways"].size(), 1U) << "neither another provider's region nor a zone of the grid";
    ASSERT_EQ(plan["left_out"].size(), 2U);
    for (const json& one : plan["left_out"]) {
        EXPECT_THAT(one["why"].get<std::string>(), HasSubstr("aws has no such region"));
    }
    // Who chooses between providers names the regions of both: each has its way, and nothing was a slip.
    const json both =
        told({"--instance", "aws:p4d.24xlarge", "--hours", "24", "--instances",
              "aws:p4d.24xlarge,gcp:a2-highgpu-8g", "--regions", "aws:eu-north-1,gcp:europe-north1"});
    EXPECT_EQ(both["ways"].size(), 2U);
    EXPECT_EQ(both["left_out"].size(), 2U) << "the two pairs that there are none of are told";
    const json none = told({"--instance", "aws:p4d.24xlarge", "--hours", "24", "--instances",
                            "aws:p4d.24xlarge,gcp:a2-highgpu-8g", "--regions", "aws:eu-north-1"},
                           65);
    EXPECT_EQ(none["ways"].size(), 1U) << "an instance that was typed has no way";
    // Where a person says that it runs, it runs.
    const json here = told({"--instance", "aws:p4d.24xlarge", "--hours", "24", "--region", "SWE", "--regions",
                            "aws:eu-north-1"});
    EXPECT_EQ(here["ways"].size(), 2U);
    const json all = told({"--instance", "aws:p4d.24xlarge", "--hours", "24", "--regions", "all"});
    EXPECT_GT(all["ways"].size(), 20U);
    EXPECT_TRUE(all["left_out"].empty());
}

TEST_F(PlanWhere, AMachineOfEightStandsForEightDevices) {
    // p4d.24xlarge has 8 A100 of 40 GB, g5.xlarge one A10G.
    const json plan =
        told({"--device", "a100-sxm4-40gb", "--count", "8", "--hours", "100", "--region", "aws:us-east-1",
              "--devices", "a100-sxm4-40gb", "--instances", "aws:p4d.24xlarge"});
    const json machine = way(plan, "1 x aws:p4d.24xlarge in aws:us-east-1");
    EXPECT_NEAR(machine["hours"]["value"].get<double>(), 100.0, 1e-9) << "as many of the same accelerators";
    EXPECT_TRUE(plan["assumptions"].empty() ||
                plan["assumptions"][0].dump().find("doubling") == std::string::npos)
        << "the number of accelerators is the same";
    const json back = told({"--instance", "aws:p4d.24xlarge", "--hours", "10", "--region", "aws:us-east-1",
                            "--devices", "h100-sxm5-80gb"});
    EXPECT_EQ(back["ways"][0]["label"], "8 x h100-sxm5-80gb in aws:us-east-1");
    const json said = told({"--device", "a100-sxm4-40gb", "--count", "8", "--hours", "100", "--region",
                            "aws:us-east-1", "--instances", "aws:p4d.24xlarge", "--counts", "2"});
    EXPECT_EQ(said["ways"][0]["label"], "2 x aws:p4d.24xlarge in aws:us-east-1");
}

TEST_F(PlanWhere, WhatMakesNoSenseIsRefusedWithTheWayOut) {
    const Words job{"--device", "a100", "--hours", "10"};
    const auto with = [&](Words more) {
        more.insert(more.begin(), job.begin(), job.end());
        return more;
    };
    refused(job, 64, "nothing to choose between");
    refused({"--regions", "aws"}, 64, "no job");
    refused(with({"--regions", "FRA", "--region", "Atlantis"}), 64, "Atlantis");
    refused({"--power-w", "300", "--hours", "1", "--counts", "1,2", "--region", "FRA"}, 64,
            "need hardware to start from");
    refused(with({"--regions", "FRA", "--counts", "0"}), 64, "--counts: '0'");
    refused(with({"--regions", "FRA", "--efficiency", "0.4"}), 64, "below 0.5");
    refused(with({"--regions", "FRA", "--speed", "h100"}), 64, "is not HARDWARE=RATIO");
    refused(with({"--regions", "FRA", "--devices", "a100,h100", "--speed", "v100=0.4"}), 64,
            "there is a100, h100");
    refused(with({"--regions", "FRA", "--devices", "a100,h100", "--speed", "a100=2"}), 64,
            "is what the job runs on");
    refused(with({"--regions", "FRA", "--devices", "a100,h100", "--speed", "h100=2,h100=3"}), 64,
            "'h100' has two speeds, 2 and 3");
    EXPECT_EQ(line(with({"--regions", "FRA", "--devices", "a100,h100", "--speed", "a100=1,h100=2"})).code, 0);
    for (const char* list : {",", "a100,,h100", "a100,", ""}) {
        refused(with({"--regions", "FRA", "--devices", list}), 64, "has an empty name in it");
    }
    refused(with({"--regions", "FRA, ,SWE"}), 64, "has an empty name in it");
    refused(with({"--regions", folder.write("none.txt", "# nothing\n")}), 65, "holds no name");
    refused(with({"--regions", "FRA", "--prices", folder.path() + "/none.csv"}), 66, "none.csv");
    refused(with({"--regions", "FRA", "--prices", folder.write("a.csv", "device,price\na100,1\n")}), 65,
            "no such columns");
    refused(with({"--regions", "FRA", "--prices",
                  folder.write("b.csv", "device,price_per_hour,currency\na100,1,EUR\nh100,2,USD\n")}),
            65, "row 2: prices in EUR and in USD");
    refused(with({"--regions", "FRA", "--prices",
                  folder.write("c.csv", "device,region,price_per_hour,currency\na100,Atlantis,1,EUR\n")}),
            65, "'Atlantis' is no place");
    refused(with({"--regions", "FRA", "--prices",
                  folder.write("d.csv", "device,price_per_hour,currency\na100,-1,EUR\n")}),
            65, "'-1' is no price");
    const Outcome odd = line(with({"--regions", "FRA,Atlantis", "--devices", "a100,nothing"}));
    EXPECT_EQ(odd.code, 65) << "a name that was typed is left out";
    EXPECT_THAT(odd.out, HasSubstr("left out"));
}

}  // namespace
}  // namespace gramme::cli
