// The markers of a run on their way into its journal: a flood fills neither the disk nor the record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/ledger.hpp"
#include "store/journal.hpp"
#include "track/log_buffer.hpp"

namespace gramme::track {

/// One thread.
class MarkerKeeper {
public:
    /// The first so many are kept, bad ones included.
    static constexpr std::uint64_t kMost = 10'000;
    /// Of marks named "log" so many beside these: the counts in them are the denominators of a result, which
    /// spans and marks must not push out. LogPace makes fewer in the longest run.
    static constexpr std::uint64_t kMostLogs = 20'000;

    /// Both outlive this. `warnings`: those of the run.
    MarkerKeeper(store::Journal& journal, std::vector<std::string>& warnings)
        : journal_(journal), warnings_(warnings) {}

    void keep(const Marker& marker);
    /// One that could not be understood: its trouble becomes a warning.
    void refuse(const std::string& trouble);
    /// A warning of the run, each once and only some different ones.
    void warn(const std::string& trouble);
    /// At the end of the run: how many were not kept.
    void tell_dropped();

private:
    [[nodiscard]] bool has_room(std::uint64_t& kept, std::uint64_t most);

    store::Journal& journal_;
    std::vector<std::string>& warnings_;
    LogPace progress_pace_{100'000'000};  ///< of marks named "progress"
    std::uint64_t kept_ = 0;
    std::uint64_t kept_logs_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_logs_ = 0;
    std::size_t troubles_ = 0;
};

}  // namespace gramme::track
