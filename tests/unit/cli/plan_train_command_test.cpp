// gramme plan train and plan reuse as a person types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>

#include "calculate/plan_reuse.hpp"
#include "calculate/plan_train.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "config/flat_request.hpp"
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

class PlanCommand : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(const char* command, const Words& more) const {
        Words typed{"plan", command};
        typed.insert(typed.end(), more.begin(), more.end());
        CapturedTerminal captured{"", false};
        const EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    TemporaryFolder folder;
};

const Words kSmall{"--parameters", "7B",       "--tokens", "1T",      "--device",
                   "a100-80gb",    "--region", "FRA",      "--count", "64"};
Words with(Words more) {
    more.insert(more.begin(), kSmall.begin(), kSmall.end());
    return more;
}

void expect_narrow(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        EXPECT_LE(end - at, 80U) << text.substr(at, end - at);
        at = end + 1;
    }
}

TEST_F(PlanCommand, TrainTellsTheAnswerFirst) {
    const Outcome text = line("train", kSmall);
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, ::testing::StartsWith("plan train: 7B parameters on 1T tokens\n"
                                                "  on        64 x a100-80gb, France\n"
                                                "  carbon "));
    for (const char* part : {"device-hours", "on 64 devices", "MFU 0.37", "4.2e22 = (6 x 7B) x 1T tokens",
                             "attention between tokens is left out", "All of it is modelled", "making",
                             "published projects", "utilisation makes it wide"}) {
        std::string flat = text.out;
        flat.erase(std::remove(flat.begin(), flat.end(), '\n'), flat.end());
        std::string squeezed;
        std::unique_copy(flat.begin(), flat.end(), std::back_inserter(squeezed),
                         [](char a, char b) { return a == ' ' && b == ' '; });
        EXPECT_THAT(squeezed, HasSubstr(part));
    }
    expect_narrow(text.out);
    expect_narrow(line("train", {"--parameters",
                                 "671B",
                                 "--active-parameters",
                                 "37B",
                                 "--tokens",
                                 "14.8T",
                                 "--instance",
                                 "aws:p5.48xlarge",
                                 "--count",
                                 "32",
                                 "--region",
                                 "aws:us-east-1",
                                 "--recompute",
                                 "--hfu",
                                 "0.3..0.5",
                                 "--layers",
                                 "61",
                                 "--hidden",
                                 "128x128",
                                 "--sequence-length",
                                 "4096"})
                      .out);
}

TEST_F(PlanCommand, TrainIsOneOfPublishedSchema) {
    const Outcome out = line("train", with({"--times", "1.5..2.7", "--json"}));
    ASSERT_EQ(out.code, 0) << out.err;
    const json all = json::parse(out.out);
    EXPECT_EQ(all["schema"], "gramme/plan-train/1");
    EXPECT_EQ(all["plan"]["tokens"], 1e12);
    EXPECT_EQ(all["plan"]["mfu_from"], "published trainings");
    EXPECT_EQ(all["plan"]["mfu_band"]["family"], "ampere");
    EXPECT_DOUBLE_EQ(all["plan"]["flops"], 4.2e22);
    EXPECT_NEAR(all["plan"]["wall_hours"]["value"].get<double>() * 64,
                all["plan"]["device_hours"]["value"].get<double>(), 1e-6);
    EXPECT_GT(all["plan"]["project_kgco2e"]["high"], all["operational_kgco2e"]["high"]);
    EXPECT_TRUE(all["plan"]["layers"].is_null());
    for (const char* key : {"energy_kwh", "facility_energy_kwh", "operational_kgco2e", "embodied_kgco2e",
                            "factors", "dominant_uncertainty", "parts"}) {
        EXPECT_TRUE(all.contains(key)) << key;
    }
    EXPECT_TRUE(
        json::parse(line("train", {"--parameters", "7B", "--tokens", "1T", "--device", "h100", "--json"})
                        .out)["plan"]["devices"]
            .is_null());
}

