// emissions.csv and tables like it: include/gramme.h over store::append_row and store::replace_row.
#include <algorithm>
#include <string>

#include "base/csv.hpp"
#include "capi/boundary.hpp"
#include "present/present.hpp"
#include "store/emissions_csv.hpp"

using gramme::Code;
using gramme::CsvRow;
using gramme::Error;
using gramme::Result;
using gramme::capi::guarded_quietly;
using gramme::capi::missing;
using gramme::capi::report;

namespace {

Result<CsvRow> row_of(const char* name, const char* text) {
    GRAMME_TRY(auto rows, gramme::parse_csv(text));
    if (rows.size() != 1) {
        return Error{Code::kUsage, std::string{name} + ": one line of CSV is expected", ""};
    }
    return std::move(rows.front());
}

}  // namespace

extern "C" {

const char* gramme_emissions_header(void) {
    static const std::string kLine = gramme::csv_line(gramme::present::emissions_header());
    return kLine.c_str();
}

int32_t gramme_csv_put(const char* path, const char* header, const char* row, const char* key, char** written,
                       gramme_error* error) {
    if (path == nullptr || header == nullptr || row == nullptr) {
        return report(missing(path == nullptr ? "path" : header == nullptr ? "header" : "row"), error);
    }
    return guarded_quietly(error, [&]() -> Result<void> {
        GRAMME_TRY(const CsvRow names, row_of("header", header));
        GRAMME_TRY(const CsvRow values, row_of("row", row));
        if (names.size() != values.size()) {
            return Error{Code::kUsage,
                         "the row has " + std::to_string(values.size()) + " fields and the header " +
                             std::to_string(names.size()),
                         ""};
        }
        if (key != nullptr && std::find(names.begin(), names.end(), key) == names.end()) {
            return Error{Code::kUsage, std::string{"key: the header has no column '"} + key + "'", ""};
        }
        GRAMME_TRY(const auto outcome, key == nullptr ? gramme::store::append_row(path, names, values)
                                                      : gramme::store::replace_row(path, names, values, key));
        if (written != nullptr) {
            *written = gramme::capi::copied(outcome.path);
        }
        return {};
    });
}

}  // extern "C"
