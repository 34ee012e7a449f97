#include "meter/wall_curve.hpp"
#include "units/root_of_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace gramme::meter {
namespace {

constexpr std::size_t kFewestPoints = 8;
constexpr double kNarrowestSpan = 0.3;
constexpr double kSpanOfABend = 0.5;
constexpr std::size_t kLevelsOfABend = 4;
constexpr double kStep = 0.1;
constexpr double kLeastExplained = 0.5;
/// The bend as t = ln(1 + bend), in which the curve is smooth through the straight line (0).
constexpr double kLowestBend = -2.5;  // convex: half of the rise at 0.79 of the load
constexpr double kHighestBend = 4.0;  // concave: at 0.12

double level_of(double load, double t) {
    const double u = std::clamp(load, 0.0, 1.0);
    return std::abs(t) < 1e-9 ? u : std::log1p(std::expm1(t) * u) / t;
}

/// A straight line through (x, y).
struct Line {
    double at_0 = 0.0;
    double rise = 0.0;
    double squares = 0.0;  ///< of what is left
    double mean_x = 0.0;
    double spread_x = 0.0;  ///< sum of squares about the mean
};

Line line_through(std::span<const double> x, std::span<const double> y) {
    const auto n = static_cast<double>(x.size());
    Line out;
    double mean_y = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        out.mean_x += x[i] / n;
        mean_y += y[i] / n;
    }
    double both = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        out.spread_x += (x[i] - out.mean_x) * (x[i] - out.mean_x);
        both += (x[i] - out.mean_x) * (y[i] - mean_y);
    }
    out.rise = out.spread_x > 0.0 ? both / out.spread_x : 0.0;
    out.at_0 = mean_y - out.rise * out.mean_x;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double left = y[i] - out.at_0 - out.rise * x[i];
        out.squares += left * left;
    }
    return out;
}

Line line_of_bend(std::span<const WallPoint> points, std::span<const double> watts, double t) {
    std::vector<double> levels;
    levels.reserve(points.size());
    for (const WallPoint& point : points) {
        levels.push_back(level_of(point.load, t));
    }
    return line_through(levels, watts);
}

/// The t of the smallest sum of squares: the best of a row of values, then closed in by golden sections.
double best_bend(std::span<const WallPoint> points, std::span<const double> watts) {
    constexpr int kSteps = 52;
    constexpr double kWidth = (kHighestBend - kLowestBend) / kSteps;
    const auto squares = [&](double t) { return line_of_bend(points, watts, t).squares; };
    double best = 0.0;
    double least = squares(0.0);
    for (int i = 0; i <= kSteps; ++i) {
        const double t = kLowestBend + i * kWidth;
        if (const double now = squares(t); now < least) {
            least = now;
            best = t;
        }
    }
    constexpr double kGolden = 0.6180339887498949;
    double low = std::max(best - kWidth, kLowestBend);
    double high = std::min(best + kWidth, kHighestBend);
    for (int i = 0; i < 60; ++i) {
        const double a = high - kGolden * (high - low);
        const double b = low + kGolden * (high - low);
        (squares(a) < squares(b) ? high : low) = squares(a) < squares(b) ? b : a;
    }
    return (low + high) / 2.0;
}

std::size_t levels_in(std::span<const WallPoint> points) {
    constexpr std::size_t kBins = 20;
    std::array<bool, kBins + 1> seen{};
    for (const WallPoint& point : points) {
        seen.at(static_cast<std::size_t>(std::lround(std::clamp(point.load, 0.0, 1.0) * kBins))) = true;
    }
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

Error too_few(std::size_t points) {
    return {
        Code::kUnavailable,
        "only " + std::to_string(points) + " readings of the meter fit a stretch of known load; 8 are needed",
        "measure for longer, or read the meter more often"};
}

std::string percent(double share) {
    return std::to_string(std::lround(100.0 * share)) + " %";
}

Error too_close(double lowest, double highest) {
    return {Code::kUnavailable,
            "the CPUs were " + percent(lowest) + " to " + percent(highest) +
                " busy; a curve needs loads that lie 30 % apart",
            "have it idle for some time and fully busy for some, and stop what else runs (top shows it)"};
}

}  // namespace

std::vector<WallPoint> steady(std::span<const WallPoint> points) {
    std::vector<WallPoint> out;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool after_a_step = i > 0 && std::abs(points[i].load - points[i - 1].load) > kStep;
        const bool before_a_step =
            i + 1 < points.size() && std::abs(points[i].load - points[i + 1].load) > kStep;
        if (!after_a_step && !before_a_step) {
            out.push_back(points[i]);
        }
    }
    return out;
}

Result<void> check_idle_step(std::span<const WallPoint> points) {
    const auto [lowest, highest] = std::minmax_element(
        points.begin(), points.end(), [](const WallPoint& a, const WallPoint& b) { return a.load < b.load; });
    if (lowest != points.end() && lowest->load > 1.0 - kNarrowestSpan) {
        return too_close(lowest->load, highest->load);
    }
    return {};
}

