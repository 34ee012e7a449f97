// Where, with what and with how many a job is done: what each way costs in carbon, hours and money, and which
// ways no other beats in all of them. Pure. Method: docs/method/plan-where.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/job.hpp"

namespace gramme::plan {

/// What of the throughput is kept when the number of devices doubles and the work stays the same, where
/// nobody says: Llama 3 405B ran at 43 % of the peak of 8,192 H100 and at 41 % of 16,384. Source: Llama 3
/// (2024), table 4 (source id llama3-2024).
inline constexpr double kKeptPerDoubling = 0.95;
/// Relative standard uncertainty of a conversion by peak rates: published trainings reached 19 to 48 % of the
/// peak of their devices (10 to 90 % of 26 runs), ln(48 / 19) / 2.563. Source: docs/method/plan-where.md.
inline constexpr double kPeakSigma = 0.36;

/// How much the hardware of the job, or of a way, does in an hour, in any unit that both share.
struct Throughput {
    double each = 0.0;   ///< of one device or machine, above 0
    double count = 0.0;  ///< above 0
};
/// hours x (each x count) of the job / (each x count) of the way / kept^log2(count of the way / of the job).
[[nodiscard]] double hours_with(double hours, const Throughput& job, const Throughput& way, double kept);

struct Way {
    std::string place;     ///< "aws:eu-north-1"
    std::string hardware;  ///< "h100-sxm5-80gb"; empty: whatever the job has
    double count = 1.0;
    std::string label;    ///< "8 x h100-sxm5-80gb in aws:eu-north-1"
    Footprint footprint;  ///< its kgco2e without the uncertainty of the conversion
    Estimate kgco2e;      ///< operational
    Estimate hours;
    std::optional<double> money;  ///< absent: no prices were given
    double convert_sigma = 0.0;   ///< of hours and energy: 0 where the hardware is the job's
    bool is_now = false;          ///< the place and hardware of the job
    bool from_country = false;    ///< the intensity is that of its country
    bool on_front = false;
    std::size_t beaten_by = 0;  ///< of a way that is not on the front: the first on it that beats it
    bool like_least =
        false;  ///< its carbon differs from the least by less than the intervals of what differs
};

struct LeftOut {
    std::string label;
    std::string why;
    bool typed = false;  ///< named itself, not by a whole table
};

struct Where {
    std::vector<Way> ways;  ///< least carbon first; equal ones by hours, money and label
    std::vector<LeftOut> left_out;
    std::string basis;        ///< of every intensity
    std::string currency;     ///< empty: no prices
    std::size_t fastest = 0;  ///< index into ways
    std::optional<std::size_t> cheapest;
    std::optional<std::size_t> now;
    double kept = kKeptPerDoubling;
    bool counts_differ = false;
    bool by_peak = false;  ///< some hours were converted by peak rates
    std::vector<Assumption> assumptions;
};

/// Sorts the ways and says which are on the front: those that no other equals or beats in carbon, hours and,
/// where there are prices, money, while it beats them in one of these. At least one way; all or none with
/// money. Also fastest, cheapest, now and like_least.
void rank(Where& where);

}  // namespace gramme::plan
