#include "probe/cray.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "probe/rapl_device.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

const std::string kCrayFolder = "/sys/cray/pm_counters/";
constexpr const char* kCrayPage = "docs/method/platform.md";
constexpr double kCraySigma = 0.05;
constexpr Seconds kCrayRenewal{0.2};  // at 10 Hz, with one turn to spare
constexpr Seconds kCrayStale{5.0};
constexpr Watts kMostPerNode{20'000.0};
constexpr Watts kMostOfCpus{4'000.0};
constexpr Watts kMostOfMemory{2'000.0};
constexpr Watts kMostPerAccelerator{4'000.0};
constexpr int kMostAccelerators = 16;

bool take_number(std::string_view& text, std::uint64_t& value) noexcept {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{}) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take_words(std::string_view& text, std::string_view words) noexcept {
    if (!text.starts_with(words)) {
        return false;
    }
    text.remove_prefix(words.size());
    return true;
}

/// One open file, and what it has shown.
struct CrayFile {
    ProbedDevice device;
    std::unique_ptr<OpenFile> file;
    std::optional<CrayEnergy> last{};
    std::int64_t renewed_ns = 0;  ///< when its stamp was first seen
    std::uint64_t base = 0;       ///< what it showed when the controller began anew
    bool rebase = false;          ///< its next good reading is the first after that
};

class CrayProbe final : public Probe {
public:
    CrayProbe(const Host& host, std::vector<CrayFile> files, std::unique_ptr<OpenFile> startup,
              SourceReport report)
        : host_(host), files_(std::move(files)), startup_(std::move(startup)), report_(std::move(report)) {
        size_ = read_startup(startup_text_);
    }

    [[nodiscard]] std::size_t device_count() const noexcept override { return files_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override { return files_.at(index).device; }

    void sample(ReadingBuffer& out) noexcept override {
        std::array<Reading, kMostFiles> readings{};
        std::int64_t before_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < files_.size(); ++i) {
            readings[i] = read(files_[i], before_ns);
            const std::int64_t after_ns = host_.now().boot_ns;
            readings[i].device = static_cast<std::uint16_t>(i);
            readings[i].at_ns = before_ns + (after_ns - before_ns) / 2;
            before_ns = after_ns;
        }
        // Asked after the counters: what a controller that has begun anew shows cannot pass for the old
        // count.
        const bool begun_anew = note_startup();
        for (std::size_t i = 0; i < files_.size(); ++i) {
            files_[i].rebase |= begun_anew;
            if (begun_anew) {
                readings[i].kind = ReadingKind::kFailed;
                readings[i].failure = "pm_counters began anew";
            } else if (readings[i].kind == ReadingKind::kCounter) {
                rebase(files_[i], readings[i]);
            }
            out.add(readings[i]);
        }
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

private:
    static constexpr std::size_t kMostFiles = kMostAccelerators;
    using StartupText = std::array<char, 48>;

    static Reading read(CrayFile& counter, std::int64_t now_ns) noexcept {
        Reading reading;
        std::array<char, 64> text{};
        const Result<std::size_t> count = counter.file->read(text);
        if (!count) {
            reading.failure = failure_words(count.error().code);
            return reading;
        }
        const std::optional<CrayEnergy> energy = parse_cray_energy({text.data(), *count});
        if (!energy) {
            reading.failure = "not an energy with its time";
            return reading;
        }
        if (!counter.last || counter.last->stamp_us != energy->stamp_us) {
            counter.renewed_ns = now_ns;
        } else if (Seconds{Nanoseconds{now_ns - counter.renewed_ns}} > kCrayStale) {
            reading.failure = "pm_counters are not renewed";
            return reading;
        }
        counter.last = energy;
        reading.kind = ReadingKind::kCounter;
        reading.raw = energy->joules;
        return reading;
    }

    std::size_t read_startup(StartupText& text) const noexcept {
        const Result<std::size_t> count =
            startup_ != nullptr ? startup_->read(text) : Result<std::size_t>{std::size_t{0}};
        return count ? *count : 0;
    }

    [[nodiscard]] bool note_startup() noexcept {
        StartupText text{};
        const std::size_t size = read_startup(text);
        if (size == 0) {
            return false;  // that it cannot be read says nothing of the counters
        }
        const bool same = size == size_ && std::equal(text.begin(), text.end(), startup_text_.begin());
        const bool known = size_ != 0;
        startup_text_ = text;
        size_ = size;
        return known && !same;
    }

    /// A meter knows a reset by the fall of a number. The new count may already stand above the old one, so
    /// it is shown from zero: at the first reading after the change, and onwards.
    static void rebase(CrayFile& counter, Reading& reading) noexcept {
        if (counter.rebase || reading.raw < counter.base) {
            counter.base = reading.raw;
            counter.rebase = false;
        }
        reading.raw -= counter.base;
    }

    const Host& host_;
    std::vector<CrayFile> files_;
    std::unique_ptr<OpenFile> startup_;
    SourceReport report_;
    StartupText startup_text_{};
    std::size_t size_ = 0;  ///< of startup_text_; 0: never read
};

ProbedDevice part_device(std::string id, DeviceKind kind, std::string name, Watts most) {
    ProbedDevice probed;
    probed.device.id = std::move(id);
    probed.device.kind = kind;
    probed.device.name = std::move(name);
    probed.device.method = kCrayMethod;
    probed.device.gain_sigma = kCraySigma;
    probed.device.gain_source = kCrayPage;
    probed.device.group = kCrayMethod;
    probed.meter.energy = cray_spec(most);
    return probed;
}

/// CPUs or memory of the whole node: shared by CPU time, as RAPL's are.
void set_idle(ProbedDevice& probed, const SourceContext& context) {
    const RaplSurroundings around = rapl_surroundings(context);
    const int sockets = std::max(context.facts.cpu_sockets, 1);
    probed.meter.idle_power = probed.device.kind == DeviceKind::kMemory
                                  ? Watts{around.memory_idle_w}
                                  : Watts{kIdleShareOfTdp * around.tdp_w * sockets};
    probed.meter.cpus = context.facts.cpu_count;
    use_calibrated_idle(probed, context.options.calibrated);
}

bool has_counter(const Host& host, const std::string& file) {
    return host.exists(kCrayFolder + file);
}

/// Which of `files` the probe (nothing: none opened) does not read, with the command where a right is
/// missing.
void report_unread(const Host& host, const std::vector<std::pair<std::string, std::string>>& files,
                   const Probe* probe, SourceReport& report) {
    const std::vector<std::string> read = probe == nullptr ? std::vector<std::string>{} : device_ids(*probe);
    std::vector<std::string> unread;
    for (const auto& [file, id] : files) {
        if (std::find(read.begin(), read.end(), id) != read.end()) {
            continue;
        }
        const Result<std::string> text = host.read(kCrayFolder + file);
        const Code code = text ? Code::kMalformed : text.error().code;
        if (code == Code::kNotFound) {
            continue;  // not every controller has all of them
        }
        const std::string_view words =
            code == Code::kMalformed ? "not an energy with its time" : failure_words(code);
        report.why += (report.why.empty() ? "" : "; ") + kCrayFolder + file + ": " + std::string{words};
        unread.push_back(kCrayFolder + file);
    }
    report.remedies = allow_reading_refused(host, unread);
    if (probe == nullptr) {
        const bool denied = report.why.find(failure_words(Code::kPermission)) != std::string::npos;
        report.state = denied ? SourceState::kRefused : SourceState::kAbsent;
        report.why = report.why.empty() ? "the files of /sys/cray/pm_counters cannot be read" : report.why;
    }
}

}  // namespace

std::optional<CrayEnergy> parse_cray_energy(std::string_view text) noexcept {
    CrayEnergy energy;
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const bool good = take_number(text, energy.joules) && take_words(text, " J ") &&
                      take_number(text, energy.stamp_us) && text == " us";
    return good ? std::optional{energy} : std::nullopt;
}

meter::CounterSpec cray_spec(Watts max_power) {
    meter::CounterSpec spec;
    spec.per_count = Joules{1.0};
    spec.max_power = max_power;
    spec.renewal = kCrayRenewal;
    return spec;
}

std::unique_ptr<Probe> open_cray_probe(const Host& host, std::vector<CrayCounter> counters,
                                       SourceReport report) {
    std::vector<CrayFile> files;
    for (CrayCounter& counter : counters) {
        Result<std::unique_ptr<OpenFile>> file = host.open(kCrayFolder + counter.file);
        std::array<char, 64> text{};
        if (!file) {
            continue;
        }
        const Result<std::size_t> count = (*file)->read(text);
        if (count && parse_cray_energy({text.data(), *count})) {
            files.push_back({std::move(counter.device), *std::move(file)});
        }
    }
    if (files.empty()) {
        return nullptr;
    }
    Result<std::unique_ptr<OpenFile>> startup = host.open(kCrayFolder + "startup");
    return std::make_unique<CrayProbe>(host, std::move(files), startup ? *std::move(startup) : nullptr,
                                       std::move(report));
}

OpenedSource open_cray_parts(const SourceContext& context) {
    OpenedSource source;
    const bool any = has_counter(context.host, "cpu_energy") || has_counter(context.host, "memory_energy");
    if (!any) {
        return source;
    }
    SourceReport report;
    report.name = kCrayMethod;
    std::vector<CrayCounter> counters;
    std::vector<std::pair<std::string, std::string>> files;
    if (!context.cpu_covered) {
        counters.push_back(
            {"cpu_energy", part_device("cpu0", DeviceKind::kCpu, "CPUs of the node", kMostOfCpus)});
    }
    if (!context.memory_covered) {
        counters.push_back({"memory_energy",
                            part_device("dram0", DeviceKind::kMemory, "memory of the node", kMostOfMemory)});
    }
    for (CrayCounter& counter : counters) {
        set_idle(counter.device, context);
        files.emplace_back(counter.file, counter.device.device.id);
    }
    if (counters.empty()) {
        report.state = SourceState::kAvailable;
        report.why = context.node_counted ? kInTheNodeMeter : "not needed: CPU and memory are measured";
        report.devices = {"cpu0", "dram0"};
    } else {
        report.state = SourceState::kUsed;
        source.probe = open_cray_probe(context.host, std::move(counters), report);
        report_unread(context.host, files, source.probe.get(), report);
        if (source.probe != nullptr) {
            report.devices = device_ids(*source.probe);
        }
    }
    source.reports.push_back(std::move(report));
    return source;
}

OpenedSource open_cray_accelerators(const SourceContext& context) {
    OpenedSource source;
    if (context.gpus_covered || context.gpus_counted || context.options.scope != Scope::kMachine ||
        !context.options.gpus) {
        return source;
    }
    SourceReport report;
    report.name = "cray-pm-counters-gpu";
    report.state = SourceState::kUsed;
    std::vector<CrayCounter> counters;
    for (int i = 0; i < kMostAccelerators; ++i) {
        const std::string file = "accel" + std::to_string(i) + "_energy";
        if (!has_counter(context.host, file)) {
            break;
        }
        counters.push_back({file, part_device("gpu" + std::to_string(i), DeviceKind::kGpu,
                                              "accelerator " + std::to_string(i), kMostPerAccelerator)});
        counters.back().device.meter.whole = true;
        std::get<meter::CounterSpec>(counters.back().device.meter.energy).longest_rest = kCrayStale;
    }
    if (counters.empty()) {
        return source;
    }
    std::vector<std::pair<std::string, std::string>> files;
    files.reserve(counters.size());
    for (const CrayCounter& counter : counters) {
        files.emplace_back(counter.file, counter.device.device.id);
    }
    source.probe = open_cray_probe(context.host, std::move(counters), report);
    report_unread(context.host, files, source.probe.get(), report);
    if (source.probe != nullptr) {
        report.devices = device_ids(*source.probe);
    }
    source.reports.push_back(std::move(report));
    return source;
}

void find_cray_node(const SourceContext& context, std::vector<NodeMeter>& out) {
    if (!has_counter(context.host, "energy")) {
        return;
    }
    NodeMeter meter;
    meter.report.name = "cray-pm-counters-node";
    meter.report.devices = {kNodeDevice};
    meter.open = [&context](SourceReport& report) {
        ProbedDevice device = part_device(kNodeDevice, DeviceKind::kPlatform,
                                          "node: CPUs, memory, accelerators and board", kMostPerNode);
        set_node_idle(device, context);
        auto probe = open_cray_probe(context.host, {{"energy", std::move(device)}}, report);
        if (probe == nullptr) {
            report_unread(context.host, {{"energy", kNodeDevice}}, nullptr, report);
        }
        return probe;
    };
    out.push_back(std::move(meter));
}

}  // namespace gramme::probe
