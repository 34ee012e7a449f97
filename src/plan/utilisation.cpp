#include "plan/utilisation.hpp"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "estimate/number_text.hpp"

namespace gramme::plan {
namespace {

constexpr std::string_view kBasis = "whole run";
constexpr std::size_t kLeastProjects = 2;  ///< with one of a family nobody knows what is the family's
constexpr double kTera = 1e12;

/// One family of chips with one software stack: all TPUs, else an architecture.
std::string family_of(const refdata::Accelerator& device) {
    return device.kind == "tpu" ? "tpu" : std::string{device.architecture};
}

double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) {
        sum += value;
    }
    return sum / static_cast<double>(values.size());
}

/// Squares of the distances from a mean, and how many are free.
struct Spread {
    double squares = 0.0;
    std::size_t freedom = 0;

    void add(const std::vector<double>& values) {
        const double mean = mean_of(values);
        for (const double value : values) {
            squares += (value - mean) * (value - mean);
        }
        freedom += values.size() - 1;
    }
    [[nodiscard]] double variance() const {
        return freedom > 0 ? squares / static_cast<double>(freedom) : 0.0;
    }
};

}  // namespace

Result<UtilisationBand> utilisation_band(const refdata::Tables& tables, const refdata::Accelerator& device) {
    std::map<std::pair<std::string, std::string>, std::vector<double>> projects;  // by family and project
    for (const refdata::Utilisation& row : tables.utilisations()) {
        if (row.basis != kBasis || !(row.mfu > 0.0)) {
            continue;
        }
        const auto on = tables.accelerator_named(row.accelerator);
        const std::string_view project = row.id.substr(0, row.id.find('/'));
        projects[{on ? family_of(*on) : "", std::string{project}}].push_back(std::log(row.mfu));
    }
    if (projects.empty()) {
        return Error{Code::kNotFound, "no published training says what share of the peak it reached",
                     "give --mfu, or --device-tokens-per-second"};
    }
    Spread within;
    std::map<std::string, std::vector<double>> families;
    std::vector<double> all;
    std::map<std::string, int> runs;
    int all_runs = 0;
    for (const auto& [key, logs] : projects) {
        within.add(logs);
        families[key.first].push_back(mean_of(logs));
        all.push_back(mean_of(logs));
        runs[key.first] += static_cast<int>(logs.size());
        all_runs += static_cast<int>(logs.size());
    }
    UtilisationBand band;
    Spread between;
    const std::string family = family_of(device);
    const auto own = families.find(family);
    const bool of_family = !family.empty() && own != families.end() && own->second.size() >= kLeastProjects;
    if (of_family) {
        for (const auto& [name, means] : families) {
            between.add(means);
        }
    } else {
        between.add(all);
    }
    const std::vector<double>& means = of_family ? own->second : all;
    band.centre = std::exp(mean_of(means));
    band.sigma_ln =
        std::sqrt(within.variance() + between.variance() * (1.0 + 1.0 / static_cast<double>(means.size())));
    band.family = of_family ? family : "";
    band.projects = static_cast<int>(means.size());
    band.runs = of_family ? runs[family] : all_runs;
    return band;
}

std::string_view name_of(Precision precision) {
    return precision == Precision::k32Bit ? "32" : precision == Precision::k8Bit ? "8" : "16";
}

Result<Precision> precision_named(std::string_view text, std::string_view from) {
    for (const Precision one : {Precision::k16Bit, Precision::k32Bit, Precision::k8Bit}) {
        if (text == name_of(one)) {
            return one;
        }
    }
    return Error{Code::kUsage, std::string{from} + ": '" + std::string{text} + "' is no precision",
                 "16 (bf16 or fp16), 32 or 8: bits of the numbers that are multiplied"};
}

Result<Peak> peak_of(const refdata::Accelerator& device, Precision precision) {
    // Older cards multiply 16 bit slower than 32, and nobody trains so.
    const bool slower =
        precision == Precision::k16Bit && device.tflops_fp16 > 0.0 && device.tflops_fp16 < device.tflops_fp32;
    const double tera = precision == Precision::k32Bit || slower ? device.tflops_fp32
                        : precision == Precision::k8Bit          ? device.tflops_fp8
                                                                 : device.tflops_fp16;
    const std::string bits = slower ? "32 bit" : std::string{name_of(precision)} + " bit";
    if (!(tera > 0.0)) {
        return Error{Code::kNotFound,
                     "the speed of " + std::string{device.name} + " in " + bits + " is not known",
                     "give what you measured: --device-tokens-per-second, or name another --precision"};
    }
    Peak peak;
    // GeForce cards add up 32 bit, which training needs, at half the rate that is listed.
    const bool halved = precision == Precision::k16Bit && !slower && device.fp16_basis == "tensor fp16acc";
    peak.flops_per_s = tera * kTera * (halved ? 0.5 : 1.0);
    peak.how = estimate::number_text(peak.flops_per_s / kTera, 4) + " TFLOP/s, dense, " + bits +
               (halved ? ", half of what is listed for sums of 16 bit" : "");
    peak.source = std::string{device.source};
    return peak;
}

}  // namespace gramme::plan
