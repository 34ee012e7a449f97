#include "sample/witness.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "host/unique_fd.hpp"

namespace gramme::sample {
namespace {

constexpr std::size_t kStackBytes = 16'384;  // operator new aligns it to 16
constexpr int kLooks = 20;
constexpr timespec kBetweenLooks{0, 1'000'000};

/// Runs in gramme's memory: system calls only, and none that fails and so would write gramme's errno.
int let_signals_wait(void* /*unused*/) {
    ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::syscall(SYS_prctl, PR_SET_NAME, "gr-witness", 0, 0, 0);
    while (true) {
        ::syscall(SYS_ppoll, nullptr, 0, nullptr, nullptr, 0);  // for ever: every signal is blocked
    }
    return 0;
}

/// The sampler lets its wake-ups join others within 50 ms; here a millisecond is to be one.
class ExactSleep {
public:
    ExactSleep() : before_(::prctl(PR_GET_TIMERSLACK)) { ::prctl(PR_SET_TIMERSLACK, 1UL); }
    ~ExactSleep() { ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(before_ > 0 ? before_ : 0)); }
    ExactSleep(const ExactSleep&) = delete;
    ExactSleep& operator=(const ExactSleep&) = delete;

private:
    int before_;
};

}  // namespace

SignalWitness::SignalWitness() : stack_(new char[kStackBytes]) {
    begin();
}

std::optional<SignalWitness> SignalWitness::start() {
    SignalWitness witness;
    return witness.pid_ > 0 ? std::optional{std::move(witness)} : std::nullopt;
}

SignalWitness::SignalWitness(SignalWitness&& other) noexcept
    : stack_(std::move(other.stack_)), pid_(std::exchange(other.pid_, -1)) {}

void SignalWitness::begin() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    pid_ = ::fork();  // a sanitizer must see the process
    if (pid_ == 0) {
        let_signals_wait(nullptr);
    }
#else
    pid_ = ::clone(&let_signals_wait, stack_.get() + kStackBytes, CLONE_VM | SIGCHLD, nullptr);
#endif
}

SignalWitness::~SignalWitness() {
    end();
}

void SignalWitness::end() noexcept {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
    }
}

/// proc(5): ShdPnd, signals that wait for the process as a whole, as a mask in hexadecimal; bit 0 is
/// signal 1.
bool SignalWitness::is_waiting(int signal) const {
    const std::string path = "/proc/" + std::to_string(pid_) + "/status";
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 4096> text{};
    const ssize_t size = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
    if (size <= 0) {
        return false;
    }
    const std::string_view status{text.data(), static_cast<std::size_t>(size)};
    constexpr std::string_view kKey = "\nShdPnd:\t";
    const std::size_t at = status.find(kKey);
    if (at == std::string_view::npos) {
        return false;
    }
    const std::string_view rest = status.substr(at + kKey.size());
    unsigned long long mask = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), mask, 16);
    return ((mask >> static_cast<unsigned>(signal - 1)) & 1U) != 0;
}

bool SignalWitness::saw(int signal) {
    const ExactSleep exact;
    for (int look = 0; pid_ > 0 && look < kLooks; ++look) {
        if (look > 0) {
            ::nanosleep(&kBetweenLooks, nullptr);
        }
        if (is_waiting(signal)) {
            end();
            begin();  // a fresh one: what waits for a process cannot be taken back
            return true;
        }
    }
    return false;
}

}  // namespace gramme::sample
