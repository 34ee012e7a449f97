// A BoAmps report: Boavizta's JSON for the energy of a computing task. What the format asks for and gramme
// cannot know (family of the task, algorithm, data) says so in words, for the person to replace. Source:
// https://github.com/Boavizta/BoAmps (model/report_schema.json)
#include <algorithm>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "present/json.hpp"
#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"

namespace gramme::present {
namespace {

constexpr const char* kUnsaid = "not stated";

/// "YYYY-MM-DD HH:MM:SS", as the schema words it.
std::string spaced(std::string utc) {
    std::replace(utc.begin(), utc.end(), 'T', ' ');
    std::erase(utc, 'Z');
    return utc;
}

/// The schema's classes are +/- 10, 25 and 50 %. What was only assumed or given is in none of them by its
/// interval: the lowest.
const char* quality_of(const Footprint& footprint) {
    if (footprint.quality == Quality::kAssumed) {
        return "low";
    }
    const Estimate& energy = *footprint.energy_kwh;
    const double off = energy.value > 0.0
                           ? std::max(energy.high - energy.value, energy.value - energy.low) / energy.value
                           : 1.0;
    return off <= 0.10 ? "high" : off <= 0.25 ? "medium" : "low";
}

Json task_of(const ReportInput& input) {
    Json task = Json::object();
    task["taskStage"] = "training";
    task["taskFamily"] = kUnsaid;
    task["algorithms"] = Json::array({Json{{"algorithmType", kUnsaid}}});
    task["dataset"] = Json::array({Json{{"dataUsage", "input"}, {"dataType", "other"}}});
    task["taskDescription"] = one_line(title_of(input));
    return task;
}

void set_mode(Json& measure, const char* key, const ReportInput& input, DeviceKind kind) {
    for (const Part& part : input.footprint.parts) {
        if (part.device.kind == kind && measure.find(key) == measure.end() && !part.device.method.empty()) {
            measure[key] = one_line(part.device.method);
        }
    }
}

Json measure_of(const ReportInput& input) {
    Json measure = Json::object();
    measure["measurementMethod"] = input.job != nullptr ? "gramme (estimated, not measured)"
                                   : input.run.imported ? input.run.imported->program
                                                        : "gramme";
    measure["version"] =
        input.run.gramme_version.empty() ? input.version : one_line(input.run.gramme_version);
    set_mode(measure, "cpuTrackingMode", input, DeviceKind::kCpu);
    set_mode(measure, "gpuTrackingMode", input, DeviceKind::kGpu);
    measure["powerConsumption"] = number(input.footprint.energy_kwh->value);
    if (input.run.duration_s > 0.0) {
        measure["measurementDuration"] = number(input.run.duration_s);
    }
    if (input.run.started_wall_ns != 0) {
        measure["measurementDateTime"] = spaced(utc_text(input.run.started_wall_ns));
    }
    return measure;
}

/// "8 x H100" of an estimate is eight of one name.
int taken_count(std::string& name) {
    const std::size_t times = name.find(" x ");
    const auto count = times == std::string::npos ? Result<std::uint64_t>{Error{}}
                                                  : parse_u64(std::string_view{name}.substr(0, times));
    constexpr std::uint64_t kMost = 1'000'000;
    if (!count || *count == 0 || *count > kMost) {
        return 1;
    }
    name.erase(0, times + 3);
    return static_cast<int>(*count);
}

Json components_of(const ReportInput& input) {
    Json list = Json::array();
    for (const Part& part : input.footprint.parts) {
        const std::string type =
            part.device.kind == DeviceKind::kMemory ? "ram" : std::string{name_of(part.device.kind)};
        const bool given = part.device.method == "given power" || part.device.method == "given energy";
        std::string name = given ? kUnsaid : one_line(part.device.name);  // "300 W" is no component
        const int count = input.job != nullptr ? taken_count(name) : 1;
        const auto same = std::find_if(list.begin(), list.end(), [&](const Json& one) {
            return one["componentType"] == type && one["componentName"] == name;
        });
        if (same != list.end()) {
            (*same)["nbComponent"] = (*same)["nbComponent"].get<int>() + count;
            continue;
        }
        Json one = Json::object();
        one["componentName"] = name;
        one["componentType"] = type;
        one["nbComponent"] = count;
        list.push_back(one);
    }
    return list;
}

Json infrastructure_of(const ReportInput& input) {
    Json json = Json::object();
    const std::string& region = input.footprint.factors.intensity.region;
    std::string provider = region.substr(0, region.find(':'));
    provider = provider.empty() ? input.run.host.cloud : provider;
    json["infraType"] = provider.empty() ? "other" : "publicCloud";
    if (!provider.empty()) {
        json["cloudProvider"] = one_line(provider);
    }
    if (input.job != nullptr) {
        for (const JobGroup& group : input.job->asked.groups) {
            if (group.kind == JobGroup::Kind::kInstance) {
                json["cloudInstance"] = one_line(group.name);
            }
        }
    }
    json["components"] = components_of(input);
    return json;
}

}  // namespace

Result<std::string> report_boamps(const ReportInput& input, std::string_view written_at) {
    const Footprint& footprint = input.footprint;
    if (!footprint.energy_kwh || footprint.parts.empty()) {
        return Error{Code::kMalformed, "BoAmps needs a number, and the energy of this run is not known",
                     "`gramme doctor` says what could be measured"};
    }
    Json json = Json::object();
    Json& header = json["header"] = Json::object();
    header["formatVersionSpecificationUri"] = "https://github.com/Boavizta/BoAmps/tree/main/model";
    set_text(header, "reportId", one_line(input.run.id));
    header["reportDatetime"] = spaced(std::string{written_at});
    header["reportStatus"] = "draft";
    json["task"] = task_of(input);
    json["measures"] = Json::array({measure_of(input)});
    if (!input.run.host.os.empty()) {
        json["system"]["os"] = one_line(input.run.host.os);
    }
    json["infrastructure"] = infrastructure_of(input);
    const IntensityFactor& grid = footprint.factors.intensity;
    if (grid.region_known && !grid.country_iso3.empty()) {
        Json& place = json["environment"] = Json::object();
        place["country"] = one_line(grid.country_iso3);
        set_text(place, "location", one_line(place_text(grid)));
        place["powerSourceCarbonIntensity"] = number(grid.value.value());
    }
    json["quality"] = quality_of(footprint);
    return dumped(json);
}

}  // namespace gramme::present
