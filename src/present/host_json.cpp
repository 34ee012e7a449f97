#include "present/host_json.hpp"

namespace gramme::present {
namespace {

template <class T>
void set_count(Json& object, const char* key, T count) {
    if (count != 0) {  // HostFacts: 0 means unknown
        object[key] = count;
    }
}

}  // namespace

Json host_to_json(const HostFacts& host) {
    Json json = Json::object();
    set_text(json, "hostname", host.hostname);
    set_text(json, "os", host.os);
    set_text(json, "architecture", host.architecture);
    set_text(json, "cpu_model", host.cpu_model);
    set_text(json, "cpu_vendor", host.cpu_vendor);
    set_count(json, "cpu_family", host.cpu_family);
    set_count(json, "cpu_model_number", host.cpu_model_number);
    set_count(json, "cpu_stepping", host.cpu_stepping);
    set_text(json, "microarchitecture", host.microarchitecture);
    set_count(json, "cpu_count", host.cpu_count);
    set_count(json, "cpu_sockets", host.cpu_sockets);
    set_count(json, "memory_bytes", host.memory_bytes);
    set_text(json, "virtualisation", host.virtualisation);
    set_text(json, "container", host.container);
    set_text(json, "chassis", host.chassis);
    set_text(json, "cloud", host.cloud);
    json["slurm"] = host.slurm;
    json["gpu_models"] = host.gpu_models;
    return json;
}

Result<HostFacts> host_from_json(const Json& object) {
    HostFacts host;
    GRAMME_CHECK(read_value(object, "hostname", host.hostname));
    GRAMME_CHECK(read_value(object, "os", host.os));
    GRAMME_CHECK(read_value(object, "architecture", host.architecture));
    GRAMME_CHECK(read_value(object, "cpu_model", host.cpu_model));
    GRAMME_CHECK(read_value(object, "cpu_vendor", host.cpu_vendor));
    GRAMME_CHECK(read_value(object, "cpu_family", host.cpu_family));
    GRAMME_CHECK(read_value(object, "cpu_model_number", host.cpu_model_number));
    GRAMME_CHECK(read_value(object, "cpu_stepping", host.cpu_stepping));
    GRAMME_CHECK(read_value(object, "microarchitecture", host.microarchitecture));
    GRAMME_CHECK(read_value(object, "cpu_count", host.cpu_count));
    GRAMME_CHECK(read_value(object, "cpu_sockets", host.cpu_sockets));
    GRAMME_CHECK(read_value(object, "memory_bytes", host.memory_bytes));
    GRAMME_CHECK(read_value(object, "virtualisation", host.virtualisation));
    GRAMME_CHECK(read_value(object, "container", host.container));
    GRAMME_CHECK(read_value(object, "chassis", host.chassis));
    GRAMME_CHECK(read_value(object, "cloud", host.cloud));
    GRAMME_CHECK(read_value(object, "slurm", host.slurm));
    GRAMME_CHECK(read_value(object, "gpu_models", host.gpu_models));
    return host;
}

Json reserved_to_json(const ReservedCpus& reserved) {
    Json json = Json::object();
    json["cpus"] = number(reserved.cpus);
    json["of_cpus"] = number(reserved.of_cpus);
    json["source"] = reserved.source;
    return json;
}

Json imported_to_json(const ImportedFrom& imported) {
    Json json = Json::object();
    json["file"] = imported.file;
    json["line"] = imported.line;
    json["program"] = imported.program;
    return json;
}

Result<void> read_imported(const Json& run, std::optional<ImportedFrom>& out) {
    GRAMME_TRY(const Json* json, object_member(run, "imported"));
    if (json == nullptr) {
        return {};
    }
    out.emplace();
    std::uint64_t line = 0;
    GRAMME_CHECK(read_value(*json, "file", out->file));
    GRAMME_CHECK(read_value(*json, "line", line));
    out->line = static_cast<std::size_t>(line);
    return read_value(*json, "program", out->program);
}

Json lineage_to_json(const Lineage& lineage) {
    return {{"kind", name_of(lineage.kind)}, {"id", lineage.id}};
}

Result<void> read_lineage(const Json& run, std::optional<Lineage>& out) {
    GRAMME_TRY(const Json* json, object_member(run, "lineage"));
    if (json == nullptr) {
        return {};
    }
    Lineage lineage;
    std::string kind;
    GRAMME_CHECK(read_value(*json, "kind", kind));
    GRAMME_CHECK(read_value(*json, "id", lineage.id));
    for (const LineageKind one : kLineageKinds) {
        if (name_of(one) == kind && !lineage.id.empty()) {
            lineage.kind = one;
            out = std::move(lineage);
            return {};
        }
    }
    return wrong_key("lineage", "a kind (resume_of, fine_tune_of or trial_of) and the id of a run");
}

}  // namespace gramme::present
