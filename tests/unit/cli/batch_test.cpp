#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "batch/resolver.hpp"
#include "cli/batch_rows.hpp"
#include "cli/command_context.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

RowWords words(Evidence evidence, std::string_view device, std::string_view region = "") {
    RowWords out;
    out.evidence = evidence;
    out.text[index_of(evidence == Evidence::kInstance ? Column::kInstance : Column::kDevice)] = device;
    out.text[index_of(Column::kRegion)] = region;
    return out;
}

class Resolver : public ::testing::Test {
protected:
    [[nodiscard]] Result<estimate::JobCoefficients> expected(JobRequest asked) const {
        return estimate::coefficients_of(std::move(asked), tables);
    }
    JobRequest base;
    refdata::Tables tables;
};

TEST_F(Resolver, WordsOfARowBecomeAJob) {
    BatchResolver resolver(base, tables, false, {});
    RowWords row = words(Evidence::kDevice, " h100 ", "FRA");
    row.has_utilisation = true;
    row.text[index_of(Column::kYear)] = "2020";
    row.text[index_of(Column::kHost)] = "none";
    JobRequest asked;
    asked.groups = {{JobGroup::Kind::kDevice, "h100", 0.0, 1.0}};
    asked.factors.region = "FRA";
    asked.factors.year = 2020;
    asked.utilisation = 0.8;
    asked.host = "none";
    const Resolved& found = resolver.resolve(row);
    ASSERT_EQ(found.trouble, "");
    ASSERT_TRUE(found.coefficients.loaded);
    const estimate::UnitFootprint at_80 = estimate::at_utilisation(*found.coefficients.loaded, 0.8);
    EXPECT_DOUBLE_EQ(at_80.kwh_per_unit, expected(asked)->kwh_per_unit);
    EXPECT_EQ(at_80.kg_per_kwh, expected(asked)->kg_per_kwh);
    EXPECT_DOUBLE_EQ(at_80.high, expected(asked)->high);
    row.has_utilisation = false;  // another combination
    EXPECT_FALSE(resolver.resolve(row).coefficients.loaded);
}

TEST_F(Resolver, WhatARowSaysOfElectricitySetsTheOptionsAside) {
    base.factors.mix = {{"wind", 1.0}};
    base.factors.mix_from = "--energy-source wind";
    BatchResolver resolver(base, tables, false, {});
    JobRequest asked;
    asked.groups = {{JobGroup::Kind::kEnergy, "", 0.0, 1.0}};
    asked.factors.region = "FRA";
    EXPECT_EQ(resolver.resolve(words(Evidence::kEnergy, "", "FRA")).coefficients.kg_per_kwh,
              expected(asked)->kg_per_kwh);
    asked.factors = base.factors;
    EXPECT_EQ(resolver.resolve(words(Evidence::kEnergy, "")).coefficients.kg_per_kwh,
              expected(asked)->kg_per_kwh);
}

TEST_F(Resolver, TroubleIsRememberedAndKeptApart) {
    BatchResolver resolver(base, tables, false, {});
    EXPECT_THAT(resolver.resolve(words(Evidence::kDevice, "h1000")).trouble, HasSubstr("h1000"));
    EXPECT_THAT(resolver.resolve(words(Evidence::kDevice, "h1000")).trouble, HasSubstr("h1000"));
    EXPECT_EQ(resolver.resolve(words(Evidence::kDevice, "h100")).trouble, "");
    // the same letters in other cells are other words
    EXPECT_NE(resolver.resolve(words(Evidence::kDevice, "aws:p4d.24xlarge")).trouble, "");
    EXPECT_EQ(resolver.resolve(words(Evidence::kInstance, "aws:p4d.24xlarge")).trouble, "");
}

