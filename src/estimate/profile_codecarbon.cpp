// CodeCarbon, as its tracker would count the job on such a machine: CPU by its load model, memory by guessed
// modules, accelerators by their counters, of which gramme's own watts take the place. Nothing is rounded.
// Method: docs/method/profiles.md#codecarbon. Source: github.com/mlco2/codecarbon, release 3.3.0:
// external/ram.py, external/hardware.py, core/cpu.py, core/resource_tracker.py, core/emissions.py,
// core/units.py.
#include <algorithm>
#include <array>
#include <cmath>

#include "estimate/estimate.hpp"
#include "estimate/job.hpp"
#include "estimate/number_text.hpp"
#include "estimate/profile_tools.hpp"

namespace gramme::estimate {
namespace {

constexpr double kWattsPerKw = 1000.0;
constexpr double kKwhPerCountedJoule = 2.77778e-7;  ///< core/units.py; 0.8 ppm high
constexpr double kJoulesPerWattHour = 3600.0;
constexpr double kLeastLoadShare = 0.1;  ///< of the maximum, at rest
constexpr const char* kCode = "codecarbon_code";

/// Modules that it supposes behind so much memory, in GiB. Source: external/ram.py
double modules_of(double gib) {
    struct Step {
        double up_to_gib, modules;
    };
    static constexpr std::array kSteps{Step{2.0, 1.0}, Step{16.0, 2.0}, Step{64.0, 4.0}, Step{128.0, 8.0}};
    for (const Step& step : kSteps) {
        if (gib <= step.up_to_gib) {
            return step.modules;
        }
    }
    constexpr double kMostModules = 32.0;
    for (const double size : {128.0, 64.0, 32.0, 16.0, 8.0, 4.0}) {
        if (size <= gib / 8.0) {
            return std::min(std::ceil(gib / size), kMostModules);
        }
    }
    return 8.0;
}

/// 5 W a module, 1.5 W beside an ARM processor; the more there are, the less each. Source: external/ram.py
double memory_watts(double gib, bool arm) {
    const double each = arm ? 1.5 : 5.0;
    const double modules = modules_of(gib);
    const auto between = [modules](double from, double to) {
        return std::clamp(modules - from, 0.0, to - from);
    };
    const double watts = each * (between(0.0, 4.0) + 0.9 * between(4.0, 8.0) + 0.8 * between(8.0, 16.0) +
                                 0.7 * between(16.0, 1000.0));
    return std::max(2.0 * each, watts);
}

class Counter {
public:
    Counter(const JobRequest& asked, const refdata::Tables& tables) : asked_(asked), tables_(tables) {}

    Result<ProfileResult> count() {
        out_.pue = asked_.factors.pue.value_or(1.0);
        out_.inputs.push_back({"PUE", out_.pue, "", asked_.factors.pue ? "user" : "its default"});
        double kwh = 0.0;
        for (const JobGroup& group : asked_.groups) {
            GRAMME_TRY(const double more, energy_of(group));
            kwh += more;
        }
        out_.energy_kwh = kwh * out_.pue;
        GRAMME_CHECK(choose_grid());
        out_.kgco2e = out_.energy_kwh * (out_.gco2e_per_kwh / 1000.0);
        out_.steps.push_back(number_text(kwh, 7) + " kWh x PUE " + number_text(out_.pue) + " x " +
                             number_text(out_.gco2e_per_kwh, 7) +
                             " g/kWh / 1000 = " + number_text(out_.kgco2e, 7) + " kg, not rounded");
        out_.shown = plain_text(out_.kgco2e) + " kg";
        return std::move(out_);
    }

private:
    Result<double> energy_of(const JobGroup& group) {
        if (group.kind == JobGroup::Kind::kEnergy) {
            const double kwh = group.amount * group.count;
            out_.steps.push_back(number_text(kwh, 7) + " kWh, as its counters would have shown");
            return kwh;
        }
        if (group.kind == JobGroup::Kind::kPower) {
            return counted("given power", group.amount, group.count);
        }
        GRAMME_TRY(const ProfileGroup parts, profile_group(group, asked_, tables_));
        double kwh = 0.0;
        if (parts.device) {
            GRAMME_TRY(const DevicePower power,
                       device_power(*parts.device, asked_.power_model, asked_.utilisation.value_or(1.0)));
            kwh += counted(std::string{parts.device->name}, power.watts.value(), parts.devices);
            out_.inputs.push_back(
                {"power of one " + std::string{parts.device->name}, power.watts.value(), "W", power.source});
            add_note(
                out_,
                "it reads the accelerator's counter and has no figure for one that it cannot read: gramme's "
                "watts stand in for the counter");
        }
        if (!parts.host) {
            add_note(out_, "no machine around the devices: its CPU and memory are left out");
            return kwh;
        }
        return kwh + machine(*parts.host);
    }

