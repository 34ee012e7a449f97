#include "probe/nvml_api.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

namespace gramme::probe::nvml {
namespace {

// nvmlProcessInfo_v1_t (before R450): pid u32 at 0, memory u64 at 8. _v2_t, which the _v2 and _v3 functions
// fill, adds the ids of the GPU instance and the compute instance, u32 each.
constexpr std::size_t kProcessEntryV1 = 16;
constexpr std::size_t kProcessEntryV2 = 24;
constexpr std::size_t kMostProcesses = 4096;
constexpr unsigned kMostSlices = 16;

template <class Function>
void bind_one(const Library& library, const char* name, Function*& into) {
    if (into == nullptr) {
        into = reinterpret_cast<Function*>(library.symbol(name));
    }
}

/// A driver's text as we show it: cut at the first NUL, nothing a terminal would obey.
std::string shown(std::span<const char> buffer) {
    std::string text(buffer.begin(), std::find(buffer.begin(), buffer.end(), '\0'));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
        '?');
    return text;
}

template <class Call>
Answer<std::string> text_of(Call&& call) {
    std::array<char, 96> buffer{};  // NVML_DEVICE_NAME_V2_BUFFER_SIZE, NVML_DEVICE_UUID_V2_BUFFER_SIZE
    Answer<std::string> answer{call(buffer.data(), static_cast<unsigned>(buffer.size())), {}};
    if (answer.ok()) {
        answer.value = shown(buffer);
    }
    return answer;
}

}  // namespace

Result<Api> Api::bind(std::unique_ptr<Library> library, std::string_view words) {
    Api api;
    api.words_ = words;
    const Library& lib = *library;
    bind_one(lib, "nvmlInitWithFlags", api.init_with_flags_);
    bind_one(lib, "nvmlInit_v2", api.init_);
    bind_one(lib, "nvmlInit", api.init_);
    bind_one(lib, "nvmlShutdown", api.shutdown_);
    bind_one(lib, "nvmlErrorString", api.error_string_);
    bind_one(lib, "nvmlSystemGetDriverVersion", api.driver_version_);
    bind_one(lib, "nvmlDeviceGetCount_v2", api.count_);
    bind_one(lib, "nvmlDeviceGetCount", api.count_);
    bind_one(lib, "nvmlDeviceGetHandleByIndex_v2", api.handle_);
    bind_one(lib, "nvmlDeviceGetHandleByIndex", api.handle_);
    bind_one(lib, "nvmlDeviceGetName", api.name_);
    bind_one(lib, "nvmlDeviceGetUUID", api.uuid_);
    bind_one(lib, "nvmlDeviceGetArchitecture", api.architecture_);
    bind_one(lib, "nvmlDeviceGetTotalEnergyConsumption", api.energy_);
    bind_one(lib, "nvmlDeviceGetPowerUsage", api.power_);
    bind_one(lib, "nvmlDeviceGetFieldValues", api.fields_);
    bind_one(lib, "nvmlDeviceGetEnforcedPowerLimit", api.limit_);
    bind_one(lib, "nvmlDeviceGetUtilizationRates", api.utilization_);
    api.process_entry_bytes_ = kProcessEntryV2;
    bind_one(lib, "nvmlDeviceGetComputeRunningProcesses_v3", api.processes_);
    bind_one(lib, "nvmlDeviceGetComputeRunningProcesses_v2", api.processes_);
    if (api.processes_ == nullptr) {
        api.process_entry_bytes_ = kProcessEntryV1;
        bind_one(lib, "nvmlDeviceGetComputeRunningProcesses", api.processes_);
    }
    bind_one(lib, "nvmlDeviceGetMPSComputeRunningProcesses_v3", api.mps_processes_);
    bind_one(lib, "nvmlDeviceGetProcessUtilization", api.process_use_);
    bind_one(lib, "nvmlDeviceGetMigMode", api.mig_mode_);
    bind_one(lib, "nvmlDeviceGetMaxMigDeviceCount", api.mig_count_);
    bind_one(lib, "nvmlDeviceGetMigDeviceHandleByIndex", api.mig_handle_);

    const char* missing = nullptr;
    if (api.init_with_flags_ == nullptr && api.init_ == nullptr) {
        missing = "nvmlInit_v2";
    } else if (api.count_ == nullptr) {
        missing = "nvmlDeviceGetCount_v2";
    } else if (api.handle_ == nullptr) {
        missing = "nvmlDeviceGetHandleByIndex_v2";
    }
    if (missing != nullptr) {
        return Error{Code::kUnsupported, std::string("the NVIDIA library lacks ") + missing, {}};
    }
    api.library_ = std::move(library);
    return api;
}

