#include "cli/batch_pipeline.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <new>
#include <stdexcept>
#include <thread>

#include "cli/batch_collected.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

class BatchPipeline : public ::testing::Test {
protected:
    /// Thousands of blocks into `sink`.
    Result<void> run(const std::function<Result<void>(BatchBlock&)>& sink) {
        std::string text;
        for (int i = 0; i < 400'000; ++i) {
            text += "1,2\n";
        }
        auto source = BatchSource::open(folder.write("in.csv", text));
        BatchPlan plan;
        plan.layout.fields = 2;
        Binding energy;
        energy.ours = Column::kEnergyKwh;
        plan.layout.bindings = {energy};
        return run_pipeline(*source, plan, tables, 3, sink);
    }
    TemporaryFolder folder;
    refdata::Tables tables;
};

TEST_F(BatchPipeline, AnExceptionBecomesAnErrorAndAllThreadsEnd) {
    int blocks = 0;
    const auto memory = run([&](BatchBlock&) -> Result<void> {
        if (++blocks == 2) {
            throw std::bad_alloc();
        }
        return {};
    });
    ASSERT_FALSE(memory);
    EXPECT_EQ(memory.error().code, Code::kUnavailable);
    EXPECT_THAT(memory.error().what, HasSubstr("not enough memory"));
    const auto bug = run([](BatchBlock&) -> Result<void> { throw std::logic_error("so it is"); });
    ASSERT_FALSE(bug);
    EXPECT_EQ(bug.error().code, Code::kBug);
    EXPECT_THAT(bug.error().what, HasSubstr("so it is"));
}

TEST_F(BatchPipeline, WaitingForAnInputThatDoesNotBlockCostsNothing) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    const int standard_input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ASSERT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ::close(ends[0]);
    auto source = BatchSource::open("-");
    ASSERT_TRUE(source) << source.error().what;
    std::jthread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        EXPECT_EQ(::write(ends[1], "a,b\r", 4), 4);
        ::close(ends[1]);
    });
    const auto spent_ms = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
    };
    const auto before = spent_ms();
    const auto header = source->take_header(true);
    EXPECT_LT(spent_ms() - before, 100);  // spinning: most of the 300
    ASSERT_TRUE(header) << header.error().what;
    EXPECT_EQ(*header, "a,b\r\n");
    writer.join();
    ::dup2(standard_input, STDIN_FILENO);
    ::close(standard_input);
}

BatchBlock block_of(const std::string& group) {
    BatchBlock block;
    block.groups[group] = {1, 0, 1.0, 1.0, 1.0, 1.0, 1.0};
    return block;
}

TEST(BatchCollected, NamesOfGroupsAreHeldOnceAndOnlySoManyBytesOfThem) {
    Collected all;
    const std::string tail(kMostGroupName - 8, 'x');
    for (std::size_t i = 0; i < kMostGroupBytes / kMostGroupName; ++i) {
        ASSERT_TRUE(all.add(block_of(std::to_string(10'000'000 + i) + tail))) << i;
    }
    ASSERT_TRUE(all.add(block_of(std::to_string(10'000'000) + tail)));  // one that is there
    const auto more = all.add(block_of("more"));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Code::kOutOfRange);
    EXPECT_THAT(more.error().what, HasSubstr("16 MiB"));
    const auto groups = all.take_groups();
    EXPECT_EQ(groups.size(), kMostGroupBytes / kMostGroupName + 1);
    EXPECT_EQ(groups.front().rows, 2U);  // most carbon
    EXPECT_TRUE(all.groups.empty());
}

}  // namespace
}  // namespace gramme::cli
