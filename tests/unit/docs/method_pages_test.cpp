// docs/method: the numbers of each worked example are read from its page and worked out again, so that page
// and code cannot drift apart; every test that a page names is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "estimate/compare.hpp"
#include "estimate/equivalences.hpp"
#include "estimate/estimate.hpp"
#include "estimate/job.hpp"
#include "estimate/lognormal.hpp"
#include "estimate/own_energy.hpp"
#include "estimate/remainder.hpp"
#include "meter/counter.hpp"
#include "meter/device_meter.hpp"
#include "meter/gpu_model.hpp"
#include "meter/wall_curve.hpp"
#include "page_numbers.hpp"
#include "present/numbers.hpp"

namespace gramme {
namespace {

/// `computed` is what the page shows, to the digits that it shows.
void expect_shown(double computed, double shown) {
    const std::string text = present::significant(std::abs(shown), 15);
    const std::size_t point = text.find('.');
    const double place =
        point == std::string::npos ? 1.0 : std::pow(10.0, -static_cast<double>(text.size() - point - 1));
    EXPECT_NEAR(computed, shown, 0.5 * place * 1.000001) << "the page shows " << shown;
}

const std::string kN = R"(([0-9][0-9.]*))";

Footprint footprint_of_cpu(double job_j, double energy_j, double pue, double g_per_kwh) {
    Ledger ledger;
    Device cpu;
    cpu.id = "cpu0";
    ledger.devices = {cpu};
    Window window;
    window.to_ns = 1'000'000'000;
    window.energy = Joules{energy_j};
    window.job = Joules{job_j};
    ledger.windows = {window};
    Factors factors;
    factors.pue.value = pue;
    factors.intensity.value = GramsPerKilowattHour{g_per_kwh};
    return estimate::footprint_of({}, ledger, factors, refdata::Tables{});
}

TEST(MethodPages, EnergyWrap) {
    const std::string n = "([0-9][0-9 ]*)";
    const auto x = numbers("energy", n + " W on a package with range " + n + " uJ, read each " + n +
                                         " s: " + n + ", " + n + ", " + n + ", " + n + ", " + n +
                                         R"(\. First step: .* = )" + n + R"( uJ\. All four: )" + n + " uJ");
    meter::CounterSpec spec;
    spec.per_count = Microjoules{1.0};
    spec.range = static_cast<std::uint64_t>(x[1]);
    spec.modulus_step = 62;  // ceil(range / (2^32 - 1)), as the page says
    EXPECT_EQ(std::ceil(x[1] / 4294967295.0), 62.0);
    Joules sum;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto step = meter::energy_between(
            spec, {static_cast<std::uint64_t>(x[3 + i]), 0},
            {static_cast<std::uint64_t>(x[4 + i]), static_cast<std::int64_t>(x[2] * 1e9)});
        ASSERT_TRUE(step) << step.error().what;
        if (i == 0) {
            EXPECT_NEAR(Microjoules{*step}.value(), x[8], 0.5);
        }
        sum += *step;
    }
    EXPECT_NEAR(Microjoules{sum}.value(), x[9], 0.5);
}

TEST(MethodPages, PlatformPower) {
    const auto x = numbers(
        "platform", "shows " + kN + " W, " + kN + " W and " + kN + R"( W, one second apart: .* = )" + kN +
                        R"( J\.[\s\S]*shows the same: )" + kN + R"( \+ )" + kN + " = " + kN + " J");
    const auto energy = [&](Seconds window) {
        meter::MeterSpec spec;
        spec.energy = meter::PowerSpec{window};
        meter::DeviceMeter meter{spec, Scope::kMachine, 0};
        Joules sum;
        for (std::size_t i = 0; i < 3; ++i) {
            Reading reading;
            reading.kind = ReadingKind::kPower;
            reading.at_ns = static_cast<std::int64_t>(i) * 1'000'000'000;
            reading.value = x[i];
            sum += meter.add(reading, {}).energy;
        }
        return sum.value();
    };
    EXPECT_DOUBLE_EQ(energy(Seconds{0.0}), x[3]);
    EXPECT_DOUBLE_EQ(energy(Seconds{1.0}), x[6]);
    EXPECT_DOUBLE_EQ(x[4] + x[5], x[6]);
}

TEST(MethodPages, NvmlCounter) {
    const std::string n = "([0-9][0-9,.]*)";
    const auto x =
        numbers("nvml", n + " mJ at the start and " + n + " mJ at the end are " + n + " J, or " + n + " Wh");
    meter::CounterSpec spec;
    spec.per_count = Millijoules{1.0};
    const auto energy = meter::energy_between(spec, {static_cast<std::uint64_t>(x[0]), 0},
                                              {static_cast<std::uint64_t>(x[1]), 60'000'000'000});
    ASSERT_TRUE(energy) << energy.error().what;
    EXPECT_DOUBLE_EQ(energy->value(), x[2]);
    expect_shown(WattHours{*energy}.value(), x[3]);
}

TEST(MethodPages, GpuModel) {
    const auto x = numbers("nvml", "limit " + kN + " W, idle " + kN + " W: " + kN + " \\+ " + kN + " x \\(" +
                                       kN + " - " + kN + "\\) = " + kN + " W");
    EXPECT_DOUBLE_EQ(meter::kTrainingShare, x[3]);
    EXPECT_DOUBLE_EQ(meter::training_power(Watts{x[0]}, Watts{x[1]}).value(), x[6]);
    const auto known = refdata::Tables{}.find_gpu("NVIDIA A100-SXM4-40GB");
    ASSERT_TRUE(known);
    EXPECT_DOUBLE_EQ(known->limit_w, x[0]);
    EXPECT_DOUBLE_EQ(known->idle_w, x[1]);
}

TEST(MethodPages, FootprintProduct) {
    const auto x = numbers("footprint", "One window of a CPU, " + kN + " MJ, PUE " + kN + ", " + kN +
                                            " g/kWh: " + kN + " kWh, " + kN + " kWh, " + kN + R"( kg\.)");
    const Footprint f = footprint_of_cpu(x[0] * 1e6, x[0] * 1e6, x[1], x[2]);
    EXPECT_DOUBLE_EQ(f.energy_kwh->value, x[3]);
    EXPECT_DOUBLE_EQ(f.facility_energy_kwh->value, x[4]);
    EXPECT_DOUBLE_EQ(f.operational_kgco2e->value, x[5]);
}

TEST(MethodPages, FactorsOfARegion) {
    const auto x = numbers("factors", "aws:eu-north-1`: the provider published a PUE of " + kN + " for " +
                                          kN + R"( \(source `gsf_rtc`\))");
    FactorRequest asked;
    asked.region = "aws:eu-north-1";
    asked.region_from = "--region";
    const auto factors = estimate::resolve_factors(refdata::Tables{}, asked, {});
    ASSERT_TRUE(factors);
    EXPECT_EQ(factors->pue.value, x[0]);
    EXPECT_EQ(factors->pue.year, static_cast<int>(x[1]));
    EXPECT_EQ(factors->pue.from.source, "gsf_rtc");
    EXPECT_EQ(factors->intensity.zone_name, "Sweden");
    const auto world = numbers("factors", R"(world average \()" + kN + " g/kWh in " + kN +
                                              R"(\).*exp\(1\.96 x )" + kN + R"(\) = )" + kN + R"(\.)");
    const auto nowhere = estimate::resolve_factors(refdata::Tables{}, {}, {});
    expect_shown(nowhere->intensity.value.value(), world[0]);
    EXPECT_EQ(nowhere->intensity.year, static_cast<int>(world[1]));
    EXPECT_EQ(nowhere->intensity.sigma_ln, world[2]);
    expect_shown(std::exp(1.96 * world[2]), 4.8);
}

TEST(MethodPages, Equivalences) {
    const auto x = numbers("equivalences", "Example: " + kN + " kg at " + kN +
                                               " kg per hour of television are " + kN + " hours");
    const auto found = estimate::equivalences_of(
        x[0], {{"tv_hour", "hours of television", "hour", "", "made up", x[1], true}});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_DOUBLE_EQ(found[0].value, x[2]);
}

TEST(MethodPages, UncertaintyProduct) {
    const auto x =
        numbers("uncertainty", "Example: " + kN + ", " + kN + " and " + kN + " give sigma = " + kN +
                                   R"( and a factor of exp\()" + kN + R"(\) = )" + kN + " each way");
    const auto product =
        estimate::product(estimate::product(estimate::lognormal(1.0, x[0]), estimate::lognormal(1.0, x[1])),
                          estimate::lognormal(1.0, x[2]));
    EXPECT_DOUBLE_EQ(std::sqrt(product.variance), x[3]);
    expect_shown(1.96 * x[3], x[4]);
    expect_shown(estimate::interval_of(product).high, x[5]);
}

TEST(MethodPages, UncertaintySum) {
    const auto x = numbers(
        "uncertainty", "a measured CPU of " + kN + " kWh with sigma " + kN + " beside a modelled memory of " +
                           kN + " kWh with sigma " + kN + R"(\. p = )" + kN + " and " + kN + ";.*= " + kN +
                           R"(\. k1 = )" + kN + ", k2 = " + kN + ", k3 = " + kN + ", k4 = " + kN +
                           "; g = " + kN + ", h = " + kN + R"(\. w = -)" + kN + " and " + kN +
                           R"( instead.* = )" + kN + " kWh to " + kN + R"( kWh\.)");
    const std::array terms{estimate::lognormal(x[0], x[1]), estimate::lognormal(x[2], x[3])};
    const estimate::Sum sum = estimate::sum_of(terms, [](std::size_t, std::size_t) { return 0.0; });
    expect_shown(x[0] / (x[0] + x[2]), x[4]);
    expect_shown(x[2] / (x[0] + x[2]), x[5]);
    expect_shown(sum.first_order, x[6]);
    expect_shown(sum.total.mean, x[7]);
    expect_shown(sum.total.variance, x[8]);
    expect_shown(sum.total.third, x[9]);
    expect_shown(sum.total.fourth, x[10]);
    const double sigma = std::sqrt(sum.total.variance);
    const double g = sum.total.third / (sigma * sigma * sigma);
    const double h = sum.total.fourth / (sigma * sigma * sigma * sigma);
    expect_shown(g, x[11]);
    expect_shown(h, x[12]);
    expect_shown(-estimate::cornish_fisher(-1.96, g, h), x[13]);
    expect_shown(estimate::cornish_fisher(1.96, g, h), x[14]);
    expect_shown(estimate::interval_of(sum.total).low, x[15]);
    expect_shown(estimate::interval_of(sum.total).high, x[16]);
}

TEST(MethodPages, UncertaintyDigits) {
    const auto x = numbers("uncertainty", kN + R"( \()" + kN + " to " + kN + R"(\) kWh is shown as )" + kN +
                                              R"( \()" + kN + " to " + kN + R"(\) kWh)");
    const present::Shown shown = present::shown({x[0], x[1], x[2]}, present::Dimension::kEnergy);
    EXPECT_EQ(std::stod(shown.value), x[3]);
    EXPECT_EQ(std::stod(shown.low), x[4]);
    EXPECT_EQ(std::stod(shown.high), x[5]);
}

TEST(MethodPages, ReferenceDataPlaces) {
    // | Mumbai | IN-WE | 678.76 direct, 2024: ... |
    const std::string text = text_of(kRoot / "docs/method/reference-data.md");
    const std::regex row{
        R"(\| ([A-Za-z0-9-]+) \| ([A-Z-]+) \| ([0-9.]+) (lifecycle|direct), (undated|[0-9]{4}))"};
    std::size_t rows = 0;
    const refdata::Tables tables;
    for (std::sregex_iterator at{text.begin(), text.end(), row}, end; at != end; ++at) {
        const auto place = tables.find_place((*at)[1].str());
        ASSERT_TRUE(place) << (*at)[1];
        const auto intensity = tables.intensity(*place, refdata::Basis::kLifecycle, std::nullopt);
        ASSERT_TRUE(intensity) << (*at)[1];
        EXPECT_EQ(intensity->zone, (*at)[2].str());
        EXPECT_EQ(intensity->value.value(), std::stod((*at)[3].str())) << (*at)[1];
        EXPECT_EQ(refdata::name_of(intensity->basis), (*at)[4].str());
        EXPECT_EQ(intensity->year, (*at)[5] == "undated" ? 0 : std::stoi((*at)[5].str()));
        ++rows;
    }
    EXPECT_EQ(rows, 5U);
    const auto pue = numbers("reference-data", "The industry's is " + kN + R"( \(Uptime Institute, )" + kN +
                                                   R"(\) with `sigma_ln` )" + kN + ": .* is " + kN + " to " +
                                                   kN + ", the ends");
    const refdata::Pue industry = tables.industry_pue();
    EXPECT_EQ(industry.value, pue[0]);
    EXPECT_EQ(industry.year, static_cast<int>(pue[1]));
    EXPECT_EQ(industry.sigma_ln, pue[2]);
    const Estimate interval = estimate::interval_of(estimate::lognormal(pue[0], pue[2]));
    expect_shown(interval.low, pue[3]);
    expect_shown(interval.high, 2.2);  // shown as 2.20
    EXPECT_EQ(pue[4], 2.2);
}

TEST(MethodPages, ReferenceDataMemory) {
    const auto x = numbers("reference-data", "a server of " + kN + " GB has .* / " + kN + " = " + kN +
                                                 R"( modules; half active they draw .* x \()" + kN +
                                                 R"( \+ )" + kN + " x " + kN + R"(\) = )" + kN + R"( W\.)");
    const refdata::MemoryPower memory = refdata::Tables{}.memory_power(true);
    EXPECT_EQ(memory.gb_per_module, x[1]);
    EXPECT_EQ(x[0] / memory.gb_per_module, x[2]);
    EXPECT_EQ(memory.idle_w_per_module, x[3]);
    EXPECT_EQ(memory.busy_w_per_module, x[4]);
    EXPECT_DOUBLE_EQ(x[2] * (memory.idle_w_per_module + memory.busy_w_per_module * x[5]), x[6]);
}

JobRequest job_of_devices(const std::string& name, double count, double hours) {
    JobRequest asked;
    asked.groups.push_back({JobGroup::Kind::kDevice, name, 0.0, count});
    asked.hours = hours;
    asked.host = "none";
    return asked;
}

TEST(MethodPages, EstimateOfDevices) {
    const auto x = numbers("estimate", kN + " x H100 SXM for " + kN + " h: " + kN + " x " + kN + " x " + kN +
                                           " W x " + kN + " h = " + kN + R"( kWh\.)");
    const auto estimate = estimate::estimate_job(job_of_devices("H100 SXM", x[0], x[1]), {});
    ASSERT_TRUE(estimate) << estimate.error().what;
    EXPECT_EQ(estimate::kTrainingShare, x[3]);
    EXPECT_EQ(refdata::Tables{}.find_accelerator("H100 SXM")->limit_w, x[4]);
    EXPECT_NEAR(estimate->footprint.energy_kwh->value, x[6], 1e-9);
}

TEST(MethodPages, EstimateEmbodied) {
    const auto x = numbers("estimate", R"(an H100 \()" + kN + R"( kg\) held for )" + kN +
                                           " h of a lifetime of " + kN + " years: .* = " + kN + R"( kg\.)");
    JobRequest asked = job_of_devices("H100", 1.0, x[1]);
    asked.lifetime_years = x[2];
    const auto estimate = estimate::estimate_job(asked, {});
    ASSERT_TRUE(estimate && estimate->footprint.embodied);
    EXPECT_NEAR(estimate->footprint.embodied->value.value, x[3], 1e-9);
    EXPECT_NEAR(x[0] * x[1] / (x[2] * 8760.0), x[3], 1e-9);
}

TEST(MethodPages, Water) {
    const auto x = numbers("water", kN + " kWh of IT in France at a site of AWS with PUE " + kN + ": " + kN +
                                        R"( x \(([0-9.]+) \+ ([0-9.]+) x ([0-9.]+)\) = ([0-9]+) L)");
    JobRequest asked;
    asked.groups.push_back({JobGroup::Kind::kEnergy, "", x[0], 1.0});
    asked.factors.region = "aws:eu-west-3";
    asked.factors.pue = x[1];
    const auto estimate = estimate::estimate_job(asked, {});
    ASSERT_TRUE(estimate && estimate->footprint.water);
    expect_shown(estimate->footprint.water->value.value, x[6]);
    EXPECT_NEAR(x[2] * (x[3] + x[4] * x[5]), x[6], 1.0);
}

TEST(MethodPages, EstimateMix) {
    const auto x = numbers("estimate", "coal " + kN + " and wind " + kN + ": .* = " + kN + R"( g/kWh\.)");
    FactorRequest asked;
    asked.mix = {{"coal", x[0]}, {"wind", x[1]}};
    const auto factors = estimate::resolve_factors({}, asked, {});
    ASSERT_TRUE(factors) << factors.error().what;
    EXPECT_NEAR(factors->intensity.value.value(), x[2], 1e-9);
}

TEST(MethodPages, Compare) {
    const auto x =
        numbers("compare", "a grid of " + kN + " g/kWh with PUE " + kN + " over one of " + kN + " with PUE " +
                               kN + ": " + kN + " x " + kN + " = " + kN + R"( times\.)");
    std::vector<estimate::Candidate> candidates;
    for (const std::size_t row : {0U, 2U}) {
        JobRequest job;
        job.groups.push_back({JobGroup::Kind::kEnergy, "", 1.0, 1.0});
        job.factors.intensity_gco2e_per_kwh = x[row];
        job.factors.pue = x[row + 1];
        candidates.push_back({std::to_string(row), job});
    }
    const auto all = estimate::compare(candidates, estimate::Axis::kRegion, refdata::Basis::kLifecycle, {});
    ASSERT_TRUE(all) << all.error().what;
    ASSERT_TRUE(all->ratio && all->grid_ratio && all->pue_ratio && all->energy_ratio);
    EXPECT_NEAR(*all->grid_ratio, x[4], 1e-9);
    EXPECT_NEAR(*all->pue_ratio, x[5], 0.005);
    EXPECT_NEAR(*all->ratio, x[6], 0.05);
    EXPECT_NEAR(*all->ratio, *all->grid_ratio * *all->pue_ratio * *all->energy_ratio, 1e-12);
}

TEST(MethodPages, MumbaiAndMontreal) {
    std::vector<estimate::Candidate> candidates;
    for (const char* region : {"IND", "CA-QC", "gcp:asia-south1", "gcp:northamerica-northeast1"}) {
        JobRequest job;
        job.groups.push_back({JobGroup::Kind::kEnergy, "", 1'000.0, 1.0});
        job.factors.region = region;
        candidates.push_back({region, job});
    }
    const auto all = estimate::compare(candidates, estimate::Axis::kRegion, refdata::Basis::kLifecycle, {});
    ASSERT_TRUE(all) << all.error().what;
    ASSERT_EQ(all->rows.size(), 4U);
    for (const estimate::ComparedRow& row : all->rows) {
        const auto x =
            numbers("compare", "\\| " + row.label + " \\| " + kN + " \\| " + kN + " \\| " + kN + " \\|");
        expect_shown(row.footprint.factors.intensity.value.value(), x[0]);
        expect_shown(row.footprint.factors.pue.value, x[1]);
        expect_shown(row.footprint.operational_kgco2e->value, x[2]);
    }
    EXPECT_TRUE(all->rows[2].from_country);  // Google's figure for Mumbai is direct
    const auto x = numbers("compare", "The grids differ " + kN + " times, not " + kN + ":.* it is " + kN +
                                          " = " + kN + " x " + kN + ", because");
    ASSERT_TRUE(all->ratio && all->grid_ratio && all->pue_ratio);
    expect_shown(*all->grid_ratio, x[0]);
    EXPECT_EQ(x[1], 920.0 / 20.0);
    expect_shown(*all->ratio, x[2]);
    expect_shown(*all->grid_ratio, x[3]);
    expect_shown(*all->pue_ratio, x[4]);
}

TEST(MethodPages, Remainder) {
    const auto x = numbers("remainder", "A desktop, " + kN + " W counted for an hour, alone: E = " + kN +
                                            " kWh.* / 3600000 = " + kN + " kWh, loss .* = " + kN +
                                            " kWh, together " + kN + " kWh.*found " + kN +
                                            " W more.*interval of " + kN + " to " + kN + R"( kWh\.)");
    RunRecord run;
    run.duration_s = 3600.0;
    run.with_remainder = true;
    run.host.chassis = "desktop";
    Ledger ledger;
    Device cpu;
    cpu.id = "cpu0";
    cpu.gain_sigma = 0.03;
    ledger.devices = {cpu};
    Window window;
    window.to_ns = static_cast<std::int64_t>(run.duration_s * 1e9);
    window.energy = window.job = Watts{x[0]} * Seconds{run.duration_s};
    ledger.windows = {window};
    const Footprint f = estimate::footprint_of(run, ledger, {}, refdata::Tables{});
    expect_shown(f.energy_kwh->value, x[1]);
    const refdata::Tables tables;
    const auto machine = estimate::remainder_of_machine(run.host, tables);
    expect_shown(
        KilowattHours{Watts{machine->base_w} * Seconds{run.duration_s} / machine->efficiency}.value(), x[2]);
    expect_shown(x[1] * estimate::loss_of(machine->efficiency), x[3]);
    expect_shown(f.remainder->energy_kwh->value, x[4]);
    expect_shown(f.remainder->energy_kwh->low, x[6]);
    expect_shown(f.remainder->energy_kwh->high, x[7]);
    const double metered_kwh = KilowattHours{Watts{x[5]} * Seconds{run.duration_s}}.value();
    EXPECT_LT(f.remainder->energy_kwh->low, metered_kwh);
    EXPECT_GT(f.remainder->energy_kwh->high, metered_kwh);
    const std::string text = page("remainder");
    for (const char* chassis : {"laptop", "desktop", "server"}) {
        HostFacts host;
        host.chassis = chassis;
        const auto one = estimate::remainder_of_machine(host, tables);
        const std::string row = " " + present::significant(one->base_w, 3) + " W, sigma ";
        EXPECT_NE(text.find(row), std::string::npos) << chassis;
        const double sigma = estimate::loss_sigma(one->efficiency, one->efficiency_half);
        EXPECT_NE(text.find(present::rounded(sigma, -3)), std::string::npos) << chassis;
    }
}

TEST(MethodPages, WallMeterCurve) {
    const std::string list = "([0-9][0-9., ]*)";
    const auto text = page("wall-meter");
    std::smatch match;
    ASSERT_TRUE(
        std::regex_search(text, match,
                          std::regex{"busy shares " + list + " the meter showed " + list +
                                     R"( W\. .*the line is )" + kN + R"( \+ )" + kN + " u, .* the residual " +
                                     kN + R"( W, R2 = 1 - )" + kN + " / " + kN + " = " + kN}));
    const auto numbers_in = [](std::string words) {
        std::vector<double> out;
        std::replace(words.begin(), words.end(), ',', ' ');
        std::istringstream in{words};
        for (double one = 0.0; in >> one;) {
            out.push_back(one);
        }
        return out;
    };
    const auto loads = numbers_in(match[1]);
    const auto watts = numbers_in(match[2]);
    ASSERT_EQ(loads.size(), 8U);
    ASSERT_EQ(watts.size(), 8U);
    std::vector<meter::WallPoint> points(8);
    for (std::size_t i = 0; i < points.size(); ++i) {
        points[i].load = loads[i];
        points[i].wall = Watts{watts[i]};
    }
    const auto curve = meter::fit_wall_curve(points, meter::kOwnLoadSigma);
    ASSERT_TRUE(curve) << curve.error().what;
    EXPECT_EQ(curve->bend, 0.0) << "three levels of load make no bend";
    expect_shown(curve->idle.value(), std::stod(match[3]));
    expect_shown((curve->full - curve->idle).value(), std::stod(match[4]));
    expect_shown(curve->residual.value(), std::stod(match[5]));
    expect_shown(curve->r_squared, std::stod(match[8]));
    expect_shown(1.0 - std::stod(match[6]) / std::stod(match[7]), std::stod(match[8]));
    const auto x = numbers("wall-meter", "At 30 % load .* = " + kN + R"( W\.)");
    expect_shown(meter::power_at(meter::load_model_of(*curve, 4.0), 0.3).value(), x[0]);
    const auto sigma = numbers("wall-meter", R"(sigma = sqrt\(0\.03\^2 \+ 0\.05\^2 \+ [^=]* = )" + kN +
                                                 ", a factor of " + kN + " either");
    expect_shown(curve->sigma, sigma[0]);
    expect_shown(std::exp(1.96 * curve->sigma), sigma[1]);
}

TEST(MethodPages, WallMeterRemainder) {
    const auto x = numbers("wall-meter", "base " + kN + " W behind a supply of " + kN + " with sigma " + kN +
                                             R"(\. A run of an hour .* )" + kN + R"( kWh: .* = )" + kN +
                                             " kWh, .* = " + kN + " kWh, together " + kN + " .* " + kN +
                                             " to " + kN + R"( kWh\.)");
    RunRecord run;
    run.duration_s = 3600.0;
    run.with_remainder = true;
    run.measured_rest = MeasuredRest{x[0], x[1], x[2], "2026-11-25T09:00:00Z"};
    Ledger ledger;
    Device cpu;
    cpu.id = "cpu0";
    ledger.devices = {cpu};
    Window window;
    window.to_ns = 3'600'000'000'000;
    window.energy = window.job = KilowattHours{x[3]};
    ledger.windows = {window};
    const auto remainder = estimate::footprint_of(run, ledger, {}, refdata::Tables{}).remainder;
    ASSERT_TRUE(remainder && remainder->energy_kwh);
    expect_shown(KilowattHours{Watts{x[0]} * Seconds{3600.0}}.value() / x[1], x[4]);
    expect_shown(x[3] * estimate::loss_of(x[1]), x[5]);
    expect_shown(remainder->energy_kwh->value, x[6]);
    expect_shown(remainder->energy_kwh->low, x[7]);
    expect_shown(remainder->energy_kwh->high, x[8]);
}

TEST(MethodPages, OwnEnergy) {
    const auto x =
        numbers("own-energy", "Two packages used " + kN + " J each while the machine was busy for " + kN +
                                  " of " + kN + R"( CPU seconds \()" + kN + " CPUs, " + kN + R"( s\).* = )" +
                                  kN + " W per busy thread; " + kN + " CPU s x .* = " + kN + R"( J\.)");
    RunRecord run;
    run.own_cpu_s = x[6];
    run.host.cpu_count = static_cast<int>(x[3]);
    EXPECT_EQ(x[3] * x[4], x[2]);
    Ledger ledger;
    for (std::uint16_t i = 0; i < 2; ++i) {
        Device package;
        package.id = "cpu" + std::to_string(i);
        ledger.devices.push_back(package);
        Window window;
        window.device = i;
        window.to_ns = static_cast<std::int64_t>(x[4] * 1e9);
        window.energy = Joules{x[0]};
        window.busy_cpu_s = x[1];
        ledger.windows.push_back(window);
    }
    const auto own = estimate::own_energy(run, ledger, refdata::Tables{});
    ASSERT_TRUE(own);
    EXPECT_DOUBLE_EQ(own->energy.value(), x[7]);
    EXPECT_DOUBLE_EQ(own->energy.value() / run.own_cpu_s, x[5]);
}

/// Names of all tests below tests/, as a page writes them.
std::set<std::string> all_tests() {
    std::set<std::string> out;
    const std::regex test{R"((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+))"};
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{kRoot / "tests"}) {
        if (entry.path().extension() == ".cpp") {
            const std::string text = text_of(entry.path());
            for (std::sregex_iterator at{text.begin(), text.end(), test}, end; at != end; ++at) {
                out.insert((*at)[1].str() + "." + (*at)[2].str());
            }
        }
    }
    return out;
}

TEST(MethodPages, EachHasASourceAndAnExampleWhoseTestIsThere) {
    const std::set<std::string> tests = all_tests();
    const std::regex named{R"(`([A-Z]\w*\.[A-Z]\w*)`)"};
    std::size_t pages = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{kRoot / "docs/method"}) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() != ".md" || name == "comparison" || name == "published" ||
            name == "published-training" || name == "search-digits") {  // those are made by scripts
            continue;
        }
        ++pages;
        const std::string text = text_of(entry.path());
        EXPECT_NE(text.find("ource"), std::string::npos) << name << " names no source";
        EXPECT_NE(text.find("Example"), std::string::npos) << name << " has no worked example";
        std::size_t examples = 0;
        for (std::sregex_iterator at{text.begin(), text.end(), named}, end; at != end; ++at) {
            EXPECT_TRUE(tests.contains((*at)[1].str()))
                << name << " names a test that is not there: " << (*at)[1];
            ++examples;
        }
        EXPECT_GE(examples, 1U) << name << " names no test that repeats its example";
    }
    EXPECT_GE(pages, 12U);
}

}  // namespace
}  // namespace gramme
