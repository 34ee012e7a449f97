// Stores that are damaged, foreign, older, newer or not ours to write.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "present/present.hpp"
#include "scratch.hpp"
#include "store/data_dir.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_store.hpp"

namespace gramme::store {
namespace {

using testing::in_child;
using testing::made_up_run;
using testing::read_file;
using testing::ScratchFolder;
using testing::wait_for;
using testing::write_file;

class SqliteDamage : public ::testing::Test {
protected:
    Error open_error() {
        const auto store = Store::open(path_);
        EXPECT_FALSE(store);
        return store ? Error{} : store.error();
    }
    /// What `work` gives when it runs without root's rights, as 0 or the exit status.
    template <class Work>
    int as_nobody(Work work) {
        constexpr uid_t kNobody = 65'534;
        return wait_for(in_child([&] {
            if (::geteuid() == 0 && (::setresgid(kNobody, kNobody, kNobody) != 0 ||
                                     ::setresuid(kNobody, kNobody, kNobody) != 0)) {
                return 99;
            }
            return work();
        }));
    }
    ScratchFolder folder_;
    std::string path_ = folder_.file("runs.db");
};

TEST_F(SqliteDamage, AFileThatIsNoDatabaseIsLeftAlone) {
    const std::string text = "project,energy\n" + std::string(5'000, 'x');
    write_file(path_, text);
    const Error error = open_error();
    EXPECT_EQ(error.code, Code::kMalformed) << error.what;
    EXPECT_NE(error.what.find(path_), std::string::npos);
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(read_file(path_), text);
}

TEST_F(SqliteDamage, ADatabaseOfAnotherProgramIsLeftAlone) {
    for (const char* pragma : {"PRAGMA user_version = 0", "PRAGMA user_version = 1"}) {
        std::filesystem::remove(path_);
        {
            const auto database = Database::open(path_);
            ASSERT_TRUE(database->execute("CREATE TABLE bookmarks (url TEXT)"));
            ASSERT_TRUE(database->execute(pragma));
        }
        const std::string before = read_file(path_);
        const Error error = open_error();
        EXPECT_EQ(error.code, Code::kMalformed) << error.what;
        EXPECT_NE(error.what.find("another program"), std::string::npos) << error.what;
        EXPECT_EQ(read_file(path_), before);
    }
}

TEST_F(SqliteDamage, ATruncatedStoreIsReportedAndNotReplaced) {
    {
        auto store = Store::open(path_);
        for (int i = 0; i < 50; ++i) {
            ASSERT_TRUE((*store)->add(made_up_run("run-" + std::to_string(100 + i)), {}, {}, "{}", 1));
        }
    }
    (*Database::open(path_)).checkpoint();
    std::filesystem::remove(path_ + "-wal");
    std::filesystem::remove(path_ + "-shm");
    std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
    const std::string before = read_file(path_);
    auto store = Store::open(path_);
    const auto code = !store ? store.error().code : (*store)->list({}).error().code;
    EXPECT_EQ(code, Code::kMalformed);
    EXPECT_EQ(read_file(path_), before);
}

TEST_F(SqliteDamage, ANewerSchemaIsRefusedWithAHint) {
    ASSERT_TRUE(Store::open(path_));
    ASSERT_TRUE(Database::open(path_)->execute("PRAGMA user_version = 99"));
    const Error error = open_error();
    EXPECT_EQ(error.code, Code::kUnsupported);
    EXPECT_NE(error.what.find("schema 99"), std::string::npos) << error.what;
    EXPECT_NE(error.hint.find("newer gramme"), std::string::npos);
}

TEST_F(SqliteDamage, AnOlderSchemaIsMigratedStepByStep) {
    const std::array steps{Migration{1, "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1)"},
                           Migration{2, "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7"},
                           Migration{3, "UPDATE t SET a = a + b"}};
    const auto database = Database::open(path_);
    ASSERT_TRUE(migrate(*database, std::span{steps}.first(1)));  // as an older gramme left it
    EXPECT_EQ(*database->integer("PRAGMA user_version"), 1);
    ASSERT_TRUE(migrate(*database, steps));
    EXPECT_EQ(*database->integer("PRAGMA user_version"), 3);
    EXPECT_EQ(*database->integer("SELECT a FROM t"), 8);
    ASSERT_TRUE(migrate(*database, steps));  // nothing is done twice
    EXPECT_EQ(*database->integer("SELECT a FROM t"), 8);
}

TEST_F(SqliteDamage, AMigrationThatFailsChangesNothing) {
    const std::array steps{Migration{1, "CREATE TABLE t (a INTEGER)"},
                           Migration{2, "INSERT INTO t VALUES (5); INSERT INTO missing VALUES (1)"}};
    const auto database = Database::open(path_);
    ASSERT_TRUE(migrate(*database, std::span{steps}.first(1)));
    EXPECT_FALSE(migrate(*database, steps));
    EXPECT_EQ(*database->integer("PRAGMA user_version"), 1);
    EXPECT_EQ(*database->integer("SELECT count(*) FROM t"), 0);
}

TEST_F(SqliteDamage, TheReleasedSchemaIsTheOneThatOlderFilesHave) {
    // Version 1 as it was released: whoever changes a column adds a step instead.
    const auto database = Database::open(path_);
    ASSERT_TRUE(migrate(*database, migrations().first(1)));
    EXPECT_EQ(*database->integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), 7);
    EXPECT_EQ(*database->integer("SELECT count(*) FROM pragma_table_info('windows')"), 12);
    EXPECT_EQ(*database->integer("SELECT count(*) FROM pragma_table_info('runs')"), 11);
    ASSERT_TRUE(migrate(*database, migrations()));
}

TEST_F(SqliteDamage, AStoreOfVersion1KeepsItsRunsAndSaysNothingOfUse) {
    {
        const auto old = Database::open(path_);
        ASSERT_TRUE(migrate(*old, migrations().first(1)));
        const std::string record = present::run_to_json(made_up_run());
        auto run =
            old->prepare("INSERT INTO runs VALUES (1, ?1, 'p', '', '', 'finished', 'job', 5, 1.0, 0, ?2)");
        ASSERT_TRUE(run->bind(1, std::string_view{made_up_run().id}).bind(2, std::string_view{record}).run());
        ASSERT_TRUE(old->execute(
            "INSERT INTO windows VALUES (1, 0, 0, 'measured', 0, 1000, 300.5, 200.25, 0.0, 0.5, 0.75, 9)"));
    }
    const auto store = Store::open(path_);
    ASSERT_TRUE(store) << store.error().what;
    const auto shown = (*store)->show(made_up_run().id);
    ASSERT_TRUE(shown) << shown.error().what;
    ASSERT_EQ(shown->ledger.windows.size(), 1U);
    const Window& window = shown->ledger.windows[0];
    EXPECT_EQ(window.energy.value(), 300.5);
    EXPECT_EQ(window.job.value(), 200.25);
    EXPECT_EQ(window.readings, 9U);
    EXPECT_EQ(window.use.known_s, 0.0);
    EXPECT_EQ(window.use.idle.value(), 0.0);
}

TEST_F(SqliteDamage, AStoreThatCannotBeWrittenSaysSo) {
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    { ASSERT_TRUE(Store::open(path_)); }
    ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
    const int status = as_nobody([&] {
        auto store = Store::open(path_);
        const auto added = store ? (*store)->add(made_up_run(), {}, {}, "", 1) : Result<void>{store.error()};
        const bool said = !added && !added.error().hint.empty() &&
                          (added.error().code == Code::kPermission || added.error().code == Code::kIo);
        return said ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
}

TEST_F(SqliteDamage, AFolderThatCannotBeWrittenSaysSo) {
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
    const int status = as_nobody([&] {
        const auto store = Store::open(path_);
        return !store && store.error().code == Code::kPermission && !store.error().hint.empty() ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
}

TEST_F(SqliteDamage, KnowsNetworkFileSystems) {
    EXPECT_TRUE(is_network_file_system(0x6969));       // NFS_SUPER_MAGIC
    EXPECT_TRUE(is_network_file_system(0x65735546));   // FUSE_SUPER_MAGIC
    EXPECT_FALSE(is_network_file_system(0xEF53));      // EXT4_SUPER_MAGIC
    EXPECT_FALSE(is_network_file_system(0x01021994));  // TMPFS_MAGIC
}

TEST_F(SqliteDamage, TheLogDoesNotGrowForEver) {
    RunRecord run = made_up_run();
    run.name = std::string(200'000, 'n');
    for (int i = 0; i < 20; ++i) {  // 4 MB through a log that may have 1 MB
        run.id = "run-" + std::to_string(100 + i);
        auto store = Store::open(path_);
        ASSERT_TRUE((*store)->add(run, {}, {}, "", 1));
    }
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path_ + "-wal", error);
    EXPECT_TRUE(error || bytes < 2'000'000U) << bytes;
}

TEST(DataDirTest, PrefersXdgThenHomeThenTheTemporaryFolder) {
    const ScratchFolder folder;
    const auto usual = open_data_dir(folder.file("xdg"), folder.file("home"), folder.file("tmp"));
    ASSERT_TRUE(usual);
    EXPECT_EQ(usual->path, folder.file("xdg/gramme"));
    EXPECT_EQ(usual->warning, "");
    struct stat status {};
    ASSERT_EQ(::stat(usual->path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);

    const auto home = open_data_dir(std::nullopt, folder.file("home"), folder.file("tmp"));
    EXPECT_EQ(home->path, folder.file("home/.local/share/gramme"));
    EXPECT_EQ(home->warning, "");
    // The XDG specification: a relative path is to be ignored.
    EXPECT_EQ(open_data_dir("data", folder.file("home"), std::nullopt)->path, home->path);

    const auto temporary = open_data_dir(std::nullopt, std::nullopt, folder.file("tmp"));
    EXPECT_EQ(temporary->path, folder.file("tmp/gramme-") + std::to_string(::geteuid()));
    EXPECT_NE(temporary->warning.find("neither XDG_DATA_HOME nor HOME is set"), std::string::npos);
}

TEST(DataDirTest, APlaceThatCannotBeUsedGivesAWarningNotAFailure) {
    const ScratchFolder folder;
    write_file(folder.file("file"), "");
    const auto dir = open_data_dir(std::nullopt, folder.file("file"), folder.file("tmp"));
    ASSERT_TRUE(dir) << dir.error().what;
    EXPECT_TRUE(dir->path.starts_with(folder.file("tmp/gramme-")));
    EXPECT_NE(dir->warning.find(folder.file("file")), std::string::npos) << dir->warning;
    const auto none = open_data_dir(std::nullopt, std::nullopt, folder.file("file"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::kIo);
}

TEST(DataDirTest, DoesNotTrustAFolderThatOthersCanWrite) {
    const ScratchFolder folder;
    const std::string trap = folder.file("gramme-" + std::to_string(::geteuid()));
    ASSERT_EQ(::mkdir(trap.c_str(), 0777), 0);
    ASSERT_EQ(::chmod(trap.c_str(), 0777), 0);
    EXPECT_FALSE(open_data_dir(std::nullopt, std::nullopt, folder.path()));
}

}  // namespace
}  // namespace gramme::store
