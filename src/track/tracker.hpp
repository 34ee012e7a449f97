// Measures the process it is in, and what that starts, from a thread of its own. docs/adr/0009-library.md.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "present/report.hpp"
#include "track/log_buffer.hpp"

namespace gramme::track {

struct TrackerOptions {
    config::Settings said;            ///< by the caller; goes before variables and files
    bool ask_world = true;            ///< variables and configuration files
    bool may_join = true;             ///< inside a run: be a span of it
    std::optional<std::string> gpus;  ///< as CUDA_VISIBLE_DEVICES
    std::string id;                   ///< of the run, a UUID; empty: a new one
};

/// So far. An unknown is absent, never 0.
struct Totals {
    double duration_s = 0.0;  ///< pauses left out
    bool is_known = true;  ///< false: no device can be read or modelled, and the two sums are unknown, not 0
    double energy_kwh = 0.0;  ///< IT energy of the devices in scope that are known
    std::optional<double> cpu_kwh, gpu_kwh, memory_kwh;
    double operational_kgco2e = 0.0;
    double power_w = 0.0;  ///< over the last turn
    double pue = 1.0;
    double intensity_gco2e_per_kwh = 0.0;
    bool has_gaps = false;
};

/// Thread-safe. After fork() the child may begin and end spans, mark and log, which reaches the run of its
/// parent; anything else is kUnavailable there.
class Tracker {
public:
    /// Starts to measure. kUsage, kMalformed, kNotFound: a setting that makes no sense; what cannot be
    /// measured is a warning of the run.
    static Result<std::unique_ptr<Tracker>> start(const TrackerOptions& options);
    /// Whether it could start: what of settings is wrong is said without measuring anything.
    static Result<void> check(const TrackerOptions& options);
    virtual ~Tracker() = default;

    /// Last readings, then the outputs. Again: nothing.
    virtual Result<void> stop() = 0;
    virtual Result<void> pause() = 0;
    virtual Result<void> resume() = 0;

    [[nodiscard]] virtual Result<Totals> totals() = 0;
    /// Schema gramme/footprint/1.
    [[nodiscard]] virtual Result<std::string> result_json() = 0;
    [[nodiscard]] virtual Result<std::string> summary() = 0;
    /// The row of emissions.csv, without line end: present::emissions_row().
    [[nodiscard]] virtual Result<std::string> emissions_row() = 0;
    /// The text of a model card with the emissions so far or in all in its front matter. kMalformed: no
    /// energy is known, or the front matter cannot be changed without a risk.
    [[nodiscard]] virtual Result<std::string> model_card(std::string_view card,
                                                         std::string_view training_type,
                                                         const present::Beside& beside) = 0;

    /// The id to end it with, > 0. `detail`: a JSON object or empty, as checked_marker() takes it. It lasts
    /// from the end of this call to the beginning of end_span(); energy at both ends is known to 10 ms, of a
    /// GPU as its counter is renewed. Either waits at most 20 ms for a driver.
    virtual Result<std::int64_t> begin_span(std::string_view name, std::string_view detail) = 0;
    /// What was used in between. kNotFound.
    virtual Result<Totals> end_span(std::int64_t id) = 0;
    virtual Result<void> mark(std::string_view name, std::string_view detail) = 0;
    virtual Result<void> log(std::span<const LoggedValue> values) = 0;

    /// Of the surrounding run where this is a span of it.
    [[nodiscard]] virtual const std::string& run_id() const = 0;
    [[nodiscard]] virtual bool is_joined() const = 0;
    /// For GRAMME_RUN_SOCKET of children; "" where there is none.
    [[nodiscard]] virtual const std::string& socket_path() const = 0;
    /// Whether this is a child that was forked off the process that measures.
    [[nodiscard]] virtual bool is_in_fork() const = 0;
    /// Whether the object must not be destroyed: in a forked child, where threads would be waited for that
    /// are not there and files closed that are the parent's; and after the program closed this library's
    /// descriptors, whose numbers may be those of its own files by now.
    [[nodiscard]] virtual bool must_stay() const = 0;
};

}  // namespace gramme::track
