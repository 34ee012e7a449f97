#include "plan/halving.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::plan {
namespace {

/// floor(log_eta(value)), without the last digit deciding: 243 = 3^5.
int whole_log(double value, double eta) {
    constexpr double kRounding = 1e-9;
    return static_cast<int>(std::floor(std::log(value) / std::log(eta) + kRounding));
}

std::size_t whole(double value) {
    constexpr double kRounding = 1e-9;
    return static_cast<std::size_t>(std::floor(value * (1.0 + kRounding)));
}

}  // namespace

std::vector<Rung> halving_rungs(std::size_t configs, double eta, double first) {
    std::vector<Rung> out;
    if (configs == 0) {
        return out;
    }
    int rungs = whole_log(static_cast<double>(configs), eta);
    if (first > 0.0) {
        rungs = std::min(rungs, whole_log(1.0 / first, eta));
    }
    for (int i = 0; i <= rungs; ++i) {
        out.push_back({whole(static_cast<double>(configs) * std::pow(eta, -i)), std::pow(eta, i - rungs)});
    }
    return out;
}

double cost_restarting(std::span<const Rung> rungs) {
    double sum = 0.0;
    for (const Rung& rung : rungs) {
        sum += static_cast<double>(rung.configs) * rung.budget;
    }
    return sum;
}

double cost_resuming(std::span<const Rung> rungs) {
    double sum = 0.0;
    double before = 0.0;
    for (const Rung& rung : rungs) {
        sum += static_cast<double>(rung.configs) * (rung.budget - before);
        before = rung.budget;
    }
    return sum;
}

std::vector<Bracket> hyperband_brackets(double resource, double eta) {
    std::vector<Bracket> out;
    const int most = whole_log(resource, eta);
    for (int s = most; s >= 0; --s) {
        constexpr double kRounding = 1e-9;
        const double configs = std::ceil((most + 1) * std::pow(eta, s) / (s + 1) * (1.0 - kRounding));
        Bracket bracket;
        for (int i = 0; i <= s; ++i) {
            bracket.push_back({whole(configs * std::pow(eta, -i)), std::pow(eta, i - s)});
        }
        out.push_back(std::move(bracket));
    }
    return out;
}

std::size_t draws_needed(double confidence, double best) {
    constexpr double kRounding = 1e-12;
    const double exact = std::log1p(-confidence) / std::log1p(-best);
    return std::max<std::size_t>(static_cast<std::size_t>(std::ceil(exact * (1.0 - kRounding))), 1);
}

std::vector<std::size_t> best_of(std::vector<Scored> trials, std::size_t most, bool minimize) {
    std::erase_if(trials, [](const Scored& one) { return !one.objective; });
    std::sort(trials.begin(), trials.end(), [&](const Scored& a, const Scored& b) {
        if (*a.objective != *b.objective) {
            return minimize ? *a.objective < *b.objective : *a.objective > *b.objective;
        }
        return a.config < b.config;
    });
    std::vector<std::size_t> out;
    for (const Scored& one : trials) {
        if (out.size() < most) {
            out.push_back(one.config);
        }
    }
    return out;
}

}  // namespace gramme::plan
