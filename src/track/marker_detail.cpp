#include "track/marker_detail.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_line.hpp"
#include "base/records.hpp"
#include "sample/run_socket.hpp"

namespace gramme::track {
namespace {

constexpr int kMostDepth = 7;  // what RunSocket reads without cutting: 8 with the message around it

struct Word {
    std::string_view python;
    std::string_view text;
};
/// "-Infinity" goes before "Infinity", which it holds.
constexpr std::array kWords{Word{"NaN", "\"nan\""}, Word{"-Infinity", "\"-inf\""},
                            Word{"Infinity", "\"inf\""}};

struct Rewritten {
    std::string text;
    int depth = 0;
};

/// Outside of strings: words become texts, and brackets are counted.
Rewritten rewritten(std::string_view detail) {
    Rewritten out;
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < detail.size(); ++i) {
        const char c = detail[i];
        const auto* const word =
            in_string ? kWords.end() : std::find_if(kWords.begin(), kWords.end(), [&](const Word& one) {
                return detail.substr(i).starts_with(one.python);
            });
        if (word != kWords.end()) {
            out.text += word->text;
            i += word->python.size() - 1;
            continue;
        }
        out.text += c;
        if (in_string && c == '\\' && i + 1 < detail.size()) {
            out.text += detail[++i];
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '{' || c == '[')) {
            out.depth = std::max(out.depth, ++depth);
        } else if (!in_string && (c == '}' || c == ']')) {
            --depth;
        }
    }
    return out;
}

}  // namespace

Result<Marker> checked_marker(Marker::Kind kind, std::string_view name, std::string_view detail) {
    Marker marker;
    marker.kind = kind;
    marker.name = name;
    if (!detail.empty()) {
        Rewritten read = rewritten(detail);
        JsonLine line;
        if (read.depth > kMostDepth) {
            return Error{Code::kOutOfRange, "the detail of '" + marker.name + "' is nested more than 7 deep",
                         ""};
        }
        if (!scan_json_line(read.text, line) || first_bad_utf8(read.text) != std::string_view::npos) {
            return Error{Code::kMalformed, "the detail of '" + marker.name + "' is no JSON object",
                         R"(such as {"lr": 0.001})"};
        }
        marker.detail = std::move(read.text);
    }
    if (sample::marker_to_json(marker).size() > sample::kMostMessageBytes) {
        constexpr std::size_t kShown = 60;
        return Error{Code::kOutOfRange,
                     "the marker '" + marker.name.substr(0, kShown) + "' is longer than 4 KiB",
                     "keep what is larger in a file, and name that"};
    }
    return marker;
}

}  // namespace gramme::track
