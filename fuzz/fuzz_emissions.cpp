// emissions.csv: any text is rows that became runs, rows that are named, or an error. No energy is made up.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "foreign/emissions_runs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::foreign;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    auto file = parse_emissions(text);
    if (!file) {
        return 0;
    }
    const std::size_t rows = file->rows.size();
    const std::vector<NamedFile> files{{"emissions.csv", *std::move(file)}};
    const ForeignRuns found = runs_of(files, [](std::int64_t civil_ns) { return civil_ns; });
    GRAMME_ASSERT(found.runs.size() <= rows);
    for (const ForeignRun& one : found.runs) {
        GRAMME_ASSERT(one.run.id.size() == 36 && one.run.imported && one.run.imported->line > 0);
        GRAMME_ASSERT(one.run.duration_s >= 0.0 && std::isfinite(one.run.duration_s));
        GRAMME_ASSERT(one.pue >= 1.0);
        GRAMME_ASSERT(one.run.part_of.empty() || one.run.part_of.size() == 36);
        double kwh = 0.0;
        for (const gramme::Window& window : one.ledger.windows) {
            GRAMME_ASSERT(window.energy.value() > 0.0 && window.to_ns >= window.from_ns &&
                          window.from_ns >= 0);
            kwh += gramme::KilowattHours{window.energy}.value();
        }
        if (one.facility_kwh) {
            GRAMME_ASSERT(kwh * one.pue <= *one.facility_kwh * 1.01 + 1e-6);
        }
    }
    return 0;
}
