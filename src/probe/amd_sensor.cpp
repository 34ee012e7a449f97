#include "probe/amd_sensor.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "probe/amd_metrics.hpp"
#include "probe/open_source.hpp"
#include "probe/power_probe.hpp"
#include "units/quantity.hpp"

namespace gramme::probe {
namespace {

constexpr std::string_view kStands = "amdgpu: the energy counter stands still";
constexpr std::string_view kUnbelieved = "amdgpu: the energy counter contradicts the power";
constexpr std::string_view kSleeps = "amdgpu: the GPU sleeps, and is not woken";
constexpr std::string_view kNoEnergy = "amdgpu: neither energy nor power is told";
constexpr std::string_view kBadTable = "amdgpu: gpu_metrics has another form than before";

/// The firmware adds up every millisecond or so; docs/method/amd-gpu.md#belief.
constexpr std::int64_t kStuckAfter_ns = 500'000'000;
constexpr double kDrawsPower_w = 1.0;
/// A judgement needs so much time and energy.
constexpr double kJudgeAfter_s = 2.0;
constexpr double kJudgeAfter_j = 20.0;
constexpr double kTenfold = 10.0;
constexpr std::int64_t kLongestStep_ns =
    12'000'000'000;  // over a longer one power says nothing of the energy

class AmdSensor final : public AcceleratorSensor {
public:
    AmdSensor(AmdFiles files, bool counter, std::string id)
        : files_(std::move(files)), counter_(counter), id_(std::move(id)) {}

    [[nodiscard]] Reading read(std::int64_t now_ns) noexcept override {
        if (sleeps()) {
            Reading asleep;
            asleep.failure = kSleeps;
            return asleep;
        }
        if (files_.metrics == nullptr) {
            return read_power_file();
        }
        std::array<char, kAmdMetricsBytes> bytes{};
        const Result<std::size_t> count = files_.metrics->read(bytes);
        if (!count) {
            Reading failed;
            failed.failure = "amdgpu: gpu_metrics cannot be read";
            return failed;
        }
        const auto metrics = parse_amd_metrics(std::span<const char>{bytes.data(), *count});
        Reading reading = counter_ ? read_counter(metrics, now_ns) : read_power(metrics);
        if (metrics && reading.kind != ReadingKind::kFailed) {
            reading.utilization = metrics->utilization;
        }
        return reading;
    }

    [[nodiscard]] std::vector<std::string> warnings() const override {
        if (!disbelieved_) {
            return {};
        }
        return {id_ + ": its energy counter showed " + std::to_string(std::lround(judged_energy_j_)) +
                " J while its power came to " + std::to_string(std::lround(judged_power_j_)) +
                " J: from then on its energy is power x time"};
    }

private:
    [[nodiscard]] bool sleeps() noexcept {
        if (files_.status == nullptr) {
            return false;
        }
        std::array<char, 16> text{};
        const Result<std::size_t> count = files_.status->read(text);
        return count && std::string_view{text.data(), *count}.starts_with("suspended");
    }

    [[nodiscard]] Reading read_power_file() noexcept {
        if (files_.power == nullptr) {
            Reading none;
            none.failure = kNoEnergy;
            return none;
        }
        return read_number(*files_.power, ReadingKind::kPower, kMicrowatt);
    }

    [[nodiscard]] Reading read_power(const std::optional<AmdMetrics>& metrics) noexcept {
        if (!metrics || !metrics->power_w) {
            return read_power_file();
        }
        Reading reading;
        reading.kind = ReadingKind::kPower;
        reading.value = *metrics->power_w;
        return reading;
    }

    [[nodiscard]] Reading read_counter(const std::optional<AmdMetrics>& metrics,
                                       std::int64_t now_ns) noexcept {
        Reading reading;
        if (!metrics || !metrics->energy_counts) {
            reading.failure = metrics ? kNoEnergy : kBadTable;
            return reading;
        }
        const Reading power = read_power(metrics);
        judge(*metrics, power, now_ns);
        if (disbelieved_) {
            reading = power;
            reading.failure = kUnbelieved;
            return reading;
        }
        if (moved_ns_ == 0 || *metrics->energy_counts != counts_) {
            counts_ = *metrics->energy_counts;
            moved_ns_ = now_ns;
        }
        reading.kind = ReadingKind::kCounter;
        reading.raw = *metrics->energy_counts;
        if (now_ns - moved_ns_ > kStuckAfter_ns) {
            const bool draws = power.kind == ReadingKind::kPower && power.value >= kDrawsPower_w;
            if (draws || power.kind != ReadingKind::kPower) {  // a power that is not told is not none
                reading = power;
                reading.failure = kStands;
            }
        }
        return reading;
    }

    /// Energy of the counter against power x time, both since the first reading.
    void judge(const AmdMetrics& metrics, const Reading& power, std::int64_t now_ns) noexcept {
        if (disbelieved_ || power.kind != ReadingKind::kPower) {
            last_ns_ = 0;
            return;
        }
        const std::uint64_t counts = *metrics.energy_counts;
        const bool follows = last_ns_ != 0 && now_ns > last_ns_ && now_ns - last_ns_ <= kLongestStep_ns;
        if (follows && counts > judged_counts_) {  // one that stands still is judged apart, a fall is a reset
            const double elapsed_s = Seconds{Nanoseconds{now_ns - last_ns_}}.count();
            judged_s_ += elapsed_s;
            judged_power_j_ += elapsed_s * (power.value + last_power_w_) / 2.0;
            judged_energy_j_ += static_cast<double>(counts - judged_counts_) * kAmdJoulesPerCount;
            const bool enough = judged_s_ >= kJudgeAfter_s &&
                                (judged_power_j_ >= kJudgeAfter_j || judged_energy_j_ >= kJudgeAfter_j);
            disbelieved_ = enough && (judged_energy_j_ * kTenfold < judged_power_j_ ||
                                      judged_energy_j_ > judged_power_j_ * kTenfold);
        }
        judged_counts_ = counts;
        last_ns_ = now_ns;
        last_power_w_ = power.value;
    }

    AmdFiles files_;
    bool counter_;
    std::string id_;
    std::uint64_t counts_ = 0;
    std::int64_t moved_ns_ = 0;  ///< when the counter was last seen to move; 0: not read yet
    bool disbelieved_ = false;
    std::uint64_t judged_counts_ = 0;
    std::int64_t last_ns_ = 0;  ///< of the last reading with both; 0: none
    double last_power_w_ = 0.0;
    double judged_s_ = 0.0;
    double judged_power_j_ = 0.0;
    double judged_energy_j_ = 0.0;
};

}  // namespace

std::unique_ptr<AcceleratorSensor> make_amd_sensor(AmdFiles files, bool counter, std::string id) {
    return std::make_unique<AmdSensor>(std::move(files), counter, std::move(id));
}

}  // namespace gramme::probe
