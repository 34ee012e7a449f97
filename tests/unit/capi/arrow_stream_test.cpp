#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "arrow_maker.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using Doubles = std::vector<std::optional<double>>;
using Longs = std::vector<std::optional<std::int64_t>>;

/// One result read back, names and all.
struct Read {
    std::vector<std::string> names;
    std::vector<std::vector<std::optional<double>>> numbers;  ///< by figure
    Texts notes;
    int code = 0;
    std::string trouble;
};

bool valid(const ArrowArray& array, std::int64_t row) {
    const auto* const bits = static_cast<const std::uint8_t*>(array.buffers[0]);
    return bits == nullptr || (bits[(row + array.offset) / 8] >> ((row + array.offset) % 8) & 1) != 0;
}

Read read_all(ArrowArrayStream* stream) {
    Read out;
    out.numbers.resize(7);
    ArrowSchema schema{};
    EXPECT_EQ(stream->get_schema(stream, &schema), 0);
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        out.names.emplace_back(schema.children[i]->name);
    }
    schema.release(&schema);
    for (;;) {
        ArrowArray batch{};
        out.code = stream->get_next(stream, &batch);
        if (out.code != 0) {
            const char* const text = stream->get_last_error(stream);
            out.trouble = text != nullptr ? text : "";
            break;
        }
        if (batch.release == nullptr) {
            break;
        }
        EXPECT_EQ(batch.n_children, static_cast<std::int64_t>(out.names.size()));
        const std::int64_t first = batch.n_children - 8;
        for (std::int64_t row = 0; row < batch.length; ++row) {
            for (std::int64_t f = 0; f < 7; ++f) {
                const ArrowArray& column = *batch.children[first + f];
                out.numbers[static_cast<std::size_t>(f)].push_back(
                    valid(column, row) ? std::optional{static_cast<const double*>(column.buffers[1])[row]}
                                       : std::nullopt);
            }
            const ArrowArray& notes = *batch.children[first + 7];
            const auto* const offsets = static_cast<const std::int64_t*>(notes.buffers[1]);
            out.notes.push_back(
                valid(notes, row)
                    ? std::optional{std::string{static_cast<const char*>(notes.buffers[2]) + offsets[row],
                                                static_cast<std::size_t>(offsets[row + 1] - offsets[row])}}
                    : std::nullopt);
        }
        batch.release(&batch);
    }
    return out;
}

class Stream : public ::testing::Test {
protected:
    void SetUp() override { alive() = 0; }
    void TearDown() override { EXPECT_EQ(alive(), 0) << "something was not released, or twice"; }

    Read estimated(MadeStream made, const char* request = R"({"config": "none"})") {
        ArrowArrayStream in = stream_of(std::move(made));
        ArrowArrayStream out{};
        gramme_error error{};
        const int32_t code = gramme_estimate_stream(&in, request, &out, &error);
        EXPECT_EQ(code, GRAMME_OK) << error.what << " " << error.hint;
        EXPECT_EQ(in.release, nullptr);
        if (code != GRAMME_OK) {
            return {};
        }
        Read read = read_all(&out);
        out.release(&out);
        EXPECT_EQ(out.release, nullptr);
        return read;
    }

    std::string refused(MadeStream made, const char* request = R"({"config": "none"})") {
        ArrowArrayStream in = stream_of(std::move(made));
        ArrowArrayStream out{};
        gramme_error error{};
        EXPECT_NE(gramme_estimate_stream(&in, request, &out, &error), GRAMME_OK);
        EXPECT_EQ(in.release, nullptr);
        EXPECT_EQ(out.release, nullptr);
        return std::string{error.what} + " | " + error.hint;
    }
};

TEST_F(Stream, ColumnsPassThroughAndFiguresFollow) {
    const Read read =
        estimated({{{texts("job", "u", {"a", "b"}), numbers<double>("power_w", "g", Doubles{1000.0, 500.0}),
                     numbers<std::int64_t>("hours", "l", Longs{2, 4})}}});
    EXPECT_THAT(read.names, ::testing::ElementsAre("job", "power_w", "hours", "energy_kwh", "energy_low",
                                                   "energy_high", "facility_energy_kwh", "operational_kgco2e",
                                                   "operational_low", "operational_high", "gramme_note"));
    EXPECT_DOUBLE_EQ(*read.numbers[0][0], 2.0);
    EXPECT_DOUBLE_EQ(*read.numbers[0][1], 2.0);
    EXPECT_EQ(read.notes[0], "region unknown: world average");
}

