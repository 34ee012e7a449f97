#include "config/space_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/one_line.hpp"
#include "base/text.hpp"
#include "config/config_scan.hpp"
#include "config/toml_header.hpp"

namespace gramme::config {
namespace {

using plan::Parameter;
using plan::Space;

constexpr const char* kHowParameter =
    "write values = [...], or range = [low, high] with scale = \"log\", step, points or integer = true";

struct Reader {
    std::string_view file;

    [[nodiscard]] Error wrong(const toml::node& node, const std::string& what, std::string hint) const {
        return {Code::kMalformed,
                fmt::format("{}:{}:{}: {}", file, node.source().begin.line, node.source().begin.column, what),
                std::move(hint)};
    }

    /// A value as the command gets it.
    [[nodiscard]] static std::optional<std::string> word_of(const toml::node& node) {
        if (const auto* text = node.as_string()) {
            return text->get();
        }
        if (const auto* whole = node.as_integer()) {
            return fmt::format("{}", whole->get());
        }
        if (const auto* number = node.as_floating_point()) {
            return plan::number_word(number->get());
        }
        if (const auto* truth = node.as_boolean()) {
            return std::string{truth->get() ? "true" : "false"};
        }
        return std::nullopt;
    }

    /// What stands in tags of a run, in the log of a sweep and in tables: one line, nothing that drives a
    /// terminal.
    [[nodiscard]] Result<void> one_line(const toml::node& node, const std::string& word,
                                        const std::string& name) const {
        return holds_control(word)
                   ? Result<void>{wrong(node,
                                        name + " holds a line break, a tab or another control character",
                                        "write it on one line; what needs such text can be a word that your "
                                        "program looks up")}
                   : Result<void>{};
    }

    [[nodiscard]] Result<std::vector<std::string>> words_of(const toml::node& node,
                                                            const std::string& name) const {
        std::vector<std::string> out;
        if (const auto* list = node.as_array()) {
            for (const toml::node& item : *list) {
                const auto word = word_of(item);
                if (!word) {
                    return wrong(item, name + " holds what is neither text, number nor truth",
                                 "write values = [16, 32] or [\"adam\", \"sgd\"]");
                }
                GRAMME_CHECK(one_line(item, *word, name));
                out.push_back(*word);
            }
        } else if (const auto word = word_of(node)) {
            GRAMME_CHECK(one_line(node, *word, name));
            out.push_back(*word);
        }
        if (out.empty()) {
            return wrong(node, name + " is an empty list or none", kHowParameter);
        }
        return out;
    }

    [[nodiscard]] Result<double> number_of(const toml::node& node, const std::string& name) const {
        const auto value = node.is_number() ? node.value<double>() : std::nullopt;
        if (!value) {
            return wrong(node, name + " is no number", kHowParameter);
        }
        return *value;
    }

    [[nodiscard]] Result<std::size_t> count_of(const toml::node& node, const std::string& name) const {
        const auto* whole = node.as_integer();
        constexpr std::int64_t kMost = 100'000;
        if (whole == nullptr || whole->get() < 1 || whole->get() > kMost) {
            return wrong(node, name + " is no whole number from 1 to 100000", "write " + name + " = 5");
        }
        return static_cast<std::size_t>(whole->get());
    }

    [[nodiscard]] Result<void> read_range(const toml::node& node, Parameter& out) const {
        const auto* ends = node.as_array();
        if (ends == nullptr || ends->size() != 2) {
            return wrong(node, "range is no list of two numbers", "write range = [0.001, 0.1]");
        }
        GRAMME_TRY(out.low, number_of(*ends->get(0), "range"));
        GRAMME_TRY(out.high, number_of(*ends->get(1), "range"));
        return {};
    }

    [[nodiscard]] Result<void> read_when(const toml::node& node, Parameter& out) const {
        const auto* table = node.as_table();
        if (table == nullptr) {
            return wrong(node, "when is no table", "write when = { optimizer = \"sgd\" }");
        }
        for (const auto& [key, value] : *table) {
            GRAMME_TRY(auto values, words_of(value, "when." + std::string{key.str()}));
            out.when.push_back({std::string{key.str()}, std::move(values)});
        }
        return {};
    }

