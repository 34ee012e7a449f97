#include "probe/intel_gpu.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/accelerator_probe.hpp"
#include "probe/accelerator_selection.hpp"
#include "probe/drm_clients.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/hwmon.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kIntelSource = "intel-gpu-hwmon";
constexpr double kIntelGainSigma = 0.05;  // docs/method/intel-gpu.md#how-sure-it-is
constexpr Seconds kIntelRenewal{0.01};
constexpr Watts kIntelMostPower{1000.0};
constexpr double kIntelLimitMargin = 1.5;
constexpr std::string_view kGraphicsOfProcessor = "0000:00:02.0";  // where Intel puts them since 2004
constexpr Seconds kIntelRest{2.0};  // a card that is on always draws, and is read by the microjoule
constexpr std::string_view kIntelDenied = "permission denied on the energy counter of this Intel GPU";
constexpr std::string_view kNoIntelCounter = "the driver of this Intel GPU tells no energy";

struct IntelCard {
    std::string folder;
    std::string address;
    std::string chip;    ///< its monitoring chip's folder, empty: none
    std::string energy;  ///< the file, empty: none
    bool whole_card = true;
    std::size_t tiles = 1;
};

/// "hwmon5", as the kernel names them, and nothing else.
bool is_numbered(std::string_view folder) {
    constexpr std::string_view kFolder = "hwmon";
    return folder.starts_with(kFolder) && folder.size() > kFolder.size() &&
           folder.find_first_not_of("0123456789", kFolder.size()) == std::string_view::npos;
}

/// The monitoring chip of the card itself: beside it i915 has one for each GT ("i915_gt0"), which counts the
/// same again.
std::string chip_of(const Host& host, const std::string& device) {
    const auto names = host.list(device + "/hwmon");
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        if (!is_numbered((*names)[i])) {
            continue;
        }
        const std::string folder = device + "/hwmon/" + (*names)[i];
        const std::string name = word_in(host, folder + "/name");
        if (name == "xe" || name == "i915") {
            return folder;
        }
    }
    return {};
}

std::vector<IntelCard> intel_cards(const Host& host) {
    std::vector<IntelCard> cards;
    for (const std::string& name : drm_cards(host)) {
        IntelCard card;
        card.folder = "/sys/class/drm/" + name + "/device";
        if (word_in(host, card.folder + "/vendor") != "0x8086") {
            continue;
        }
        card.address = pci_address(host, card.folder);
        card.chip = chip_of(host, card.folder);
        if (!card.chip.empty()) {
            // energy1 is the card; energy2, of xe, its package: a part of the card, never beside it
            card.whole_card = host.exists(card.chip + "/energy1_input");
            card.energy = card.chip + (card.whole_card ? "/energy1_input" : "/energy2_input");
            card.energy = host.exists(card.energy) ? card.energy : std::string{};
        }
        if (const auto entries = host.list(card.folder)) {
            const auto tiles = std::count_if(entries->begin(), entries->end(), [](const std::string& entry) {
                return entry.starts_with("tile") && read_u64(std::string_view{entry}.substr(4));
            });
            card.tiles = std::max<std::size_t>(static_cast<std::size_t>(tiles), 1);
        }
        cards.push_back(std::move(card));
    }
    return cards;
}

bool is_graphics_of_processor(const IntelCard& card) {
    return card.energy.empty() && (card.chip.empty() && card.address == kGraphicsOfProcessor);
}

class IntelSensor final : public AcceleratorSensor {
public:
    IntelSensor(std::unique_ptr<OpenFile> energy, std::unique_ptr<OpenFile> status, std::string warning)
        : energy_(std::move(energy)), status_(std::move(status)), warning_(std::move(warning)) {}

    [[nodiscard]] Reading read(std::int64_t /*now_ns*/) noexcept override {
        if (status_ != nullptr) {
            std::array<char, 16> text{};
            const Result<std::size_t> count = status_->read(text);
            if (count && std::string_view{text.data(), *count}.starts_with("suspended")) {
                Reading asleep;
                asleep.failure = "the Intel GPU sleeps, and is not woken";
                return asleep;
            }
        }
        return read_number(*energy_, ReadingKind::kCounter);
    }
    [[nodiscard]] std::vector<std::string> warnings() const override {
        return warning_.empty() ? std::vector<std::string>{} : std::vector<std::string>{warning_};
    }

private:
    std::unique_ptr<OpenFile> energy_;
    std::unique_ptr<OpenFile> status_;
    std::string warning_;
};

Watts ceiling_of(const Host& host, const IntelCard& card) {
    for (const char* limit : {"/power1_max", "/power1_rated_max"}) {
        const auto text = host.read(card.chip + limit);
        const auto microwatts = text ? read_u64(*text) : std::nullopt;
        if (microwatts && *microwatts > 0) {
            return Watts{Microwatts{static_cast<double>(*microwatts)}} * kIntelLimitMargin;
        }
    }
    return kIntelMostPower;
}