TEST_F(Stream, NumbersOf32BitAreWhatTheirFewestDigitsSay) {
    const Read narrow = estimated({{{numbers<float>("power_w", "f", {1000.0F, 120.3F, 0.1F}),
                                     numbers<float>("hours", "f", {120.3F, 1.0F, 7.7F})}}});
    const Read wide = estimated({{{numbers<double>("power_w", "g", Doubles{1000.0, 120.3, 0.1}),
                                   numbers<double>("hours", "g", Doubles{120.3, 1.0, 7.7})}}});
    EXPECT_EQ(narrow.numbers[0], wide.numbers[0]);
    const Read odd =
        estimated({{{numbers<double>("power_w", "g", Doubles{1.0, 1.0}),
                     numbers<float>("hours", "f", {std::numeric_limits<float>::infinity(), -1.0F})}}});
    EXPECT_FALSE(odd.numbers[0][0] || odd.numbers[0][1]);
}

TEST_F(Stream, EveryLayoutOfTextsGivesTheSame) {
    const Texts devices{"h100", std::nullopt, "NVIDIA A100-SXM4-80GB", " h100 ", ""};
    const Texts kinds{"h100", "NVIDIA A100-SXM4-80GB", "v100", std::nullopt};
    const auto table = [&](MadeColumn device) {
        return MadeStream{{{std::move(device), numbers<float>("hours", "f", {1.5F, 2.0F, 3.0F, 4.0F, 5.0F}),
                            numbers<std::uint8_t>("count", "C", {1, 2, std::nullopt, 4, 5}),
                            texts("region", "vu", {"FRA", "FRA", "DEU", "FRA", "POL"})}}};
    };
    const Read plain = estimated(table(texts("device", "u", devices)));
    ASSERT_EQ(plain.numbers[0].size(), 5U);
    EXPECT_TRUE(plain.numbers[0][0] && plain.numbers[0][2] && plain.numbers[0][3]);
    EXPECT_FALSE(plain.numbers[0][1]);
    EXPECT_THAT(*plain.notes[1], HasSubstr("says neither energy, power, device nor instance"));
    EXPECT_EQ(plain.notes[0], std::nullopt);
    for (MadeColumn other :
         {texts("device", "U", devices), texts("device", "vu", devices),
          dictionary<std::int8_t>("device", "c", {0, std::nullopt, 1, 0, 3}, texts("", "u", kinds)),
          dictionary<std::uint64_t>("device", "L", {0, 99, 1, 0, 3}, texts("", "vu", kinds)),
          dictionary<std::int32_t>("device", "i", {0, 3, 1, 0, std::nullopt}, texts("", "U", kinds))}) {
        const std::string format = other.format;
        const Read read = estimated(table(std::move(other)));
        EXPECT_EQ(read.numbers, plain.numbers) << format;
        EXPECT_EQ(read.notes, plain.notes) << format;
    }
}

TEST_F(Stream, SlicesOfColumnsAndBatchesCountFromTheirOffset) {
    const auto table = [](std::vector<std::optional<double>> hours, Texts devices) {
        return MadeBatch{numbers<double>("hours", "g", hours), texts("device", "u", devices)};
    };
    const Read whole = estimated({{table({1.0, 2.0, 3.0}, {"h100", "a100", "v100"})}});
    MadeBatch cut = table({9.0, 9.0, 1.0, 2.0, 3.0}, {"x", std::nullopt, "h100", "a100", "v100"});
    for (MadeColumn& column : cut) {
        column.offset = 2;
        column.length = 3;
    }
    EXPECT_EQ(estimated({{cut}}).numbers, whole.numbers);
    MadeStream front{{table({9.0, 1.0, 2.0, 3.0}, {std::nullopt, "h100", "a100", "v100"})}};
    front.batch_offset = 1;
    EXPECT_EQ(estimated(front).numbers, whole.numbers);
    EXPECT_EQ(
        estimated({{table({1.0}, {"h100"}), table({}, {}), table({2.0, 3.0}, {"a100", "v100"})}}).numbers,
        whole.numbers);
}

