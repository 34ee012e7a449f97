#include "sample/cgroup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "host/errno_error.hpp"
#include "sample/cgroup_paths.hpp"

namespace gramme::sample {
namespace {

Result<std::string> own_group(const Host& host) {
    if (host.is_sysroot()) {
        return Error{Code::kUnsupported, "the machine's files are a recorded tree (GRAMME_SYSROOT)", ""};
    }
    return own_group_v2(host);
}

std::string group_name(const std::string& run_id) {
    return "gramme-" + run_id;
}

std::vector<int> processes_of(const std::string& path) {
    std::vector<int> pids;
    const host::UniqueFd fd{::open((path + "/cgroup.procs").c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text;
    char chunk[4096];
    ssize_t count = 0;
    while (fd && (count = ::read(fd.get(), chunk, sizeof chunk)) > 0) {
        text.append(chunk, static_cast<std::size_t>(count));
    }
    for (const std::string_view line : split(text, '\n')) {
        if (const auto pid = read_u64(line)) {
            pids.push_back(static_cast<int>(*pid));
        }
    }
    return pids;
}

bool move_process(const std::string& group, int pid) {
    const host::UniqueFd fd{::open((group + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC)};
    const std::string text = std::to_string(pid);
    return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

Result<std::unique_ptr<JobCgroup>> JobCgroup::create(const Host& host, const std::string& run_id) {
    GRAMME_TRY(std::string parent, own_group(host));
    std::string path = parent + "/" + group_name(run_id);
    if (::mkdir(path.c_str(), 0755) != 0) {
        return host::errno_error("cannot make the cgroup " + path, errno);
    }
    std::unique_ptr<JobCgroup> group{new JobCgroup{std::move(parent), std::move(path)}};
    group->directory_.reset(::open(group->path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (group->directory_) {
        ::flock(group->directory_.get(), LOCK_SH);  // so that no other gramme takes it for a leftover
    }
    group->cpu_stat_.reset(::open((group->path_ + "/cpu.stat").c_str(), O_RDONLY | O_CLOEXEC));
    // Both groups' cgroup.procs must be ours to write, or the kernel refuses to start a process in it.
    if (!group->directory_ || !group->cpu_stat_ ||
        ::access((group->parent_ + "/cgroup.procs").c_str(), W_OK) != 0) {
        return host::errno_error("cannot use the cgroup " + group->path_, errno);
    }
    return group;
}

JobCgroup::~JobCgroup() {
    for (const int pid : processes_of(path_)) {
        move_process(parent_, pid);
    }
    ::rmdir(path_.c_str());
}

std::vector<int> JobCgroup::processes() const {
    return processes_of(path_);
}

void sweep_cgroups(const Host& host, const IsLiveRun& is_live) {
    if (const auto parent = own_group(host)) {
        sweep_cgroups_below(*parent, is_live);
    }
}

void sweep_cgroups_below(const std::string& parent, const IsLiveRun& is_live) {
    const std::string prefix = group_name("");
    std::error_code error;
    std::vector<std::filesystem::path> groups;
    for (std::filesystem::directory_iterator it{parent, error}, end; !error && it != end;
         it.increment(error)) {
        if (it->path().filename().string().starts_with(prefix)) {
            groups.push_back(it->path());
        }
    }
    for (const std::filesystem::path& group : groups) {
        const host::UniqueFd fd{::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
        if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 &&
            !is_live(group.filename().string().substr(prefix.size()))) {
            ::rmdir(group.c_str());  // fails, as it should, while somebody lives in it
        }
    }
}

CgroupStatus cgroup_status(const Host& host) {
    const auto group = JobCgroup::create(host, "probe-" + std::to_string(::getpid()));
    if (group) {
        const std::string& path = (*group)->path();
        return {true,
                "own cgroup v2 below " + path.substr(0, path.rfind('/')) + ": the CPU time of a job is exact",
                ""};
    }
    const std::string fallback =
        "; the CPU time of a job comes from its process tree, short-lived children count when they are "
        "waited for";
    CgroupStatus status{false, group.error().what + fallback, ""};
    if (group.error().code == Code::kPermission) {
        status.remedy = "systemd-run --user --scope -p Delegate=yes gramme run -- COMMAND";
    }
    return status;
}

}  // namespace gramme::sample