Result<void> check_meter_moves(std::span<const WallPoint> points) {
    const auto by_load = [](const WallPoint& a, const WallPoint& b) { return a.load < b.load; };
    const auto [lowest, highest] = std::minmax_element(points.begin(), points.end(), by_load);
    if (lowest == points.end() || highest->load - lowest->load < kNarrowestSpan ||
        std::any_of(points.begin(), points.end(),
                    [&](const WallPoint& one) { return one.wall != points.front().wall; })) {
        return {};
    }
    return Error{Code::kUnavailable,
                 "what the meter shows does not follow the load of this machine: always the same watts, "
                 "with the CPUs " +
                     percent(lowest->load) + " to " + percent(highest->load) + " busy",
                 "the meter must be that of this machine; one that averages over minutes needs a larger "
                 "--seconds"};
}

Result<WallCurve> fit_wall_curve(std::span<const WallPoint> points, double work) {
    if (points.size() < kFewestPoints) {
        return too_few(points.size());
    }
    std::vector<double> watts;
    WallCurve out;
    out.points = points.size();
    out.lowest_load = out.highest_load = points.front().load;
    double mean = 0.0;
    for (const WallPoint& point : points) {
        watts.push_back((point.wall - point.gpus).value());
        mean += watts.back() / static_cast<double>(points.size());
        out.lowest_load = std::min(out.lowest_load, point.load);
        out.highest_load = std::max(out.highest_load, point.load);
    }
    const double span = out.highest_load - out.lowest_load;
    if (span < kNarrowestSpan) {
        return too_close(out.lowest_load, out.highest_load);
    }
    const bool bent = span >= kSpanOfABend && levels_in(points) >= kLevelsOfABend;
    const double t = bent ? best_bend(points, watts) : 0.0;
    const Line line = line_of_bend(points, watts, t);
    double about_mean = 0.0;
    for (const double one : watts) {
        about_mean += (one - mean) * (one - mean);
    }
    out.idle = Watts{line.at_0};
    out.full = Watts{line.at_0 + line.rise};
    out.bend = std::abs(t) < 1e-6 ? 0.0 : std::expm1(t);
    out.r_squared = about_mean > 0.0 ? 1.0 - line.squares / about_mean : 0.0;
    const auto n = static_cast<double>(points.size());
    out.residual = Watts{std::sqrt(line.squares / (n - (bent ? 3.0 : 2.0)))};
    if (!(line.rise > 0.0) || !(line.at_0 > 0.0) || out.r_squared < kLeastExplained) {
        return Error{Code::kUnavailable,
                     "what the meter shows does not follow the load of this machine (R2 " +
                         std::to_string(std::lround(100.0 * out.r_squared)) + " of 100)",
                     "the meter must be that of this machine alone, and its clock right"};
    }
    const auto error_at = [&](double level) {
        const double off = level - line.mean_x;
        return out.residual.value() * std::sqrt(1.0 / n + off * off / line.spread_x);
    };
    const double of_fit = std::max(error_at(0.0) / out.idle.value(), error_at(1.0) / out.full.value());
    out.sigma = root_of_squares(root_of_squares(kMeterSigma, work),
                                root_of_squares(of_fit, out.residual.value() / mean));
    return out;
}

Result<WallRest> fit_wall_rest(std::span<const WallPoint> points) {
    std::vector<double> counted;
    std::vector<double> rest;
    double mean_wall = 0.0;
    double mean_error = 0.0;
    for (const WallPoint& point : points) {
        if (point.counted) {
            counted.push_back(point.counted->value());
            rest.push_back((point.wall - *point.counted).value());
            mean_wall += point.wall.value();
            mean_error += point.counted_error.value();
        }
    }
    if (rest.size() < kFewestPoints) {
        return too_few(rest.size());
    }
    const auto n = static_cast<double>(rest.size());
    mean_wall /= n;
    mean_error /= n;
    Line line = line_through(counted, rest);
    if (line.rise < 0.0) {  // a supply that loses less, the more it gives: scatter
        double mean = 0.0;
        for (const double one : rest) {
            mean += one / n;
        }
        line.rise = 0.0;
        line.at_0 = mean;
        line.squares = 0.0;
        for (const double one : rest) {
            line.squares += (one - mean) * (one - mean);
        }
    }
    const double mean_rest = line.at_0 + line.rise * line.mean_x;
    if (!(line.at_0 > 0.0)) {
        return Error{Code::kUnavailable,
                     "the meter shows too little for this machine: beside what CPU, memory and GPUs are "
                     "counted with, " +
                         std::to_string(std::lround(line.at_0)) + " W are left for the board and the rest",
                     "the meter must be before the machine's only power supply, or be the sum of all"};
    }
    WallRest out;
    out.efficiency = 1.0 / (1.0 + line.rise);
    out.base = Watts{line.at_0 * out.efficiency};
    out.points = rest.size();
    out.residual = Watts{std::sqrt(line.squares / (n - 2.0))};
    out.sigma = root_of_squares(root_of_squares(kMeterSigma * mean_wall, mean_error), out.residual.value()) /
                mean_rest;
    return out;
}

LoadModel load_model_of(const WallCurve& curve, double cpus) {
    LoadModel out;
    out.idle = curve.idle;
    out.full = curve.full;
    out.bend = curve.bend;
    out.cpus = cpus;
    return out;
}

}  // namespace gramme::meter
