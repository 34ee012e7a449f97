#include "present/run_tree.hpp"

#include <algorithm>

#include "base/utc.hpp"
#include "present/footprint_json.hpp"
#include "present/json_writer.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

using plan::Family;
using plan::FamilyNode;
using plan::FamilySum;
using plan::Forest;
using plan::Member;

std::string carbon_text(const std::optional<Estimate>& carbon) {
    if (!carbon) {
        return "CO2e unknown";
    }
    const Shown number = shown(*carbon, Dimension::kCarbon);
    return number.value + " " + number.unit + " CO2e" +
           (number.exact ? "" : " (" + number.low + " to " + number.high + ")");
}

std::string energy_text(const std::optional<double>& kwh) {
    constexpr int kDigits = 3;
    return kwh ? shown_alone(*kwh, Dimension::kEnergy, kDigits) : "unknown";
}

std::string runs_text(std::size_t runs) {
    return std::to_string(runs) + (runs == 1 ? " run" : " runs");
}

/// What is missing from a sum; empty where nothing is.
std::string holes(const FamilySum& sum) {
    std::string out;
    if (sum.not_known > 0) {
        out += "; nothing is known of " + std::to_string(sum.not_known) + ", which add nothing to it";
    }
    if (sum.with_gaps > 0) {
        out += "; " + std::to_string(sum.with_gaps) + " with gaps, so it is at least this";
    }
    return out;
}

/// The answer, in lines that fit.
void add_headline(std::string& out, const Family& family, const TextStyle& style) {
    const FamilySum& all = family.all;
    const FamilySum& way = family.on_the_way;
    if (family.final_run.runs == 0) {
        out += inked(runs_text(all.runs) + ": " + carbon_text(all.operational_kgco2e) + ", " +
                         energy_text(all.energy_kwh) + holes(all),
                     Ink::kStrong, style) +
               "\n";
        return;
    }
    out +=
        inked("The final run took " + carbon_text(family.final_run.operational_kgco2e), Ink::kStrong, style);
    if (way.runs == 0) {
        out += "; nothing is recorded of what came before\n";
        return;
    }
    out += ",\n" + inked("getting there " + carbon_text(way.operational_kgco2e), Ink::kStrong, style) +
           " in " + runs_text(way.runs) + ".\n";
    if (family.multiplier) {
        constexpr int kDigits = 3;
        out += "Together that is " + significant(*family.multiplier, kDigits) +
               " times the final run's energy.\n";
    }
    FamilySum both = way;
    both.not_known += family.final_run.not_known;
    both.with_gaps += family.final_run.with_gaps;
    if (const std::string missing = holes(both); !missing.empty()) {
        out += "Runs with holes" + missing + ".\n";
    }
}

std::string relation(const FamilyNode& node) {
    if (node.depth == 0) {
        return "";
    }
    if (!node.kind) {
        return "part of it: ";
    }
    switch (*node.kind) {
        case LineageKind::kResumeOf: return "resumed: ";
        case LineageKind::kFineTuneOf: return "fine-tuned: ";
        case LineageKind::kTrialOf: return "trial: ";
    }
    return "";
}

std::string ending(const RunRecord& run) {
    if (run.state != RunState::kFinished) {
        return std::string{", "} + std::string{name_of(run.state)};
    }
    return run.exit_status.value_or(0) != 0 ? ", exit " + std::to_string(*run.exit_status) : "";
}

