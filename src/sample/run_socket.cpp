#include "sample/run_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "host/errno_error.hpp"

namespace gramme::sample {
namespace {

constexpr int kMostDepth = 8;

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return Error{Code::kOutOfRange, "the socket path is too long: " + path,
                     "set XDG_RUNTIME_DIR to a short folder"};
    }
    path.copy(address.sun_path, path.size());
    return address;
}

bool is_private(const std::string& folder) {
    struct stat status {};
    return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
           (status.st_mode & 0077) == 0;
}

/// Makes it where it is missing. Whoever else made one of this name does not get our socket.
Result<void> make_private(const std::string& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return host::errno_error("cannot make the folder " + folder, errno);
    }
    if (!is_private(folder)) {
        return Error{Code::kPermission, folder + " is not a folder of this user alone",
                     "remove it: gramme makes it anew"};
    }
    return {};
}

Result<host::UniqueFd> bound_socket(const std::string& path) {
    GRAMME_TRY(const sockaddr_un address, address_of(path));
    host::UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return host::errno_error("cannot make the socket " + path, errno);
    }
    ::chmod(path.c_str(), 0600);
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
    return fd;
}

bool somebody_listens(const std::string& path) {
    const auto address = address_of(path);
    const host::UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!address || !fd) {
        return true;  // not known: it stays
    }
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 ||
           errno != ECONNREFUSED;
}

}  // namespace

std::string marker_to_json(const Marker& marker) {
    nlohmann::ordered_json object{{"kind", name_of(marker.kind)}, {"name", marker.name}};
    if (!marker.detail.empty()) {
        object["detail"] = nlohmann::ordered_json::parse(marker.detail, nullptr, false);
    }
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<Marker> marker_from_json(std::string_view text) {
    const auto too_deep = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        return depth <= kMostDepth;
    };
    const auto object = nlohmann::json::parse(text.begin(), text.end(), too_deep, false);
    if (!object.is_object() || !object.contains("kind") || !object["kind"].is_string() ||
        !object.contains("name") || !object["name"].is_string()) {
        return Error{Code::kMalformed,
                     "a message on GRAMME_RUN_SOCKET is not an object with a kind and a name", ""};
    }
    Marker marker;
    const std::string kind = object["kind"];
    if (kind == "span_begin") {
        marker.kind = Marker::Kind::kSpanBegin;
    } else if (kind == "span_end") {
        marker.kind = Marker::Kind::kSpanEnd;
    } else if (kind != "mark") {
        return Error{Code::kMalformed, "a message on GRAMME_RUN_SOCKET has the unknown kind '" + kind + "'",
                     "known are span_begin, span_end and mark"};
    }
    marker.name = object["name"];
    if (object.contains("detail") && !object["detail"].is_null()) {
        marker.detail = object["detail"].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    return marker;
}

Result<RunSocket> RunSocket::create(const Host& host, const std::string& fallback_dir,
                                    const std::string& run_id) {
    const std::string name = "/" + run_id + ".sock";
    std::string path = rendezvous_folder(host, fallback_dir) + name;
    auto fd = bound_socket(path);
    if (!fd && fd.error().code == Code::kOutOfRange) {
        for (const std::string& folder : short_folders(host)) {
            const auto ours = make_private(folder);
            path = folder + name;
            fd = ours ? bound_socket(path) : Result<host::UniqueFd>{ours.error()};
            if (fd) {
                break;
            }
        }
    }
    if (!fd) {
        return fd.error();
    }
    return RunSocket{*std::move(fd), path};
}

RunSocket::RunSocket(RunSocket&& other) noexcept : fd_(std::move(other.fd_)), path_(std::move(other.path_)) {
    other.path_.clear();
}

RunSocket::~RunSocket() {
    if (!path_.empty()) {
        ::unlink(path_.c_str());
    }
}

void sweep_sockets(const Host& host, const std::string& fallback_dir, const std::vector<std::string>& dead,
                   const std::function<bool(const std::string& run_id)>& is_live) {
    constexpr std::int64_t kYoungNs = 60'000'000'000;
    constexpr std::int64_t kNsPerSecond = 1'000'000'000;
    constexpr std::string_view kEnding = ".sock";
    std::vector<std::string> folders = short_folders(host);
    std::erase_if(folders, [](const std::string& folder) { return !is_private(folder); });
    folders.push_back(fallback_dir);
    if (const auto runtime = runtime_folder(host)) {
        folders.push_back(*runtime);
    }
    for (const std::string& folder : folders) {
        std::error_code error;
        for (std::filesystem::directory_iterator it{folder, error}, end; !error && it != end;
             it.increment(error)) {
            const std::string path = it->path().string();
            const std::string name = it->path().filename().string();
            struct stat status {};
            if (!name.ends_with(kEnding) || ::lstat(path.c_str(), &status) != 0 ||
                !S_ISSOCK(status.st_mode)) {
                continue;
            }
            const std::string id = name.substr(0, name.size() - kEnding.size());
            const bool young = host.now().wall_ns - status.st_mtim.tv_sec * kNsPerSecond < kYoungNs;
            const bool is_dead = std::find(dead.begin(), dead.end(), id) != dead.end();
            if ((is_dead || (!young && !is_live(id))) && !somebody_listens(path)) {
                ::unlink(path.c_str());
            }
        }
    }
}

std::optional<Result<Marker>> RunSocket::receive() {
    std::array<char, kMostMessageBytes> bytes{};
    iovec part{bytes.data(), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size <= 0) {
        return std::nullopt;
    }
    sender_ = 0;
    for (cmsghdr* part_header = CMSG_FIRSTHDR(&message); part_header != nullptr;
         part_header = CMSG_NXTHDR(&message, part_header)) {
        if (part_header->cmsg_level == SOL_SOCKET && part_header->cmsg_type == SCM_CREDENTIALS) {
            ucred sender{};
            __builtin_memcpy(&sender, CMSG_DATA(part_header), sizeof sender);
            sender_ = sender.pid;
            if (sender.uid != ::getuid() && sender.uid != 0) {
                return Result<Marker>{
                    Error{Code::kPermission, "a message on GRAMME_RUN_SOCKET from another user", ""}};
            }
        }
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) {
        return Result<Marker>{
            Error{Code::kMalformed, "a message on GRAMME_RUN_SOCKET is longer than 4 KiB", ""}};
    }
    return marker_from_json({bytes.data(), static_cast<std::size_t>(size)});
}

Result<RunClient> RunClient::connect(const std::string& path) {
    GRAMME_TRY(const sockaddr_un address, address_of(path));
    host::UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        Error error = host::errno_error("no run listens on " + path, errno);
        error.code = Code::kUnavailable;
        return error;
    }
    return RunClient{std::move(fd)};
}

