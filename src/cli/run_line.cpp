// A command line becomes a command: words, settings, call, exit code.
#include <algorithm>
#include <array>

#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "config/load_settings.hpp"
#include "config/version.hpp"

namespace gramme::cli {
namespace {

using Command = Result<int> (*)(const CommandContext&);

struct NamedCommand {
    std::string_view name;
    Command command;
};

constexpr std::array kCommands{NamedCommand{"run", &run_command},
                               NamedCommand{"doctor", &doctor_command},
                               NamedCommand{"calibrate", &calibrate_command},
                               NamedCommand{"runs list", &runs_list_command},
                               NamedCommand{"runs show", &runs_show_command},
                               NamedCommand{"runs export", &runs_export_command},
                               NamedCommand{"runs import", &runs_import_command},
                               NamedCommand{"runs recost", &runs_recost_command},
                               NamedCommand{"runs delete", &runs_delete_command},
                               NamedCommand{"runs tree", &runs_tree_command},
                               NamedCommand{"plan search", &plan_search_command},
                               NamedCommand{"sweep", &sweep_command},
                               NamedCommand{"explain", &explain_command},
                               NamedCommand{"report", &report_command},
                               NamedCommand{"estimate", &estimate_command},
                               NamedCommand{"compare", &compare_command},
                               NamedCommand{"plan train", &plan_train_command},
                               NamedCommand{"plan reuse", &plan_reuse_command},
                               NamedCommand{"batch", &batch_command},
                               NamedCommand{"plan when", &plan_when_command},
                               NamedCommand{"plan where", &plan_where_command},
                               NamedCommand{"serve", &serve_command},
                               NamedCommand{"intensity", &intensity_command},
                               NamedCommand{"regions", &regions_command},
                               NamedCommand{"devices", &devices_command},
                               NamedCommand{"instances", &instances_command}};

Result<int> call(const Host& host, const Terminal& terminal, const Invocation& line) {
    GRAMME_TRY(const Settings flags, settings_of(line.arguments.options, line.command->name == "run"));
    GRAMME_TRY(const Settings settings, load_settings(host, ".", flags));
    const RunOptions options = run_options(settings);
    const auto* const found = std::find_if(kCommands.begin(), kCommands.end(), [&](const NamedCommand& one) {
        return one.name == line.command->name;
    });
    GRAMME_ASSERT(found != kCommands.end());
    if (found->name != "run" && found->name != "doctor") {  // these two show the warnings themselves
        for (const std::string& warning : options.warnings) {
            print_warning(terminal, warning);
        }
    }
    return found->command({host, terminal, line.arguments, options});
}

}  // namespace

int run_line(const Host& host, const Terminal& terminal, const std::vector<std::string>& typed) {
    const auto line = parse_line(typed);
    if (!line) {
        print_error(terminal, line.error());
        return exit_code_of(line.error());
    }
    switch (line->kind) {
        case Invocation::Kind::kVersion:
            print(terminal.out, "gramme " + std::string{kVersion} + "\n");
            return kExitOk;
        case Invocation::Kind::kHelp:
            print(terminal.out, line->command != nullptr ? help_text(*line->command, terminal.out_style.width)
                                                         : overview_text(line->group));
            return kExitOk;
        case Invocation::Kind::kCommand: break;
    }
    const auto code = call(host, terminal, *line);
    if (!code) {
        print_error(terminal, code.error());
        return exit_code_of(code.error());
    }
    return *code;
}

Result<std::string> wanted_format(const Arguments& arguments, const std::vector<std::string>& known) {
    const auto format = arguments.value("format");
    if (arguments.has("json")) {
        if (format && *format != "json") {
            return Error{Code::kUsage, "--json and --format " + *format + " exclude each other",
                         "give one of them"};
        }
        return std::string{"json"};
    }
    if (!format) {
        return known.front();
    }
    if (std::find(known.begin(), known.end(), *format) == known.end()) {
        std::string all;
        for (const std::string& one : known) {
            all += (all.empty() ? "" : ", ") + one;
        }
        return Error{Code::kUsage, "--format: '" + *format + "' is no format", "give one of " + all};
    }
    return *format;
}

}  // namespace gramme::cli
