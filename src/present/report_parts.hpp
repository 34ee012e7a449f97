// What several reports say, in plain text that each of them escapes for itself. Only for src/present.
#pragma once

#include <string>
#include <vector>

#include "present/numbers.hpp"
#include "present/report.hpp"
#include "present/source_list.hpp"

namespace gramme::present {

/// kg CO2e as grams, which model cards and SCI ask for.
[[nodiscard]] double grams(double kgco2e);
/// What an estimate was told; kHardware where it is not all of one kind.
enum class Given : std::uint8_t { kHardware, kPower, kEnergy };
[[nodiscard]] Given given_of(const DescribedJob& job);
/// "bert, run 3" or "8 x h100 for 120 h".
[[nodiscard]] std::string title_of(const ReportInput& input);
/// "Paris, France (aws:eu-west-3)"; empty where the place is not known. Never the name of an energy source.
[[nodiscard]] std::string place_text(const IntensityFactor& grid);
/// "2 x NVIDIA A100-SXM4-80GB, 2 x Intel(R) Xeon(R) ..."; empty where nothing is known, as for given watts.
[[nodiscard]] std::string hardware_text(const ReportInput& input);
/// "measured by energy counters", "estimated from power and hours, not measured".
[[nodiscard]] std::string how_known(const ReportInput& input);
/// "41.45 g CO2e/kWh, France 2025, lifecycle".
[[nodiscard]] std::string grid_text(const IntensityFactor& grid);
/// "0.60 kWh", with " + unknown" where something is not counted.
[[nodiscard]] std::string value_text(const Shown& number, Dimension dimension, bool whole);
/// "0.56 to 0.64 kWh"; empty where there is no interval.
[[nodiscard]] std::string range_text(const Shown& number, Dimension dimension);

struct ReportFigure {
    std::string label;
    Dimension dimension;
    Shown number;
    bool in_total = true;  ///< false: beside the total, never added to it
    bool whole = true;     ///< false: something of it is not counted
};
/// Energy, energy of the site, operational carbon, then what stands beside them. Empty where no energy is
/// known.
[[nodiscard]] std::vector<ReportFigure> report_figures(const ReportInput& input);

[[nodiscard]] std::vector<ExplainedSource> report_sources(const ReportInput& input,
                                                          const refdata::Tables& tables);
/// "gramme-owid-ember-2026".
[[nodiscard]] std::string bib_key(const std::string& source_id);
/// One @misc entry for each source that is published somewhere.
[[nodiscard]] std::string bibtex_of(const std::vector<ExplainedSource>& sources);
[[nodiscard]] bool is_published(const ExplainedSource& source);

}  // namespace gramme::present
