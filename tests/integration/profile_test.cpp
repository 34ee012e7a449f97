// gramme estimate --profile through the real program.
#include <gmock/gmock.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using ProfileOption = Integration;

TEST_F(ProfileOption, SaysWhatTheToolSaysAndWhatGrammeSays) {
    const Outcome text = box.gramme({"estimate", "--device", "v100-pcie-16gb", "--count", "8", "--hours",
                                     "168", "--region", "azure:eastus", "--profile", "mlco2"});
    ASSERT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, StartsWith("as ML CO2 Impact computes it: 149.18 kg eq. CO2"));
    EXPECT_THAT(text.out, HasSubstr("\n  gramme "));
    const Words words{"estimate", "--energy-kwh", "1",          "--region",
                      "FRA",      "--profile",    "codecarbon", "--json"};
    const Json json = Json::parse(box.gramme(words).out);
    EXPECT_DOUBLE_EQ(json["profile"]["kgco2e"].get<double>(), 0.056039);
    EXPECT_EQ(json["schema"], "gramme/footprint/1");
}

TEST_F(ProfileOption, RefusesWhatTheToolDoesNotKnow) {
    const Outcome place = box.gramme(
        {"estimate", "--power-w", "300", "--hours", "1", "--region", "France", "--profile", "mlco2"});
    EXPECT_EQ(place.exit_code, 64);
    EXPECT_EQ(place.out, "");
    EXPECT_THAT(place.err, HasSubstr("aws:eu-west-3"));
    const Outcome tool =
        box.gramme({"estimate", "--power-w", "300", "--hours", "1", "--profile", "carbontracker"});
    EXPECT_EQ(tool.exit_code, 64);
    EXPECT_THAT(tool.err, HasSubstr("green-algorithms"));
}

}  // namespace
}  // namespace gramme::testing
