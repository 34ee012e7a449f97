// CSV: rows that were read are written and read back as they were.
#include <string>

#include "base/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const auto rows = parse_csv({reinterpret_cast<const char*>(data), size});
    if (!rows) {
        return 0;
    }
    std::string text =
        "header\n";  // a first field may begin with a byte order mark, which only a file start loses
    for (const CsvRow& row : *rows) {
        text += csv_line(row);
        text += '\n';
    }
    const auto again = parse_csv(text);
    GRAMME_ASSERT(again && again->size() == rows->size() + 1);
    for (std::size_t i = 0; i < rows->size(); ++i) {
        GRAMME_ASSERT((*again)[i + 1] == (*rows)[i]);
    }
    return 0;
}
