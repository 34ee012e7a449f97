#include "live/module_transport.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "live/module_trust.hpp"
#include "live/net_abi.h"

namespace gramme::live {
namespace {

constexpr std::string_view kRemedy =
    "install libcurl (Debian: libcurl4, to build it libcurl4-openssl-dev), build and install gramme again; "
    "or "
    "give the values in a file with --intensity-csv";

extern "C" int append_body(void* state, const char* bytes, std::size_t count) {
    try {
        static_cast<std::string*>(state)->append(bytes, count);
        return 0;
    } catch (...) {  // out of memory: nothing may be thrown through C
        return 1;
    }
}

long milliseconds(double seconds) {
    constexpr double kPerSecond = 1e3;
    return std::lround(std::max(seconds, 1.0 / kPerSecond) * kPerSecond);
}

HttpAnswer::Kind kind_of(int outcome) {
    switch (outcome) {
        case GRAMME_NET_ANSWERED: return HttpAnswer::Kind::kAnswered;
        case GRAMME_NET_NO_CONNECTION: return HttpAnswer::Kind::kNoConnection;
        case GRAMME_NET_TIMED_OUT: return HttpAnswer::Kind::kTimedOut;
        case GRAMME_NET_TOO_LARGE: return HttpAnswer::Kind::kTooLarge;
        default: return HttpAnswer::Kind::kFailed;
    }
}

class ModuleTransport final : public Transport {
public:
    ModuleTransport(const Host& host, std::vector<std::string> files, std::string user_agent)
        : host_(host), files_(std::move(files)), user_agent_(std::move(user_agent)) {}

    Result<HttpAnswer> get(const HttpRequest& request) override {
        GRAMME_CHECK(load());
        std::vector<const char*> headers;
        headers.reserve(request.headers.size() + 1);
        for (const std::string& header : request.headers) {
            headers.push_back(header.c_str());
        }
        headers.push_back(nullptr);
        const gramme_net_request asked{request.url.c_str(),
                                       headers.data(),
                                       user_agent_.c_str(),
                                       milliseconds(request.connect_timeout_s),
                                       milliseconds(request.timeout_s),
                                       request.most_bytes,
                                       request.url.starts_with("http://") ? 1 : 0};
        gramme_net_answer told{};
        HttpAnswer answer;
        answer.kind = kind_of(get_(&asked, &append_body, &answer.body, &told));
        answer.status = static_cast<int>(told.status);
        if (told.retry_after_s >= 0) {
            answer.retry_after_s = static_cast<double>(told.retry_after_s);
        }
        told.message[sizeof told.message - 1] = '\0';
        answer.message = told.message;
        return answer;
    }

private:
    Result<void> load() {
        if (get_ != nullptr) {
            return {};
        }
        for (const std::string& file : files_) {
            if (::access(file.c_str(), F_OK) != 0) {
                continue;
            }
            GRAMME_CHECK(check_trusted(file, {::geteuid(), ::getegid()}));
            auto library = host_.load(file);
            if (!library) {
                return Error{Code::kUnavailable,
                             "the network module cannot be loaded: " + library.error().what,
                             std::string{kRemedy}};
            }
            auto* abi = reinterpret_cast<gramme_net_abi_function>((*library)->symbol(GRAMME_NET_ABI_SYMBOL));
            auto* get = reinterpret_cast<gramme_net_get_function>((*library)->symbol(GRAMME_NET_GET_SYMBOL));
            if (abi == nullptr || get == nullptr || abi() != GRAMME_NET_ABI) {
                return Error{Code::kUnavailable, file + " belongs to another version of gramme",
                             "install gramme again, with its libraries"};
            }
            library_ = *std::move(library);
            get_ = get;
            return {};
        }
        return Error{Code::kUnavailable,
                     "live values need the network module libgramme_net.so, which is not installed",
                     std::string{kRemedy}};
    }

    const Host& host_;
    std::vector<std::string> files_;
    std::string user_agent_;
    std::unique_ptr<Library> library_;
    gramme_net_get_function get_ = nullptr;
};

}  // namespace

std::unique_ptr<Transport> make_module_transport(const Host& host, std::vector<std::string> files,
                                                 std::string user_agent) {
    return std::make_unique<ModuleTransport>(host, std::move(files), std::move(user_agent));
}

}  // namespace gramme::live
