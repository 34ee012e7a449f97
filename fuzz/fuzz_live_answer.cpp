// The answer of a live provider: the first byte chooses who was asked for what, the rest is what came back.
// Points that are as they may be and survive the cache, or an error that says what is wrong.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "live/cache.hpp"
#include "live/providers.hpp"

namespace {

using namespace gramme::live;

Query asked(unsigned which) {
    Query query;
    query.provider = static_cast<Provider>(which % 3);
    query.zone = query.provider == Provider::kNeso ? "GB" : "FR";
    if ((which & 4U) != 0 && query.provider != Provider::kNeso) {
        query.basis = "direct";
    }
    if ((which & 8U) != 0) {
        query.span = Span{1'767'225'600, 1'767'312'000};
    }
    return *checked_query(query);
}

void check_cache(const Query& query, const std::vector<Point>& points) {
    const auto kept = read_kept(kept_text(query, "", {points, 1'767'312'000}), query, "");
    GRAMME_ASSERT(kept && kept->points.size() == points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        GRAMME_ASSERT(kept->points[i].from_s == points[i].from_s &&
                      kept->points[i].gco2e_per_kwh == points[i].gco2e_per_kwh);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view body{reinterpret_cast<const char*>(data + 1), size - 1};
    const Query query = asked(data[0]);
    if (const auto points = points_of(query, body)) {
        for (const Point& point : *points) {
            GRAMME_ASSERT(point.from_s < point.until_s && point.gco2e_per_kwh >= 0.0 &&
                          point.gco2e_per_kwh <= kMostGrams);
        }
        std::size_t clashes = 0;
        if (const auto ordered = in_order(*points, clashes)) {
            check_cache(query, *ordered);
        }
    } else {
        GRAMME_ASSERT(points.error().code == gramme::Code::kMalformed && !points.error().what.empty());
    }
    if (const auto token = token_of_login(body)) {
        GRAMME_ASSERT(token->find_first_of("\r\n :") == std::string::npos);
    }
    (void)complaint_of(body);
    if (const auto kept = read_kept(body, query, "")) {
        check_cache(query, kept->points);
    }
    return 0;
}
