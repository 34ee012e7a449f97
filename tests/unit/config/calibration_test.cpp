#include "config/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::config {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kMonday_ns = 1'764'061'200'000'000'000;

HostFacts facts() {
    HostFacts facts;
    facts.cpu_model = "Intel(R) Xeon(R) \"Gold\" 6226R";
    facts.cpu_sockets = 2;
    return facts;
}

Error refusal(std::string_view text) {
    const auto parsed = parse_calibration(text, "c.toml");
    EXPECT_FALSE(parsed) << text;
    return parsed ? Error{} : parsed.error();
}

TEST(Calibration, ComesBackAsItWasWritten) {
    Calibration written = calibration_of(facts(), kMonday_ns);
    written.idle = {{"cpu0", Watts{37.125}}, {"cpu1-die0", Watts{0.0}}};
    const auto read = parse_calibration(calibration_file_text(written), "c.toml");
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE(is_of(*read, facts()));
    EXPECT_EQ(read->wall_ns, kMonday_ns);
    ASSERT_EQ(read->idle.size(), 2U);
    EXPECT_EQ(read->idle[0].first, "cpu0");
    EXPECT_DOUBLE_EQ(read->idle[0].second.value(), 37.125);
    EXPECT_DOUBLE_EQ(read->idle[1].second.value(), 0.0);
}

Calibration with_meter() {
    Calibration out = calibration_of(facts(), kMonday_ns);
    out.idle = {{"cpu0", Watts{37.125}}};
    meter::WallCurve wall;
    wall.idle = Watts{62.125};
    wall.full = Watts{214.25};
    wall.bend = -0.5;
    wall.residual = Watts{1.5};
    wall.r_squared = 0.998;
    wall.points = 60;
    wall.lowest_load = 0.012;
    wall.highest_load = 0.987;
    wall.sigma = 0.105;
    wall.wall_ns = kMonday_ns + 1'000'000'000;
    wall.meter = "command";
    out.wall = wall;
    meter::WallRest rest;
    rest.base = Watts{46.5};
    rest.efficiency = 0.893;
    rest.residual = Watts{0.75};
    rest.points = 58;
    rest.sigma = 0.125;
    rest.wall_ns = kMonday_ns + 2'000'000'000;
    out.rest = rest;
    return out;
}

