#include "live/module_trust.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gramme::live {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct stat owned(uid_t user, gid_t group, mode_t mode) {
    struct stat status {};
    status.st_uid = user;
    status.st_gid = group;
    status.st_mode = mode;
    return status;
}

TEST(IsTrusted, AsksWhoOwnsItAndWhoMayWrite) {
    constexpr Identity kWho{1000, 1001};
    EXPECT_TRUE(is_trusted(owned(0, 0, 0755), kWho));
    EXPECT_TRUE(is_trusted(owned(1000, 5, 0755), kWho));
    EXPECT_TRUE(is_trusted(owned(1000, 1001, 0775), kWho)) << "umask 002";
    EXPECT_FALSE(is_trusted(owned(1002, 1001, 0755), kWho)) << "a stranger's";
    EXPECT_FALSE(is_trusted(owned(1000, 5, 0775), kWho)) << "another group may write";
    EXPECT_FALSE(is_trusted(owned(0, 0, 0775), kWho));
    EXPECT_FALSE(is_trusted(owned(1000, 1001, 0757), kWho));
    EXPECT_FALSE(is_trusted(owned(0, 0, 01777), kWho)) << "/tmp: sticky, but strangers add files";
}

class Module : public ::testing::Test {
protected:
    Module() {
        std::string name = (fs::temp_directory_path() / "gramme-module-XXXXXX").string();
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        base = name;
        fs::create_directories(base / "lib");
        fs::permissions(base / "lib", fs::perms{0755});
        file = base / "lib/libgramme_net.so";
        std::ofstream{file} << "no library";
        fs::permissions(file, fs::perms{0644});
    }
    ~Module() override { fs::remove_all(base); }
    [[nodiscard]] static Result<void> check(const std::string& path) {
        return check_trusted(path, {::geteuid(), ::getegid()});
    }
    static void refuses(const std::string& path, const std::string& which) {
        const auto checked = check(path);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Code::kPermission);
        EXPECT_THAT(checked.error().what, HasSubstr(which + " belongs to somebody else or can be written"));
    }
    fs::path base;
    fs::path file;
};

TEST_F(Module, IsTrustedInAFolderOfOurs) {
    EXPECT_TRUE(check(file));
    EXPECT_EQ(check(base / "absent.so").error().code, Code::kNotFound);
}

TEST_F(Module, ThatOthersMayWriteIsRefused) {
    fs::permissions(file, fs::perms{0646});
    refuses(file, file);
}

TEST_F(Module, InAFolderThatOthersMayWriteIsRefused) {
    fs::permissions(base / "lib", fs::perms{01777});
    refuses(file, base / "lib");
}

TEST_F(Module, BehindALinkIsLookedAtWhereItIs) {
    fs::create_directories(base / "links");
    fs::permissions(base / "links", fs::perms{0755});
    fs::create_symlink(file, base / "links/libgramme_net.so");
    EXPECT_TRUE(check(base / "links/libgramme_net.so"));
    fs::permissions(base / "lib", fs::perms{0777});
    refuses(base / "links/libgramme_net.so", base / "lib");
    fs::permissions(base / "lib", fs::perms{0755});
    fs::permissions(base / "links", fs::perms{0777});
    refuses(base / "links/libgramme_net.so", base / "links");
}

}  // namespace
}  // namespace gramme::live