TEST_F(Resolver, MoreCombinationsThanItRemembers) {
    BatchResolver resolver(base, tables, false, {});
    for (int i = 0; i < 5000; ++i) {
        RowWords row = words(Evidence::kEnergy, "");
        const std::string coal = "0." + std::to_string(10'000 + i);
        const std::string mix = "coal=" + coal + ",wind=" + std::to_string(1.0 - std::stod(coal));
        row.text[index_of(Column::kMix)] = mix;
        ASSERT_EQ(resolver.resolve(row).coefficients.kwh_per_unit, 1.0) << i;
    }
}

class BatchLine : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(std::vector<std::string> typed) const {
        typed.insert(typed.begin(), "batch");
        CapturedTerminal captured;
        const EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in(folder.file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    TemporaryFolder folder;
};

TEST_F(BatchLine, RowsKeepTheirOrderAndTheHeaderStandsOnce) {
    // Blocks cost very different times: short rows, and rows with a combination of words of their own.
    std::string text = "id;energy_kwh;mix\n";
    constexpr int kRows = 120'000;
    for (int i = 0; i < kRows; ++i) {
        const bool dear = i / 10'000 % 3 == 0 && i % 10 == 0;
        const std::string coal = "0." + std::to_string(100'000 + i);
        text += std::to_string(i) + ";1;" +
                (dear ? "coal=" + coal + ",wind=" + std::to_string(1.0 - std::stod(coal)) : "") + "\n";
    }
    const std::string table = folder.write("in.csv", text);
    ASSERT_EQ(line({table, "--threads", "4", "--out", folder.file("out.csv")}).code, 0);
    std::istringstream rows{read("out.csv")};
    std::string row;
    std::getline(rows, row);
    EXPECT_EQ(row.substr(0, 3), "id;");
    int expected = 0;
    while (std::getline(rows, row)) {
        ASSERT_EQ(row.substr(0, row.find(';')), std::to_string(expected)) << "behind row " << expected - 1;
        ++expected;
    }
    EXPECT_EQ(expected, kRows);
}

/// A row as words, and the job that it describes.
struct DescribedRow {
    std::string text;
    JobRequest asked;
};

DescribedRow some_row() {
    const auto share = [](int most) { return *rc::gen::inRange(0, most + 1) / static_cast<double>(most); };
    constexpr int kFine = 1'000'000;
    DescribedRow row;
    JobGroup group;
    if (*rc::gen::inRange(0, 3) > 0) {
        group.name = *rc::gen::element<std::string>("h100", "v100", "rtx3090", "tpu-v4");
        row.text = group.name + ",";
    } else {
        group.kind = JobGroup::Kind::kInstance;
        group.name = *rc::gen::element<std::string>("aws:p4d.24xlarge", "aws:m5.large");
        row.text = "," + group.name;
    }
    group.count = 1.0 + *rc::gen::inRange(0, 64);
    row.asked.hours = 0.01 + 300.0 * share(kFine);
    row.asked.utilisation = share(kFine);
    row.asked.factors.region = *rc::gen::element<std::string>("FRA", "us-east-1", "");
    if (*rc::gen::arbitrary<bool>()) {
        row.asked.factors.pue = 1.0 + share(kFine);
    }
    std::ostringstream rest;
    rest.precision(17);
    rest << ',' << group.count << ',' << row.asked.hours << ',' << *row.asked.utilisation << ','
         << row.asked.factors.region << ',';
    if (row.asked.factors.pue) {
        rest << *row.asked.factors.pue;
    }
    row.text += rest.str();
    row.asked.groups = {group};
    row.asked.embodied = false;
    return row;
}

TEST_F(BatchLine, ARowOfAnyUtilisationIsWhatEstimateSays) {
    const refdata::Tables tables;
    const auto run = [&] {
        std::string text = "device,instance,count,hours,utilisation,region,pue\n";
        std::vector<DescribedRow> rows;
        for (int i = 0; i < 40; ++i) {
            rows.push_back(some_row());
            text += rows.back().text + "\n";
        }
        const Outcome outcome = line({folder.write("in.csv", text)});
        RC_ASSERT(outcome.code == 0);
        std::istringstream lines{outcome.out};
        std::string row;
        std::getline(lines, row);
        for (const DescribedRow& one : rows) {
            RC_ASSERT(static_cast<bool>(std::getline(lines, row)));
            RC_ASSERT(row.starts_with(one.text + ","));
            const auto expected = estimate::estimate_job(one.asked, tables);
            RC_ASSERT(static_cast<bool>(expected));
            const Footprint& footprint = expected->footprint;
            std::istringstream cells{row.substr(one.text.size() + 1)};
            for (const double value :
                 {footprint.energy_kwh->value, footprint.energy_kwh->low, footprint.energy_kwh->high,
                  footprint.facility_energy_kwh->value, footprint.operational_kgco2e->value,
                  footprint.operational_kgco2e->low, footprint.operational_kgco2e->high}) {
                std::string cell;
                std::getline(cells, cell, ',');
                RC_ASSERT(std::abs(std::stod(cell) - value) <= 6e-9 * value);  // nine digits are written
            }
        }
    };
    EXPECT_TRUE(rc::check(run));
}

TEST_F(BatchLine, AShareOfUtilisationIsCheckedWhateverTheEvidence) {
    const std::string table = folder.write(
        "in.csv", "energy_kwh,device,hours,utilisation\n1,,,1.5\n,h100,1,80%\n,h100,1,0.8\n,h100,1,x\n");
    const Outcome outcome = line({table});
    EXPECT_EQ(outcome.code, 65);
    EXPECT_THAT(outcome.err,
                HasSubstr("line 2: utilisation: '1.5' is no share (give 0 to 1, or 0% to 100%)"));
    EXPECT_THAT(outcome.err, HasSubstr("line 5: utilisation: 'x' is no share"));
    const std::size_t percent = outcome.out.find(",80%,");
    const std::size_t share = outcome.out.find(",0.8,");
    ASSERT_NE(percent, std::string::npos);
    ASSERT_NE(share, std::string::npos);
    EXPECT_EQ(outcome.out.substr(percent + 4, 40), outcome.out.substr(share + 4, 40));
}

TEST_F(BatchLine, ABadRowIsNoRowOfZero) {
    const std::string table = folder.write("in.csv", "id,team,energy_kwh\n1,a,2\n2,a,oops\n3,b,\n");
    const Outcome outcome = line({table, "--group-by", "team", "--summary", folder.file("sums.csv"), "--out",
                                  folder.file("out.csv"), "--pue", "1", "--intensity", "100"});
    EXPECT_EQ(outcome.code, 65);
    // 2 kWh x 100 g = 0.2 kg; the two other rows are counted as bad
    EXPECT_EQ(read("sums.csv"),
              "team,rows,rows_without,energy_kwh,facility_energy_kwh,operational_kgco2e,operational_low,"
              "operational_high\n"
              "a,1,0,2,2,0.2,0.2,0.2\n");
    EXPECT_THAT(outcome.err, HasSubstr("2 bad rows"));
    EXPECT_THAT(outcome.err, HasSubstr("line 3: energy_kwh: 'oops'"));
}

TEST_F(BatchLine, TheFirstEvidenceCounts) {
    const std::string table = folder.write(
        "in.csv", "energy_kwh,power_w,device,count,hours\n7,100,h100,8,2\n,100,h100,8,2\n,,,8,2\n");
    const Outcome outcome = line({table, "--power-w", "50", "--pue", "1", "--intensity", "100"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("\n7,100,h100,8,2,7,"));   // of the row, not eight times
    EXPECT_THAT(outcome.out, HasSubstr("\n,100,h100,8,2,1.6,"));  // 100 W x 8 x 2 h
    EXPECT_THAT(outcome.out, HasSubstr("\n,,,8,2,0.8,"));         // 50 W x 8 x 2 h
}

TEST_F(BatchLine, RangesAreThoseOfEstimate) {
    const std::string table = folder.write(
        "in.csv",
        "energy_kwh,pue,intensity_gco2e_per_kwh\n1,0.9,1\n1,11,1\n1,1,10001\n2000000000000,1,1\n1,1,0\n");
    const Outcome outcome = line({table});
    EXPECT_EQ(outcome.code, 65);
    EXPECT_THAT(outcome.err, HasSubstr("line 2: the PUE is not between 1 and 10"));
    EXPECT_THAT(outcome.err, HasSubstr("line 4: the intensity is not between 0 and 10000"));
    EXPECT_THAT(outcome.err, HasSubstr("line 5: the energy is not between 0 and 1,000 TWh"));
    EXPECT_THAT(outcome.out, HasSubstr("\n1,1,0,1,1,1,1,0,0,0,\n"));
}

}  // namespace
}  // namespace gramme::cli
