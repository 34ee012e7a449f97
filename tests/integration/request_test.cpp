// The C interface answers as the program, byte for byte; an Arrow table gets the digits of gramme batch.
#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "../unit/capi/arrow_maker.hpp"
#include "base/digits.hpp"
#include "config/request_words.hpp"
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using Request = Integration;

struct Pair {
    Words words;
    std::string request;
};

std::string answer(int32_t (*function)(const char*, char**, gramme_error*), const std::string& request) {
    char* text = nullptr;
    gramme_error error{};
    if (function(request.c_str(), &text, &error) != GRAMME_OK) {
        return std::string{"error: "} + error.what;
    }
    std::string out = text;
    gramme_text_free(text);
    return out;
}

std::string with_config_none(const std::string& request) {
    return R"({"config": "none", )" + request.substr(1);
}

TEST_F(Request, EstimateAnswersAsTheProgram) {
    const std::array pairs{
        Pair{{"--device", "h100", "--count", "8", "--hours", "120", "--region", "FRA"},
             R"({"hours": 120, "region": "FRA", "count": 8, "device": "h100"})"},
        Pair{{"--device", "h100", "--count", "8", "--power-w", "300", "--hours", "1.5", "--pue", "1.2",
              "--mix", "coal=0.6,wind=0.4", "--embodied", "off", "--water", "off"},
             R"({"groups": [{"device": "h100", "count": 8}, {"power_w": 300}], "hours": 1.5, "pue": "1.2",
                 "mix": {"coal": 0.6, "wind": 0.4}, "embodied": false, "water": "off"})"},
        Pair{
            {"--instance", "aws:p4d.24xlarge", "--hours", "10", "--utilisation", "80%", "--year", "2020",
             "--lifetime", "5", "--equivalences", "car_km,laptop", "--region", "aws:eu-west-3"},
            R"({"instance": "aws:p4d.24xlarge", "hours": 10, "utilisation": "80%", "year": 2020, "lifetime": 5,
                 "equivalences": ["car_km", "laptop"], "region": "aws:eu-west-3"})"},
        Pair{{"--device", "v100", "--hours", "100", "--host", "none", "--power-model", "tdp", "--profile",
              "mlco2", "--region", "aws:us-east-1"},
             R"({"device": "v100", "hours": 100, "host": "none", "power_model": "tdp", "profile": "mlco2",
                 "region": "aws:us-east-1"})"},
        Pair{{"--energy-kwh", "1287000", "--intensity", "429"},
             R"({"energy-kwh": 1287000, "intensity": 429})"}};
    for (const Pair& pair : pairs) {
        const Outcome program = box.gramme(joined(joined({"estimate"}, pair.words), {"--json"}));
        ASSERT_EQ(program.exit_code, 0) << program.err;
        EXPECT_EQ(answer(&gramme_estimate, with_config_none(pair.request)), program.out);
    }
}

TEST_F(Request, CompareAnswersAsTheProgram) {
    const std::array pairs{
        Pair{
            {"--device", "h100", "--hours", "10", "--regions", "FRA,POL,aws:eu-west-3", "--region", "DEU"},
            R"({"device": "h100", "hours": 10, "regions": ["FRA", "POL", "aws:eu-west-3"], "region": "DEU"})"},
        Pair{{"--devices", "h100,a100,v100", "--count", "4", "--hours", "10"},
             R"({"devices": "h100,a100,v100", "count": 4, "hours": 10})"},
        Pair{{"--power-w", "300", "--hours", "10", "--years", "2015-2019", "--region", "FRA"},
             R"({"power_w": 300, "hours": 10, "years": "2015-2019", "region": "FRA"})"},
        Pair{{"--power-w", "300", "--hours", "10", "--energy-sources", "all"},
             R"({"power_w": 300, "hours": 10, "energy_sources": ["all"]})"}};
    for (const Pair& pair : pairs) {
        const Outcome program = box.gramme(joined(joined({"compare"}, pair.words), {"--json"}));
        ASSERT_EQ(program.exit_code, 0) << program.err;
        EXPECT_EQ(answer(&gramme_compare, with_config_none(pair.request)), program.out);
    }
}

TEST_F(Request, AnArrowTableHasTheDigitsOfBatch) {
    const Texts devices{"h100", "a100", "Xeon Gold 6148", "nonsense", "", "v100"};
    const Texts regions{"FRA", "aws:eu-west-3", "", "DEU", "DEU", "CA-QC"};
    const std::vector<std::optional<double>> hours{1.5, 1e3, 0.125, 1.0, 2.0, 7.0};
    const std::vector<std::optional<double>> used{0.35, 1.0, 0.5, 0.5, 0.5, 2.0};
    const std::vector<std::optional<std::int64_t>> count{8, 1, 2, 3, 4, 5};
    std::string csv = "device,region,hours,utilisation,count\n";
    for (std::size_t i = 0; i < devices.size(); ++i) {
        std::ostringstream row;
        row << *devices[i] << ',' << *regions[i] << ',' << *hours[i] << ',' << *used[i] << ',' << *count[i];
        csv += row.str() + "\n";
    }
    write_file(box.path("work/jobs.csv"), csv);
    const Outcome batch = box.gramme(
        {"batch", box.path("work/jobs.csv"), "--keep-going", "--rejects", box.path("work/rejects.csv")});
    ASSERT_EQ(batch.exit_code, 0) << batch.err;

    ArrowArrayStream in =
        stream_of({{{texts("device", "vu", devices), texts("region", "u", regions),
                     numbers<double>("hours", "g", hours), numbers<double>("utilisation", "g", used),
                     numbers<std::int64_t>("count", "l", count)}}});
    ArrowArrayStream out{};
    ASSERT_EQ(gramme_estimate_stream(&in, R"({"config": "none"})", &out, nullptr), GRAMME_OK);
    ArrowArray table{};
    ASSERT_EQ(out.get_next(&out, &table), 0);
    std::istringstream lines{batch.out};
    std::istringstream rejects{file_text(box.path("work/rejects.csv"))};
    std::string line;
    std::getline(lines, line);
    std::getline(rejects, line);
    int figures = 0;
    const ArrowArray& notes = *table.children[12];
    const auto* const offsets = static_cast<const std::int64_t*>(notes.buffers[1]);
    for (std::size_t row = 0; row < devices.size(); ++row) {
        const std::string note{static_cast<const char*>(notes.buffers[2]) + offsets[row],
                               static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
        const auto* const valid = static_cast<const std::uint8_t*>(table.children[5]->buffers[0]);
        if ((valid[0] >> row & 1U) == 0) {
            std::getline(rejects, line);  // the same in the words of the program
            EXPECT_THAT(config::in_request_words(line), ::testing::HasSubstr(note)) << row;
            continue;
        }
        ++figures;
        std::string expected;
        for (int figure = 0; figure < 7; ++figure) {
            std::array<char, kMostDigits> digits{};
            char* const end = write_digits(
                digits.data(), static_cast<const double*>(table.children[5 + figure]->buffers[1])[row]);
            expected += "," + std::string(digits.data(), end);
        }
        std::getline(lines, line);
        EXPECT_TRUE(line.ends_with(expected + "," + note)) << line << "\n" << expected << note;
    }
    EXPECT_EQ(figures, 3);
    table.release(&table);
    out.release(&out);
}

}  // namespace
}  // namespace gramme::testing
