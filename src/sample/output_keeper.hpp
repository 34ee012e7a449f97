// A process that goes on passing the output of a command on where gramme no longer does: it was killed, or
// the command has ended and something that it left behind still prints. Why so:
// docs/adr/0011-progress-by-pty.md.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "host/unique_fd.hpp"

namespace gramme::sample {

/// It waits without reading as long as this object lives; then it passes on what comes, until all who could
/// print have closed their ends. Thread-safe but for the destructor.
class OutputKeeper {
public:
    /// A stream of the command: to be read from, not waiting, and where it goes.
    struct Stream {
        int from = -1;
        int to = -1;
    };
    /// None can be made where pid() is 0: then who still prints has nobody to read it. Holds nothing but the
    /// streams, so that no lock or journal of this process seems to be in use when this process is gone.
    explicit OutputKeeper(const std::vector<Stream>& streams);
    OutputKeeper(const OutputKeeper&) = delete;
    OutputKeeper& operator=(const OutputKeeper&) = delete;
    OutputKeeper(OutputKeeper&&) = delete;
    OutputKeeper& operator=(OutputKeeper&&) = delete;
    ~OutputKeeper();

    /// Once for each: a stream that has come to its end, or whose reader is gone: its end is closed there
    /// too.
    void drop(std::size_t stream) noexcept;
    /// A child of this process, and no part of the job.
    [[nodiscard]] int pid() const noexcept { return pid_; }

private:
    host::UniqueFd lifeline_;
    int pid_ = 0;
    std::atomic<std::size_t> left_ = 0;  ///< streams that were not dropped
};

}  // namespace gramme::sample
