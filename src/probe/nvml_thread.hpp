// The thread that talks to the NVIDIA driver: loads the library, lists the GPUs, reads them until told to
// stop.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "probe/gpu_selection.hpp"
#include "probe/nvml_api.hpp"
#include "probe/nvml_state.hpp"

namespace gramme::probe {

struct NvmlOptions {
    Scope scope = Scope::kJob;
    Seconds interval{1.0};               ///< of the run; energy counters are read every 1 to 10 s
    std::vector<std::string> libraries;  ///< tried in this order
    GpuVariables variables;
};

/// Over which time the power of nvmlDeviceGetPowerUsage is an average. `architecture` 0: unknown. Source:
/// nvml.h (1 s on Ampere, except GA100, and newer), arXiv 2312.02741 and its data. docs/method/nvml.md
[[nodiscard]] Seconds power_window(unsigned architecture, std::string_view name);

/// Lives in its own thread; every member function but the constructor belongs to that thread.
class NvmlThread {
public:
    /// `host` loads the library outside any lock, because that may hang: it must live as long as the process.
    NvmlThread(std::shared_ptr<NvmlState> state, const Host& host, NvmlOptions options);
    /// Until stop. Never throws.
    void run() noexcept;

private:
    struct Gpu {
        nvml::Handle handle = nullptr;
        bool counter = false;    ///< else power
        bool tells_use = true;   ///< its driver knows a utilisation
        std::string_view gone;   ///< why it will not be asked again; empty while it answers
        std::uint64_t raw = 0;   ///< of the newest counter reading
        std::int64_t moved = 0;  ///< Instant::boot_ns when the counter was last seen to move; 0: not read yet
        bool stuck = false;      ///< it stands still, and power is read in its place

        /// Read at the pace of a counter. One that is gone has nothing new to say, so it says it slowly.
        [[nodiscard]] bool is_slow() const { return !gone.empty() || (counter && !stuck); }
    };

    [[nodiscard]] bool wait_until_awake();
    [[nodiscard]] bool open_library();
    void refuse(int code);
    [[nodiscard]] bool list_gpus();
    void open_gpu(unsigned index);
    void publish(NvmlState::Gpu gpu);
    [[nodiscard]] std::vector<GpuChoice> choose_gpus();
    void look_for_job();
    void report_use();
    void sample_until_stopped();
    /// `pass` 0: periodic; else the number of the final pass that it answers.
    void take(std::size_t index, unsigned pass);
    void read_counter(Gpu& gpu, Reading& reading);
    void judge_rest(Gpu& gpu, Reading& reading);
    void read_power(Gpu& gpu, Reading& reading);
    void read_utilization(Gpu& gpu, Reading& reading);
    void fail(Gpu& gpu, Reading& reading, int code) const;
    void settle(SourceReport report);
    /// True when the probe was destroyed.
    [[nodiscard]] bool stopped();
    /// True when it was, or when finish() waits for a last reading: a round of many slow calls ends early.
    [[nodiscard]] bool called_away();
    /// Waits `ns`, less where asked to stop (true).
    [[nodiscard]] bool stopped_within(std::int64_t ns);
    [[nodiscard]] std::int64_t boot_ns() const;

    std::shared_ptr<NvmlState> state_;
    const Host* loader_;
    NvmlOptions options_;
    std::optional<nvml::Api> api_;
    std::string driver_;
    std::vector<Gpu> gpus_;
    std::vector<GpuIdentity> identities_;
    bool selection_decided_ = false;
    unsigned finals_ = 0;                ///< final passes done or begun
    std::minstd_rand jitter_{20231205};  // fixed: two runs sample at the same instants after their start
};

}  // namespace gramme::probe