TEST_F(PlanCommand, TrainAsCsvIsAHeadAndALine) {
    const Outcome out = line("train", with({"--format", "csv"}));
    EXPECT_THAT(out.out, ::testing::StartsWith("flops,mfu,device_hours,"));
    EXPECT_EQ(std::count(out.out.begin(), out.out.end(), '\n'), 2);
}

TEST_F(PlanCommand, HeadsTimesTheirSizeAreAWidth) {
    const Words rest{"--layers", "118", "--sequence-length", "2048", "--json"};
    Words a = with(rest);
    Words b = a;
    a.insert(a.end(), {"--hidden", "48x256"});
    b.insert(b.end(), {"--hidden", "12288"});
    const Outcome out = line("train", a);
    EXPECT_EQ(out.code, 0) << out.err;
    EXPECT_EQ(out.out, line("train", b).out);
}

TEST_F(PlanCommand, RefusesWithAWayOut) {
    const auto refused = [&](const Words& typed, const char* what, const char* hint) {
        const Outcome out = line("train", typed);
        EXPECT_EQ(out.code, kExitUsage);
        EXPECT_EQ(out.out, "");
        EXPECT_THAT(out.err, HasSubstr(what));
        EXPECT_THAT(out.err, HasSubstr(hint));
    };
    refused({}, "how large the model is", "--parameters 7B");
    refused({"--parameters", "7B"}, "how much it is trained on", "--tokens 2T");
    refused({"--parameters", "7B", "--tokens", "1T"}, "what it is trained on", "--device h100");
    refused(with({"--mfu", "1.4"}), "'1.4' is no share", "0.34");
    refused(with({"--tokens-per-second", "1k", "--device-tokens-per-second", "1k"}), "twice", "one of them");
    refused(with({"--mfu", "0.4", "--tokens-per-second", "1k"}), "two options", "--mfu");
    refused(with({"--layers", "3"}), "attention needs", "all three");
    refused(with({"--active-parameters", "8B"}), "more parameters", "--active-parameters");
    refused(with({"--method", "sft"}), "'sft'", "lora");
    refused(with({"--precision", "4"}), "'4'", "16");
    refused(with({"--hidden", "48x"}), "--hidden", "350M");
    refused(with({"--region", "Nowhere"}), "Nowhere", "gramme regions");
    refused(with({"--times", "3..2"}), "--times", "smaller number first");
}

TEST_F(PlanCommand, ReusePutsTheWaysSideBySide) {
    const Words typed{"--parameters", "7B", "--tokens", "2T", "--device", "a100-80gb", "--region", "FRA"};
    const Outcome text = line("reuse", typed);
    EXPECT_EQ(text.code, 0) << text.err;
    for (const char* part : {"from scratch", "continued", "fine-tune", "LoRA", "frozen", "hosted", "1 / 4200",
                             "wang-2023", "what each way can do is not the same"}) {
        EXPECT_THAT(text.out, HasSubstr(part));
    }
    expect_narrow(text.out);
    EXPECT_THAT(text.out, ::testing::Not(HasSubstr("computed in 16 bit")));
    Words eight{"--parameters", "7B", "--tokens", "2T", "--device", "h100", "--precision", "8"};
    EXPECT_THAT(line("reuse", eight).out, HasSubstr("computed in 16 bit")) << "all figures stand on that MFU";
    Words as_json = typed;
    as_json.insert(as_json.end(), {"--uses", "1M", "--json"});
    const json all = json::parse(line("reuse", as_json).out);
    EXPECT_EQ(all["schema"], "gramme/plan-reuse/1");
    EXPECT_EQ(all["ways"].size(), 5U);
    EXPECT_EQ(all["ways"][0]["ratio"]["value"], 1.0);
    EXPECT_EQ(all["from_scratch"]["plan"]["tokens"], 2e12);
    EXPECT_GT(all["hosted"]["kgco2e"]["value"], 0.0);
    expect_narrow(line("reuse",
                       [&] {
                           Words more = typed;
                           more.insert(more.end(), {"--uses", "1M", "--shared-by", "1000"});
                           return more;
                       }())
                      .out);
}

