#include "estimate/units_of_work.hpp"

#include <gtest/gtest.h>

namespace gramme::estimate {
namespace {

Marker logged(std::string detail) {
    return {Marker::Kind::kMark, 0, "log", std::move(detail)};
}

TEST(WorkDone, AddsUpCountsOfAllLogMarks) {
    const auto work = work_done({logged(R"({"tokens": 100, "loss": 3.5})"),
                                 logged(R"({"tokens": 28, "requests": 2})"),
                                 {Marker::Kind::kMark, 0, "other", R"({"tokens": 1000})"},
                                 {Marker::Kind::kSpanBegin, 0, "log", R"({"tokens": 1000})"}});
    ASSERT_EQ(work.size(), 2U);
    EXPECT_EQ(work[0].name, "tokens");
    EXPECT_EQ(work[0].one, "token");
    EXPECT_EQ(work[0].count, 128.0);
    EXPECT_EQ(work[1].one, "1000 requests");
    EXPECT_EQ(work[1].of, 1000.0);
    EXPECT_EQ(work[1].count, 2.0);
}

TEST(WorkDone, IgnoresWhatIsNoCount) {
    EXPECT_TRUE(
        work_done({logged(""), logged("[1]"), logged(R"({"tokens": "many"})"), logged(R"({"tokens": -5})"),
                   logged(R"({"tokens": null})"), logged(R"({"loss": 1})")})
            .empty());
    EXPECT_EQ(work_done({logged(R"({"samples": 0})")}).at(0).count, 0.0) << "none is known to be none";
}

}  // namespace
}  // namespace gramme::estimate
