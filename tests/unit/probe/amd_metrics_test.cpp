#include "probe/amd_metrics.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gramme::probe {
namespace {

/// A table of `size` bytes with its header; all else 0.
std::string table(std::size_t size, int format, int content) {
    std::string bytes(size, '\0');
    bytes[0] = static_cast<char>(size % 256);
    bytes[1] = static_cast<char>(size / 256);
    bytes[2] = static_cast<char>(format);
    bytes[3] = static_cast<char>(content);
    return bytes;
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xffU);
    }
}

struct Place {
    int content;
    std::size_t size, energy, energy_bytes, power;
};

/// Offsets worked out by hand from struct gpu_metrics_v1_*: the fields before each, in bytes.
TEST(AmdMetrics, EnergyAndPowerStandWhereEachRevisionHasThem) {
    const Place places[] = {{0, 80, 36, 4, 34},   {1, 96, 24, 8, 22},   {2, 104, 24, 8, 22},
                            {3, 120, 24, 8, 22},  {4, 288, 24, 8, 10},  {5, 360, 88, 8, 10},
                            {6, 1664, 16, 8, 10}, {7, 2208, 24, 8, 10}, {8, 3136, 24, 8, 10}};
    for (const Place& place : places) {
        std::string bytes = table(place.size, 1, place.content);
        put(bytes, place.energy, 500'000, place.energy_bytes);
        put(bytes, place.power, 321, 2);
        const auto metrics = parse_amd_metrics(bytes);
        ASSERT_TRUE(metrics) << place.content;
        EXPECT_EQ(metrics->energy_counts, 500'000U) << place.content;
        EXPECT_EQ(metrics->power_w, 321.0) << place.content;
        EXPECT_FALSE(metrics->is_processor());
        EXPECT_EQ(metrics->energy_range, place.content == 0 ? 0xffff'ffffU : 0U) << place.content;
    }
}

TEST(AmdMetrics, AFieldOfAllOnesIsNotTold) {
    std::string bytes = table(120, 1, 3);
    put(bytes, 24, ~0ULL, 8);
    put(bytes, 22, 0xffff, 2);
    put(bytes, 16, 0xffff, 2);
    const auto metrics = parse_amd_metrics(bytes);
    ASSERT_TRUE(metrics);
    EXPECT_FALSE(metrics->energy_counts);
    EXPECT_FALSE(metrics->power_w);
    EXPECT_FALSE(metrics->utilization);
}

TEST(AmdMetrics, TheWattsOfAProcessorAreNotReadTheyMayBeMilliwatts) {
    const std::pair<int, int> revisions[] = {{2, 0}, {2, 1}, {2, 4}, {3, 0}};
    for (const auto& [format, content] : revisions) {
        std::string bytes = table(264, format, content);
        put(bytes, 40, 31'000, 2);
        put(bytes, 44, 31'000, 2);
        put(bytes, 112, 31'000, 4);
        const auto metrics = parse_amd_metrics(bytes);
        ASSERT_TRUE(metrics) << format << '.' << content;
        EXPECT_TRUE(metrics->is_processor());
        EXPECT_FALSE(metrics->energy_counts);
        EXPECT_FALSE(metrics->power_w) << format << '.' << content;
    }
}

/// The first table 1.6 had 72 bytes of video engines before the energy and none of the partitions behind: 16
/// is within those engines.
TEST(AmdMetrics, TheTableThatWasTakenBackIsNotTakenForItsNamesake) {
    std::string bytes = table(384, 1, 6);
    put(bytes, 88, 500'000, 8);
    put(bytes, 10, 321, 2);
    EXPECT_FALSE(parse_amd_metrics(bytes));
}

TEST(AmdMetrics, UseIsAPartOfAll) {
    std::string bytes = table(288, 1, 4);
    put(bytes, 12, 97, 2);
    EXPECT_EQ(parse_amd_metrics(bytes)->utilization, 0.97);
    put(bytes, 12, 9700, 2);  // of some chips, in hundredths of a percent: nobody says which
    EXPECT_FALSE(parse_amd_metrics(bytes)->utilization);
}

TEST(AmdMetrics, AnotherRevisionOrAShortTableIsNothing) {
    EXPECT_FALSE(parse_amd_metrics(table(400, 9, 9)));
    EXPECT_FALSE(parse_amd_metrics(table(400, 1, 9)));
    EXPECT_FALSE(parse_amd_metrics(std::string{}));
    EXPECT_FALSE(parse_amd_metrics(table(120, 1, 3).substr(0, 31)));
    std::string lies = table(360, 1, 5);
    lies[0] = 90;  // its own length ends within the energy
    lies[1] = 0;
    EXPECT_FALSE(parse_amd_metrics(lies));
}

}  // namespace
}  // namespace gramme::probe
