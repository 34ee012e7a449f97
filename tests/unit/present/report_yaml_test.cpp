// What reports write as YAML, read back by a YAML library.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <yaml-cpp/yaml.h>

#include "present/front_matter.hpp"
#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "report_cases.hpp"

namespace gramme::present {
namespace {

using gramme::testing::estimated_report;
using gramme::testing::hostile_report;
using gramme::testing::measured_report;

/// The front matter of a card, as Hugging Face cuts it out.
YAML::Node front_matter_of(const std::string& card) {
    const std::size_t begin = card.find("---\n") + 4;
    return YAML::Load(card.substr(begin, card.find("\n---\n", begin) + 1 - begin));
}

TEST(ReportYaml, CardIsAMappingWithANumberOfGrams) {
    for (const auto& one : {measured_report(), estimated_report(), hostile_report()}) {
        const YAML::Node card = YAML::Load(*report_model_card(one.input(), "fine-tuning"));
        ASSERT_EQ(card.size(), 1U);
        const YAML::Node emissions = card["co2_eq_emissions"];
        EXPECT_NEAR(emissions["emissions"].as<double>(), 1000.0 * one.footprint.operational_kgco2e->value,
                    1e-3);
        EXPECT_EQ(emissions["training_type"].as<std::string>(), "fine-tuning");
        EXPECT_EQ(emissions.size(), 5U);
    }
}

TEST(ReportYaml, QuotedTextComesBackAsItWas) {
    EXPECT_TRUE(rc::check("any text", [] {
        const auto text = *rc::gen::arbitrary<std::string>();
        RC_ASSERT(YAML::Load("k: " + yaml_quoted(text))["k"].as<std::string>() == one_line(text));
    }));
}

TEST(ReportYaml, MergeChangesOneKeyOfTheMapping) {
    const std::string block = *report_model_card(hostile_report().input(), "");
    for (const char* old :
         {"", "co2_eq_emissions: 5\n", "co2_eq_emissions: {emissions: 5, source: \"a: b\"}\n",
          "co2_eq_emissions:\n  emissions: 5 # g\n  source: >\n    folded\n    text\n"}) {
        const std::string before = "license: mit\ntags:\n- a\n- \"b: c\"\n";
        const std::string after =
            "text: |\n  co2_eq_emissions: 1\nmodel-index:\n  - name: x\n    results: [1, 2]\n";
        const std::string card = "---\n" + before + old + after + "---\n# body\n---\n";
        const auto merged = with_front_matter(card, kModelCardKey, block);
        ASSERT_TRUE(merged) << merged.error().what;
        YAML::Node was = front_matter_of(card);
        YAML::Node is = front_matter_of(*merged);
        EXPECT_NEAR(is[std::string{kModelCardKey}]["emissions"].as<double>(), 27.8544, 1e-9);
        was.remove(std::string{kModelCardKey});
        is.remove(std::string{kModelCardKey});
        EXPECT_EQ(YAML::Dump(is), YAML::Dump(was));
    }
}

/// Lines that are YAML or are not: wherever the merge says yes, a library must agree with what came out.
TEST(ReportYaml, WhatIsMergedIsYamlWithTheNewNumber) {
    std::size_t merged_cards = 0;
    EXPECT_TRUE(rc::check("random lines", [&] {
        const auto lines = *rc::gen::container<std::vector<std::string>>(
            rc::gen::elementOf(std::vector<std::string>{"a: 1",
                                                        "b:",
                                                        "  c: 2",
                                                        "- d",
                                                        "  - e: f",
                                                        "co2_eq_emissions: 1",
                                                        "co2_eq_emissions:",
                                                        "  emissions: 3",
                                                        "g: \"open",
                                                        "close\"",
                                                        "h: [1,",
                                                        "2]",
                                                        "i: |",
                                                        "    text: here",
                                                        "# note",
                                                        "  # deeper",
                                                        "",
                                                        "j: 'it''s'",
                                                        "  plain words",
                                                        "k: {l: 1}",
                                                        "m: n: o",
                                                        "\"p\": q",
                                                        "\tr: 1",
                                                        "s: !!str 1",
                                                        "u: > # folded",
                                                        "...",
                                                        "v : 1"}));
        std::string yaml;
        for (const std::string& line : lines) {
            yaml += line + "\n";
        }
        const std::string card = "---\n" + yaml + "---\nbody\n";
        const auto out = with_front_matter(card, kModelCardKey, "co2_eq_emissions:\n  emissions: 12.5\n");
        if (!out) {
            return;
        }
        bool was_yaml = true;
        try {
            (void)YAML::Load(yaml);
        } catch (const YAML::Exception&) {
            was_yaml = false;  // what was broken before may stay broken
        }
        if (was_yaml) {
            ++merged_cards;
            RC_ASSERT(front_matter_of(*out)["co2_eq_emissions"]["emissions"].as<double>() == 12.5);
        }
    }));
    EXPECT_GT(merged_cards, 0U);
}

}  // namespace
}  // namespace gramme::present
