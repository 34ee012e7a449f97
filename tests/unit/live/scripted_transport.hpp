// A network that answers what the test wrote, in that order, and remembers what it was asked.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "live/http.hpp"

namespace gramme::live::testing {

class ScriptedTransport final : public Transport {
public:
    Result<HttpAnswer> get(const HttpRequest& request) override {
        asked.push_back(request);
        if (answers.empty()) {
            return Error{Code::kBug, "the test wrote no more answers", ""};
        }
        HttpAnswer answer = answers.front();
        answers.pop_front();
        return answer;
    }

    void answer(int status, const std::string& body, std::optional<double> retry_after_s = {}) {
        answers.push_back({HttpAnswer::Kind::kAnswered, status, body, retry_after_s, ""});
    }
    void fail(HttpAnswer::Kind kind, const std::string& message = "") {
        answers.push_back({kind, 0, "", {}, message});
    }

    std::deque<HttpAnswer> answers;
    std::vector<HttpRequest> asked;
};

}  // namespace gramme::live::testing