/// ZE_AFFINITY_MASK counts tiles where the hierarchy is flat, which is the default; "1.0" is a tile of card 1
/// otherwise.
GpuSelection choose_intel(const SourceContext& context, const std::vector<IntelCard>& cards) {
    const auto mask = context.host.env("ZE_AFFINITY_MASK");
    const bool composite = context.host.env("ZE_FLAT_DEVICE_HIERARCHY").value_or("FLAT") == "COMPOSITE";
    std::vector<std::size_t> card_of;  // by the number that the mask counts
    for (std::size_t i = 0; i < cards.size(); ++i) {
        card_of.insert(card_of.end(), composite ? 1 : cards[i].tiles, i);
    }
    std::optional<std::string> whole;
    if (mask) {
        whole.emplace();
        for (const std::string_view part : split(*mask, ',')) {
            const std::string_view number = trimmed(part).substr(0, trimmed(part).find('.'));
            *whole += (whole->empty() ? "" : ",") + std::string{number};
        }
    }
    const DeviceList lists[]{{"ZE_AFFINITY_MASK", std::move(whole)}};
    const std::vector<DeviceList> kept =
        lists_of_all_ranks({std::begin(lists), std::end(lists)}, context.options.ranks);
    const GpuSelection numbered = select_by_lists(kept, std::vector<std::string>(card_of.size()));
    GpuSelection selection = select_by_lists({}, std::vector<std::string>(cards.size()));
    selection.decided = numbered.decided;
    for (std::size_t i = 0; i < card_of.size(); ++i) {
        GpuChoice& choice = selection.choices[card_of[i]];
        const bool first = choice.membership == Membership::kUnknown;
        if (first || numbered.choices[i].membership == Membership::kIn) {
            choice = numbered.choices[i];
        }
    }
    return widened_by_scope(std::move(selection), context.options.scope);
}

}  // namespace

OpenedSource open_intel_gpus(const SourceContext& context) {
    OpenedSource source;
    std::vector<IntelCard> cards =
        context.options.gpus ? intel_cards(context.host) : std::vector<IntelCard>{};
    if (cards.empty()) {
        return source;
    }
    SourceReport report;
    report.name = kIntelSource;
    const auto add = [&report](const std::string& words) {
        report.why += (report.why.empty() ? "" : "; ") + words;
    };
    std::vector<IntelCard> own;
    for (IntelCard& card : cards) {
        if (is_graphics_of_processor(card)) {
            add("the graphics at " + card.address + " are in the package of the CPU");
        } else {
            own.push_back(std::move(card));
        }
    }
    if (own.empty()) {
        source.reports.push_back(std::move(report));
        return source;
    }
    const GpuSelection selection = choose_intel(context, own);
    std::vector<SensedAccelerator> devices;
    std::size_t counters = 0;
    bool denied = false;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const IntelCard& card = own[i];
        SensedAccelerator made;
        Device& device = made.probed.device;
        device.id = "intelgpu" + std::to_string(i);
        device.kind = DeviceKind::kGpu;
        device.name = "Intel GPU " + word_in(context.host, card.folder + "/device");
        device.method = kIntelSource;
        device.gain_sigma = kIntelGainSigma;
        device.gain_source = "docs/method/intel-gpu.md";
        device.group = "intel:" + device.name;
        made.probed.identity = "intel:" + card.address;
        made.probed.meter.whole = true;
        made.probed.meter.energy = meter::CounterSpec{
            Microjoules{1.0}, 0, 1, ceiling_of(context.host, card), kIntelRest, kIntelRenewal};
        auto energy = card.energy.empty() ? Result<std::unique_ptr<OpenFile>>{Error{Code::kNotFound, "", ""}}
                                          : context.host.open(card.energy);
        if (energy) {
            ++counters;
            std::unique_ptr<OpenFile> status;
            if (word_in(context.host, card.folder + "/power/control") == "auto") {
                if (auto file = context.host.open(card.folder + "/power/runtime_status")) {
                    status = *std::move(file);
                }
            }
            std::string warning;
            if (!card.whole_card) {
                device.name += " (package without its memory)";
                warning = device.id +
                          ": its driver tells the energy of the package only: memory and regulators of the "
                          "card come on top, and are not known";
            }
            made.sensor =
                std::make_unique<IntelSensor>(*std::move(energy), std::move(status), std::move(warning));
        } else {
            const bool is_denied = energy.error().code == Code::kPermission;
            made.sensor = untold_sensor(is_denied ? kIntelDenied : kNoIntelCounter);
            if (is_denied) {
                denied = true;
                add(device.id + ": permission denied on " + card.energy);
                offer(report.remedies, allow_reading({card.energy}));
            } else {
                add(device.id + ": its driver tells no energy (xe does from Linux 6.5 on, i915 from 6.2)");
            }
        }
        devices.push_back(std::move(made));
    }
    if (counters > 0) {
        report.why =
            std::to_string(counters) + " by energy counter" + (report.why.empty() ? "" : "; ") + report.why;
    }
    report.state = counters > 0 ? SourceState::kUsed : denied ? SourceState::kRefused : SourceState::kAbsent;
    std::vector<std::string> addresses;
    for (const IntelCard& card : own) {
        addresses.push_back(card.address);
    }
    source.probe = make_accelerator_probe(
        context.host, std::move(devices), std::move(report), selection,
        [addresses](const Host& host, const JobMembers& members) {
            return job_on_drm(host, members, addresses);
        },
        context.options.members);
    source.reports.push_back(source.probe->report());
    return source;
}

bool has_own_intel_gpu(const Host& host) {
    const std::vector<IntelCard> cards = intel_cards(host);
    return !std::all_of(cards.begin(), cards.end(), is_graphics_of_processor);
}

}  // namespace gramme::probe
