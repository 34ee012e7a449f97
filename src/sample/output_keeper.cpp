#include "sample/output_keeper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "sample/high_fd.hpp"

namespace gramme::sample {
namespace {

constexpr std::size_t kMostStreams = 2;  // standard output and standard error

/// What the process has; without a memory of its own to ask for, for it comes from a fork beside other
/// threads.
struct Kept {
    std::array<OutputKeeper::Stream, kMostStreams> streams;
    std::size_t count = 0;
    int lifeline = -1;

    void drop(std::size_t stream) {
        if (stream < count && streams.at(stream).from >= 0) {
            ::close(streams.at(stream).from);
            streams.at(stream).from = -1;
        }
    }
    [[nodiscard]] bool is_over() const {
        return std::none_of(streams.begin(), streams.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const auto& stream) { return stream.from >= 0; });
    }
};

void close_between(int above, unsigned below) {
    const auto first = static_cast<unsigned>(above + 1);
    if (first >= below) {
        return;
    }
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, first, below - 1, 0) == 0) {
        return;
    }
#endif
    constexpr unsigned kMost = 65'536;  // Linux before 5.9
    for (unsigned fd = first; fd < std::min(below, kMost); ++fd) {
        ::close(static_cast<int>(fd));
    }
}

void close_all_but(const Kept& kept) {
    std::array<int, 2 * kMostStreams + 1> held{};
    std::size_t count = 0;
    held.at(count++) = kept.lifeline;
    for (std::size_t i = 0; i < kept.count; ++i) {
        held.at(count++) = kept.streams.at(i).from;
        held.at(count++) = kept.streams.at(i).to;
    }
    std::sort(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(count));
    int above = -1;
    for (std::size_t i = 0; i < count; ++i) {
        close_between(above, static_cast<unsigned>(held.at(i)));
        above = held.at(i);
    }
    close_between(above, ~0U);
}

/// Until gramme is gone, or done; false: it has seen all streams to their end.
bool wait_for_turn(Kept& kept) {
    while (!kept.is_over()) {
        unsigned char stream = 0;
        const ssize_t count = ::read(kept.lifeline, &stream, 1);
        if (count > 0) {
            kept.drop(stream);
        } else if (count == 0 || errno != EINTR) {
            return true;
        }
    }
    return false;
}

bool deliver(int to, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t count = ::write(to, bytes, size);
        if (count >= 0) {
            bytes += count;
            size -= static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {  // somebody else made it so
            pollfd room{to, POLLOUT, 0};
            (void)::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

void pass_on(Kept& kept) {
    std::array<char, 16'384> buffer{};
    while (!kept.is_over()) {
        std::array<pollfd, kMostStreams> fds{};
        for (std::size_t i = 0; i < fds.size(); ++i) {
            fds.at(i) = {i < kept.count ? kept.streams.at(i).from : -1, POLLIN, 0};
        }
        if (::poll(fds.data(), fds.size(), -1) < 0) {
            continue;
        }
        for (std::size_t i = 0; i < kept.count; ++i) {
            if (fds.at(i).fd < 0 || fds.at(i).revents == 0) {
                continue;
            }
            const ssize_t count = ::read(fds.at(i).fd, buffer.data(), buffer.size());
            const bool waits = count < 0 && (errno == EAGAIN || errno == EINTR);
            const bool passed =
                count > 0 && deliver(kept.streams.at(i).to, buffer.data(), static_cast<std::size_t>(count));
            if (!waits && !passed) {
                kept.drop(i);  // who prints learns it by EPIPE or EIO, as without gramme
            }
        }
    }
}

/// Every signal waits: those of the terminal and of whoever ends the job are for the command, and with it
/// this comes to its end; SIGPIPE and SIGTTOU are then no more than errors of write(2).
[[noreturn]] void keep(Kept kept) {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    ::prctl(PR_SET_NAME, "gr-output");
    close_all_but(kept);
    if (wait_for_turn(kept)) {
        pass_on(kept);
    }
    ::_exit(0);
}

}  // namespace

OutputKeeper::OutputKeeper(const std::vector<Stream>& streams) {
    Kept kept;
    if (streams.empty() || streams.size() > kMostStreams) {
        return;
    }
    std::copy(streams.begin(), streams.end(), kept.streams.begin());
    kept.count = streams.size();
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return;
    }
    const host::UniqueFd theirs = out_of_the_way(ends[0]);
    lifeline_ = out_of_the_way(ends[1]);
    if (!theirs || !lifeline_) {
        return;
    }
    kept.lifeline = theirs.get();
    const pid_t pid = ::fork();
    if (pid == 0) {
        keep(kept);
    }
    pid_ = std::max(pid, 0);
    left_ = streams.size();
}

OutputKeeper::~OutputKeeper() {
    lifeline_.reset();
    // One that has nothing left to do ends at once, and where nobody takes orphans it would lie about. The
    // supervisor may have taken it already.
    constexpr int kMostLooks = 50;
    constexpr int kBetweenLooks_ms = 2;
    for (int look = 0; pid_ > 0 && left_ == 0 && look < kMostLooks; ++look) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
            return;
        }
        (void)::poll(nullptr, 0, kBetweenLooks_ms);
    }
}

void OutputKeeper::drop(std::size_t stream) noexcept {
    const auto byte = static_cast<unsigned char>(stream);
    left_ -= 1;
    if (pid_ > 0) {  // it may be gone, and gramme lets SIGPIPE wait
        (void)!::write(lifeline_.get(), &byte, 1);
    }
}

}  // namespace gramme::sample
