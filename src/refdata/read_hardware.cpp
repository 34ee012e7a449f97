// The rows of the hardware tables and of the energy sources: columns, ranges, words.
#include "refdata/read_hardware.hpp"

#include <array>

#include "refdata/read_all.hpp"

namespace gramme::refdata {
namespace {

using Names = std::span<const std::string_view>;
constexpr std::string_view kAcceleratorKinds[] = {"gpu", "tpu", "npu", "asic"};
constexpr std::string_view kHostKinds[] = {"baseboard", "pcie", "tpu", "desktop", "laptop", "cpu"};
constexpr std::string_view kUnits[] = {"kgco2e_per_unit", "kgco2e_per_gb", "kgco2e_per_cm2", "kgco2e_per_kg",
                                       "kwh_per_cm2"};

constexpr std::string_view kAcceleratorColumns[] = {
    "id",           "vendor",       "name",          "aliases?",           "kind",
    "segment?",     "form_factor?", "architecture?", "board_limit_w?",     "limit_basis?",
    "typical_w?",   "idle_w?",      "power_source?", "devices_per_board?", "memory_gib?",
    "tflops_fp32?", "tflops_fp16?", "fp16_basis?",   "tflops_fp8?",        "release_year?",
    "process_nm?",  "die_mm2?",     "proxy_id?",     "mlco2_label?",       "mlco2_w?",
    "source",       "note?"};
constexpr std::string_view kInstanceColumns[] = {"id",
                                                 "aliases?",
                                                 "vcpus?",
                                                 "memory_gib?",
                                                 "cpu_model?",
                                                 "microarchitectures?",
                                                 "host_vcpus?",
                                                 "accelerator_id?",
                                                 "accelerator_count?",
                                                 "cpu_idle_w?",
                                                 "cpu_full_w?",
                                                 "memory_idle_w?",
                                                 "memory_full_w?",
                                                 "other_w?",
                                                 "power_source?",
                                                 "source"};
constexpr std::string_view kEmbodiedColumns[] = {
    "id",     "item", "category", "value", "unit", "lifetime_years?", "scope?", "accelerator_id?",
    "source", "note?"};
constexpr std::string_view kMfuColumns[] = {
    "id",       "model",  "params_b?", "accelerator_id?",    "n_devices?",   "precision?",
    "seq_len?", "mfu?",   "hfu?",      "tflops_per_device?", "peak_tflops?", "workload?",
    "basis?",   "source", "note?"};
constexpr std::string_view kEnergySourceColumns[] = {"key",
                                                     "label",
                                                     "technology?",
                                                     "lifecycle_gco2e_per_kwh",
                                                     "lifecycle_low?",
                                                     "lifecycle_high?",
                                                     "direct_gco2e_per_kwh?",
                                                     "direct_source?",
                                                     "year?",
                                                     "source",
                                                     "note?"};

constexpr std::string_view kHostColumns[] = {"kind",       "label",    "devices",  "threads", "cpu_load",
                                             "memory_gib", "packages", "sigma_ln", "source",  "note?"};

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, HostRecord& r) {
    RowCursor cells(table, row);
    r.kind = cells.word(kHostKinds);
    r.label = cells.key();
    r.devices = cells.whole(0, 64);
    r.threads = cells.whole(1, 4'096);
    r.cpu_load = cells.number(0.0, 1.0);
    r.memory_gib = cells.number(1.0, 100'000.0);
    r.packages = cells.whole(1, 64);
    r.sigma_ln = cells.number(0.01, 2.0);
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, AcceleratorRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.vendor = cells.key();
    r.name = cells.key();
    r.aliases = cells.text();
    r.kind = cells.word(kAcceleratorKinds);
    r.segment = cells.text();
    r.form_factor = cells.text();
    r.architecture = cells.text();
    r.board_limit_w = cells.number_or_unknown(1.0, 20'000.0);
    r.limit_basis = cells.text();
    r.typical_w = cells.number_or_unknown(0.5, 20'000.0);
    r.idle_w = cells.number_or_unknown(0.1, 5'000.0);
    r.power_source = cells.text();
    r.devices_per_board = cells.whole_or_unknown(1, 64);
    r.memory_gib = cells.number_or_unknown(0.05, 10'000.0);
    r.tflops_fp32 = cells.number_or_unknown(0.001, 10'000.0);
    r.tflops_fp16 = cells.number_or_unknown(0.001, 50'000.0);
    r.fp16_basis = cells.text();
    r.tflops_fp8 = cells.number_or_unknown(0.001, 100'000.0);
    r.release_year = cells.whole_or_unknown(1995, 2100);
    r.process_nm = cells.whole_or_unknown(1, 500);
    r.die_mm2 = cells.number_or_unknown(1.0, 100'000.0);
    r.proxy_id = cells.text();
    r.mlco2_label = cells.text();
    r.mlco2_w = cells.number_or_unknown(1.0, 20'000.0);
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    if (r.devices_per_board == 0) {
        r.devices_per_board = 1;
    }
    if (r.board_limit_w > 0.0 && (r.typical_w > r.board_limit_w || r.idle_w > r.board_limit_w)) {
        return table_fault(table.file, row.line, "board_limit_w", "below the typical or the idle watts");
    }
    if ((r.typical_w > 0.0 || r.idle_w > 0.0) == r.power_source.empty()) {
        return table_fault(table.file, row.line, "power_source",
                           "typical_w or idle_w and their source belong together");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, InstanceRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.aliases = cells.text();
    r.vcpus = cells.number_or_unknown(0.1, 100'000.0);
    r.memory_gib = cells.number_or_unknown(0.1, 1'000'000.0);
    r.cpu_model = cells.text();
    r.microarchitectures = cells.text();
    r.host_vcpus = cells.number_or_unknown(0.5, 100'000.0);
    r.accelerator_id = cells.text();
    r.accelerator_count = cells.number_or_unknown(0.01, 10'000.0);
    r.cpu_idle_w = cells.number_or_unknown(0.01, 50'000.0);
    r.cpu_full_w = cells.number_or_unknown(0.01, 50'000.0);
    r.memory_idle_w = cells.number_or_unknown(0.001, 50'000.0);
    r.memory_full_w = cells.number_or_unknown(0.001, 50'000.0);
    r.other_w = cells.number_or_unknown(0.01, 50'000.0);
    r.power_source = cells.text();
    r.source = cells.key();
    GRAMME_CHECK(cells.finish());
    if (r.id.find(':') == std::string::npos) {
        return table_fault(table.file, row.line, "id", "\"" + r.id + "\" is not provider:type");
    }
    if (r.accelerator_id.empty() != !(r.accelerator_count > 0.0)) {
        return table_fault(table.file, row.line, "accelerator_count",
                           "an accelerator and its count belong together");
    }
    if ((r.cpu_full_w > 0.0) == r.power_source.empty()) {
        return table_fault(table.file, row.line, "power_source", "watts and their source belong together");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, EmbodiedRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.item = cells.key();
    r.category = cells.key();
    r.value = cells.number(1e-6, 1e6);
    r.unit = cells.word(kUnits);
    r.lifetime_years = cells.number_or_unknown(0.5, 50.0);
    r.scope = cells.text();
    r.accelerator_id = cells.text();
    r.source = cells.key();
    r.note = cells.text();
    return cells.finish();
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, MfuRecord& r) {
    RowCursor cells(table, row);
    r.id = cells.key();
    r.model = cells.key();
    r.params_b = cells.number_or_unknown(1e-4, 1e5);
    r.accelerator_id = cells.text();
    r.n_devices = cells.whole_or_unknown(1, 1'000'000);
    r.precision = cells.text();
    r.seq_len = cells.whole_or_unknown(1, 100'000'000);
    r.mfu = cells.number_or_unknown(0.001, 1.0);
    r.hfu = cells.number_or_unknown(0.001, 1.0);
    r.tflops_per_device = cells.number_or_unknown(0.01, 100'000.0);
    r.peak_tflops = cells.number_or_unknown(0.01, 100'000.0);
    r.workload = cells.text();
    r.basis = cells.text();
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    if (!(r.mfu > 0.0) && !(r.hfu > 0.0)) {
        return table_fault(table.file, row.line, "mfu", "neither mfu nor hfu is given");
    }
    return {};
}

Result<void> read_row(const CsvTable& table, const CsvTable::Row& row, EnergySourceRecord& r) {
    RowCursor cells(table, row);
    r.key = cells.key();
    r.label = cells.key();
    r.technology = cells.text();
    r.lifecycle_gco2e_per_kwh = cells.number(0.1, 2'500.0);
    r.lifecycle_low = cells.number_or_unknown(0.1, 2'500.0);
    r.lifecycle_high = cells.number_or_unknown(0.1, 2'500.0);
    r.direct_gco2e_per_kwh = cells.number_or_unknown(0.0, 2'500.0);
    r.direct_source = cells.text();
    r.year = cells.whole_or_unknown(1990, 2100);
    r.source = cells.key();
    r.note = cells.text();
    GRAMME_CHECK(cells.finish());
    const bool ranged = r.lifecycle_low > 0.0 || r.lifecycle_high > 0.0;
    if (ranged && (r.lifecycle_low > r.lifecycle_gco2e_per_kwh || !(r.lifecycle_low > 0.0) ||
                   r.lifecycle_high < r.lifecycle_gco2e_per_kwh)) {
        return table_fault(table.file, row.line, "lifecycle_low", "the range does not hold the value");
    }
    return {};
}

/// The reader of a record is the read_row() of its type.
constexpr auto kByType = [](const CsvTable& table, const CsvTable::Row& row, auto& record) {
    return read_row(table, row, record);
};

}  // namespace

std::span<const std::string_view> hardware_files() {
    static constexpr std::string_view kFiles[] = {"accelerators.csv",   "instances.csv",
                                                  "embodied.csv",       "mfu.csv",
                                                  "energy_sources.csv", "typical_hosts.csv"};
    return kFiles;
}

Result<void> read_hardware(std::string_view name, std::string_view file, std::string_view text,
                           Records& records) {
    if (name == "accelerators.csv") {
        return read_all(file, text, kAcceleratorColumns, records.accelerators, kByType);
    }
    if (name == "instances.csv") {
        return read_all(file, text, kInstanceColumns, records.instances, kByType);
    }
    if (name == "embodied.csv") {
        return read_all(file, text, kEmbodiedColumns, records.embodied, kByType);
    }
    if (name == "mfu.csv") {
        return read_all(file, text, kMfuColumns, records.mfus, kByType);
    }
    if (name == "typical_hosts.csv") {
        return read_all(file, text, kHostColumns, records.hosts, kByType);
    }
    return read_all(file, text, kEnergySourceColumns, records.energy_sources, kByType);
}

}  // namespace gramme::refdata
