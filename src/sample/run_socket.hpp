// GRAMME_RUN_SOCKET: how a child adds spans and markers to the run it lives in. A datagram is one JSON
// object:
// {"kind": "span_begin" | "span_end" | "mark", "name": "epoch 1", "detail": {...}}, at most 4 KiB.
// docs/run-socket.md.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "model/ledger.hpp"

namespace gramme::sample {

/// Of one datagram.
inline constexpr std::size_t kMostMessageBytes = 4096;

/// The receiving end. One thread. The socket file goes with the object.
class RunSocket {
public:
    /// In XDG_RUNTIME_DIR/gramme, else in `fallback_dir`; where its path there would be longer than a
    /// socket's may be (107 bytes, unix(7)) in short_folders(). Mode 0600. kIo, kOutOfRange, kPermission: the
    /// last one's trouble.
    static Result<RunSocket> create(const Host& host, const std::string& fallback_dir,
                                    const std::string& run_id);
    RunSocket(RunSocket&& other) noexcept;
    RunSocket& operator=(RunSocket&&) = delete;
    RunSocket(const RunSocket&) = delete;
    RunSocket& operator=(const RunSocket&) = delete;
    ~RunSocket();

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The next message of this user's processes, without its time; nullopt when none waits, or an empty one,
    /// which only wakes (RunClient::wake). A malformed one is kMalformed.
    [[nodiscard]] std::optional<Result<Marker>> receive();
    /// The process that sent what receive() gave last, as this one names it; 0 where it is not known.
    [[nodiscard]] int sender() const noexcept { return sender_; }

private:
    RunSocket(host::UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    host::UniqueFd fd_;
    std::string path_;
    int sender_ = 0;
};

/// The sending end, in a process that runs inside a run.
class RunClient {
public:
    /// kUnavailable where nobody listens (the run has ended, or the variable is stale).
    static Result<RunClient> connect(const std::string& path);
    /// Never blocks: a full socket drops the marker and says so.
    Result<void> send(const Marker& marker) const;
    /// An empty datagram: the run looks at its ranks at once.
    void wake() const noexcept;

private:
    explicit RunClient(host::UniqueFd fd) : fd_(std::move(fd)) {}
    host::UniqueFd fd_;
};

/// gramme-UID below TMPDIR and below /tmp, for what needs a short path. Others can write there: a folder is
/// used only where it is this user's alone.
[[nodiscard]] std::vector<std::string> short_folders(const Host& host);

/// XDG_RUNTIME_DIR/gramme. A relative path counts as none (XDG Base Directory Specification 0.8).
[[nodiscard]] std::optional<std::string> runtime_folder(const Host& host);

/// Where processes of one user meet: XDG_RUNTIME_DIR/gramme, made where it is missing, else `fallback_dir`.
[[nodiscard]] std::string rendezvous_folder(const Host& host, const std::string& fallback_dir);

/// Removes sockets that nobody listens on, in all places where RunSocket::create makes them: those of the
/// `dead` runs, and old ones of runs that `is_live` does not know. A young one may be being made, by a gramme
/// with another data folder.
void sweep_sockets(const Host& host, const std::string& fallback_dir, const std::vector<std::string>& dead,
                   const std::function<bool(const std::string& run_id)>& is_live);

/// A message as text and back; the parser is fuzzed. kMalformed.
[[nodiscard]] std::string marker_to_json(const Marker& marker);
[[nodiscard]] Result<Marker> marker_from_json(std::string_view text);

}  // namespace gramme::sample
