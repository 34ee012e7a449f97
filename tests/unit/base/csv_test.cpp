#include "base/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<CsvRow> rows_of(std::string_view text) {
    auto rows = parse_csv(text);
    EXPECT_TRUE(rows) << rows.error().what;
    return rows ? *rows : std::vector<CsvRow>{};
}

std::string failure_of(std::string_view text) {
    const auto rows = parse_csv(text);
    EXPECT_FALSE(rows);
    return rows ? "" : rows.error().what;
}

TEST(ParseCsv, ReadsPlainRows) {
    EXPECT_THAT(rows_of("a,b\n1,2\n"), ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", "2"}));
}

TEST(ParseCsv, TakesALastRowWithoutLineEnd) {
    EXPECT_THAT(rows_of("a,b\n1,2"), ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", "2"}));
}

TEST(ParseCsv, TakesCrLf) {
    EXPECT_THAT(rows_of("a,b\r\n1,2\r\n"), ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", "2"}));
}

TEST(ParseCsv, KeepsEmptyFields) {
    EXPECT_THAT(rows_of("a,,c\n,,\n"), ElementsAre(CsvRow{"a", "", "c"}, CsvRow{"", "", ""}));
}

TEST(ParseCsv, SkipsBlankLines) {
    EXPECT_THAT(rows_of("a\n\n\r\nb\n"), ElementsAre(CsvRow{"a"}, CsvRow{"b"}));
}

TEST(ParseCsv, OfNothingHasNoRows) {
    EXPECT_THAT(rows_of(""), IsEmpty());
    EXPECT_THAT(rows_of("\xEF\xBB\xBF"), IsEmpty());
}

TEST(ParseCsv, SkipsTheByteOrderMark) {
    EXPECT_THAT(rows_of("\xEF\xBB\xBFzone,year\n"), ElementsAre(CsvRow{"zone", "year"}));
}

TEST(ParseCsv, QuotedFieldsHoldCommasQuotesAndLines) {
    EXPECT_THAT(rows_of("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n"),
                ElementsAre(CsvRow{"a,b", "say \"hi\"", "two\nlines"}));
}

TEST(ParseCsv, AQuotedEmptyFieldIsEmpty) {
    EXPECT_THAT(rows_of("\"\",x\n"), ElementsAre(CsvRow{"", "x"}));
}

TEST(ParseCsv, AQuoteInsideAFieldIsAnOrdinaryCharacter) {
    EXPECT_THAT(rows_of("5\" disk,x\n"), ElementsAre(CsvRow{"5\" disk", "x"}));
}

TEST(ParseCsv, KeepsBlanksAroundFields) {
    EXPECT_THAT(rows_of(" a , b\n"), ElementsAre(CsvRow{" a ", " b"}));
}

TEST(ParseCsv, NamesTheLineOfAnError) {
    EXPECT_THAT(failure_of("a\nb\n\"c\"d\n"), HasSubstr("line 3: text after a closing quote"));
    EXPECT_THAT(failure_of("a\n\"b"), HasSubstr("never closed"));
    EXPECT_THAT(failure_of("a\nb\0c\n"sv), HasSubstr("line 2: a NUL byte"));
}

TEST(CsvLine, QuotesOnlyWhatNeedsIt) {
    EXPECT_EQ(csv_line({"plain", "a b", "", "1.5"}), "plain,a b,,1.5");
    EXPECT_EQ(csv_line({"a,b"}), "\"a,b\"");
    EXPECT_EQ(csv_line({"say \"hi\""}), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(csv_line({"two\nlines", "cr\r"}), "\"two\nlines\",\"cr\r\"");
    EXPECT_EQ(csv_line({" a", "b "}), "\" a\",\"b \"");
}

TEST(CsvLine, IsReadBackAsItWas) {
    const CsvRow row{"", "a,b", "\"", "\n", "\r\n", " x ", "\"\"", "Montréal"};
    EXPECT_THAT(rows_of(csv_line(row) + "\n"), ElementsAre(row));
}

}  // namespace
}  // namespace gramme
