#include "probe/gpu_sharing.hpp"

#include <algorithm>
#include <utility>

namespace gramme::probe {
namespace {

constexpr double kSecondsPerNs = 1e-9;

}  // namespace

void GpuSharing::see(std::vector<ListedProcess> processes) {
    listed_before_ = std::exchange(listed_, std::move(processes));
    others_ = false;
    unknown_ = 0;
    certain_ = false;
    for (const ListedProcess& process : listed_) {
        others_ |= process.party == Party::kOther;
        job_was_there_ |= process.party != Party::kOther;
        unknown_ += process.party == Party::kUnknown ? 1 : 0;
        certain_ |= process.party == Party::kJob;
    }
    certain_ &= unknown_ == 0;
}

std::optional<Party> GpuSharing::verdict(unsigned pid) const {
    for (const auto* list : {&listed_, &listed_before_}) {
        const auto found =
            std::find_if(list->begin(), list->end(), [&](const auto& one) { return one.pid == pid; });
        if (found != list->end() && found->party != Party::kUnknown) {
            return found->party;
        }
    }
    return std::nullopt;
}

void GpuSharing::end_alone(std::int64_t at_ns) {
    told_.reset();
    end(at_ns, {1.0, 1.0, certain_ ? 0.0 : 1.0});
}

void GpuSharing::end_without_job(std::int64_t at_ns) {
    told_.reset();
    end(at_ns, {0.0, 1.0, 0.0});
}

void GpuSharing::end_like_before(std::int64_t at_ns) {
    end(at_ns, told_.value_or(Rates{1.0, 1.0, 1.0}));
}

bool GpuSharing::has_lost_one(std::span<const unsigned> pids) const {
    return std::any_of(listed_.begin(), listed_.end(), [&](const ListedProcess& one) {
        return one.party != Party::kUnknown && std::find(pids.begin(), pids.end(), one.pid) == pids.end();
    });
}

void GpuSharing::end_shared(std::int64_t at_ns, std::span<const ProcessUse> uses,
                            const std::function<Party(unsigned pid)>& tell) {
    Rates rates;
    for (const ProcessUse& use : uses) {
        const auto known = verdict(use.pid);
        const Party party = known ? *known : tell(use.pid);
        const double share = std::min(use.sm_percent, 100U) / 100.0;
        rates.busy += share;
        rates.job += party == Party::kOther ? 0.0 : share;
        rates.untold += party == Party::kUnknown ? share : 0.0;
    }
    told_ = rates;
    end(at_ns, rates);
}

void GpuSharing::end(std::int64_t at_ns, const Rates& rates) {
    from_ns_ = to_ns_;
    to_ns_ = std::max(at_ns, from_ns_);
    const double seconds = static_cast<double>(to_ns_ - from_ns_) * kSecondsPerNs;
    before_ = now_;
    now_.job_s += rates.job * seconds;
    now_.busy_s += rates.busy * seconds;
    now_.untold_s += rates.untold * seconds;
    job_was_there_ = std::any_of(listed_.begin(), listed_.end(),
                                 [](const auto& one) { return one.party != Party::kOther; });
}

DeviceUse GpuSharing::at(std::int64_t at_ns) const {
    if (to_ns_ <= from_ns_) {
        return now_;
    }
    const double part =
        std::clamp(static_cast<double>(at_ns - from_ns_) / static_cast<double>(to_ns_ - from_ns_), 0.0, 1.0);
    return {before_.job_s + part * (now_.job_s - before_.job_s),
            before_.busy_s + part * (now_.busy_s - before_.busy_s),
            before_.untold_s + part * (now_.untold_s - before_.untold_s)};
}

}  // namespace gramme::probe
