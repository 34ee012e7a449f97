#include "plan/utilisation.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "plan/amount.hpp"
#include "plan/flops.hpp"

namespace gramme::plan {
namespace {

UtilisationBand band(std::string_view device, const refdata::Tables& tables = {}) {
    const auto found = tables.find_accelerator(device);
    EXPECT_TRUE(found) << device;
    const auto band = utilisation_band(tables, *found);
    EXPECT_TRUE(band) << device;
    return band ? *band : UtilisationBand{};
}

refdata::Tables with_rows(const std::string& rows) {
    const std::string head =
        "id,model,params_b,accelerator_id,n_devices,precision,seq_len,mfu,hfu,tflops_per_device,peak_tflops,"
        "workload,basis,source,note\n";
    const std::vector<std::pair<std::string, std::string>> texts{{"mfu.csv", head + rows}};
    auto tables = refdata::Tables::with_overrides(texts);
    EXPECT_TRUE(tables) << tables.error().what;
    return tables ? *tables : refdata::Tables{};
}

TEST(UtilisationBand, IsThatOfTheFamilyWhereTwoProjectsRanOnIt) {
    // worked out apart from data/mfu.csv: means of logarithms, one for each project
    EXPECT_NEAR(band("a100-80gb").centre, 0.3678, 5e-5);
    EXPECT_EQ(band("a100-80gb").projects, 6);
    EXPECT_EQ(band("a100-80gb").runs, 10);
    EXPECT_NEAR(band("h100").centre, 0.2905, 5e-5);
    EXPECT_NEAR(band("v100").centre, 0.2537, 5e-5);
    EXPECT_NEAR(band("tpu-v4").centre, 0.3269, 5e-5);
    EXPECT_EQ(band("tpu-v5p").family, "tpu");
    EXPECT_EQ(band("a40").family, "ampere");
}

TEST(UtilisationBand, OfAnotherDeviceIsThatOfAll) {
    const UtilisationBand all = band("p100");
    EXPECT_EQ(all.family, "");
    EXPECT_EQ(all.projects, 16);
    EXPECT_EQ(all.runs, 22);
    EXPECT_NEAR(all.centre, 0.3262, 5e-5);
}

TEST(UtilisationBand, IsWidestWhereFewestProjectsAre) {
    // within 0.2441, between 0.2020, both pooled: sqrt(0.2441^2 + 0.2020^2 x (1 + 1/6)) and (1 + 1/2)
    EXPECT_NEAR(band("a100-80gb").sigma_ln, 0.32744, 1e-4);
    EXPECT_NEAR(band("h100").sigma_ln, 0.34755, 1e-4);
}

TEST(UtilisationBand, CountsAProjectOnce) {
    // sixteen sizes of one project and one of another on a family of its own: sqrt(0.1 x 0.4) = 0.2
    std::string rows;
    for (int i = 0; i < 16; ++i) {
        rows +=
            "many/" + std::to_string(i) + ",M,1,amd-mi250x,,,,0.1,,,,pre-training,whole run,llama-2023,\n";
    }
    rows += "one/1,M,1,amd-mi250x,,,,0.4,,,,pre-training,whole run,llama-2023,\n";
    const refdata::Tables tables = with_rows(rows);
    const auto device = tables.find_accelerator("amd-mi250x");
    ASSERT_TRUE(device);
    ASSERT_NE(device->architecture, "");
    const UtilisationBand own = band("amd-mi250x", tables);
    EXPECT_NEAR(own.centre, 0.2, 1e-6);
    EXPECT_EQ(own.projects, 2);
    EXPECT_EQ(own.runs, 17);
}

TEST(Peak, IsDense) {
    const refdata::Tables tables;
    const auto peak = [&](std::string_view device, Precision precision) {
        const auto found = peak_of(*tables.find_accelerator(device), precision);
        return found ? found->flops_per_s / 1e12 : 0.0;
    };
    EXPECT_NEAR(peak("h100", Precision::k16Bit), 989.5, 1.0);  // 1979 with sparsity
    EXPECT_DOUBLE_EQ(peak("a100-80gb", Precision::k16Bit), 312.0);
    EXPECT_DOUBLE_EQ(peak("v100", Precision::k16Bit), 125.0);
    EXPECT_DOUBLE_EQ(peak("p100", Precision::k32Bit), 9.3);
    EXPECT_NEAR(peak("h100", Precision::k8Bit), 1979.0, 1.0);
    EXPECT_EQ(peak("v100", Precision::k8Bit), 0.0);
    // GeForce: 16-bit sums are listed, 32-bit ones take twice as long
    const auto geforce = tables.find_accelerator("rtx-4090");
    ASSERT_TRUE(geforce);
    ASSERT_EQ(geforce->fp16_basis, "tensor fp16acc");
    EXPECT_FLOAT_EQ(peak("rtx-4090", Precision::k16Bit), geforce->tflops_fp16 / 2.0);
}

TEST(Peak, IsThatOf32BitWhere16IsSlower) {
    refdata::Accelerator old;
    old.tflops_fp16 = 0.1;
    old.tflops_fp32 = 8.0;
    const auto peak = peak_of(old, Precision::k16Bit);
    ASSERT_TRUE(peak);
    EXPECT_DOUBLE_EQ(peak->flops_per_s, 8e12);
    EXPECT_NE(peak->how.find("32 bit"), std::string::npos);
    old.tflops_fp16 = 0.0;
    EXPECT_EQ(peak_of(old, Precision::k16Bit).error().code, Code::kNotFound);
}

/// A row of tests/data/training_runs.csv by the names of its columns.
std::vector<std::map<std::string, std::string>> training_runs() {
    std::ifstream file{std::string{GRAMME_SOURCE_DIR} + "/tests/data/training_runs.csv"};
    std::vector<std::map<std::string, std::string>> out;
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells;
        for (const std::string_view cell : split(line, ',')) {
            cells.emplace_back(cell);
        }
        if (names.empty()) {
            names = cells;
            continue;
        }
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < names.size(); ++i) {
            row[names[i]] = cells.at(i);
        }
        out.push_back(std::move(row));
    }
    return out;
}

