#include "track/marker_keeper.hpp"

#include <algorithm>

namespace gramme::track {

bool MarkerKeeper::has_room() {
    if (kept_ == kMost) {
        ++dropped_;
        return false;
    }
    ++kept_;
    return true;
}

void MarkerKeeper::keep(const Marker& marker) {
    if (!has_room()) {
        return;
    }
    if (const auto added = journal_.add_marker(marker); !added) {
        warn("a marker was lost: " + added.error().what);
    }
}

void MarkerKeeper::refuse(const std::string& trouble) {
    if (has_room()) {
        warn(trouble);
    }
}

void MarkerKeeper::warn(const std::string& trouble) {
    constexpr std::size_t kMostTroubles = 10;
    if (std::find(warnings_.begin(), warnings_.end(), trouble) != warnings_.end()) {
        return;
    }
    if (troubles_ == kMostTroubles) {
        ++dropped_;
        return;
    }
    ++troubles_;
    warnings_.push_back(trouble);
}

void MarkerKeeper::tell_dropped() {
    if (dropped_ > 0) {
        warnings_.push_back(std::to_string(dropped_) +
                            " messages on GRAMME_RUN_SOCKET were not kept: there were too many");
    }
}

}  // namespace gramme::track
