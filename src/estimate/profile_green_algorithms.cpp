// Green Algorithms: hours x (processors x watts x usage + memory x 0.3725 W/GB) x PUE x grid; nothing is
// rounded before it is printed. Method: docs/method/profiles.md#green-algorithms. Source: Lannelongue et al.
// 2021, doi 10.1002/advs.202100707; github.com/GreenAlgorithms/green-algorithms-tool.
#include <algorithm>

#include "base/text.hpp"
#include "estimate/estimate.hpp"
#include "estimate/job.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/number_text.hpp"
#include "estimate/profile_tools.hpp"

namespace gramme::estimate {
namespace {

constexpr const char* kTool = "green-algorithms";
constexpr const char* kSource = "green_algorithms";
constexpr double kWattsPerKw = 1000.0;
constexpr double kThreadsPerCore = 2.0;  ///< of a virtual machine; its form asks for cores
constexpr double kGramsPerTreeYear = 11'000.0;
constexpr double kGramsPerCarKm = 175.0;
constexpr double kMonths = 12.0;

/// Its text of a carbon footprint in grams: mg, g, kg or T, two decimals, or an exponent where even that unit
/// leaves the number outside 1 to 1000.
std::string shown_carbon(double grams) {
    struct Unit {
        double from, grams;
        const char* name;
    };
    static constexpr Unit kUnits[] = {{1e6, 1e6, "T"}, {1e3, 1e3, "kg"}, {1.0, 1.0, "g"}, {0.0, 1e-3, "mg"}};
    const Unit& unit = *std::find_if(std::begin(kUnits), std::end(kUnits) - 1,
                                     [grams](const Unit& one) { return grams >= one.from; });
    const double value = grams / unit.grams;
    const bool plain = value == 0.0 || (value >= 1.0 && value < 1e3);
    return (plain ? fixed_text(value, 2) : exponent_text(value, 2)) + " " + unit.name + "CO2e";
}

class Form {
public:
    Form(const JobRequest& asked, const refdata::Tables& tables) : asked_(asked), tables_(tables) {}

    Result<ProfileResult> fill() {
        GRAMME_CHECK(choose_pue());
        double kwh = 0.0;
        for (const JobGroup& group : asked_.groups) {
            GRAMME_TRY(const double more, energy_of(group));
            kwh += more;
        }
        out_.energy_kwh = kwh * out_.pue;
        GRAMME_CHECK(choose_grid());
        const double grams = out_.energy_kwh * out_.gco2e_per_kwh;
        out_.kgco2e = grams / 1000.0;
        out_.steps.push_back(number_text(kwh, 7) + " kWh x PUE " + number_text(out_.pue) + " = " +
                             number_text(out_.energy_kwh, 7) + " kWh x " +
                             number_text(out_.gco2e_per_kwh, 6) + " g/kWh = " + number_text(grams, 7) + " g");
        out_.shown = shown_carbon(grams);
        out_.equivalents = {{"tree-months", number_text(grams / kGramsPerTreeYear * kMonths, 3)},
                            {"km by car in Europe", number_text(grams / kGramsPerCarKm, 3)}};
        return std::move(out_);
    }

private:
    [[nodiscard]] double constant(std::string_view kind) const {
        const auto row = factor_named(tables_.profile_factors(kTool, kind), "any");
        return row ? row->value : 0.0;
    }

    Result<double> energy_of(const JobGroup& group) {
        if (group.kind == JobGroup::Kind::kEnergy) {
            const double kwh = group.amount * group.count;
            out_.steps.push_back(number_text(kwh, 7) + " kWh, before PUE");
            add_note(out_,
                     "its form has no field for energy: what was given stands where it multiplies watts and "
                     "hours");
            return kwh;
        }
        if (group.kind == JobGroup::Kind::kPower) {
            return processors("given power", group.amount, group.count);
        }
        GRAMME_TRY(const ProfileGroup parts, profile_group(group, asked_, tables_));
        double kwh = 0.0;
        if (parts.device) {
            GRAMME_TRY(const double watts, watts_of(*parts.device));
            kwh += processors(std::string{parts.device->name}, watts, parts.devices);
            add_note(out_, "core type GPU: it counts no processor beside the accelerators");
        } else if (parts.host && parts.host->threads > 0.0) {
            kwh += cores(*parts.host);
        }
        if (parts.host && parts.host->memory_gib > 0.0) {
            kwh += memory(*parts.host);
        } else {
            add_note(out_, "no memory entered");
        }
        return kwh;
    }

    double processors(const std::string& name, double watts, double count) {
        const double usage = asked_.utilisation.value_or(1.0);
        const double kwh = asked_.hours * count * watts * usage / kWattsPerKw;
        out_.steps.push_back(name + ": " + number_text(asked_.hours, 7) + " h x " + number_text(count, 7) +
                             " x " + number_text(watts, 6) + " W x usage " + number_text(usage) +
                             " / 1000 = " + number_text(kwh, 7) + " kWh");
        return kwh;
    }