Result<void> RunClient::send(const Marker& marker) const {
    const std::string text = marker_to_json(marker);
    if (text.size() > kMostMessageBytes) {
        return Error{Code::kOutOfRange, "the marker '" + marker.name + "' is longer than 4 KiB", ""};
    }
    if (::send(fd_.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        return host::errno_error("cannot tell the run about '" + marker.name + "'", errno);
    }
    return {};
}

void RunClient::wake() const noexcept {
    (void)::send(fd_.get(), "", 0, MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::vector<std::string> short_folders(const Host& host) {
    const std::string name = "/gramme-" + std::to_string(::geteuid());
    std::vector<std::string> folders;
    if (const auto own = host.env("TMPDIR"); own && own->starts_with('/') && *own != "/tmp") {
        folders.push_back(*own + name);
    }
    folders.push_back("/tmp" + name);
    return folders;
}

std::optional<std::string> runtime_folder(const Host& host) {
    const auto runtime = host.env("XDG_RUNTIME_DIR");
    return runtime && runtime->starts_with('/') ? std::optional{*runtime + "/gramme"} : std::nullopt;
}

std::string rendezvous_folder(const Host& host, const std::string& fallback_dir) {
    if (const auto wanted = runtime_folder(host)) {
        if (::mkdir(wanted->c_str(), 0700) == 0 || errno == EEXIST) {
            return *wanted;
        }
    }
    return fallback_dir;
}

}  // namespace gramme::sample
