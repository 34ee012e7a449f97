// The C interface: rows per second of a table as an Arrow stream and of columns of numbers, requests per
// second.
//   bench_arrow [MILLION ROWS] [ROUNDS]
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gramme.h>
#include "bench_report.hpp"

namespace {

using namespace gramme::bench;

constexpr std::size_t kBatch = 65'536;
constexpr double kMillion = 1e6;
constexpr std::array<const char*, 5> kDevices{"h100", "a100", "v100", "NVIDIA A100-SXM4-80GB",
                                              "h100-sxm5-80gb"};
constexpr std::array<const char*, 6> kRegions{"FRA", "aws:eu-west-3", "us-east-1",
                                              "DEU", "IND",           "aws:us-west-2"};

/// xorshift64 (Marsaglia 2003): the same table on every machine.
std::uint64_t next_random(std::uint64_t& state) {
    state ^= state << 13U;
    state ^= state >> 7U;
    return state ^= state << 17U;
}

/// A batch of the table, lent again and again: the producer of the stream costs nothing.
struct Table {
    bool dictionary = false;
    std::vector<std::int32_t> device_at{0}, region_at{0};  ///< offsets, or indices of the dictionary
    std::string devices, regions;
    std::vector<std::int32_t> device_names{0}, region_names{0};
    std::vector<double> hours;
    std::vector<std::int64_t> count;
    std::array<std::array<const void*, 3>, 6> buffers{};
    std::size_t left = 0;
};

template <std::size_t N>
void choose(bool dictionary, const std::array<const char*, N>& names, std::uint64_t& state,
            std::string& bytes, std::vector<std::int32_t>& at, std::vector<std::int32_t>& offsets) {
    if (dictionary) {
        at.clear();
        for (const char* const name : names) {
            bytes += name;
            offsets.push_back(static_cast<std::int32_t>(bytes.size()));
        }
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
        const std::size_t which = next_random(state) % N;
        if (!dictionary) {
            bytes += names[which];
        }
        at.push_back(static_cast<std::int32_t>(dictionary ? which : bytes.size()));
    }
}

Table make_table(bool dictionary) {
    Table table;
    table.dictionary = dictionary;
    std::uint64_t state = 88172645463325252U;
    choose(dictionary, kDevices, state, table.devices, table.device_at, table.device_names);
    choose(dictionary, kRegions, state, table.regions, table.region_at, table.region_names);
    for (std::size_t i = 0; i < kBatch; ++i) {
        table.hours.push_back(static_cast<double>(1 + next_random(state) % 1'000'000) / 1000.0);
        table.count.push_back(static_cast<std::int64_t>(1U << next_random(state) % 7));
    }
    return table;
}

void no_release(ArrowSchema* schema) {
    schema->release = nullptr;
}
void no_release_array(ArrowArray* array) {
    array->release = nullptr;
}

/// The structures of one batch; they live until the next call.
struct Lent {
    std::array<ArrowSchema, 4> schemas{};
    std::array<ArrowSchema*, 4> schema_list{};
    std::array<ArrowSchema, 2> dictionary_schemas{};
    std::array<ArrowArray, 4> arrays{};
    std::array<ArrowArray*, 4> array_list{};
    std::array<ArrowArray, 2> dictionaries{};
    std::array<const void*, 1> none{};
    Table* table = nullptr;
};

int lend_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    auto& lent = *static_cast<Lent*>(stream->private_data);
    const bool dictionary = lent.table->dictionary;
    const std::array<const char*, 4> names{"device", "region", "hours", "count"};
    const std::array<const char*, 4> formats{dictionary ? "i" : "u", dictionary ? "i" : "u", "g", "l"};
    for (std::size_t i = 0; i < 4; ++i) {
        lent.schemas[i] = {formats[i], names[i], nullptr, 2, 0, nullptr, nullptr, &no_release, nullptr};
        if (dictionary && i < 2) {
            lent.dictionary_schemas[i] = {"u", "", nullptr, 2, 0, nullptr, nullptr, &no_release, nullptr};
            lent.schemas[i].dictionary = &lent.dictionary_schemas[i];
        }
        lent.schema_list[i] = &lent.schemas[i];
    }
    *out = {"+s", "", nullptr, 0, 4, lent.schema_list.data(), nullptr, &no_release, nullptr};
    return 0;
}

