#include "batch/columns.hpp"

#include <algorithm>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "batch/maps.hpp"
#include "units/quantity.hpp"

namespace gramme::batch {
namespace {

constexpr std::array<std::string_view, kColumns> kNames{
    "device",  "instance",      "host",  "power_model",
    "region",  "energy_source", "mix",   "year",
    "basis",   "utilisation",   "count", "hours",
    "power_w", "energy_kwh",    "pue",   "intensity_gco2e_per_kwh"};

constexpr std::array<std::string_view, 8> kResults{
    "energy_kwh",         "energy_low",      "energy_high",      "facility_energy_kwh",
    "operational_kgco2e", "operational_low", "operational_high", "gramme_note"};

struct Unit {
    Column ours;
    std::string_view name;
    double scale;
};
constexpr auto kKilo = static_cast<double>(std::kilo::num);
constexpr std::array kUnits{Unit{Column::kHours, "h", 1.0},
                            Unit{Column::kHours, "min", hours_per(std::chrono::minutes{1})},
                            Unit{Column::kHours, "s", hours_per(Seconds{1.0})},
                            Unit{Column::kHours, "ms", hours_per(std::chrono::milliseconds{1})},
                            Unit{Column::kPowerW, "w", 1.0},
                            Unit{Column::kPowerW, "kw", kKilo},
                            Unit{Column::kEnergyKwh, "kwh", 1.0},
                            Unit{Column::kEnergyKwh, "wh", KilowattHours{WattHours{1.0}}.value()},
                            Unit{Column::kEnergyKwh, "mwh", kKilo},
                            Unit{Column::kEnergyKwh, "j", KilowattHours{Joules{1.0}}.value()},
                            Unit{Column::kIntensity, "g", 1.0},
                            Unit{Column::kIntensity, "kg", GramsCO2e{KilogramsCO2e{1.0}}.value()}};

std::string joined(const std::vector<std::string>& words) {
    constexpr std::size_t kMost = 40;
    std::string out;
    for (std::size_t i = 0; i < words.size() && i < kMost; ++i) {
        out += (i > 0 ? ", " : "") + words[i];
    }
    return out + (words.size() > kMost ? ", ... (" + std::to_string(words.size()) + " in all)" : "");
}

Result<Binding> binding_of(std::string_view option, std::string_view from) {
    const std::size_t equals = option.find('=');
    const std::string ours = same_name(option.substr(0, equals));
    const auto* const known = std::find(kNames.begin(), kNames.end(), ours);
    if (known == kNames.end()) {
        const std::vector<std::string> names(kNames.begin(), kNames.end());
        const std::string near = did_you_mean(ours, names);
        return Error{Code::kUsage,
                     std::string{from} + ": '" + std::string{option} + "' names no column of ours",
                     near.empty() ? "one of " + joined(names) : near};
    }
    Binding out;
    out.asked = true;
    out.ours = static_cast<Column>(known - kNames.begin());
    std::string_view theirs = trimmed(option.substr(equals + 1));
    // A unit behind the last colon, where it is one: names such as lineItem/UsageAmount:total may hold
    // colons.
    if (const std::size_t colon = theirs.rfind(':'); colon != std::string_view::npos) {
        const std::string unit = folded(theirs.substr(colon + 1));
        for (const Unit& one : kUnits) {
            if (one.ours == out.ours && one.name == unit) {
                out.scale = one.scale;
                out.whole = theirs;
                theirs = theirs.substr(0, colon);
                break;
            }
        }
    }
    if (theirs.empty()) {
        return Error{Code::kUsage,
                     std::string{from} + ": '" + std::string{option} + "' names no column of the table",
                     "write OURS=THEIRS, such as hours=duration_h"};
    }
    out.theirs = theirs;
    return out;
}

/// "time:s:h or time:s:s": with a unit that is one, the whole text before it is a name.
std::string with_units(const Binding& binding) {
    const auto own = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) {
        return one.ours == binding.ours && !(one.scale < 1.0) && !(one.scale > 1.0);
    });
    const std::string unit = binding.whole.substr(binding.whole.rfind(':') + 1);
    const std::string in_ours = binding.whole + ":" + std::string{own->name};
    return folded(unit) == own->name ? in_ours : in_ours + " or " + binding.whole + ":" + unit;
}

