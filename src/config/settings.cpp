#include "config/settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/one_line.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "config/job_request.hpp"

namespace gramme::config {
namespace {

constexpr double kLeastInterval = 0.01;
constexpr double kMostInterval = 10.0;
constexpr double kMostPue = 10.0;

constexpr std::array<std::string_view, 18> kNames{
    "project", "name", "tag",   "region", "intensity", "energy-source", "mix",     "pue",       "interval",
    "scope",   "csv",  "store", "json",   "quiet",     "live",          "no-argv", "remainder", "data"};

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMost = 60;
    std::string out = "'";
    for (const char c : text.substr(0, kMost)) {
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
    return out + (text.size() > kMost ? "...'" : "'");
}

Error bad_value(std::string_view from, std::string_view text, std::string_view why, std::string hint) {
    return Error{Code::kUsage, std::string{from} + ": " + in_quotes(text) + " " + std::string{why},
                 std::move(hint)};
}

/// A word that goes into tables, file names or messages: not empty, one line.
Result<std::string> plain_text(std::string_view text, std::string_view from, std::string_view hint) {
    const std::string_view body = trimmed(text);
    if (body.empty()) {
        return Error{Code::kUsage, std::string{from} + " is empty", std::string{hint}};
    }
    if (holds_control(body)) {
        return bad_value(from, body, "holds a line break or a control character", std::string{hint});
    }
    return std::string{body};
}

Result<double> number_between(std::string_view text, double least, double most, std::string_view from,
                              std::string_view what, const std::string& hint) {
    const auto number = parse_double(text);
    if (!number) {
        return bad_value(from, text, "is not " + std::string{what}, hint);
    }
    if (*number < least || *number > most) {
        return bad_value(from, text, "is out of range", hint);
    }
    return *number;
}

Result<void> assign_interval(Settings& settings, std::string_view text, std::string_view from) {
    const std::string hint = "give 10ms to 10s, such as 500ms, 1s or 2.5";
    const auto seconds = parse_duration_s(text);
    if (!seconds) {
        return bad_value(from, text, "is not a duration", hint);
    }
    if (*seconds < kLeastInterval || *seconds > kMostInterval) {
        return bad_value(from, text, "is out of range", hint);
    }
    settings.interval_s = *seconds;
    return {};
}

Result<void> assign_scope(Settings& settings, std::string_view text, std::string_view from) {
    if (text == name_of(Scope::kJob)) {
        settings.scope = Scope::kJob;
    } else if (text == name_of(Scope::kAllocation)) {
        settings.scope = Scope::kAllocation;
    } else if (text == name_of(Scope::kMachine)) {
        settings.scope = Scope::kMachine;
    } else {
        return bad_value(
            from, text, "is no scope",
            "give job (the command and what it starts), allocation (what was reserved) or machine (all)");
    }
    return {};
}

Result<void> assign_tag(Settings& settings, std::string_view text, std::string_view from) {
    const std::size_t equals = text.find('=');
    const std::string_view key = trimmed(text.substr(0, equals));
    if (equals == std::string_view::npos || key.empty() || holds_control(text)) {
        return bad_value(from, text, "is no tag", "write it as key=value, such as team=nlp");
    }
    settings.tags[std::string{key}] = std::string{trimmed(text.substr(equals + 1))};
    return {};
}

/// A path for output, or "none".
Result<std::string> output_path(std::string_view text, std::string_view from) {
    const std::string hint = "give a file, or none";
    if (trimmed(text) == "-") {
        return bad_value(from, text, "means standard output, and that belongs to the command",
                         hint + "; /dev/stderr works too");
    }
    return plain_text(text, from, hint);
}

Result<void> assign_switch(std::optional<bool>& target, std::string_view text, std::string_view from) {
    if (text != "true" && text != "false") {
        return bad_value(from, text, "is neither true nor false", "write true or false, without quotes");
    }
    target = text == "true";
    return {};
}

Result<void> assign_text(std::optional<std::string>& target, std::string_view text, std::string_view from,
                         std::string_view hint) {
    GRAMME_TRY(target, plain_text(text, from, hint));
    return {};
}

constexpr std::array kLineages{std::pair{std::string_view{"resume-of"}, LineageKind::kResumeOf},
                               std::pair{std::string_view{"fine-tune-of"}, LineageKind::kFineTuneOf},
                               std::pair{std::string_view{"trial-of"}, LineageKind::kTrialOf}};

/// A run comes from one other: resumed from a fine-tuning, its lineage names that, which names the rest.
Result<void> assign_lineage(Settings& settings, LineageKind kind, std::string_view text,
                            std::string_view from) {
    std::string id{trimmed(text)};
    std::transform(id.begin(), id.end(), id.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const bool plain = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
    });
    if (!plain) {
        return bad_value(from, text, "is no id of a run", "`gramme runs list` shows the ids");
    }
    if (settings.lineage) {
        return Error{
            Code::kUsage,
            settings.lineage_from + " and " + std::string{from} + " both say what the run comes from",
            "give the nearest one; what that comes from is known already"};
    }
    settings.lineage = Lineage{kind, std::move(id)};
    settings.lineage_from = from;
    return {};
}

template <class T>
void take(std::optional<T>& target, const std::optional<T>& over) {
    if (over) {
        target = over;
    }
}

}  // namespace

