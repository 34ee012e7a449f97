#include "sample/cgroup.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace gramme::sample {
namespace {

TEST(SweepCgroups, RemovesEmptyGroupsThatNoGrammeHoldsAndNothingElse) {
    // Plain folders stand in: a group with somebody in it refuses rmdir() as a folder with something in it
    // does.
    std::string name = (std::filesystem::temp_directory_path() / "gramme-sweep-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    const std::filesystem::path parent = name;
    for (const char* group : {"gramme-dead", "gramme-lived-in", "gramme-journal", "gramme-locked", "other"}) {
        std::filesystem::create_directory(parent / group);
    }
    std::filesystem::create_directory(parent / "gramme-lived-in" / "somebody");
    const int fd = ::open((parent / "gramme-locked").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(fd, LOCK_SH), 0);  // as JobCgroup does

    sweep_cgroups_below(name, [](const std::string& run_id) { return run_id == "journal"; });
    EXPECT_FALSE(std::filesystem::exists(parent / "gramme-dead"));
    for (const char* group : {"gramme-lived-in", "gramme-journal", "gramme-locked", "other"}) {
        EXPECT_TRUE(std::filesystem::exists(parent / group)) << group;
    }
    ::close(fd);
    std::filesystem::remove_all(parent);
}

}  // namespace
}  // namespace gramme::sample
