#include "sample/rank_table.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gramme::sample {
namespace {

using namespace std::chrono_literals;
using Role = RankTable::Role;

class Ranks : public ::testing::Test {
protected:
    Ranks() {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-ranks-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Ranks() override { std::filesystem::remove_all(folder_); }

    RankTable join(int rank, int size = 3) {
        auto table = RankTable::join(folder_, "key", rank, size, 5s);
        EXPECT_TRUE(table) << table.error().what;
        return *std::move(table);
    }
    std::string path() const { return folder_ + "/" + rank_table_name("key"); }

    std::string folder_;
};

TEST_F(Ranks, TheFirstLeadsAndItsRunIsTheOthers) {
    RankTable leader = join(2);
    EXPECT_EQ(leader.role(), Role::kLeader);
    leader.lead("run-1", "/run/a.sock", "");
    const RankTable member = join(0);
    EXPECT_EQ(member.role(), Role::kMember);
    EXPECT_EQ(member.run_id(), "run-1");
    EXPECT_EQ(member.socket_path(), "/run/a.sock");
}

TEST_F(Ranks, NobodyJoinsALeaderThatIsNotReady) {
    const RankTable leader = join(0);
    const auto early = RankTable::join(folder_, "key", 1, 3, 20ms);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Code::kUnavailable);
}

TEST_F(Ranks, CpuTimeIsTheSumOfAllThatEverJoined) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    RankTable one = join(1);
    RankTable two = join(2);
    one.publish(1.5, true);
    two.publish(0.25, true);
    EXPECT_DOUBLE_EQ(leader.members_cpu_s(), 1.75);
    one.publish(1.0, true);
    EXPECT_DOUBLE_EQ(leader.members_cpu_s(), 1.75) << "never falls";
    one.leave(0, std::nullopt, 0.5);
    EXPECT_DOUBLE_EQ(leader.members_cpu_s(), 1.75) << "who left is counted on";
    EXPECT_DOUBLE_EQ(leader.members_own_cpu_s(), 0.5) << "beside it, what its gramme used";
    EXPECT_TRUE(leader.members_cpu_known());
    two.publish(0.0, false);
    EXPECT_FALSE(leader.members_cpu_known());
}

TEST_F(Ranks, TheLeaderHearsOfEachRankOnce) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    EXPECT_TRUE(leader.news().empty());
    RankTable member = join(2);
    const auto began = leader.news();
    ASSERT_EQ(began.size(), 1U);
    EXPECT_EQ(began[0].kind, RankEvent::Kind::kBegan);
    EXPECT_EQ(began[0].end.rank, 2);
    EXPECT_GT(began[0].at_ns, 0);
    member.leave(134, SIGABRT, 0.5);
    const auto ended = leader.news();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].kind, RankEvent::Kind::kEnded);
    EXPECT_EQ(ended[0].end.code, 134);
    EXPECT_EQ(ended[0].end.signal, SIGABRT);
    EXPECT_GE(ended[0].at_ns, began[0].at_ns);
    EXPECT_TRUE(leader.news().empty());
}

TEST_F(Ranks, TheFirstFailureStays) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    RankTable one = join(1);
    RankTable two = join(2);
    one.leave(0, std::nullopt, 0.5);
    EXPECT_FALSE(leader.first_failure());
    two.leave(3, std::nullopt, 0.5);
    leader.own_command_ended(137, SIGKILL);
    const auto first = leader.first_failure();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->rank, 2);
    EXPECT_EQ(first->code, 3);
    EXPECT_FALSE(first->signal);
}

TEST_F(Ranks, TheTableClosesWhenAllHaveLeftAndTheNextRankLeadsAnew) {
    RankTable leader = join(0, 2);
    leader.lead("run", "", "");
    EXPECT_EQ(leader.came(), 1);
    RankTable member = join(1, 2);
    EXPECT_EQ(leader.came(), 2);
    EXPECT_TRUE(leader.somebody_is_left());
    EXPECT_FALSE(leader.close());
    EXPECT_FALSE(member.is_last()) << "the leader's command goes on";
    leader.own_command_ended(0, std::nullopt);
    member.leave(0, std::nullopt, 0.5);
    EXPECT_TRUE(member.is_last());
    EXPECT_FALSE(leader.somebody_is_left());
    EXPECT_TRUE(leader.close());
    EXPECT_FALSE(std::filesystem::exists(path()));
    const RankTable next = join(1, 2);
    EXPECT_EQ(next.role(), Role::kLeader);
}

