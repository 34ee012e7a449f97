// Facts about the views that a golden file does not say aloud.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/parse.hpp"
#include "cases.hpp"

namespace gramme::present {
namespace {

using gramme::testing::Case;

std::string column(const CsvRow& row, const std::string& name) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (emissions_header()[i] == name) {
            return row[i];
        }
    }
    return "no such column";
}

double value(const CsvRow& row, const std::string& name) {
    const auto parsed = parse_double(column(row, name));
    return parsed ? *parsed : std::nan("");
}

TEST(EmissionsRow, HasCodeCarbonsColumns) {
    EXPECT_EQ(emissions_header().size(), 38U);
    EXPECT_EQ(emissions_header()[5], "emissions");
    EXPECT_EQ(emissions_header()[13], "energy_consumed");
    EXPECT_EQ(emissions_header()[37], "wue");
    const Case one = gramme::testing::measured_case();
    EXPECT_EQ(emissions_row(one.run, one.footprint, "t").size(), 38U);
}

TEST(EmissionsRow, HasThePueInEnergiesAndNotInPowers) {
    const Case one = gramme::testing::measured_case();  // one hour; PUE 1.12
    const CsvRow row = emissions_row(one.run, one.footprint, "2026-11-23T10:00:00");
    EXPECT_NEAR(value(row, "cpu_power"), 180.0, 1e-9);  // 0.18 kWh in an hour
    EXPECT_NEAR(value(row, "gpu_power"), 400.0, 1e-9);
    EXPECT_NEAR(value(row, "cpu_energy"), 0.2016, 1e-12);  // 0.18 x 1.12
    EXPECT_NEAR(value(row, "energy_consumed"),
                value(row, "cpu_energy") + value(row, "gpu_energy") + value(row, "ram_energy"), 1e-12);
    EXPECT_NEAR(value(row, "emissions_rate"), value(row, "emissions") / 3600.0, 1e-18);
    EXPECT_EQ(column(row, "pue"), "1.12");
    EXPECT_EQ(column(row, "timestamp"), "2026-11-23T10:00:00");
    EXPECT_EQ(column(row, "codecarbon_version"), "gramme-0.1.0");
    EXPECT_EQ(column(row, "gpu_count"), "1");  // that was counted, of the two of the machine
    EXPECT_EQ(column(row, "gpu_model"), "1 x NVIDIA A100-SXM4-80GB");
    EXPECT_EQ(column(row, "ram_total_size"), "512");
    EXPECT_EQ(column(row, "cloud_provider"), "aws");
    EXPECT_EQ(column(row, "cloud_region"), "eu-west-3");
    EXPECT_EQ(column(row, "on_cloud"), "Y");
    EXPECT_EQ(column(row, "country_iso_code"), "FRA");
    EXPECT_EQ(column(row, "region"), "");
    EXPECT_EQ(column(row, "tracking_mode"), "process");
}

TEST(EmissionsRow, SaysWhichRunHoldsIt) {
    Case one = gramme::testing::measured_case();
    one.run.part_of = "019ab000-0000-7000-8000-000000000001";
    EXPECT_EQ(column(emissions_row(one.run, one.footprint, "t"), "codecarbon_version"),
              "gramme-0.1.0 part of 019ab000-0000-7000-8000-000000000001");
}

TEST(Summary, ComparesATinyRunWithoutADozenZeros) {
    Case one = gramme::testing::modelled_case();
    one.footprint.equivalences = {{"web_search", "web searches", 4.1e-8, "made_up"}};
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {});
    EXPECT_NE(text.find("less than 0.01 web searches (made_up)"), std::string::npos) << text;
}

TEST(Summary, SaysOnceWhatToDoAboutAnUnknownRegion) {
    const Case one = gramme::testing::modelled_case();
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {});
    const std::size_t first = text.find("for example");
    ASSERT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("for example", first + 1), std::string::npos) << text;
}

