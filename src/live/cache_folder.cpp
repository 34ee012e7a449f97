#include "live/cache_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "host/unique_fd.hpp"
#include "live/cache.hpp"

namespace gramme::live {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 3600;
constexpr std::string_view kPart = ".part";
constexpr std::string_view kWhole = ".json";

bool is_ours(std::string_view name) {
    const auto of = [&](Provider provider) { return name.starts_with(std::string{name_of(provider)} + "-"); };
    return (name.ends_with(kWhole) || name.ends_with(kPart)) &&
           (of(Provider::kElectricityMaps) || of(Provider::kWattTime) || of(Provider::kNeso));
}

/// "20260101T02" as a file's name has it, in seconds.
std::optional<std::int64_t> hour_of(std::string_view text) {
    constexpr std::size_t kSize = 11;
    if (text.size() != kSize) {
        return std::nullopt;
    }
    const std::string whole{text};
    const auto time = time_of(whole.substr(0, 4) + "-" + whole.substr(4, 2) + "-" + whole.substr(6) + ":00Z");
    return time ? std::optional{*time} : std::nullopt;
}

/// Where the time of a file's values ends; nothing for a newest value and for half a file. A mark of the
/// server may stand behind it.
std::optional<std::int64_t> end_of(std::string_view name) {
    if (!name.ends_with(kWhole)) {
        return std::nullopt;
    }
    const auto parts = split(name.substr(0, name.size() - kWhole.size()), '-');
    const auto last = hour_of(parts.back());
    return last || parts.size() < 2 ? last : hour_of(parts[parts.size() - 2]);
}

std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(folder.c_str()), &::closedir};
    while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {
        if (is_ours(entry->d_name)) {
            names.emplace_back(entry->d_name);
        }
    }
    return names;
}

}  // namespace

bool make_folder(const std::string& folder) {
    for (std::size_t at = folder.find('/', 1);; at = folder.find('/', at + 1)) {
        if (::mkdir(folder.substr(0, at).c_str(), 0700) != 0 && errno != EEXIST) {
            return false;
        }
        if (at == std::string::npos) {
            return true;
        }
    }
}

bool write_renamed(const std::string& path, const std::string& text) {
    // A process id would not do: one that was killed here leaves its file to the next of that number.
    std::string beside = path + ".XXXXXX" + std::string{kPart};
    host::UniqueFd fd{::mkostemps(beside.data(), static_cast<int>(kPart.size()), O_CLOEXEC)};
    if (!fd) {
        return false;
    }
    const ssize_t count = ::write(fd.get(), text.data(), text.size());
    bool written = count == static_cast<ssize_t>(text.size());
    fd.reset();
    written = written && std::rename(beside.c_str(), path.c_str()) == 0;
    if (!written) {
        const int why = errno;
        ::unlink(beside.c_str());
        errno = why;
    }
    return written;
}

void remove_stale(const std::string& folder, std::int64_t now_s) {
    const std::vector<std::string> names = names_in(folder);
    // Begins elsewhere each second, so that a hundred settled files do not hide the others for ever.
    const std::size_t first = names.empty() ? 0 : static_cast<std::size_t>(now_s) % names.size();
    for (std::size_t i = 0; i < std::min(names.size(), kLookedAt); ++i) {
        const std::string& name = names[(first + i) % names.size()];
        const std::string path = folder + "/" + name;
        struct stat status {};
        if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        const std::int64_t written_s = status.st_mtime;
        const auto end = end_of(name);
        const bool settled = end && *end <= written_s - kSettledAfterS;
        if (!settled && written_s < now_s - kDay) {
            ::unlink(path.c_str());
        }
    }
}

}  // namespace gramme::live
