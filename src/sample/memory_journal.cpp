#include "sample/memory_journal.hpp"

#include <algorithm>

namespace gramme::sample {
namespace {

constexpr std::int64_t kWindowNs =
    300'000'000'000;  // 5 minutes since the start: enough for a run that is shown once

}  // namespace

Result<void> MemoryJournal::declare(std::uint16_t index, const Device& device) {
    if (ledger_.devices.size() <= index) {
        ledger_.devices.resize(index + 1U);
    }
    ledger_.devices[index] = device;
    return {};
}

void MemoryJournal::add(const Window& window) noexcept {
    for (auto last = ledger_.windows.rbegin(); last != ledger_.windows.rend(); ++last) {
        if (last->device == window.device) {
            if (last->to_ns == window.from_ns && last->from_ns / kWindowNs == window.from_ns / kWindowNs) {
                last->to_ns = window.to_ns;
                last->energy += window.energy;
                last->job += window.job;
                last->unassigned += window.unassigned;
                last->job_cpu_s += window.job_cpu_s;
                last->busy_cpu_s += window.busy_cpu_s;
                last->readings += window.readings;
                last->use += window.use;
                last->quality = std::max(last->quality, window.quality);  // the weakest part decides
                return;
            }
            break;
        }
    }
    ledger_.windows.push_back(window);
}

void MemoryJournal::add_gap(std::uint16_t device, std::int64_t from_ns, std::int64_t to_ns,
                            std::string_view reason) noexcept {
    for (auto last = ledger_.gaps.rbegin(); last != ledger_.gaps.rend(); ++last) {
        if (last->device == device) {
            if (last->to_ns == from_ns && last->reason == reason) {
                last->to_ns = to_ns;
                return;
            }
            break;
        }
    }
    ledger_.gaps.push_back({device, from_ns, to_ns, std::string{reason}});
}

Result<void> MemoryJournal::add_marker(const Marker& marker) {
    ledger_.markers.push_back(marker);
    return {};
}

Result<Ledger> MemoryJournal::ledger() const {
    Ledger sorted = ledger_;
    std::stable_sort(sorted.windows.begin(), sorted.windows.end(), [](const Window& a, const Window& b) {
        return a.device != b.device ? a.device < b.device : a.from_ns < b.from_ns;
    });
    return sorted;
}

}  // namespace gramme::sample
