// refgen: reads and checks the reference tables and writes them as one C++ source file. A build tool.
//
//   refgen --out FILE DATA_DIR    checks, then writes the source file (only if it differs)
//   refgen --check DATA_DIR       checks only
//   refgen --sources-md DATA_DIR  prints data/SOURCES.md
//
// Exit status (sysexits.h): 64 usage, 65 a fault in a table (file:line:column on stderr), 66 a table cannot
// be read, 73 the output cannot be written.
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "emit.hpp"
#include "sources_md.hpp"

namespace {

constexpr int kExitUsage = 64;
constexpr int kExitBadData = 65;
constexpr int kExitNoInput = 66;
constexpr int kExitCannotWrite = 73;

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return std::nullopt;
    }
    return std::move(text).str();
}

int complain(const gramme::Error& error) {
    std::cerr << "refgen: " << error.what << '\n';
    if (!error.hint.empty()) {
        std::cerr << "  " << error.hint << '\n';
    }
    return kExitBadData;
}

int write_if_changed(const std::string& path, const std::string& text) {
    if (read_file(path) == text) {
        return 0;  // an unchanged file keeps its time, so nothing is compiled again
    }
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
        std::cerr << "refgen: cannot write " << path << '\n';
        return kExitCannotWrite;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool writes = arguments.size() == 3 && arguments[0] == "--out";
    const bool checks = arguments.size() == 2 && arguments[0] == "--check";
    const bool lists = arguments.size() == 2 && arguments[0] == "--sources-md";
    if (!writes && !checks && !lists) {
        std::cerr << "usage: refgen --out FILE DATA_DIR | --check DATA_DIR | --sources-md DATA_DIR\n";
        return kExitUsage;
    }
    const std::string& folder = arguments.back();
    gramme::refdata::Records records;
    for (const std::string_view name : gramme::refdata::table_files()) {
        const std::string path = folder + "/" + std::string(name);
        const auto text = read_file(path);
        if (!text) {
            std::cerr << "refgen: cannot read " << path << '\n';
            return kExitNoInput;
        }
        if (const auto read = gramme::refdata::read_records(path, *text, records); !read) {
            return complain(read.error());
        }
    }
    const auto image = gramme::refdata::build_image(records, /*compiled_in=*/true);
    if (!image) {
        gramme::Error error = image.error();
        error.what = folder + "/" + error.what;
        return complain(error);
    }
    if (lists) {
        std::cout << gramme::refgen::sources_md(image->view());
        return 0;
    }
    return writes ? write_if_changed(arguments[1], gramme::refgen::cpp_source(image->view())) : 0;
}
