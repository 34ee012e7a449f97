#include "config/request_words.hpp"

#include <gtest/gtest.h>

namespace gramme::config {
namespace {

TEST(RequestWords, OptionsThatARequestHasAreItsKeys) {
    EXPECT_EQ(in_request_words("--device or --power-w give one"), "device or power_w give one");
    EXPECT_EQ(in_request_words("such as --hours 120"), "such as hours 120");
    EXPECT_EQ(in_request_words(""), "");
}

TEST(RequestWords, CommandsAndWhatOnlyTheProgramHasStay) {
    EXPECT_EQ(in_request_words("`gramme regions --region X` or --region"),
              "`gramme regions --region X` or region");
    EXPECT_EQ(in_request_words("--keep-going, --, --hoursly"), "--keep-going, --, --hoursly");
}

}  // namespace
}  // namespace gramme::config
