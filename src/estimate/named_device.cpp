#include "estimate/named_device.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace gramme::estimate {
namespace {

std::optional<refdata::Cpu> cpu_named(const refdata::Tables& tables, std::string_view name) {
    for (const std::string_view maker :
         {"", "Intel ", "AMD ", "Intel Core ", "AMD Ryzen ", "AWS ", "Apple "}) {
        if (auto cpu = tables.find_cpu(std::string{maker} + std::string{name})) {
            return cpu;
        }
    }
    return std::nullopt;
}

/// A family that stands in servers; anything else is taken for a desktop's.
std::string_view host_kind_of(const refdata::Cpu& cpu) {
    const std::string model = folded(cpu.model);
    for (const std::string_view family :
         {"xeon", "epyc", "opteron", "itanium", "graviton", "ampere", "axion", "grace", "threadripper pro"}) {
        if (model.find(family) != std::string::npos) {
            return "cpu";
        }
    }
    return "desktop";
}

}  // namespace

std::string others_of(const refdata::Tables& tables, const refdata::Accelerator& taken,
                      std::string_view name) {
    constexpr std::size_t kMostNamed = 5;
    const std::string typed = folded(name);
    if (typed == folded(taken.id) || typed == folded(taken.name)) {
        return "";
    }
    std::string out;
    std::size_t count = 0;
    for (const std::string_view other : tables.accelerators_with_words(words_of(typed))) {
        if (other != taken.id && ++count <= kMostNamed) {
            out += (out.empty() ? "" : ", ") + std::string{other};
        }
    }
    return count > kMostNamed ? out + ", ..." : out;
}

std::string_view host_kind_of(const refdata::Accelerator& device) {
    if (device.kind == "tpu") {
        return "tpu";
    }
    if (device.segment == "laptop" || device.form_factor == "mobile" || device.segment == "integrated") {
        return "laptop";
    }
    if (device.segment == "consumer" || device.segment == "embedded") {
        return "desktop";
    }
    const bool on_baseboard = device.form_factor.starts_with("sxm") || device.form_factor == "oam" ||
                              device.form_factor == "superchip";
    return on_baseboard ? "baseboard" : "pcie";
}

Result<NamedDevice> device_named(const refdata::Tables& tables, std::string_view name) {
    NamedDevice out;
    if (auto accelerator = tables.accelerator_named(name)) {
        out.host_kind = host_kind_of(*accelerator);
        out.accelerator = std::move(accelerator);
        return out;
    }
    out.cpu = cpu_named(tables, name);
    if (!out.cpu) {
        return tables.find_accelerator(name).error();
    }
    out.host_kind = host_kind_of(*out.cpu);
    return out;
}

}  // namespace gramme::estimate