TEST_F(Stream, ABadRowHasNoFigureAndAReason) {
    const Read read = estimated(
        {{{texts("device", "u", {"h1000", "h100", "h100", "h100", "h100", "h100", "\xFF", "h100"}),
           numbers<double>("hours", "g",
                           Doubles{1.0, -2.0, std::numeric_limits<double>::quiet_NaN(), std::nullopt, 1e300,
                                   std::numeric_limits<double>::infinity(), 1.0, 1.0}),
           numbers<double>("pue", "g", Doubles{1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 0.5}),
           texts("utilisation", "u", {"80%", "80%", "80%", "80%", "80%", "80%", "80%", "80%"})}}});
    const std::vector<std::string> reasons{"no device is called 'h1000'",
                                           "hours: '-2' is no number of 0 or more",
                                           "hours: 'nan' is no number",
                                           "the hours are missing",
                                           "hours",
                                           "hours: 'inf' is no number",
                                           "device: byte 1 of a text is no UTF-8",
                                           "the PUE is not between 1 and 10"};
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        for (const auto& column : read.numbers) {
            EXPECT_FALSE(column[i]) << i;
        }
        ASSERT_TRUE(read.notes[i]) << i;
        EXPECT_THAT(*read.notes[i], HasSubstr(reasons[i]));
    }
}

TEST_F(Stream, ARequestSaysWhatRowsDoNotAndWhichColumnsAreWhich) {
    const Read read = estimated(
        {{{numbers<std::int32_t>("Dauer", "i", {90, 30}), texts("energy_kwh", "u", {std::nullopt, "7"}),
           numbers<double>("year", "g", Doubles{2020.0, std::nullopt})}}},
        R"({"power_w": 1000, "region": "FRA", "columns": {"hours": "dauer:min"},
                                    "config": "none"})");
    EXPECT_DOUBLE_EQ(*read.numbers[0][0], 1.5);
    EXPECT_DOUBLE_EQ(*read.numbers[0][1], 7.0);
    EXPECT_EQ(read.names[3], "gramme_energy_kwh");
    const Read alone = estimated({{{numbers<double>("energy_kwh", "g", Doubles{2.0})}}},
                                 R"({"passthrough": false, "config": "none"})");
    EXPECT_EQ(alone.names.size(), 8U);
    EXPECT_EQ(alone.names.front(), "energy_kwh");
}

