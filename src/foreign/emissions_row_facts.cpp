#include "foreign/emissions_row_facts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "base/uuid.hpp"
#include "foreign/emissions_ledger.hpp"

namespace gramme::foreign {
namespace {

constexpr std::string_view kOwn = "gramme-";
constexpr std::string_view kPartOf = " part of ";
constexpr double kBytesPerGibibyte = 1024.0 * 1024.0 * 1024.0;

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

/// "2 x NVIDIA A100, 1 x Tesla T4" as one name each; what does not read so is one name.
std::vector<std::string> gpu_names(std::string_view text) {
    constexpr std::size_t kMost = 1024;
    std::vector<std::string> out;
    for (const std::string_view piece : split(text, ',')) {
        const std::string_view name = trimmed(piece);
        const std::size_t times = name.find(" x ");
        const auto count = times == std::string_view::npos ? std::nullopt : read_u64(name.substr(0, times));
        if (out.size() == kMost) {
            break;
        }
        if (count && *count > 0 && *count <= kMost - out.size()) {
            out.insert(out.end(), *count, std::string{trimmed(name.substr(times + 3))});
        } else if (!name.empty()) {
            out.emplace_back(name);
        }
    }
    return out;
}

}  // namespace

std::optional<double> Placed::number(Column column) const {
    return number_in(*row, column);
}

std::int64_t Placed::started_ns() const {
    return ended_ns - static_cast<std::int64_t>(std::llround(duration_s * kNsPerSecond));
}

std::string_view id_in(const EmissionsRow& row) {
    return row.at(Column::kRunId).empty() ? row.at(Column::kExperimentId) : row.at(Column::kRunId);
}

std::string run_id_of(std::string_view text) {
    return is_uuid(text) ? lower(text) : uuid_of_name("gramme:codecarbon:" + std::string{text});
}

Result<Placed> place_row(const NamedFile& file, const EmissionsRow& row, const LocalTime& to_utc) {
    Placed out;
    out.file = &file;
    out.row = &row;
    out.duration_s = number_in(row, Column::kDuration).value_or(0.0);
    const std::string_view text = row.at(Column::kTimestamp);
    if (const auto with_zone = parse_utc(text); with_zone && text.size() > 10) {
        out.ended_ns = *with_zone;
    } else {
        const auto civil = parse_utc(std::string{text} + "Z");
        if (!civil) {
            return Error{civil.error().code, "timestamp: " + civil.error().what, ""};
        }
        out.ended_ns = to_utc(*civil);
        out.ahead_ns = *civil - out.ended_ns;
    }
    if (out.started_ns() < 0) {
        return Error{Code::kOutOfRange, "it began before 1970", ""};
    }
    return out;
}

std::string zone_text(std::int64_t ahead_ns) {
    const auto minutes = static_cast<int>(std::llround(static_cast<double>(ahead_ns) / kNsPerSecond / 60.0));
    const int size = std::abs(minutes);
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string{"UTC"} + (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

HostFacts host_of(const Placed& row) {
    HostFacts host;
    host.os = row.at(Column::kOs);
    host.cpu_model = row.at(Column::kCpuModel);
    host.cpu_count = static_cast<int>(row.number(Column::kCpuCount).value_or(0.0));
    host.memory_bytes = static_cast<std::uint64_t>(
        std::min(row.number(Column::kRamTotalSize).value_or(0.0), 1e9) * kBytesPerGibibyte);
    host.gpu_models = gpu_names(row.at(Column::kGpuModel));
    host.cloud = row.at(Column::kOnCloud) == "Y" ? row.at(Column::kCloudProvider) : std::string_view{};
    return host;
}

std::string part_of(const Placed& row) {
    const std::string_view version = row.at(Column::kCodecarbonVersion);
    const std::size_t at = version.find(kPartOf);
    if (!version.starts_with(kOwn) || at == std::string_view::npos) {
        return "";
    }
    const std::string_view id = version.substr(at + kPartOf.size());
    return is_uuid(id) ? lower(id) : "";
}

std::optional<Lineage> lineage_of(const Placed& row) {
    const std::string_view version = row.at(Column::kCodecarbonVersion);
    for (const LineageKind kind : kLineageKinds) {
        std::string words = " " + std::string{name_of(kind)} + " ";
        std::replace(words.begin(), words.end(), '_', ' ');
        const std::size_t at = version.find(words);
        if (version.starts_with(kOwn) && at != std::string_view::npos &&
            is_uuid(version.substr(at + words.size()))) {
            return Lineage{kind, lower(version.substr(at + words.size()))};
        }
    }
    return std::nullopt;
}

std::string program_of(const Placed& row) {
    const std::string_view version = row.at(Column::kCodecarbonVersion);
    if (version.starts_with(kOwn)) {
        // Behind the version stands whose part the row is, or what its run comes from.
        return "gramme " + std::string{version.substr(kOwn.size(), version.find(' ') - kOwn.size())};
    }
    return version.empty() ? "CodeCarbon" : "CodeCarbon " + std::string{version};
}

}  // namespace gramme::foreign
