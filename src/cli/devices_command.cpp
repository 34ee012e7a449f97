// gramme devices: the accelerators that --device knows. gramme instances: the machine types of --instance.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "calculate/reference_tables.hpp"
#include "calculate/source_table.hpp"
#include "cli/command_context.hpp"
#include "config/override_tables.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

/// A figure as it stands in the table; empty where it is unknown.
std::string figure(double value) {
    return value > 0.0 ? fmt::format("{:.6g}", value) : "";
}
std::string year_text(int year) {
    return year > 0 ? fmt::format("{}", year) : "";
}

/// "~400" where the limit is that of the nearest part.
std::string limit_text(const refdata::Accelerator& row) {
    return (row.limit_of.empty() ? "" : "~") + figure(row.limit_w);
}

present::Table devices_for_people(std::span<const refdata::Accelerator> found) {
    present::Table table;
    table.columns = {"device", "name", "W limit", "GiB", "TFLOPS 16 bit", "year", "source"};
    table.numeric = {false, false, true, true, true, true, false};
    for (const refdata::Accelerator& row : found) {
        table.rows.push_back({std::string{row.id}, std::string{row.name}, limit_text(row),
                              figure(row.memory_gib), figure(row.tflops_fp16), year_text(row.release_year),
                              std::string{row.source}});
    }
    return table;
}

present::Table instances_for_people(std::span<const refdata::Instance> found) {
    present::Table table;
    table.columns = {"instance", "vCPUs", "GiB", "CPU", "accelerators", "source"};
    table.numeric = {false, true, true, false, false, false};
    for (const refdata::Instance& row : found) {
        table.rows.push_back({std::string{row.id}, figure(row.vcpus), figure(row.memory_gib),
                              std::string{row.cpu_model.empty() ? row.microarchitectures : row.cpu_model},
                              row.accelerator.empty()
                                  ? ""
                                  : fmt::format("{} x {}", figure(row.accelerator_count), row.accelerator),
                              std::string{row.source}});
    }
    return table;
}

std::string words_typed(const Arguments& arguments) {
    std::string text;
    for (const std::string& word : arguments.words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

/// What both commands share: search, refuse an empty answer, print in the format asked for.
template <class Row>
Result<int> list(const CommandContext& context, std::string_view command, const refdata::Tables& tables,
                 const std::vector<Row>& found,
                 const std::function<present::Table(std::span<const Row>)>& for_people,
                 const std::function<present::Table(std::span<const Row>)>& for_programs) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    std::set<std::string> ids;
    for (const Row& row : found) {
        ids.emplace(row.source);
        if (!row.power_source.empty()) {
            ids.emplace(row.power_source);
        }
    }
    const bool people = format == "table";
    const bool sources = context.arguments.has("sources");
    const auto source_table = people ? &calculate::source_table_for_people : &calculate::source_table;
    const present::Table table = sources  ? source_table(tables, ids)
                                 : people ? for_people(found)
                                          : for_programs(found);
    GRAMME_TRY(const std::string out, present::table_text(table, format, context.terminal.out_style));
    print(context.terminal.out, out);
    if (people && !sources) {
        print(context.terminal.out, calculate::attribution(tables, ids, command));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace

Result<int> devices_command(const CommandContext& context) {
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const auto found = calculate::search_devices(tables, context.arguments.words);
    if (found.empty()) {
        const std::string typed = words_typed(context.arguments);
        Error error{Code::kNotFound, "no device matches '" + typed + "'", "`gramme devices` lists all"};
        if (const auto near = tables.find_accelerator(typed); !near) {
            error.hint = near.error().hint;
        }
        return error;
    }
    return list<refdata::Accelerator>(context, "devices", tables, found, devices_for_people,
                                      calculate::devices_table);
}

Result<int> instances_command(const CommandContext& context) {
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const auto found = calculate::search_instances(tables, context.arguments.words);
    if (found.empty()) {
        const std::string typed = words_typed(context.arguments);
        Error error{Code::kNotFound, "no instance matches '" + typed + "'", "`gramme instances` lists all"};
        if (const auto near = tables.find_instance(typed); !near) {
            error.hint = near.error().hint;
        }
        return error;
    }
    return list<refdata::Instance>(context, "instances", tables, found, instances_for_people,
                                   calculate::instances_table);
}

}  // namespace gramme::cli
