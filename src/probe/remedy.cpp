#include "probe/remedy.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "base/one_line.hpp"

namespace gramme::probe {
namespace {

bool needs_no_quotes(char c) {
    constexpr std::string_view kPunctuation = "/:._-";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPunctuation.find(c) != std::string_view::npos;
}

bool is_refused(const Host& host, const std::string& path) {
    const Result<std::unique_ptr<OpenFile>> file = host.open(path);
    if (!file) {
        return file.error().code == Code::kPermission;
    }
    std::array<char, 64> text{};
    const Result<std::size_t> count = (*file)->read(text);
    return !count && count.error().code == Code::kPermission;
}

}  // namespace

std::optional<std::string> shell_word(std::string_view text) {
    if (holds_control(text)) {
        return std::nullopt;
    }
    if (!text.empty() && std::all_of(text.begin(), text.end(), needs_no_quotes)) {
        return std::string{text};
    }
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string{R"('\'')"} : std::string(1, c);
    }
    return word + "'";
}

std::string shell_words(const std::vector<std::string>& files) {
    std::string words;
    for (const std::string& file : files) {
        const std::optional<std::string> word = shell_word(file);
        if (!word) {
            return {};
        }
        words += " " + *word;
    }
    return words;
}

std::vector<std::string> allow_reading(const std::vector<std::string>& files) {
    const std::string words = shell_words(files);
    return words.empty() ? std::vector<std::string>{}
                         : std::vector<std::string>{"sudo chmod a+r" + words + "   # until the next boot"};
}

std::vector<std::string> allow_reading_refused(const Host& host, const std::vector<std::string>& files) {
    std::vector<std::string> refused;
    std::copy_if(files.begin(), files.end(), std::back_inserter(refused),
                 [&](const std::string& file) { return is_refused(host, file); });
    return allow_reading(refused);
}

void offer(std::vector<std::string>& remedies, const std::vector<std::string>& more) {
    remedies.insert(remedies.end(), more.begin(), more.end());
}

}  // namespace gramme::probe
