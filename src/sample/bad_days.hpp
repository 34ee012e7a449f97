// What happens to the machine while a run lasts: suspends, set clocks, turns that came late, CPUs that came
// or went.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/ledger.hpp"
#include "sample/bad_day_tally.hpp"

namespace gramme::sample {

/// Compares the clocks of one turn with those of the turn before. Sampler thread only. On a turn without news
/// look() opens nothing and allocates nothing. Method: docs/method/ledger.md#bad-days.
class BadDays {
public:
    /// `host` outlives it. `interval_ns`: how often a turn is due; 0: none is ever late.
    BadDays(const Host& host, std::int64_t interval_ns);

    void start(const Instant& now);
    /// `keep` gets a marker for each thing that happened since the last look.
    void look(const Instant& now, const std::function<void(const Marker&)>& keep);

    /// Since start().
    [[nodiscard]] std::int64_t suspended_ns() const noexcept { return tally_.suspended_ns(); }
    /// One sentence for each kind of event that there was.
    [[nodiscard]] std::vector<std::string> warnings() const { return tally_.warnings(); }

private:
    using Keep = std::function<void(const Marker&)>;
    void note(BadDay kind, std::int64_t amount_ns, const Keep& keep);
    void look_at_cpus(const Keep& keep);
    [[nodiscard]] std::string_view read_online() noexcept;

    const Host& host_;
    std::int64_t interval_ns_;
    Instant started_;
    Instant last_;
    std::int64_t at_ns_ = 0;        ///< of this look, since start()
    std::int64_t asleep_ns_ = 0;    ///< boot clock ahead of the monotonic one, when last noted
    std::int64_t cpus_due_ns_ = 0;  ///< when the list of CPUs is next looked at
    std::unique_ptr<OpenFile> online_file_;
    std::array<char, 4'096> buffer_{};  ///< a file of sysfs has one page at most
    std::string online_;                ///< the list as it was
    std::size_t cpus_ = 0;
    BadDayTally tally_;
};

}  // namespace gramme::sample
