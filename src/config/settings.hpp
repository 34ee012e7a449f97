// What a run can be told, from wherever it is said: one check per setting, and which place wins.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/run_options.hpp"

namespace gramme::config {

/// One layer: what one place (flags, environment, one file) says; unset means that it says nothing.
struct Settings {
    std::optional<std::string> project;
    std::optional<std::string> name;
    std::map<std::string, std::string> tags;
    std::optional<Lineage> lineage;
    std::string lineage_from;  ///< "--trial-of", "GRAMME_TRIAL_OF"
    std::optional<std::string> region;
    std::string region_from;  ///< "--region", "GRAMME_REGION", "./gramme.toml:2"
    std::optional<double> intensity_gco2e_per_kwh;
    std::string intensity_from;
    std::vector<std::pair<std::string, double>> mix;  ///< shares of energy sources that sum to 1
    std::string mix_from;
    std::optional<double> pue;
    std::string pue_from;
    std::optional<double> interval_s;
    std::optional<Scope> scope;
    std::optional<std::string> csv;
    std::optional<std::string> store;
    std::optional<std::string> json;
    std::optional<std::string> data;
    std::optional<bool> quiet;
    std::optional<bool> no_argv;
    std::optional<bool> live;
    std::optional<bool> remainder;
    std::vector<std::string> warnings;
};

/// Names of the settings, in the order of the manual: a flag is --NAME, a key of a configuration file NAME.
/// What a run comes from is said of one run, by flag or variable, and is no key of a file: not among them.
[[nodiscard]] std::span<const std::string_view> setting_names();
/// Whether a working folder's ./gramme.toml may say it: nothing that sends, loads or writes elsewhere, and no
/// factor: whoever wrote the file could make any run look clean.
[[nodiscard]] bool allowed_in_folder(std::string_view name);
/// True for quiet, live, no-argv, remainder: they are true or false, all others are text or a number.
[[nodiscard]] bool is_switch(std::string_view name);

/// Checks and sets one setting. `from` names the place in messages ("--pue", "GRAMME_INTERVAL",
/// "/home/a/gramme.toml:3:1"). A tag is "key=value". kUsage: unknown name or a value that makes no sense; the
/// hint says what would.
[[nodiscard]] Result<void> assign(Settings& settings, std::string_view name, std::string_view text,
                                  std::string_view from);

/// The flags of a command that are settings; of commands other than `run` those about electricity and places
/// of files: there, --project filters and --json chooses the format. kUsage.
[[nodiscard]] Result<Settings> settings_of(std::span<const std::pair<std::string_view, std::string>> options,
                                           bool of_a_run);

/// `over` wins, tags key by key. A region said in `over` drops an intensity said in `under`: the number
/// belonged to another place; a warning says so.
[[nodiscard]] Settings merged(const Settings& under, const Settings& over);

/// `error` of the tables about a region that somebody asked for, with the place where it was said in front:
/// kMalformed where that is a file, else kUsage.
[[nodiscard]] Error about_region(const Error& error, const FactorRequest& asked);

/// With the built-in values for what nobody said.
[[nodiscard]] RunOptions run_options(const Settings& settings);

}  // namespace gramme::config
