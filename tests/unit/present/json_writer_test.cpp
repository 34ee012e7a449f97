// What the writer writes is what the library would have written of the same content, to the byte.
#include "present/json_writer.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace gramme::present {
namespace {

std::string written(const Json& json) {
    JsonWriter writer;
    writer.value(json);
    return std::move(writer).take();
}

TEST(JsonWriter, WritesObjectsAndListsAsTheLibraryDoes) {
    JsonWriter writer;
    writer.open_object();
    writer.member("text", "a \"quoted\" \\ word\n");
    writer.member("bytes", std::string_view{"\xff no UTF-8 \x01"});
    writer.member("whole", std::uint64_t{18446744073709551615U});
    writer.member("below", std::int64_t{-9223372036854775807});
    writer.member("true", true);
    writer.member("unknown", std::optional<double>{});
    writer.member("exit", std::optional<int>{3});
    writer.member("estimate", Estimate{2.0, 1.5, 2.5e-9});
    writer.member("texts", std::vector<std::string>{"a", "\u00e9"});
    writer.member("none", std::vector<std::string>{});
    writer.text_or_null("nobody", "");
    writer.text_if_any("left out", "");
    writer.list("rows", std::vector<int>{1, 2}, [](JsonWriter& out, int row) {
        out.open_object();
        out.member("row", row);
        out.close_object();
    });
    writer.key("empty");
    writer.open_object();
    writer.close_object();
    writer.close_object();

    Json same = Json::object();
    same["text"] = "a \"quoted\" \\ word\n";
    same["bytes"] = "\xff no UTF-8 \x01";
    same["whole"] = std::uint64_t{18446744073709551615U};
    same["below"] = std::int64_t{-9223372036854775807};
    same["true"] = true;
    same["unknown"] = nullptr;
    same["exit"] = 3;
    same["estimate"] = {{"value", 2.0}, {"low", 1.5}, {"high", 2.5e-9}};
    same["texts"] = {"a", "\u00e9"};
    same["none"] = Json::array();
    same["nobody"] = nullptr;
    same["rows"] = {{{"row", 1}}, {{"row", 2}}};
    same["empty"] = Json::object();
    EXPECT_EQ(std::move(writer).take(), dumped(same));
}

TEST(JsonWriter, NumbersThatAreNoneAreNull) {
    for (const double number : {std::nan(""), std::numeric_limits<double>::infinity(), -HUGE_VAL}) {
        JsonWriter writer;
        writer.value(number);
        EXPECT_EQ(std::move(writer).take(), "null\n");
    }
}

RC_GTEST_PROP(JsonWriter, NumbersReadBackAndLookAsElsewhere, (std::uint64_t bits)) {
    double number = 0.0;
    std::memcpy(&number, &bits, sizeof number);
    RC_PRE(std::isfinite(number));
    JsonWriter writer;
    writer.value(number);
    const std::string text = std::move(writer).take();
    RC_ASSERT(text == dumped(Json(number)));
    RC_ASSERT(Json::parse(text).get<double>() == number);
}

RC_GTEST_PROP(JsonWriter, AnyTextIsOneThatReadersTake, (const std::string& text)) {
    RC_ASSERT(written(Json(text)) == dumped(Json(text)));
    JsonWriter writer;
    writer.value(text);
    const std::string line = std::move(writer).take();
    RC_ASSERT(line == dumped(Json(text)));
    RC_ASSERT(Json::accept(line));
}

using Random = std::mt19937;

std::string any_text(Random& random) {
    std::string text(random() % 12, ' ');
    std::generate(text.begin(), text.end(), [&] { return static_cast<char>(random()); });
    return text;
}

Json any_json(Random& random, int depth) {
    switch (random() % (depth > 0 ? 8 : 5)) {
        case 0: return nullptr;
        case 1: return random() % 2 == 0;
        case 2: return static_cast<std::int64_t>(random()) - 2'000'000'000;
        case 3: return static_cast<double>(random()) * 1e-9;
        case 4: return any_text(random);
        case 5: {
            Json list = Json::array();
            for (std::size_t i = random() % 4; i > 0; --i) {
                list.push_back(any_json(random, depth - 1));
            }
            return list;
        }
        default: {
            Json object = Json::object();
            for (std::size_t i = random() % 4; i > 0; --i) {
                object[any_text(random)] = any_json(random, depth - 1);
            }
            return object;
        }
    }
}

TEST(JsonWriter, AnyDocumentComesOutAsTheLibraryWritesIt) {
    Random random{5489};
    std::size_t bytes = 0;
    for (int i = 0; i < 2'000; ++i) {
        const Json json = any_json(random, 5);
        const std::string text = written(json);
        ASSERT_EQ(text, dumped(json));
        bytes += text.size();
    }
    EXPECT_GT(bytes, 50'000U) << "nothing but small ones";
}

}  // namespace
}  // namespace gramme::present
