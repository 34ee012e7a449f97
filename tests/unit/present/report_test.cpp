// Reports: golden files, what must not be in them, and names that try to be markup.
#include "present/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "../../golden/golden.hpp"
#include "present/report_parts.hpp"
#include "present/report_svg.hpp"
#include "report_cases.hpp"

namespace gramme::present {
namespace {

using gramme::testing::estimated_report;
using gramme::testing::expect_golden;
using gramme::testing::gap_report;
using gramme::testing::hostile_report;
using gramme::testing::measured_report;
using gramme::testing::ReportCase;
using gramme::testing::unknown_report;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWhen = "2026-11-25T23:00:00Z";

/// What each report is as text; the error where it is none.
std::map<std::string, std::string> reports_of(const ReportCase& one) {
    const refdata::Tables tables;
    const ReportInput input = one.input();
    const auto text = [](const Result<std::string>& report) {
        return report ? *report : report.error().what;
    };
    return {{"card.yaml", text(report_model_card(input, "fine-tuning"))},
            {"tex", report_latex(input, tables)},
            {"md", report_markdown(input, tables)},
            {"html", report_html(input, tables)},
            {"boamps.json", text(report_boamps(input, kWhen))},
            {"sci.json", text(report_sci(input, {1000.0, "epoch"}))},
            {"csv", report_csv(input)},
            {"json", report_json(input)}};
}

TEST(Report, GoldenFiles) {
    const std::pair<const char*, ReportCase> cases[] = {{"measured", measured_report()},
                                                        {"gap", gap_report()},
                                                        {"estimated", estimated_report()},
                                                        {"hostile", hostile_report()},
                                                        {"unknown", unknown_report()}};
    for (const auto& [name, one] : cases) {
        for (const auto& [ending, text] : reports_of(one)) {
            expect_golden("report/" + std::string{name} + "." + ending, text);
        }
    }
}

TEST(Report, HoldsNeitherCommandLineNorHostNameNorSurvivors) {
    ReportCase one = measured_report();
    one.run.command = {"train", "--token=SECRET1"};
    one.run.host.hostname = "SECRET2";
    one.run.survivors = {"1 SECRET3"};
    for (const auto& [ending, text] : reports_of(one)) {
        EXPECT_THAT(text, Not(HasSubstr("SECRET"))) << ending;
    }
}

TEST(ReportModelCard, EmissionsAreGramsOfTheOperationalPartAlone) {
    // 23.212 kg + 13 kg embodied: the card says 23212 g and nothing else.
    const auto card = report_model_card(estimated_report().input(), "pre-training");
    ASSERT_TRUE(card) << card.error().what;
    EXPECT_THAT(*card, HasSubstr("\n  emissions: 23212\n"));
    EXPECT_THAT(*card, HasSubstr("\n  training_type: \"pre-training\"\n"));
    EXPECT_THAT(*card, HasSubstr("\n  hardware_used: \"8 x NVIDIA H100 80GB HBM3\"\n"));
    EXPECT_THAT(*card, HasSubstr("12000 to 45000 g"));
}

TEST(ReportModelCard, WhatMadeTheSameModelBesideIsAddedAndNamed) {
    // 23 212 g of the run + 1.5 kg.
    const auto card = report_model_card(estimated_report().input(), "", {1.5, "3 other processes"});
    ASSERT_TRUE(card) << card.error().what;
    EXPECT_THAT(*card, HasSubstr("\n  emissions: 24712\n"));
    EXPECT_THAT(*card, HasSubstr("; and 1500 g of 3 other processes"));
    EXPECT_THAT(*report_model_card(estimated_report().input(), ""), Not(HasSubstr("; and ")));
}

TEST(ReportModelCard, RefusesWhatTheFormatHasNoWordFor) {
    const ReportCase one = measured_report();
    for (const auto& [type, beside] : {std::pair{"tuning", 0.0}, {"", -1.0}, {"", std::nan("")}}) {
        const auto card = report_model_card(one.input(), type, {beside, ""});
        ASSERT_FALSE(card) << type << beside;
        EXPECT_EQ(card.error().code, Code::kUsage);
    }
}

TEST(ReportModelCard, SmallNumbersStayNumbersInYaml) {
    ReportCase one = measured_report();
    one.footprint.operational_kgco2e = Estimate{1.23456789e-9, 1e-9, 2e-9};
    EXPECT_THAT(*report_model_card(one.input(), ""), HasSubstr("emissions: 0.00000123457\n"));
    one.footprint.operational_kgco2e = Estimate{5.52e8, 5e8, 6e8};
    EXPECT_THAT(*report_model_card(one.input(), ""), HasSubstr("emissions: 552000000000\n"));
}

TEST(ReportModelCard, PlaceIsLeftOutWhereItIsNotKnown) {
    ReportCase one = measured_report();
    one.footprint.factors.intensity.region_known = false;
    EXPECT_THAT(*report_model_card(one.input(), ""), Not(HasSubstr("geographical_location")));
}

TEST(Report, UnknownEnergyIsNoNumber) {
    const ReportCase one = unknown_report();
    EXPECT_FALSE(report_model_card(one.input(), ""));
    EXPECT_FALSE(report_boamps(one.input(), kWhen));
    EXPECT_FALSE(report_sci(one.input(), {}));
    const refdata::Tables tables;
    EXPECT_THAT(report_markdown(one.input(), tables), HasSubstr("is not known"));
    EXPECT_THAT(report_latex(one.input(), tables), HasSubstr("is not known"));
    EXPECT_THAT(report_html(one.input(), tables), HasSubstr("not known"));
}

TEST(Report, TotalWithAGapSaysSoWhereverItStands) {
    const auto reports = reports_of(gap_report());
    for (const char* ending : {"tex", "md", "html"}) {
        EXPECT_THAT(reports.at(ending), HasSubstr("unknown")) << ending;
    }
    for (const char* ending : {"card.yaml", "sci.json", "tex", "md", "html"}) {
        EXPECT_THAT(reports.at(ending), HasSubstr("not counting 1 min 01 s of gpu0")) << ending;
    }
}

TEST(ReportSci, IsOperationalAndEmbodiedPerUnit) {
    // (23212 g + 13000 g) / 1000 epochs = 36.212 g per epoch; E 560 kWh, I 41.45 g/kWh.
    const auto report = report_sci(estimated_report().input(), {1000.0, "epoch"});
    ASSERT_TRUE(report) << report.error().what;
    const json sci = json::parse(*report);
    EXPECT_DOUBLE_EQ(sci["E"]["value"].get<double>(), 560.0);
    EXPECT_DOUBLE_EQ(sci["I"]["value"].get<double>(), 41.45);
    EXPECT_DOUBLE_EQ(sci["O"]["value"].get<double>(), 23212.0);
    EXPECT_DOUBLE_EQ(sci["M"]["value"].get<double>(), 13000.0);
    EXPECT_DOUBLE_EQ(sci["SCI"]["value"].get<double>(), 36.212);
    EXPECT_EQ(sci["SCI"]["unit"], "g CO2e per epoch");
}

TEST(ReportSci, IsNoScoreWithoutTheEmbodiedPart) {
    const json sci = json::parse(*report_sci(measured_report().input(), {}));
    EXPECT_TRUE(sci["M"].is_null());
    EXPECT_TRUE(sci["SCI"].is_null());
    EXPECT_DOUBLE_EQ(sci["O_per_R"]["value"].get<double>(), 27.8544);
    EXPECT_THAT(sci["notes"][0].get<std::string>(), HasSubstr("M, the carbon of making"));
}

TEST(ReportBoamps, HasWhatTheSchemaRequires) {
    for (const ReportCase& one : {measured_report(), estimated_report(), hostile_report()}) {
        const json report = json::parse(*report_boamps(one.input(), kWhen));
        EXPECT_TRUE(report["header"]["reportDatetime"].is_string());
        for (const char* key : {"taskStage", "taskFamily", "algorithms", "dataset"}) {
            EXPECT_TRUE(report["task"].contains(key)) << key;
        }
        EXPECT_TRUE(report["task"]["dataset"][0].contains("dataUsage"));
        EXPECT_TRUE(report["task"]["dataset"][0].contains("dataType"));
        EXPECT_TRUE(report["measures"][0]["measurementMethod"].is_string());
        EXPECT_TRUE(report["measures"][0]["powerConsumption"].is_number());
        EXPECT_TRUE(report["infrastructure"]["infraType"].is_string());
        EXPECT_TRUE(report["infrastructure"]["components"][0]["nbComponent"].is_number_integer());
    }
    const json eight = json::parse(*report_boamps(estimated_report().input(), kWhen));
    EXPECT_EQ(eight["infrastructure"]["components"][0]["nbComponent"], 8);
    EXPECT_EQ(eight["infrastructure"]["components"][0]["componentName"], "NVIDIA H100 80GB HBM3");
    EXPECT_EQ(
        json::parse(*report_boamps(measured_report().input(), kWhen))["measures"][0]["powerConsumption"],
        0.6);
}

TEST(ReportHtml, LoadsAndRunsNothing) {
    for (const ReportCase& one : {measured_report(), estimated_report(), hostile_report()}) {
        const std::string page = report_html(one.input(), refdata::Tables{});
        for (const char* no :
             {"<script", "<img", "<link", "<iframe", " src=", "@import", "url(", "javascript:"}) {
            EXPECT_THAT(page, Not(HasSubstr(no))) << no;
        }
        EXPECT_THAT(page, HasSubstr("default-src 'none'"));
        EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
    }
}

TEST(ReportLatex, NamesCannotLeaveTheirPlace) {
    const std::string text = report_latex(hostile_report().input(), refdata::Tables{});
    EXPECT_THAT(text, Not(HasSubstr("\\input")));
    EXPECT_THAT(text, Not(HasSubstr("\\end{document}")));
    EXPECT_THAT(text, HasSubstr("\\textbackslash{}input\\{/etc/passwd\\}"));
    EXPECT_THAT(text, Not(HasSubstr("@misc{x}")));
}

TEST(ReportPower, IsTheJobsAndAHoleIsNotZero) {
    // Over 60 stretches of a minute: 0.18 + 0.02 + 0.4 kWh in 1 h = 600 W, and nothing in minutes 20 to 23.
    const ReportCase one = measured_report();
    const auto watts = power_over_time(one.run, one.footprint, *one.ledger, 60);
    ASSERT_EQ(watts.size(), 60U);
    ASSERT_TRUE(watts[0].has_value());
    EXPECT_NEAR(*watts[0], 600.0, 1e-6);
    EXPECT_FALSE(watts[20].has_value());
    EXPECT_FALSE(watts[23].has_value());
    EXPECT_TRUE(watts[24].has_value());
    const std::string plot = power_svg(one.run, one.footprint, *one.ledger);
    EXPECT_EQ(std::count(plot.begin(), plot.end(), 'M'), 2) << plot;  // the line begins anew behind the hole
}

TEST(ReportParts, BibtexKeysAndEntriesArePlain) {
    EXPECT_EQ(bib_key("owid_ember_2026"), "gramme-owid-ember-2026");
    EXPECT_EQ(bib_key("a{b},\\c"), "gramme-a-b---c");
    ExplainedSource source;
    source.id = "x";
    source.title = "50 % of {A}, \"B\" & C_d";
    source.publisher = "P";
    source.licence = "L";
    source.year = 2024;
    source.url = "https://example.org/a_b?c=%20#d}";
    EXPECT_EQ(
        bibtex_of({source}),
        "@misc{gramme-x,\n  title = {{50 \\% of \\{A\\}, \\textquotedbl{}B\\textquotedbl{} \\& C\\_d}},\n"
        "  author = {{P}},\n  year = {2024},\n  howpublished = {\\url{https://example.org/a_b?c=%20#d%7D}},\n"
        "  note = {Licence: L}\n}\n");
}

}  // namespace
}  // namespace gramme::present
