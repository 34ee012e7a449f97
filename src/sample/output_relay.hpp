// What a command prints, read on its way to where it would have gone: through a pseudo-terminal where that is
// a terminal, through a pipe else. Every byte is passed on as it is and in its order. Why so:
// docs/adr/0011-progress-by-pty.md.
#pragma once

#include <sys/ioctl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/output_keeper.hpp"

namespace gramme::sample {

/// A thread for each place that the output goes to, so that neither a slow reader nor a terminal that is held
/// (Ctrl-S) keeps the sampler waiting; the command waits for them, as it would without gramme.
class OutputRelay {
public:
    /// Called on a thread of the relay with bytes as they came, before they are passed on; of one stream in
    /// their order. It must be quick: the command's output waits for it.
    using Seen = std::function<void(std::size_t stream, std::string_view bytes)>;

    /// Standard output and standard error of this process; one that is closed is left alone. Where both go to
    /// the same place they share a stream, so that their order stays. Starts nothing yet. kIo, kUnavailable.
    static Result<std::unique_ptr<OutputRelay>> create(Seen seen);
    ~OutputRelay();
    OutputRelay(const OutputRelay&) = delete;
    OutputRelay& operator=(const OutputRelay&) = delete;
    OutputRelay(OutputRelay&&) = delete;
    OutputRelay& operator=(OutputRelay&&) = delete;

    /// What the command is to have as its descriptor 1 and 2; -1: what this process has.
    [[nodiscard]] int for_command(int descriptor) const noexcept;
    /// The command has been started: its ends are closed here, and the threads begin.
    void start();
    /// The size of the terminal was looked at anew; true where it changed, and who draws on it should be told
    /// (SIGWINCH).
    bool follow_size() noexcept;
    /// The command has ended: passes on what is left and ends the threads. What outlives the command and goes
    /// on printing is read by a process of its own, as it is where this process is killed. A signal that asks
    /// to end (pending here) ends the waiting for a reader that does not read.
    void finish();
    /// Of that process, a child that is no part of the job; 0: there is none.
    [[nodiscard]] int keeper_pid() const noexcept;

private:
    struct Stream;
    explicit OutputRelay(Seen seen);
    void pass_on(std::size_t index);

    Seen seen_;
    std::vector<std::unique_ptr<Stream>> streams_;
    std::unique_ptr<OutputKeeper> keeper_;
    host::UniqueFd over_;  ///< eventfd: the command has ended
    std::size_t of_stdout_ = kNone;
    std::size_t of_stderr_ = kNone;
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

}  // namespace gramme::sample
