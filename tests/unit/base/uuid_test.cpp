#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gramme {
namespace {

TEST(Uuid, IsKnownByItsForm) {
    EXPECT_TRUE(is_uuid("5b0fa12a-3dd7-45bb-9766-cc326314d9f1"));
    EXPECT_TRUE(is_uuid("5B0FA12A-3DD7-45BB-9766-CC326314D9F1"));
    EXPECT_FALSE(is_uuid(""));
    EXPECT_FALSE(is_uuid("5b0fa12a3dd745bb9766cc326314d9f1"));
    EXPECT_FALSE(is_uuid("5b0fa12a-3dd7-45bb-9766-cc326314d9fg"));
    EXPECT_FALSE(is_uuid("5b0fa12a-3dd7-45bb-9766-cc326314d9f1 "));
}

// Worked out with Python: uuid.uuid5(uuid.NAMESPACE_URL, NAME).
TEST(Uuid, OfANameIsVersion5OfUrls) {
    EXPECT_EQ(uuid_of_name(""), "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
    EXPECT_EQ(uuid_of_name("http://example.com/"), "0a300ee9-f9e4-5697-a51a-efc7fafaba67");
}

TEST(Uuid, OfALongNameTakesSeveralBlocks) {
    EXPECT_EQ(uuid_of_name(std::string(1000, 'a')), "7f46a8f9-f8ba-5a67-983a-ffc2101475df");
}

}  // namespace
}  // namespace gramme
