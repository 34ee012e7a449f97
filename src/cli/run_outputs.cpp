#include "cli/run_outputs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

#include "estimate/own_energy.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"
#include "present/present.hpp"
#include "sample/recover.hpp"
#include "store/emissions_csv.hpp"
#include "store/store.hpp"

namespace gramme::cli {
namespace {

/// CodeCarbon's habit: local time, no zone.
std::string local_time(std::int64_t wall_ns) {
    const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
    std::tm time{};
    ::localtime_r(&seconds, &time);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &time);
    return {text, size};
}

/// Signals stay blocked until the end, so that nobody loses a run by an impatient Ctrl-C; but one that comes
/// after the command has ended says not to wait for others any more: the journal has the run.
class EndOfWaiting {
public:
    EndOfWaiting() {
        sigemptyset(&signals_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            sigaddset(&signals_, signal);
        }
        const timespec now{};
        while (::sigtimedwait(&signals_, nullptr, &now) > 0) {
        }  // those were for the command
    }
    [[nodiscard]] bool is_asked_for() const {
        sigset_t pending;
        sigset_t asked;
        return ::sigpending(&pending) == 0 && ::sigandset(&asked, &pending, &signals_) == 0 &&
               ::sigisemptyset(&asked) == 0;
    }

private:
    sigset_t signals_{};
};

/// How long the end of a run waits for others: not for ever for one that is stuck, since the journal has the
/// run.
store::Patience patience_of(const store::Journal& journal, const EndOfWaiting& end) {
    constexpr std::chrono::seconds kWhereTheRunIsSafe{5};
    store::Patience patience;
    if (!journal.path().empty()) {
        patience.stuck = kWhereTheRunIsSafe;
    }
    patience.is_over = [&end] { return end.is_asked_for(); };
    return patience;
}

/// The store has the run, or the reason why not is in the warnings. True if the journal is no longer needed.
/// `news`: what happened to runs of others meanwhile.
bool put_in_store(const OutputWorld& world, const Ledger& ledger, const Footprint& footprint, RunRecord& run,
                  const store::Journal& journal, const store::Patience& patience, std::string& shown_url,
                  std::vector<std::string>& news) {
    if (world.options.store == "none" || (world.data_dir.empty() && world.options.store.empty())) {
        return true;
    }
    auto opened = store::Store::open(store_url(world.options, world.data_dir), patience);
    Result<void> added = opened ? Result<void>{} : Result<void>{opened.error()};
    if (opened) {
        added = (*opened)->add(run, ledger, footprint, present::footprint_json(run, footprint, true),
                               world.host.now().wall_ns);
    }
    if (!added) {
        std::string warning = "not in the store: " + added.error().what;
        if (added.error().code == Code::kUnavailable && patience.is_over()) {
            warning += " (a signal ended the waiting)";
        }
        if (!journal.path().empty()) {
            warning += "; the run stays in " + journal.path() + " and the next gramme moves it in";
        }
        run.warnings.push_back(std::move(warning));
        return false;
    }
    shown_url = (*opened)->url();
    if (!world.data_dir.empty() && !patience.is_over()) {
        // Runs of others that still wait for their own store are no concern of this one: `runs` and doctor
        // say it.
        news = sample::recover_journals(world.host, world.tables, journal_dir(world.data_dir), **opened,
                                        patience)
                   .news;
    }
    return true;
}

std::string put_in_csv(const RunOptions& options, const Footprint& footprint, const store::Patience& patience,
                       RunRecord& run) {
    if (options.csv == "none") {
        return "";
    }
    const auto ended_ns = run.started_wall_ns + static_cast<std::int64_t>(run.duration_s * 1e9);
    const CsvRow row = present::emissions_row(run, footprint, local_time(ended_ns));
    const auto outcome = store::append_row(options.csv, present::emissions_header(), row, patience);
    if (!outcome) {
        const Error& error = outcome.error();
        run.warnings.push_back("no row in " + options.csv + ": " + error.what +
                               (error.hint.empty() ? "" : "; " + error.hint));
        return "";
    }
    if (!outcome->warning.empty()) {
        run.warnings.push_back(outcome->warning);
    }
    return outcome->path;
}

/// 0, or the errno of the write that failed.
int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return count == 0 ? ENOSPC : errno;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return 0;
}

/// /dev/stdout, /proc/self/fd/2 and links to such: somebody's stream, also where it goes to a regular file. A
/// link to an ordinary file is none; it is written through and never replaced.
bool leads_to_a_stream(std::string path) {
    for (int links = 0; links < 40; ++links) {
        if (path.starts_with("/dev/") || path.starts_with("/proc/")) {
            return true;
        }
        std::error_code no_link;
        const std::filesystem::path next = std::filesystem::read_symlink(path, no_link);
        if (no_link) {
            return false;
        }
        path = (std::filesystem::path{path}.parent_path() / next).string();
    }
    return false;
}

}  // namespace

