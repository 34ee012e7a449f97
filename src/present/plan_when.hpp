// A person's and a program's view of when to run a job. Pure. Schema: docs/schema/plan-when.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/footprint.hpp"
#include "model/intensity_series.hpp"
#include "model/job.hpp"
#include "plan/when.hpp"
#include "present/present.hpp"

namespace gramme::present {

struct WhenView {
    JobRequest job;
    plan::When plan;
    plan::WaitingJob waiting;
    double pause_kwh = 0.0;                  ///< of each resume, beside the time that it loses
    double pause_w = 0.0;                    ///< while it is paused
    Footprint unit;                          ///< of the job without pauses where each kWh emits 1 g
    IntensitySeries forecast;                ///< without its periods
    std::optional<std::int64_t> deadline_s;  ///< absent: none was given
    int offset_minutes = 0;                  ///< of the clock by which deadline or start were given
    std::vector<std::string> notes;
    std::vector<Assumption> assumptions;
};

/// Best start, now and with pauses, each with carbon and saving; then the times, what the intervals hold, the
/// forecast, and a line that starts the job then.
[[nodiscard]] std::string when_text(const WhenView& view, const TextStyle& style);
/// Schema gramme/plan-when/1.
[[nodiscard]] std::string when_json(const WhenView& view);

/// kg CO2e of a schedule, or of a start, whose grams for each kWh these are.
[[nodiscard]] Estimate carbon_of(const WhenView& view, double gco2e_per_kwh);
/// Of `from`, in percent; 0 where nothing is emitted.
[[nodiscard]] double saving_percent(double from, double to);
/// Minutes ahead of UTC at a time: of the forecast's own clock where it is another than UTC, else of that by
/// which deadline or start were given.
[[nodiscard]] int offset_at(const WhenView& view, std::int64_t at_s);
/// "echo 'gramme run -- COMMAND' | TZ=UTC at -t 202611270200"; empty where the best start is at once.
[[nodiscard]] std::string start_command(const WhenView& view);

}  // namespace gramme::present
