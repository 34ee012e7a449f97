#include "sample/witness.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "sample/supervisor.hpp"

namespace gramme::sample {
namespace {

class Witness : public ::testing::Test {
protected:
    Witness() : witness_(SignalWitness::start()) {}
    ~Witness() override { ::sigprocmask(SIG_SETMASK, &signals_.callers_mask(), nullptr); }
    BlockedSignals signals_;
    std::optional<SignalWitness> witness_;
};

TEST_F(Witness, SeesWhatWasSentToIt) {
    ASSERT_TRUE(witness_);
    ::kill(witness_->pid(), SIGTERM);
    EXPECT_TRUE(witness_->saw(SIGTERM));
}

TEST_F(Witness, HasNotSeenAnotherSignalNorNone) {
    ASSERT_TRUE(witness_);
    EXPECT_FALSE(witness_->saw(SIGTERM));
    ::kill(witness_->pid(), SIGINT);
    EXPECT_FALSE(witness_->saw(SIGTERM));
    EXPECT_TRUE(witness_->saw(SIGINT));
}

TEST_F(Witness, ForgetsWhatItHasSeen) {
    ASSERT_TRUE(witness_);
    ::kill(witness_->pid(), SIGHUP);
    EXPECT_TRUE(witness_->saw(SIGHUP));
    EXPECT_FALSE(witness_->saw(SIGHUP));
    ::kill(witness_->pid(), SIGHUP);
    EXPECT_TRUE(witness_->saw(SIGHUP));
}

TEST_F(Witness, WhoWasKilledHasSeenNothing) {
    ASSERT_TRUE(witness_);
    ::kill(witness_->pid(), SIGKILL);
    EXPECT_FALSE(witness_->saw(SIGTERM)) << "a signal is then passed on, not swallowed";
}

}  // namespace
}  // namespace gramme::sample
