#include "serve/reference_answers.hpp"

#include <algorithm>

#include "serve/gzip.hpp"

namespace gramme::serve {

const ReferenceAnswers::Kept* ReferenceAnswers::find(What what, std::size_t limit) {
    const std::lock_guard lock{mutex_};
    const auto found = kept_.find({what, limit});
    return found == kept_.end() ? nullptr : found->second.get();
}

Result<Response> ReferenceAnswers::get(What what, std::size_t limit, bool gzip, const Make& make) {
    const Kept* kept = find(what, limit);
    if (kept == nullptr) {
        constexpr std::ptrdiff_t kMostLimits = 4;
        auto made = std::make_unique<Kept>();  // outside of the lock: the others go on meanwhile
        GRAMME_TRY(made->plain, make());
        made->packed = gzipped(made->plain);
        if (made->packed.size() >= made->plain.size()) {
            made->packed.clear();
        }
        made->tag = content_tag(made->plain);
        const std::lock_guard lock{mutex_};
        const auto same = [&](const auto& one) { return one.first.first == what; };
        if (std::count_if(kept_.begin(), kept_.end(), same) >= kMostLimits &&
            !kept_.contains({what, limit})) {
            Response response;
            response.body = std::move(made->plain);
            return response;
        }
        // Who was quicker has made the same.
        kept = kept_.try_emplace({what, limit}, std::move(made)).first->second.get();
    }
    Response response;
    response.is_gzip = gzip && !kept->packed.empty();
    response.fixed = response.is_gzip ? kept->packed : kept->plain;
    response.etag = "\"" + kept->tag + (response.is_gzip ? "-gz\"" : "\"");
    return response;
}

}  // namespace gramme::serve