/// Figures first, in columns; then where it stands and what it is.
std::string node_text(const Forest& forest, const FamilyNode& node, std::size_t id_length) {
    constexpr std::size_t kFigure = 8;
    constexpr std::size_t kMostIndent = 12;
    constexpr int kDigits = 3;
    const std::string indent(std::min(2 * node.depth, kMostIndent), ' ');
    std::string out = node.id.substr(0, id_length) + "  ";
    if (!node.member) {
        return out + indent + "no run of this store: a sweep, or deleted";
    }
    const Member& member = forest.members[*node.member];
    const RunRecord& run = member.run;
    if (node.counted) {
        const auto& carbon = member.operational_kgco2e;
        out += padded(carbon ? shown_alone(carbon->value, Dimension::kCarbon, kDigits) : "unknown", kFigure,
                      true);
        out += "  " + padded(energy_text(member.energy_kwh), kFigure, true);
    } else {
        out += padded("in its run", 2 * kFigure + 2, true);
    }
    out += " " + padded(duration_text(run.duration_s), kFigure, true) + " " + indent + relation(node) +
           printable(run.name.empty() ? run.project : run.name) + ending(run);
    return out + (member.has_gaps ? ", gaps" : "") + (node.is_final ? "  <- final" : "");
}

/// Ids are as long as it takes to tell all of them apart.
std::size_t id_length(const Forest& forest) {
    std::vector<std::string_view> ids;
    for (const Family& family : forest.families) {
        for (const FamilyNode& node : family.nodes) {
            ids.push_back(node.id);
        }
    }
    std::sort(ids.begin(), ids.end());
    std::size_t length = 8;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const auto [a, b] = std::mismatch(ids[i - 1].begin(), ids[i - 1].end(), ids[i].begin(), ids[i].end());
        length = std::max(length, static_cast<std::size_t>(b - ids[i].begin()) + 1);
    }
    return length;
}

void write_sum(JsonWriter& json, std::string_view key, const FamilySum& sum) {
    json.key(key);
    json.open_object();
    json.member("runs", sum.runs);
    json.member("duration_s", sum.duration_s);
    json.member("energy_kwh", sum.energy_kwh);
    json.member("operational_kgco2e", sum.operational_kgco2e);
    json.member("with_gaps", sum.with_gaps);
    json.member("not_known", sum.not_known);
    json.close_object();
}

void write_node(JsonWriter& json, const Forest& forest, const FamilyNode& node) {
    json.open_object();
    json.member("id", node.id);
    json.member("depth", node.depth);
    json.member("kind", node.kind ? std::optional{std::string{name_of(*node.kind)}} : std::nullopt);
    json.member("in_store", node.member.has_value());
    json.member("counted", node.counted);
    json.member("final", node.is_final);
    json.member("on_the_way", node.on_the_way);
    if (node.member) {
        const Member& member = forest.members[*node.member];
        const RunRecord& run = member.run;
        json.text_or_null("part_of", run.part_of);
        json.member("project", run.project);
        json.text_or_null("name", run.name);
        json.member("state", name_of(run.state));
        json.member("exit_status", run.exit_status);
        json.member("started_at", utc_text(run.started_wall_ns));
        json.member("duration_s", run.duration_s);
        json.member("energy_kwh", member.energy_kwh);
        json.member("operational_kgco2e", member.operational_kgco2e);
        json.member("has_gaps", member.has_gaps);
    }
    json.close_object();
}

}  // namespace

std::string run_tree_text(const Forest& forest, const TextStyle& style) {
    const std::size_t length = id_length(forest);
    std::string out;
    for (const Family& family : forest.families) {
        if (!out.empty()) {
            out += "\n";
        }
        add_headline(out, family, style);
        for (const FamilyNode& node : family.nodes) {
            out += "  " + cut(node_text(forest, node, length), style.width - 2) + "\n";
        }
    }
    for (const std::string& note : forest.notes) {
        out += note + "\n";
    }
    return out;
}

std::string run_tree_json(const Forest& forest) {
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/runs-tree/1");
    json.list("families", forest.families, [&](JsonWriter& out, const Family& family) {
        out.open_object();
        write_sum(out, "all", family.all);
        write_sum(out, "final_run", family.final_run);
        write_sum(out, "on_the_way", family.on_the_way);
        out.member("multiplier", family.multiplier);
        out.list("nodes", family.nodes,
                 [&](JsonWriter& to, const FamilyNode& node) { write_node(to, forest, node); });
        out.close_object();
    });
    json.member("notes", forest.notes);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
