#include "check_layers/layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::tools {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string broken(std::string_view file, std::string_view text) {
    std::string all;
    for (const Violation& violation : check_source(file, text)) {
        all += std::to_string(violation.line) + ": " + violation.what + "\n";
    }
    return all;
}

TEST(Layers, AllowWhatLiesBefore) {
    EXPECT_EQ(broken("meter/counter.cpp",
                     "#include <vector>\n#include \"meter/counter.hpp\"\n"
                     "#include \"units/quantity.hpp\"\n"),
              "");
    EXPECT_EQ(broken("cli/run.cpp",
                     "#include <unistd.h>\n#include \"sample/run.hpp\"\n"
                     "#include \"present/present.hpp\"\n"),
              "");
}

TEST(Layers, RefuseWhatLiesBehind) {
    EXPECT_THAT(broken("units/quantity.hpp", "\n#include \"base/result.hpp\"\n"),
                HasSubstr("2: units may not include base"));
    EXPECT_THAT(broken("host/real.cpp", "#include \"probe/probe.hpp\"\n"),
                HasSubstr("host may not include probe"));
}

TEST(Layers, RefuseIoInAPureModule) {
    EXPECT_THAT(broken("estimate/sum.cpp", "#include \"host/real_host.hpp\"\n"),
                HasSubstr("estimate may not include host"));
    for (const char* header :
         {"fstream", "filesystem", "iostream", "thread", "mutex", "unistd.h", "sys/stat.h"}) {
        EXPECT_THAT(broken("meter/a.cpp", "#include <" + std::string{header} + ">\n"),
                    HasSubstr("a pure module includes"));
    }
    for (const char* call : {"std::chrono::system_clock::now()", "std::getenv(\"HOME\")",
                             "fopen(path, \"r\")", "std::cout << x", "host.now()", "std::printf(\"x\")"}) {
        EXPECT_THAT(broken("meter/a.cpp", "auto x = " + std::string{call} + ";\n"),
                    HasSubstr("a pure module calls"))
            << call;
    }
}

TEST(Layers, LetPureCodeSpeakOfTime) {
    EXPECT_EQ(broken("base/host.hpp", "[[nodiscard]] virtual Instant now() const = 0;\n"), "");
    EXPECT_EQ(broken("meter/counter.cpp", "return now - before;  // not system_clock::now()\n"), "");
    EXPECT_EQ(broken("base/utc.cpp", "std::snprintf(out, sizeof out, \"%d\", 1);\n"), "");
}

TEST(Layers, RefuseAFolderOrIncludeWithoutAPlace) {
    EXPECT_THAT(broken("misc/a.cpp", ""), HasSubstr("has no place"));
    EXPECT_THAT(broken("meter/a.cpp", "#include \"counter.hpp\"\n"),
                HasSubstr("does not start with a module"));
}

TEST(Layers, KeepTheFactorOfEnergyInOnePlace) {
    EXPECT_THAT(broken("estimate/a.cpp", "x / 3.6e6\n"), HasSubstr("belongs into units"));
    EXPECT_THAT(broken("estimate/a.cpp", "x / 3'600'000\n"), HasSubstr("belongs into units"));
    EXPECT_EQ(broken("units/quantity.hpp", "std::ratio<3'600'000>\n"), "");
}

TEST(Layers, HoldForCMakeToo) {
    EXPECT_THAT(
        check_cmake("meter/CMakeLists.txt", "gramme_module(meter DEPENDS units base model SOURCES a.cpp)"),
        IsEmpty());
    const auto found = check_cmake("units/CMakeLists.txt", "gramme_module(units DEPENDS base)");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().what, "units may not depend on base");
    EXPECT_EQ(check_cmake("units/CMakeLists.txt", "gramme_module(base)").size(), 1U);
}

}  // namespace
}  // namespace gramme::tools
