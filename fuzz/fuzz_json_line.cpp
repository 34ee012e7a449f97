// A line of JSON: with a member put before its closing brace it is an object still, with one member more.
#include <string>

#include "base/json_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const std::string text{reinterpret_cast<const char*>(data), size};
    JsonLine line;
    if (!scan_json_line(text, line)) {
        return 0;
    }
    GRAMME_ASSERT(line.close < text.size() && text[line.close] == '}');
    const std::size_t members = line.members.size();
    for (const JsonMember& member : line.members) {
        if (const auto plain = json_unescaped(member.key)) {
            const std::string quoted = "{" + json_quoted(*plain) + ":1}";  // `again` points into it
            JsonLine again;
            GRAMME_ASSERT(scan_json_line(quoted, again));
            GRAMME_ASSERT(*json_unescaped(again.members.front().key) == *plain);
        }
    }
    const std::string more = text.substr(0, line.close) + (members > 0 ? ",\"gramme\":{}" : "\"gramme\":{}") +
                             text.substr(line.close);
    GRAMME_ASSERT(scan_json_line(more, line) && line.members.size() == members + 1);
    return 0;
}
