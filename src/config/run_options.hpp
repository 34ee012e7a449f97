// What the command line, the environment and the configuration files ask of a run, already merged.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/host.hpp"
#include "model/device.hpp"
#include "model/run.hpp"

namespace gramme::config {

struct RunOptions {
    std::string project;  ///< empty: the name of the working folder
    std::string name;
    std::vector<std::pair<std::string, std::string>> tags;  ///< sorted by key, keys unique
    std::optional<Lineage> lineage;  ///< as it was typed: its id may be the beginning of one
    std::string lineage_from;        ///< "--trial-of", "GRAMME_TRIAL_OF"
    FactorRequest factors;
    double interval_s = 1.0;  ///< 0.01 .. 10
    Scope scope = Scope::kJob;
    std::string csv = "emissions.csv";  ///< a path or "none"
    std::string store;                  ///< a URL or path; empty: the default; "none"
    std::string json;                   ///< a path, empty: none
    std::string data_dir;               ///< GRAMME_DATA / --data: reference rows that add to or replace ours
    bool quiet = false;
    bool keep_argv = true;
    bool live = false;
    bool remainder = false;             ///< also the unmeasured rest of the machine, on a line of its own
    std::vector<std::string> warnings;  ///< said in the summary (a key of gramme.toml that was ignored, ...)
};

}  // namespace gramme::config
