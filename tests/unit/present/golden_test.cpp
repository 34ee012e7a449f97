// Every view of a result against its golden file, under the C locale and under one with a decimal comma.
#include "../../golden/golden.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <locale>
#include <map>
#include <string>

#include "cases.hpp"

namespace gramme::present {
namespace {

using gramme::testing::Case;

constexpr TextStyle kPlain{false, 80};

DoctorReport doctor() {
    DoctorReport report;
    report.host = gramme::testing::modelled_case().run.host;
    report.host.microarchitecture = "zen3-milan";
    report.sources = {
        {"rapl-powercap",
         SourceState::kRefused,
         "energy_uj of package-0: permission denied",
         {"sudo chgrp \"$(id -gn)\" /sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj && sudo "
          "chmod g+r /sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj   # until the "
          "next boot",
          "run gramme as root"},
         {"cpu0"}},
        {"nvml", SourceState::kAbsent, "libnvidia-ml.so.1 is not installed", {}, {}},
        {"cpu-load-model", SourceState::kUsed, "", {}, {"cpu0"}}};
    report.cgroup = "own cgroup below /user.slice, CPU time exact";
    report.cgroup_usable = true;
    report.interval_ratio = 3.24;
    report.interval_ratio_with_grid = 31.7;
    report.dominant = "intensity: say where the machine is with --region";
    report.warnings = {"the clock stepped by 2 s"};
    return report;
}

Table runs() {
    return {"gramme/runs/1",
            {"id", "project", "energy_kwh", "exit_status"},
            {{"01938c2e", "Zürich, \"bert\"", "0.6", "0"},
             {"01938c2f", "東京", "12.25", ""},
             {"01938c30", "a\x1b[31mb", "", "137"}},
            {false, false, true, true}};
}

std::map<std::string, std::string> all_outputs() {
    std::map<std::string, std::string> out;
    const std::pair<const char*, Case> cases[] = {
        {"measured", gramme::testing::measured_case()}, {"modelled", gramme::testing::modelled_case()},
        {"gap", gramme::testing::gap_case()},           {"killed", gramme::testing::killed_case()},
        {"unknown", gramme::testing::unknown_case()},   {"awkward", gramme::testing::awkward_case()},
        {"waiting", gramme::testing::waiting_case()}};
    for (const auto& [name, one] : cases) {
        const std::string label{name};
        out["summary_" + label + ".txt"] = summary_text(one.run, one.footprint, one.outputs, kPlain);
        out["footprint_" + label + ".json"] = footprint_json(one.run, one.footprint, label == "awkward");
        out["emissions_" + label + ".csv"] =
            csv_line(emissions_header()) + "\n" +
            csv_line(emissions_row(one.run, one.footprint, "2026-11-23T10:00:00")) + "\n";
    }
    const Case killed = gramme::testing::killed_case();
    out["summary_colour.txt"] = summary_text(killed.run, killed.footprint, killed.outputs, {true, 60});
    out["run.json"] = run_to_json(gramme::testing::awkward_case().run);
    out["doctor.txt"] = doctor_text(doctor(), kPlain);
    out["doctor.json"] = doctor_json(doctor());
    for (const char* format : {"table", "csv", "json"}) {
        out[std::string{"runs."} + format] = *table_text(runs(), format, kPlain);
    }
    out["live.txt"] =
        live_line(12.34, 0.0042, 1.9, 83.0, 80) + "\n" + live_line(312.4, 1.5, 0.0, 90'000.0, 20) + "\n";
    return out;
}

TEST(Golden, EveryViewIsAsItWas) {
    for (const auto& [name, text] : all_outputs()) {
        gramme::testing::expect_golden("present/" + name, text);
    }
}

/// A decimal comma and grouping by dots, without any locale installed on the machine.
class CommaNumbers : public std::numpunct<char> {
protected:
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

TEST(Golden, DoesNotDependOnTheCppLocale) {
    const auto expected = all_outputs();
    const std::locale before = std::locale::global(std::locale{std::locale{}, new CommaNumbers});
    const auto actual = all_outputs();
    std::locale::global(before);
    EXPECT_EQ(actual, expected);
}

TEST(Golden, DoesNotDependOnTheCLocale) {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr && std::setlocale(LC_ALL, "de_DE.utf8") == nullptr &&
        std::setlocale(LC_ALL, "fr_FR.UTF-8") == nullptr) {
        GTEST_SKIP() << "no locale with a decimal comma is installed";
    }
    const auto actual = all_outputs();
    const auto back = run_from_json(R"({"schema":"gramme/run/1","id":"x","duration_s":1.5})");
    std::setlocale(LC_ALL, before.c_str());
    EXPECT_EQ(actual, all_outputs());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->duration_s, 1.5);
}

}  // namespace
}  // namespace gramme::present
