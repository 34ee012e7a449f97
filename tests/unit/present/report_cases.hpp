// Results for the tests of reports. Made up.
#pragma once

#include <optional>
#include <string>

#include "cases.hpp"
#include "present/report.hpp"

namespace gramme::testing {

/// What a ReportInput points to.
struct ReportCase {
    RunRecord run;
    Footprint footprint;
    std::optional<Ledger> ledger;
    std::optional<DescribedJob> job;

    [[nodiscard]] present::ReportInput input() const {
        return {run, footprint, ledger ? &*ledger : nullptr, job ? &*job : nullptr, "0.1.0"};
    }
};

/// measured_case() with windows of a minute, and a hole in the GPU's.
[[nodiscard]] ReportCase measured_report();
/// gap_case().
[[nodiscard]] ReportCase gap_report();
/// 8 H100 for 120 h in Paris, with embodied carbon and assumptions.
[[nodiscard]] ReportCase estimated_report();
/// Every name from outside tries to be markup of every format; place and devices as well.
[[nodiscard]] ReportCase hostile_report();
[[nodiscard]] ReportCase unknown_report();

/// The text that hostile_report() has for each name.
inline constexpr const char* kHostile =
    "</script><script>alert(1)</script> ${HOME} `id` \\input{/etc/passwd} \\end{document} %$&#_^~{} @misc{x} "
    "| ]]> \"'\n---\nkey: [value\t# x \x1b[31m\xff *a* <!-- é";

}  // namespace gramme::testing
