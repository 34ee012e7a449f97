#include "foreign/emissions_ledger.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/parse.hpp"

namespace gramme::foreign {
namespace {

constexpr const char* kMethodPage = "docs/moving-from-codecarbon.md#uncertainty";
constexpr std::int64_t kClockNs = 2'000'000'000;  ///< times are whole seconds, at both ends

/// How one kind of device stands in the file. The sigmas: docs/moving-from-codecarbon.md#uncertainty
struct Kind {
    Column energy;
    const char* id;
    DeviceKind kind;
    Quality quality;
    double sigma;
    const char* group;
};
constexpr std::array kKinds{
    Kind{Column::kCpuEnergy, "cpu", DeviceKind::kCpu, Quality::kAssumed, 0.6, "codecarbon-cpu"},
    Kind{Column::kGpuEnergy, "gpu", DeviceKind::kGpu, Quality::kModelled, 0.1, "codecarbon-gpu"},
    Kind{Column::kRamEnergy, "memory", DeviceKind::kMemory, Quality::kAssumed, 0.6, "codecarbon-memory"}};
constexpr Kind kTotal{Column::kEnergyConsumed, "total", DeviceKind::kPlatform,
                      Quality::kAssumed,       0.6,     "codecarbon-total"};

std::string name_in(const EmissionsRow& row, DeviceKind kind) {
    switch (kind) {
        case DeviceKind::kCpu: return std::string{row.at(Column::kCpuModel)};
        case DeviceKind::kGpu: return std::string{row.at(Column::kGpuModel)};
        case DeviceKind::kMemory: return "";
        case DeviceKind::kPlatform: return "CPU, GPU and memory, not told apart";
    }
    return "";
}

bool has_gpu(const EmissionsRow& row) {
    return number_in(row, Column::kGpuCount).value_or(0.0) > 0.0 ||
           number_in(row, Column::kGpuEnergy).value_or(0.0) > 0.0;
}

void add_device(std::span<const TimedRow> rows, const Kind& kind, double pue, const std::string& method,
                Ledger& out) {
    const auto index = static_cast<std::uint16_t>(out.devices.size());
    Device device;
    device.id = kind.id;
    device.kind = kind.kind;
    device.name = name_in(*rows.back().row, kind.kind);
    device.method = method;
    device.quality = kind.quality;
    device.gain_sigma = kind.sigma;
    device.gain_source = kMethodPage;
    device.group = kind.group;
    out.devices.push_back(std::move(device));
    std::int64_t known_to_ns = 0;
    for (const TimedRow& timed : rows) {
        if (timed.from_ns > known_to_ns + kClockNs) {
            out.gaps.push_back({index, known_to_ns, timed.from_ns, "between tasks: not in the file"});
        }
        known_to_ns = std::max(known_to_ns, timed.to_ns);
        const double kwh = number_in(*timed.row, kind.energy).value_or(0.0);
        if (!(kwh > 0.0)) {
            out.gaps.push_back({index, timed.from_ns, timed.to_ns, "the file has no energy of it"});
            continue;
        }
        Window window;
        window.device = index;
        window.quality = kind.quality;
        window.from_ns = timed.from_ns;
        window.to_ns = timed.to_ns;
        window.energy = KilowattHours{kwh / pue};
        window.job = window.energy;
        window.readings = 1;
        out.windows.push_back(window);
    }
}

}  // namespace

std::optional<double> number_in(const EmissionsRow& row, Column column) {
    const auto value = parse_double(row.at(column));
    return value ? std::optional{*value} : std::nullopt;
}

Ledger ledger_of(std::span<const TimedRow> rows, double pue, const std::string& method) {
    Ledger out;
    if (rows.empty()) {
        return out;
    }
    const bool has_parts = std::any_of(rows.begin(), rows.end(), [](const TimedRow& timed) {
        return std::any_of(kKinds.begin(), kKinds.end(),
                           [&](const Kind& kind) { return !timed.row->at(kind.energy).empty(); });
    });
    if (!has_parts) {
        add_device(rows, kTotal, pue, method, out);
        return out;
    }
    const bool gpu =
        std::any_of(rows.begin(), rows.end(), [](const TimedRow& timed) { return has_gpu(*timed.row); });
    for (const Kind& kind : kKinds) {
        if (kind.kind != DeviceKind::kGpu || gpu) {
            add_device(rows, kind, pue, method, out);
        }
    }
    return out;
}

}  // namespace gramme::foreign
