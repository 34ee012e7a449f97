// A result as other people's formats want it: model card, paper, BoAmps, SCI, a page. Pure. What each holds:
// docs/reports.md. No report holds the command line of a run, its host name or what it left running.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/job.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::present {

struct ReportInput {
    const RunRecord& run;
    const Footprint& footprint;
    const Ledger* ledger = nullptr;     ///< the windows of a stored run, for its power over time
    const DescribedJob* job = nullptr;  ///< of an estimate
    std::string version;                ///< of the gramme that writes
};

/// The top-level key that Hugging Face model cards have for emissions.
inline constexpr std::string_view kModelCardKey = "co2_eq_emissions";
/// What made the same model beside the run: other processes, or a run that this one went on from.
struct Beside {
    double kgco2e = 0.0;  ///< operational; added to the run's own
    std::string what;     ///< "3 other processes"
};
/// "co2_eq_emissions:\n  emissions: GRAMS\n  ...": operational g CO2e. `training_type` may be empty.
/// kMalformed where no energy is known: the format has a number only; kUsage: no such type, or a negative
/// number beside the run. Source: https://huggingface.co/docs/hub/model-cards-co2
[[nodiscard]] Result<std::string> report_model_card(const ReportInput& input, std::string_view training_type,
                                                    const Beside& beside = {});

/// A paragraph, a table and, where TeX does not look, the BibTeX entries: the file is a .bib file as well.
[[nodiscard]] std::string report_latex(const ReportInput& input, const refdata::Tables& tables);
[[nodiscard]] std::string report_markdown(const ReportInput& input, const refdata::Tables& tables);
/// One file that loads nothing and runs nothing.
[[nodiscard]] std::string report_html(const ReportInput& input, const refdata::Tables& tables);
/// Boavizta's BoAmps report (JSON). kMalformed where no energy is known.
[[nodiscard]] Result<std::string> report_boamps(const ReportInput& input, std::string_view written_at);
/// A head and one row.
[[nodiscard]] std::string report_csv(const ReportInput& input);
/// Schema gramme/footprint/1.
[[nodiscard]] std::string report_json(const ReportInput& input);

/// R of ISO/IEC 21031: `count` of `unit`.
struct FunctionalUnit {
    double count = 1.0;
    std::string unit = "training run";
};
/// Schema gramme/sci/1: O = E x I, M, R and SCI = (O + M) / R with the numbers that are known; M and SCI are
/// null where the embodied carbon is not. kMalformed where no energy is known.
[[nodiscard]] Result<std::string> report_sci(const ReportInput& input, const FunctionalUnit& unit);

}  // namespace gramme::present
