// Accelerators, instances, energy sources and typical machines, as people and drivers name them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "refdata/build_hardware.hpp"
#include "refdata/image.hpp"
#include "refdata/plain.hpp"
#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string id_of(std::string_view name) {
    const Tables tables;  // the id points into the compiled tables
    const auto found = tables.find_accelerator(name);
    return found ? std::string{found->id} : "error: " + found.error().what + " / " + found.error().hint;
}

TEST(Hardware, HoldsAllRows) {
    const View view = compiled_view();
    EXPECT_EQ(view.accelerators.size(), 559U);
    EXPECT_EQ(view.instances.size(), 3'621U);
    EXPECT_EQ(view.embodied.size(), 98U);
    EXPECT_EQ(view.mfus.size(), 536U);
    EXPECT_EQ(view.energy_sources.size(), 15U);
    EXPECT_EQ(view.hosts.size(), 6U);
}

TEST(Hardware, IsFoundByWhatNvmlCallsIt) {
    EXPECT_EQ(id_of("NVIDIA A100-SXM4-80GB"), "nvidia-a100-sxm4-80gb");
    EXPECT_EQ(id_of("NVIDIA H100 80GB HBM3"), "nvidia-h100-sxm5-80gb");
    EXPECT_EQ(id_of("Tesla V100-SXM2-16GB"), "nvidia-v100-sxm2-16gb");
    EXPECT_EQ(id_of("NVIDIA GeForce RTX 4090"), "nvidia-rtx-4090");
}

TEST(Hardware, IsFoundByWhatPeopleCallIt) {
    EXPECT_EQ(id_of("h100-sxm5-80gb"), "nvidia-h100-sxm5-80gb");
    EXPECT_EQ(id_of("a100 80gb"), "nvidia-a100-sxm4-80gb");
    EXPECT_EQ(id_of("V100"), "nvidia-v100-sxm2-16gb");
    EXPECT_EQ(id_of("tpu v3"), "google-tpu-v3");
    EXPECT_EQ(id_of("Apple M4"), "apple-m4");
    EXPECT_EQ(id_of("nvidia m4"), "nvidia-m4");
}

TEST(Hardware, EachOfItsNamesLeadsBackToIt) {
    const Tables tables;
    for (const Accelerator& row : tables.accelerators()) {
        EXPECT_EQ(id_of(row.id), row.id);
        EXPECT_EQ(id_of(row.name), row.id);
    }
}

TEST(Hardware, WordsLeadToAllPartsThatHoldThem) {
    const Tables tables;
    const auto rows = tables.accelerators();
    const auto with = [&](const std::vector<std::string>& wanted) {
        std::vector<std::string_view> ids;
        for (const Accelerator& row : rows) {
            const auto words = words_of(std::string{row.id} + ' ' + std::string{row.name});
            if (std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
                    return std::find(words.begin(), words.end(), word) != words.end();
                })) {
                ids.push_back(row.id);
            }
        }
        return ids;
    };
    for (std::size_t i = 0; i < rows.size(); i += 20) {
        const auto words = words_of(rows[i].name);
        EXPECT_EQ(tables.accelerators_with_words(words), with(words)) << rows[i].name;
        EXPECT_EQ(tables.accelerators_with_words({&words.back(), 1}), with({words.back()})) << rows[i].name;
    }
    const std::vector<std::string> unknown{"a100", "xyzzy"};
    EXPECT_TRUE(tables.accelerators_with_words(unknown).empty());
    EXPECT_TRUE(tables.accelerators_with_words({}).empty());
    EXPECT_GT(with({"a100"}).size(), 3U);
}

TEST(Hardware, UnknownOnesOfferCandidates) {
    EXPECT_THAT(id_of("a100 pcie 160"), HasSubstr("no device is called 'a100 pcie 160'"));
    EXPECT_THAT(id_of("rtx 409"), HasSubstr("nvidia-rtx-4090"));
    EXPECT_THAT(id_of("xyzzy"), HasSubstr("--power-w"));
    EXPECT_THAT(id_of(""), HasSubstr("no device"));
}

TEST(Hardware, IsCountedByDeviceNotByBoard) {
    const auto k80 = Tables{}.find_accelerator("K80");  // two processors, 300 W and 24 GiB together
    ASSERT_TRUE(k80);
    EXPECT_EQ(k80->devices_per_board, 2);
    EXPECT_DOUBLE_EQ(k80->limit_w, 150.0);
    EXPECT_DOUBLE_EQ(k80->memory_gib, 12.0);
}

TEST(Hardware, WithoutALimitTakesThatOfTheNearestPartAndSaysSo) {
    const auto custom = Tables{}.find_accelerator("A100-SXM-64GB");
    ASSERT_TRUE(custom);
    EXPECT_DOUBLE_EQ(custom->limit_w, 400.0);
    EXPECT_EQ(custom->limit_of, "nvidia-a100-sxm4-80gb");
}

