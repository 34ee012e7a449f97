// What a producer of an Arrow table says wrongly: an error that names the column, never a look outside of
// memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "arrow_maker.hpp"

namespace gramme::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Doubles = std::vector<std::optional<double>>;

constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

class ArrowLies : public ::testing::Test {
protected:
    void SetUp() override { alive() = 0; }
    void TearDown() override { EXPECT_EQ(alive(), 0) << "something was not released, or twice"; }

    /// Device (dictionary), region, hours, and a column that nobody reads.
    static MadeStream made(const std::string& texts_as = "u") {
        MadeStream out;
        out.batches = {{dictionary<std::int32_t>("device", "i", {0, 1, 0}, texts("", "u", {"h100", "a100"})),
                        texts("region", texts_as, {"FRA", "aws:eu-west-3 and more", "FRA"}),
                        numbers<double>("hours", "g", Doubles{1.0, 2.0, std::nullopt}),
                        numbers<std::uint8_t>("ok", "C", {1, 0, 1})}};
        return out;
    }

    /// The trouble of a batch that was bent; "" for none.
    static std::string trouble_of(const std::function<void(ArrowArray&)>& bend, const std::string& as = "u") {
        MadeStream stream = made(as);
        stream.bend = bend;
        ArrowArrayStream in = stream_of(std::move(stream));
        ArrowArrayStream out{};
        gramme_error error{};
        EXPECT_EQ(gramme_estimate_stream(&in, R"({"config": "none"})", &out, &error), GRAMME_OK)
            << error.what << error.hint;
        ArrowArray batch{};
        const int code = out.get_next(&out, &batch);
        const char* const text = out.get_last_error(&out);
        std::string trouble = code != 0 && text != nullptr ? text : "";
        if (batch.release != nullptr) {
            batch.release(&batch);
        }
        out.release(&out);
        return trouble;
    }

    static std::string refused(const std::function<void(ArrowSchema&)>& bend) {
        MadeStream stream = made();
        stream.bend_schema = bend;
        ArrowArrayStream in = stream_of(std::move(stream));
        ArrowArrayStream out{};
        gramme_error error{};
        EXPECT_EQ(gramme_estimate_stream(&in, R"({"config": "none"})", &out, &error), GRAMME_MALFORMED);
        EXPECT_EQ(out.release, nullptr);
        return error.what;
    }
};

TEST_F(ArrowLies, TheTruthPasses) {
    for (const char* const as : {"u", "U", "vu"}) {
        EXPECT_EQ(trouble_of([](ArrowArray&) {}, as), "") << as;
    }
}

TEST_F(ArrowLies, LengthsAndOffsetsThatCannotBe) {
    for (const std::int64_t lie : {kEndless, kEndless - 2, std::int64_t{-1}, kEndless / 2}) {
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.offset = lie; }), HasSubstr("batch 1")) << lie;
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.length = lie; }), HasSubstr("batch 1")) << lie;
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.children[2]->offset = lie; }),
                    HasSubstr("column hours"))
            << lie;
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.children[0]->dictionary->offset = lie; }),
                    HasSubstr("column device"))
            << lie;
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.children[3]->offset = lie; }),
                    HasSubstr("column ok"))
            << lie << ", of a column that is only handed on";
    }
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[1]->length = 2; }),
                HasSubstr("column region"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[3]->length = 2; }), HasSubstr("column ok"));
}

TEST_F(ArrowLies, ChildrenAndBuffersThatAreNotThere) {
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children = nullptr; }), HasSubstr("0 columns"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[2]->buffers[1] = nullptr; }),
                HasSubstr("column hours"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[2]->buffers[0] = nullptr; }),
                HasSubstr("column hours"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[2]->buffers = nullptr; }),
                HasSubstr("column hours"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[1]->buffers[2] = nullptr; }),
                HasSubstr("column region"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[1]->n_buffers = 2; }),
                HasSubstr("column region"));
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[0]->dictionary->buffers[1] = nullptr; }),
                HasSubstr("column device"));
}

TEST_F(ArrowLies, TextsOutsideOfTheirBytes) {
    static std::int32_t falling[] = {0, 3, 1, 25};
    static std::int32_t below[] = {-9, 3, 3, 3};
    for (std::int32_t* const lie : {falling, below}) {
        EXPECT_THAT(trouble_of([=](ArrowArray& batch) { batch.children[1]->buffers[1] = lie; }),
                    HasSubstr("column region: the offsets of its texts"));
    }
    static std::int64_t falling_far[] = {0, 3, -1'000'000'000'000, 25};
    EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[1]->buffers[1] = falling_far; }, "U"),
                HasSubstr("column region: the offsets of its texts"));
    // Views: length, prefix, buffer, offset. The second text is longer than 12 bytes.
    struct View {
        std::int32_t words[4];
    };
    static View views[3];
    for (const View lie :
         {View{{22, 0, 7, 0}}, View{{22, 0, -1, 0}}, View{{22, 0, 0, 7}}, View{{22, 0, 0, -1}},
          View{{-1, 0, 0, 0}}, View{{2'000'000'000, 0, 0, 2'000'000'000}}}) {
        views[0] = views[2] = View{{0, 0, 0, 0}};
        views[1] = lie;
        EXPECT_THAT(trouble_of([](ArrowArray& batch) { batch.children[1]->buffers[1] = views; }, "vu"),
                    HasSubstr("column region: a text of it points outside"));
    }
}

TEST_F(ArrowLies, SchemasWithHoles) {
    EXPECT_THAT(refused([](ArrowSchema& schema) { schema.children = nullptr; }), HasSubstr("children"));
    EXPECT_THAT(refused([](ArrowSchema& schema) { schema.n_children = -1; }), HasSubstr("children"));
    EXPECT_THAT(refused([](ArrowSchema& schema) { schema.children[3]->n_children = 2; }),
                AllOf(HasSubstr("column ok"), HasSubstr("children")));
    EXPECT_THAT(refused([](ArrowSchema& schema) { schema.children[3]->n_children = -2; }),
                HasSubstr("column ok"));
}

}  // namespace
}  // namespace gramme::testing