Error missing(const std::string& what, const std::vector<std::string>& header) {
    std::string hint = "columns found: " + joined(header);
    std::string best;
    std::size_t most = 1;
    for (const std::string_view name : ready_maps()) {
        const ColumnMap map = *ready_map(name);
        const auto hits = static_cast<std::size_t>(
            std::count_if(map.bindings.begin(), map.bindings.end(), [&](const Binding& one) {
                return std::find(header.begin(), header.end(), one.theirs) != header.end();
            }));
        if (hits > most) {
            most = hits;
            best = name;
        }
    }
    if (!best.empty()) {
        hint += "; try --map " + best;
    } else {
        std::vector<std::string> folded_header;
        for (const std::string& name : header) {
            folded_header.push_back(same_name(name));
        }
        for (const std::string_view wanted : {"hours", "energy_kwh", "power_w", "device", "instance"}) {
            const auto near = nearest(wanted, folded_header, 1);
            for (std::size_t i = 0; i < header.size() && !near.empty(); ++i) {
                if (folded_header[i] == near.front() && near.front() != wanted) {
                    return {Code::kUsage, what,
                            hint + "; try --map " + std::string{wanted} + "=" + header[i]};
                }
            }
        }
        hint += "; name yours with --map OURS=THEIRS, such as --map hours=" +
                (header.empty() ? "duration" : header.front());
    }
    return {Code::kUsage, what, hint};
}

/// A name that a person gave and the table does not have.
Error unknown_name(const std::string& option, const std::string& name,
                   const std::vector<std::string>& header) {
    const std::string near = did_you_mean(name, header);
    return {Code::kUsage, option + ": the table has no column '" + name + "'",
            "columns found: " + joined(header) + (near.empty() ? "" : "; " + near)};
}

Result<void> check_evidence(const Layout& layout, const std::vector<std::string>& header, Given given) {
    const auto has = [&](Column column) {
        return std::any_of(layout.bindings.begin(), layout.bindings.end(),
                           [&](const Binding& one) { return one.ours == column; });
    };
    if (has(Column::kEnergyKwh)) {
        return {};
    }
    if (!given.evidence && !has(Column::kPowerW) && !has(Column::kDevice) && !has(Column::kInstance)) {
        return missing("the table says neither energy_kwh nor power_w, device or instance", header);
    }
    if (!given.hours && !has(Column::kHours)) {
        return missing("the table has no column hours", header);
    }
    return {};
}

}  // namespace

std::string same_name(std::string_view name) {
    return folded(trimmed(name));
}

std::string_view name_of(Column column) {
    return kNames.at(index_of(column));
}

Result<ColumnMap> column_map(std::span<const std::string> options, std::string_view from) {
    ColumnMap map;
    std::vector<Binding> own;
    for (const std::string& option : options) {
        if (option.find('=') != std::string::npos) {
            GRAMME_TRY(Binding binding, binding_of(option, from));
            own.push_back(std::move(binding));
            continue;
        }
        const auto ready = ready_map(folded(option));
        if (!ready) {
            const std::vector<std::string> names(ready_maps().begin(), ready_maps().end());
            return Error{Code::kUsage, "--map: '" + option + "' is neither OURS=THEIRS nor a ready map",
                         "ready maps: " + joined(names)};
        }
        if (!map.ready.empty()) {
            return Error{Code::kUsage,
                         "--map: " + map.ready + " and " + folded(option) + " are two ready maps",
                         "give one of them, and name single columns with OURS=THEIRS"};
        }
        map = *ready;
        map.ready = folded(option);
    }
    // What a person maps takes the place of all that would be read for that column.
    const auto replaced = [&](const Binding& one) {
        return std::any_of(own.begin(), own.end(),
                           [&](const Binding& other) { return other.ours == one.ours; });
    };
    std::erase_if(map.bindings, replaced);
    for (std::size_t i = 0; i < kColumns && map.ready.empty(); ++i) {
        Binding binding;
        binding.ours = static_cast<Column>(i);
        binding.theirs = kNames.at(i);
        if (!replaced(binding)) {
            map.bindings.push_back(binding);
        }
    }
    map.bindings.insert(map.bindings.begin(), own.begin(), own.end());
    return map;
}

Result<void> settle_name(Binding& binding, std::span<const std::string> names, std::string_view from) {
    const auto has = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), same_name(name)) != names.end();
    };
    if (binding.whole.empty() || !has(binding.whole)) {
        return {};
    }
    const bool both = has(binding.theirs);
    if (!both && !(binding.scale < 1.0) && !(binding.scale > 1.0)) {
        binding.theirs = binding.whole;  // in our unit either way
        return {};
    }
    const std::string said =
        std::string{from} + ": " + std::string{name_of(binding.ours)} + "=" + binding.whole;
    if (both) {
        return Error{
            Code::kUsage,
            said + " may be the column '" + binding.whole + "' or the column '" + binding.theirs + "'",
            "write " + with_units(binding) + " for the first, or rename one of them"};
    }
    return Error{Code::kUsage, said + " is the column '" + binding.whole + "', whose unit is not said",
                 "write " + with_units(binding)};
}

