#include "estimate/embodied.hpp"

#include <set>

#include "estimate/lognormal.hpp"
#include "estimate/number_text.hpp"

namespace gramme::estimate {
namespace {

constexpr double kHoursPerYear = 8760.0;
constexpr double kAcceleratorSigma = 0.5;  ///< studies of one part differ by a factor of two
constexpr double kHostSigma = 0.4;
constexpr double kFirstMemoryGib = 16.0;  ///< inside the base figure of a server
constexpr std::string_view kUnknownCard = "gpu-card.ccf";
constexpr std::string_view kServer = "server-base.ccf";
constexpr std::string_view kFurtherCpu = "cpu-extra.ccf";
constexpr std::string_view kMemory = "dram.ccf";

/// The maker's own figure where there is one: rows are sorted by id, and ".pcf" and ".lca" name such
/// statements.
std::optional<refdata::Embodied> accelerator_row(const refdata::Tables& tables,
                                                 std::string_view accelerator) {
    std::optional<refdata::Embodied> found;
    for (const refdata::Embodied& row : tables.embodied_of(accelerator)) {
        if (row.category == "accelerator" && (!found || row.id.ends_with(".pcf") ||
                                              (row.id.ends_with(".lca") && !found->id.ends_with(".pcf")))) {
            found = row;
        }
    }
    return found;
}

double value_of(const refdata::Tables& tables, std::string_view id) {
    const auto row = tables.embodied_row(id);
    return row ? row->value : 0.0;
}

}  // namespace

std::optional<SideFigure> embodied_of(std::span<const HeldHardware> held, double hours,
                                      std::optional<double> lifetime_years, const refdata::Tables& tables,
                                      std::vector<Assumption>& assumptions) {
    if (held.empty() || !(hours > 0.0)) {
        return std::nullopt;
    }
    const double lifetime = lifetime_years.value_or(kLifetimeYears);
    const double time_share = hours / (lifetime * kHoursPerYear);
    std::vector<Uncertain> terms;
    std::set<std::string> sources;
    std::string sum_text;
    const auto add_product = [](std::string& text, double count, double kg) {
        text += (text.empty() ? "(" : " + ") + number_text(count) + " x " + number_text(kg, 5);
    };
    for (const HeldHardware& one : held) {
        if (one.accelerators > 0.0) {
            auto row = accelerator_row(tables, one.accelerator);
            const bool own = row.has_value();
            row = own ? row : tables.embodied_row(kUnknownCard);
            if (row) {
                terms.push_back(lognormal(row->value * one.accelerators * time_share, kAcceleratorSigma));
                add_product(sum_text, one.accelerators, row->value);
                sources.emplace(row->source);
                assumptions.push_back(
                    {"making one " + one.accelerator,
                     number_text(row->value) + " kg CO2e" + (own ? "" : ", a flat figure for any card"),
                     std::string{row->source}, "--embodied off"});
            }
        }
        if (one.hosts > 0.0) {
            const double further_gib =
                one.host_memory_gib > kFirstMemoryGib ? one.host_memory_gib - kFirstMemoryGib : 0.0;
            const auto base = tables.embodied_row(kServer);
            const double server = (base ? base->value : 0.0) +
                                  value_of(tables, kFurtherCpu) * (one.host_packages - 1.0) +
                                  value_of(tables, kMemory) * further_gib;
            terms.push_back(lognormal(server * one.hosts * time_share, kHostSigma));
            add_product(sum_text, one.hosts, server);
            const std::string source{base ? base->source : std::string_view{}};
            sources.emplace(source);
            assumptions.push_back({"making the machine around them", number_text(server) + " kg CO2e each",
                                   source, "--embodied off"});
        }
    }
    if (terms.empty()) {
        return std::nullopt;
    }
    if (!lifetime_years) {
        assumptions.push_back(
            {"lifetime of the hardware", number_text(lifetime) + " years", "ccf-coefficients", "--lifetime"});
    }
    const Sum sum = sum_of(terms, [](std::size_t, std::size_t) { return 0.0; });
    SideFigure figure;
    figure.value = interval_of(product(sum.total, lognormal(1.0, lifetime_years ? 0.0 : kLifetimeSigma)));
    for (const std::string& source : sources) {
        figure.from.source += (figure.from.source.empty() ? "" : ", ") + source;
    }
    figure.from.chosen = "share of making the hardware: " + sum_text + ") kg x " + number_text(hours, 6) +
                         " h / (" + number_text(lifetime) + " years x 8760 h)";
    return figure;
}

}  // namespace gramme::estimate
