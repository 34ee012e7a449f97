#include "cli/doctor_ledger.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace gramme::cli {
namespace {

/// A probe of one device that is never read.
class OneDevice final : public probe::Probe {
public:
    OneDevice(std::string id, meter::EnergySpec energy, Membership membership) : membership_(membership) {
        device_.device.id = std::move(id);
        device_.meter.energy = energy;
    }
    [[nodiscard]] std::size_t device_count() const noexcept override { return 1; }
    [[nodiscard]] probe::ProbedDevice device(std::size_t) const override { return device_; }
    void sample(ReadingBuffer&) noexcept override {}
    void finish(ReadingBuffer&, Seconds) noexcept override {}
    [[nodiscard]] Membership membership(std::size_t) const noexcept override { return membership_; }
    [[nodiscard]] std::string membership_reason(std::size_t) const override { return ""; }
    [[nodiscard]] SourceReport report() const override { return {}; }

private:
    probe::ProbedDevice device_;
    Membership membership_;
};

TEST(TypicalPower, IsTheMiddleOfALoadModelAndAThirdOfWhatASensorCanShow) {
    meter::MeterSpec model;
    model.energy = meter::LoadModel{Watts{40}, Watts{160}, {}, 8};
    EXPECT_DOUBLE_EQ(typical_power(model).value(), 100.0);
    meter::MeterSpec counter;
    counter.energy = meter::CounterSpec{Microjoules{1}, 0, 1, Watts{300}};
    EXPECT_DOUBLE_EQ(typical_power(counter).value(), 100.0);
    counter.idle_power = Watts{120};
    EXPECT_DOUBLE_EQ(typical_power(counter).value(), 120.0);
}

TEST(TypicalLedger, HasOneHourPerDeviceAndLeavesOutWhatIsHidden) {
    probe::Discovery found;
    const meter::CounterSpec counter{Microjoules{1}, 0, 1, Watts{300}};
    found.probes.push_back(std::make_unique<OneDevice>("cpu0", counter, Membership::kIn));
    found.probes.push_back(std::make_unique<OneDevice>("gpu0", counter, Membership::kUnknown));
    found.probes.push_back(std::make_unique<OneDevice>("gpu1", counter, Membership::kOut));
    const Ledger ledger = typical_ledger(found);
    ASSERT_EQ(ledger.windows.size(), 3U);
    EXPECT_DOUBLE_EQ(ledger.windows[1].energy.value(), 360'000.0);  // 100 W for 3600 s
    EXPECT_DOUBLE_EQ(ledger.windows[1].job.value(), 360'000.0);
    EXPECT_EQ(ledger.windows[1].device, 1);
    EXPECT_EQ(ledger.devices[1].membership, Membership::kIn);
    EXPECT_EQ(ledger.devices[2].membership, Membership::kOut);
}

}  // namespace
}  // namespace gramme::cli
