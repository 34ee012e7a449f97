#include "plan/family.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace gramme::plan {
namespace {

/// The run that `run` hangs on; empty: on none.
std::string parent_of(const RunRecord& run) {
    return run.lineage ? run.lineage->id : run.part_of;
}

bool is_trial(const RunRecord& run) {
    return run.lineage && run.lineage->kind == LineageKind::kTrialOf;
}

void add(FamilySum& sum, const Member& member) {
    sum.runs += 1;
    sum.duration_s += member.run.duration_s;
    sum.with_gaps += member.has_gaps ? 1 : 0;
    if (member.energy_kwh) {
        sum.energy_kwh = sum.energy_kwh.value_or(0.0) + *member.energy_kwh;
    }
    if (const auto& one = member.operational_kgco2e) {
        const Estimate before = sum.operational_kgco2e.value_or(Estimate{0.0, 0.0, 0.0});
        sum.operational_kgco2e =
            Estimate{before.value + one->value, before.low + one->low, before.high + one->high};
    }
    sum.not_known += member.energy_kwh || member.operational_kgco2e ? 0 : 1;
}

/// The members, who hangs on whom, and where it starts.
class Builder {
public:
    explicit Builder(Forest& forest) : forest_(forest) {
        std::stable_sort(forest_.members.begin(), forest_.members.end(),
                         [](const Member& a, const Member& b) {
                             return std::pair{a.run.started_wall_ns, std::string_view{a.run.id}} <
                                    std::pair{b.run.started_wall_ns, std::string_view{b.run.id}};
                         });
        for (std::size_t i = 0; i < forest_.members.size(); ++i) {
            at_.emplace(forest_.members[i].run.id, i);
        }
        for (const Member& member : forest_.members) {
            parents_[member.run.id] = parent_of(member.run);
        }
        cut_circles();
        for (const Member& member : forest_.members) {
            const std::string& parent = parents_[member.run.id];
            if (parent.empty()) {
                roots_.push_back(member.run.id);
                continue;
            }
            if (children_[parent].empty() && !at_.contains(parent)) {
                roots_.push_back(parent);  // deleted, or a sweep
            }
            children_[parent].push_back(member.run.id);
        }
    }

    void build(std::string_view asked) {
        for (const std::string& root : roots_) {
            Family family;
            place(family, root, 0);
            const bool holds = std::any_of(family.nodes.begin(), family.nodes.end(),
                                           [&](const FamilyNode& node) { return node.id == asked; });
            if (asked.empty() || holds) {
                count(family);
                choose_final(family, asked);
                forest_.families.push_back(std::move(family));
            }
        }
    }

private:
    /// Each member leads up to a root; where it leads back to itself, the oldest of the circle becomes one.
    void cut_circles() {
        for (const Member& member : forest_.members) {  // oldest first
            std::set<std::string> seen;
            std::string here = member.run.id;
            while (!here.empty() && at_.contains(here) && seen.insert(here).second) {
                here = parents_[here];
            }
            if (here == member.run.id && seen.contains(here)) {
                forest_.notes.push_back("run " + here + " comes from run " + parents_[here] +
                                        ", which comes from it: a circle, which is cut here");
                parents_[here].clear();
            }
        }
    }

    /// The tree below `root`, without recursion: a chain of resumed runs may be long.
    void place(Family& family, const std::string& root, std::size_t depth) {
        std::vector<std::pair<std::string, std::size_t>> open{{root, depth}};
        while (!open.empty()) {
            auto [id, at_depth] = std::move(open.back());
            open.pop_back();
            FamilyNode node;
            node.id = id;
            node.depth = at_depth;
            if (const auto found = at_.find(id); found != at_.end()) {
                node.member = found->second;
                const auto& lineage = forest_.members[found->second].run.lineage;
                if (at_depth > 0 && lineage) {
                    node.kind = lineage->kind;
                }
            }
            family.nodes.push_back(std::move(node));
            const auto below = children_.find(id);
            if (below != children_.end()) {
                for (auto child = below->second.rbegin(); child != below->second.rend(); ++child) {
                    open.emplace_back(*child, at_depth + 1);
                }
            }
        }
    }