int Api::init() const {
    return init_with_flags_ != nullptr ? init_with_flags_(0) : init_();
}

void Api::shutdown() const {
    if (shutdown_ != nullptr) {
        shutdown_();
    }
}

Answer<std::string> Api::driver_version() const {
    return driver_version_ == nullptr ? Answer<std::string>{} : text_of(driver_version_);
}

Answer<unsigned> Api::count() const {
    Answer<unsigned> answer;
    answer.code = count_(&answer.value);
    return answer;
}

Answer<Handle> Api::handle(unsigned index) const {
    Answer<Handle> answer;
    answer.code = handle_(index, &answer.value);
    return answer;
}

Answer<std::string> Api::name(Handle device) const {
    return name_ == nullptr ? Answer<std::string>{}
                            : text_of([&](char* to, unsigned size) { return name_(device, to, size); });
}

Answer<std::string> Api::uuid(Handle device) const {
    return uuid_ == nullptr ? Answer<std::string>{}
                            : text_of([&](char* to, unsigned size) { return uuid_(device, to, size); });
}

Answer<unsigned> Api::architecture(Handle device) const {
    Answer<unsigned> answer;
    if (architecture_ != nullptr) {
        answer.code = architecture_(device, &answer.value);
    }
    return answer;
}

Answer<std::uint64_t> Api::energy_mj(Handle device) const {
    unsigned long long millijoules = 0;
    const int code = energy_ == nullptr ? kFunctionNotFound : energy_(device, &millijoules);
    return {code, millijoules};
}

Answer<unsigned> Api::power_mw(Handle device) const {
    Answer<unsigned> answer;
    if (power_ != nullptr) {
        answer.code = power_(device, &answer.value);
    }
    return answer;
}

Answer<unsigned> Api::field_power_mw(Handle device, PowerScope scope, PowerField wanted) const {
    struct Field {  // nvmlFieldValue_t
        unsigned id;
        unsigned scope;
        long long at_us;
        long long latency_us;
        int type;
        int code;
        std::uint64_t value;
    };
    static_assert(sizeof(Field) == 40);
    constexpr int kUnsignedInt = 1;  // NVML_VALUE_TYPE_UNSIGNED_INT
    Answer<unsigned> answer;
    if (fields_ == nullptr) {
        return answer;
    }
    std::array<Field, 2> fields{};
    const PowerField other = wanted == PowerField::kAverage ? PowerField::kInstant : PowerField::kAverage;
    fields[0].id = static_cast<unsigned>(wanted);
    fields[1].id = static_cast<unsigned>(other);
    fields[0].scope = fields[1].scope = scope;
    answer.code = fields_(device, static_cast<int>(fields.size()), fields.data());
    for (const Field& field : fields) {
        if (answer.code == kSuccess && field.code == kSuccess && field.type == kUnsignedInt) {
            unsigned milliwatts = 0;
            std::memcpy(&milliwatts, &field.value, sizeof milliwatts);
            return {kSuccess, milliwatts};
        }
    }
    if (answer.code == kSuccess) {
        answer.code = fields[0].code != kSuccess ? fields[0].code : static_cast<int>(kNotSupported);
    }
    return answer;
}

Answer<unsigned> Api::power_limit_mw(Handle device) const {
    Answer<unsigned> answer;
    if (limit_ != nullptr) {
        answer.code = limit_(device, &answer.value);
    }
    return answer;
}

Answer<unsigned> Api::utilization_percent(Handle device) const {
    Answer<unsigned> answer;
    if (utilization_ != nullptr) {
        std::array<unsigned, 2> rates{};  // nvmlUtilization_t: gpu, memory
        answer.code = utilization_(device, rates.data());
        answer.value = rates[0];
    }
    return answer;
}

