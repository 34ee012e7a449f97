#include "estimate/profile_tools.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "estimate/job_ledger.hpp"
#include "estimate/named_device.hpp"

namespace gramme::estimate {
namespace {

std::string to_text(double value, std::chars_format format, int decimals) {
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, decimals).ptr;
    return {text.data(), end};
}

ProfileHost host_of_instance(const refdata::Instance& instance, double machines, double load) {
    ProfileHost host;
    host.label = std::string{instance.id};
    host.machines = machines;
    host.threads = instance.vcpus;
    host.memory_gib = instance.memory_gib;
    host.cpu_load = load;
    host.cpu_model = std::string{instance.cpu_model};
    host.arm = instance.microarchitectures.starts_with("neoverse") ||
               instance.microarchitectures.starts_with("cortex");
    host.source = std::string{instance.source};
    return host;
}

Result<void> add_host_around(const JobRequest& asked, const refdata::Tables& tables, ProfileGroup& out) {
    const refdata::TypicalHost typical = tables.typical_host(host_kind_of(*out.device));
    if (asked.host == "none") {
        return {};
    }
    if (asked.host != "auto") {
        GRAMME_TRY(const refdata::Instance instance, tables.find_instance(asked.host));
        if (!(instance.accelerator_count > 0.0)) {
            return Error{Code::kUsage, "--host: " + std::string{instance.id} + " holds no accelerators",
                         "name a machine that holds the devices, or none"};
        }
        out.host = host_of_instance(instance, out.devices / instance.accelerator_count, typical.cpu_load);
        return {};
    }
    ProfileHost host;
    host.label = std::string{typical.label};
    host.machines = out.devices / typical.devices;
    host.threads = typical.threads;
    host.packages = typical.packages;
    host.memory_gib = typical.memory_gib;
    host.cpu_load = typical.cpu_load;
    host.source = std::string{typical.source};
    out.host = host;
    return {};
}

}  // namespace

double hundredths(double value) {
    constexpr double kScale = 100.0;
    constexpr double kHalf = 0.5;
    // value x 100 = scaled + error, exactly: what the multiplication rounded off decides between two that are
    // equally near.
    const double scaled = value * kScale;
    const double error = std::fma(value, kScale, -scaled);
    const double whole = std::floor(scaled);
    const double above_half = (scaled - whole) - kHalf;
    const bool up = above_half > 0.0 || (above_half == 0.0 && error >= 0.0);
    return (up ? whole + 1.0 : whole) / kScale;
}

std::string plain_text(double value) {
    std::array<char, 400> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    return {text.data(), end};
}

std::string fixed_text(double value, int decimals) {
    return to_text(value, std::chars_format::fixed, decimals);
}

std::string exponent_text(double value, int decimals) {
    return to_text(value, std::chars_format::scientific, decimals);
}

std::string shortest_exponent_text(double value) {
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
    return {text.data(), end};
}

void add_note(ProfileResult& out, std::string note) {
    if (std::find(out.notes.begin(), out.notes.end(), note) == out.notes.end()) {
        out.notes.push_back(std::move(note));
    }
}

Result<std::vector<std::string>> names_of_place(const JobRequest& asked, const refdata::Tables& tables) {
    std::vector<std::string> names;
    if (asked.factors.region.empty()) {
        return names;
    }
    GRAMME_TRY(const refdata::Place place, tables.find_place(asked.factors.region));
    if (!place.region.empty()) {
        names.push_back(place.region);
        for (const refdata::CloudRegion& one : tables.cloud_regions()) {
            if (place.region == std::string{one.provider} + ":" + std::string{one.region}) {
                names.emplace_back(one.subdivision);
            }
        }
    }
    names.push_back(place.zone);
    names.push_back(place.country_iso3);
    std::erase(names, "");
    return names;
}

std::optional<refdata::ProfileFactor> factor_named(const std::vector<refdata::ProfileFactor>& rows,
                                                   std::string_view name) {
    const std::string key = folded(name);
    const auto found = std::find_if(
        rows.begin(), rows.end(), [&](const refdata::ProfileFactor& row) { return folded(row.name) == key; });
    return found == rows.end() ? std::nullopt : std::optional{*found};
}

std::optional<refdata::ProfileFactor> first_factor(const std::vector<refdata::ProfileFactor>& rows,
                                                   const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (auto found = factor_named(rows, name)) {
            return found;
        }
    }
    return std::nullopt;
}

Result<ProfileGroup> profile_group(const JobGroup& group, const JobRequest& asked,
                                   const refdata::Tables& tables) {
    ProfileGroup out;
    if (group.kind == JobGroup::Kind::kDevice) {
        GRAMME_TRY(out.device, tables.find_accelerator(group.name));
        out.devices = group.count;
        GRAMME_CHECK(add_host_around(asked, tables, out));
        return out;
    }
    GRAMME_TRY(const refdata::Instance instance, tables.find_instance(group.name));
    double load = asked.utilisation.value_or(kCpuLoadOfInstance);
    if (!instance.accelerator.empty()) {
        GRAMME_TRY(out.device, tables.find_accelerator(instance.accelerator));
        out.devices = group.count * instance.accelerator_count;
        load = tables.typical_host(host_kind_of(*out.device)).cpu_load;
    }
    out.host = host_of_instance(instance, group.count, load);
    return out;
}

}  // namespace gramme::estimate
