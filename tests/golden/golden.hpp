// Compares program output with a file of tests/golden. GRAMME_UPDATE_GOLDEN=1 rewrites the file instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace gramme::testing {

/// `name` is below tests/golden: "present/summary_measured.txt".
inline void expect_golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string{GRAMME_SOURCE_DIR} + "/tests/golden/" + name;
    if (const char* update = std::getenv("GRAMME_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
        std::ofstream{path, std::ios::binary} << actual;
        return;
    }
    std::ifstream file{path, std::ios::binary};
    ASSERT_TRUE(file) << path << " is missing; GRAMME_UPDATE_GOLDEN=1 writes it";
    std::ostringstream expected;
    expected << file.rdbuf();
    EXPECT_EQ(actual, expected.str()) << "differs from " << path << "; GRAMME_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace gramme::testing
