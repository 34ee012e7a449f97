#include "live/live.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "live/providers.hpp"

namespace gramme::live {
namespace {

/// A stranger's words for a message: without keys first, so that no cut leaves half of one; then printable
/// and short.
std::string shown(const std::string& said, const std::vector<std::string>& secrets) {
    constexpr std::size_t kLongest = 200;
    std::string text = without_secrets(said, secrets);
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e; },
        ' ');
    return text.substr(0, kLongest);
}

/// What is asked of one provider in one call of fetch_intensity.
class Conversation {
public:
    Conversation(const LiveRequest& request, const Query& query, const LiveWorld& world)
        : request_(request),
          query_(query),
          world_(world),
          server_(request.server.empty() ? std::string{server_of(query.provider)} : request.server) {}

    Result<std::vector<Point>> ask(const Query& piece) {
        GRAMME_CHECK(identify());
        GRAMME_TRY(const std::string body, get(address_of(piece, server_, world_.now_s), headers_));
        return points_of(piece, body);
    }

private:
    /// Makes the headers that show who asks; once, since WattTime's token is fetched with a request of its
    /// own.
    Result<void> identify() {
        if (identified_) {
            return {};
        }
        headers_ = {"Accept: application/json"};
        const Keys& keys = request_.keys;
        if (query_.provider == Provider::kElectricityMaps) {
            GRAMME_CHECK(check_key("ELECTRICITYMAPS_TOKEN", keys.token));
            headers_.push_back("auth-token: " + keys.token);
        } else if (query_.provider == Provider::kWattTime) {
            GRAMME_CHECK(check_key("WATTTIME_USER", keys.user));
            GRAMME_CHECK(check_key("WATTTIME_PASSWORD", keys.password));
            const std::string basic = base64(keys.user + ":" + keys.password);
            secrets_.push_back(basic);
            secrets_.push_back(basic.substr(0, basic.find('=')));  // some servers write it without its end
            GRAMME_TRY(
                const std::string body,
                get(login_address(server_), {"Accept: application/json", "Authorization: Basic " + basic}));
            GRAMME_TRY(const std::string token, token_of_login(body));
            secrets_.push_back(token);
            headers_.push_back("Authorization: Bearer " + token);
        }
        identified_ = true;
        return {};
    }

    /// A key that holds a line end would put lines of its own into the request.
    Result<void> check_key(const char* variable, const std::string& key) {
        constexpr std::size_t kLongest = 4096;
        if (key.empty()) {
            return Error{Code::kPermission,
                         title() + " needs a key: " + std::string{variable} + " is not set",
                         "set it in the environment; it is written nowhere"};
        }
        if (key.size() > kLongest || std::any_of(key.begin(), key.end(), [](char c) {
                return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
            })) {
            return Error{Code::kPermission, std::string{variable} + " holds something that is no key",
                         "it is too long, or holds a line end or another control character"};
        }
        secrets_.push_back(key);
        return {};
    }

    Result<std::string> get(const std::string& url, const std::vector<std::string>& headers) {
        HttpRequest asked;
        asked.url = url;
        asked.headers = headers;
        asked.secrets = secrets_;
        asked.timeout_s = request_.timeout_s;
        asked.connect_timeout_s = std::min(asked.connect_timeout_s, request_.timeout_s);
        GRAMME_TRY(HttpAnswer answer, get_patiently(world_.transport, asked, world_.sleep));
        GRAMME_CHECK(check_answer(answer));
        return std::move(answer.body);
    }

    Result<void> check_answer(const HttpAnswer& answer) const {
        const std::string said = shown(answer.message, secrets_);
        switch (answer.kind) {
            case HttpAnswer::Kind::kAnswered: return check_status(answer);
            case HttpAnswer::Kind::kNoConnection:
                return Error{Code::kUnavailable, title() + " cannot be reached: " + said,
                             "tried three times; check the network, or give the values with --intensity-csv"};
            case HttpAnswer::Kind::kTimedOut:
                return Error{Code::kUnavailable, title() + " did not answer in time: " + said,
                             "--live-timeout SECONDS waits longer"};
            case HttpAnswer::Kind::kTooLarge:
                return Error{Code::kMalformed, title() + " answered with more than 4 MiB", ""};
            case HttpAnswer::Kind::kFailed: break;
        }
        return Error{Code::kUnavailable, title() + " cannot be asked: " + said, ""};
    }

