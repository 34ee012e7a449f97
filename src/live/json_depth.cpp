#include "live/json_depth.hpp"

namespace gramme::live {

bool is_too_deep(std::string_view text) {
    int open = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;  // what follows may be a quotation mark that ends nothing
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        if ((c == '[' || c == '{') && ++open > kDeepestJson) {
            return true;
        }
        open -= c == ']' || c == '}' ? 1 : 0;
    }
    return false;
}

}  // namespace gramme::live
