// Whatever is asked is answered, and whatever is stored comes back as it was, harmless where it is shown.
#include <gmock/gmock.h>

#include <set>

#include "base/csv.hpp"
#include "random_json.hpp"
#include "serve/windows.hpp"
#include "service_fixture.hpp"

namespace gramme::serve {
namespace {

using ::testing::HasSubstr;
using testing::Random;
using Json = testing::Json;

std::string id_of(int number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 12 - digits.size(), '0');
    return "01936b2e-0000-7000-8000-" + digits;
}

std::string escaped(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte / 16];
        out += kDigits[byte % 16];
    }
    return out;
}

class PropertyTest : public testing::ServiceFixture {
protected:
    void post(const std::string& method, const std::string& target, const std::string& body) {
        const Response response = ask(method, target, body);
        ASSERT_TRUE(response.status >= 200 && response.status < 500) << method << " " << target << "\n"
                                                                     << body << "\n"
                                                                     << response.status << response.body;
        const Json json = Json::parse(response.bytes(), nullptr, false);
        ASSERT_TRUE(json.is_object()) << target << "\n" << body << "\n" << response.body;
        if (response.status >= 400) {
            ASSERT_EQ(json.at("schema"), "gramme/error/1");
            ASSERT_EQ(json.at("error").at("status"), response.status);
            ASSERT_FALSE(json.at("error").at("message").get<std::string>().empty()) << body;
        } else {
            ++taken_;
        }
    }
    int taken_ = 0;
};

TEST_F(PropertyTest, AnyJsonIsAnsweredAndNeverTheServersFault) {
    add(gramme::testing::made_up_run());
    remake({true, "127.0.0.1", "", true});
    Random random{1};
    const std::string run = "/api/v1/runs/" + gramme::testing::made_up_run().id;
    constexpr int kCases = 1500;
    for (int i = 0; i < kCases && !HasFatalFailure(); ++i) {
        Json json = i % 20 == 0 ? random.json() : random.object();
        if (i % 3 == 0 && json.is_object()) {  // such as can be answered
            json["power_w"] = 100;
            json["hours"] = 1;
        }
        std::string body = json.dump();
        if (i % 7 == 0) {
            body = random.damaged(std::move(body));
        }
        post("POST", "/api/v1/estimate", body);
        if (i % 8 == 0) {
            post("POST", "/api/v1/estimate/report?as=json", body);
            post("POST", "/api/v1/estimate/elsewhere?regions=FRA,SWE", body);
            post("POST", "/api/v1/compare", body);
            post("POST", run + "/recost", body);
            post("PATCH", run, body);
        }
    }
    EXPECT_GT(taken_, 0) << "else nothing of this was seen";
}

TEST_F(PropertyTest, AnyTargetIsAnswered) {
    add(gramme::testing::made_up_run());
    Random random{2};
    const std::set<int> known{200, 400, 401, 403, 404, 405};
    for (int i = 0; i < 1500; ++i) {
        const Route& route = routes()[random.below(routes().size())];
        std::string path{route.pattern};
        if (const std::size_t at = path.find("{id}"); at != std::string::npos) {
            path.replace(at, 4, random.below(2) == 0 ? "01936b2e" : escaped("x" + random.text()));
        }
        for (std::size_t k = random.below(3); k > 0; --k) {
            static constexpr std::array<std::string_view, 12> kKeys{"q",    "limit",   "page",   "sort",
                                                                    "from", "until",   "to",     "points",
                                                                    "as",   "regions", "kgco2e", "tag"};
            path += path.find('?') == std::string::npos ? '?' : '&';
            path += std::string{random.one_of(kKeys)} + "=" +
                    escaped(random.below(2) == 0 ? random.text() : std::to_string(random.below(3000)));
        }
        if (!parse_target(path)) {
            continue;
        }
        const Response response = ask(random.below(20) == 0 ? "HEAD" : "GET", path);
        ASSERT_TRUE(known.contains(response.status)) << path << response.status << response.body;
        if (response.type.starts_with("application/json")) {
            ASSERT_TRUE(Json::accept(response.bytes())) << path;
        }
    }
}

/// Runs full of odd texts, and what they must come back as.
class TextTest : public PropertyTest {
protected:
    static constexpr int kRuns = 120;
    RunRecord odd(int number) {
        RunRecord run = gramme::testing::made_up_run(id_of(number));
        run.name = "n" + random_.text();
        run.project = random_.below(4) == 0 ? "=" + random_.text() : "p" + random_.text();
        run.tags = {{"k" + random_.text(), random_.text()}};
        run.host.hostname = "h" + random_.text();
        run.warnings = {"w" + random_.text()};
        return run;
    }
    Random random_{3};
};

