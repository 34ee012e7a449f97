// A block of a table, whole records only, and what became of it: the text to write, and the sums. No IO.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gramme::cli {

/// Sums in the order of the rows: the same digits whatever the number of threads.
struct BatchSums {
    std::uint64_t rows = 0;     ///< with a figure
    std::uint64_t without = 0;  ///< passed through without one
    double energy_kwh = 0.0, facility_kwh = 0.0, kgco2e = 0.0, low = 0.0, high = 0.0;

    void add(const BatchSums& other);
};

struct BatchBlock {
    std::string text;  ///< whole records
    std::uint64_t first_line = 1;
    std::string out;
    std::string rejects;
    std::vector<std::string> first_reasons;  ///< "line 12: ..." of its first bad rows
    std::uint64_t rejected = 0;
    BatchSums total;
    std::map<std::string, BatchSums, std::less<>> groups;
    bool open_quote = false;      ///< a bad row is one because of a quote that was not closed where it should
    std::uint64_t swallowed = 0;  ///< lines behind the first of such rows
    bool any_object = false;      ///< of JSON, as RowReader has it: of this block or of others
    std::vector<bool> seen;       ///< likewise
    std::optional<Error> broken;  ///< the table cannot be read on from here

    /// Of everything but its text and line.
    void clear();
};

}  // namespace gramme::cli
