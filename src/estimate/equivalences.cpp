#include "estimate/equivalences.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::estimate {
namespace {

constexpr std::size_t kMost = 4;
constexpr double kSmallest = 0.1;
constexpr double kLargest = 1000.0;
constexpr double kIdeal = 10.0;

struct Candidate {
    std::size_t row = 0;
    double count = 0.0;
    std::string_view kind;
    double distance = 0.0;  ///< from a human number
};

/// "car_km" and "car_year" are both about cars.
std::string_view kind_of(std::string_view key) {
    return key.substr(0, key.find('_'));
}

/// Nearest to a human number first; equal ones as in the table.
bool nearer(const Candidate& a, const Candidate& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.row < b.row;
}

Equivalence counted(const refdata::EquivalenceRow& row, double count) {
    return {std::string{row.key}, std::string{row.label}, count, std::string{row.source}};
}

Error unknown_key(std::string_view key, const std::vector<refdata::EquivalenceRow>& rows) {
    std::vector<std::string> keys;
    std::string all;
    for (const refdata::EquivalenceRow& row : rows) {
        keys.emplace_back(row.key);
        all += (all.empty() ? "" : ", ") + keys.back();
    }
    const std::vector<std::string> near = nearest(key, keys, 1);
    return {Code::kUsage, "--equivalences: there is no '" + std::string{key} + "'",
            near.empty() ? "give all, none, or some of " + all : "did you mean " + near.front() + "?"};
}

}  // namespace

std::vector<Equivalence> equivalences_of(double kgco2e, const std::vector<refdata::EquivalenceRow>& rows) {
    std::vector<Candidate> candidates;
    candidates.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].shown_by_default && rows[i].kgco2e_per_unit > 0.0 && kgco2e > 0.0) {
            const double count = kgco2e / rows[i].kgco2e_per_unit;
            candidates.push_back({i, count, kind_of(rows[i].key), std::abs(std::log(count / kIdeal))});
        }
    }
    std::sort(candidates.begin(), candidates.end(), nearer);
    std::vector<Candidate> chosen;
    for (const Candidate& one : candidates) {
        const bool human = one.count >= kSmallest && one.count <= kLargest;
        const bool new_kind = std::none_of(chosen.begin(), chosen.end(),
                                           [&](const Candidate& other) { return other.kind == one.kind; });
        if (chosen.size() < kMost && new_kind && (human || chosen.empty())) {
            chosen.push_back(one);
        }
    }
    std::sort(chosen.begin(), chosen.end(),
              [](const Candidate& a, const Candidate& b) { return a.row < b.row; });
    std::vector<Equivalence> out;
    for (const Candidate& one : chosen) {
        out.push_back(counted(rows[one.row], one.count));
    }
    return out;
}

std::vector<Equivalence> equivalences_of(double kgco2e, const refdata::Tables& tables) {
    return equivalences_of(kgco2e, tables.equivalences());
}

Result<std::vector<Equivalence>> equivalences_named(std::string_view keys, double kgco2e,
                                                    const refdata::Tables& tables) {
    const std::vector<refdata::EquivalenceRow> rows = tables.equivalences();
    std::vector<Equivalence> out;
    const auto add = [&](const refdata::EquivalenceRow& row) {
        const bool again =
            std::any_of(out.begin(), out.end(), [&](const Equivalence& one) { return one.key == row.key; });
        if (row.kgco2e_per_unit > 0.0 && kgco2e > 0.0 && !again) {
            out.push_back(counted(row, kgco2e / row.kgco2e_per_unit));
        }
    };
    const std::string_view asked = trimmed(keys);
    if (asked == "none") {
        return out;
    }
    if (asked == "all") {
        std::for_each(rows.begin(), rows.end(), add);
        return out;
    }
    for (const std::string_view part : split(asked, ',')) {
        const std::string key = folded(trimmed(part));
        const auto row =
            std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.key == key; });
        if (row == rows.end()) {
            return unknown_key(key, rows);
        }
        add(*row);
    }
    return out;
}

}  // namespace gramme::estimate