/// 128 bits, the lower half first.
struct Wide {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

TEST_F(Stream, DecimalsAreTheNumbersThatTheyAreWrittenAs) {
    using Wides = std::vector<std::optional<Wide>>;
    // 2.50 h, 0.10 h, null, -1.50 h, 2^64 / 100 h
    const Wides hours{Wide{250, 0}, Wide{10, 0}, std::nullopt, Wide{-150, -1}, Wide{0, 1}};
    const Read read = estimated(
        {{{numbers<double>("power_w", "g", Doubles(5, 1000.0)), numbers<Wide>("hours", "d:38,2", hours)}}});
    ASSERT_EQ(read.numbers[0].size(), 5U);
    EXPECT_EQ(*read.numbers[0][0], 2.5);
    EXPECT_EQ(*read.numbers[0][1], 0.1) << "the double nearest to what is written, as of a text";
    EXPECT_EQ(read.notes[2], "the hours are missing");
    EXPECT_EQ(read.notes[3], "hours: '-1.50' is no number of 0 or more");
    EXPECT_THAT(*read.notes[4], HasSubstr("hours")) << "184467440737095516.16 h are too many";

    // 32 and 64 bits, and a scale below zero: 12 hundreds.
    const Read narrow = estimated({{{numbers<std::int32_t>("hours", "d:9,1,32", {15}),
                                     numbers<std::int64_t>("power_w", "d:18,-2,64", Longs{12})}}});
    EXPECT_EQ(*narrow.numbers[0][0], 1.8);
    // More digits than a double holds: 0.30000000000000000001
    const Read fine = estimated({{{numbers<Wide>(
        "energy_kwh", "d:38,20", {Wide{-6893488147419103231, 1}})}}});  // 30000000000000000001
    EXPECT_EQ(*fine.numbers[0][0], 0.3);
    struct Widest {
        std::int64_t parts[4];
    };
    const Read widest = estimated({{{numbers<Widest>(
        "energy_kwh", "d:76,70,256", {Widest{{0, 0, 0, 1LL << 32}}, Widest{{-1, -1, -1, -1}}})}}});
    EXPECT_NEAR(*widest.numbers[0][0], 2.695994666715064e-3, 1e-17);  // 2^224 / 10^70
    EXPECT_THAT(*widest.notes[1], HasSubstr("energy_kwh: '-0.0000000000000000000000000000000000000"));
}

TEST_F(Stream, WhatCannotBeReadIsNamed) {
    const MadeColumn hours = numbers<double>("hours", "g", Doubles{1.0});
    EXPECT_THAT(refused({{{hours, texts("gpu", "u", {"h100"})}}}),
                HasSubstr("neither energy_kwh nor power_w, device or instance | columns found: hours, gpu"));
    EXPECT_THAT(refused({{{texts("device", "u", {"h100"})}}}), HasSubstr("no column hours"));
    EXPECT_THAT(refused({{{hours, numbers<std::int32_t>("device", "i", {1})}}}),
                HasSubstr("column device: is of type number, and device is a text"));
    EXPECT_THAT(refused({{{hours, numbers<Wide>("device", "d:9,2", {Wide{1, 0}})}}}),
                HasSubstr("column device: is of type decimal, and device is a text"));
    EXPECT_THAT(refused({{{texts("device", "u", {"a"}), numbers<Wide>("hours", "d:9,2,99", {Wide{1, 0}})}}}),
                HasSubstr("column hours: is of type decimal, and hours is a number"));
    EXPECT_THAT(refused({{{texts("device", "u", {"a"}), numbers<std::uint8_t>("hours", "b", {1})}}}),
                HasSubstr("of type bool"));
    EXPECT_THAT(refused({{{hours, hours, texts("device", "u", {"a"})}}}),
                HasSubstr("two columns are called"));
    EXPECT_THAT(refused({{{hours, texts("device", "u", {"a"})}}},
                        R"({"columns": {"hours": "our"}, "config": "none"})"),
                HasSubstr("columns: the table has no column 'our'"));
    EXPECT_THAT(refused({{{numbers<double>("wall:s", "g", Doubles{1.0}), texts("device", "u", {"a"})}}},
                        R"({"columns": {"hours": "wall:s"}, "config": "none"})"),
                HasSubstr("columns: hours=wall:s is the column 'wall:s', whose unit is not said | write "
                          "wall:s:h or wall:s:s"));
    EXPECT_THAT(refused({{{hours, texts("device", "u", {"a"})}}}, R"({"count": 2, "config": "none"})"),
                HasSubstr("no key 'count'"));
    EXPECT_THAT(
        refused({{{hours, texts("device", "u", {"a"})}}}, R"({"region": "atlantis", "config": "none"})"),
        HasSubstr("--region"));
    EXPECT_THAT(refused({{{hours, texts("device", "u", {"a"}), hours, texts("gramme_note", "u", {"a"})}}}),
                HasSubstr("two columns"));
    // Of a column that nobody reads any type passes.
    EXPECT_EQ(estimated({{{hours, texts("device", "u", {"h100"}), numbers<std::uint8_t>("ok", "b", {1})}}})
                  .names[2],
              "ok");
}

TEST_F(Stream, AColumnWhoseOwnNameEndsAsAUnitDoes) {
    const MadeColumn power = numbers<double>("power_w", "g", Doubles{1000.0});
    const Read whole = estimated({{{power, numbers<double>("wall:h", "g", Doubles{2.0})}}},
                                 R"({"columns": {"hours": "wall:h"}, "config": "none"})");
    ASSERT_EQ(whole.trouble, "");
    EXPECT_DOUBLE_EQ(*whole.numbers[0][0], 2.0);
    const Read seconds = estimated({{{power, numbers<double>("wall:s", "g", Doubles{7200.0})}}},
                                   R"({"columns": {"hours": "wall:s:s"}, "config": "none"})");
    EXPECT_DOUBLE_EQ(*seconds.numbers[0][0], 2.0);
}

TEST_F(Stream, NotesNameTheKeysOfARequest) {
    const Read read = estimated({{{texts("device", "u", {"nothing-like-it", "h100"}),
                                   numbers<double>("hours", "g", Doubles{1.0, 0.0})}}});
    EXPECT_THAT(*read.notes[0], HasSubstr("`gramme devices` lists all; power_w takes the watts"));
    EXPECT_THAT(*read.notes[1],
                HasSubstr("give the wall-clock hours of the job with hours, such as hours 120"));
}

TEST_F(Stream, AnErrorOfTheProducerIsHandedOn) {
    MadeStream made{{{numbers<double>("energy_kwh", "g", Doubles{2.0})},
                     {numbers<double>("energy_kwh", "g", Doubles{3.0})}}};
    made.fails_at = 1;
    const Read read = estimated(made);
    EXPECT_EQ(read.numbers[0].size(), 1U);
    EXPECT_EQ(read.code, 5);
    EXPECT_EQ(read.trouble, "the disk is gone");
    MadeStream odd{{{numbers<double>("energy_kwh", "g", Doubles{2.0})},
                    {numbers<double>("energy_kwh", "g", Doubles{3.0}), texts("a", "u", {"b"})}}};
    EXPECT_THAT(estimated(odd).trouble, HasSubstr("batch 2: a batch has 2 columns, the schema 1"));
}

TEST_F(Stream, EachPartMayBeReleasedInAnyOrder) {
    ArrowArrayStream in = stream_of(
        {{{numbers<double>("energy_kwh", "g", Doubles{2.0, std::nullopt}), texts("job", "u", {"a", "b"})}}});
    ArrowArrayStream out{};
    ASSERT_EQ(gramme_estimate_stream(&in, R"({"power_w": 1, "hours": 1, "config": "none"})", &out, nullptr),
              GRAMME_OK);
    ArrowSchema schema{};
    ASSERT_EQ(out.get_schema(&out, &schema), 0);
    ArrowSchema again{};
    ASSERT_EQ(out.get_schema(&out, &again), 0);
    ArrowArray batch{};
    ASSERT_EQ(out.get_next(&out, &batch), 0);
    out.release(&out);  // what it handed out lives on
    ArrowArray job = *batch.children[1];
    batch.children[1]->release = nullptr;
    ArrowArray kwh = *batch.children[2];
    batch.children[2]->release = nullptr;
    batch.release(&batch);
    EXPECT_EQ(static_cast<const double*>(kwh.buffers[1])[0], 2.0);
    EXPECT_EQ(std::string_view(static_cast<const char*>(job.buffers[2]), 2), "ab");
    job.release(&job);
    kwh.release(&kwh);
    ArrowSchema name = *schema.children[2];
    schema.children[2]->release = nullptr;
    schema.release(&schema);
    EXPECT_STREQ(name.name, "gramme_energy_kwh");
    name.release(&name);
    again.release(&again);
    // A stream that nobody reads, and one that was released before.
    ArrowArrayStream unread = stream_of({{{numbers<double>("energy_kwh", "g", Doubles{2.0})}}});
    ASSERT_EQ(gramme_estimate_stream(&unread, R"({"config": "none"})", &unread, nullptr), GRAMME_OK);
    unread.release(&unread);
    EXPECT_EQ(gramme_estimate_stream(&unread, nullptr, &out, nullptr), GRAMME_USAGE);
}

TEST_F(Stream, MoreWordsThanItKeepsAreStillRight) {
    Texts mixes;
    Doubles kwh;
    std::vector<std::optional<std::int32_t>> places;
    for (int i = 0; i < 8'500; ++i) {
        mixes.emplace_back("coal=0." + std::to_string(10'000 + i) + ",wind=0." + std::to_string(89'999 - i));
        kwh.emplace_back(1.0);
        places.emplace_back(0);
    }
    // The codes of a dictionary are found once for a batch, and must not outlive the words they stand for.
    const Read read = estimated({{{dictionary<std::int32_t>("region", "i", places, texts("", "u", {"FRA"})),
                                   texts("mix", "u", mixes), numbers<double>("energy_kwh", "g", kwh)}}});
    ASSERT_EQ(read.numbers[4].size(), mixes.size());
    for (std::size_t i = 1; i < mixes.size(); ++i) {
        ASSERT_TRUE(read.numbers[4][i]) << *read.notes[i];
        ASSERT_GT(*read.numbers[4][i], *read.numbers[4][i - 1]) << i;  // more coal in each
    }
}

}  // namespace
}  // namespace gramme::testing
