// libgramme_net.so: HTTP through libcurl, behind the C interface of live/net_abi.h. A library of its own,
// loaded only when a live value is asked for: libcurl and what it needs cost a start tens of milliseconds.
#include <curl/curl.h>

#include <cstdio>
#include <memory>

#include "live/net_abi.h"

namespace {

struct Sink {
    gramme_net_sink take;
    void* state;
    std::size_t left;
    bool too_large = false;
};

extern "C" std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* state) {
    auto& sink = *static_cast<Sink*>(state);
    const std::size_t total = size * count;
    if (total > sink.left) {
        sink.too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    sink.left -= total;
    return sink.take(sink.state, bytes, total) == 0 ? total : CURL_WRITEFUNC_ERROR;
}

/// Headers count as well: they, too, may come without end, and libcurl keeps them.
extern "C" std::size_t count_header(char*, std::size_t size, std::size_t count, void* state) {
    auto& sink = *static_cast<Sink*>(state);
    const std::size_t total = size * count;
    sink.too_large = total > sink.left;
    sink.left -= sink.too_large ? 0 : total;
    return sink.too_large ? CURL_WRITEFUNC_ERROR : total;
}

gramme_net_outcome outcome_of(CURLcode code) {
    switch (code) {
        case CURLE_OK: return GRAMME_NET_ANSWERED;
        case CURLE_OPERATION_TIMEDOUT: return GRAMME_NET_TIMED_OUT;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE: return GRAMME_NET_NO_CONNECTION;
        default: return GRAMME_NET_FAILED;
    }
}

using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

void restrict_protocols(CURL* curl, bool plain_http) {
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain_http ? "http" : "https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, plain_http ? CURLPROTO_HTTP : CURLPROTO_HTTPS);
#endif
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int gramme_net_abi() {
    return GRAMME_NET_ABI;
}

__attribute__((visibility("default"))) int gramme_net_get(const gramme_net_request* request,
                                                          gramme_net_sink sink, void* state,
                                                          gramme_net_answer* answer) {
    *answer = {0, -1, {}};
    static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
    const Handle curl{kStarted == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup};
    List headers{nullptr, &curl_slist_free_all};
    for (const char* const* one = request->headers; *one != nullptr; ++one) {
        curl_slist* longer = curl_slist_append(headers.get(), *one);
        if (longer == nullptr) {
            return GRAMME_NET_FAILED;
        }
        (void)headers.release();
        headers.reset(longer);
    }
    if (!curl) {
        std::snprintf(answer->message, sizeof answer->message, "libcurl does not start");
        return GRAMME_NET_FAILED;
    }
    char words[CURL_ERROR_SIZE] = {};
    Sink body{sink, state, request->most_bytes};
    CURL* const c = curl.get();
    curl_easy_setopt(c, CURLOPT_URL, request->url);
    restrict_protocols(c, request->plain_http != 0);
    if (request->plain_http != 0) {
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    }
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(c, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // none to a proxy
    curl_easy_setopt(c, CURLOPT_USERAGENT, request->user_agent);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, &count_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &body);
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK) {
        curl_off_t wait = 0;
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer->status);
        if (curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0) {
            answer->retry_after_s = static_cast<long>(wait);
        }
        return GRAMME_NET_ANSWERED;
    }
    std::snprintf(answer->message, sizeof answer->message, "%s",
                  words[0] != '\0' ? words : curl_easy_strerror(code));
    return body.too_large ? GRAMME_NET_TOO_LARGE : outcome_of(code);
}

}  // extern "C"
