// A job that was not measured: watts, machines around devices, factors, embodied carbon; and what is refused.
#include "estimate/job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "estimate/number_text.hpp"

namespace gramme::estimate {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;

JobRequest job_of(JobGroup::Kind kind, const std::string& name, double amount, double count, double hours) {
    JobRequest asked;
    asked.groups.push_back({kind, name, amount, count});
    asked.hours = hours;
    asked.factors.pue = 1.0;
    asked.factors.intensity_gco2e_per_kwh = 500.0;
    return asked;
}

JobRequest device(const std::string& name, double count, double hours) {
    return job_of(JobGroup::Kind::kDevice, name, 0.0, count, hours);
}

JobEstimate estimated(const JobRequest& asked) {
    auto estimate = estimate_job(asked, {});
    EXPECT_TRUE(estimate) << estimate.error().what;
    return estimate ? *std::move(estimate) : JobEstimate{};
}

Error refused(const JobRequest& asked) {
    const auto estimate = estimate_job(asked, {});
    EXPECT_FALSE(estimate);
    return estimate ? Error{Code::kUsage, "", ""} : estimate.error();
}

const Part* part(const JobEstimate& estimate, std::string_view id) {
    const auto& parts = estimate.footprint.parts;
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.device.id == id; });
    return found == parts.end() ? nullptr : &*found;
}