    Result<void> check_status(const HttpAnswer& answer) const {
        constexpr int kOk = 200;
        if (answer.status == kOk) {
            return {};
        }
        std::string what = title() + " answered with status " + std::to_string(answer.status);
        if (const std::string said = shown(complaint_of(answer.body), secrets_); !said.empty()) {
            what += ": " + said;
        }
        switch (answer.status) {
            case 401:
            case 403:
                return Error{Code::kPermission, what,
                             query_.provider == Provider::kNeso ? ""
                                                                : "check the key, and that its plan has "
                                                                  "this zone and this time"};
            case 400:
            case 404: return Error{Code::kUnavailable, what, "check the zone '" + query_.zone + "'"};
            case 429:
                return Error{Code::kUnavailable, what,
                             answer.retry_after_s
                                 ? "too many requests; ask again in " +
                                       std::to_string(std::lround(*answer.retry_after_s)) + " s"
                                 : "too many requests; ask again later"};
            default: break;
        }
        const bool redirect = answer.status >= 300 && answer.status < 400;
        return Error{
            Code::kUnavailable, what,
            redirect ? "a redirect is not followed, since a key could go with it" : "ask again later"};
    }

    [[nodiscard]] std::string title() const { return std::string{title_of(query_.provider)}; }

    const LiveRequest& request_;
    const Query& query_;
    const LiveWorld& world_;
    std::string server_;
    std::vector<std::string> headers_;
    std::vector<std::string> secrets_;
    bool identified_ = false;
};

/// Times that nobody knows yet are not asked for; only NESO tells the future.
Result<void> cut_at_now(Query& query, std::int64_t now_s) {
    if (!query.span || query.provider == Provider::kNeso || query.span->until_s <= now_s) {
        return {};
    }
    if (query.span->from_s >= now_s) {
        return Error{Code::kUsage,
                     std::string{title_of(query.provider)} + " is asked for the past, and " +
                         time_text(query.span->from_s) + " lies ahead",
                     "give an earlier time, or neso, which forecasts Great Britain"};
    }
    query.span->until_s = now_s;
    return {};
}

/// A provider whose feed stands still goes on telling its last value, which is none of now.
Result<void> check_is_of_now(const Query& query, const Point& newest, std::int64_t now_s) {
    if (newest.until_s >= now_s - kNewestWithinS && newest.from_s <= now_s + kNewestWithinS) {
        return {};
    }
    return Error{Code::kUnavailable,
                 std::string{title_of(query.provider)} + " has no value for " + query.zone +
                     " now: the newest is of " + time_text(newest.from_s) + " until " +
                     time_text(newest.until_s),
                 "--from and --until, or --start of an estimate, ask for a time that it knows"};
}

std::string hours_text(std::int64_t seconds) {
    constexpr double kHour = 3600.0;
    char out[32];
    std::snprintf(out, sizeof out, "%.1f", static_cast<double>(seconds) / kHour);
    return out;
}

std::int64_t covered_s(const std::vector<Point>& points, Span span) {
    std::int64_t sum = 0;
    for (const Point& point : points) {
        sum += std::min(point.until_s, span.until_s) - std::max(point.from_s, span.from_s);
    }
    return sum;
}

void count(const std::vector<Point>& points, LiveAnswer& answer) {
    for (const Point& point : points) {
        switch (point.knowledge) {
            case Knowledge::kMeasured: ++answer.measured; break;
            case Knowledge::kEstimated: ++answer.estimated; break;
            case Knowledge::kForecast: ++answer.forecast; break;
        }
        answer.series.periods.push_back({point.from_s, point.until_s, point.gco2e_per_kwh});
    }
}

