#include "store/journal_format.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"

namespace gramme::store {
namespace {

constexpr std::size_t kMaxTextBytes = 255;

void put_text(std::string& out, std::string_view text) {
    const std::string_view kept = cut_text(text, kMaxTextBytes);
    out += static_cast<char>(static_cast<unsigned char>(kept.size()));
    out += kept;
}

float single(Joules energy) {
    return static_cast<float>(energy.value());
}

/// Takes bytes off the front of a text; remembers when there were too few.
class TextReader {
public:
    explicit TextReader(std::string_view text) : rest_(text) {}

    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            ok_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::uint8_t byte() {
        const std::string_view one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
    }
    std::string text() { return std::string{take(byte())}; }
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

std::uint32_t checksum(const Record& record) noexcept {
    std::array<std::byte, kRecordBytes> bytes{};
    std::memcpy(bytes.data(), &record, sizeof record);
    const std::uint32_t crc = crc32c(bytes.data() + sizeof record.crc, bytes.size() - sizeof record.crc);
    return crc != 0 ? crc : 1;
}

Record to_record(RecordKind kind, const Window& window, std::uint64_t first, std::uint64_t last) {
    Record record;
    record.kind = kind;
    record.quality = static_cast<std::uint8_t>(window.quality);
    record.device = window.device;
    record.first = first;
    record.last = last;
    record.from_ns = window.from_ns;
    record.to_ns = window.to_ns;
    const Use& use = window.use;
    set_payload(
        record,
        WindowPayload{window.energy.value(), window.job.value(), window.unassigned.value(), window.job_cpu_s,
                      window.busy_cpu_s, window.readings, static_cast<float>(use.known_s), use.known.value(),
                      use.idle.value(), static_cast<float>(use.busy_s), single(use.start_up),
                      single(use.evaluation), single(use.loading), single(use.quiet), single(use.unclear)});
    return record;
}

Window to_window(const Record& record) {
    const auto payload = payload_of<WindowPayload>(record);
    Window window;
    window.device = record.device;
    window.quality = static_cast<Quality>(record.quality);
    window.from_ns = record.from_ns;
    window.to_ns = record.to_ns;
    window.energy = Joules{payload.energy_j};
    window.job = Joules{payload.job_j};
    window.unassigned = Joules{payload.unassigned_j};
    window.job_cpu_s = payload.job_cpu_s;
    window.busy_cpu_s = payload.busy_cpu_s;
    window.readings = payload.readings;
    window.use = {payload.known_s,
                  payload.busy_s,
                  Joules{payload.known_j},
                  Joules{payload.idle_j},
                  Joules{payload.start_up_j},
                  Joules{payload.evaluation_j},
                  Joules{payload.loading_j},
                  Joules{payload.quiet_j},
                  Joules{payload.unclear_j}};
    return window;
}

std::optional<std::vector<std::byte>> text_slot(std::string_view text, std::uint64_t turn,
                                                std::size_t slot_bytes) {
    if (text.size() > slot_bytes - sizeof(TextSlotHead)) {
        return std::nullopt;
    }
    TextSlotHead head{0, static_cast<std::uint32_t>(text.size()), turn};
    std::vector<std::byte> bytes(sizeof head + text.size());
    std::memcpy(bytes.data(), &head, sizeof head);
    std::copy_n(reinterpret_cast<const std::byte*>(text.data()), text.size(), bytes.begin() + sizeof head);
    const std::uint32_t crc = crc32c(bytes.data() + sizeof head.crc, bytes.size() - sizeof head.crc);
    head.crc = crc != 0 ? crc : 1;
    std::memcpy(bytes.data(), &head, sizeof head);
    return bytes;
}

std::string device_to_text(const Device& device) {
    std::string text;
    text += static_cast<char>(device.kind);
    text += static_cast<char>(device.quality);
    text += static_cast<char>(device.membership);
    std::array<char, sizeof device.gain_sigma> sigma{};
    std::memcpy(sigma.data(), &device.gain_sigma, sigma.size());
    text.append(sigma.data(), sigma.size());
    for (const std::string* field : {&device.id, &device.name, &device.method, &device.gain_source,
                                     &device.group, &device.membership_reason}) {
        put_text(text, *field);
    }
    return text;
}

Result<Device> device_from_text(std::string_view text) {
    TextReader reader{text};
    Device device;
    const std::uint8_t kind = reader.byte();
    const std::uint8_t quality = reader.byte();
    const std::uint8_t membership = reader.byte();
    const std::string_view sigma = reader.take(sizeof device.gain_sigma);
    if (reader.ok()) {
        std::memcpy(&device.gain_sigma, sigma.data(), sigma.size());
    }
    for (std::string* field : {&device.id, &device.name, &device.method, &device.gain_source, &device.group,
                               &device.membership_reason}) {
        *field = reader.text();
    }
    if (!reader.ok() || !reader.at_end() || kind > static_cast<std::uint8_t>(DeviceKind::kPlatform) ||
        quality > static_cast<std::uint8_t>(Quality::kAssumed) ||
        membership > static_cast<std::uint8_t>(Membership::kUnknown)) {
        return Error{Code::kMalformed, "the description of a device is not one that gramme writes", ""};
    }
    device.kind = static_cast<DeviceKind>(kind);
    device.quality = static_cast<Quality>(quality);
    device.membership = static_cast<Membership>(membership);
    return device;
}

std::string_view cut_text(std::string_view text, std::size_t most) {
    if (text.size() <= most) {
        return text;
    }
    std::size_t end = most;  // 10xxxxxx continues a character: step back to its first byte
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end);
}

}  // namespace gramme::store
