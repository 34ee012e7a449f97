#include "probe/accelerator_probe.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/parse.hpp"
#include "probe/open_source.hpp"

namespace gramme::probe {
namespace {

constexpr std::int64_t kMillisecond_ns = 1'000'000;
constexpr std::array kLooks{200 * kMillisecond_ns,   500 * kMillisecond_ns,   1'000 * kMillisecond_ns,
                            2'000 * kMillisecond_ns, 4'000 * kMillisecond_ns, 8'000 * kMillisecond_ns};
constexpr std::int64_t kLookPeriod = 10'000 * kMillisecond_ns;

class UntoldSensor final : public AcceleratorSensor {
public:
    explicit UntoldSensor(std::string_view reason) : reason_(reason) {}
    [[nodiscard]] Reading read(std::int64_t /*now_ns*/) noexcept override {
        Reading reading;
        reading.failure = reason_;
        return reading;
    }

private:
    std::string_view reason_;
};

class AcceleratorProbe final : public Probe {
public:
    AcceleratorProbe(const Host& host, std::vector<SensedAccelerator> accelerators, SourceReport report,
                     const GpuSelection& selection, JobLook look, const JobMembers* members)
        : host_(host),
          accelerators_(std::move(accelerators)),
          report_(std::move(report)),
          look_(std::move(look)),
          members_(members),
          start_ns_(host.now().boot_ns) {
        for (std::size_t i = 0; i < accelerators_.size(); ++i) {
            Device& device = accelerators_[i].probed.device;
            device.membership = selection.choices.at(i).membership;
            device.membership_reason = selection.choices.at(i).reason;
            report_.devices.push_back(device.id);
        }
        looks_wanted_ = !selection.decided && look_ != nullptr && members_ != nullptr;
        look_due_ns_ = start_ns_ + kLooks[0];
    }

    [[nodiscard]] std::size_t device_count() const noexcept override { return accelerators_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override {
        return accelerators_.at(index).probed;
    }

    void sample(ReadingBuffer& out) noexcept override {
        std::int64_t before_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < accelerators_.size(); ++i) {
            Reading reading = accelerators_[i].sensor->read(before_ns);
            const std::int64_t after_ns = host_.now().boot_ns;
            reading.device = static_cast<std::uint16_t>(i);
            reading.at_ns = before_ns + (after_ns - before_ns) / 2;
            before_ns = after_ns;
            // One that is not the job's and sleeps, or tells nothing, is no failed read of the run.
            if (reading.kind != ReadingKind::kFailed ||
                accelerators_[i].probed.device.membership == Membership::kIn) {
                out.add(reading);
            }
        }
        if (looks_wanted_ && before_ns >= look_due_ns_) {
            look_for_job(before_ns);
        }
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t index) const noexcept override {
        return index < accelerators_.size() ? accelerators_[index].probed.device.membership
                                            : Membership::kUnknown;
    }
    [[nodiscard]] std::string membership_reason(std::size_t index) const override {
        return accelerators_.at(index).probed.device.membership_reason;
    }
    [[nodiscard]] SourceReport report() const override { return report_; }
    [[nodiscard]] std::vector<std::string> warnings() const override {
        std::vector<std::string> all;
        for (const SensedAccelerator& one : accelerators_) {
            if (one.probed.device.membership == Membership::kIn) {
                std::vector<std::string> own = one.sensor->warnings();
                std::move(own.begin(), own.end(), std::back_inserter(all));
            }
        }
        return all;
    }

private:
    /// Rare, and over once all are known to be the job's: the one place of a turn that opens files.
    void look_for_job(std::int64_t now_ns) noexcept {
        try {
            const std::vector<bool> on = look_(host_, *members_);
            bool all = true;
            for (std::size_t i = 0; i < accelerators_.size(); ++i) {
                Device& device = accelerators_[i].probed.device;
                if (device.membership == Membership::kUnknown && i < on.size() && on[i]) {
                    device.membership = Membership::kIn;
                    device.membership_reason =
                        "the job ran on it; all its energy is the job's, also where others use it";
                }
                all = all && device.membership != Membership::kUnknown;
            }
            looks_wanted_ = !all;
        } catch (const std::exception&) {
            looks_wanted_ = false;  // no memory: what is not known stays so
        }
        ++looks_;
        look_due_ns_ = looks_ < kLooks.size() ? start_ns_ + kLooks.at(looks_) : now_ns + kLookPeriod;
    }

    const Host& host_;
    std::vector<SensedAccelerator> accelerators_;
    SourceReport report_;
    JobLook look_;
    const JobMembers* members_;
    std::int64_t start_ns_;
    std::int64_t look_due_ns_ = 0;
    std::size_t looks_ = 0;
    bool looks_wanted_ = false;
};

}  // namespace

std::unique_ptr<AcceleratorSensor> untold_sensor(std::string_view reason) {
    return std::make_unique<UntoldSensor>(reason);
}

std::unique_ptr<Probe> make_accelerator_probe(const Host& host, std::vector<SensedAccelerator> accelerators,
                                              SourceReport report, const GpuSelection& selection,
                                              JobLook look, const JobMembers* members) {
    return std::make_unique<AcceleratorProbe>(host, std::move(accelerators), std::move(report), selection,
                                              std::move(look), members);
}

std::string hwmon_of(const Host& host, const std::string& device_folder) {
    const std::string folder = device_folder + "/hwmon";
    const auto names = host.list(folder);
    if (!names) {
        return {};
    }
    const auto found = std::find_if(names->begin(), names->end(),
                                    [](const std::string& name) { return name.starts_with("hwmon"); });
    return found == names->end() ? std::string{} : folder + "/" + *found;
}

std::vector<std::string> numbered(const Host& host, const std::string& folder, std::string_view beginning) {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    if (const auto names = host.list(folder)) {
        for (const std::string& name : *names) {
            const auto number = name.starts_with(beginning)
                                    ? read_u64(std::string_view{name}.substr(beginning.size()))
                                    : std::nullopt;
            if (number) {
                found.emplace_back(*number, name);
            }
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (auto& [number, name] : found) {
        names.push_back(std::move(name));
    }
    return names;
}

std::vector<std::string> drm_cards(const Host& host) {
    return numbered(host, "/sys/class/drm", "card");
}

std::string pci_address(const Host& host, const std::string& device_folder) {
    const auto real = host.real_path(device_folder);
    const std::string& path = real ? *real : device_folder;
    return path.substr(path.rfind('/') + 1);
}

}  // namespace gramme::probe