    Result<double> watts_of(const refdata::Accelerator& device) {
        const auto row = factor_named(tables_.profile_factors(kTool, "device_w"), device.id);
        if (row) {
            out_.inputs.push_back({"power of one " + std::string{row->note}, row->value, "W", kSource});
            if (device.devices_per_board > 1) {
                add_note(out_, "it counts boards: " + std::to_string(device.devices_per_board) +
                                   " of these devices are one of them");
            }
            return row->value / device.devices_per_board;
        }
        if (!(device.limit_w > 0.0)) {
            return Error{Code::kUsage, "Green Algorithms does not list " + std::string{device.name},
                         "give its rated watts with --power-w"};
        }
        add_note(out_, "it does not list " + std::string{device.name} +
                           ": entered as Other, with the maker's limit as its TDP");
        out_.inputs.push_back(
            {"power of one " + std::string{device.name}, device.limit_w, "W", std::string{device.source}});
        return device.limit_w;
    }

    double cores(const ProfileHost& host) {
        const auto known = host.cpu_model.empty() ? std::nullopt : tables_.find_cpu(host.cpu_model);
        const bool rated = known && known->tdp_w > 0.0 && known->cores > 0;
        const double watts = rated ? known->tdp_w / known->cores : constant("core_w");
        out_.inputs.push_back(
            {"power of one core", watts, "W", rated ? std::string{known->source} : kSource});
        add_note(out_, rated ? "the processor is entered as Other: " + number_text(known->tdp_w) + " W / " +
                                   std::to_string(known->cores) + " cores"
                             : std::string{"the processor is entered as Any"});
        return processors(rated ? std::string{known->model} : "any processor", watts,
                          host.machines * host.threads / kThreadsPerCore);
    }

    double memory(const ProfileHost& host) {
        const double per_gb = constant("memory_w_per_gb");
        const double gb = host.memory_gib * host.machines;
        const double kwh = asked_.hours * gb * per_gb / kWattsPerKw;
        out_.steps.push_back("memory: " + number_text(asked_.hours, 7) + " h x " + number_text(gb) +
                             " GB x " + number_text(per_gb) + " W/GB / 1000 = " + number_text(kwh, 7) +
                             " kWh");
        out_.inputs.push_back({"memory", per_gb, "W/GB", kSource});
        add_note(out_, "memory: that of " + host.label + ", in the job's share");
        return kwh;
    }

    Result<void> choose_pue() {
        if (asked_.factors.pue) {
            out_.pue = *asked_.factors.pue;
            out_.inputs.push_back({"PUE", out_.pue, "", "user"});
            return {};
        }
        GRAMME_TRY(const HostFacts host, host_of(asked_, tables_));
        if (!host.chassis.empty()) {
            out_.pue = 1.0;
            out_.inputs.push_back({"PUE of a personal computer", 1.0, "", kSource});
            return {};
        }
        std::string provider = host.cloud;
        if (!asked_.factors.region.empty()) {
            GRAMME_TRY(const refdata::Place place, tables_.find_place(asked_.factors.region));
            provider = place.provider.empty() ? provider : place.provider;
        }
        const auto rows = tables_.profile_factors(kTool, "pue");
        const auto row = first_factor(rows, {provider, "unknown"});
        out_.pue = row ? row->value : 1.0;
        out_.inputs.push_back({"PUE of " + std::string{row ? row->name : "unknown"}, out_.pue, "", kSource});
        return {};
    }

    Result<void> choose_grid() {
        if (asked_.factors.intensity_gco2e_per_kwh) {
            out_.gco2e_per_kwh = *asked_.factors.intensity_gco2e_per_kwh;
            out_.inputs.push_back({"grid intensity", out_.gco2e_per_kwh, "g/kWh", "user"});
            add_note(out_,
                     "its form takes no intensity of one's own: the one given stands in for its location's");
            return {};
        }
        GRAMME_TRY(const std::vector<std::string> names, names_of_place(asked_, tables_));
        const auto rows = tables_.profile_factors(kTool, "grid");
        auto row = row_of(rows, names);
        if (!row) {
            row = factor_named(rows, "WLD");
            add_note(out_, names.empty()
                               ? "no place: its world average"
                               : "it has no location for " + asked_.factors.region + ": its world average");
        }
        out_.gco2e_per_kwh = row ? row->value : 0.0;
        if (row) {
            out_.inputs.push_back({"grid intensity of " + std::string{row->name}, row->value, "g/kWh",
                                   std::string{row->source}});
        }
        return {};
    }

    /// Its locations are ISO 3166 codes: those of states as gramme writes them, those of countries in two
    /// letters.
    [[nodiscard]] std::optional<refdata::ProfileFactor> row_of(
        const std::vector<refdata::ProfileFactor>& rows, const std::vector<std::string>& names) const {
        for (const std::string& name : names) {
            if (auto found = factor_named(rows, name)) {
                return found;
            }
            for (const refdata::ProfileFactor& row : rows) {
                const auto place = row.name.size() == 2 ? tables_.find_place(row.name)
                                                        : Result<refdata::Place>{refdata::Place{}};
                if (place && place->zone == name) {
                    return row;
                }
            }
        }
        return std::nullopt;
    }

    const JobRequest& asked_;
    const refdata::Tables& tables_;
    ProfileResult out_;
};

}  // namespace

Result<ProfileResult> like_green_algorithms(const JobRequest& asked, const refdata::Tables& tables) {
    return Form{asked, tables}.fill();
}

}  // namespace gramme::estimate
