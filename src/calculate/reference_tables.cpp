#include "calculate/reference_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace gramme::calculate {
namespace {

/// A figure as it stands in the table; empty where it is unknown.
std::string figure(double value) {
    return value > 0.0 ? fmt::format("{:.6g}", value) : "";
}
std::string year_text(int year) {
    return year > 0 ? fmt::format("{}", year) : "";
}

/// Every word must occur in the text.
bool holds_all(std::string_view text, std::span<const std::string> words) {
    const std::string in = folded(text);
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return in.find(folded(word)) != std::string::npos; });
}

}  // namespace

std::vector<refdata::Accelerator> search_devices(const refdata::Tables& tables,
                                                 std::span<const std::string> words) {
    std::vector<refdata::Accelerator> found = tables.accelerators();
    std::erase_if(found, [&](const refdata::Accelerator& row) {
        return !holds_all(fmt::format("{} {} {} {} {} {} {}", row.id, row.name, row.aliases, row.vendor,
                                      row.kind, row.segment, row.architecture),
                          words);
    });
    return found;
}

std::vector<refdata::Instance> search_instances(const refdata::Tables& tables,
                                                std::span<const std::string> words) {
    std::vector<refdata::Instance> found = tables.instances();
    std::erase_if(found, [&](const refdata::Instance& row) {
        return !holds_all(fmt::format("{} {} {} {} {}", row.id, row.aliases, row.cpu_model,
                                      row.microarchitectures, row.accelerator),
                          words);
    });
    return found;
}

present::Table regions_table(const std::vector<FoundRegion>& found) {
    present::Table table;
    table.schema = "gramme/regions/1";
    table.columns = {"region",   "zone",   "name", "country",    "gco2e_per_kwh",        "basis",
                     "year",     "source", "pue",  "pue_source", "fell_back_to_country", "latitude",
                     "longitude"};
    table.numeric = {false, false, false, false, true, false, true, false, true, false, false, true, true};
    for (const FoundRegion& row : found) {
        const auto& intensity = row.intensity;
        table.rows.push_back({row.id, row.zone, row.name, row.country,
                              intensity ? fmt::format("{}", intensity->value.value()) : "",
                              intensity ? std::string{name_of(intensity->basis)} : "",
                              intensity ? year_text(intensity->year) : "", intensity ? intensity->source : "",
                              row.pue ? fmt::format("{}", row.pue->value) : "",
                              row.pue ? row.pue->source : "",
                              intensity ? (intensity->fell_back_to_country ? "yes" : "no") : "",
                              row.at ? fmt::format("{}", row.at->latitude) : "",
                              row.at ? fmt::format("{}", row.at->longitude) : ""});
    }
    return table;
}

present::Table devices_table(std::span<const refdata::Accelerator> found) {
    present::Table table;
    table.schema = "gramme/devices/1";
    table.columns = {
        "device",       "name",        "vendor",      "kind",       "segment",    "form_factor",
        "limit_w",      "limit_basis", "limit_of",    "typical_w",  "idle_w",     "power_source",
        "memory_gib",   "tflops_fp32", "tflops_fp16", "fp16_basis", "tflops_fp8", "devices_per_board",
        "release_year", "process_nm",  "die_mm2",     "aliases",    "source",     "note"};
    table.numeric = {false, false, false, false, false, false, true, false, false, true,  true,  false,
                     true,  true,  true,  false, true,  true,  true, true,  true,  false, false, false};
    for (const refdata::Accelerator& row : found) {
        table.rows.push_back(
            {std::string{row.id},         std::string{row.name},        std::string{row.vendor},
             std::string{row.kind},       std::string{row.segment},     std::string{row.form_factor},
             figure(row.limit_w),         std::string{row.limit_basis}, std::string{row.limit_of},
             figure(row.typical_w),       figure(row.idle_w),           std::string{row.power_source},
             figure(row.memory_gib),      figure(row.tflops_fp32),      figure(row.tflops_fp16),
             std::string{row.fp16_basis}, figure(row.tflops_fp8),       figure(row.devices_per_board),
             year_text(row.release_year), figure(row.process_nm),       figure(row.die_mm2),
             std::string{row.aliases},    std::string{row.source},      std::string{row.note}});
    }
    return table;
}

present::Table instances_table(std::span<const refdata::Instance> found) {
    present::Table table;
    table.schema = "gramme/instances/1";
    table.columns = {
        "instance",      "vcpus",         "memory_gib",        "cpu_model",    "microarchitectures",
        "host_vcpus",    "accelerator",   "accelerator_count", "cpu_idle_w",   "cpu_full_w",
        "memory_idle_w", "memory_full_w", "other_w",           "power_source", "aliases",
        "source"};
    table.numeric = {false, true, true, false, false, true,  false, true,
                     true,  true, true, true,  true,  false, false, false};
    for (const refdata::Instance& row : found) {
        table.rows.push_back(
            {std::string{row.id}, figure(row.vcpus), figure(row.memory_gib), std::string{row.cpu_model},
             std::string{row.microarchitectures}, figure(row.host_vcpus), std::string{row.accelerator},
             figure(row.accelerator_count), figure(row.cpu_idle_w), figure(row.cpu_full_w),
             figure(row.memory_idle_w), figure(row.memory_full_w), figure(row.other_w),
             std::string{row.power_source}, std::string{row.aliases}, std::string{row.source}});
    }
    return table;
}

}  // namespace gramme::calculate