TEST_F(Ranks, OneRankThatCameTwiceIsStillOne) {
    RankTable leader = join(0, 3);
    leader.lead("run", "", "");
    const RankTable once = join(1);
    const RankTable again = join(1);
    EXPECT_EQ(leader.came(), 2);
}

TEST_F(Ranks, WhoeverIsLastHearsOfTheDelivery) {
    RankTable leader = join(0, 2);
    leader.lead("run", "", "");
    RankTable member = join(1, 2);
    member.leave(0, std::nullopt, 0.5);
    ASSERT_TRUE(leader.close());
    leader.say_delivered();
    member.wait_for_delivery(1h);  // returns at once, or the test never ends
    EXPECT_TRUE(member.is_closed());
}

TEST_F(Ranks, TheLastWordIsSaidOnceAndOnlyOfADeliveredRun) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    RankTable one = join(1);
    RankTable two = join(2);
    EXPECT_EQ(one.take_last_word(), "");
    leader.say_delivered("run 1 of 3 ranks");
    EXPECT_EQ(two.take_last_word(), "run 1 of 3 ranks");
    EXPECT_EQ(one.take_last_word(), "");
}

/// A process of its own that joins, says so through a pipe and then waits to be killed.
pid_t start_rank(const std::string& folder, int rank, bool leads) {
    int ready[2] = {-1, -1};
    if (::pipe(ready) != 0) {
        return -1;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        auto table = RankTable::join(folder, "key", rank, 3, 5s);
        if (table && leads) {
            table->lead("run", "", "");
        } else if (table) {
            table->publish(2.0, true);
        }
        (void)!::write(ready[1], table ? "y" : "n", 1);
        while (true) {
            ::pause();
        }
    }
    ::close(ready[1]);
    char answer = 'n';
    (void)!::read(ready[0], &answer, 1);
    ::close(ready[0]);
    EXPECT_EQ(answer, 'y');
    return pid;
}

TEST_F(Ranks, ATableThatAnotherProgramCutsKillsNobody) {
    for (const off_t left : {0, 100, 4'096, 100'000}) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            auto leader = RankTable::join(folder_, "key", 0, 3, 5s);
            leader->lead("run-1", "/run/a.sock", "");
            auto member = RankTable::join(folder_, "key", 1, 3, 5s);
            member->publish(2.0, true);
            const bool whole = leader->members_cpu_s() == 2.0 && !leader->was_cut();
            if (::truncate(path().c_str(), left) != 0) {
                ::_exit(1);
            }
            member->publish(3.0, true);
            member->leave(3, std::nullopt, 0.5);
            const bool member_knows = member->was_cut() && member->run_id() == "run-1" &&
                                      !member->is_last() && member->socket_path() == "/run/a.sock" &&
                                      !member->leader_lives();
            const bool stays = leader->members_cpu_s() == 2.0 && leader->was_cut();
            const bool over = leader->news().empty() && !leader->contains(::getpid()) &&
                              !leader->somebody_is_left() && leader->close();
            ::_exit(whole && member_knows && stays && over ? 0 : 2);
        }
        int status = -1;
        ::waitpid(pid, &status, 0);
        EXPECT_EQ(status, 0) << left;
    }
}

TEST_F(Ranks, ATableThatIsCutAndFilledWithZerosIsNoTable) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    const auto size = static_cast<off_t>(std::filesystem::file_size(path()));
    ASSERT_EQ(::truncate(path().c_str(), 0), 0);
    ASSERT_EQ(::truncate(path().c_str(), size), 0);
    EXPECT_TRUE(leader.news().empty());
    EXPECT_TRUE(leader.was_cut());
}

