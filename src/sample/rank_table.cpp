#include "sample/rank_table.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <string_view>
#include <utility>

#include "sample/rank_file.hpp"
#include "sample/rank_layout.hpp"

namespace gramme::sample {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr std::uint32_t kSomeEnd = 0x8000'0000U;

/// Never 0: bit 31, rank in 15 bits, signal and code in 8 each.
std::uint32_t packed_end(int rank, int code, std::optional<int> signal) {
    return kSomeEnd | ((static_cast<std::uint32_t>(rank) & 0x7FFFU) << 16U) |
           ((static_cast<std::uint32_t>(signal.value_or(0)) & 0xFFU) << 8U) |
           (static_cast<std::uint32_t>(code) & 0xFFU);
}

RankEnd unpacked_end(std::uint32_t end) {
    const auto signal = static_cast<int>((end >> 8U) & 0xFFU);
    return {static_cast<int>((end >> 16U) & 0x7FFFU), static_cast<int>(end & 0xFFU),
            signal == 0 ? std::nullopt : std::optional{signal}};
}

std::int64_t boot_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

template <std::size_t kSize>
void write_text(std::array<char, kSize>& to, const std::string& text) {
    to.fill('\0');
    text.copy(to.data(), kSize - 1);
}

template <std::size_t kSize>
std::string read_text(const std::array<char, kSize>& from) {
    return {from.data(), std::find(from.begin(), from.end(), '\0')};
}

void pause_ms(long milliseconds) {
    const timespec time{0, milliseconds * 1'000'000};
    ::nanosleep(&time, nullptr);
}

bool is_here(SlotState state) {
    return state == SlotState::kTaken || state == SlotState::kJoined;
}

}  // namespace

RankTable::RankTable(Role role, int rank, int size, RankFile file)
    : role_(role), rank_(rank), size_(size), file_(std::move(file)) {}

RankTable::RankTable(RankTable&& other) noexcept = default;

RankTable::~RankTable() {
    if (file_ && role_ == Role::kLeader && !is_closed()) {
        abandon();
    }
}

void RankTable::abandon() noexcept {
    table().phase.store(RankPhase::kClosed);
    file_.remove();
}

RankTableLayout& RankTable::table() const noexcept {
    return *file_.layout();
}

std::uint32_t RankTable::used(const RankTableLayout& all) noexcept {
    return std::min(all.used.load(), RankTableLayout::kSlots);  // another process writes it
}

RankSlot& RankTable::own_slot() const noexcept {
    return table().slots[slot_];
}

Result<RankTable> RankTable::join(const std::string& folder, const std::string& key, int rank, int ranks,
                                  std::chrono::milliseconds patience) {
    const std::string path = folder + "/" + rank_table_name(key);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    do {
        GRAMME_TRY(auto table, try_join(path, rank, ranks));
        if (table) {
            return *std::move(table);
        }
        pause_ms(1);
    } while (std::chrono::steady_clock::now() < deadline);
    return Error{Code::kUnavailable, "the rank that measures did not get ready in time", ""};
}

Result<std::optional<RankTable>> RankTable::try_join(const std::string& path, int rank, int ranks) {
    GRAMME_TRY(RankFile file, RankFile::open(path));
    if (file.is_locked_by_us()) {
        if (file.is_used()) {  // its leader was killed; who is a member there keeps that table
            file.remove();
            return std::optional<RankTable>{};
        }
        if (!file.is_at_its_path()) {
            return std::optional<RankTable>{};
        }
        GRAMME_CHECK(file.make());
        return std::optional{RankTable{Role::kLeader, rank, ranks, std::move(file)}};
    }
    if (!file.map()) {
        return std::optional<RankTable>{};  // not made yet
    }
    RankTable member{Role::kMember, rank, ranks, std::move(file)};
    RankTableLayout& table = member.table();
    if (table.phase.load() != RankPhase::kLeading || !member.leader_lives()) {
        return std::optional<RankTable>{};
    }
    if (table.pid_namespace.load() != own_pid_namespace()) {
        return Error{Code::kUnsupported, "the rank that measures is in another PID namespace", ""};
    }
    GRAMME_TRY(const bool taken, member.take_slot());
    member.run_id_ = read_text(table.run_id);
    member.socket_path_ = read_text(table.socket_path);
    return taken ? std::optional{std::move(member)} : std::optional<RankTable>{};
}

/// False where the leader closes the table at this very moment. Either it sees our slot taken or we see it
/// closing (both orders are sequentially consistent).
Result<bool> RankTable::take_slot() {
    slot_ = table().used.fetch_add(1);
    if (slot_ >= RankTableLayout::kSlots) {
        return Error{Code::kUnavailable, "the run already has its most ranks, 1024", ""};
    }
    RankSlot& slot = own_slot();
    slot.rank.store(static_cast<std::uint32_t>(rank_));
    slot.gramme.start_ticks.store(start_ticks_of(::getpid()));
    slot.gramme.pid.store(::getpid());
    slot.began_ns.store(boot_ns());
    slot.state.store(SlotState::kTaken);
    if (table().phase.load() != RankPhase::kLeading) {
        slot.state.store(SlotState::kFree);
        return false;
    }
    slot.state.store(SlotState::kJoined);
    return true;
}

