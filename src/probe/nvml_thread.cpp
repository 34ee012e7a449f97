#include "probe/nvml_thread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "probe/gpu_presence.hpp"

namespace gramme::probe {
namespace {

using nvml::kSuccess;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSleepLook = kSecond;
constexpr std::int64_t kPowerPeriod =
    100 * kMillisecond; // the period at which most sensors renew their value
/// A job that starts its GPUs is seen soon, a long one costs the driver one
/// list per GPU and 10 s.
constexpr std::array kJobLooks{
    200 * kMillisecond, 500 * kMillisecond, kSecond,
    2 * kSecond,        4 * kSecond,        8 * kSecond};
constexpr std::int64_t kJobLookPeriod = 10 * kSecond;
/// Counters are renewed every 10 to 100 ms; one that rests longer while the GPU
/// draws power is stuck, and its zero is not an energy.
constexpr std::int64_t kStuckAfter = 500 * kMillisecond;
constexpr unsigned kDrawsPowerMw = 1000;
constexpr double kMostLimitW = 10'000.0; // a limit above is not one
constexpr unsigned kMostGpus = 64;
constexpr std::size_t kSlotsPerGpu = 128; // 10 s of power readings, with room
constexpr std::string_view kStuck = "NVML: the energy counter stands still";
constexpr double kGainSigma = 0.045; // docs/method/nvml.md

/// Half as much again as the enforced limit, above which a reading is
/// implausible.
Watts ceiling(const nvml::Answer<unsigned> &limit_mw) {
  const Watts limit = Milliwatts{static_cast<double>(limit_mw.value)};
  const bool known =
      limit_mw.ok() && limit > Watts{0.0} && limit < Watts{kMostLimitW};
  return known ? limit * 1.5 : Watts{2000.0};
}

/// Errors that mean "this GPU has no such sensor" rather than "it failed now".
bool has_none(int code) {
  return code == nvml::kNotSupported || code == nvml::kFunctionNotFound;
}

bool is_ga100(std::string_view name) {
  constexpr std::array kBoards{"A100", "A800", "A30"};
  return std::any_of(
      kBoards.begin(), kBoards.end(), [&](std::string_view board) {
        const std::size_t at = name.find(board);
        if (at == std::string_view::npos || (at > 0 && name[at - 1] != ' ')) {
          return false; // "RTX A3000" and "GRID RTXA100" are none
        }
        const std::size_t end = at + board.size();
        return end == name.size() || name[end] < '0' || name[end] > '9';
      });
}

} // namespace

Seconds power_window(unsigned architecture, std::string_view name) {
  if (architecture < nvml::kPascal) {
    return Seconds{0.0}; // unknown; Kepler and Maxwell: an exponential average
                         // of about the sampling period
  }
  if (architecture <= nvml::kVolta) {
    return Seconds{0.010};
  }
  if (architecture == nvml::kTuring) {
    return Seconds{0.100};
  }
  return architecture == nvml::kAmpere && is_ga100(name) ? Seconds{0.025}
                                                         : Seconds{1.0};
}

NvmlThread::NvmlThread(std::shared_ptr<NvmlState> state, const Host &host,
                       NvmlOptions options)
    : state_(std::move(state)), loader_(&host), options_(std::move(options)) {}

void NvmlThread::run() noexcept {
  try {
    if (wait_until_awake() && open_library()) {
      if (list_gpus()) {
        sample_until_stopped();
      }
      api_->shutdown();
    }
  } catch (const std::exception &error) { // no memory: the run goes on without
                                          // its GPUs, and says so
    settle({"nvml", SourceState::kRefused, error.what(), {}, {}});
  }
  const std::lock_guard lock(state_->mutex);
  state_->ended = true;
  state_->to_caller.notify_all();
}

bool NvmlThread::wait_until_awake() {
  std::vector<std::string> paths;
  bool asleep = false;
  const auto look = [&](const Host &host) {
    asleep = all_suspended(host, paths);
  };
  if (!state_->world.with_host(
          [&](const Host &host) { paths = nvidia_gpu_paths(host); }) ||
      !state_->world.with_host(look)) {
    return false;
  }
  if (asleep) {
    settle({"nvml",
            SourceState::kAvailable,
            "every NVIDIA GPU is suspended; asking its driver would wake it. "
            "It is measured as soon as it wakes",
            {},
            {}});
  }
  while (asleep) {
    if (stopped_within(kSleepLook) || !state_->world.with_host(look)) {
      return false;
    }
  }
  return !stopped();
}

bool NvmlThread::open_library() {
  std::string words;
  for (const auto &name : options_.libraries) {
    auto library = loader_->load(name);
    if (stopped()) {
      return false;
    }
    if (!library) {
      words += (words.empty() ? "" : "; ") + library.error().what;
      continue;
    }
    auto api = nvml::Api::bind(*std::move(library));
    if (!api) {
      words += (words.empty() ? "" : "; ") + api.error().what;
      continue;
    }
    api_.emplace(*std::move(api));
    const int code = api_->init();
    if (code != kSuccess) {
      refuse(code);
      return false;
    }
    return true;
  }
  settle({"nvml",
          SourceState::kRefused,
          "no NVIDIA management library: " + words,
          {"apt install libnvidia-ml1",
           "in a container: run it with `--gpus all` and "
           "NVIDIA_DRIVER_CAPABILITIES=compute,utility"},
          {}});
  return false;
}

void NvmlThread::refuse(int code) {
  SourceReport report{"nvml",
                      SourceState::kRefused,
                      std::string(api_->failure_text(code)),
                      {},
                      {}};
  bool has_device = true;
  static_cast<void>(state_->world.with_host(
      [&](const Host &host) { has_device = host.exists("/dev/nvidiactl"); }));
  if (code == nvml::kLibraryMismatch) {
    report.remedies = {
        "reboot or reload the driver so that library and kernel module match"};
  } else if (code == nvml::kNotFound) {
    report.state = SourceState::kAbsent;
    report.why = "the driver shows no GPU";
  } else if (!has_device) {
    report.why += "; there is no /dev/nvidiactl";
    report.remedies = {"in a container: run it with `--gpus all` (docker, "
                       "podman) or `--nv` (apptainer)",
                       "on the machine itself: modprobe nvidia"};
  } else if (code == nvml::kNoPermission || code == nvml::kOperatingSystem) {
    report.remedies = {"ls -l /dev/nvidia*  # then join the group that may "
                       "open them, or ask for a GPU"};
  } else if (code == nvml::kDriverNotLoaded) {
    report.remedies = {"modprobe nvidia"};
  }
  settle(std::move(report));
}

bool NvmlThread::list_gpus() {
  if (auto version = api_->driver_version(); version.ok()) {
    driver_ = std::move(version.value);
  }
  const auto count = api_->count();
  if (!count.ok() || count.value == 0) {
    refuse(count.ok() ? static_cast<int>(nvml::kNotFound) : count.code);
    return false;
  }
  const unsigned number = std::min(count.value, kMostGpus);
  {
    const std::lock_guard lock(state_->mutex);
    state_->ring.resize(number * kSlotsPerGpu);
  }
  identities_.resize(number);
  for (unsigned i = 0; i < number; ++i) {
    if (stopped()) {
      return false;
    }
    open_gpu(i);
    choose_gpus(); // a later GPU whose driver hangs must not hold back what is
                   // known of this one
  }
  report_use();
  return true;
}

void NvmlThread::open_gpu(unsigned index) {
  Gpu gpu;
  NvmlState::Gpu shown;
  Device &device = shown.probed.device;
  meter::MeterSpec &meter = shown.probed.meter;
  device.id = "gpu" + std::to_string(index);
  device.kind = DeviceKind::kGpu;
  device.name = "NVIDIA GPU";
  device.membership = Membership::kUnknown;
  device.gain_sigma = kGainSigma;
  device.gain_source = "docs/method/nvml.md";
  meter.whole = true;

  nvml::Answer<std::uint64_t> energy;
  nvml::Answer<unsigned> limit;
  unsigned architecture = 0;
  const auto handle = api_->handle(index);
  if (handle.ok()) {
    gpu.handle = handle.value;
    if (auto name = api_->name(gpu.handle); name.ok()) {
      device.name = std::move(name.value);
    }
    if (auto uuid = api_->uuid(gpu.handle); uuid.ok()) {
      identities_[index].uuid = std::move(uuid.value);
    }
    if (options_.variables.cuda_visible_devices.value_or("").find("MIG-") !=
        std::string::npos) {
      identities_[index].mig_uuids = api_->mig_uuids(gpu.handle);
    }
    architecture = api_->architecture(gpu.handle).value;
    limit = api_->power_limit_mw(gpu.handle);
    energy = api_->energy_mj(gpu.handle);
  } else {
    energy.code = handle.code;
    gpu.gone = api_->failure_text(handle.code);
  }
  identities_[index].name = device.name;
  device.group = "nvml:" + device.name;
  gpu.counter = !has_none(energy.code);
  if (gpu.counter) {
    device.method = "nvml-energy-counter";
    device.quality = Quality::kMeasured;
    meter.energy = meter::CounterSpec{Millijoules{1.0}, 0, 1, ceiling(limit)};
  } else {
    device.method = "nvml-power-integrated";
    device.quality = Quality::kIntegrated;
    meter.energy = meter::PowerSpec{power_window(architecture, device.name),
                                    ceiling(limit), Seconds{3.0}};
  }
  gpus_.push_back(gpu);
  {
    const std::lock_guard lock(state_->mutex);
    state_->gpus.push_back(std::move(shown));
  }
  take(index, 0);
}

void NvmlThread::choose_gpus() {
  GpuSelection selection;
  if (options_.scope == Scope::kMachine) {
    selection = {std::vector<GpuChoice>(identities_.size(),
                                        {Membership::kIn, "the whole machine"}),
                 true};
  } else {
    selection = select_gpus(options_.variables, identities_);
  }
  selection_decided_ = selection.decided;
  const std::lock_guard lock(state_->mutex);
  for (std::size_t i = 0; i < state_->gpus.size(); ++i) {
    state_->gpus[i].probed.device.membership = selection.choices[i].membership;
    state_->gpus[i].probed.device.membership_reason =
        std::move(selection.choices[i].reason);
  }
}

void NvmlThread::look_for_job() {
  for (std::size_t i = 0; i < gpus_.size() && !stopped(); ++i) {
    {
      const std::lock_guard lock(state_->mutex);
      if (state_->gpus[i].probed.device.membership == Membership::kIn) {
        continue;
      }
    }
    if (!gpus_[i].gone.empty()) {
      continue;
    }
    const auto pids = api_->compute_pids(gpus_[i].handle);
    const bool seen =
        pids.ok() &&
        std::any_of(pids.value.begin(), pids.value.end(), [&](unsigned pid) {
          return pid != 0 && state_->world.is_of_job(static_cast<int>(pid));
        });
    if (seen) {
      const std::lock_guard lock(state_->mutex);
      Device &device = state_->gpus[i].probed.device;
      device.membership = Membership::kIn;
      device.membership_reason = "the job ran on it";
    }
  }
}

void NvmlThread::report_use() {
  std::size_t counters = 0;
  std::string failed;
  for (std::size_t i = 0; i < gpus_.size(); ++i) {
    counters += gpus_[i].counter ? 1 : 0;
    if (!gpus_[i].gone.empty()) {
      failed += "; gpu" + std::to_string(i) + ": " + std::string(gpus_[i].gone);
    }
  }
  const std::size_t integrated = gpus_.size() - counters;
  std::string why = driver_.empty() ? "" : "driver " + driver_ + ": ";
  why += counters > 0 ? std::to_string(counters) + " by energy counter" : "";
  why += counters > 0 && integrated > 0 ? ", " : "";
  why += integrated > 0 ? std::to_string(integrated) + " by power, integrated"
                        : "";
  settle({"nvml", SourceState::kUsed, why + failed, {}, {}});
}

void NvmlThread::sample_until_stopped() {
  const std::int64_t counter_period =
      std::clamp(static_cast<std::int64_t>(options_.interval.count() *
                                           static_cast<double>(kSecond)),
                 kSecond, 10 * kSecond);
  const auto power_period = [&] { // 80 to 120 ms: a training step of 100 ms
                                  // must not always be seen at one phase
    return kPowerPeriod * (80 + static_cast<std::int64_t>(jitter_() % 41)) /
           100;
  };
  const bool any_power = std::any_of(
      gpus_.begin(), gpus_.end(), [](const Gpu &gpu) { return !gpu.counter; });
  const std::int64_t start = boot_ns();
  std::int64_t counters_due = start + counter_period;
  std::int64_t power_due = any_power ? start + power_period() : kNever;
  std::size_t looks = 0;
  std::int64_t look_due = !selection_decided_ && state_->world.has_job()
                              ? start + kJobLooks[0]
                              : kNever;
  unsigned finals = 0;

  while (true) {
    const std::int64_t wait = std::max<std::int64_t>(
        std::min({counters_due, power_due, look_due}) - boot_ns(), 0);
    unsigned wanted = 0;
    {
      std::unique_lock lock(state_->mutex);
      state_->to_thread.wait_for(
          lock, std::chrono::nanoseconds(std::min(wait, 10 * kSecond)),
          [&] { return state_->stop || state_->final_wanted != finals; });
      if (state_->stop) {
        return;
      }
      wanted = state_->final_wanted;
    }
    if (wanted != finals) {
      finals = wanted;
      for (std::size_t i = 0; i < gpus_.size(); ++i) {
        take(i, finals);
      }
      const std::lock_guard lock(state_->mutex);
      state_->final_done = finals;
      state_->to_caller.notify_all();
      counters_due = power_due = look_due =
          kNever; // the run is over: ask the driver for nothing more
      continue;
    }
    const std::int64_t now = boot_ns();
    const bool counters = now >= counters_due;
    const bool power = now >= power_due;
    for (std::size_t i = 0; i < gpus_.size() && !stopped(); ++i) {
      // one that is gone has nothing new to say, so it says it at the slower
      // pace
      if (gpus_[i].counter || !gpus_[i].gone.empty() ? counters : power) {
        take(i, 0);
      }
    }
    // from now on, not from when it was due: after a driver's pause there is
    // nothing to catch up with
    counters_due = counters ? boot_ns() + counter_period : counters_due;
    power_due = power ? boot_ns() + power_period() : power_due;
    if (now >= look_due) {
      look_for_job();
      const std::int64_t after = boot_ns();
      ++looks;
      look_due = looks < kJobLooks.size()
                     ? std::max(start + kJobLooks[looks], after)
                     : after + kJobLookPeriod;
    }
  }
}

void NvmlThread::take(std::size_t index, unsigned pass) {
  Gpu &gpu = gpus_[index];
  Reading reading;
  reading.device = static_cast<std::uint16_t>(index);
  if (!gpu.gone.empty()) {
    reading.at_ns = boot_ns();
    reading.failure = gpu.gone;
  } else if (gpu.counter) {
    read_counter(gpu, reading);
  } else {
    read_power(gpu, reading);
  }
  const std::lock_guard lock(state_->mutex);
  state_->ring.push(reading);
  if (pass != 0) {
    state_->gpus[index].final_pass = pass;
  }
}

void NvmlThread::read_counter(Gpu &gpu, Reading &reading) {
  const std::int64_t before = boot_ns();
  const auto energy = api_->energy_mj(gpu.handle);
  reading.at_ns = before + (boot_ns() - before) / 2;
  if (!energy.ok()) {
    fail(gpu, reading, energy.code);
    return;
  }
  if (gpu.moved == 0 || energy.value != gpu.raw) {
    gpu.raw = energy.value;
    gpu.moved = reading.at_ns;
  } else if (reading.at_ns - gpu.moved > kStuckAfter) {
    if (const auto power = api_->power_mw(gpu.handle);
        power.ok() && power.value >= kDrawsPowerMw) {
      reading.failure = kStuck;
      return;
    }
  }
  reading.kind = ReadingKind::kCounter;
  reading.raw = energy.value;
}

void NvmlThread::read_power(Gpu &gpu, Reading &reading) {
  const std::int64_t before = boot_ns();
  const auto power = api_->power_mw(gpu.handle);
  reading.at_ns = before + (boot_ns() - before) / 2;
  if (!power.ok()) {
    fail(gpu, reading, power.code);
    return;
  }
  reading.kind = ReadingKind::kPower;
  reading.value = Watts{Milliwatts{static_cast<double>(power.value)}}.value();
}

void NvmlThread::fail(Gpu &gpu, Reading &reading, int code) const {
  reading.kind = ReadingKind::kFailed;
  reading.failure = api_->failure_text(code);
  if (code == nvml::kGpuIsLost || code == nvml::kResetRequired) {
    gpu.gone = reading.failure;
  }
}

void NvmlThread::settle(SourceReport report) {
  const std::lock_guard lock(state_->mutex);
  state_->report = std::move(report);
  state_->settled = true;
  state_->to_caller.notify_all();
}

bool NvmlThread::stopped() {
  const std::lock_guard lock(state_->mutex);
  return state_->stop;
}

bool NvmlThread::stopped_within(std::int64_t ns) {
  std::unique_lock lock(state_->mutex);
  return state_->to_thread.wait_for(lock, std::chrono::nanoseconds(ns),
                                    [&] { return state_->stop; });
}

std::int64_t NvmlThread::boot_ns() const {
  const auto now = state_->world.now();
  return now ? now->boot_ns
             : 0; // 0 once the probe is gone: its readings go nowhere
}

} // namespace gramme::probe
