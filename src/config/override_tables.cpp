#include "config/override_tables.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace gramme::config {

Result<refdata::Tables> tables_with_overrides(const std::string& dir) {
    if (dir.empty()) {
        return refdata::Tables{};
    }
    std::error_code trouble;
    std::vector<std::filesystem::path> paths;
    for (std::filesystem::directory_iterator entry{dir, trouble}, end; !trouble && entry != end;
         entry.increment(trouble)) {
        if (entry->path().extension() == ".csv") {
            paths.push_back(entry->path());
        }
    }
    if (trouble || paths.empty()) {
        return Error{Code::kNotFound,
                     "no reference data in '" + dir + "'" + (trouble ? ": " + trouble.message() : ""),
                     "--data and GRAMME_DATA name a folder with CSV files such as grid_intensity.csv"};
    }
    std::sort(paths.begin(), paths.end());  // the same rows win on any file system
    std::vector<std::pair<std::string, std::string>> named_texts;
    for (const auto& path : paths) {
        std::ifstream file{path, std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        if (!file) {
            return Error{Code::kIo, "cannot read " + path.string(), ""};
        }
        named_texts.emplace_back(path.filename().string(), std::move(text));
    }
    return refdata::Tables::with_overrides(named_texts);
}

}  // namespace gramme::config
