// `gramme explain`: every printed step is true to its last digit, leads to the printed result, and nothing
// that a result does not hold is made up.
#include "present/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "../../golden/golden.hpp"
#include "calculator.hpp"
#include "estimate/estimate.hpp"
#include "estimate/monte_carlo.hpp"
#include "explain_cases.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

using gramme::testing::ExplainCase;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

constexpr std::size_t kFewDraws = 2000;

ExplainInput input_of(const ExplainCase& one, bool with_ledger, std::size_t draws = kFewDraws) {
    return {one.run, one.footprint, with_ledger ? &one.ledger : nullptr, "run " + one.run.id, draws, {}};
}

std::string text_of(const ExplainCase& one, bool with_ledger = true, std::size_t width = 4000) {
    return explain_text(input_of(one, with_ledger), refdata::Tables{}, {false, width});
}

Json json_of(const ExplainCase& one, bool with_ledger = true) {
    return Json::parse(explain_json(input_of(one, with_ledger), refdata::Tables{}));
}

/// Calls `visit` for each step below `json`.
void for_each_step(const Json& json, const std::function<void(const Json&)>& visit) {
    if (json.is_object() && json.contains("expression") && json["expression"].is_string()) {
        visit(json);
    }
    if (json.is_structured()) {
        for (const Json& child : json) {
            for_each_step(child, visit);
        }
    }
}

/// Half a unit of the last digit that a number is printed with.
double half_of_last_digit(double value) {
    const std::string text = significant(value, 15);
    const std::size_t point = text.find('.');
    if (point != std::string::npos) {
        return 0.5 * std::pow(10.0, -static_cast<double>(text.size() - point - 1));
    }
    return 0.5;  // whole numbers keep their zeros: they are not known to be rounded
}

void expect_true_steps(const ExplainCase& one) {
    std::size_t steps = 0;
    for_each_step(json_of(one), [&](const Json& step) {
        const std::string expression = step["expression"];
        if (expression == "energy_kwh of the result") {
            return;
        }
        const double result = step["result"];
        const auto computed = gramme::testing::calculate(expression);
        ASSERT_TRUE(computed) << "not to be typed into a calculator: " << expression;
        // Energies share the place of the total's last digit; all else has at least six digits.
        const bool energy = step.contains("unit") && (step["unit"] == "J" || step["unit"] == "kWh");
        const double half = half_of_last_digit(result);
        const double allowed = energy ? half : std::min(half, 5e-6 * std::abs(result));
        EXPECT_NEAR(*computed, result, allowed * 1.0000001 + 1e-14 * std::abs(result))
            << expression << " = " << result;
        ++steps;
    });
    EXPECT_GE(steps, 6U);
}

TEST(Explain, EveryStepIsTrueToItsLastDigit) {
    for (const ExplainCase& one : gramme::testing::explain_cases()) {
        SCOPED_TRACE(one.name);
        if (one.footprint.energy_kwh) {
            expect_true_steps(one);
        }
    }
}

TEST(Explain, EveryStepOfTheJsonIsALineOfTheText) {
    const ExplainCase one = gramme::testing::shared_case();
    const std::string text = text_of(one);
    for_each_step(json_of(one), [&](const Json& step) {
        EXPECT_THAT(text, HasSubstr(step["expression"].get<std::string>() + " = "));
    });
}

/// Machines with 1 to 12 devices of all kinds, from microjoules to gigajoules.
TEST(Explain, RandomResultsAreReachedDigitByDigit) {
    estimate::Normals normals{7};
    for (int round = 0; round < 100; ++round) {
        const ExplainCase one = gramme::testing::random_case(normals);
        SCOPED_TRACE(round);
        expect_true_steps(one);
        const Json json = json_of(one);
        EXPECT_EQ(json["disagreements"].size(), 0U) << json["disagreements"];
        // The last step is the headline: its printed digits, and the bounds to 4 digits.
        const double grams = json["steps"]["operational_gco2e"]["result"];
        const Estimate& stored = *one.footprint.operational_kgco2e;
        EXPECT_EQ(shown({grams / 1000.0, stored.low, stored.high}, Dimension::kCarbon).value,
                  shown(stored, Dimension::kCarbon).value);
        if (!json["interval"].is_null()) {
            EXPECT_NEAR(json["interval"]["low_gco2e"]["result"].get<double>() / (1000.0 * stored.low), 1.0,
                        1e-4);
            EXPECT_NEAR(json["interval"]["high_gco2e"]["result"].get<double>() / (1000.0 * stored.high), 1.0,
                        1e-4);
        }
    }
}