    [[nodiscard]] Result<void> read_key(const std::string& key, const toml::node& value,
                                        Parameter& out) const {
        if (key == "values") {
            GRAMME_TRY(out.values, words_of(value, "'" + out.name + "'"));
            return {};
        }
        if (key == "range") {
            return read_range(value, out);
        }
        if (key == "scale") {
            const auto* text = value.as_string();
            if (text == nullptr || (text->get() != "log" && text->get() != "linear")) {
                return wrong(value, "scale is neither \"linear\" nor \"log\"", "write scale = \"log\"");
            }
            out.is_log = text->get() == "log";
            return {};
        }
        if (key == "integer") {
            const auto* truth = value.as_boolean();
            if (truth == nullptr) {
                return wrong(value, "integer is neither true nor false", "write integer = true");
            }
            out.is_integer = truth->get();
            return {};
        }
        if (key == "step") {
            GRAMME_TRY(out.step, number_of(value, key));
            return {};
        }
        if (key == "points") {
            GRAMME_TRY(out.points, count_of(value, key));
            return {};
        }
        if (key == "when") {
            return read_when(value, out);
        }
        const std::vector<std::string> known{"values", "range", "scale", "integer", "step", "points", "when"};
        const std::string near = did_you_mean(key, known);
        return wrong(value, "unknown key '" + key + "' of a parameter", near.empty() ? kHowParameter : near);
    }

    [[nodiscard]] Result<Parameter> read_parameter(const std::string& name, const toml::node& node) const {
        Parameter out;
        out.name = name;
        if (node.is_array()) {  // lr = [0.1, 0.01] is short for values
            GRAMME_TRY(out.values, words_of(node, "'" + name + "'"));
            return out;
        }
        const auto* table = node.as_table();
        if (table == nullptr) {
            return wrong(node, "parameter '" + name + "' is no table", kHowParameter);
        }
        for (const auto& [key, value] : *table) {
            GRAMME_CHECK(read_key(std::string{key.str()}, value, out));
        }
        const bool ranged = table->contains("range");
        if (ranged == !out.values.empty()) {
            return wrong(node,
                         "parameter '" + name + "' has " +
                             (ranged ? "both values and a range" : "neither values nor a range"),
                         kHowParameter);
        }
        const bool of_ranges = out.is_log || out.is_integer || out.step || out.points > 0;
        if (!ranged && of_ranges) {
            return wrong(node,
                         "parameter '" + name + "' has values: scale, integer, step and points are of ranges",
                         "leave them out");
        }
        return out;
    }

    [[nodiscard]] Result<void> read_top(const std::string& key, const toml::node& node, Space& out) const {
        if (key == "name") {
            const auto* text = node.as_string();
            if (text == nullptr) {
                return wrong(node, "name is no text", "write name = \"digits\"");
            }
            out.name = text->get();
            return one_line(node, out.name, key);
        }
        if (key == "seeds") {
            GRAMME_TRY(out.seeds, count_of(node, key));
            return {};
        }
        if (key == "folds") {
            GRAMME_TRY(out.folds, count_of(node, key));
            return {};
        }
        const auto* table = node.as_table();
        if (key != "parameters" || table == nullptr) {
            return wrong(node, "unknown key '" + key + "'",
                         "known: name, seeds, folds and the tables [parameters.NAME]");
        }
        std::vector<std::pair<toml::source_index, Parameter>> read;
        for (const auto& [name, value] : *table) {
            if (auto named = plan::check_parameter_name(std::string{name.str()}); !named) {
                return wrong(value, named.error().what, named.error().hint);
            }
            GRAMME_TRY(Parameter parameter, read_parameter(std::string{name.str()}, value));
            read.emplace_back(name.source().begin.line, std::move(parameter));
        }
        // As they stand in the file: a table of TOML is sorted by name.
        std::stable_sort(read.begin(), read.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (auto& [line, parameter] : read) {
            out.parameters.push_back(std::move(parameter));
        }
        return {};
    }
};

}  // namespace

Result<plan::Space> parse_space(std::string_view text, std::string_view file) {
    if (const auto stray = first_stray_character(text)) {
        return Error{Code::kMalformed,
                     fmt::format("{}:{}:{}: a character outside of quotes that TOML does not know", file,
                                 stray->line, stray->column),
                     "put text into quotes: name = \"...\""};
    }
    const toml::parse_result parsed = toml::parse(text, file);
    if (!parsed) {
        return Error{Code::kMalformed,
                     fmt::format("{}:{}:{}: {}", file, parsed.error().source().begin.line,
                                 parsed.error().source().begin.column, parsed.error().description()),
                     "docs/sweep.md describes the file"};
    }
    const Reader reader{file};
    Space space;
    for (const auto& [key, node] : parsed.table()) {
        GRAMME_CHECK(reader.read_top(std::string{key.str()}, node, space));
    }
    if (auto checked = plan::check_space(space); !checked) {
        return Error{checked.error().code, std::string{file} + ": " + checked.error().what,
                     checked.error().hint};
    }
    return space;
}

}  // namespace gramme::config
