// The string pool under construction, and records in an order of their own. Internal to refdata.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "refdata/image.hpp"

namespace gramme::refdata {

/// Equal strings share one place.
class Pool {
public:
    explicit Pool(std::vector<Chunk>& chunks) : chunks_(chunks) { add(""); }

    Text add(std::string_view text) {
        const auto found = places_.find(std::string(text));
        if (found != places_.end()) {
            return found->second;
        }
        // The last byte of a chunk stays free: in the generated source it is the literal's own NUL.
        if (chunks_.empty() || used_ + text.size() + 1 > kChunkSize - 1) {
            chunks_.push_back(Chunk{});
            used_ = 0;
        }
        const auto at = static_cast<Text>((chunks_.size() - 1) * kChunkSize + used_);
        text.copy(chunks_.back().text + used_, text.size());
        used_ += text.size() + 1;
        places_.emplace(text, at);
        return at;
    }

private:
    std::vector<Chunk>& chunks_;
    std::size_t used_ = 0;
    std::unordered_map<std::string, Text> places_;
};

template <class Row>
[[nodiscard]] std::uint32_t count(const std::vector<Row>& rows) {
    return static_cast<std::uint32_t>(rows.size());
}

/// Pointers to the records in the order of `less`, which decides by value: the result depends on no input
/// order.
template <class Record, class Less>
[[nodiscard]] std::vector<const Record*> sorted(const std::vector<Record>& records, Less less) {
    std::vector<const Record*> order;
    order.reserve(records.size());
    for (const Record& record : records) {
        order.push_back(&record);
    }
    std::sort(order.begin(), order.end(), [&](const Record* a, const Record* b) { return less(*a, *b); });
    return order;
}

}  // namespace gramme::refdata