TEST_F(Ranks, AKilledMemberCountsAsLeftWithWhatItHadPublished) {
    RankTable leader = join(0);
    leader.lead("run", "", "");
    const pid_t member = start_rank(folder_, 1, false);
    EXPECT_TRUE(leader.contains(member));
    EXPECT_TRUE(leader.somebody_is_left());
    ::kill(member, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(member), &info, WEXITED | WNOWAIT);
    EXPECT_FALSE(leader.somebody_is_left()) << "a zombie does nothing more";
    ::waitpid(member, nullptr, 0);
    EXPECT_EQ(leader.lost(), std::vector<int>{1});
    EXPECT_DOUBLE_EQ(leader.members_cpu_s(), 2.0);
    EXPECT_FALSE(leader.contains(member));
    const auto news = leader.news();
    ASSERT_EQ(news.size(), 2U);
    EXPECT_EQ(news[1].kind, RankEvent::Kind::kLost);
}

TEST_F(Ranks, AKilledLeaderIsNoticedAndTheNextRankLeadsARunOfItsOwn) {
    const pid_t leader = start_rank(folder_, 0, true);
    const RankTable member = join(1);
    EXPECT_EQ(member.role(), Role::kMember);
    EXPECT_TRUE(member.leader_lives());
    ::kill(leader, SIGKILL);
    ::waitpid(leader, nullptr, 0);
    EXPECT_FALSE(member.leader_lives());
    member.wait_for_delivery(1h);  // nobody will deliver
    const RankTable next = join(2);
    EXPECT_EQ(next.role(), Role::kLeader);
}

TEST_F(Ranks, ALinkIsRefused) {
    std::ofstream(folder_ + "/elsewhere") << "";
    ASSERT_EQ(::symlink((folder_ + "/elsewhere").c_str(), path().c_str()), 0);
    const auto table = RankTable::join(folder_, "key", 0, 2, 1s);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, Code::kPermission);
}

TEST_F(Ranks, AFileThatOthersMayWriteIsRefused) {
    std::ofstream(path()) << "";
    ::chmod(path().c_str(), 0666);
    const auto table = RankTable::join(folder_, "key", 0, 2, 1s);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, Code::kPermission);
}

TEST_F(Ranks, TheFileIsForThisUserOnly) {
    const RankTable leader = join(0);
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Ranks, AnAbandonedTableIsClosedForItsMembers) {
    std::optional<RankTable> leader{join(0)};
    leader->lead("run", "", "");
    const RankTable member = join(1);
    leader.reset();
    EXPECT_TRUE(member.is_closed());
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Ranks, AForkedProcessThatLetsGoEndsNothing) {
    std::optional<RankTable> leader{join(0)};
    leader->lead("run", "", "");
    const RankTable member = join(1);
    leader->let_go();
    leader.reset();
    EXPECT_FALSE(member.is_closed());
}

TEST_F(Ranks, LeftoversGoWhenTheyAreOldAndNobodyLeads) {
    const pid_t leader = start_rank(folder_, 0, true);
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    const std::int64_t later_ns = (status.st_mtim.tv_sec + 3600) * 1'000'000'000LL;
    sweep_rank_tables(folder_, later_ns);
    EXPECT_TRUE(std::filesystem::exists(path())) << "somebody leads";
    ::kill(leader, SIGKILL);
    ::waitpid(leader, nullptr, 0);
    sweep_rank_tables(folder_, status.st_mtim.tv_sec * 1'000'000'000LL);
    EXPECT_TRUE(std::filesystem::exists(path())) << "it may be being made";
    sweep_rank_tables(folder_, later_ns);
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST(RankTableName, HoldsNothingThatMeansSomethingToAPath) {
    const std::string name = rank_table_name("host/../u 1000 slurm ../../etc\n\x01");
    EXPECT_EQ(name.find('/'), std::string::npos);
    EXPECT_EQ(name.find_first_of("\n\x01 "), std::string::npos);
    EXPECT_LT(rank_table_name(std::string(5000, 'a')).size(), 120U);
    EXPECT_NE(rank_table_name(std::string(5000, 'a')), rank_table_name(std::string(5001, 'a')));
    EXPECT_NE(rank_table_name("a b"), rank_table_name("a_b"));
}

}  // namespace
}  // namespace gramme::sample
