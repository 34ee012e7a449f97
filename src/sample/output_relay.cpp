#include "sample/output_relay.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <mutex>
#include <string>
#include <utility>

#include "host/errno_error.hpp"
#include "sample/high_fd.hpp"

namespace gramme::sample {
namespace {

/// More than a pipe or a pseudo-terminal holds: what a process that outlives the command goes on printing
/// must not keep gramme here. The keeper passes it on.
constexpr std::size_t kMostAfterTheEnd = 256 * 1024;
constexpr int kLookMs = 200;
/// Who prints a line each millisecond would wake gramme for each. What comes in small pieces this soon after
/// the piece before is waited for a moment, so that several are passed on at once; a full pipe never is.
constexpr std::chrono::milliseconds kOften{10};
constexpr std::size_t kSmall = 512;
constexpr int kMomentMs = 5;

struct Ends {
    host::UniqueFd ours;  ///< to read from
    host::UniqueFd command;
};

Result<Ends> make_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return host::errno_error("no pipe for the output of the command", errno);
    }
    return Ends{out_of_the_way(ends[0]), out_of_the_way(ends[1])};
}

/// A pseudo-terminal that looks like `real` and changes no byte: what a new line needs is done by `real`.
Result<Ends> make_terminal(int real) {
    Ends ends;
    ends.ours = out_of_the_way(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!ends.ours || ::grantpt(ends.ours.get()) != 0 || ::unlockpt(ends.ours.get()) != 0) {
        return host::errno_error("no pseudo-terminal for the output of the command", errno);
    }
    // Without its name, which another mount namespace may not show (ioctl_tty(2)).
    ends.command = out_of_the_way(::ioctl(ends.ours.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!ends.command) {
        return host::errno_error("no pseudo-terminal for the output of the command", errno);
    }
    termios mode{};
    if (::tcgetattr(real, &mode) != 0) {
        return host::errno_error("cannot read the settings of the terminal", errno);
    }
    ::cfmakeraw(&mode);
    ::tcsetattr(ends.command.get(), TCSANOW, &mode);
    return ends;
}

/// A description of our own of where the output goes, whose writes do not wait: to set that on the one that
/// others share would change theirs. Empty where writes never wait for anybody (a file) or it cannot be
/// opened again.
host::UniqueFd opened_again(int fd, const struct stat& about) {
    if (S_ISREG(about.st_mode) || S_ISSOCK(about.st_mode)) {
        return {};
    }
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    return out_of_the_way(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

bool asked_to_end() {
    sigset_t pending;
    if (::sigpending(&pending) != 0) {
        return false;
    }
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        if (::sigismember(&pending, signal) == 1) {
            return true;
        }
    }
    return false;
}

}  // namespace

struct OutputRelay::Stream {
    int goes_to = -1;  ///< this process's own
    bool is_terminal = false;
    bool is_socket = false;
    host::UniqueFd to;  ///< the same, without waiting; may be empty
    host::UniqueFd from;
    host::UniqueFd command;
    winsize size{};
    std::mutex closing;  ///< of `from`, which its thread closes and follow_size() asks
    std::thread thread;

    bool deliver(std::string_view bytes, int over);

    /// False where nobody can read it any more, or nobody does and the run is to end.
    bool wait_for_room(int over, bool& ended) {
        std::array<pollfd, 2> fds{pollfd{to ? to.get() : goes_to, POLLOUT, 0}, pollfd{over, POLLIN, 0}};
        (void)::poll(fds.data(), ended ? 1 : 2, ended ? kLookMs : -1);
        ended = ended || (fds[1].revents & POLLIN) != 0;
        return !(ended && (fds[0].revents & POLLOUT) == 0 && asked_to_end());
    }
};

bool OutputRelay::Stream::deliver(std::string_view bytes, int over) {
    bool ended = false;
    while (!bytes.empty()) {
        const int out = to ? to.get() : goes_to;
        const ssize_t count = is_socket ? ::send(out, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                                        : ::write(out, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (!wait_for_room(over, ended)) {
                return false;
            }
        } else if (errno != EINTR) {
            return false;  // its reader is gone: the command is to learn that
        }
    }
    return true;
}

OutputRelay::OutputRelay(Seen seen) : seen_(std::move(seen)) {}

OutputRelay::~OutputRelay() {
    finish();
}

Result<std::unique_ptr<OutputRelay>> OutputRelay::create(Seen seen) {
    std::unique_ptr<OutputRelay> relay{new OutputRelay(std::move(seen))};
    relay->over_ = out_of_the_way(::eventfd(0, EFD_CLOEXEC));
    if (!relay->over_) {
        return host::errno_error("cannot watch the output of the command", errno);
    }
    struct stat first {};
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
        struct stat about {};
        if (::fstat(fd, &about) != 0) {
            continue;
        }
        const bool same = fd == STDERR_FILENO && relay->of_stdout_ != kNone && about.st_dev == first.st_dev &&
                          about.st_ino == first.st_ino;
        if (same) {
            relay->of_stderr_ = relay->of_stdout_;
            continue;
        }
        auto stream = std::make_unique<Stream>();
        stream->goes_to = fd;
        stream->is_terminal = ::isatty(fd) == 1;
        stream->is_socket = S_ISSOCK(about.st_mode);
        auto ends = stream->is_terminal ? make_terminal(fd) : make_pipe();
        if (!ends) {
            return ends.error();
        }
        stream->from = std::move(ends->ours);
        stream->command = std::move(ends->command);
        ::fcntl(stream->from.get(), F_SETFL, O_NONBLOCK);
        stream->to = opened_again(fd, about);
        (fd == STDOUT_FILENO ? relay->of_stdout_ : relay->of_stderr_) = relay->streams_.size();
        if (fd == STDOUT_FILENO) {
            first = about;
        }
        relay->streams_.push_back(std::move(stream));
    }
    (void)relay->follow_size();
    std::vector<OutputKeeper::Stream> streams;
    for (const auto& stream : relay->streams_) {
        streams.push_back({stream->from.get(), stream->goes_to});
    }
    relay->keeper_ = std::make_unique<OutputKeeper>(streams);
    return relay;
}

int OutputRelay::for_command(int descriptor) const noexcept {
    const std::size_t index = descriptor == STDOUT_FILENO ? of_stdout_ : of_stderr_;
    return index == kNone ? -1 : streams_[index]->command.get();
}

void OutputRelay::start() {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        streams_[i]->command.reset();
        streams_[i]->thread = std::thread{[this, i] { pass_on(i); }};
    }
}