void RankTable::lead(const std::string& run_id, const std::string& socket_path,
                     const std::string& surrounding) {
    RankTableLayout& all = table();
    write_text(all.run_id, run_id);
    write_text(all.socket_path, socket_path);
    all.leader.start_ticks.store(start_ticks_of(::getpid()));
    all.leader.pid.store(::getpid());
    all.leader_rank.store(static_cast<std::uint32_t>(rank_));
    all.pid_namespace.store(own_pid_namespace());
    all.surrounding.store(surrounding.empty() ? 0 : hash_of(surrounding));
    all.phase.store(RankPhase::kLeading);
}

void RankTable::set_options(const std::array<std::string, 4>& options) noexcept {
    RankTableLayout& all = table();
    for (std::size_t i = 0; i < options.size(); ++i) {
        all.options[i].store(hash_of(options[i]));
    }
}

std::array<bool, 4> RankTable::other_options(const std::array<std::string, 4>& options) const noexcept {
    const RankTableLayout& all = table();
    std::array<bool, 4> other{};
    for (std::size_t i = 0; i < options.size(); ++i) {
        const std::uint64_t leaders = all.options[i].load();
        other[i] = leaders != 0 && leaders != hash_of(options[i]);  // 0: the table was cut
    }
    return other;
}

double RankTable::sum_s(std::atomic<std::uint64_t> RankSlot::*member_ns) const noexcept {
    std::uint64_t sum_ns = 0;
    const RankTableLayout& all = table();
    const std::uint32_t count = used(all);
    for (std::uint32_t i = 0; i < count; ++i) {
        sum_ns += (all.slots[i].*member_ns).load(std::memory_order_relaxed);
    }
    return static_cast<double>(sum_ns) / kNsPerSecond;
}

double RankTable::members_cpu_s() const noexcept {
    most_cpu_s_ = std::max(most_cpu_s_, sum_s(&RankSlot::cpu_ns));  // a table that was cut says nothing
    return most_cpu_s_;
}

double RankTable::members_own_cpu_s() const noexcept {
    return sum_s(&RankSlot::own_cpu_ns);
}

bool RankTable::members_cpu_known() const noexcept {
    const RankTableLayout& all = table();
    const auto& slots = all.slots;
    return std::none_of(slots.begin(), slots.begin() + used(all),
                        [](const RankSlot& slot) { return slot.cpu_unknown.load() != 0; });
}

bool RankTable::contains(int pid) const noexcept {
    const RankTableLayout& all = table();
    const auto& slots = all.slots;
    return std::any_of(slots.begin(), slots.begin() + used(all), [pid](const RankSlot& slot) {
        return slot.state.load() == SlotState::kJoined && slot.gramme.pid.load() == pid;
    });
}

std::vector<RankEvent> RankTable::news() {
    std::vector<RankEvent> out;
    const RankTableLayout& all = table();
    const std::uint32_t count = used(all);
    if (seen_.size() < count) {
        seen_.resize(count, static_cast<std::uint8_t>(SlotState::kFree));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const RankSlot& slot = all.slots[i];
        const SlotState now = slot.state.load();
        const auto before = static_cast<SlotState>(seen_[i]);
        if (now == before ||
            !(now == SlotState::kJoined || now == SlotState::kLeft || now == SlotState::kLost)) {
            continue;
        }
        RankEnd end{static_cast<int>(slot.rank.load()), 0, std::nullopt};
        if (before == SlotState::kFree) {
            out.push_back({RankEvent::Kind::kBegan, end, slot.began_ns.load()});
        }
        if (now == SlotState::kLeft) {
            end = unpacked_end(slot.end.load());
            out.push_back({RankEvent::Kind::kEnded, end, slot.ended_ns.load()});
        } else if (now == SlotState::kLost) {
            out.push_back({RankEvent::Kind::kLost, end, 0});
        }
        seen_[i] = static_cast<std::uint8_t>(now);
    }
    return out;
}

void RankTable::own_command_ended(int code, std::optional<int> signal) noexcept {
    note_failure(code, signal);
    table().leader_ended.store(1);
}

bool RankTable::somebody_is_left() {
    bool left = false;
    RankTableLayout& all = table();
    const std::uint32_t count = used(all);
    for (std::uint32_t i = 0; i < count; ++i) {
        RankSlot& slot = all.slots[i];
        SlotState state = slot.state.load();
        if (!is_here(state)) {
            continue;
        }
        if (lives(slot.gramme)) {
            left = true;
        } else if (state == SlotState::kJoined &&
                   slot.state.compare_exchange_strong(state, SlotState::kLost)) {
            lost_.push_back(static_cast<int>(slot.rank.load()));
        }
    }
    return left;
}

