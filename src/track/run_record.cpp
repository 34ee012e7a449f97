#include "track/run_record.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "config/version.hpp"
#include "store/new_run_id.hpp"

namespace gramme::track {

RunRecord describe_run(const Host& host, const config::RunOptions& options,
                       const std::vector<std::string>& command, const HostFacts& facts) {
    RunRecord run;
    const std::int64_t wall_ns = host.now().wall_ns;
    run.id = store::new_run_id(wall_ns);
    run.started_wall_ns = wall_ns;
    run.project = options.project;
    if (run.project.empty()) {
        std::error_code ignored;
        run.project = std::filesystem::current_path(ignored).filename().string();
    }
    if (run.project.empty()) {
        run.project = "gramme";
    }
    run.name = options.name;
    if (options.keep_argv) {
        run.command = command;
    }
    run.tags = options.tags;
    run.lineage = options.lineage;
    run.scope = options.scope;
    run.host = facts;
    run.asked = options.factors;
    run.with_remainder = options.remainder;
    run.interval_s = options.interval_s;
    run.gramme_version = config::kVersion;
    run.warnings = options.warnings;
    return run;
}

}  // namespace gramme::track
