#include "cli/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::cli {
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
}  // namespace gramme::cli
