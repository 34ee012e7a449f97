#include "plan/limit.hpp"

#include <array>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "units/quantity.hpp"

namespace gramme::plan {
namespace {

struct Unit {
    std::string_view name;
    Resource of;
    double amount;  ///< of one
    bool exact;     ///< the first letter's size tells "milli" from "mega"
};

constexpr double kHour = 3600.0;
constexpr std::array kUnits{
    Unit{"mg", Resource::kCarbon, 1e-3, true},
    Unit{"g", Resource::kCarbon, 1.0, false},
    Unit{"kg", Resource::kCarbon, GramsCO2e{KilogramsCO2e{1.0}}.value(), false},
    Unit{"t", Resource::kCarbon, 1e6, false},
    Unit{"J", Resource::kEnergy, 1.0, false},
    Unit{"kJ", Resource::kEnergy, 1e3, false},
    Unit{"MJ", Resource::kEnergy, 1e6, true},
    Unit{"Wh", Resource::kEnergy, Joules{WattHours{1.0}}.value(), false},
    Unit{"kWh", Resource::kEnergy, Joules{KilowattHours{1.0}}.value(), false},
    Unit{"MWh", Resource::kEnergy, Joules{KilowattHours{1e3}}.value(), true},
    Unit{"s", Resource::kTime, 1.0, false},
    Unit{"m", Resource::kTime, 60.0, true},
    Unit{"min", Resource::kTime, 60.0, false},
    Unit{"h", Resource::kTime, kHour, false},
    Unit{"d", Resource::kTime, 24.0 * kHour, false},
};

const Unit* unit_of(std::string_view name) {
    for (const Unit& unit : kUnits) {
        if (folded(name) == folded(unit.name) && (!unit.exact || name.front() == unit.name.front())) {
            return &unit;
        }
    }
    return nullptr;
}

}  // namespace

Result<Limit> parse_limit(std::string_view text) {
    const std::string_view whole = trimmed(text);
    const auto letters = whole.find_first_not_of("0123456789.eE+-");
    std::string_view number = whole.substr(0, letters);
    std::string_view name =
        letters == std::string_view::npos ? std::string_view{} : trimmed(whole.substr(letters));
    if (const std::string small = folded(name); small.size() > 4 && small.ends_with("co2e")) {
        name = trimmed(name.substr(0, name.size() - 4));
        if (const Unit* unit = unit_of(name); unit != nullptr && unit->of != Resource::kCarbon) {
            name = {};
        }
    }
    const auto amount = parse_double(number);
    const Unit* unit = name.empty() ? nullptr : unit_of(name);
    if (!amount || unit == nullptr || !(*amount > 0.0) || !std::isfinite(*amount * unit->amount)) {
        return Error{Code::kMalformed, "not a limit: '" + std::string(text) + "'",
                     "write a number above 0 with its unit: 500g or 2kg of CO2e, 2kWh, 3h"};
    }
    return Limit{unit->of, *amount * unit->amount, std::string(whole)};
}

}  // namespace gramme::plan
