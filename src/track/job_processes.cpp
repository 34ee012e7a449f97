#include "track/job_processes.hpp"

#include <unistd.h>

#include <string>
#include <string_view>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::track {

bool JobProcesses::contains(int pid) const {
    const int self = ::getpid();
    for (int steps = 0; steps < 64 && pid > 1; ++steps) {
        if (pid == self || (ranks_ != nullptr && ranks_->contains(pid))) {
            return steps > 0 || own_ == OwnProcess::kInside;
        }
        const auto stat = host_.read("/proc/" + std::to_string(pid) + "/stat");
        const std::size_t bracket = stat ? stat->rfind(')') : std::string::npos;
        if (bracket == std::string::npos) {
            return false;
        }
        const auto fields = split(std::string_view{*stat}.substr(bracket), ' ');  // ") S ppid ..."
        const auto parent = fields.size() > 2 ? read_u64(fields[2]) : std::nullopt;
        if (!parent) {
            return false;
        }
        pid = static_cast<int>(*parent);
    }
    return false;
}

}  // namespace gramme::track