TEST(TrainingRuns, AreTheRatesInTheTable) {
    const refdata::Tables tables;
    std::map<std::string, double> listed;
    for (const refdata::Utilisation& row : tables.utilisations()) {
        if (row.basis == "whole run") {
            listed[std::string{row.id}] = row.mfu;
        }
    }
    ASSERT_EQ(listed.size(), 22U);
    std::size_t found = 0;
    for (auto& row : training_runs()) {
        const auto number = [&](const char* name) { return *parse_amount(row[name], name); };
        Shape shape;
        shape.parameters =
            row["active_parameters"].empty() ? number("parameters") : number("active_parameters");
        shape.tokens = number("tokens");
        if (!row["layers"].empty()) {
            shape.layers = number("layers");
            shape.width = number("width");
            shape.sequence_length = number("sequence_length");
        }
        const auto device = tables.find_accelerator(row["device"]);
        ASSERT_TRUE(device) << row["device"];
        const double mfu = compute_of(Method::kFull, shape).model /
                           (number("hours") * 3600.0 * peak_of(*device, Precision::k16Bit)->flops_per_s);
        if (row["role"] == "band") {
            ++found;
            ASSERT_TRUE(listed.contains(row["id"])) << row["id"];
            EXPECT_NEAR(listed[row["id"]], mfu, 6e-5) << row["id"];
        } else {  // nothing is made of these
            EXPECT_FALSE(listed.contains(row["id"])) << row["id"];
        }
    }
    EXPECT_EQ(found, 16U);
}

TEST(TrainingRuns, KeptAsideAreInNoDefault) {
    const refdata::Tables tables;
    for (const refdata::Utilisation& row : tables.utilisations()) {
        if (row.basis == "whole run") {
            for (const std::string_view name : {"gpt-3/", "llama-2/", "bloom/", "opt/", "palm/"}) {
                EXPECT_FALSE(row.id.starts_with(name)) << row.id;
            }
        }
    }
    for (const refdata::ProfileFactor& row : tables.profile_factors("published", "system_w")) {
        EXPECT_NE(row.source, "palm-2022");
        EXPECT_EQ(row.name.find("v100"), std::string_view::npos);  // half of its mean is GPT-3
    }
}

}  // namespace
}  // namespace gramme::plan
