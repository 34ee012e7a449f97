#include "bench_machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace gramme::bench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(70);
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "gramme-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        give_up("cannot make a temporary folder");
    }
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> make_two_sockets(const std::string& folder) {
    const std::string root = folder + "/machine";
    const std::string command = std::string{GRAMME_SIMULATED_HOST} + " --make-tree intel-2s --root " + root;
    if (std::system(command.c_str()) !=
        0) {  // NOLINT(cert-env33-c): a benchmark, with paths of its own making
        give_up("cannot make the two-socket machine");
    }
    const std::string zones = root + "/sys/devices/virtual/powercap/intel-rapl/";
    return {zones + "intel-rapl:0/energy_uj", zones + "intel-rapl:1/energy_uj",
            zones + "intel-rapl:0/intel-rapl:0:0/energy_uj", zones + "intel-rapl:1/intel-rapl:1:0/energy_uj",
            root + "/proc/stat"};
}

Loop::Loop(const Host& host, const std::string& journal_dir, Scope scope) {
    RunRecord run;
    run.id = "01938f2a-0000-7000-8000-000000000001";
    run.scope = scope;
    run.started_wall_ns = host.now().wall_ns;
    fs::create_directories(journal_dir);
    auto journal = store::Journal::create(journal_dir, run, host.now().boot_ns);
    if (!journal) {
        give_up(journal.error().what);
    }
    journal_ = *std::move(journal);
    const HostFacts facts = probe::read_host_facts(host, tables_);
    probe::Discovery found = probe::discover(host, tables_, facts, {scope, Seconds{1.0}, nullptr, false});
    activity_ = std::make_unique<sample::JobActivity>(host, nullptr, HostFacts{}, Scope::kJob);
    sampler_ = std::make_unique<sample::Sampler>(host, std::move(found.probes), *activity_, *journal_, scope);
    sampler_->start();
}

}  // namespace gramme::bench