TEST(EmissionsRow, LeavesTheUnknownEmpty) {
    const Case one = gramme::testing::unknown_case();
    const CsvRow row = emissions_row(one.run, one.footprint, "t");
    for (const char* name : {"emissions", "emissions_rate", "cpu_power", "cpu_energy", "energy_consumed",
                             "country_name", "country_iso_code", "experiment_id", "longitude", "wue"}) {
        EXPECT_EQ(column(row, name), "") << name;
    }
}

TEST(EmissionsRow, NamesTheRegionBelowACountry) {
    const Case one = gramme::testing::awkward_case();
    const CsvRow row = emissions_row(one.run, one.footprint, "t");
    EXPECT_EQ(column(row, "region"), "Québec");
    EXPECT_EQ(column(row, "country_name"), "Canada");
}

TEST(FootprintJson, NeverHoldsNotANumber) {
    Case one = gramme::testing::measured_case();
    one.footprint.energy_kwh->high = std::numeric_limits<double>::infinity();
    one.footprint.parts[0].covered_s = std::nan("");
    one.run.duration_s = std::nan("");
    const std::string text = footprint_json(one.run, one.footprint, false);
    EXPECT_EQ(text.find(": nan"), std::string::npos);
    EXPECT_EQ(text.find(": inf"), std::string::npos);
    EXPECT_NE(text.find("\"high\": null"), std::string::npos);
}

TEST(FootprintJson, TellsTheCommandOnlyOnRequest) {
    const Case one = gramme::testing::measured_case();
    EXPECT_EQ(footprint_json(one.run, one.footprint, false).find("train.py"), std::string::npos);
    EXPECT_NE(footprint_json(one.run, one.footprint, true).find("train.py"), std::string::npos);
}

TEST(Summary, FirstLinesCarryTheAnswerAndTheUnknownRegion) {
    const Case one = gramme::testing::modelled_case();
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {false, 200});
    const std::string first = text.substr(0, text.find("known by"));
    EXPECT_NE(first.find("1.4 Wh"), std::string::npos) << first;
    EXPECT_NE(first.find("1.0 g CO2e"), std::string::npos) << first;
    EXPECT_NE(first.find("region unknown"), std::string::npos) << first;
    EXPECT_NE(first.find("--region"), std::string::npos) << first;
}

TEST(Summary, SaysBesideTheTotalWhatIsNotInIt) {
    const Case one = gramme::testing::gap_case();
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {false, 80});
    EXPECT_NE(text.find("Wh + unknown"), std::string::npos);
    EXPECT_NE(text.find("not counting 1 min 01 s of gpu0"), std::string::npos) << text;
    EXPECT_NE(text.find("NVML: GPU is lost"), std::string::npos);
}

TEST(Summary, NeverSaysZeroForNothing) {
    const Case one = gramme::testing::unknown_case();
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {false, 80});
    EXPECT_NE(text.find("energy    not known"), std::string::npos) << text;
    EXPECT_EQ(text.find("0 kWh"), std::string::npos);
}

TEST(Summary, SaysWhatWasSpentWaitingAndWhatToTry) {
    Case one = gramme::testing::waiting_case();
    const auto text = [&] { return summary_text(one.run, one.footprint, one.outputs, {false, 300}); };
    EXPECT_NE(text().find("31 % of the GPU energy (125 Wh) was spent waiting, mostly for data"),
              std::string::npos)
        << text();  // 0.125 kWh of 0.4 kWh
    EXPECT_NE(text().find("more data-loader workers"), std::string::npos);
    EXPECT_NE(text().find("A100-SXM4-80GB, 63 % busy"), std::string::npos);
    one.footprint.waiting->mostly.reset();
    EXPECT_EQ(text().find("mostly"), std::string::npos) << "no cause that holds half";
    EXPECT_NE(text().find("was spent waiting\n"), std::string::npos);
    one.footprint.waiting->known = KilowattHours{0.3};
    EXPECT_NE(text().find("42 % of the GPU energy whose utilisation is known"), std::string::npos) << text();
}