Result<Layout> bind_header(const ColumnMap& map, const std::vector<std::string>& header, Dialect dialect,
                           const std::optional<std::string>& group_by, Given given) {
    Layout layout;
    layout.dialect = dialect;
    layout.fields = header.size();
    layout.without_machine = map.without_machine;
    std::vector<std::string> names;
    for (const std::string& name : header) {
        names.push_back(same_name(name));
    }
    const auto find = [&](std::string_view wanted) -> Result<std::optional<std::size_t>> {
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (names[i] == same_name(wanted)) {
                if (found) {
                    return Error{Code::kUsage, "two columns are called '" + header[i] + "'",
                                 "rename one of them"};
                }
                found = i;
            }
        }
        return found;
    };
    for (Binding binding : map.bindings) {
        GRAMME_CHECK(settle_name(binding, names));
        GRAMME_TRY(const auto at, find(binding.theirs));
        if (!at && binding.asked) {
            return unknown_name("--map", binding.theirs, header);
        }
        if (at) {
            binding.at = *at;
            layout.bindings.push_back(binding);
        }
    }
    for (Filter filter : map.filters) {
        GRAMME_TRY(const auto at, find(filter.theirs));
        if (at) {
            filter.at = *at;
            layout.filters.push_back(filter);
        }
    }
    if (group_by) {
        GRAMME_TRY(layout.group_by, find(*group_by));
        if (!layout.group_by) {
            return unknown_name("--group-by", *group_by, header);
        }
    }
    const std::vector<std::string> results = result_names(names);
    for (const std::string& result : results) {
        if (std::find(names.begin(), names.end(), result) != names.end()) {
            return Error{Code::kUsage, "the table has a column " + result + " already",
                         "give the table without the results of an earlier gramme batch"};
        }
    }
    GRAMME_CHECK(check_evidence(layout, header, given));
    return layout;
}

Layout bind_json(const ColumnMap& map, const std::optional<std::string>& group_by) {
    Layout layout;
    layout.json = true;
    layout.without_machine = map.without_machine;
    layout.dialect.quotes = false;  // of a record: its line end is the first line feed
    const auto at = [&](const std::string& name) {
        const auto found = std::find(layout.names.begin(), layout.names.end(), name);
        const auto index = static_cast<std::size_t>(found - layout.names.begin());
        if (found == layout.names.end()) {
            layout.names.push_back(name);
        }
        return index;
    };
    layout.bindings = map.bindings;
    layout.filters = map.filters;
    for (Binding& binding : layout.bindings) {
        binding.at = at(binding.theirs);
    }
    for (Filter& filter : layout.filters) {
        filter.at = at(filter.theirs);
    }
    if (group_by) {
        layout.group_by = at(*group_by);
    }
    return layout;
}

Result<void> check_seen(const Layout& layout, const std::vector<bool>& seen) {
    const auto check = [&](const std::string& option, std::size_t at,
                           const std::string& more) -> Result<void> {
        if (at < seen.size() && seen[at]) {
            return {};
        }
        return Error{Code::kUsage, option + ": no line has a member '" + layout.names.at(at) + "'",
                     "keys are compared as they are, upper and lower case apart" + more};
    };
    for (const Binding& binding : layout.bindings) {
        if (binding.asked) {
            GRAMME_CHECK(
                check("--map", binding.at,
                      binding.whole.empty()
                          ? ""
                          : "; if '" + binding.whole + "' is the whole key, write " + with_units(binding)));
        }
    }
    return layout.group_by ? check("--group-by", *layout.group_by, "") : Result<void>{};
}

Dialect dialect_of(std::string_view header) {
    Dialect best;
    std::ptrdiff_t most = 0;
    for (const char separator : {',', '|', '\t', ';'}) {
        const auto times = std::count(header.begin(), header.end(), separator);
        if (times > most) {
            most = times;
            best.separator = separator;
        }
    }
    best.quotes = best.separator != '|';
    return best;
}

std::vector<std::string> result_names(const std::vector<std::string>& taken) {
    std::vector<std::string> out;
    for (const std::string_view name : kResults) {
        const bool there = std::find(taken.begin(), taken.end(), name) != taken.end();
        out.push_back((there && !name.starts_with("gramme_") ? "gramme_" : "") + std::string{name});
    }
    return out;
}

}  // namespace gramme::batch