TEST(Calibration, WhatAMeterToldComesBackToo) {
    const std::string text = calibration_file_text(with_meter());
    const auto read = parse_calibration(text, "c.toml");
    ASSERT_TRUE(read) << read.error().what << text;
    ASSERT_TRUE(read->wall && read->rest);
    EXPECT_DOUBLE_EQ(read->wall->idle.value(), 62.125);
    EXPECT_DOUBLE_EQ(read->wall->full.value(), 214.25);
    EXPECT_DOUBLE_EQ(read->wall->bend, -0.5);
    EXPECT_DOUBLE_EQ(read->wall->residual.value(), 1.5);
    EXPECT_DOUBLE_EQ(read->wall->r_squared, 0.998);
    EXPECT_EQ(read->wall->points, 60U);
    EXPECT_DOUBLE_EQ(read->wall->lowest_load, 0.012);
    EXPECT_DOUBLE_EQ(read->wall->highest_load, 0.987);
    EXPECT_DOUBLE_EQ(read->wall->sigma, 0.105);
    EXPECT_EQ(read->wall->wall_ns, kMonday_ns + 1'000'000'000);
    EXPECT_EQ(read->wall->meter, "command");
    EXPECT_DOUBLE_EQ(read->rest->base.value(), 46.5);
    EXPECT_DOUBLE_EQ(read->rest->efficiency, 0.893);
    EXPECT_DOUBLE_EQ(read->rest->residual.value(), 0.75);
    EXPECT_EQ(read->rest->points, 58U);
    EXPECT_DOUBLE_EQ(read->rest->sigma, 0.125);
    EXPECT_EQ(read->rest->wall_ns, kMonday_ns + 2'000'000'000);
    EXPECT_EQ(calibration_file_text(*read), text);
}

TEST(Calibration, AFileOfTheFirstVersionIsStillRead) {
    const auto read = parse_calibration(
        "cpu_model = \"x\"\ncpu_sockets = 2\ndate = \"2026-11-25T09:00:00Z\"\n\n[idle_w]\ncpu0 = 37\n",
        "c.toml");
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->idle.size(), 1U);
    EXPECT_FALSE(read->wall);
    EXPECT_FALSE(read->rest);
}

TEST(Calibration, OfANewerGrammeIsRefusedInItsOwnWords) {
    EXPECT_THAT(refusal("future = 1\nversion = 3\n").what,
                HasSubstr("does not know version 3 of the calibration"));
}

TEST(Calibration, WhatAMeterCannotHaveToldIsRefused) {
    const std::string good = calibration_file_text(with_meter());
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find("\n" + from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at + 1, text.find('\n', at + 1) - at - 1, to);
        return refusal(text).what;
    };
    EXPECT_THAT(changed("full_w", "full_w = 10"), HasSubstr("wall.full_w is below wall.idle_w"));
    EXPECT_THAT(changed("bend", "bend = -1"), HasSubstr("no sense in wall.bend"));
    EXPECT_THAT(changed("bend", ""), HasSubstr("no sense in wall.bend"));
    EXPECT_THAT(changed("r_squared", "r_squared = nan"), HasSubstr("no sense in wall.r_squared"));
    EXPECT_THAT(changed("meter", "meter = 5"), HasSubstr("no sense in wall.meter"));
    EXPECT_THAT(changed("meter", "metre = 5"), HasSubstr("no sense in wall.meter"));
    EXPECT_THAT(changed("lowest_load", "lowest_load = 0.1\nplug = 5"), HasSubstr("unknown key 'plug'"));
    EXPECT_THAT(changed("efficiency", "efficiency = 0"), HasSubstr("no sense in remainder.efficiency"));
    EXPECT_THAT(changed("base_w", "base_w = -1"), HasSubstr("no sense in remainder.base_w"));
    EXPECT_THAT(changed("[remainder]", "[[remainder]]"), HasSubstr("remainder is no table"));
}

TEST(Calibration, BelongsToOneKindOfMachine) {
    const Calibration calibration = calibration_of(facts(), kMonday_ns);
    HostFacts other = facts();
    other.hostname = "renamed";
    EXPECT_TRUE(is_of(calibration, other));
    other.cpu_sockets = 1;
    EXPECT_FALSE(is_of(calibration, other));
    other = facts();
    other.cpu_model = "AMD EPYC 7543";
    EXPECT_FALSE(is_of(calibration, other));
}

TEST(Calibration, MalformedFilesAreRefusedWithTheirLine) {
    const std::string head = "cpu_model = \"x\"\ncpu_sockets = 2\ndate = \"2026-11-25\"\n";
    EXPECT_THAT(refusal(head).what, HasSubstr("'idle_w' is missing"));
    EXPECT_THAT(refusal(head + "[idle_w]\ncpu0 = -1\n").what,
                StartsWith("c.toml:5:1: the idle power of cpu0"));
    EXPECT_THAT(refusal(head + "[idle_w]\ncpu0 = \"37\"\n").what, StartsWith("c.toml:5:1: "));
    EXPECT_THAT(refusal(head + "[idle_w]\ncpu0 = nan\n").what, StartsWith("c.toml:5:1: "));
    EXPECT_THAT(refusal(head + "[idle_w]\ncpu0 = inf\n").what, StartsWith("c.toml:5:1: "));
    EXPECT_THAT(refusal(head + "idle_w = 37\n").what, HasSubstr("idle_w is no table"));
    EXPECT_THAT(refusal(head + "watts = 3\n[idle_w]\n").what, StartsWith("c.toml:4:1: unknown key 'watts'"));
    EXPECT_THAT(refusal("cpu_sockets = \"two\"\n").what, StartsWith("c.toml:1:1: no sense"));
    EXPECT_THAT(refusal("date = \"yesterday\"\n").what, StartsWith("c.toml:1:1: no sense"));
    EXPECT_THAT(refusal("cpu_model = \n").what, StartsWith("c.toml:1:"));
    EXPECT_EQ(refusal("").code, Code::kMalformed);
}

}  // namespace
}  // namespace gramme::config