    void count(Family& family) const {
        std::set<std::string_view> here;
        for (const FamilyNode& node : family.nodes) {
            if (node.member) {
                here.insert(node.id);
            }
        }
        for (FamilyNode& node : family.nodes) {
            node.counted = node.member && !here.contains(forest_.members[*node.member].run.part_of);
            if (node.counted) {
                add(family.all, forest_.members[*node.member]);
            }
        }
    }

    [[nodiscard]] bool leads_nowhere(const std::string& id) const {
        const auto below = children_.find(id);
        return below == children_.end() ||
               std::all_of(below->second.begin(), below->second.end(), [&](const std::string& child) {
                   const RunRecord& run = forest_.members[at_.at(child)].run;
                   return !run.lineage || is_trial(run);
               });
    }

    void choose_final(Family& family, std::string_view asked) const {
        FamilyNode* chosen = nullptr;
        for (FamilyNode& node : family.nodes) {
            if (!node.counted) {
                continue;
            }
            const RunRecord& run = forest_.members[*node.member].run;
            const bool may =
                asked.empty() || asked != node.id ? !is_trial(run) && leads_nowhere(node.id) : true;
            const bool newer = chosen == nullptr ||
                               run.started_wall_ns >= forest_.members[*chosen->member].run.started_wall_ns;
            if (asked == node.id || (may && newer && (chosen == nullptr || chosen->id != asked))) {
                chosen = &node;
            }
        }
        if (chosen == nullptr || (family.nodes.size() == 1 && asked.empty())) {
            return;
        }
        chosen->is_final = true;
        add(family.final_run, forest_.members[*chosen->member]);
        mark_the_way(family, chosen->id);
        for (const FamilyNode& node : family.nodes) {
            if (node.on_the_way && node.counted) {
                add(family.on_the_way, forest_.members[*node.member]);
            }
        }
        const auto& end = family.final_run.energy_kwh;
        if (end && *end > 0.0 && family.final_run.not_known + family.on_the_way.not_known == 0) {
            family.multiplier = (*end + family.on_the_way.energy_kwh.value_or(0.0)) / *end;
        }
    }

    /// What the final run comes from; the trials of any of these; and what was resumed from one of those
    /// before it. A fine-tuning of one of them is another model.
    void mark_the_way(Family& family, const std::string& end) const {
        std::set<std::string> path;
        for (std::string here = end; !here.empty() && path.insert(here).second;) {
            const auto above = parents_.find(here);
            here = above == parents_.end() ? "" : above->second;
        }
        std::optional<std::size_t> inside;  // depth of a branch that belongs to the way as a whole
        std::vector<std::string> above;     // ids of the nodes that lead to this one
        for (FamilyNode& node : family.nodes) {
            above.resize(node.depth);
            if (inside && node.depth <= *inside) {
                inside.reset();
            }
            const bool on_path = path.contains(node.id);
            const bool below_path = node.depth > 0 && path.contains(above.back());
            const bool below_end = node.depth > 0 && above.back() == end;
            const bool joins = node.kind == LineageKind::kTrialOf ||
                               (node.kind == LineageKind::kResumeOf && !below_end) || !node.kind;
            if (!inside && !on_path && below_path && joins) {
                inside = node.depth;
            }
            node.on_the_way = !node.is_final && (on_path || inside);
            above.push_back(node.id);
        }
    }

    Forest& forest_;
    std::map<std::string, std::size_t, std::less<>> at_;
    std::map<std::string, std::string, std::less<>> parents_;
    std::map<std::string, std::vector<std::string>, std::less<>> children_;
    std::vector<std::string> roots_;
};

}  // namespace

Forest forest_of(std::vector<Member> members, std::string_view asked) {
    Forest forest;
    forest.members = std::move(members);
    Builder builder{forest};
    builder.build(asked);
    return forest;
}

}  // namespace gramme::plan
