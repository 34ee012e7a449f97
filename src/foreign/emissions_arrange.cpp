#include "foreign/emissions_arrange.hpp"

#include <algorithm>
#include <utility>

#include "base/parse.hpp"

namespace gramme::foreign {
namespace {

constexpr std::size_t kMostWays = 256;  ///< more differ in what they say, and two that do are enough

/// The ways in which a row that lacks some columns can stand under a header, at most kMostWays. A way is one
/// flag per column: whether it was left out.
class Alignments {
public:
    Alignments(const Header& header, const Fields& fields) : header_(header), fields_(fields) {
        out_.assign(header.size(), false);
        if (fields.size() < header.size()) {
            visit(0, 0);
        }
    }
    [[nodiscard]] const std::vector<std::vector<bool>>& ways() const { return ways_; }

private:
    void visit(std::size_t column, std::size_t field) {
        if (ways_.size() == kMostWays) {
            return;
        }
        if (column == header_.size()) {
            if (field == fields_.size()) {
                ways_.push_back(out_);
            }
            return;
        }
        if (header_.size() - column < fields_.size() - field) {
            return;  // more fields than columns are left
        }
        const auto& what = header_[column];
        if (field < fields_.size() && (!what || misfit(*what, fields_[field], true).empty()) &&
            agrees_with_partner(column, false)) {
            out_[column] = false;
            visit(column + 1, field + 1);
        }
        if (what && may_be_left_out(*what) && agrees_with_partner(column, true)) {
            out_[column] = true;
            visit(column + 1, field);
            out_[column] = false;
        }
    }

    [[nodiscard]] bool agrees_with_partner(std::size_t column, bool is_out) const {
        if (!header_[column]) {
            return true;
        }
        const Column partner = partner_of(*header_[column]);
        for (std::size_t i = 0; i < column; ++i) {
            if (header_[i] == partner) {
                return out_[i] == is_out;
            }
        }
        return true;
    }

    const Header& header_;
    const Fields& fields_;
    std::vector<bool> out_;
    std::vector<std::vector<bool>> ways_;
};

EmissionsRow row_of(const Header& header, const Fields& fields, const std::vector<bool>& left_out) {
    EmissionsRow::Values values;
    std::size_t field = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const bool is_out = !left_out.empty() && left_out[i];
        if (header[i]) {
            values.at(static_cast<std::size_t>(*header[i])) =
                is_out ? "" : std::string{trimmed(fields[field])};
        }
        field += is_out ? 0 : 1;
    }
    return EmissionsRow{values};
}

/// A row without its empty columns; where a later release has read and written it, empty fields stand at
/// its end.
Arranged filled_up(const Header& header, const Header& usual, Fields fields, Arranged out) {
    while (!fields.empty() && fields.back().empty()) {
        fields.pop_back();
    }
    // Ways that differ only in which of two empty columns is the one that is there come to the same.
    std::vector<bool> left_out;
    const Header* arranged_by = nullptr;
    for (const Header* order : {&header, &usual}) {
        if (order != &header && usual == header) {
            continue;
        }
        const Alignments alignments{*order, fields};
        for (const auto& way : alignments.ways()) {
            EmissionsRow row = row_of(*order, fields, way);
            if (out.row && !out.row->says_the_same(row)) {
                out.row.reset();
                out.reason = "it lacks columns, and there is more than one way to tell which";
                return out;
            }
            out.row = std::move(row);
            left_out = way;
            arranged_by = order;
        }
    }
    if (!out.row) {
        return out;
    }
    std::string names;
    for (std::size_t i = 0; i < left_out.size(); ++i) {
        if (left_out[i]) {
            names += (names.empty() ? "" : ", ") + std::string{name_of((*arranged_by)[i].value())};
        }
    }
    out.note = "written without its empty columns " + names + ": put back in place";
    out.reason.clear();
    return out;
}

}  // namespace

Header in_usual_order(Header header) {
    if (std::find(header.begin(), header.end(), std::nullopt) == header.end()) {
        std::sort(header.begin(), header.end(),
                  [](const auto& a, const auto& b) { return a.value() < b.value(); });
    }
    return header;
}

std::string misfit_of(const Header& header, const Fields& fields) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (header[i]) {
            const std::string wrong = misfit(*header[i], fields[i], false);
            if (!wrong.empty()) {
                return std::string{name_of(*header[i])} + ": " + wrong;
            }
        }
    }
    return "";
}

Arranged arranged(const Header& header, const Header& usual, const Fields& fields) {
    Arranged out;
    if (fields.size() > header.size()) {
        out.reason =
            std::to_string(fields.size()) + " fields under a header of " + std::to_string(header.size());
        return out;
    }
    if (fields.size() == header.size()) {
        out.reason = misfit_of(header, fields);
        if (out.reason.empty()) {
            out.row = row_of(header, fields, {});
            return out;
        }
        if (usual != header && misfit_of(usual, fields).empty()) {
            out.note = "written in another order than its header: put under the right names";
            out.reason.clear();
            out.row = row_of(usual, fields, {});
            return out;
        }
    } else {
        out.reason = std::to_string(fields.size()) + " fields under a header of " +
                     std::to_string(header.size()) + ": the line may be cut";
    }
    return filled_up(header, usual, fields, std::move(out));
}

}  // namespace gramme::foreign