Answer<std::vector<unsigned>> Api::pids_by(int (*list)(Handle, unsigned*, void*), std::size_t entry_bytes,
                                           Handle device) const {
    Answer<std::vector<unsigned>> answer;
    if (list == nullptr) {
        return answer;
    }
    // u64 cells: the entries hold a u64 and must be aligned for it
    std::vector<std::uint64_t> cells;
    unsigned number = 64;
    for (std::size_t room = number; room <= kMostProcesses; room *= 4) {
        cells.assign(room * entry_bytes / sizeof(std::uint64_t), 0);
        number = static_cast<unsigned>(room);
        answer.code = list(device, &number, cells.data());
        if (answer.code != kInsufficientSize) {
            number = std::min(number, static_cast<unsigned>(room));
            break;
        }
    }
    if (answer.ok()) {
        const auto* bytes = reinterpret_cast<const std::byte*>(cells.data());
        for (unsigned i = 0; i < number; ++i) {
            unsigned pid = 0;
            std::memcpy(&pid, bytes + i * entry_bytes, sizeof(pid));
            answer.value.push_back(pid);
        }
    }
    return answer;
}

Answer<std::vector<unsigned>> Api::compute_pids(Handle device) const {
    auto answer = pids_by(processes_, process_entry_bytes_, device);
    if (answer.ok()) {
        for (const unsigned pid : pids_by(mps_processes_, kProcessEntryV2, device).value) {
            if (std::find(answer.value.begin(), answer.value.end(), pid) == answer.value.end()) {
                answer.value.push_back(pid);
            }
        }
    }
    return answer;
}

Answer<std::vector<ProcessUse>> Api::process_use(Handle device, std::uint64_t since_us) const {
    struct Entry {  // nvmlProcessUtilizationSample_t
        unsigned pid;
        unsigned long long at_us;
        unsigned sm, memory, encoder, decoder;
    };
    static_assert(sizeof(Entry) == 32);
    Answer<std::vector<ProcessUse>> answer;
    if (process_use_ == nullptr) {
        return answer;
    }
    std::vector<Entry> entries;
    unsigned number = 0;
    for (std::size_t room = 64; room <= kMostProcesses; room *= 4) {
        entries.assign(room, Entry{});
        number = static_cast<unsigned>(room);
        answer.code = process_use_(device, entries.data(), &number, since_us);
        if (answer.code != kInsufficientSize) {
            number = std::min(number, static_cast<unsigned>(room));
            break;
        }
    }
    for (unsigned i = 0; answer.ok() && i < number; ++i) {
        answer.value.push_back({entries[i].pid, entries[i].sm, entries[i].at_us});
    }
    return answer;
}

bool Api::has_mig(Handle device) const {
    unsigned on = 0;
    unsigned pending = 0;
    return mig_mode_ != nullptr && mig_mode_(device, &on, &pending) == kSuccess && on == 1;
}

std::vector<std::string> Api::mig_uuids(Handle device) const {
    std::vector<std::string> found;
    unsigned slices = 0;
    if (mig_count_ == nullptr || mig_handle_ == nullptr || !has_mig(device) ||
        mig_count_(device, &slices) != kSuccess) {
        return found;
    }
    for (unsigned i = 0; i < std::min(slices, kMostSlices); ++i) {
        Handle slice = nullptr;
        if (mig_handle_(device, i, &slice) == kSuccess) {
            if (const auto id = uuid(slice); id.ok()) {
                found.push_back(id.value);
            }
        }
    }
    return found;
}

std::string_view Api::failure_text(int code) const {
    const char* words = error_string_ == nullptr ? nullptr : error_string_(code);
    if (words == nullptr || *words == '\0') {
        return kept_text(std::string(words_) + ": error " + std::to_string(code));
    }
    // a gap's reason keeps 63 bytes in the journal
    return kept_text(std::string(words_) + ": " +
                     shown({words, std::min<std::size_t>(std::strlen(words), 56)}));
}

std::string_view kept_text(std::string_view text) {
    static std::mutex mutex;
    // never freed: a reading, and the thread of a driver that hangs, may outlast every other object
    static auto& table = *new std::deque<std::string>;
    const std::lock_guard lock(mutex);
    const auto known = std::find(table.begin(), table.end(), text);
    if (known != table.end()) {
        return *known;
    }
    if (table.size() >= 256) {
        return "an error of the driver";
    }
    return table.emplace_back(text);
}

}  // namespace gramme::probe::nvml