    double counted(const std::string& name, double watts, double count) {
        const double joules = watts * count * asked_.hours * kJoulesPerWattHour;
        const double kwh = joules * kKwhPerCountedJoule;
        out_.steps.push_back(name + ": " + number_text(count, 7) + " x " + number_text(watts) + " W x " +
                             number_text(asked_.hours, 7) + " h = " + number_text(kwh, 7) +
                             " kWh, at its 2.77778e-7 kWh per joule");
        return kwh;
    }

    /// Whole machines: its default is to bill the machine that it runs on.
    double machine(const ProfileHost& host) {
        const double machines = std::ceil(host.machines);
        if (machines != host.machines) {
            add_note(out_, "it bills the CPUs and memory of whole machines, whatever the job's share: " +
                               number_text(machines) + " for " + number_text(host.machines));
        }
        double kwh = 0.0;
        if (host.threads > 0.0) {
            kwh += cpu(host, machines);
        }
        if (host.memory_gib > 0.0) {
            const double watts = memory_watts(host.memory_gib, host.arm);
            const double more = watts * machines * asked_.hours / kWattsPerKw;
            out_.steps.push_back("memory: " + number_text(host.memory_gib) + " GiB as " +
                                 number_text(modules_of(host.memory_gib)) +
                                 " modules = " + number_text(watts) + " W x " + number_text(machines) +
                                 " x " + number_text(asked_.hours, 7) +
                                 " h / 1000 = " + number_text(more, 7) + " kWh");
            out_.inputs.push_back({"memory of " + host.label, watts, "W", kCode});
            kwh += more;
        }
        return kwh;
    }

    double cpu(const ProfileHost& host, double machines) {
        const auto known = host.cpu_model.empty() ? std::nullopt : tables_.find_cpu(host.cpu_model);
        const bool rated = known && known->tdp_w > 0.0;
        const auto row = factor_named(tables_.profile_factors("codecarbon", "core_w"), "any");
        const double per_thread = row ? row->value : 0.0;
        const double most = rated ? known->tdp_w * host.packages : per_thread * host.threads * host.packages;
        const double share = kLeastLoadShare + (1.0 - kLeastLoadShare) * std::pow(host.cpu_load, 3.0);
        const double watts = most * share;
        const double kwh = watts * machines * asked_.hours / kWattsPerKw;
        const std::string from = rated ? number_text(known->tdp_w) + " W of " + std::string{known->model} +
                                             " x " + number_text(host.packages)
                                       : number_text(per_thread) + " W x " + number_text(host.threads) +
                                             " threads x " + number_text(host.packages) + " processors";
        out_.steps.push_back("CPU: " + from + " = " + number_text(most) + " W at most x (0.1 + 0.9 x " +
                             number_text(host.cpu_load) + "^3) = " + number_text(watts) + " W x " +
                             number_text(machines) + " x " + number_text(asked_.hours, 7) +
                             " h / 1000 = " + number_text(kwh, 7) + " kWh");
        out_.inputs.push_back(
            {"CPUs of " + host.label, watts, "W", rated ? std::string{known->source} : std::string{kCode}});
        if (!rated) {
            add_note(
                out_,
                "the processor is not known: it would take its rated power, if its table has it, or RAPL");
        }
        return kwh;
    }

    Result<void> choose_grid() {
        if (asked_.factors.intensity_gco2e_per_kwh) {
            out_.gco2e_per_kwh = *asked_.factors.intensity_gco2e_per_kwh;
            out_.inputs.push_back({"grid intensity", out_.gco2e_per_kwh, "g/kWh", "user"});
            return {};
        }
        const auto rows = tables_.profile_factors("codecarbon", "grid");
        GRAMME_TRY(const std::vector<std::string> names, names_of_place(asked_, tables_));
        auto row = first_factor(rows, names);
        if (!row) {
            row = factor_named(rows, "WLD");
            add_note(out_, names.empty()
                               ? "no place: it would take the one of the network address, and where that "
                                 "is not known the world's average"
                               : "it has no figure for " + asked_.factors.region +
                                     " and takes the world's average");
        } else if (names.front().find(':') != std::string::npos && row->name != names.front()) {
            add_note(out_,
                     "it has factors of regions for Google Cloud only; elsewhere the state or country of the "
                     "network address counts, here " +
                         std::string{row->name});
        }
        out_.gco2e_per_kwh = row ? row->value : 0.0;
        if (row) {
            out_.inputs.push_back({"grid intensity of " + std::string{row->name}, row->value, "g/kWh",
                                   std::string{row->source}});
        }
        return {};
    }

    const JobRequest& asked_;
    const refdata::Tables& tables_;
    ProfileResult out_;
};

}  // namespace

Result<ProfileResult> like_codecarbon(const JobRequest& asked, const refdata::Tables& tables) {
    return Counter{asked, tables}.count();
}

}  // namespace gramme::estimate
