// A run inside a run joins it: measured once, recorded once.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using NestedRun = Integration;

TEST_F(NestedRun, JoinsTheOuterOne) {
    box.use_fixture("vm");
    const Outcome outcome =
        box.run({"--name", "outer"}, {gramme_program(), "run", "--name", "inner", "--csv",
                                      box.path("inner.csv"), "--", "sh", "-c", "sleep 0.3; exit 6"});
    EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "name"), "outer");
    EXPECT_FALSE(file_exists(box.path("inner.csv")));
    EXPECT_NE(outcome.err.find("no row of its own is written for 'inner'"), std::string::npos) << outcome.err;
    const std::string shown = box.show(runs[0].at("id")).dump();
    EXPECT_NE(shown.find("inner"), std::string::npos) << "a span of the outer run: " << shown;
}

TEST_F(NestedRun, CommandThatIsNotFoundIsStill127) {
    const Outcome outcome = box.run({}, {gramme_program(), "run", "--", "no-such-command-here"});
    EXPECT_EQ(outcome.exit_code, 127) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(NestedRun, JoinsFarDownInALongFolderToo) {
    box.use_fixture("vm");
    box.env["XDG_DATA_HOME"] = box.path("data/" + std::string(120, 'd'));  // too long for a socket's path
    box.env.erase("XDG_RUNTIME_DIR");
    const Outcome outcome =
        box.run({"--name", "outer"}, {gramme_program(), "run", "--name", "inner", "--", "sleep", "0.2"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("not recorded"), std::string::npos) << outcome.err;
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U) << "counted twice";
    EXPECT_EQ(text_of(runs[0], "name"), "outer");
}

TEST_F(NestedRun, StaleVariableStartsARunOfItsOwn) {
    box.env["GRAMME_RUN_SOCKET"] = box.path("nobody-listens-here");
    EXPECT_EQ(box.run({}, {"true"}).exit_code, 0);
    EXPECT_EQ(box.runs().size(), 1U);
}

/// Sends each text as a datagram to the socket of the run; waits where its queue is full.
class Sender {
public:
    explicit Sender(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << path;
    }
    ~Sender() { ::close(fd_); }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    void send(const std::string& text) const {
        EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }

private:
    int fd_;
};

class Markers : public Integration {
protected:
    /// A run that goes on until end() is called; the tests talk to its socket.
    Process start() {
        box.use_fixture("vm");
        Process process =
            box.start({"run", "--json", box.path("result.json"), "--", "sh", "-c",
                       "echo $GRAMME_RUN_SOCKET > socket; until [ -e end ]; do sleep 0.05; done"});
        EXPECT_TRUE(eventually([this] { return file_text(box.path("work/socket")).ends_with('\n'); }));
        return process;
    }
    [[nodiscard]] Sender sender() const {
        std::string path = file_text(box.path("work/socket"));
        path.pop_back();
        return Sender{path};
    }
    Outcome end(Process& process) const {
        write_file(box.path("work/end"), "");
        return process.wait();
    }
};

TEST_F(Markers, AreInEveryJsonAndInTheTextOfShow) {
    Process process = start();
    {
        const Sender to_run = sender();
        to_run.send(R"({"kind": "span_begin", "name": "epoch 1", "detail": {"lr": 0.001}})");
        to_run.send(R"({"kind": "mark", "name": "saved"})");
        to_run.send(R"({"kind": "span_end", "name": "epoch 1"})");
    }
    const Outcome outcome = end(process);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string id = box.runs().at(0).at("id");
    const Json exported = Json::parse(box.gramme({"runs", "export", id}).out);
    for (const Json& result : {box.result(), box.show(id), exported.at("runs").at(0)}) {
        const Json& markers = result.at("markers");
        ASSERT_EQ(markers.size(), 3U) << markers;
        EXPECT_EQ(markers[0].at("kind"), "span_begin");
        EXPECT_EQ(markers[0].at("name"), "epoch 1");
        EXPECT_EQ(markers[0].at("detail"), Json({{"lr", 0.001}}));
        EXPECT_EQ(markers[1].at("kind"), "mark");
        EXPECT_TRUE(markers[1].at("detail").is_null());
        EXPECT_EQ(markers[2].at("kind"), "span_end");
        EXPECT_GE(markers[0].at("at_s").get<double>(), 0.0);
        EXPECT_LE(markers[0].at("at_s").get<double>(), markers[2].at("at_s").get<double>());
        EXPECT_LE(markers[2].at("at_s").get<double>(), result["run"]["duration_s"].get<double>());
    }
    const std::string text = box.gramme({"runs", "show", id}).out;
    EXPECT_NE(text.find("span      epoch 1 at "), std::string::npos) << text;
    EXPECT_NE(text.find(" long"), std::string::npos) << text;
    EXPECT_NE(text.find("mark      saved at "), std::string::npos) << text;
}

TEST_F(Markers, AFloodIsCutAndCountedAndStopsNothing) {
    Process process = start();
    constexpr int kSent = 10'500;
    {
        const Sender to_run = sender();
        for (int i = 0; i < kSent; ++i) {
            to_run.send(i % 2 == 0
                            ? R"({"kind": "mark", "name": "step"})"
                            : R"({"kind": "unheard of )" + std::to_string(i) + R"(", "name": "step"})");
        }
    }
    const Outcome outcome = end(process);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = box.result();
    EXPECT_EQ(result.at("markers").size(), 5'000U);
    EXPECT_LT(result["run"]["warnings"].size(), 20U);
    EXPECT_NE(result["run"]["warnings"].dump().find("5490 spans and marks were not kept"),
              std::string::npos)  // 500 after the first 10,000, and 4,990 of 5,000 different bad ones
        << result["run"]["warnings"];
}

}  // namespace
}  // namespace gramme::testing
