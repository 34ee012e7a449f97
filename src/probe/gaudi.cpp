#include "probe/gaudi.hpp"

#include <sys/auxv.h>

#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/accelerator_selection.hpp"
#include "probe/gpu_maker.hpp"
#include "probe/nvml_probe.hpp"
#include "probe/nvml_thread.hpp"

namespace gramme::probe {

GpuSelection select_gaudis(const std::optional<std::string>& devices,
                           const std::optional<std::string>& modules, std::size_t count) {
    const std::vector<std::string> ids(count);
    if (devices && trimmed(*devices) == "all") {
        return {std::vector<GpuChoice>(count, {Membership::kIn, "HABANA_VISIBLE_DEVICES=all"}), true};
    }
    if (devices) {
        const DeviceList list[]{{"HABANA_VISIBLE_DEVICES", devices}};
        return select_by_lists(list, ids);
    }
    if (modules && trimmed(*modules).empty()) {
        return {std::vector<GpuChoice>(count, {Membership::kOut, "HABANA_VISIBLE_MODULES is empty"}), true};
    }
    // Module numbers are places on the board: they say how many, and which only where it is all of them.
    if (modules && split(trimmed(*modules), ',').size() >= count) {
        return {std::vector<GpuChoice>(count, {Membership::kIn, "HABANA_VISIBLE_MODULES names all"}), true};
    }
    GpuSelection undecided = select_by_lists({}, ids);
    for (GpuChoice& choice : undecided.choices) {
        choice.reason = modules
                            ? "HABANA_VISIBLE_MODULES names some, by places that the library does not tell"
                            : "no variable names it, and the library tells no processes";
    }
    return undecided;
}

OpenedSource open_gaudi(const SourceContext& context) {
    OpenedSource source;
    const Host& host = context.host;
    // A process with more rights than its caller loads no file that the caller names.
    const std::string named =
        ::getauxval(AT_SECURE) != 0 ? std::string{} : host.env("GRAMME_HLML_LIB").value_or("");
    if (!context.options.gpus || (named.empty() && !host.exists("/sys/module/habanalabs"))) {
        return source;
    }
    NvmlOptions wanted;
    wanted.scope = context.options.scope;
    wanted.interval = context.options.interval;
    wanted.tables = context.tables;
    wanted.maker = &kHabana;
    wanted.libraries = {"libhlml.so", "/usr/lib/habanalabs/libhlml.so"};
    if (!named.empty()) {
        wanted.libraries = {named};
    }
    const int ranks = context.options.ranks;
    wanted.select = [devices = host.env("HABANA_VISIBLE_DEVICES"),
                     modules = host.env("HABANA_VISIBLE_MODULES"), ranks](std::size_t count) {
        const auto kept = lists_of_all_ranks({{"HABANA_VISIBLE_DEVICES", devices}, {"", modules}}, ranks);
        return select_gaudis(kept[0].value, kept[1].value, count);
    };
    const bool none =
        wanted.scope != Scope::kMachine && (wanted.select(1).choices[0].membership == Membership::kOut);
    auto probe = open_by_library(host, context.options, std::move(wanted), none);
    if (!probe) {
        source.reports.push_back(
            {std::string{kHabana.source}, SourceState::kRefused, probe.error().what, {}, {}});
        return source;
    }
    source.reports.push_back((*probe)->report());
    source.probe = *std::move(probe);
    source.gives_gpus = true;
    return source;
}

}  // namespace gramme::probe
