#include "track/tracker.hpp"

#include <filesystem>
#include <map>
#include <utility>

#include "base/uuid.hpp"
#include "config/load_settings.hpp"
#include "config/override_tables.hpp"
#include "host/real_host.hpp"
#include "store/store.hpp"
#include "track/process_tracker.hpp"

namespace gramme::track {
namespace {

/// The machine, with other GPUs visible than the environment says.
class HostWithGpus final : public Host {
public:
    HostWithGpus(std::unique_ptr<Host> host, std::string gpus)
        : host_(std::move(host)), gpus_(std::move(gpus)) {}
    [[nodiscard]] Result<std::string> read(std::string_view path) const override { return host_->read(path); }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        return host_->open(path);
    }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open_perf(const PerfEvent& event) const override {
        return host_->open_perf(event);
    }
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        return host_->list(path);
    }
    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
        return host_->real_path(path);
    }
    [[nodiscard]] bool exists(std::string_view path) const override { return host_->exists(path); }
    [[nodiscard]] Instant now() const override { return host_->now(); }
    [[nodiscard]] std::optional<std::string> env(const char* name) const override {
        return std::string_view{name} == "CUDA_VISIBLE_DEVICES" ? gpus_ : host_->env(name);
    }
    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        return host_->load(name);
    }
    [[nodiscard]] bool is_sysroot() const override { return host_->is_sysroot(); }

private:
    std::unique_ptr<Host> host_;
    std::optional<std::string> gpus_;
};

/// Outputs go where the program was when it said so, also if it works elsewhere when it stops.
void make_absolute(std::string& path) {
    if (path.empty() || path == "none") {
        return;
    }
    std::error_code trouble;
    const auto whole = std::filesystem::absolute(path, trouble);
    if (!trouble) {
        path = whole.lexically_normal().string();
    }
}

Result<ProcessTracker::Setup> setup_of(const TrackerOptions& options) {
    ProcessTracker::Setup setup;
    setup.host = host::make_real_host();
    if (options.gpus) {
        setup.host = std::make_unique<HostWithGpus>(std::move(setup.host), *options.gpus);
    }
    const Host& host = *setup.host;
    config::Settings settings = options.said;
    if (options.ask_world) {
        GRAMME_TRY(settings, config::load_settings(host, ".", options.said));
    }
    setup.options = config::run_options(settings);
    if (const auto& lineage = setup.options.lineage; lineage && !is_uuid(lineage->id)) {
        return Error{Code::kUsage,
                     setup.options.lineage_from + ": '" + lineage->id + "' is no whole id of a run",
                     "`gramme runs list --format csv` shows whole ids"};
    } else if (lineage && lineage->id == options.id) {
        return Error{Code::kUsage, setup.options.lineage_from + ": a run does not come from itself", ""};
    }
    make_absolute(setup.options.csv);
    make_absolute(setup.options.json);
    GRAMME_TRY(setup.tables, config::tables_with_overrides(setup.options.data_dir));
    setup.facts = probe::read_host_facts(host, setup.tables);
    auto factors = estimate::resolve_factors(setup.tables, setup.options.factors, setup.facts);
    if (!factors) {
        return config::about_region(factors.error(), setup.options.factors);
    }
    setup.factors = *std::move(factors);
    setup.id = options.id;
    return setup;
}

}  // namespace

Result<void> Tracker::check(const TrackerOptions& options) {
    GRAMME_CHECK(setup_of(options));
    return {};
}

Result<std::unique_ptr<Tracker>> Tracker::start(const TrackerOptions& options) {
    GRAMME_TRY(ProcessTracker::Setup setup, setup_of(options));
    const Host& host = *setup.host;
    setup.calibration = config::load_calibration(host, setup.facts, setup.options.warnings);
    if (const auto path = host.env("GRAMME_RUN_SOCKET"); options.may_join && path && !path->empty()) {
        if (auto outer = sample::RunClient::connect(*path)) {
            setup.outer = *std::move(outer);
            setup.outer_path = *path;
        }
    }
    auto tracker = std::make_unique<ProcessTracker>(std::move(setup));
    GRAMME_CHECK(tracker->begin());
    return std::unique_ptr<Tracker>{std::move(tracker)};
}

}  // namespace gramme::track
