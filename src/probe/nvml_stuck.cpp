// The part of the NVML thread that sees an energy counter stand still, and puts power in its place.
#include "probe/nvml_thread.hpp"

namespace gramme::probe {
namespace {

/// Counters are renewed every 10 to 100 ms; one that rests longer while the GPU draws power is stuck, and its
/// zero is not an energy. docs/method/nvml.md#stuck
constexpr std::int64_t kStuckAfter = 500'000'000;
constexpr unsigned kDrawsPowerMw = 1000;

}  // namespace

/// `reading` is that of a counter, and `gpu` knows when it last moved. One that rests for too long becomes a
/// reading of power, or a failed one where there is none to be had: whether a GPU that cannot say so draws
/// power is not known, and an unknown energy is not zero.
void NvmlThread::judge_rest(Gpu& gpu, Reading& reading) {
    if (reading.at_ns - gpu.moved <= kStuckAfter) {
        return;
    }
    const auto power = power_mw(gpu);
    gpu.stuck = power.ok() && power.value >= kDrawsPowerMw;
    if (power.ok() && !gpu.stuck) {
        return;  // next to nothing is drawn: the counter may rest
    }
    reading.kind = gpu.stuck ? ReadingKind::kPower : ReadingKind::kFailed;
    reading.value = gpu.stuck ? Watts{Milliwatts{static_cast<double>(power.value)}}.value() : 0.0;
    reading.failure = options_.maker->stuck;
}

}  // namespace gramme::probe
