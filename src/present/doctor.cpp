// `gramme doctor`: what can be measured here, with what, what cannot and how to enable it.
#include <string>
#include <string_view>

#include "base/utc.hpp"
#include "present/calibration_words.hpp"
#include "present/host_json.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 14;

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : ", ") + printable(text);
    }
    return out;
}

std::string or_unknown(const std::string& text) {
    return text.empty() ? "not known" : printable(text);
}

std::string memory_text(std::uint64_t bytes) {
    constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
    return bytes == 0 ? "not known" : significant(static_cast<double>(bytes) / kGibibyte, 3) + " GiB";
}

std::string cpu_text(const HostFacts& host) {
    std::string text = or_unknown(host.cpu_model);
    text += host.microarchitecture.empty() ? "" : " (" + host.microarchitecture + ")";
    if (host.cpu_count > 0) {
        text += ", " + std::to_string(host.cpu_count) + " logical CPUs";
    }
    if (host.cpu_sockets > 0) {
        text += " in " + std::to_string(host.cpu_sockets) + (host.cpu_sockets == 1 ? " socket" : " sockets");
    }
    return text;
}

std::string kind_text(const HostFacts& host) {
    std::string text = host.virtualisation.empty()
                           ? (host.chassis.empty() ? "no virtual machine found" : host.chassis)
                           : "virtual machine (" + host.virtualisation + ")";
    text += host.container.empty() ? "" : ", in a container (" + host.container + ")";
    text += host.cloud.empty() ? "" : ", cloud: " + host.cloud;
    text += host.slurm ? ", under Slurm" : "";
    return printable(text);
}

void add_machine(const HostFacts& host, Lines& lines) {
    lines.head("machine");
    lines.add("name", or_unknown(host.hostname));
    lines.add("system", or_unknown(host.os) + (host.architecture.empty() ? "" : ", " + host.architecture));
    lines.add("kind", kind_text(host));
    lines.add("CPU", cpu_text(host));
    lines.add("memory", memory_text(host.memory_bytes));
    lines.add("GPUs", host.gpu_models.empty() ? "none found" : joined(host.gpu_models));
}

void add_sources(const std::vector<SourceReport>& sources, Lines& lines) {
    lines.head("sources");
    for (const SourceReport& source : sources) {
        std::string text{name_of(source.state)};
        text += source.devices.empty() ? "" : ": " + joined(source.devices);
        text += source.why.empty() ? "" : " - " + printable(source.why);
        const Ink ink = source.state == SourceState::kUsed      ? Ink::kStrong
                        : source.state == SourceState::kRefused ? Ink::kWarning
                                                                : Ink::kPlain;
        lines.add(printable(source.name), text, ink);
        if (!source.remedies.empty()) {
            lines.add("", "to enable:");
        }
        for (const std::string& remedy : source.remedies) {
            lines.command(remedy);
        }
    }
}

/// `cgroup` may end in a command, which stands on its own line here as those of the sources do.
void add_cgroup(const DoctorReport& report, Lines& lines) {
    constexpr std::string_view kEnable = "; to enable: ";
    const std::size_t end = report.cgroup.find(kEnable);
    lines.add("CPU time", or_unknown(report.cgroup.substr(0, end)),
              report.cgroup_usable ? Ink::kPlain : Ink::kWarning);
    if (end != std::string::npos) {
        lines.add("", "to enable:");
        lines.command(std::string_view{report.cgroup}.substr(end + kEnable.size()));
    }
}

/// "high is 2.9 times low"
std::string ratio_text(double ratio) {
    if (!(ratio > 0.0)) {
        return "not known";
    }
    if (ratio < 1.005) {
        return "no width";
    }
    return "the high end is " + significant(ratio, ratio < 10.0 ? 2 : 3) + " times the low end";
}

Json source_json(const SourceReport& source) {
    Json json = Json::object();
    json["name"] = source.name;
    json["state"] = name_of(source.state);
    json["why"] = text_or_null(source.why);
    json["remedies"] = source.remedies;
    json["devices"] = source.devices;
    return json;
}

}  // namespace

std::string doctor_text(const DoctorReport& report, const TextStyle& style) {
    Lines lines{style, kLabelWidth};
    add_machine(report.host, lines);
    add_sources(report.sources, lines);
    lines.head("a run here");
    add_cgroup(report, lines);
    if (!report.idle_power.empty()) {
        lines.add("idle power", printable(report.idle_power));
    }
    if (report.wall) {
        constexpr std::size_t kDateDigits = 10;
        lines.add("wall meter", utc_text(report.wall->wall_ns).substr(0, kDateDigits) + ": " +
                                    words_of(*report.wall) + "; " + fit_words(*report.wall) +
                                    (report.wall_used ? "; stands for the whole machine"
                                                      : "; not used: CPU or memory is measured"));
    }
    if (report.rest) {
        lines.add("remainder", "by the wall meter: " + words_of(*report.rest));
    }
    lines.add("energy range", ratio_text(report.interval_ratio));
    lines.add("carbon range", ratio_text(report.interval_ratio_with_grid));
    if (!report.dominant.empty()) {
        lines.add("widest", printable(report.dominant));
    }
    for (const std::string& warning : report.warnings) {
        lines.add("warning", printable(warning), Ink::kWarning);
    }
    return std::move(lines).text();
}

std::string doctor_json(const DoctorReport& report) {
    Json json = Json::object();
    json["schema"] = "gramme/doctor/1";
    json["host"] = host_to_json(report.host);
    json["sources"] = list_json(report.sources, source_json);
    json["cgroup"] = text_or_null(report.cgroup);
    json["cgroup_usable"] = report.cgroup_usable;
    set_text(json, "idle_power", report.idle_power);
    set_meter(json, report.wall, report.rest);
    if (report.wall) {
        json["wall"]["used"] = report.wall_used;
    }
    json["interval_ratio"] = report.interval_ratio > 0.0 ? number(report.interval_ratio) : Json(nullptr);
    json["interval_ratio_with_grid"] =
        report.interval_ratio_with_grid > 0.0 ? number(report.interval_ratio_with_grid) : Json(nullptr);
    json["dominant"] = text_or_null(report.dominant);
    json["warnings"] = report.warnings;
    return dumped(json);
}

}  // namespace gramme::present