void OutputRelay::pass_on(std::size_t index) {
    Stream& stream = *streams_[index];
    std::vector<char> buffer(64 * 1024);
    bool ended = false;
    bool is_over = false;
    std::size_t after_the_end = 0;
    std::chrono::steady_clock::time_point last;
    while (after_the_end < kMostAfterTheEnd) {
        std::array<pollfd, 2> fds{pollfd{stream.from.get(), POLLIN, 0}, pollfd{over_.get(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), ended ? 0 : -1) < 0 && errno != EINTR) {
            break;
        }
        const bool was_ended = ended;
        ended = ended || (fds[1].revents & POLLIN) != 0;
        const ssize_t count = ::read(stream.from.get(), buffer.data(), buffer.size());
        if (count > 0) {
            const std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
            after_the_end += ended ? bytes.size() : 0;
            seen_(index, bytes);
            if (!stream.deliver(bytes, over_.get())) {
                is_over = true;
                break;
            }
            const auto now = std::chrono::steady_clock::now();
            const bool is_often = bytes.size() < kSmall && now - last < kOften;
            last = now;
            if (is_often && !ended) {
                (void)::poll(&fds[1], 1, kMomentMs);
            }
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            is_over = true;
            break;  // all who could print have closed it: EOF of a pipe, EIO of a pseudo-terminal
        } else if (was_ended) {
            break;  // nothing is left, but somebody may print more
        }
    }
    if (is_over) {
        keeper_->drop(index);
    }
    const std::lock_guard lock{stream.closing};
    stream.from.reset();  // where the keeper has none either who still prints gets EPIPE or EIO
}

bool OutputRelay::follow_size() noexcept {
    bool changed = false;
    for (const auto& stream : streams_) {
        winsize now{};
        if (!stream->is_terminal || ::ioctl(stream->goes_to, TIOCGWINSZ, &now) != 0) {
            continue;
        }
        winsize& known = stream->size;
        if (now.ws_row != known.ws_row || now.ws_col != known.ws_col || now.ws_xpixel != known.ws_xpixel ||
            now.ws_ypixel != known.ws_ypixel) {
            known = now;
            // The other end has no process that this would tell: it is nobody's controlling terminal.
            const std::lock_guard lock{stream->closing};
            changed = ::ioctl(stream->from.get(), TIOCSWINSZ, &now) == 0 || changed;
        }
    }
    return changed;
}

void OutputRelay::finish() {
    const std::uint64_t one = 1;
    (void)!::write(over_.get(), &one, sizeof one);
    for (const auto& stream : streams_) {
        if (stream->thread.joinable()) {
            stream->thread.join();
        }
    }
    keeper_.reset();  // from here on the process reads, where anybody still prints
}

int OutputRelay::keeper_pid() const noexcept {
    return keeper_ ? keeper_->pid() : 0;
}

}  // namespace gramme::sample
