// The reader of a table: header, cells, and where a fault is.
#include "refdata/csv_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gramme::refdata {
namespace {

constexpr std::string_view kColumns[] = {"name", "watts", "note?"};

std::string fault(std::string_view text) {
    const auto table = read_table("t.csv", text, kColumns);
    EXPECT_FALSE(table);
    return table ? "" : table.error().what;
}

TEST(ReadTable, PutsCellsInTheExpectedOrder) {
    const auto table = read_table("t.csv", "watts,name\r\n 5 ,\"a, b\"\r\n\r\n7,c\n", kColumns);
    ASSERT_TRUE(table) << table.error().what;
    ASSERT_EQ(table->rows.size(), 2U);
    EXPECT_EQ(table->rows[0].cells, (CsvRow{"a, b", "5", ""}));
    EXPECT_EQ(table->rows[0].line, 2U);
    EXPECT_EQ(table->rows[1].line, 4U);
}

TEST(ReadTable, FaultsSayWhere) {
    EXPECT_EQ(fault(""), "t.csv:1:: the file is empty; a header line is needed");
    EXPECT_EQ(fault("name,note\nx,y\n"), "t.csv:1:watts: this column is missing");
    EXPECT_EQ(fault("name,watts,colour\n"), "t.csv:1:colour: unknown column");
    EXPECT_EQ(fault("name,watts,name\n"), "t.csv:1:name: this column stands twice");
    EXPECT_EQ(fault("name,watts\nx\n"), "t.csv:2:: 1 cells, the header has 2");
    EXPECT_EQ(fault("name,watts\nx,\"5\n"), "t.csv:2:: a quote is opened and never closed");
    EXPECT_EQ(fault("name,watts\n" + std::string(2'001, 'x') + ",1\n"),
              "t.csv:2:name: the cell is longer than 2000 bytes");
}

TEST(RowCursor, TheFirstFaultSticks) {
    const auto table = read_table("t.csv", "name,watts\n,many\n", kColumns);
    ASSERT_TRUE(table);
    RowCursor row(*table, table->rows[0]);
    EXPECT_EQ(row.key(), "");
    EXPECT_EQ(row.number(0, 1), 0.0);
    EXPECT_EQ(row.text(), "");
    const auto done = row.finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().what, "t.csv:2:name: the cell is empty");
}

TEST(RowCursor, NumbersAreCheckedAgainstTheirRange) {
    const auto table = read_table("t.csv", "name,watts\nx,1e3\nx,nan\nx,\n", kColumns);
    ASSERT_TRUE(table);
    const auto read = [&](std::size_t i) {
        RowCursor row(*table, table->rows[i]);
        (void)row.key();
        (void)row.number(0.5, 10);
        (void)row.text();
        return row.finish();
    };
    EXPECT_EQ(read(0).error().code, Code::kOutOfRange);
    EXPECT_EQ(read(0).error().what, "t.csv:2:watts: 1e3 is outside 0.5 to 10");
    EXPECT_EQ(read(1).error().what, "t.csv:3:watts: \"nan\" is not a number");
    EXPECT_EQ(read(2).error().what, "t.csv:4:watts: the cell is empty");
}

}  // namespace
}  // namespace gramme::refdata
