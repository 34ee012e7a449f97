#include "present/estimate.hpp"
#include "present/estimate_json.hpp"
#include "present/json_writer.hpp"
#include "present/plan_where.hpp"

namespace gramme::present {
namespace {

using plan::Way;
using plan::Where;

/// As uncertain as the hours.
std::optional<Estimate> money_of(const Way& way) {
    if (!way.money || !(way.hours.value > 0.0)) {
        return way.money ? std::optional{Estimate{*way.money, *way.money, *way.money}} : std::nullopt;
    }
    const double each = *way.money / way.hours.value;
    return Estimate{*way.money, each * way.hours.low, each * way.hours.high};
}

void write_way(JsonWriter& json, const Where& plan, const Way& way) {
    const IntensityFactor& grid = way.footprint.factors.intensity;
    const PueFactor& pue = way.footprint.factors.pue;
    json.open_object();
    json.member("label", way.label);
    json.text_or_null("place", way.place);
    json.text_or_null("hardware", way.hardware);
    json.member("count", way.count);
    json.member("hours", way.hours.value > 0.0 ? std::optional{way.hours} : std::nullopt);
    json.member("operational_kgco2e", way.kgco2e);
    json.member("energy_kwh", way.footprint.energy_kwh);
    json.member("money", money_of(way));
    json.member("on_front", way.on_front);
    json.key("beaten_by");
    if (way.on_front) {
        json.value(nullptr);
    } else {
        const Way& better = plan.ways[way.beaten_by];
        json.open_object();
        json.member("label", better.label);
        json.key("better_in");
        json.open_list();
        for (const std::string_view what : better_in(better, way)) {
            json.value(what);
        }
        json.close_list();
        json.close_object();
    }
    json.member("like_least", way.like_least);
    json.member("gco2e_per_kwh", grid.value.value());
    json.text_or_null("zone", grid.zone);
    json.member("year", grid.year > 0 ? std::optional{grid.year} : std::nullopt);
    json.member("from_country", way.from_country);
    json.member("source", grid.from.source);
    json.member("pue", pue.value);
    json.member("pue_source", pue.from.source);
    json.close_object();
}

}  // namespace

std::vector<std::string_view> better_in(const Way& better, const Way& way) {
    std::vector<std::string_view> out;
    if (better.kgco2e.value < way.kgco2e.value) {
        out.emplace_back("carbon");
    }
    if (better.hours.value < way.hours.value) {
        out.emplace_back("hours");
    }
    if (better.money && way.money && *better.money < *way.money) {
        out.emplace_back("money");
    }
    return out;
}

std::string where_json(const WhereView& view) {
    const Where& plan = view.plan;
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-where/1");
    json.member("job", groups_text(view.job));
    json.text_or_null("basis", plan.basis);
    json.text_or_null("currency", plan.currency);
    json.member("efficiency", plan.kept);
    json.member("least", plan.ways.front().label);
    json.member("fastest", plan.ways[plan.fastest].label);
    json.key("cheapest");
    plan.cheapest ? json.value(plan.ways[*plan.cheapest].label) : json.value(nullptr);
    json.key("now");
    plan.now ? json.value(plan.ways[*plan.now].label) : json.value(nullptr);
    json.list("ways", plan.ways, [&](JsonWriter& out, const Way& way) { write_way(out, plan, way); });
    json.list("left_out", plan.left_out, [](JsonWriter& out, const plan::LeftOut& one) {
        out.open_object();
        out.member("label", one.label);
        out.member("why", one.why);
        out.close_object();
    });
    json.list("assumptions", plan.assumptions, write_assumption);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