std::span<const std::string_view> setting_names() {
    return kNames;
}

bool allowed_in_folder(std::string_view name) {
    return name != "store" && name != "data" && name != "no-argv" && name != "intensity" && name != "pue" &&
           name != "energy-source" && name != "mix";
}

bool is_switch(std::string_view name) {
    return name == "quiet" || name == "live" || name == "no-argv" || name == "remainder";
}

Result<void> assign(Settings& settings, std::string_view name, std::string_view text, std::string_view from) {
    if (name == "project") {
        return assign_text(settings.project, text, from, "give a name for the project");
    }
    if (name == "name") {
        return assign_text(settings.name, text, from, "give a name for the run");
    }
    if (name == "tag") {
        return assign_tag(settings, text, from);
    }
    for (const auto& [setting, kind] : kLineages) {
        if (name == setting) {
            return assign_lineage(settings, kind, text, from);
        }
    }
    if (name == "region") {
        settings.region_from = from;
        return assign_text(
            settings.region, text, from,
            "give a cloud region or a place, such as aws:eu-west-3, FRA or Quebec; `gramme regions` "
            "lists them");
    }
    if (name == "intensity") {
        constexpr double kMost = 10'000.0;  // no grid comes near: a number beyond is in another unit
        settings.intensity_from = from;
        GRAMME_TRY(settings.intensity_gco2e_per_kwh,
                   number_between(text, 0.0, kMost, from, "a number of g CO2e per kWh",
                                  "give grams of CO2e per kWh, 0 to 10000, such as 56.4"));
        return {};
    }
    if (name == "energy-source") {
        GRAMME_TRY(const std::string key,
                   plain_text(text, from, "give an energy source, such as wind or coal"));
        settings.mix = {{folded(key), 1.0}};
        settings.mix_from = std::string{from} + " " + key;
        return {};
    }
    if (name == "mix") {
        GRAMME_TRY(settings.mix, parse_mix(text, from));
        settings.mix_from = std::string{from} + " " + std::string{trimmed(text)};
        return {};
    }
    if (name == "pue") {
        settings.pue_from = from;
        GRAMME_TRY(settings.pue, number_between(text, 1.0, kMostPue, from, "a PUE",
                                                "PUE is the energy of the whole site over that of its "
                                                "computers: 1 to 10, often 1.1 to 1.6"));
        return {};
    }
    if (name == "interval") {
        return assign_interval(settings, text, from);
    }
    if (name == "scope") {
        return assign_scope(settings, text, from);
    }
    if (name == "csv") {
        GRAMME_TRY(settings.csv, output_path(text, from));
        return {};
    }
    if (name == "store") {
        if (const auto url = trimmed(text);
            url.find("://") != std::string_view::npos && !url.starts_with("sqlite:")) {
            return bad_value(from, text, "is a store that this gramme does not have",
                             "give sqlite:FILE, or none");
        }
        return assign_text(settings.store, text, from, "give sqlite:FILE, or none");
    }
    if (name == "json") {
        GRAMME_TRY(settings.json, output_path(text, from));
        return {};
    }
    if (name == "data") {
        return assign_text(settings.data, text, from,
                           "give a folder with CSV files laid out as ours in data/");
    }
    if (name == "quiet") {
        return assign_switch(settings.quiet, text, from);
    }
    if (name == "live") {
        return assign_switch(settings.live, text, from);
    }
    if (name == "no-argv") {
        return assign_switch(settings.no_argv, text, from);
    }
    if (name == "remainder") {
        return assign_switch(settings.remainder, text, from);
    }
    return Error{Code::kUsage, std::string{from} + ": there is no setting " + in_quotes(name), ""};
}

