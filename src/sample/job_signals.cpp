#include "sample/job_signals.hpp"

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace gramme::sample {
namespace {

constexpr std::size_t kMostLooked = 10'000;  // processes of one job

std::string folder_of(int pid) {
    return "/proc/" + std::to_string(pid);
}

std::vector<int> children_of(int pid) {
    std::vector<int> children;
    std::error_code trouble;
    for (const auto& thread : std::filesystem::directory_iterator(folder_of(pid) + "/task", trouble)) {
        std::ifstream file(thread.path() / "children");
        for (int child = 0; file >> child;) {
            children.push_back(child);
        }
    }
    return children;
}

}  // namespace

void send_to_all(const std::vector<int>& pids, int signal) noexcept {
    for (const int pid : pids) {
        if (pid > 1) {
            ::kill(pid, signal);
        }
    }
}

bool catches(int pid, int signal) {
    std::ifstream status(folder_of(pid) + "/status");
    constexpr std::string_view kKey = "SigCgt:";
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(kKey)) {
            std::uint64_t mask = 0;
            std::istringstream text(line.substr(kKey.size()));
            text >> std::hex >> mask;
            return signal > 0 && ((mask >> static_cast<unsigned>(signal - 1)) & 1U) != 0;
        }
    }
    return false;
}

std::vector<int> first_to_catch(int command, int signal) {
    std::vector<int> found;
    std::vector<int> level{command};
    std::size_t looked = 0;
    while (!level.empty() && looked < kMostLooked) {
        std::vector<int> next;
        for (const int pid : level) {
            ++looked;
            if (catches(pid, signal)) {
                found.push_back(pid);
            } else {
                const std::vector<int> children = children_of(pid);
                next.insert(next.end(), children.begin(), children.end());
            }
        }
        level = std::move(next);
    }
    return found;
}

}  // namespace gramme::sample
