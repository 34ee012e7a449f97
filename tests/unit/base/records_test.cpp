#include "base/records.hpp"

#include <gmock/gmock.h>

namespace gramme {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> values(std::string_view record, Dialect dialect = {}) {
    std::vector<RawField> fields;
    EXPECT_EQ(split_record(record, dialect, fields), SplitTrouble::kNone) << record;
    std::vector<std::string> out;
    std::string scratch;
    for (const RawField& field : fields) {
        out.emplace_back(value_of(field, scratch));
    }
    return out;
}

SplitTrouble trouble(std::string_view record) {
    std::vector<RawField> fields;
    return split_record(record, {}, fields);
}

TEST(Records, FieldsOfAPlainRecord) {
    EXPECT_THAT(values("a,b,,c"), ElementsAre("a", "b", "", "c"));
    EXPECT_THAT(values(""), ElementsAre(""));
    EXPECT_THAT(values(","), ElementsAre("", ""));
}

TEST(Records, QuotesHoldSeparatorsQuotesAndLineEnds) {
    EXPECT_THAT(values("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\""),
                ElementsAre("a,b", "say \"hi\"", "two\nlines"));
    EXPECT_THAT(values("\"\""), ElementsAre(""));
    EXPECT_THAT(values("5\" disk,x"), ElementsAre("5\" disk", "x"));  // only at the start of a field
}

TEST(Records, BrokenQuotesAreSaid) {
    EXPECT_EQ(trouble("a,\"b"), SplitTrouble::kOpenQuote);
    EXPECT_EQ(trouble("\"a\"b,c"), SplitTrouble::kTextAfterQuote);
}

TEST(Records, AnotherSeparatorAndNoQuotes) {
    EXPECT_THAT(values("a|\"b|c", {'|', false}), ElementsAre("a", "\"b", "c"));
    EXPECT_THAT(values("a;b,c", {';', true}), ElementsAre("a", "b,c"));
}

TEST(Records, LengthIncludesTheLineEnd) {
    EXPECT_EQ(record_length("ab\ncd\n", {}), 3U);
    EXPECT_EQ(record_length("ab\r\ncd\n", {}), 4U);
    EXPECT_EQ(record_length("ab", {}), std::string_view::npos);
    EXPECT_EQ(record_length("\"a\nb\",c\nd", {}), 8U);
    EXPECT_EQ(record_length("\"a\nb", {}), std::string_view::npos);
    EXPECT_EQ(record_length("\"a\nb", {',', false}), 3U);
    EXPECT_EQ(record_length("x\"\ny\"\n", {}), 3U);  // a quote inside a field opens nothing
}

TEST(Records, WholeRecordsEndBehindTheLastThatIsComplete) {
    EXPECT_EQ(whole_records("a\nb\nc", {}), 4U);
    EXPECT_EQ(whole_records("a\n\"b\nc", {}), 2U);
    EXPECT_EQ(whole_records("\"b\nc", {}), 0U);
    EXPECT_EQ(whole_records("", {}), 0U);
    EXPECT_EQ(whole_records("a\n\"b\n\"\n", {}), 7U);
}

TEST(Records, LineEnds) {
    EXPECT_EQ(line_end_length("a\r\n"), 2U);
    EXPECT_EQ(line_end_length("a\n"), 1U);
    EXPECT_EQ(line_end_length("a\r"), 0U);
    EXPECT_EQ(line_end_length(""), 0U);
}

TEST(Records, AFieldIsQuotedOnlyWhereItMustBe) {
    EXPECT_EQ(field_text("plain; text", {}), "plain; text");
    EXPECT_EQ(field_text("a,b", {}), "\"a,b\"");
    EXPECT_EQ(field_text("say \"hi\"", {}), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(field_text("a;b", {';', true}), "\"a;b\"");
    EXPECT_EQ(field_text("a|b\nc", {'|', false}), "a b c");
}

TEST(Records, Utf8) {
    EXPECT_EQ(first_bad_utf8("plain text of more than eight bytes"), std::string_view::npos);
    EXPECT_EQ(first_bad_utf8("Montr\xC3\xA9"
                             "al \xE2\x82\xAC \xF0\x9F\x8C\x8D"),
              std::string_view::npos);
    EXPECT_EQ(first_bad_utf8("caf\xE9"), 3U);           // Latin-1
    EXPECT_EQ(first_bad_utf8("\xC0\xAF"), 0U);          // overlong
    EXPECT_EQ(first_bad_utf8("\xED\xA0\x80"), 0U);      // a surrogate
    EXPECT_EQ(first_bad_utf8("\xF4\x90\x80\x80"), 0U);  // beyond U+10FFFF
    EXPECT_EQ(first_bad_utf8("12345678\x80"), 8U);
    EXPECT_EQ(first_bad_utf8("a\xE2\x82"), 1U);  // cut off
}

}  // namespace
}  // namespace gramme