TEST(Explain, ChecksTheClosedFormByDrawing) {
    const ExplainCase one = gramme::testing::shared_case();
    const Json json = Json::parse(explain_json(input_of(one, true, estimate::kCheckDraws),
                                               refdata::Tables{}))["interval"]["monte_carlo"];
    EXPECT_EQ(json["draws"], 200'000);
    EXPECT_LT(std::abs(json["low_difference_pct"].get<double>()), 3.0);
    EXPECT_LT(std::abs(json["high_difference_pct"].get<double>()), 3.0);
    EXPECT_EQ(json["within_tolerance"], true);
}

TEST(Explain, SaysWhatAFileDoesNotHold) {
    const ExplainCase one = gramme::testing::shared_case();
    EXPECT_THAT(text_of(one, false), HasSubstr("windows: not in this result"));
    EXPECT_THAT(text_of(one, true), Not(HasSubstr("windows: not in this result")));
    EXPECT_TRUE(json_of(one, false)["devices"][0]["windows"].is_null());

    ExplainInput input = input_of(one, false);
    input.missing = {"parts[cpu0].sigma"};
    const std::string text = explain_text(input, refdata::Tables{}, {false, 4000});
    EXPECT_THAT(text, HasSubstr("cannot be worked out: not in this result: parts[cpu0].sigma"));
    EXPECT_THAT(text, Not(HasSubstr("by drawing")));
    input.missing = {"factors.pue.value"};
    const std::string no_pue = explain_text(input, refdata::Tables{}, {false, 4000});
    EXPECT_THAT(no_pue, HasSubstr("without them there is no step from energy to carbon"));
    EXPECT_THAT(no_pue, Not(HasSubstr("kWh x ")));
}

TEST(Explain, TextOfAFileDrivesNoTerminal) {
    ExplainCase one = gramme::testing::explain_cases().front();
    const std::string escape = "\x1b[31m";
    one.footprint.factors.intensity.basis += escape;
    one.footprint.factors.intensity.from.chosen += escape;
    one.footprint.factors.pue.from.source += escape;
    for (Equivalence& like : one.footprint.equivalences) {
        like.label += escape;
    }
    DescribedJob job;
    job.assumptions = {{"w" + escape, "v" + escape, "s" + escape, "--x" + escape}};
    ExplainInput input = input_of(one, true);
    input.job = &job;
    EXPECT_THAT(explain_text(input, refdata::Tables{}, {false, 4000}), Not(HasSubstr("\x1b")));
}

TEST(Explain, UnknownEnergyIsNotZero) {
    const ExplainCase one = gramme::testing::nothing_case();
    const std::string text = text_of(one);
    EXPECT_THAT(text, HasSubstr("no energy of any device is known, which is not an energy of 0"));
    EXPECT_THAT(text, HasSubstr("energy not known, which is not 0"));
    EXPECT_THAT(text, Not(HasSubstr("0 kWh")));
    EXPECT_TRUE(json_of(one)["steps"]["operational_gco2e"].is_null());
    EXPECT_TRUE(json_of(one)["interval"].is_null());
}

TEST(Explain, NamesAResultThatDoesNotFollowFromItsNumbers) {
    ExplainCase one = gramme::testing::shared_case();
    one.footprint.operational_kgco2e->value *= 1.01;
    EXPECT_THAT(text_of(one), HasSubstr("differs"));
    EXPECT_THAT(json_of(one)["disagreements"][0].get<std::string>(),
                HasSubstr("operational_kgco2e of the result"));
    one = gramme::testing::shared_case();
    one.ledger.windows.pop_back();
    EXPECT_THAT(json_of(one)["disagreements"][0].get<std::string>(), HasSubstr("the windows of"));
}

TEST(Explain, GivesSourcesWithPublisherLicenceAndAddress) {
    const Json sources = json_of(gramme::testing::shared_case())["sources"];
    ASSERT_FALSE(sources.empty());
    EXPECT_EQ(sources[0]["id"], "owid_ember_2026");
    EXPECT_EQ(sources[0]["licence"], "CC-BY-4.0");
    EXPECT_THAT(sources[0]["url"].get<std::string>(), HasSubstr("https://"));
}

TEST(Explain, GoldenTexts) {
    for (const ExplainCase& one : gramme::testing::explain_cases()) {
        const bool with_ledger = one.name != "file";
        ExplainInput input = input_of(one, with_ledger, 20'000);
        gramme::testing::expect_golden("present/explain_" + one.name + ".txt",
                                       explain_text(input, refdata::Tables{}, {false, 100}));
        gramme::testing::expect_golden("present/explain_" + one.name + ".json",
                                       explain_json(input, refdata::Tables{}));
    }
}

}  // namespace
}  // namespace gramme::present
