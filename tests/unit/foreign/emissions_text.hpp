// Rows of emissions.csv for tests: the 38 columns, with single values changed by name.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace gramme::foreign::testing {

inline const std::string kHeader38 =
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_"
    "power,"
    "cpu_energy,gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code,region,"
    "cloud_provider,cloud_region,os,python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_"
    "model,"
    "longitude,latitude,ram_total_size,tracking_mode,cpu_utilization_percent,gpu_utilization_percent,"
    "ram_utilization_percent,ram_used_gb,on_cloud,pue,wue";
inline const std::string kId = "00000000-0000-4000-8000-000000000001";

using Changes = std::map<std::string, std::string>;

/// 0.06 kWh CPU, 0.25 kWh GPUs, 0.02 kWh memory in an hour that ended at 11:00, 19.8 g: 60 g/kWh.
inline std::string row38(const Changes& changes = {}) {
    const std::string usual =
        "2024-03-01T11:00:00,bert," + kId +
        ",5b0fa12a-3dd7-45bb-9766-cc326314d9f1,3600.0,0.0198,5.5e-06,60.0,250.0,20.0,0.06,0.25,0.02,"
        "0.33,0.0,France,FRA,,,,Linux-6.1.0,3.11.2,3.3.2,8,AMD EPYC 7742,2,2 x NVIDIA "
        "A100,2.35,48.85,62.5,machine,40.0,90.0,30.0,18.5,N,1.0,0.0";
    const auto names = split(kHeader38, ',');
    const auto values = split(usual, ',');
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto changed = changes.find(std::string{names[i]});
        out += (i == 0 ? "" : ",") + (changed == changes.end() ? std::string{values[i]} : changed->second);
    }
    return out + "\n";
}

/// row38() without these columns, as 3.3.0 appends it.
inline std::string row_without(const std::vector<std::string>& left_out, const Changes& changes = {}) {
    std::string line = row38(changes);
    line.pop_back();
    const auto names = split(kHeader38, ',');
    const auto values = split(line, ',');
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::find(left_out.begin(), left_out.end(), names[i]) == left_out.end()) {
            out += (out.empty() ? "" : ",") + std::string{values[i]};
        }
    }
    return out + "\n";
}

/// A file of tests/fixtures/codecarbon.
inline std::string fixture(const std::string& name) {
    std::ifstream file{std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/codecarbon/" + name,
                       std::ios::binary};
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace gramme::foreign::testing
