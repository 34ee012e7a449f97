#include "plan/limit.hpp"

#include <gtest/gtest.h>

namespace gramme::plan {
namespace {

Limit limit(std::string_view text) {
    const auto read = parse_limit(text);
    EXPECT_TRUE(read) << text;
    return read ? *read : Limit{};
}

TEST(ParseLimit, TakesCarbonEnergyAndTime) {
    EXPECT_EQ(limit("500g").of, Resource::kCarbon);
    EXPECT_DOUBLE_EQ(limit("500g").amount, 500.0);
    EXPECT_DOUBLE_EQ(limit("1.5 kg CO2e").amount, 1500.0);
    EXPECT_DOUBLE_EQ(limit("0.002t").amount, 2000.0);
    EXPECT_EQ(limit("2kWh").of, Resource::kEnergy);
    EXPECT_DOUBLE_EQ(limit("2kWh").amount, 7.2e6);
    EXPECT_DOUBLE_EQ(limit("2KWH").amount, 7.2e6);
    EXPECT_DOUBLE_EQ(limit("1MJ").amount, 1e6);
    EXPECT_EQ(limit("3h").of, Resource::kTime);
    EXPECT_DOUBLE_EQ(limit("3h").amount, 10800.0);
    EXPECT_DOUBLE_EQ(limit("90m").amount, 5400.0);
    EXPECT_DOUBLE_EQ(limit("1.5e3s").amount, 1500.0);
    EXPECT_EQ(limit(" 3h ").typed, "3h");
}

TEST(ParseLimit, TellsMilliFromMega) {
    EXPECT_DOUBLE_EQ(limit("500mg").amount, 0.5);
    for (const char* unclear : {"1mJ", "1mWh", "1Mg", "1M"}) {
        EXPECT_FALSE(parse_limit(unclear)) << unclear;
    }
}

TEST(ParseLimit, RefusesWhatLimitsNothing) {
    for (const char* text : {"", "500", "g", "0g", "-1g", "nan g", "inf h", "1e400kg", "3 apples", "2kWhCO2e",
                             "5 5g", "1e308t"}) {
        const auto read = parse_limit(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Code::kMalformed);
        EXPECT_NE(read.error().hint.find("500g"), std::string::npos);
    }
}

}  // namespace
}  // namespace gramme::plan