TEST(Job, GivenPowerTimesHoursIsExact) {
    // 330 W x 10,000 x 355.2 h = 1,172,160 kWh; x 500 g/kWh = 586,080 kg
    const JobEstimate estimate = estimated(job_of(JobGroup::Kind::kPower, "", 330.0, 10'000.0, 355.2));
    EXPECT_NEAR(estimate.footprint.energy_kwh->value, 1'172'160.0, 1e-6);
    EXPECT_NEAR(estimate.footprint.operational_kgco2e->value, 586'080.0, 1e-6);
    EXPECT_EQ(estimate.footprint.energy_kwh->low, estimate.footprint.energy_kwh->high);
    EXPECT_FALSE(estimate.footprint.embodied);
}

TEST(Job, GivenEnergyNeedsNoHours) {
    const JobEstimate estimate = estimated(job_of(JobGroup::Kind::kEnergy, "", 27.0, 2.0, 0.0));
    EXPECT_DOUBLE_EQ(estimate.footprint.energy_kwh->value, 54.0);
}

TEST(Job, ADeviceDrawsAShareOfItsLimitAndTheMachineAroundItIsCounted) {
    const JobEstimate estimate = estimated(device("h100", 8.0, 100.0));
    ASSERT_NE(part(estimate, "gpu0"), nullptr);
    EXPECT_NEAR(part(estimate, "gpu0")->energy_kwh->value, 8 * 0.70 * 700 * 100 / 1000.0, 1e-9);  // 392 kWh
    ASSERT_NE(part(estimate, "cpu0"), nullptr);
    ASSERT_NE(part(estimate, "dram0"), nullptr);
    EXPECT_GT(part(estimate, "cpu0")->energy_kwh->value, 0.0);
    EXPECT_THAT(estimate.assumptions,
                Contains(Field(&Assumption::value, HasSubstr("0.7 of its limit of 700 W"))));
    EXPECT_THAT(estimate.assumptions, Contains(Field(&Assumption::change, HasSubstr("--host"))));
    const Estimate& energy = *estimate.footprint.energy_kwh;
    EXPECT_LE(energy.high / energy.low, 2.5);
}

TEST(Job, HostNoneCountsTheDevicesAlone) {
    JobRequest asked = device("a100-80gb", 1.0, 1'000.0);
    asked.host = "none";
    asked.power_model = PowerModel::kTdp;
    const JobEstimate estimate = estimated(asked);
    EXPECT_DOUBLE_EQ(estimate.footprint.energy_kwh->value, 400.0);  // 400 W x 1,000 h
    EXPECT_EQ(estimate.footprint.parts.size(), 1U);
}

TEST(Job, DevicesOfOneBoardShareItsWatts) {
    JobRequest asked = device("k80", 2.0, 10.0);  // the two of one board of 300 W
    asked.host = "none";
    asked.power_model = PowerModel::kTdp;
    EXPECT_DOUBLE_EQ(estimated(asked).footprint.energy_kwh->value, 3.0);
}

TEST(Job, AMeasuredMeanGoesBeforeAShareOfTheLimit) {
    const auto tpu = refdata::Tables{}.find_accelerator("tpu v4");
    const auto power = device_power(*tpu, PowerModel::kTypical, 1.0);
    ASSERT_TRUE(power);
    EXPECT_DOUBLE_EQ(power->watts.value(), 170.0);
    EXPECT_DOUBLE_EQ(power->sigma, kTypicalSigma);
    EXPECT_EQ(power->source, "google-tpu-docs");
}

TEST(Job, UtilisationGoesDownToThePowerAtRest) {
    const auto tpu = refdata::Tables{}.find_accelerator("tpu v4");  // 170 W busy, 90 W at rest
    EXPECT_DOUBLE_EQ(device_power(*tpu, PowerModel::kTypical, 0.0)->watts.value(), 90.0);
    EXPECT_DOUBLE_EQ(device_power(*tpu, PowerModel::kTypical, 0.5)->watts.value(), 130.0);
}

TEST(Job, AnInstanceCountsAllThatIsInIt) {
    const JobEstimate estimate =
        estimated(job_of(JobGroup::Kind::kInstance, "aws:p4d.24xlarge", 0.0, 2.0, 10.0));
    EXPECT_NEAR(part(estimate, "gpu0")->energy_kwh->value, 2 * 8 * 0.70 * 400 * 10 / 1000.0, 1e-9);
    EXPECT_THAT(part(estimate, "cpu0")->device.name, HasSubstr("192 vCPUs"));
    EXPECT_THAT(part(estimate, "dram0")->device.name, HasSubstr("2304 GiB"));
}

TEST(Job, AHostOfAnInstanceGivesTheShareOfItsDevices) {
    JobRequest asked = device("a100-40gb", 4.0, 10.0);
    asked.host = "p4d.24xlarge";  // eight of them in 96 vCPUs
    EXPECT_THAT(part(estimated(asked), "cpu0")->device.name, HasSubstr("48 vCPUs"));
    asked.host = "m5.large";
    EXPECT_THAT(refused(asked).what, HasSubstr("holds no accelerators"));
}

TEST(Job, EmbodiedIsTheShareOfTheLifetimeAndNeverInTheTotal) {
    JobRequest asked = device("h100", 1.0, 8'760.0);
    asked.host = "none";
    asked.lifetime_years = 4.0;
    const JobEstimate estimate = estimated(asked);
    ASSERT_TRUE(estimate.footprint.embodied);
    EXPECT_NEAR(estimate.footprint.embodied->value.value, 164.0 / 4.0,
                1e-9);  // NVIDIA's figure, one year of four
    asked.embodied = false;
    const JobEstimate without = estimated(asked);
    EXPECT_FALSE(without.footprint.embodied);
    EXPECT_EQ(without.footprint.operational_kgco2e->value, estimate.footprint.operational_kgco2e->value);
}

TEST(Job, AMixIsTheMeanOfItsSources) {
    JobRequest asked = job_of(JobGroup::Kind::kEnergy, "", 1'000.0, 1.0, 0.0);
    asked.factors.intensity_gco2e_per_kwh.reset();
    asked.factors.mix = {{"coal", 0.6}, {"wind", 0.4}};
    EXPECT_NEAR(estimated(asked).footprint.operational_kgco2e->value, 0.6 * 820 + 0.4 * 11, 1e-9);
    asked.factors.basis = "direct";
    EXPECT_NEAR(estimated(asked).footprint.operational_kgco2e->value, 0.6 * 760, 1e-9);
    asked.factors.mix = {{"ocean", 1.0}};  // nobody published its direct emissions: not 0
    EXPECT_THAT(refused(asked).what, HasSubstr("not known"));
}

TEST(Job, ADesktopHasNoDataCentreAroundIt) {
    JobRequest asked = device("rtx 4090", 1.0, 10.0);
    asked.factors.pue.reset();
    EXPECT_DOUBLE_EQ(estimated(asked).footprint.factors.pue.value, 1.0);
    asked = device("a100", 1.0, 10.0);
    asked.factors.pue.reset();
    EXPECT_GT(estimated(asked).footprint.factors.pue.value, 1.0);
}

TEST(Job, AYearTakesTheFigureOfThatYear) {
    JobRequest asked = job_of(JobGroup::Kind::kEnergy, "", 1.0, 1.0, 0.0);
    asked.factors.intensity_gco2e_per_kwh.reset();
    asked.factors.region = "FRA";
    asked.factors.year = 2015;
    EXPECT_EQ(estimated(asked).footprint.factors.intensity.year, 2015);
}

TEST(Job, RefusesWhatMakesNoSense) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(refused({}).code, Code::kUsage);
    EXPECT_THAT(refused(device("h100", 1.0, 0.0)).what, HasSubstr("hours are missing"));
    for (const double bad : {-1.0, kNan, kInfinite, 1e30}) {
        EXPECT_EQ(refused(device("h100", 1.0, bad)).code, Code::kOutOfRange);
        EXPECT_EQ(refused(device("h100", bad, 1.0)).code, Code::kOutOfRange);
        EXPECT_EQ(refused(job_of(JobGroup::Kind::kPower, "", bad, 1.0, 1.0)).code, Code::kOutOfRange);
        EXPECT_EQ(refused(job_of(JobGroup::Kind::kEnergy, "", bad, 1.0, 1.0)).code, Code::kOutOfRange);
    }
    EXPECT_EQ(refused(device("h100", 0.0, 1.0)).code, Code::kOutOfRange);
    EXPECT_EQ(refused(device("no such thing", 1.0, 1.0)).code, Code::kNotFound);
    EXPECT_THAT(refused(device("inferentia2", 1.0, 1.0)).what, HasSubstr("was never published"));
}

TEST(Job, NumbersInSentencesArePlain) {
    EXPECT_EQ(number_text(0.76), "0.76");
    EXPECT_EQ(number_text(12'480.0), "12480");
    EXPECT_EQ(number_text(1e18), "1000000000000000000");
    EXPECT_EQ(number_text(-3.0), "-3");
    EXPECT_EQ(number_text(0.0), "0");
    EXPECT_EQ(number_text(1e7), "10000000");
    EXPECT_EQ(number_text(0.000123456), "0.0001235");
    EXPECT_EQ(number_text(0.0), "0");
    EXPECT_EQ(number_text(532.04), "532");
    EXPECT_EQ(number_text(8.8538e94, 3), "8.85e94");
    EXPECT_EQ(number_text(1e-300), "1e-300");
}

TEST(Job, ANameOfSeveralPartsSaysWhichWasTaken) {
    const auto which = [](const std::string& name) {
        for (const Assumption& one : estimated(device(name, 1.0, 1.0)).assumptions) {
            if (one.what == "which " + name) {
                return one.value;
            }
        }
        return std::string{};
    };
    EXPECT_THAT(which("a100"), HasSubstr("nvidia-a100-sxm4-40gb; others are nvidia-a100-pcie-40gb"));
    EXPECT_THAT(which("a100"), testing::Not(HasSubstr("a1000")));
    EXPECT_EQ(which("nvidia-a100-pcie-40gb"), "");
    EXPECT_EQ(which("NVIDIA A100-SXM4-40GB"), "");
}

TEST(Job, AProcessorIsADeviceToo) {
    // Skylake by the curve of its kind, half busy; 128 GiB of the typical server's 256 for one of its two.
    const JobEstimate one = estimated(device("Xeon Gold 6148", 1.0, 100.0));
    ASSERT_NE(part(one, "cpu0"), nullptr);
    ASSERT_NE(part(one, "dram0"), nullptr);
    EXPECT_EQ(part(one, "gpu0"), nullptr);
    EXPECT_GT(part(one, "cpu0")->energy_kwh->value, 0.3 * 15.0);
    EXPECT_LT(part(one, "cpu0")->energy_kwh->value, 15.0);
    EXPECT_THAT(one.assumptions, Contains(Field(&Assumption::value, HasSubstr("skylake-sp"))));
    EXPECT_TRUE(one.footprint.embodied);

    JobRequest rated = device("Intel Xeon Gold 6148", 2.0, 100.0);
    rated.power_model = PowerModel::kTdp;
    rated.host = "none";
    const JobEstimate tdp = estimated(rated);
    EXPECT_NEAR(tdp.footprint.energy_kwh->value, 2.0 * 150.0 * 100.0 / 1000.0, 1e-9);
    EXPECT_EQ(part(tdp, "dram0"), nullptr);

    JobRequest busy = device("Xeon Gold 6148", 1.0, 100.0);
    busy.utilisation = 1.0;
    EXPECT_GT(estimated(busy).footprint.energy_kwh->value, one.footprint.energy_kwh->value * 1.2);
    const auto width = [](const JobEstimate& estimate) {
        return estimate.footprint.energy_kwh->high / estimate.footprint.energy_kwh->value;
    };
    EXPECT_LT(width(estimated(busy)), width(one));  // the load is no guess any more
}

TEST(Job, ADesktopsProcessorHasADesktopAroundIt) {
    JobRequest asked = device("Ryzen 9 5950X", 1.0, 10.0);
    asked.factors.pue.reset();
    const JobEstimate estimate = estimated(asked);
    EXPECT_EQ(estimate.footprint.factors.pue.value, 1.0);
    EXPECT_THAT(part(estimate, "dram0")->device.name, HasSubstr("32 GiB"));
}

TEST(Job, AProcessorTakesNoMachineOfAccelerators) {
    JobRequest asked = device("EPYC 7742", 1.0, 10.0);
    asked.host = "aws:p4d.24xlarge";
    EXPECT_THAT(refused(asked).what, HasSubstr("AMD EPYC 7742 is a processor"));
    EXPECT_THAT(refused(device("Xeon Gold 9999", 1.0, 10.0)).what, HasSubstr("Xeon Gold 9999"));
}

}  // namespace
}  // namespace gramme::estimate
