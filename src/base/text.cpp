#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace gramme {
namespace {

/// Letter for the code points U+00C0..U+017F that are a Latin letter with a mark; a blank where there is
/// none.
constexpr std::string_view kLatin1{
    "aaaaaaaceeeeiiiidnooooo ouuuuyts"
    "aaaaaaaceeeeiiiidnooooo ouuuuyty",
    64};  // U+00C0 .. U+00FF; the signs for times and division have none

/// U+0100 .. U+017F, two rows of 64.
constexpr std::string_view kLatinExtendedA =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

char latin_letter(std::uint32_t code_point) {
    if (code_point >= 0xC0 && code_point <= 0xFF && code_point - 0xC0 < kLatin1.size()) {
        return kLatin1[code_point - 0xC0];
    }
    if (code_point >= 0x100 && code_point - 0x100 < kLatinExtendedA.size()) {
        return kLatinExtendedA[code_point - 0x100];
    }
    return ' ';
}

void fold_into(std::string_view text, std::string& out) {
    out.clear();
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : static_cast<char>(byte);
            continue;
        }
        if ((byte & 0xE0U) == 0xC0U && i + 1 < text.size()) {  // two bytes: U+0080 .. U+07FF
            const auto low = static_cast<unsigned char>(text[i + 1]);
            const char letter = latin_letter((byte & 0x1FU) << 6U | (low & 0x3FU));
            if ((low & 0xC0U) == 0x80U && letter != ' ') {
                out += letter;
                ++i;
                continue;
            }
        }
        out += static_cast<char>(byte);
    }
}

}  // namespace

std::string folded(std::string_view text) {
    std::string out;
    fold_into(text, out);
    return out;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : folded(text) + ' ') {
        const bool in_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (in_word) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

namespace {

/// Optimal string alignment: three rolling rows are enough for the swap of two neighbours. The rows are kept
/// from call to call, for a name is compared with thousands.
class Aligner {
public:
    /// `most` + 1 for whatever is further apart: only cells that can be within `most` are computed.
    std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
        const std::size_t far = most + 1;
        if (a.size() > b.size() + most || b.size() > a.size() + most) {
            return far;
        }
        before_.assign(b.size() + 1, far);
        last_.assign(b.size() + 1, far);
        now_.assign(b.size() + 1, far);
        for (std::size_t j = 0; j <= std::min(b.size(), most); ++j) {
            last_[j] = j;
        }
        bool last_was_far = false;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            const std::size_t from = i > most ? i - most : 0;
            const std::size_t until = std::min(b.size(), i + most);
            const std::size_t least = fill(a, b, i, from, until, far);
            // A swap reaches back two rows, no further.
            if (least > most && last_was_far) {
                return far;
            }
            last_was_far = least > most;
            std::swap(before_, last_);
            std::swap(last_, now_);
        }
        return std::min(last_[b.size()], far);
    }

private:
    /// Row i between two columns; the cells beside them count as far. Returns the least of the row.
    std::size_t fill(std::string_view a, std::string_view b, std::size_t i, std::size_t from,
                     std::size_t until, std::size_t far) {
        std::size_t least = far;
        if (from == 0) {
            now_[0] = i;
            least = i;
        } else {
            now_[from - 1] = far;
        }
        for (std::size_t j = std::max<std::size_t>(from, 1); j <= until; ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now_[j] = std::min({last_[j] + 1, now_[j - 1] + 1, last_[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now_[j] = std::min(now_[j], before_[j - 2] + 1);
            }
            least = std::min(least, now_[j]);
        }
        if (until < b.size()) {
            now_[until + 1] = far;
        }
        return least;
    }

    std::vector<std::size_t> before_, last_, now_;
};

/// Of a word of so many letters, so that what is offered still looks like what was typed.
std::size_t most_mistakes(std::size_t letters) {
    constexpr std::size_t kShort = 3;
    constexpr std::size_t kMiddling = 7;
    if (letters <= kShort) {
        return letters > 1 ? 1 : 0;
    }
    return letters <= kMiddling ? 2 : 3;
}

template <class Name>
std::vector<std::string> nearest_of(std::string_view text, std::span<const Name> candidates,
                                    std::size_t most) {
    const std::string wanted = folded(text);
    const std::size_t mistakes = most_mistakes(wanted.size());
    Aligner aligner;
    std::string candidate;
    std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, index: ties keep the given order
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (candidates[i].size() + mistakes < wanted.size()) {
            continue;  // folding makes nothing longer
        }
        fold_into(candidates[i], candidate);
        const std::size_t distance = aligner.distance(wanted, candidate, mistakes);
        if (distance <= mistakes) {
            ranked.emplace_back(distance, i);
        }
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> best;
    for (const auto& [distance, index] : ranked) {
        if (best.size() == most) {
            break;
        }
        if (std::find(best.begin(), best.end(), candidates[index]) == best.end()) {
            best.emplace_back(candidates[index]);
        }
    }
    return best;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    return Aligner{}.distance(a, b, std::max(a.size(), b.size()));
}

std::vector<std::string> nearest(std::string_view text, std::span<const std::string> candidates,
                                 std::size_t most) {
    return nearest_of(text, candidates, most);
}

std::vector<std::string> nearest(std::string_view text, std::span<const std::string_view> candidates,
                                 std::size_t most) {
    return nearest_of(text, candidates, most);
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> known) {
    const std::vector<std::string> near = nearest(typed, known, 2);
    if (near.empty()) {
        return "";
    }
    std::string out = "did you mean " + near.front();
    if (near.size() > 1) {
        out += " or " + near.back();
    }
    return out + "?";
}

}  // namespace gramme
