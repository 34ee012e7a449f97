#include "cli/arguments.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gramme::cli {
namespace {

constexpr std::string_view kHelp = "help";

const OptionSpec* find_option(const CommandSpec& command, std::string_view name) {
    for (const OptionSpec& option : command.options) {
        if (option.name == name) {
            return &option;
        }
    }
    return nullptr;
}

const OptionSpec* find_letter(const CommandSpec& command, char letter) {
    for (const OptionSpec& option : command.options) {
        if (option.letter != '\0' && option.letter == letter) {
            return &option;
        }
    }
    return nullptr;
}

std::string see_help(const CommandSpec& command) {
    return "see `gramme " + std::string{command.name} + " --help`";
}

Error unknown_option(const CommandSpec& command, std::string_view name) {
    std::vector<std::string> known;
    for (const OptionSpec& option : command.options) {
        known.push_back("--" + std::string{option.name});
    }
    std::string typed = name.size() == 1 ? "-" : "--";
    typed += name;
    const std::string near = did_you_mean(typed, known);
    return Error{Code::kUsage, "unknown option " + typed + " of `gramme " + std::string{command.name} + "`",
                 near.empty() ? see_help(command) : near};
}

/// Whether `word`, standing where a value should be, is meant as an option.
bool is_option(const CommandSpec& command, std::string_view word) {
    return word == "--" ||
           (word.starts_with("--") && find_option(command, word.substr(2, word.find('=') - 2)) != nullptr);
}

/// One option at `typed[at]`; moves `at` past its value.
Result<void> take_option(const CommandSpec& command, std::span<const std::string> typed, std::size_t& at,
                         Arguments& out) {
    const std::string_view word = typed[at];
    const bool is_long = word.starts_with("--");
    const std::size_t equals = is_long ? word.find('=') : std::string_view::npos;
    const std::string_view name = word.substr(is_long ? 2 : 1, equals - (is_long ? 2 : 1));
    if (name == kHelp || word == "-h") {
        out.help = true;
        return {};
    }
    const OptionSpec* option = is_long            ? find_option(command, name)
                               : name.size() == 1 ? find_letter(command, name.front())
                                                  : nullptr;
    if (option == nullptr) {
        return unknown_option(command, name);
    }
    const std::string shown = "--" + std::string{option->name};
    if (option->value.empty()) {
        if (equals != std::string_view::npos) {
            return Error{Code::kUsage, shown + " takes no value", see_help(command)};
        }
        out.options.emplace_back(option->name, std::string{});
        return {};
    }
    if (equals != std::string_view::npos) {
        out.options.emplace_back(option->name, std::string{word.substr(equals + 1)});
        return {};
    }
    if (at + 1 == typed.size() || is_option(command, typed[at + 1])) {
        return Error{Code::kUsage, shown + " needs a value",
                     "write " + shown + " " + std::string{option->value} + ", or " + see_help(command)};
    }
    ++at;
    out.options.emplace_back(option->name, typed[at]);
    return {};
}

Result<void> check_words(const CommandSpec& command, const Arguments& arguments) {
    const std::size_t count = arguments.words.size();
    if (count < command.least_words) {
        return Error{Code::kUsage,
                     command.takes_command
                         ? "no command to run"
                         : "`gramme " + std::string{command.name} + "` needs more than this",
                     "usage: " + std::string{command.usage}};
    }
    if (count > command.most_words) {
        return Error{Code::kUsage,
                     "unexpected '" + arguments.words[command.most_words] + "' after `gramme " +
                         std::string{command.name} + "`",
                     "usage: " + std::string{command.usage}};
    }
    return {};
}

/// `text` wrapped at `width`, each line but the first indented.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width) {
    std::size_t column = indent;
    for (const std::string_view word : split(text, ' ')) {
        if (column > indent && column + 1 + word.size() > width) {
            out += '\n';
            out.append(indent, ' ');
            column = indent;
        } else if (column > indent) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

void append_option(std::string& out, std::string_view left, std::string_view help, std::size_t width) {
    constexpr std::size_t kHelpColumn = 24;
    out += left;
    if (left.size() + 2 > kHelpColumn) {
        out += '\n';
        out.append(kHelpColumn, ' ');
    } else {
        out.append(kHelpColumn - left.size(), ' ');
    }
    append_wrapped(out, help, kHelpColumn, width);
}

}  // namespace

bool Arguments::has(std::string_view name) const {
    return value(name).has_value();
}

std::optional<std::string> Arguments::value(std::string_view name) const {
    return config::value_of(options, name);
}

Result<Arguments> parse_arguments(const CommandSpec& command, std::span<const std::string> typed) {
    Arguments out;
    for (std::size_t at = 0; at < typed.size(); ++at) {
        const std::string_view word = typed[at];
        if (word == "--") {
            out.words.insert(out.words.end(), typed.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                             typed.end());
            break;
        }
        if (word.size() > 1 && word.front() == '-') {
            GRAMME_CHECK(take_option(command, typed, at, out));
            if (out.help) {
                return out;
            }
            continue;
        }
        if (command.takes_command && out.words.size() >= command.words_before) {
            out.words.insert(out.words.end(), typed.begin() + static_cast<std::ptrdiff_t>(at), typed.end());
            break;
        }
        out.words.emplace_back(word);
    }
    GRAMME_CHECK(check_words(command, out));
    return out;
}

std::string help_text(const CommandSpec& command, std::size_t width) {
    const std::size_t columns = std::clamp<std::size_t>(width, 60, 100);
    std::string out = "Usage: " + std::string{command.usage} + "\n\n";
    for (const std::string_view paragraph : split(command.description, '\n')) {
        append_wrapped(out, paragraph, 0, columns);
    }
    out += "\nOptions:\n";
    for (const OptionSpec& option : command.options) {
        std::string left = "  ";
        if (option.letter != '\0') {
            left += '-';
            left += option.letter;
            left += ", ";
        }
        left += "--" + std::string{option.name};
        if (!option.value.empty()) {
            left += ' ';
            left += option.value;
        }
        append_option(out, left, option.help, columns);
    }
    append_option(out, "  -h, --help", "Show this text.", columns);
    if (!command.examples.empty()) {
        out += "\nExamples:\n";
        out += command.examples;
        out += '\n';
    }
    return out;
}

}  // namespace gramme::cli