TEST_F(PlanCommand, ARequestInJsonIsAnsweredAsTheFlags) {
    const auto answered = [&](const char* text, std::span<const std::string_view> flags, auto answer) {
        const auto request = config::read_flat_request(text, flags);
        EXPECT_TRUE(request) << request.error().what;
        const auto out = answer(*request, config::run_options(request->flags), refdata::Tables{});
        EXPECT_TRUE(out) << out.error().what;
        return out ? *out : "";
    };
    EXPECT_EQ(
        answered(R"({"parameters": "7B", "tokens": 1e12, "device": "a100-80gb", "region": "FRA", "count": 64,
                           "recompute": true, "mfu": null})",
                 calculate::kPlanTrainFlags, calculate::plan_train_answer),
        line("train", with({"--recompute", "--json"})).out);
    EXPECT_EQ(
        answered(R"({"parameters": 7e9, "device": "h100", "fine_tune_tokens": "20M"})",
                 calculate::kPlanReuseFlags, calculate::plan_reuse_answer),
        line("reuse", {"--parameters", "7B", "--device", "h100", "--fine-tune-tokens", "20M", "--json"}).out);
}

TEST_F(PlanCommand, ARequestHasTheKeysOfItsCommand) {
    const auto keys_are_flags = [](std::string_view command, std::span<const std::string_view> keys) {
        for (const OptionSpec& option : find_command(command)->options) {
            // A pilot lies in a store; what is planned from it has its own form.
            const bool only_program = option.name == "json" || option.name == "format" ||
                                      option.name == "data" || option.name == "pilot" ||
                                      option.name == "steps-total" || option.name == "store";
            EXPECT_EQ(std::find(keys.begin(), keys.end(), option.name) != keys.end(), !only_program)
                << option.name;
        }
        for (const std::string_view key : keys) {
            const auto& options = find_command(command)->options;
            EXPECT_TRUE(std::any_of(options.begin(), options.end(), [&](const OptionSpec& option) {
                return option.name == key;
            })) << key;
        }
    };
    keys_are_flags("plan train", calculate::kPlanTrainFlags);
    keys_are_flags("plan reuse", calculate::kPlanReuseFlags);
}

TEST(FlatRequest, RefusesWhatItDoesNotKnow) {
    constexpr std::array<std::string_view, 2> kFlags{"tokens", "power-w"};
    const auto code = [&](std::string_view text) {
        const auto read = config::read_flat_request(text, kFlags);
        return read ? Code{} : read.error().code;
    };
    EXPECT_EQ(code(R"({"tokenz": 1})"), Code::kUsage);
    EXPECT_EQ(code(R"({"tokens": 1, "tokens": 2})"), Code::kUsage);
    EXPECT_EQ(code(R"({"power_w": 1, "power-w": 2})"), Code::kUsage);
    EXPECT_EQ(code(R"({"tokens": [1]})"), Code::kUsage);
    EXPECT_EQ(code(R"({"tokens": "a\u0000b"})"), Code::kUsage);
    EXPECT_EQ(code(R"({"config": "none"})"), Code::kUnsupported) << "it would be ignored";
    EXPECT_EQ(code(R"({"config": "auto"})"), Code::kUnsupported);
    EXPECT_EQ(code("[]"), Code::kMalformed);
    EXPECT_EQ(code("\xff"), Code::kMalformed);
    const auto read = config::read_flat_request(R"({"power_w": "3\u0030", "tokens": null})", kFlags);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->config);
    ASSERT_EQ(read->options.size(), 1U);
    EXPECT_EQ(read->options[0].first, "power-w");
    EXPECT_EQ(read->options[0].second, "30");
}

}  // namespace
}  // namespace gramme::cli