TEST_F(TextTest, ComesBackAsItWasAndIsFoundByItself) {
    std::vector<RunRecord> runs;
    for (int i = 1; i <= kRuns; ++i) {
        runs.push_back(odd(i));
        add(runs.back());
    }
    for (const RunRecord& run : runs) {
        const Json json = get("/api/v1/runs/" + run.id).at("run");
        ASSERT_EQ(json.at("name"), run.name);
        ASSERT_EQ(json.at("project"), run.project);
        ASSERT_EQ(json.at("tags").at(run.tags[0].first), run.tags[0].second);
        ASSERT_THAT(json.dump(), HasSubstr(Json(run.warnings[0]).dump())) << "the warning";
        for (const auto& [key, value] : {std::pair{"project", run.project}, std::pair{"q", run.name},
                                         std::pair{"tag", run.tags[0].first + "=" + run.tags[0].second}}) {
            const Json page =
                get(std::string{"/api/v1/runs?limit=200&"} + key + "=" + escaped(value)).at("rows");
            const auto row = std::find_if(page.begin(), page.end(), [&, &run = run](const Json& one) {
                return one.at("id") == run.id;
            });
            ASSERT_NE(row, page.end()) << key << "=" << value;
            ASSERT_EQ(row->at("name"), run.name);
            ASSERT_EQ(row->at("host"), run.host.hostname);
        }
    }
}

TEST_F(TextTest, OfAMarkComesBackAsItWas) {
    for (int i = 0; i < kRuns; ++i) {
        const std::string name = "m" + random_.text();
        Ledger ledger;
        ledger.markers = {{Marker::Kind::kSpanBegin, 1, name, "{}"}, {Marker::Kind::kMark, 2, name, ""}};
        RunRecord run = gramme::testing::made_up_run();
        run.duration_s = 20.0;
        const Json json = Json::parse(windows_json(run, ledger, Footprint{}, {0.0, 20.0, 10}));
        ASSERT_EQ(json.at("markers").at(0).at("name"), name);
        ASSERT_EQ(json.at("markers").at(1).at("name"), name);
    }
}

TEST_F(TextTest, OfALiveRunComesBackAndIsNoLabelOfMetrics) {
    RunRecord run = odd(1);
    run.name += "\"\n\\{x=\"";
    run.state = RunState::kRunning;
    const auto journal = store::Journal::create(live_folder(), run, 7);
    ASSERT_TRUE(journal) << journal.error().what;
    const Json live = get("/api/v1/live").at("runs").at(0);
    EXPECT_EQ(live.at("name"), run.name);
    EXPECT_EQ(live.at("project"), run.project);
    const Response metrics = ask("GET", "/metrics");
    EXPECT_THAT(metrics.body, HasSubstr("gramme_live_runs 1\n"));
    for (std::size_t at = 0; at < metrics.body.size(); at = metrics.body.find('\n', at) + 1) {
        const std::string line = metrics.body.substr(at, metrics.body.find('\n', at) - at);
        ASSERT_THAT(line, ::testing::MatchesRegex(
                              R"(# (HELP|TYPE) .*|gramme_[a-z_]+(\{[a-z]+="[a-z0-9.]+"\})? [-+.0-9e]+)"));
    }
}

TEST_F(TextTest, IsNoMarkupInAPageAndNoFormulaInATable) {
    RunRecord plain = odd(kRuns + 1);
    plain.name = plain.project = "plain";
    plain.tags = {{"k", "v"}};
    plain.warnings = {"w"};
    add(plain);
    const auto count = [](const std::string& text, char c) {
        return std::count(text.begin(), text.end(), c);
    };
    const std::string page = ask("GET", "/api/v1/runs/" + plain.id + "/report?as=html").body;
    for (int i = 1; i <= kRuns; ++i) {
        const RunRecord run = odd(i);
        add(run);
        const std::string path = "/api/v1/runs/" + run.id + "/report?as=";
        const std::string odd_page = ask("GET", path + "html").body;
        for (const char mark : {'<', '>', '"'}) {
            ASSERT_EQ(count(odd_page, mark), count(page, mark)) << mark << run.name;
        }
        const auto rows = parse_csv(ask("GET", path + "csv").body);
        ASSERT_TRUE(rows && rows->size() == 2U) << run.name;
        ASSERT_EQ((*rows)[0].size(), (*rows)[1].size()) << run.name;
        const std::string& project = (*rows)[1][1];
        ASSERT_EQ(project.front(), run.project.front() == '=' ? '\'' : 'p') << project;
    }
}

TEST_F(PropertyTest, BytesThatAreNoUtf8AreReplacedInEveryAnswer) {
    RunRecord run = gramme::testing::made_up_run();
    run.name = "a\xff\xfe\xc3(\xed\xa0\x80z";
    run.project = "\x80";
    add(run);
    for (const char* view : {"", "/windows", "/explain", "/report?as=json", "/report?as=sci"}) {
        EXPECT_TRUE(Json::accept(ask("GET", "/api/v1/runs/" + run.id + view).body)) << view;
    }
    EXPECT_TRUE(Json::accept(ask("GET", "/api/v1/runs").body));
    EXPECT_TRUE(Json::accept(ask("GET", "/api/v1/totals").body));
}

}  // namespace
}  // namespace gramme::serve
