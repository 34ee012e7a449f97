// What a program does to the library inside it, and what the library must never do to the program.
#include <gmock/gmock.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;

class TrackedSafety : public Integration {
protected:
    [[nodiscard]] Outcome program(const std::string& words) const {
        Words argv{GRAMME_TRACKED_PROGRAM};
        std::istringstream text{words};
        for (std::string word; text >> word;) {
            argv.push_back(word);
        }
        return box.tool(argv);
    }
    [[nodiscard]] Json result() const { return Json::parse(file_text(box.path("r.json"))); }
    [[nodiscard]] std::string warnings() const { return result().at("run").at("warnings").dump(); }
};

TEST_F(TrackedSafety, APipeThatNobodyReadsEndsNoProgram) {
    box.use_fixture("vm");
    const Outcome outcome =
        program("unread set json /dev/stdout start stop result " + box.path("r.json") + " free");
    EXPECT_EQ(outcome.exit_code, 0) << "signal " << outcome.signal << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(TrackedSafety, ALimitOfFileSizesEndsNoProgram) {
    box.use_fixture("vm");
    const Outcome outcome =
        program("filelimit 1000 start burn 0.1 mark small totals filelimit 0 stop result " +
                box.path("r.json") + " free");
    EXPECT_EQ(outcome.exit_code, 0) << "signal " << outcome.signal << outcome.err;
    EXPECT_THAT(warnings(), HasSubstr("no journal"));
    EXPECT_EQ(box.runs().size(), 1U);
    // The signal is the program's own again afterwards.
    EXPECT_EQ(program("filelimit 1000 start filelimit 0 stop free kill 25").signal, 25);
}

TEST_F(TrackedSafety, AProgramThatClosesAllFilesKeepsThoseItOpensThen) {
    if (is_sanitized()) {
        GTEST_SKIP() << "the tracker is not destroyed then, which is a leak on purpose";
    }
    box.use_fixture("vm");
    const Outcome outcome = program(
        "set interval 0.1 start burn 0.3 mark before closefrom begin late log tokens 3 end sleep 0.5 totals "
        "pause resume stop mine result " +
        box.path("r.json") + " free mine");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(warnings(), HasSubstr("the program closed gramme's files (closefrom): nothing was measured"));
    const Json run = result().at("run");
    EXPECT_LT(run.at("duration_s").get<double>(), 0.7) << "what came after is not claimed";
    EXPECT_LT(run.at("own_cpu_s").get<double>(), 0.25) << "a thread that spins";
    EXPECT_EQ(result().at("markers").size(), 1U);
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "state"), "finished");
}

/// The receiving end of a run that does not listen for a while.
class DeafRun {
public:
    explicit DeafRun(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const auto* const where = reinterpret_cast<const sockaddr*>(&address);
        EXPECT_EQ(::bind(fd_, where, sizeof address), 0);
        const int filler = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        while (::sendto(filler, "{}", 2, MSG_DONTWAIT, where, sizeof address) == 2) {
        }
        ::close(filler);
    }
    ~DeafRun() { ::close(fd_); }
    DeafRun(const DeafRun&) = delete;
    DeafRun& operator=(const DeafRun&) = delete;
    /// What is counted as tokens in the messages that wait.
    [[nodiscard]] double tokens() const {
        double sum = 0.0;
        char text[4096];
        for (ssize_t size = 0; (size = ::recv(fd_, text, sizeof text, MSG_DONTWAIT)) > 0;) {
            const Json message = Json::parse(text, text + size, nullptr, false);
            if (message.value("name", "") == "log") {
                sum += message.at("detail").at("tokens").get<double>();
            }
        }
        return sum;
    }

private:
    int fd_;
};

TEST_F(TrackedSafety, CountsWaitForARunThatCannotKeepUp) {
    box.use_fixture("vm");
    const DeafRun outer(box.path("run.sock"));
    box.env["GRAMME_RUN_SOCKET"] = box.path("run.sock");
    Words argv{GRAMME_TRACKED_PROGRAM};
    std::istringstream text{
        "set interval 0.05 start again 20 log tokens 1 sleep 0.06 . sleep 1 log tokens 1 stop free"};
    for (std::string word; text >> word;) {
        argv.push_back(word);
    }
    Process process{box.launch(argv)};
    ::usleep(1'600'000);  // what it said until now was said to a full queue
    double tokens = 0.0;
    for (int i = 0; i < 200 && tokens < 21.0; ++i) {
        ::usleep(20'000);
        tokens += outer.tokens();
    }
    EXPECT_EQ(tokens, 21.0);
    EXPECT_EQ(process.wait().exit_code, 0);
}

}  // namespace
}  // namespace gramme::testing
