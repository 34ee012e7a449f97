// The thread that talks to the NVIDIA driver: loads the library, lists the GPUs, reads them until told to
// stop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "probe/gpu_maker.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/gpu_selection.hpp"
#include "probe/gpu_sharing.hpp"
#include "probe/nvml_api.hpp"
#include "probe/nvml_check.hpp"
#include "probe/nvml_state.hpp"
#include "refdata/tables.hpp"

namespace gramme::probe {

struct NvmlOptions {
    Scope scope = Scope::kJob;
    Seconds interval{1.0};               ///< of the run; energy counters are read every 1 to 10 s
    std::vector<std::string> libraries;  ///< tried in this order
    GpuVariables variables;
    refdata::Tables tables;
    bool idle_in_curve = false;  ///< the idle power of a modelled GPU is counted elsewhere
    bool cpu_counted =
        false;  ///< another source counts the CPU: a power that holds it is not counted beside it
    const GpuMaker* maker = &kNvidia;
    /// In the place of `variables`, for another maker: what its own say of so many devices.
    std::function<GpuSelection(std::size_t count)> select{};
};

/// What is known of who shares one GPU, and its readings that wait for their time's use.
struct GpuWatch {
    GpuSharing use;
    std::vector<Reading> held;
    bool listed = false;      ///< its processes were looked at
    bool holding = true;      ///< another party is there, or may be
    bool impossible = false;  ///< the driver does not tell what each process uses
    std::int64_t list_due = 0;
    std::int64_t use_due = 0;
    std::uint64_t use_seen_us = 0;  ///< of the newest sample of use
};

/// Over which time the power of nvmlDeviceGetPowerUsage is an average. `architecture` 0: unknown. Source:
/// nvml.h (1 s on Ampere, except GA100, and newer), arXiv 2312.02741 and its data. docs/method/nvml.md
[[nodiscard]] Seconds power_window(unsigned architecture, std::string_view name);
/// The same of the field NVML_FI_DEV_POWER_INSTANT.
[[nodiscard]] Seconds instant_window(unsigned architecture, std::string_view name);
/// The one that misses less: the average of a second where there is one and the instant sees a part of the
/// time only.
[[nodiscard]] nvml::PowerField better_field(unsigned architecture, std::string_view name);

/// A driver that took a while to answer is left alone for so many times as long: a hundredth of the time.
inline constexpr std::int64_t kRestPerWork = 100;

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
        bool counter = false;   ///< else power
        bool tells_use = true;  ///< its driver knows a utilisation
        bool fields = false;    ///< power is asked for as a field, of `scope`
        nvml::PowerScope scope = nvml::kGpuScope;
        nvml::PowerField field = nvml::PowerField::kInstant;
        CounterCheck check{};    ///< of its counter against its power, at the start
        std::string_view gone;   ///< why it will not be asked again; empty while it answers
        std::uint64_t raw = 0;   ///< of the newest counter reading
        std::int64_t moved = 0;  ///< Instant::boot_ns when the counter was last seen to move; 0: not read yet
        bool stuck = false;      ///< it stands still, and power is read in its place

        bool modelled = false;  ///< the library cannot be used
        bool read_before = false;

        /// Read at the pace of a counter. One that is gone has nothing new to say, so it says it slowly.
        [[nodiscard]] bool is_slow() const { return !gone.empty() || modelled || (counter && !stuck); }
        /// Its power is asked for beside its counter.
        [[nodiscard]] bool is_checked() const {
            return is_slow() && gone.empty() && counter && !check.is_over();
        }
    };

    [[nodiscard]] bool wait_until_awake();
    [[nodiscard]] bool open_library();
    void refuse(int code);
    [[nodiscard]] bool list_gpus();
    // Where the library cannot be used: nvml_model.cpp
    void model_gpus(SourceReport& report);
    void publish_models(SourceReport& report);
    void model_gpu(const std::string& id, const PresentGpu& present, const std::string& reason);
    void read_model(Gpu& gpu, Reading& reading) const;
    void open_gpu(unsigned index);
    void choose_power(Gpu& gpu, unsigned architecture, const nvml::Answer<unsigned>& limit,
                      NvmlState::Gpu& shown);
    [[nodiscard]] nvml::Answer<unsigned> power_mw(const Gpu& gpu) const;
    // The counter against the power: nvml_check.cpp
    void note_power(std::size_t index);
    void judge_counter(std::size_t index, const CounterCheck::Verdict& verdict);
    void publish(NvmlState::Gpu gpu);
    [[nodiscard]] std::vector<GpuChoice> choose_gpus();
    void look_for_job();
    void find_job(std::size_t index, const nvml::Answer<std::vector<unsigned>>& pids);
    // Who shares a GPU: nvml_sharing.cpp
    void begin_watches();
    [[nodiscard]] GpuWatch* watch_of(std::size_t index);
    [[nodiscard]] std::int64_t share_due() const;
    void share_out_due();
    [[nodiscard]] Membership membership_of(std::size_t index) const;
    void note_processes(std::size_t index, const nvml::Answer<std::vector<unsigned>>& pids);
    [[nodiscard]] Party party_of(unsigned pid) const;
    [[nodiscard]] bool is_mps_server(unsigned pid) const;
    void give(std::size_t index, const Reading& reading, unsigned pass);
    void share_out(std::size_t index, bool last);
    void share_by_use(std::size_t index, const std::vector<ProcessUse>& uses, bool lost_one);
    void share_out_last();
    void release(GpuWatch& watch);
    void say_sharing(std::size_t index, std::string text);
    void warn(std::size_t index, const std::string& text);
    void report_use();
    void sample_until_stopped();
    void take_fresh();
    /// `pass` 0: periodic; else the number of the final pass that it answers.
    void take(std::size_t index, unsigned pass);
    void read_counter(std::size_t index, Reading& reading);
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
    std::int64_t begun_ns_ = 0;  ///< Instant::boot_ns at the start of the thread
    std::vector<Gpu> gpus_;
    std::vector<GpuIdentity> identities_;
    std::vector<GpuWatch> watches_;  ///< by GPU; empty where none can be shared
    bool host_processes_ = false;    ///< a process that is seen and not the job's is another's
    bool selection_decided_ = false;
    unsigned finals_ = 0;                ///< final passes done or begun
    unsigned fresh_ = 0;                 ///< passes between the periods, done or begun
    std::int64_t fresh_due_ = 0;         ///< before this no other of them reads anything
    std::minstd_rand jitter_{20231205};  // fixed: two runs sample at the same instants after their start
};

}  // namespace gramme::probe
