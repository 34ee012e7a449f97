#include "calculate/run_tree.hpp"

#include <algorithm>
#include <utility>

#include "calculate/stored_footprint.hpp"
#include "store/run_id.hpp"

namespace gramme::calculate {
namespace {

plan::Member member_of(store::RunSummary one) {
    plan::Member out;
    out.run = std::move(one.run);
    out.energy_kwh = one.energy_kwh;
    if (one.operational_kgco2e && one.low_kgco2e && one.high_kgco2e) {
        out.operational_kgco2e = Estimate{*one.operational_kgco2e, *one.low_kgco2e, *one.high_kgco2e};
    }
    out.has_gaps = one.has_gaps;
    return out;
}

/// Ids of the store, and those that runs of it come from.
Result<std::string> meant(store::Store& store, std::string_view typed,
                          const std::vector<store::RunSummary>& related) {
    GRAMME_TRY(std::vector<std::string> ids, store.ids(typed, store::kEnoughIds));
    for (const store::RunSummary& one : related) {
        if (one.run.lineage) {
            ids.push_back(one.run.lineage->id);
        }
    }
    return store::meant_id(typed, std::move(ids), store.url());
}

}  // namespace

Result<std::string> related_id(store::Store& store, std::string_view typed) {
    GRAMME_TRY(const std::vector<store::RunSummary> related, store.related());
    return meant(store, typed, related);
}

Result<plan::Forest> run_tree(store::Store& store, std::string_view typed) {
    GRAMME_TRY(std::vector<store::RunSummary> related, store.related());
    std::string asked;
    if (!typed.empty()) {
        GRAMME_TRY(asked, meant(store, typed, related));
        const bool has_relatives = std::any_of(related.begin(), related.end(), [&](const auto& one) {
            return one.run.id == asked || (one.run.lineage && one.run.lineage->id == asked);
        });
        if (!has_relatives) {
            GRAMME_TRY(store::StoredRun alone, store.show(asked));
            plan::Member member;
            member.run = std::move(alone.run);
            member.run.part_of.clear();  // the run that holds it is not asked for
            if (!alone.footprint_json.empty()) {
                GRAMME_TRY(const Footprint footprint, read_footprint(alone.footprint_json));
                if (footprint.energy_kwh) {
                    member.energy_kwh = footprint.energy_kwh->value;
                }
                member.operational_kgco2e = footprint.operational_kgco2e;
            }
            member.has_gaps = !alone.ledger.gaps.empty();
            return plan::forest_of({std::move(member)}, asked);
        }
    }
    std::vector<plan::Member> members;
    members.reserve(related.size());
    for (store::RunSummary& one : related) {
        members.push_back(member_of(std::move(one)));
    }
    return plan::forest_of(std::move(members), asked);
}

}  // namespace gramme::calculate