TEST(Hardware, SharesOfTdpAreNoMeasuredIdleWatts) {
    const Tables tables;
    EXPECT_DOUBLE_EQ(tables.find_accelerator("T4")->idle_w, 0.0);  // 11.6 % of TDP in its source: unknown
    EXPECT_DOUBLE_EQ(tables.find_accelerator("TPU v4")->idle_w, 90.0);  // measured
    EXPECT_DOUBLE_EQ(tables.find_accelerator("TPU v4")->typical_w, 170.0);
}

TEST(Hardware, InstancesAreFoundWithAndWithoutTheirProvider) {
    const Tables tables;
    const auto full = tables.find_instance("AWS:p4d.24xlarge");
    ASSERT_TRUE(full) << full.error().what;
    EXPECT_EQ(full->type, "p4d.24xlarge");
    EXPECT_EQ(full->provider, "aws");
    EXPECT_EQ(full->accelerator, "nvidia-a100-sxm4-40gb");
    EXPECT_DOUBLE_EQ(full->accelerator_count, 8.0);
    EXPECT_EQ(tables.find_instance("p4d.24xlarge")->id, full->id);
    const auto none = tables.find_instance("p4d.24xlarg");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().hint, HasSubstr("p4d.24xlarge"));
}

TEST(Hardware, EnergySourcesTellDirectFromLifecycle) {
    const Tables tables;
    const auto wind = tables.find_energy_source("Wind");
    ASSERT_TRUE(wind);
    EXPECT_DOUBLE_EQ(wind->lifecycle.value(), 11.0);
    ASSERT_TRUE(wind->direct);
    EXPECT_DOUBLE_EQ(wind->direct->value(), 0.0);
    EXPECT_FALSE(tables.find_energy_source("ocean")->direct);  // unknown is not 0
    EXPECT_THAT(tables.find_energy_source("cole").error().hint, HasSubstr("coal"));
}

TEST(Hardware, KeysLeaveOutMakersAndMarks) {
    EXPECT_EQ(hardware_key("NVIDIA A100-SXM4-80GB"), "a100sxm480gb");
    EXPECT_EQ(hardware_key("Tesla  a100_sxm4 80gb"), "a100sxm480gb");
    EXPECT_EQ(hardware_key("GPU"), "");
    EXPECT_THAT(hardware_key("Apple M4"), Not(hardware_key("NVIDIA M4")));
}

TEST(Hardware, FiguresAreThoseOfTheTable) {
    EXPECT_EQ(plain(0.1F), 0.1);
    EXPECT_EQ(plain(141.0F), 141.0);
    EXPECT_EQ(plain(19.5F), 19.5);
}

/// What plain() stands for, the long way round: by the text.
double by_text(float value) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    double out = 0.0;
    std::from_chars(text.data(), end, out);
    return out;
}

TEST(Hardware, TheShortWayToAFigureGivesTheSameNumberAsItsText) {
    std::minstd_rand random{7};
    for (int i = 0; i < 100'000; ++i) {
        // Of few digits, as in tables, and of any bits.
        const auto decimal = static_cast<float>(random() % 2'000'000) /
                             static_cast<float>(std::pow(10.0, static_cast<double>(random() % 7)));
        float any = 0.0F;
        const auto bits = static_cast<std::uint32_t>(random()) << 1U ^ static_cast<std::uint32_t>(random());
        std::memcpy(&any, &bits, sizeof any);
        for (const float value : {decimal, -decimal, std::isfinite(any) ? any : 1e30F}) {
            ASSERT_EQ(plain(value), by_text(value)) << value;
        }
    }
    for (const float edge : {16'777'215.0F, 16'777'216.0F, 1e11F, 0.0F, 0.00001F, 33'554'434.0F}) {
        EXPECT_EQ(plain(edge), by_text(edge)) << edge;
    }
}

TEST(Hardware, TextsOfThePoolCompareAsStringsDo) {
    const View view = compiled_view();
    const std::vector<std::string> others{"", "h", "h100", "nvidia", "zz", std::string{"a\0b", 3}, "\xff"};
    for (const AcceleratorRow& row : view.accelerators) {
        const std::string_view id = view.text(row.id);
        EXPECT_EQ(view.compare(row.id, id), 0);
        for (const std::string& other :
             {std::string{id} + "x", std::string{id} + '\0', std::string{id.substr(0, id.size() / 2)}}) {
            EXPECT_EQ(view.compare(row.id, other) < 0, id < other) << id;
            EXPECT_NE(view.compare(row.id, other), 0) << id;
        }
        for (const std::string& other : others) {
            EXPECT_EQ(view.compare(row.id, other) < 0, id < other) << id << ' ' << other;
            EXPECT_EQ(view.compare(row.id, other) == 0, id == other) << id << ' ' << other;
        }
    }
}

}  // namespace
}  // namespace gramme::refdata