TEST(Summary, DoesNotSpeakOfLittleWaiting) {
    Case one = gramme::testing::waiting_case();
    one.footprint.waiting->idle = KilowattHours{0.0399};  // of 0.4: below 10 %
    EXPECT_EQ(summary_text(one.run, one.footprint, one.outputs, {false, 300}).find("waiting"),
              std::string::npos);
}

TEST(Summary, SaysNothingOfWaitingWhereNothingIsKnown) {
    for (const Case& one : {gramme::testing::measured_case(), gramme::testing::modelled_case()}) {
        const std::string text = summary_text(one.run, one.footprint, one.outputs, {false, 300});
        EXPECT_EQ(text.find("waiting"), std::string::npos);
        EXPECT_EQ(text.find("busy"), std::string::npos);
        EXPECT_EQ(footprint_json(one.run, one.footprint, false).find("\"waiting\""), std::string::npos);
        const CsvRow row = emissions_row(one.run, one.footprint, "");
        EXPECT_EQ(row.at(31), "");  // cpu_utilization_percent
        EXPECT_EQ(row.at(32), "");  // gpu_utilization_percent
    }
}

TEST(EmissionsRow, HoldsTheUtilisationInPercent) {
    const Case one = gramme::testing::waiting_case();
    const CsvRow row = emissions_row(one.run, one.footprint, "");
    ASSERT_EQ(emissions_header().at(31), "cpu_utilization_percent");
    EXPECT_EQ(row.at(31), "50");
    EXPECT_EQ(row.at(32), "62.5");
    EXPECT_EQ(row.at(33), "") << "nobody asked the memory";
}

TEST(Summary, StaysWithinItsWidth) {
    Case one = gramme::testing::killed_case();
    one.run.command = {std::string(300, 'x')};
    const std::string text = summary_text(one.run, one.footprint, one.outputs, {false, 80});
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = text.find('\n', from);
        EXPECT_LE(end - from, 80U) << text.substr(from, end - from);
        from = end + 1;
    }
}

TEST(Summary, LetsNoEscapeCodeThrough) {
    const Case one = gramme::testing::awkward_case();
    EXPECT_EQ(summary_text(one.run, one.footprint, one.outputs, {false, 80}).find('\x1b'), std::string::npos);
}

/// What a terminal breaks it does not break where it is copied; a newline of ours would end the command
/// there.
TEST(Doctor, ACommandIsOneLineHoweverNarrowTheTerminal) {
    const std::string command =
        "sudo chmod a+r " + std::string(70, 'x') + " " + std::string(70, 'y') + "   # why";
    DoctorReport report;
    report.sources = {{"some", SourceState::kRefused, "permission denied", {command}, {}}};
    report.cgroup =
        "shares its group; to enable: systemd-run --user --scope -p Delegate=yes gramme run -- COMMAND";
    const std::string text = doctor_text(report, {false, 40});
    EXPECT_NE(text.find(" " + command + "\n"), std::string::npos) << text;
    EXPECT_NE(text.find(" systemd-run --user --scope -p Delegate=yes gramme run -- COMMAND\n"),
              std::string::npos)
        << text;
}

TEST(TableText, RefusesAnUnknownFormat) {
    const auto text = table_text({}, "xml", {});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, Code::kUsage);
}

TEST(TableText, KeepsWholeNumbersWholeAndTheUnknownNull) {
    const Table table{"s/1", {"a", "b"}, {{"12", ""}, {"0.5", "x"}}, {true, false}};
    EXPECT_EQ(*table_text(table, "json", {}),
              "{\n  \"schema\": \"s/1\",\n  \"rows\": [\n    {\n      \"a\": 12,\n      \"b\": null\n    },\n"
              "    {\n      \"a\": 0.5,\n      \"b\": \"x\"\n    }\n  ]\n}\n");
}

}  // namespace
}  // namespace gramme::present
