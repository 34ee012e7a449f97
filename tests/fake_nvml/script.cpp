#include "script.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fake_nvml {
namespace {

std::vector<std::string> list_of(const std::string& text) {
    std::vector<std::string> entries;
    std::stringstream in(text);
    for (std::string entry; std::getline(in, entry, ',');) {
        entries.push_back(entry);
    }
    return entries;
}

/// "[from S] [to S]", the tail of fail, hang and utilization.
template <class Stretch>
bool read_stretch(std::istream& in, Stretch& stretch) {
    for (std::string word; in >> word;) {
        double& into = word == "from" ? stretch.from_s : stretch.to_s;
        if ((word != "from" && word != "to") || !(in >> into)) {
            return false;
        }
    }
    return true;
}

bool read_fault(const std::string& verb, std::istream& in, std::vector<Fault>& into) {
    Fault fault;
    in >> fault.call;
    verb == "fail" ? in >> fault.code : in >> fault.hang_s;
    if (!in || !read_stretch(in, fault)) {
        return false;
    }
    into.push_back(fault);
    return true;
}

/// A file of tests/fixtures/nvml, from `begin_s` of its time on.
bool read_replay(Gpu& gpu, const std::string& file, double begin_s) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);  // names of columns
    while (std::getline(in, line)) {
        Gpu::Seen seen;
        if (std::sscanf(line.c_str(), "%lf,%llu,%u,%u,%u", &seen.at_s, &seen.energy_mj, &seen.instant_mw,
                        &seen.average_mw, &seen.utilization_percent) != 5) {
            return false;
        }
        seen.at_s -= begin_s;
        gpu.replay.push_back(seen);
    }
    return !gpu.replay.empty();
}

bool read_property(Gpu& gpu, const std::string& verb, std::istream& in) {
    std::string text;
    if (verb == "name" || verb == "uuid") {
        std::getline(in >> std::ws, verb == "name" ? gpu.name : gpu.uuid);
    } else if (verb == "watts") {
        in >> gpu.watts;
    } else if (verb == "limit") {
        in >> gpu.limit_watts;
    } else if (verb == "architecture") {
        in >> gpu.architecture;
    } else if (verb == "offset") {
        in >> gpu.offset_j;
    } else if (verb == "drop") {
        in >> gpu.drop_at_s;
    } else if (verb == "utilization") {
        Gpu::Utilization utilization;
        in >> utilization.percent;
        if (!in || !read_stretch(in, utilization)) {
            return false;
        }
        gpu.utilizations.push_back(utilization);
        return true;
    } else if (verb == "stick") {
        in >> gpu.stick_from_s >> gpu.stick_to_s >> text;
        gpu.stick_loses = text == "lost";
        return text == "lost" || text == "held";
    } else if (verb == "processes" || verb == "uses") {
        Gpu::Listed listed;
        in >> text;
        listed.entries = list_of(text);
        (verb == "uses" ? gpu.uses : gpu.processes).push_back(listed);
        return !text.empty() && read_stretch(in, (verb == "uses" ? gpu.uses : gpu.processes).back());
    } else if (verb == "replay") {
        double begin_s = 0.0;
        return in >> text >> begin_s && read_replay(gpu, text, begin_s);
    } else if (verb == "mps") {
        in >> text;
        gpu.mps_clients = list_of(text);
    } else if (verb == "pace") {
        in >> gpu.pace;
    } else if (verb == "fields") {
        in >> text;
        gpu.fields = text == "none"     ? Gpu::Fields::kNone
                     : text == "module" ? Gpu::Fields::kModule
                                        : Gpu::Fields::kGpu;
        return text == "none" || text == "module" || text == "gpu";
    } else if (verb == "mig") {
        in >> text;
        gpu.mig_uuids = list_of(text);
    } else if (verb == "counter") {
        in >> text;
        gpu.counter = text == "none"    ? Gpu::Counter::kNone
                      : text == "stuck" ? Gpu::Counter::kStuck
                                        : Gpu::Counter::kNormal;
        return text == "none" || text == "stuck" || text == "normal";
    } else if (verb == "fail" || verb == "hang") {
        return read_fault(verb, in, gpu.faults);
    } else {
        return false;
    }
    return !in.fail();
}

void set_count(Script& script, unsigned count) {
    script.gpus.resize(count);
    for (unsigned i = 0; i < count; ++i) {
        char uuid[64];
        std::snprintf(uuid, sizeof uuid, "GPU-%08x-0000-0000-0000-%012x", 0x10000000U * (i + 1), i);
        script.gpus[i].index = i;
        script.gpus[i].uuid = uuid;
    }
}

bool read_line(Script& script, const std::string& line) {
    std::stringstream in(line.substr(0, line.find('#')));
    std::string verb;
    if (!(in >> verb)) {
        return true;
    }
    if (verb == "driver") {
        return static_cast<bool>(in >> script.driver);
    }
    if (verb == "calls") {
        return static_cast<bool>(in >> script.calls);
    }
    if (verb == "trace") {
        return static_cast<bool>(in >> script.trace);
    }
    if (verb == "gpus") {
        unsigned count = 0;
        in >> count;
        set_count(script, count);
        return !in.fail();
    }
    if (verb == "fail" || verb == "hang") {
        return read_fault(verb, in, script.faults);
    }
    std::string which;
    std::string property;
    if (verb != "gpu" || !(in >> which >> property)) {
        return false;
    }
    std::string rest;
    std::getline(in, rest);
    bool any = false;
    for (Gpu& gpu : script.gpus) {
        if (which == "*" || which == std::to_string(gpu.index)) {
            std::stringstream tail(rest);
            any = true;
            if (!read_property(gpu, property, tail)) {
                return false;
            }
        }
    }
    return any;
}

}  // namespace

std::unique_ptr<Script> read_script() {
    auto script = std::make_unique<Script>();
    set_count(*script, 1);
    const char* file = std::getenv("FAKE_NVML_SCRIPT");
    if (file == nullptr) {
        return script;
    }
    std::ifstream in(file);
    if (!in) {
        std::fprintf(stderr, "fake NVML: cannot open %s\n", file);
        return nullptr;
    }
    for (std::string line; std::getline(in, line);) {
        if (!read_line(*script, line)) {
            std::fprintf(stderr, "fake NVML: %s: cannot understand: %s\n", file, line.c_str());
            return nullptr;
        }
    }
    return script;
}

}  // namespace fake_nvml