std::string store_url(const RunOptions& options, const std::string& data_dir) {
    return options.store.empty() ? "sqlite:" + data_dir + "/runs.db" : options.store;
}

Result<void> write_whole(const std::string& path, const std::string& text) {
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && (!S_ISREG(status.st_mode) || leads_to_a_stream(path))) {
        // No rename there. What is there already stays, and a pipe that nobody reads does not hold the exit.
        // Where it is our own standard stream that descriptor is written to: a second one would have its own
        // place in the file, and what comes later on the first would overwrite it.
        host::UniqueFd fd;
        for (const int own : {STDOUT_FILENO, STDERR_FILENO}) {
            struct stat stream {};
            if (!fd && ::fstat(own, &stream) == 0 && stream.st_dev == status.st_dev &&
                stream.st_ino == status.st_ino) {
                fd.reset(::fcntl(own, F_DUPFD_CLOEXEC, 3));
            }
        }
        if (!fd) {
            fd.reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC));
        }
        if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            return host::errno_error("cannot write " + path, errno);
        }
        return {};
    }
    std::error_code trouble;
    std::string target = exists ? std::filesystem::canonical(path, trouble).string() : path;
    if (trouble) {
        target = path;
    }
    const std::string temporary = target + "." + std::to_string(::getpid()) + ".part";
    host::UniqueFd fd{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
    if (!fd) {
        return host::errno_error("cannot write " + path, errno);
    }
    if (exists) {
        (void)::fchmod(fd.get(),
                       status.st_mode & 07777);  // whoever may not read the old one may not the new one
    }
    const int write_error = write_all(fd.get(), text);
    const bool written = write_error == 0;
    int error_number = write_error;
    fd.reset();
    if (written && std::rename(temporary.c_str(), target.c_str()) != 0) {
        error_number = errno;
    }
    if (error_number != 0) {
        ::unlink(temporary.c_str());
        return host::errno_error("cannot write " + path, error_number);
    }
    return {};
}

std::string absolute_store_url(const RunOptions& options, const std::string& data_dir) {
    constexpr std::string_view kScheme = "sqlite:";
    std::string url = store_url(options, data_dir);
    if (url == "none" || (url.find(':') != std::string::npos && !url.starts_with(kScheme))) {
        return url;
    }
    if (url.starts_with(kScheme)) {
        url.erase(0, kScheme.size());
    }
    std::error_code trouble;
    const auto path = std::filesystem::absolute(url, trouble);
    return std::string{kScheme} + (trouble ? url : path.lexically_normal().string());
}

std::string journal_dir(const std::string& data_dir) {
    return data_dir + "/journal";
}

Footprint write_outputs(const OutputWorld& world, const Terminal& terminal, RunRecord& run,
                        store::Journal& journal) {
    const RunOptions& options = world.options;
    auto ledger = journal.ledger();
    if (!ledger) {
        run.warnings.push_back("the journal could not be read back: " + ledger.error().what);
    }
    const Ledger empty;
    const Ledger& known = ledger ? *ledger : empty;
    if (const auto own = estimate::own_energy(run, known, world.tables)) {
        run.own_energy_j = own->energy.value();
        run.own_energy_from = own->from;
    }
    const Footprint footprint = estimate::footprint_of(run, known, world.factors, world.tables);

    const EndOfWaiting end;
    const store::Patience patience = patience_of(journal, end);
    present::Outputs outputs;
    std::vector<std::string> news;
    outputs.csv_path = put_in_csv(options, footprint, patience, run);
    if (put_in_store(world, known, footprint, run, journal, patience, outputs.store_url, news)) {
        if (const auto removed = journal.remove(); !removed) {
            run.warnings.push_back(removed.error().what);
        }
    }
    if (!options.json.empty()) {
        if (const auto written =
                write_whole(options.json, present::footprint_json(run, footprint, false, &known.markers));
            written) {
            outputs.json_path = options.json;
        } else {
            run.warnings.push_back(written.error().what);
        }
    }
    if (options.quiet) {
        for (const std::string& warning : run.warnings) {
            print_warning(terminal, warning);
        }
    } else {
        print(terminal.err, present::summary_text(run, footprint, outputs, terminal.err_style));
    }
    for (const std::string& text : news) {
        print_warning(terminal, text);
    }
    return footprint;
}

}  // namespace gramme::cli
