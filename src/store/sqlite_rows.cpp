#include "store/sqlite_rows.hpp"

#include <array>
#include <string>

namespace gramme::store {
namespace {

constexpr std::array kKinds{DeviceKind::kCpu, DeviceKind::kMemory, DeviceKind::kGpu, DeviceKind::kPlatform};
constexpr std::array kQualities{Quality::kMeasured, Quality::kIntegrated, Quality::kModelled,
                                Quality::kAssumed};
constexpr std::array kMemberships{Membership::kIn, Membership::kOut, Membership::kUnknown};
constexpr std::array kMarkerKinds{Marker::Kind::kSpanBegin, Marker::Kind::kSpanEnd, Marker::Kind::kMark};

std::string_view name_of_marker(Marker::Kind kind) {
    switch (kind) {
        case Marker::Kind::kSpanBegin: return "span-begin";
        case Marker::Kind::kSpanEnd: return "span-end";
        case Marker::Kind::kMark: return "mark";
    }
    return "";
}

template <class Enum, std::size_t N, class NameOf>
Result<Enum> from_name(const Database& database, const std::array<Enum, N>& all, const std::string& name,
                       NameOf name_of_one) {
    for (const Enum one : all) {
        if (name_of_one(one) == name) {
            return one;
        }
    }
    return Error{Code::kMalformed,
                 database.path() + ": a row says \"" + name + "\", which gramme does not know",
                 "use the gramme that wrote it, or a newer one"};
}

constexpr auto kNameOf = [](auto one) { return name_of(one); };

Result<void> insert_devices(const Database& database, std::int64_t run, const Ledger& ledger) {
    if (ledger.devices.empty()) {
        return {};
    }
    GRAMME_TRY(Statement insert, database.prepare("INSERT INTO devices VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
    std::int64_t position = 0;
    for (const Device& device : ledger.devices) {
        insert.bind(1, run).bind(2, position++).bind(3, std::string_view{device.id});
        insert.bind(4, name_of(device.kind)).bind(5, std::string_view{device.name});
        insert.bind(6, std::string_view{device.method}).bind(7, name_of(device.quality));
        insert.bind(8, device.gain_sigma).bind(9, std::string_view{device.gain_source});
        insert.bind(10, std::string_view{device.group}).bind(11, name_of(device.membership));
        insert.bind(12, std::string_view{device.membership_reason});
        GRAMME_CHECK(insert.run());
    }
    return {};
}

Result<void> insert_windows(const Database& database, std::int64_t run, const Ledger& ledger) {
    if (ledger.windows.empty()) {
        return {};
    }
    GRAMME_TRY(Statement insert, database.prepare("INSERT INTO windows VALUES "
                                                  "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    std::int64_t position = 0;
    for (const Window& window : ledger.windows) {
        insert.bind(1, run).bind(2, position++).bind(3, std::int64_t{window.device});
        insert.bind(4, name_of(window.quality)).bind(5, window.from_ns).bind(6, window.to_ns);
        insert.bind(7, window.energy.value()).bind(8, window.job.value()).bind(9, window.unassigned.value());
        insert.bind(10, window.job_cpu_s).bind(11, window.busy_cpu_s).bind(12, std::int64_t{window.readings});
        const Use& use = window.use;
        insert.bind(13, use.known_s).bind(14, use.busy_s).bind(15, use.known.value());
        insert.bind(16, use.idle.value()).bind(17, use.start_up.value()).bind(18, use.evaluation.value());
        insert.bind(19, use.loading.value()).bind(20, use.quiet.value()).bind(21, use.unclear.value());
        GRAMME_CHECK(insert.run());
    }
    return {};
}

Result<void> insert_gaps(const Database& database, std::int64_t run, const Ledger& ledger) {
    if (ledger.gaps.empty()) {
        return {};
    }
    GRAMME_TRY(Statement insert, database.prepare("INSERT INTO gaps VALUES (?,?,?,?,?,?)"));
    std::int64_t position = 0;
    for (const Gap& gap : ledger.gaps) {
        insert.bind(1, run).bind(2, position++).bind(3, std::int64_t{gap.device}).bind(4, gap.from_ns);
        insert.bind(5, gap.to_ns).bind(6, std::string_view{gap.reason});
        GRAMME_CHECK(insert.run());
    }
    return {};
}

Result<void> insert_markers(const Database& database, std::int64_t run, const Ledger& ledger) {
    if (ledger.markers.empty()) {
        return {};
    }
    GRAMME_TRY(Statement insert, database.prepare("INSERT INTO markers VALUES (?,?,?,?,?,?)"));
    std::int64_t position = 0;
    for (const Marker& marker : ledger.markers) {
        insert.bind(1, run).bind(2, position++).bind(3, name_of_marker(marker.kind)).bind(4, marker.at_ns);
        insert.bind(5, std::string_view{marker.name}).bind(6, std::string_view{marker.detail});
        GRAMME_CHECK(insert.run());
    }
    return {};
}

Result<void> select_devices(const Database& database, std::int64_t run, Ledger& ledger) {
    GRAMME_TRY(
        Statement rows,
        database.prepare("SELECT id, kind, name, method, quality, gain_sigma, gain_source, gain_group, "
                         "membership, membership_reason FROM devices WHERE run = ? ORDER BY position"));
    rows.bind(1, run);
    for (;;) {
        GRAMME_TRY(const bool found, rows.step());
        if (!found) {
            return {};
        }
        Device device;
        device.id = rows.text(0);
        GRAMME_TRY(device.kind, from_name(database, kKinds, rows.text(1), kNameOf));
        device.name = rows.text(2);
        device.method = rows.text(3);
        GRAMME_TRY(device.quality, from_name(database, kQualities, rows.text(4), kNameOf));
        device.gain_sigma = rows.real(5);
        device.gain_source = rows.text(6);
        device.group = rows.text(7);
        GRAMME_TRY(device.membership, from_name(database, kMemberships, rows.text(8), kNameOf));
        device.membership_reason = rows.text(9);
        ledger.devices.push_back(std::move(device));
    }
}

Result<void> select_windows(const Database& database, std::int64_t run, Ledger& ledger) {
    GRAMME_TRY(
        Statement rows,
        database.prepare("SELECT device, quality, from_ns, to_ns, energy_j, job_j, unassigned_j, "
                         "job_cpu_s, busy_cpu_s, readings, use_known_s, use_busy_s, use_known_j, idle_j, "
                         "idle_start_up_j, idle_evaluation_j, idle_loading_j, idle_quiet_j, idle_unclear_j "
                         "FROM windows WHERE run = ? ORDER BY position"));
    rows.bind(1, run);
    for (;;) {
        GRAMME_TRY(const bool found, rows.step());
        if (!found) {
            return {};
        }
        Window window;
        window.device = static_cast<std::uint16_t>(rows.integer(0));
        GRAMME_TRY(window.quality, from_name(database, kQualities, rows.text(1), kNameOf));
        window.from_ns = rows.integer(2);
        window.to_ns = rows.integer(3);
        window.energy = Joules{rows.real(4)};
        window.job = Joules{rows.real(5)};
        window.unassigned = Joules{rows.real(6)};
        window.job_cpu_s = rows.real(7);
        window.busy_cpu_s = rows.real(8);
        window.readings = static_cast<std::uint32_t>(rows.integer(9));
        const auto joules = [&rows](int column) { return Joules{rows.real(column)}; };
        window.use = {rows.real(10), rows.real(11), joules(12), joules(13), joules(14),
                      joules(15),    joules(16),    joules(17), joules(18)};
        ledger.windows.push_back(window);
    }
}

Result<void> select_gaps(const Database& database, std::int64_t run, Ledger& ledger) {
    GRAMME_TRY(Statement rows,
               database.prepare("SELECT device, from_ns, to_ns, reason FROM gaps WHERE run = ? "
                                "ORDER BY position"));
    rows.bind(1, run);
    for (;;) {
        GRAMME_TRY(const bool found, rows.step());
        if (!found) {
            return {};
        }
        ledger.gaps.push_back(
            {static_cast<std::uint16_t>(rows.integer(0)), rows.integer(1), rows.integer(2), rows.text(3)});
    }
}

Result<void> select_markers(const Database& database, std::int64_t run, Ledger& ledger) {
    GRAMME_TRY(Statement rows, database.prepare("SELECT kind, at_ns, name, detail FROM markers WHERE run = ? "
                                                "ORDER BY position"));
    rows.bind(1, run);
    for (;;) {
        GRAMME_TRY(const bool found, rows.step());
        if (!found) {
            return {};
        }
        Marker marker;
        GRAMME_TRY(marker.kind, from_name(database, kMarkerKinds, rows.text(0), &name_of_marker));
        marker.at_ns = rows.integer(1);
        marker.name = rows.text(2);
        marker.detail = rows.text(3);
        ledger.markers.push_back(std::move(marker));
    }
}

}  // namespace

Result<void> insert_ledger(const Database& database, std::int64_t run, const Ledger& ledger) {
    GRAMME_CHECK(insert_devices(database, run, ledger));
    GRAMME_CHECK(insert_windows(database, run, ledger));
    GRAMME_CHECK(insert_gaps(database, run, ledger));
    return insert_markers(database, run, ledger);
}

Result<Ledger> select_ledger(const Database& database, std::int64_t run) {
    Ledger ledger;
    GRAMME_CHECK(select_devices(database, run, ledger));
    GRAMME_CHECK(select_windows(database, run, ledger));
    GRAMME_CHECK(select_gaps(database, run, ledger));
    GRAMME_CHECK(select_markers(database, run, ledger));
    return ledger;
}

}  // namespace gramme::store
