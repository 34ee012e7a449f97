#include "foreign/emissions_doubts.hpp"

#include <algorithm>

namespace gramme::foreign {

void Doubts::Places::add(Where where) {
    if (where.file == latest.file) {
        latest.line = std::max(latest.line, where.line);
    } else {
        beside = where;
    }
}

std::optional<Doubts::Where> Doubts::Places::after(Where last) const {
    if (latest.file != last.file || latest.line > last.line) {
        return latest;
    }
    return beside;
}

void Doubts::add(Texts& texts, const std::string& text, Where where) {
    const auto [found, is_new] = texts.try_emplace(text, Places{where, std::nullopt});
    if (!is_new) {
        found->second.add(where);
    }
}

void Doubts::add(std::size_t file, const RejectedRow& row) {
    const Where where{file, row.line};
    for (const std::string& field : row.fields) {
        if (!field.empty() && field.size() <= kLongestId) {
            add(whole_, field, where);
        }
    }
    constexpr std::size_t kShortest = 4;
    if (!row.fields.empty() && row.fields.back().size() >= kShortest &&
        row.fields.back().size() <= kLongestId) {
        add(cut_, row.fields.back(), where);
        cut_sizes_.set(row.fields.back().size());
    }
}

std::optional<Doubts::Where> Doubts::about(std::string_view id, Where last) const {
    if (const auto found = whole_.find(id); found != whole_.end()) {
        if (const auto where = found->second.after(last)) {
            return where;
        }
    }
    for (std::size_t size = 1; size <= std::min(id.size(), kLongestId); ++size) {
        if (!cut_sizes_.test(size)) {
            continue;
        }
        if (const auto found = cut_.find(id.substr(0, size)); found != cut_.end()) {
            if (const auto where = found->second.after(last)) {
                return where;
            }
        }
    }
    return std::nullopt;
}

}  // namespace gramme::foreign
