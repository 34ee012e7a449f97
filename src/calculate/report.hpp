// A result in the form that others ask for: what `gramme report` and the server have in common. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"
#include "present/report.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// "model-card", "latex", ...: in the order of the help.
[[nodiscard]] std::span<const std::string_view> report_formats();

/// What some formats need beside the result.
struct ReportOptions {
    std::string training_type;     ///< of a model card: "pre-training", "fine-tuning"; may be empty
    present::FunctionalUnit unit;  ///< of sci
    std::string now_utc;           ///< of boamps: when the report is made
};

/// A report is there to be passed on: the command line, which can hold secrets, and the folders of files go.
void leave_private_things_out(RunRecord& run, Footprint& footprint);

/// kUsage for a format that is none of report_formats(); errors of the format where it needs what the result
/// does not hold.
[[nodiscard]] Result<std::string> report_as(std::string_view format, const present::ReportInput& input,
                                            const ReportOptions& options, const refdata::Tables& tables);

}  // namespace gramme::calculate
