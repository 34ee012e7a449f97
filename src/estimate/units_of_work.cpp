#include "estimate/units_of_work.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/json_line.hpp"
#include "base/parse.hpp"

namespace gramme::estimate {
namespace {

struct Unit {
    std::string_view name;
    std::string_view one;  ///< what a figure is given for
    double of = 1.0;
};
// Per 1,000 requests, as those who serve models count them; one request is too little to picture.
constexpr std::array kUnits{Unit{"samples", "sample", 1.0}, Unit{"tokens", "token", 1.0},
                            Unit{"requests", "1000 requests", 1000.0}};

}  // namespace

bool is_unit_of_work(std::string_view name) {
    return std::any_of(kUnits.begin(), kUnits.end(), [name](const Unit& unit) { return unit.name == name; });
}

std::vector<WorkDone> work_done(const std::vector<Marker>& markers) {
    std::array<double, kUnits.size()> sums{};
    std::array<bool, kUnits.size()> named{};
    JsonLine line;
    for (const Marker& marker : markers) {
        if (marker.kind != Marker::Kind::kMark || marker.name != kLogMark ||
            !scan_json_line(marker.detail, line)) {
            continue;
        }
        for (const JsonMember& member : line.members) {
            for (std::size_t i = 0; i < kUnits.size(); ++i) {
                if (member.key != kUnits.at(i).name || member.kind != JsonMember::Kind::kNumber) {
                    continue;
                }
                if (const auto count = parse_double(member.value); count && *count >= 0.0) {
                    sums.at(i) += *count;
                    named.at(i) = true;
                }
            }
        }
    }
    std::vector<WorkDone> done;
    for (std::size_t i = 0; i < kUnits.size(); ++i) {
        if (named.at(i)) {
            const Unit& unit = kUnits.at(i);
            done.push_back({std::string{unit.name}, std::string{unit.one}, sums.at(i), unit.of});
        }
    }
    return done;
}

}  // namespace gramme::estimate
