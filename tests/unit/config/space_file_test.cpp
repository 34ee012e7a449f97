#include "config/space_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace gramme::config {
namespace {

TEST(SpaceFile, AValueThatNoTagCanHoldIsRefusedWithItsLine) {
    for (const auto& [text, where] : {
             std::pair{"[parameters]\nlr = [1]\nopt = [\"sgd\", \"a\\tb\"]\n", "s.toml:3:"},
             std::pair{"[parameters]\nopt = [\"a\\nb\"]\n", "s.toml:2:"},
             std::pair{"[parameters]\nopt = [\"a\\u0000b\"]\n", "s.toml:2:"},
             std::pair{"[parameters.opt]\nvalues = [\n\"sgd\",\n\"\"\"a\nb\"\"\"]\n", "s.toml:4:"},
             std::pair{"[parameters.opt]\nvalues = \"\\u001b[2J\"\n", "s.toml:2:"},
         }) {
        const auto space = parse_space(text, "s.toml");
        ASSERT_FALSE(space) << text;
        EXPECT_EQ(space.error().code, Code::kMalformed);
        EXPECT_EQ(space.error().what.find(where), 0U) << space.error().what;
        EXPECT_NE(space.error().what.find("'opt'"), std::string::npos) << space.error().what;
    }
    EXPECT_FALSE(parse_space("name = \"a\\nb\"\n[parameters]\nx = [1]\n", "s.toml"));
    const auto space = parse_space("[parameters]\nopt = [\"two words\", \"gr\\u00fcn\"]\n", "s.toml");
    ASSERT_TRUE(space) << space.error().what;
    EXPECT_EQ(space->parameters[0].values[1], "gr\xC3\xBCn");
}

TEST(SpaceFile, AParameterIsNotCalledLikeAPlaceholder) {
    for (const char* name : {"trial", "budget", "dir", "seed"}) {
        const auto space =
            parse_space("[parameters]\nx = [1]\n" + std::string{name} + " = [1, 2]\n", "s.toml");
        ASSERT_FALSE(space) << name;
        EXPECT_EQ(space.error().what.find("s.toml:3:"), 0U) << space.error().what;
        EXPECT_NE(space.error().what.find(name), std::string::npos) << space.error().what;
    }
    const auto braces = parse_space("[parameters]\n\"{x}\" = [1, 2]\n", "s.toml");
    ASSERT_FALSE(braces);
    EXPECT_EQ(braces.error().what.find("s.toml:2:"), 0U) << braces.error().what;
    EXPECT_NE(braces.error().what.find("{x}"), std::string::npos) << braces.error().what;
}

}  // namespace
}  // namespace gramme::config