int RankTable::came() const {
    const RankTableLayout& all = table();
    std::set<std::uint32_t> came{all.leader_rank.load()};
    const std::uint32_t count = used(all);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (const RankSlot& slot = all.slots[i]; slot.state.load() != SlotState::kFree) {
            came.insert(slot.rank.load());
        }
    }
    return static_cast<int>(came.size());
}

bool RankTable::close() {
    table().phase.store(RankPhase::kClosing);
    if (somebody_is_left()) {
        table().phase.store(RankPhase::kLeading);
        return false;
    }
    table().phase.store(RankPhase::kClosed);
    file_.remove();
    return true;
}

void RankTable::say_delivered(const std::string& last_word) noexcept {
    write_text(table().last_word, last_word);
    table().phase.store(RankPhase::kDelivered);
    ::syscall(SYS_futex, &table().phase, FUTEX_WAKE, INT32_MAX, nullptr, nullptr, 0);
}

void RankTable::note_failure(int code, std::optional<int> signal) noexcept {
    if (code != 0) {
        std::uint32_t none = 0;
        table().first_failure.compare_exchange_strong(none, packed_end(rank_, code, signal));
    }
}

std::optional<RankEnd> RankTable::first_failure() const noexcept {
    const std::uint32_t end = table().first_failure.load();
    return end == 0 ? std::nullopt : std::optional{unpacked_end(end)};
}

bool RankTable::has_other_gpus(const std::string& gpus) const noexcept {
    const RankTableLayout& all = table();
    const auto& slots = all.slots;
    return std::any_of(slots.begin(), slots.begin() + used(all), [own = hash_of(gpus)](const RankSlot& slot) {
        const std::uint64_t theirs = slot.gpus.load();
        return theirs != 0 && theirs != own;
    });
}

std::string RankTable::run_id() const {
    return run_id_;
}

std::string RankTable::socket_path() const {
    return socket_path_;
}

bool RankTable::counts_group(const std::string& group) const noexcept {
    const std::uint64_t counted = table().surrounding.load();
    return counted != 0 && counted == hash_of(group);
}

void RankTable::set_gpus(const std::string& gpus) noexcept {
    own_slot().gpus.store(hash_of(gpus));
}

void RankTable::publish(double cpu_s, bool known) noexcept {
    RankSlot& slot = own_slot();
    if (cpu_s > 0.0) {
        const auto cpu_ns = static_cast<std::uint64_t>(cpu_s * kNsPerSecond);
        slot.cpu_ns.store(std::max(cpu_ns, slot.cpu_ns.load(std::memory_order_relaxed)),
                          std::memory_order_relaxed);
    }
    slot.cpu_unknown.store(known ? 0 : 1, std::memory_order_relaxed);
}

void RankTable::leave(int code, std::optional<int> signal, double own_cpu_s) noexcept {
    note_failure(code, signal);
    RankSlot& slot = own_slot();
    slot.own_cpu_ns.store(static_cast<std::uint64_t>(std::max(own_cpu_s, 0.0) * kNsPerSecond));
    slot.end.store(packed_end(rank_, code, signal));
    slot.ended_ns.store(boot_ns());
    slot.state.store(SlotState::kLeft);
}

bool RankTable::is_last() {
    const RankTableLayout& all = table();
    if (all.leader_ended.load() == 0) {
        return false;
    }
    const std::uint32_t count = used(all);
    for (std::uint32_t i = 0; i < count; ++i) {
        const RankSlot& slot = all.slots[i];
        if (is_here(slot.state.load()) && lives(slot.gramme)) {
            return false;
        }
    }
    return true;
}

void RankTable::wait_for_delivery(std::chrono::milliseconds patience) const {
    constexpr timespec kSlice{0, 50'000'000};  // how long a killed leader goes unnoticed
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline && leader_lives()) {
        const RankPhase phase = table().phase.load();
        if (phase == RankPhase::kDelivered) {
            return;
        }
        ::syscall(SYS_futex, &table().phase, FUTEX_WAIT, static_cast<std::uint32_t>(phase), &kSlice, nullptr,
                  0);
    }
}

std::string RankTable::take_last_word() {
    const bool there = table().phase.load() == RankPhase::kDelivered;
    return there && table().last_word_taken.exchange(1) == 0 ? read_text(table().last_word) : "";
}

bool RankTable::leader_lives() const {
    return lives(table().leader);
}

bool RankTable::is_closed() const noexcept {
    const RankPhase phase = table().phase.load();
    return phase == RankPhase::kClosed || phase == RankPhase::kDelivered;
}

}  // namespace gramme::sample