Result<Settings> settings_of(std::span<const std::pair<std::string_view, std::string>> options,
                             bool of_a_run) {
    constexpr std::array<std::string_view, 7> kEverywhere{"region", "intensity", "energy-source", "mix",
                                                          "pue",    "store",     "data"};
    // Of a run, and of the command line alone: no file may stop somebody's run.
    constexpr std::array<std::string_view, 6> kNoSettings{"budget", "budget-on",      "on-budget",
                                                          "grace",  "progress-regex", "steps-total"};
    const auto is_in = [](const auto& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    const auto has = [&](std::string_view name) {
        return std::any_of(options.begin(), options.end(),
                           [&](const auto& option) { return option.first == name; });
    };
    if (has("mix") && has("energy-source")) {
        return Error{Code::kUsage, "--mix and --energy-source both say what makes the electricity",
                     "give one of them"};
    }
    Settings flags;
    for (const auto& [name, value] : options) {
        if (of_a_run ? !is_in(kNoSettings, name) : is_in(kEverywhere, name)) {
            GRAMME_CHECK(assign(flags, name, is_switch(name) ? "true" : value, "--" + std::string{name}));
        }
    }
    return flags;
}

Settings merged(const Settings& under, const Settings& over) {
    Settings out = under;
    take(out.project, over.project);
    take(out.name, over.name);
    for (const auto& [key, value] : over.tags) {
        out.tags[key] = value;
    }
    // What the electricity emits is said by a region, a number or energy sources: said anew, the old one
    // goes.
    const bool anew = over.region || over.intensity_gco2e_per_kwh || !over.mix.empty();
    if (anew && out.intensity_gco2e_per_kwh && !over.intensity_gco2e_per_kwh) {
        out.warnings.push_back("intensity of " + out.intensity_from + " is not used: " +
                               (over.region ? over.region_from + " names another place"
                                            : over.mix_from + " says what the electricity comes from"));
        out.intensity_gco2e_per_kwh.reset();
    }
    if (anew && !out.mix.empty() && over.mix.empty()) {
        out.warnings.push_back(out.mix_from + " is not used: " +
                               (over.region ? over.region_from + " names another place"
                                            : over.intensity_from + " gives a number"));
        out.mix.clear();
    }
    if (over.lineage) {
        out.lineage = over.lineage;
        out.lineage_from = over.lineage_from;
    }
    if (over.region) {
        out.region = over.region;
        out.region_from = over.region_from;
    }
    if (over.intensity_gco2e_per_kwh) {
        out.intensity_gco2e_per_kwh = over.intensity_gco2e_per_kwh;
        out.intensity_from = over.intensity_from;
    }
    if (!over.mix.empty()) {
        out.mix = over.mix;
        out.mix_from = over.mix_from;
    }
    if (over.pue) {
        out.pue = over.pue;
        out.pue_from = over.pue_from;
    }
    take(out.interval_s, over.interval_s);
    take(out.scope, over.scope);
    take(out.csv, over.csv);
    take(out.store, over.store);
    take(out.json, over.json);
    take(out.data, over.data);
    take(out.quiet, over.quiet);
    take(out.no_argv, over.no_argv);
    take(out.live, over.live);
    take(out.remainder, over.remainder);
    out.warnings.insert(out.warnings.end(), over.warnings.begin(), over.warnings.end());
    return out;
}

Error about_region(const Error& error, const FactorRequest& asked) {
    const std::string& from = asked.region_from;
    const bool in_a_file = from.find(':') != std::string::npos;  // "FILE:LINE"; no flag or variable has one
    return {in_a_file ? Code::kMalformed : Code::kUsage,
            (from.empty() ? "" : from + (in_a_file ? ": region: " : ": ")) + error.what, error.hint};
}

RunOptions run_options(const Settings& settings) {
    RunOptions out;
    out.project = settings.project.value_or("");
    out.name = settings.name.value_or("");
    out.tags.assign(settings.tags.begin(), settings.tags.end());
    out.lineage = settings.lineage;
    out.lineage_from = settings.lineage_from;
    out.factors.region = settings.region.value_or("");
    out.factors.region_from = settings.region ? settings.region_from : "";
    out.factors.intensity_gco2e_per_kwh = settings.intensity_gco2e_per_kwh;
    out.factors.intensity_from = settings.intensity_gco2e_per_kwh ? settings.intensity_from : "";
    out.factors.mix = settings.mix;
    out.factors.mix_from = settings.mix_from;
    out.factors.pue = settings.pue;
    out.factors.pue_from = settings.pue ? settings.pue_from : "";
    out.interval_s = settings.interval_s.value_or(out.interval_s);
    out.scope = settings.scope.value_or(out.scope);
    out.csv = settings.csv.value_or(out.csv);
    out.store = settings.store.value_or("");
    out.json = settings.json.value_or("");
    out.data_dir = settings.data.value_or("");
    out.quiet = settings.quiet.value_or(false);
    out.keep_argv = !settings.no_argv.value_or(false);
    out.live = settings.live.value_or(false);
    out.remainder = settings.remainder.value_or(false);
    out.warnings = settings.warnings;
    return out;
}

}  // namespace gramme::config
