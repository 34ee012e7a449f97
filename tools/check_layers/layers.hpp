// The rules of src/: which module may include which, and that pure modules touch nothing. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gramme::tools {

struct Violation {
    std::string file;
    std::size_t line = 0;
    std::string what;
};

/// What one source file breaks. `file` is its path from src/ ("meter/counter.cpp").
[[nodiscard]] std::vector<Violation> check_source(std::string_view file, std::string_view text);
/// What a module's CMakeLists.txt breaks: a DEPENDS that its place forbids.
[[nodiscard]] std::vector<Violation> check_cmake(std::string_view file, std::string_view text);

}  // namespace gramme::tools
