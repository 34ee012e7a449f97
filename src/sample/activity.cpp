#include "sample/activity.hpp"

namespace gramme::sample {

JobActivity::JobActivity(const Host& host, const JobCgroup* cgroup, const HostFacts& facts, Scope scope,
                         const RankTable* ranks, bool with_self)
    : job_(host, cgroup, scope, with_self),
      ranks_(ranks),
      sockets_(SocketTime::make(host, facts, ranks == nullptr)) {
    places_.fill(SiblingTable::kMostDevices);
    if (auto stat = probe::ProcStat::open(host)) {
        machine_ = *std::move(stat);
    }
}

ActivityReading JobActivity::read(std::int64_t at_ns, std::optional<double> machine_busy_s) noexcept {
    ActivityReading reading;
    reading.at_ns = at_ns;
    if (const auto seconds = job_.read()) {
        reading.job_cpu_s = *seconds;
        reading.job_known = true;
    }
    if (ranks_ != nullptr) {
        reading.job_cpu_s += ranks_->members_cpu_s();
        reading.job_known = reading.job_known && ranks_->members_cpu_known();
    }
    if (siblings_ != nullptr) {
        // In one cgroup with the others it is the time of all of them already, and nobody's own is known.
        reading.own_known = reading.job_known && job_.surrounding().empty();
        if (reading.own_known) {
            joined_s_ = joined_s_.value_or(reading.job_cpu_s);
            reading.own_cpu_s = reading.job_cpu_s - *joined_s_;
        }
        const SiblingShares shares = siblings_->exchange(reading.own_cpu_s);
        reading.job_cpu_s = reading.own_known ? shares.all_cpu_s : reading.job_cpu_s;
        reading.trackers = shares.ranks;
    }
    if (sockets_) {
        sockets_->read(reading);  // the machine's sum as well: it stands in the same file
    }
    if (!reading.machine_known && machine_busy_s) {
        reading.machine_busy_s = *machine_busy_s;
        reading.machine_known = true;
    } else if (!reading.machine_known && machine_) {
        if (const auto seconds = machine_->read()) {
            reading.machine_busy_s = seconds->busy;
            reading.machine_known = true;
        }
    }
    return reading;
}

void JobActivity::claim(std::uint16_t device, std::string_view identity, bool counts) noexcept {
    if (siblings_ != nullptr && device < places_.size()) {
        places_[device] = siblings_->claim(identity, counts);
    }
}

int JobActivity::trackers_of(std::uint16_t device) const noexcept {
    return siblings_ != nullptr && device < places_.size() ? siblings_->ranks_of(places_[device]) : 0;
}

std::string JobActivity::method() const {
    return machine_ ? job_.method() : "unknown";  // a share of what?
}

}  // namespace gramme::sample