int lend_batch(ArrowArrayStream* stream, ArrowArray* out) {
    auto& lent = *static_cast<Lent*>(stream->private_data);
    Table& table = *lent.table;
    *out = {};
    if (table.left == 0) {
        return 0;
    }
    --table.left;
    table.buffers = {{{nullptr, table.device_at.data(), table.devices.data()},
                      {nullptr, table.region_at.data(), table.regions.data()},
                      {nullptr, table.hours.data(), nullptr},
                      {nullptr, table.count.data(), nullptr},
                      {nullptr, table.device_names.data(), table.devices.data()},
                      {nullptr, table.region_names.data(), table.regions.data()}}};
    for (std::size_t i = 0; i < 4; ++i) {
        ArrowArray& array = lent.arrays[i];
        array = {};
        array.length = static_cast<std::int64_t>(kBatch);
        array.n_buffers = i < 2 && !table.dictionary ? 3 : 2;
        array.buffers = table.buffers[i].data();
        array.release = &no_release_array;
        if (i < 2 && table.dictionary) {
            ArrowArray& names = lent.dictionaries[i];
            names = {};
            names.length = static_cast<std::int64_t>(i == 0 ? kDevices.size() : kRegions.size());
            names.n_buffers = 3;
            names.buffers = table.buffers[4 + i].data();
            names.release = &no_release_array;
            array.dictionary = &names;
        }
        lent.array_list[i] = &array;
    }
    out->length = static_cast<std::int64_t>(kBatch);
    out->n_buffers = 1;
    out->n_children = 4;
    out->buffers = lent.none.data();
    out->children = lent.array_list.data();
    out->release = &no_release_array;
    return 0;
}

double rows_per_second(bool dictionary, std::size_t batches, double& check) {
    Table table = make_table(dictionary);
    table.left = batches;
    Lent lent;
    lent.table = &table;
    ArrowArrayStream in{&lend_schema, &lend_batch, [](ArrowArrayStream*) { return "none"; },
                        [](ArrowArrayStream* stream) { stream->release = nullptr; }, &lent};
    ArrowArrayStream out{};
    gramme_error error{};
    const double from = process_cpu_s();
    if (gramme_estimate_stream(&in, R"({"config": "none"})", &out, &error) != GRAMME_OK) {
        std::fprintf(stderr, "bench_arrow: %s\n", error.what);
        std::exit(1);
    }
    std::size_t rows = 0;
    for (;;) {
        ArrowArray batch{};
        if (out.get_next(&out, &batch) != 0 || batch.release == nullptr) {
            break;
        }
        rows += static_cast<std::size_t>(batch.length);
        check += static_cast<const double*>(batch.children[8]->buffers[1])[rows % kBatch];
        batch.release(&batch);
    }
    out.release(&out);
    return static_cast<double>(rows) / (process_cpu_s() - from) / kMillion;
}

double columns_per_second(std::size_t rows, double& check) {
    std::vector<double> hours(rows, 1.5);
    std::vector<double> count(rows, 8.0);
    std::vector<double> kwh(rows);
    std::vector<double> kg(rows);
    gramme_columns in{};
    in.size = sizeof in;
    in.hours = hours.data();
    in.count = count.data();
    gramme_figures out{};
    out.size = sizeof out;
    out.energy_kwh = kwh.data();
    out.operational_kgco2e = kg.data();
    const double from = process_cpu_s();
    gramme_estimate_columns(R"({"device": "h100", "region": "FRA", "config": "none"})", &in, rows, &out,
                            nullptr);
    const double rate = static_cast<double>(rows) / (process_cpu_s() - from) / kMillion;
    check += kg[rows / 2];
    return rate;
}

double requests_per_second(int requests) {
    const double from = process_cpu_s();
    for (int i = 0; i < requests; ++i) {
        char* json = nullptr;
        gramme_estimate(
            R"({"device": "h100", "count": 8, "hours": 120, "region": "aws:eu-west-3", "config": "none"})",
            &json, nullptr);
        gramme_text_free(json);
    }
    return requests / (process_cpu_s() - from);
}

void say(const char* what, std::vector<double> rates, double target) {
    const double rate = median(rates);
    std::printf("%-40s %7.1f M rows/s   target >= %.0f M rows/s   %s   (%s)\n", what, rate, target,
                rate >= target ? "met" : "NOT MET", quartiles(rates, "M rows/s").c_str());
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t batches =
        static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 4) * 1'000'000 / kBatch;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 10;
    double check = 0.0;
    std::vector<double> plain;
    std::vector<double> dictionary;
    std::vector<double> columns;
    for (int i = 0; i < rounds; ++i) {
        plain.push_back(rows_per_second(false, batches, check));
        dictionary.push_back(rows_per_second(true, batches, check));
        columns.push_back(columns_per_second(1U << 20U, check));
    }
    say("Arrow table of texts, one core", plain, 10.0);
    say("Arrow table of dictionaries, one core", dictionary, 10.0);
    say("columns through the C interface, one core", columns, 20.0);
    std::vector<double> requests;
    for (int i = 0; i < rounds; ++i) {
        requests.push_back(requests_per_second(2000));
    }
    constexpr double kRequests = 15'000.0;
    const double rate = median(requests);
    std::printf("%-40s %7.0f a second    target >= %.0f a second    %s   (%s)\n",
                "estimates by request, one core", rate, kRequests, rate >= kRequests ? "met" : "NOT MET",
                quartiles(requests, "a second").c_str());
    return check > 0.0 ? 0 : 1;
}
