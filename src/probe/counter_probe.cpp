#include "probe/counter_probe.hpp"

#include <utility>

namespace gramme::probe {
namespace {

class CounterProbe final : public Probe {
public:
    CounterProbe(const Host& host, std::vector<OpenCounter> counters, SourceReport report)
        : host_(host), counters_(std::move(counters)), report_(std::move(report)) {}

    [[nodiscard]] std::size_t device_count() const noexcept override { return counters_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override { return counters_.at(index).device; }

    void sample(ReadingBuffer& out) noexcept override {
        std::int64_t before_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < counters_.size(); ++i) {
            Reading reading = read(counters_[i]);
            const std::int64_t after_ns = host_.now().boot_ns;
            reading.device = static_cast<std::uint16_t>(i);
            reading.at_ns = before_ns + (after_ns - before_ns) / 2;
            before_ns = after_ns;
            out.add(reading);
        }
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

private:
    static Reading read(OpenCounter& counter) noexcept {
        if (counter.file == nullptr) {
            Reading reading;
            reading.failure = counter.failure;
            return reading;
        }
        return read_number(*counter.file, ReadingKind::kCounter);
    }

    const Host& host_;
    std::vector<OpenCounter> counters_;
    SourceReport report_;
};

}  // namespace

std::unique_ptr<Probe> make_counter_probe(const Host& host, std::vector<OpenCounter> counters,
                                          SourceReport report) {
    return std::make_unique<CounterProbe>(host, std::move(counters), std::move(report));
}

}  // namespace gramme::probe
