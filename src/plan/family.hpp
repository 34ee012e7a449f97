// Runs of one model added up: which run comes from which, what the final one took and what getting there
// took. Pure. Method: docs/method/search.md#getting-there
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/footprint.hpp"
#include "model/run.hpp"

namespace gramme::plan {

/// A run as the tree needs it. Figures of its newest footprint; absent is unknown.
struct Member {
    RunRecord run;
    std::optional<double> energy_kwh;
    std::optional<Estimate> operational_kgco2e;
    bool has_gaps = false;
};

/// Of several runs. `low` and `high` of the carbon are sums of the runs' own bounds: the grid and the meter
/// of one family err together.
struct FamilySum {
    std::size_t runs = 0;
    double duration_s = 0.0;
    std::optional<double> energy_kwh;  ///< of the runs where it is known; absent: of none
    std::optional<Estimate> operational_kgco2e;
    std::size_t with_gaps = 0;
    std::size_t not_known = 0;  ///< runs without any figure, which are not in the sums
};

struct FamilyNode {
    std::string id;
    std::optional<std::size_t> member;  ///< index into Forest::members; absent: not among them
    std::size_t depth = 0;              ///< 0: a root
    std::optional<LineageKind> kind;    ///< what it is to the node above; absent with depth > 0: a span of it
    bool counted = true;                ///< in the sums; a span is not, where the run that holds it is
    bool is_final = false;
    bool on_the_way = false;  ///< to the final one
};

struct Family {
    std::vector<FamilyNode> nodes;  ///< each behind the one it comes from, brothers by their start
    FamilySum all;
    FamilySum final_run;   ///< one run or none
    FamilySum on_the_way;  ///< what the final one comes from, its trials, and what was resumed in vain
    /// Energy of the final run and the way over that of the final run; absent where either is not known.
    std::optional<double> multiplier;
};

struct Forest {
    std::vector<Member> members;
    std::vector<Family> families;    ///< newest root last
    std::vector<std::string> notes;  ///< circles that were cut
};

/// Families by lineage, and by part_of where a run has none. `asked`: only the family that holds this whole
/// id, of a run or of what runs come from, and that run is taken as the final one; empty: all, and the final
/// one of each is its newest run that is no trial, no span, and that nothing comes from. Runs that name each
/// other in a circle are cut at the oldest, and a note says so.
[[nodiscard]] Forest forest_of(std::vector<Member> members, std::string_view asked = {});

}  // namespace gramme::plan
