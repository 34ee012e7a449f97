// A result from a file: whatever it holds is an error that says what, or is explained and reported without a
// crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "calculate/stored_footprint.hpp"
#include "present/explain.hpp"
#include "present/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto result = gramme::calculate::read_result(text);
    if (!result) {
        GRAMME_ASSERT(!result.error().what.empty());
        return 0;
    }
    constexpr std::size_t kFewDraws = 10;
    const gramme::present::ExplainInput input{result->run, result->footprint, nullptr,
                                              "a file",    kFewDraws,         result->missing};
    GRAMME_ASSERT(!gramme::present::explain_text(input, gramme::refdata::Tables{}, {}).empty());
    GRAMME_ASSERT(!gramme::present::explain_json(input, gramme::refdata::Tables{}).empty());
    const gramme::refdata::Tables tables;
    const gramme::present::ReportInput report{result->run, result->footprint, nullptr,
                                              result->estimate ? &*result->estimate : nullptr, "0"};
    for (const auto& text :
         {gramme::present::report_model_card(report, ""), gramme::present::report_sci(report, {}),
          gramme::present::report_boamps(report, "2026-11-25T00:00:00Z")}) {
        GRAMME_ASSERT(text ? !text->empty() : !text.error().what.empty());
    }
    GRAMME_ASSERT(gramme::present::report_html(report, tables).ends_with("</html>\n"));
    GRAMME_ASSERT(gramme::present::report_html(report, tables).find("<script") == std::string::npos);
    GRAMME_ASSERT(!gramme::present::report_latex(report, tables).empty());
    GRAMME_ASSERT(!gramme::present::report_markdown(report, tables).empty());
    GRAMME_ASSERT(!gramme::present::report_csv(report).empty());
    GRAMME_ASSERT(gramme::calculate::read_result(gramme::present::report_json(report)));
    return 0;
}
