// check_layers SRC: 0 if every file below SRC keeps the rules of layers.cpp, else 1 with each broken one.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "check_layers/layers.hpp"

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    using gramme::tools::Violation;
    if (argc != 2) {
        std::fprintf(stderr, "usage: check_layers SRC\n");
        return 64;
    }
    const fs::path root = argv[1];
    std::size_t files = 0;
    std::vector<Violation> all;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{root, error}) {
        const std::string file = fs::relative(entry.path(), root).generic_string();
        const bool is_cmake = entry.path().filename() == "CMakeLists.txt";
        const bool is_source = file.ends_with(".cpp") || file.ends_with(".hpp") || file.ends_with(".hpp.in");
        if (!entry.is_regular_file() || (!is_cmake && !is_source) || file.find('/') == std::string::npos) {
            continue;
        }
        std::ifstream stream{entry.path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        const auto found =
            is_cmake ? gramme::tools::check_cmake(file, text) : gramme::tools::check_source(file, text);
        all.insert(all.end(), found.begin(), found.end());
        ++files;
    }
    if (error || files == 0) {
        std::fprintf(stderr, "check_layers: no sources below %s\n", argv[1]);
        return 66;
    }
    std::sort(all.begin(), all.end(), [](const Violation& a, const Violation& b) {
        return a.file != b.file ? a.file < b.file : a.line < b.line;
    });
    for (const Violation& violation : all) {
        std::printf("src/%s:%zu: %s\n", violation.file.c_str(), violation.line, violation.what.c_str());
    }
    std::printf("%zu files, %zu broken rules\n", files, all.size());
    return all.empty() ? 0 : 1;
}