void warn(const Query& query, const std::vector<Point>& points, std::optional<Span> wanted,
          std::size_t clashes, LiveAnswer& answer) {
    const auto of_all = [&](std::size_t some) {
        return std::to_string(some) + " of " + std::to_string(points.size()) + " values ";
    };
    const std::string title{title_of(query.provider)};
    if (answer.estimated > 0) {
        answer.warnings.push_back(title + ": " + of_all(answer.estimated) + "are estimates");
    }
    if (answer.forecast > 0) {
        answer.warnings.push_back(title + ": " + of_all(answer.forecast) + "are forecasts");
    }
    if (query.basis == "marginal") {
        answer.warnings.push_back(
            title +
            ": marginal values say what one more kWh causes; they do not add up to what a grid emits");
    }
    if (clashes > 0) {
        answer.warnings.push_back(title + ": " + std::to_string(clashes) +
                                  " times were told twice with different values; the first counts");
    }
    const std::int64_t missing = wanted ? wanted->until_s - wanted->from_s - covered_s(points, *wanted) : 0;
    if (missing > 0) {
        answer.warnings.push_back(title + ": " + hours_text(missing) + " of " +
                                  hours_text(wanted->until_s - wanted->from_s) + " hours have no value");
    }
}

}  // namespace

Result<LiveAnswer> fetch_intensity(const LiveRequest& request, const LiveWorld& world) {
    GRAMME_TRY(Query query, checked_query(request.query));
    const std::optional<Span> wanted = query.span;
    GRAMME_CHECK(cut_at_now(query, world.now_s));
    LiveAnswer answer;
    Conversation conversation{request, query, world};
    std::vector<Query> parts;
    if (query.span) {
        for (const Span span : pieces(query.provider, *query.span)) {
            parts.push_back(query);
            parts.back().span = span;
        }
    } else {
        parts.push_back(query);
    }
    std::vector<Point> points;
    std::size_t clashes = 0;
    for (const Query& part : parts) {
        auto kept = world.cache != nullptr
                        ? world.cache->find(part, request.server, world.now_s, answer.warnings)
                        : std::nullopt;
        if (!kept) {
            GRAMME_TRY(std::vector<Point> told, conversation.ask(part));
            GRAMME_TRY(kept, in_order(std::move(told), clashes));
            if (part.span) {  // NESO also tells the half hour before, history all of the last day
                std::erase_if(*kept, [&](const Point& point) {
                    return point.until_s <= part.span->from_s || point.from_s >= part.span->until_s;
                });
            } else if (!kept->empty()) {  // the newest: of a forecast the first, of a history the last
                const bool first = kept->front().knowledge == Knowledge::kForecast;
                const Point newest = first ? kept->front() : kept->back();
                GRAMME_CHECK(check_is_of_now(part, newest, world.now_s));
                kept->assign(1, newest);
            }
            if (world.cache != nullptr) {
                world.cache->keep(part, request.server, {*kept, world.now_s}, answer.warnings);
            }
        }
        points.insert(points.end(), kept->begin(), kept->end());
    }
    GRAMME_TRY(points, in_order(std::move(points), clashes));
    if (wanted) {
        std::erase_if(points, [&](const Point& point) {
            return point.until_s <= wanted->from_s || point.from_s >= wanted->until_s;
        });
    }
    if (points.empty()) {
        return Error{
            Code::kUnavailable,
            std::string{title_of(query.provider)} + " has no value for " + query.zone +
                (wanted ? " from " + time_text(wanted->from_s) + " until " + time_text(wanted->until_s)
                        : std::string{" now"}),
            ""};
    }
    count(points, answer);
    warn(query, points, wanted, clashes, answer);
    const double guessed =
        static_cast<double>(answer.estimated + answer.forecast) / static_cast<double>(points.size());
    const double sigma = kMeasuredSigma + guessed * (kEstimatedSigma - kMeasuredSigma);
    answer.series.zone = query.zone;
    answer.series.basis = query.basis;
    answer.series.sigma_ln =
        query.basis == "lifecycle" ? std::sqrt(sigma * sigma + kLifecycleSigma * kLifecycleSigma) : sigma;
    answer.series.from.source = source_of(query.provider);
    answer.series.from.chosen = "--intensity-live " + std::string{name_of(query.provider)} + ":" + query.zone;
    return answer;
}

}  // namespace gramme::live
