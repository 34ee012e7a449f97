#include "meter/meter_text.hpp"

#include <gtest/gtest.h>

namespace gramme::meter {
namespace {

double watts(std::string_view text) {
    const auto read = parse_meter_watts(text);
    EXPECT_TRUE(read) << text << ": " << read.error().what;
    return read ? read->value() : -1.0;
}

Code refusal(std::string_view text) {
    const auto read = parse_meter_watts(text);
    EXPECT_FALSE(read) << text;
    return read ? Code::kBug : read.error().code;
}

TEST(MeterWatts, TakesWhatMetersPrint) {
    EXPECT_DOUBLE_EQ(watts("123.4\n"), 123.4);
    EXPECT_DOUBLE_EQ(watts("123.4 W"), 123.4);
    EXPECT_DOUBLE_EQ(watts("123.4W"), 123.4);
    EXPECT_DOUBLE_EQ(watts("0.25 kW"), 250.0);
    EXPECT_DOUBLE_EQ(watts("41500 mW"), 41.5);
    EXPECT_DOUBLE_EQ(watts("1e2"), 100.0);
    EXPECT_DOUBLE_EQ(watts(".5"), 0.5);
    EXPECT_DOUBLE_EQ(watts("+12"), 12.0);
    EXPECT_DOUBLE_EQ(watts("\n    Instantaneous power reading:                   220 Watts\n"
                           "    Minimum during sampling period:                  4 Watts\n"),
                     220.0);
    EXPECT_DOUBLE_EQ(watts(R"({"power": 41.5, "voltage": 230})"), 41.5);
}

TEST(MeterWatts, ANumberWithAUnitOfPowerGoesBeforeOthers) {
    EXPECT_DOUBLE_EQ(watts("DCMI 1.5 power 220 W"), 220.0);
    EXPECT_DOUBLE_EQ(watts("shelly1 s2 231.2 V 0.43 A 97.5 W"), 97.5);
    EXPECT_DOUBLE_EQ(watts("3 Wh today, 55 W now"), 55.0);
}

TEST(MeterWatts, WhatIsNoPowerIsRefused) {
    for (const char* text : {"", "\n", "no reading", "nan", "inf W", "W", "-", "plug1", "-5", "-5 W", "0",
                             "0.0 W", "123,4", "123,4 W"}) {
        EXPECT_EQ(refusal(text), Code::kMalformed) << text;
    }
    EXPECT_EQ(refusal("1e9"), Code::kOutOfRange);
    EXPECT_EQ(refusal("1e999"), Code::kOutOfRange);
    EXPECT_EQ(refusal("101 kW"), Code::kOutOfRange);
}

TEST(MeterWatts, ANumberInAnotherUnitIsNoPower) {
    for (const char* text :
         {"230 V", "230V", "0.43 A", "430 mA", "50 Wh", "1.5 kWh", "50 VA", "12 var", "7 J", "50 Hz", "20 °C",
          "20°C", "20 C", "35 %", "35%", "230 V 0.43 A", "5 MW", "V 230 V, temperature 20 °C"}) {
        const auto read = parse_meter_watts(text);
        ASSERT_FALSE(read) << text << ": " << read->value();
        EXPECT_EQ(read.error().code, Code::kMalformed) << text;
        EXPECT_NE(read.error().what.find("no number in W"), std::string::npos) << read.error().what;
    }
    EXPECT_DOUBLE_EQ(watts("20 °C, 97.5"), 97.5);
    EXPECT_DOUBLE_EQ(watts("0.25 KW"), 250.0);
    EXPECT_DOUBLE_EQ(watts("41 outlets"), 41.0);
}

TEST(MeterWatts, AHexadecimalNumberIsSaidToBeOne) {
    const auto read = parse_meter_watts("0x40");
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().what.find("hexadecimal"), std::string::npos) << read.error().what;
    EXPECT_DOUBLE_EQ(watts("register 0x40: 64 W"), 64.0);
}

TEST(MeterCsv, TakesBothKindsOfTimeAndSortsThem) {
    const auto rows = parse_meter_csv(
        "Voltage,Timestamp,Watts\n230,2026-11-25T09:00:10.250Z,120\n231,1795597200,100.5\r\n229,2026-11-"
        "25T10:00:05+01:00,"
        "110\n229,2026-11-25T09:00:05Z,999\n\n");
    ASSERT_TRUE(rows) << rows.error().what;
    ASSERT_EQ(rows->size(), 3U);                               // of two rows of one instant the first
    EXPECT_EQ((*rows)[0].wall_ns, 1'795'597'200'000'000'000);  // 2026-11-25T09:00:00Z
    EXPECT_DOUBLE_EQ((*rows)[0].power.value(), 100.5);
    EXPECT_EQ((*rows)[1].wall_ns, 1'795'597'205'000'000'000);
    EXPECT_DOUBLE_EQ((*rows)[1].power.value(), 110.0);
    EXPECT_EQ((*rows)[2].wall_ns, 1'795'597'210'000'000'000);
}

TEST(MeterCsv, NamesTheLineOfWhatItCannotRead) {
    const auto refused = [](const std::string& text) {
        const auto rows = parse_meter_csv(text);
        EXPECT_FALSE(rows) << text;
        return rows ? Error{} : rows.error();
    };
    EXPECT_EQ(refused("").code, Code::kMalformed);
    EXPECT_TRUE(refused("a,watts\n").what.starts_with("line 1: no column with the time"));
    EXPECT_TRUE(refused("time,volts\n").what.starts_with("line 1: no column with the watts"));
    EXPECT_TRUE(refused("time,watts\n1795597200,5\nnoon,5\n").what.starts_with("line 3: 'noon'"));
    EXPECT_TRUE(refused("time,watts\n2026-11-25T09:00:00,5\n").hint.find("time zone") != std::string::npos);
    EXPECT_TRUE(refused("time,watts\n2026-11-25,5\n").what.starts_with("line 2: "));
    EXPECT_TRUE(refused("time,watts\n12,5\n").what.starts_with("line 2: '12' are no seconds"));
    EXPECT_EQ(refused("time,watts\n1795597200000,5\n").code, Code::kOutOfRange);  // milliseconds
    EXPECT_TRUE(refused("time,watts\n1795597200\n").what.starts_with("line 2: too few"));
    for (const char* watts : {"nan", "-3", "0", "inf", "5 W", "", "lots"}) {
        EXPECT_EQ(refused(std::string{"time,watts\n1795597200,"} + watts + "\n").code, Code::kMalformed)
            << watts;
    }
    EXPECT_EQ(refused("time,watts\n1795597200,1e9\n").code, Code::kOutOfRange);
}

}  // namespace
}  // namespace gramme::meter
