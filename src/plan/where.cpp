#include "plan/where.hpp"

#include <algorithm>
#include <cmath>

#include "estimate/lognormal.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::plan {
namespace {

bool no_worse(const Way& a, const Way& b) {
    return a.kgco2e.value <= b.kgco2e.value && a.hours.value <= b.hours.value &&
           (!a.money || *a.money <= *b.money);
}

bool beats(const Way& a, const Way& b) {
    return no_worse(a, b) && !no_worse(b, a);
}

double sigma_of(const Estimate& estimate) {
    return estimate.low > 0.0 ? std::log(estimate.high / estimate.low) / (2.0 * estimate::kZ95) : 0.0;
}

/// What both have in common moves them together and says nothing about their order.
bool is_like(const Way& a, const Way& least) {
    if (!(least.kgco2e.value > 0.0)) {
        return a.kgco2e.value == least.kgco2e.value;
    }
    double sigma = 0.0;
    const auto add = [&](double one, double other) {
        sigma = root_of_squares(sigma, root_of_squares(one, other));
    };
    if (a.place != least.place) {
        add(a.footprint.factors.intensity.sigma_ln, least.footprint.factors.intensity.sigma_ln);
        add(a.footprint.factors.pue.sigma_ln, least.footprint.factors.pue.sigma_ln);
    }
    if (a.hardware != least.hardware) {
        add(sigma_of(*a.footprint.energy_kwh), sigma_of(*least.footprint.energy_kwh));
        add(a.convert_sigma, least.convert_sigma);
    }
    return std::log(a.kgco2e.value / least.kgco2e.value) < estimate::kZ95 * sigma;
}

}  // namespace

double hours_with(double hours, const Throughput& job, const Throughput& way, double kept) {
    const double doublings = std::log2(way.count / job.count);
    return hours * (job.each / way.each) * (job.count / way.count) / std::pow(kept, doublings);
}

void rank(Where& where) {
    auto& ways = where.ways;
    std::sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) {
        if (a.kgco2e.value != b.kgco2e.value) {
            return a.kgco2e.value < b.kgco2e.value;
        }
        if (a.hours.value != b.hours.value) {
            return a.hours.value < b.hours.value;
        }
        const double money_a = a.money.value_or(0.0);
        const double money_b = b.money.value_or(0.0);
        return money_a != money_b ? money_a < money_b : a.label < b.label;
    });
    // Whatever beats a way stands before it, and what beats that in turn beats the way too: it is enough to
    // ask the front so far.
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const auto better =
            std::find_if(front.begin(), front.end(), [&](std::size_t j) { return beats(ways[j], ways[i]); });
        ways[i].on_front = better == front.end();
        if (ways[i].on_front) {
            front.push_back(i);
        } else {
            ways[i].beaten_by = *better;
        }
        ways[i].like_least = i > 0 && is_like(ways[i], ways.front());
        if (ways[i].hours.value < ways[where.fastest].hours.value) {
            where.fastest = i;
        }
        if (ways[i].money && (!where.cheapest || *ways[i].money < *ways[*where.cheapest].money)) {
            where.cheapest = i;
        }
        if (ways[i].is_now) {
            where.now = i;
        }
    }
}

}  // namespace gramme::plan
