// A model card: whatever it holds, the emissions go in and no other byte changes, or it is an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "present/front_matter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using gramme::present::find_front_matter;
    using gramme::present::with_front_matter;
    constexpr std::string_view kKey = "co2_eq_emissions";
    constexpr std::string_view kBlock = "co2_eq_emissions:\n  emissions: 12.5\n";
    const std::string card{reinterpret_cast<const char*>(data), size};
    const auto out = with_front_matter(card, kKey, kBlock);
    if (!out) {
        GRAMME_ASSERT(out.error().what.starts_with("front matter"));
        return 0;
    }
    const auto before = find_front_matter(card, kKey);
    const auto after = find_front_matter(*out, kKey);
    GRAMME_ASSERT(before && after && *after && (*after)->key);
    const auto put = *(*after)->key;
    if (*before) {
        const auto gone =
            (*before)->key.value_or(gramme::present::ByteRange{(*before)->yaml.end, (*before)->yaml.end});
        GRAMME_ASSERT(out->substr(0, put.begin) == card.substr(0, gone.begin));
        GRAMME_ASSERT(out->substr(put.end) == card.substr(gone.end));
    } else {
        const std::size_t mark = card.starts_with("\xEF\xBB\xBF") ? 3 : 0;
        GRAMME_ASSERT(out->ends_with(card.substr(mark)));
    }
    const auto again = with_front_matter(*out, kKey, kBlock);
    GRAMME_ASSERT(again && *again == *out);
    return 0;
}
