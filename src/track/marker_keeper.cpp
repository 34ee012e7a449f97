#include "track/marker_keeper.hpp"

#include <algorithm>

#include "estimate/units_of_work.hpp"
#include "plan/progress.hpp"

namespace gramme::track {

bool MarkerKeeper::has_room(std::uint64_t& kept, std::uint64_t most) {
    if (kept == most) {
        return false;
    }
    ++kept;
    return true;
}

void MarkerKeeper::keep(const Marker& marker) {
    if (marker.kind == Marker::Kind::kMark && marker.name == plan::kProgressMark &&
        !progress_pace_.is_due(marker.at_ns)) {
        return;  // one of each step would push out the rest; the next one says as much
    }
    const bool is_log = marker.kind == Marker::Kind::kMark && marker.name == estimate::kLogMark;
    if (is_log ? !has_room(kept_logs_, kMostLogs) : !has_room(kept_, kMost)) {
        ++(is_log ? dropped_logs_ : dropped_);
        return;
    }
    if (const auto added = journal_.add_marker(marker); !added) {
        warn("a marker was lost: " + added.error().what);
    }
}

void MarkerKeeper::refuse(const std::string& trouble) {
    if (has_room(kept_, kMost)) {
        warn(trouble);
    } else {
        ++dropped_;
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
                            " spans and marks were not kept: a run has room for the first 10,000");
    }
    if (dropped_logs_ > 0) {
        warnings_.push_back(
            std::to_string(dropped_logs_) +
            " marks named log were not kept: the counts of samples, tokens and requests are too low, "
            "and what one took is too high");
    }
}

}  // namespace gramme::track
