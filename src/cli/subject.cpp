#include "cli/subject.hpp"

#include <array>
#include <cstdio>

#include "calculate/stored_run.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kMostBytes = 64U << 20U;
constexpr const char* kWhatToGive =
    "give a run (`gramme runs list` shows the ids) or a file that `gramme run --json FILE` wrote";

/// A run is named by letters, digits and dashes; anything else is a file.
bool is_file_name(std::string_view word) {
    return word.find_first_of("./") != std::string_view::npos;
}

Result<std::string> read_stream(std::FILE* stream) {
    std::string text;
    std::array<char, 65536> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), stream)) {
        text.append(block.data(), count);
        if (text.size() > kMostBytes) {
            return Error{Code::kOutOfRange, "standard input is larger than 64 MiB",
                         "is this a result of gramme?"};
        }
    }
    return text;
}

Error named(Error error, const std::string& origin) {
    error.what = origin + ": " + error.what;
    if (error.hint.empty()) {
        error.hint = kWhatToGive;
    }
    return error;
}

Result<Subject> from_text(const std::string& text, const std::string& origin) {
    if (text.empty()) {
        return Error{Code::kMalformed, origin + " is empty", kWhatToGive};
    }
    auto result = calculate::read_result(text);
    if (!result) {
        return named(result.error(), origin);
    }
    return Subject{*std::move(result), std::nullopt, origin};
}

Result<Subject> from_file(const CommandContext& context, const std::string& word) {
    if (word == "-") {
        if (context.terminal.in_is_terminal) {
            return Error{Code::kUsage, "- reads standard input, and that is a terminal", kWhatToGive};
        }
        GRAMME_TRY(const std::string text, read_stream(context.terminal.in));
        return from_text(text, "standard input");
    }
    GRAMME_TRY(const std::string text, read_whole(word, kWhatToGive));
    return from_text(text, word);
}

Result<Subject> from_store(const CommandContext& context, const std::string& id) {
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    auto stored = opened.store->show(id);
    if (!stored) {
        Error error = stored.error();
        if (error.code == Code::kNotFound) {
            error.hint += "; for a file of this name: ./" + id;
        }
        return error;
    }
    const std::string origin = "run " + stored->run.id;
    auto result = calculate::read_stored(*stored);
    if (!result) {
        return named(result.error(), origin);
    }
    return Subject{*std::move(result), std::move(stored->ledger), origin};
}

}  // namespace

Result<Subject> load_subject(const CommandContext& context, const std::string& word) {
    return word == "-" || is_file_name(word) ? from_file(context, word) : from_store(context, word);
}

}  // namespace gramme::cli
