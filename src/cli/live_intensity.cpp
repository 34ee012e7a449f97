#include "cli/live_intensity.hpp"

#include <sys/auxv.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/parse.hpp"
#include "cli/installed.hpp"
#include "config/override_tables.hpp"
#include "config/version.hpp"
#include "live/module_transport.hpp"

namespace gramme::cli {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

constexpr std::string_view kModule = "libgramme_net.so";

/// Beside the program: in the build as in an installation, wherever it was moved to. No variable names the
/// module: it is code. With more rights than the caller's only where it was installed, since a caller may
/// place a link to the program where it likes.
std::vector<std::string> module_files() {
    namespace fs = std::filesystem;
    if (::getauxval(AT_SECURE) != 0) {
        return {(fs::path{kInstalledLibraryFolder} / "gramme" / kModule).string()};
    }
    std::error_code trouble;
    const fs::path program = fs::read_symlink("/proc/self/exe", trouble);
    if (trouble) {
        return {};
    }
    std::vector<std::string> files;
    const fs::path prefix = program.parent_path().parent_path();
    for (const std::string_view libraries : {std::string_view{"lib"}, kLibraryFolder}) {
        files.push_back((prefix / libraries / "gramme" / kModule).string());
    }
    return files;
}

/// $XDG_CACHE_HOME/gramme/intensity, else ~/.cache/gramme/intensity; empty where neither is set, and in a
/// process with more rights than its caller, who could lead its writing anywhere.
std::string cache_folder(const Host& host) {
    if (::getauxval(AT_SECURE) != 0) {
        return "";
    }
    if (const auto base = host.env("XDG_CACHE_HOME"); base && base->starts_with('/')) {
        return *base + "/gramme/intensity";
    }
    const auto home = host.env("HOME");
    return home && home->starts_with('/') ? *home + "/.cache/gramme/intensity" : "";
}

/// Of --live-url; empty where that is not given.
Result<std::string> server_of_line(const Arguments& arguments) {
    const auto url = arguments.value("live-url");
    return url ? live::checked_server(*url) : Result<std::string>{std::string{}};
}

Result<double> timeout_of(const Arguments& arguments) {
    constexpr double kDefault = 10.0;
    constexpr double kLeast = 0.01;
    constexpr double kMost = 600.0;
    const auto typed = arguments.value("live-timeout");
    if (!typed) {
        return kDefault;
    }
    const auto seconds = parse_duration_s(*typed);
    if (!seconds || *seconds < kLeast || *seconds > kMost) {
        return Error{Code::kUsage, "--live-timeout: '" + *typed + "' is not a time from 0.01 to 600 s",
                     "give seconds, such as 30"};
    }
    return *seconds;
}

Result<std::string> zone_of(const CommandContext& context, live::Provider provider,
                            std::string_view wanted_region) {
    switch (provider) {
        case live::Provider::kNeso: return std::string{"GB"};
        case live::Provider::kWattTime:
            return Error{Code::kUsage, "WattTime needs a region", "give it as in watttime:CAISO_NORTH"};
        case live::Provider::kElectricityMaps: break;
    }
    const std::string region{wanted_region.empty() ? context.options.factors.region : wanted_region};
    if (region.empty()) {
        return Error{Code::kUsage, "Electricity Maps needs a zone",
                     "give it as in electricitymaps:FR, or a country with --region"};
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    return electricity_maps_zone(tables, region);
}

}  // namespace

Result<std::string> electricity_maps_zone(const refdata::Tables& tables, std::string_view region) {
    // Countries that are cut into zones of their own there; the list of zones is
    // github.com/electricitymaps/electricitymaps-contrib, config/zones. Islands apart from the mainland's
    // grid (ES-CN-GC, FR-COR) do not make a country one of these.
    constexpr std::array<std::string_view, 17> kSeveralZones{
        "AR", "AU", "BR", "CA", "CL", "DK", "ID", "IN", "IT", "JP", "MY", "NO", "NZ", "PH", "RU", "SE", "US"};
    const auto place = tables.find_place(region);
    if (!place) {
        return Error{Code::kUsage, "--region: " + place.error().what, place.error().hint};
    }
    const std::string_view letters = tables.iso2(place->zone);
    if (letters.empty() || place->zone != place->country_iso3) {
        return Error{Code::kUsage,
                     "Electricity Maps' zone for '" + std::string{region} +
                         "' is not known: " + place->zone_name + " is no country",
                     "give the zone itself, as in electricitymaps:US-CAL-CISO"};
    }
    if (std::find(kSeveralZones.begin(), kSeveralZones.end(), letters) != kSeveralZones.end()) {
        return Error{Code::kUsage, place->zone_name + " has several zones at Electricity Maps",
                     "give the zone itself, as in electricitymaps:US-CAL-CISO"};
    }
    return std::string{letters};
}

Result<live::LiveAnswer> live_answer(const CommandContext& context, std::string_view provider_and_zone,
                                     std::optional<live::Span> span, std::string_view region) {
    const std::size_t colon = provider_and_zone.find(':');
    live::LiveRequest request;
    GRAMME_TRY(request.query.provider, live::provider_named(provider_and_zone.substr(0, colon)));
    if (colon != std::string_view::npos) {
        request.query.zone = provider_and_zone.substr(colon + 1);
    } else {
        GRAMME_TRY(request.query.zone, zone_of(context, request.query.provider, region));
    }
    request.query.basis = context.arguments.value("basis").value_or("");
    request.query.span = span;
    GRAMME_TRY(request.server, server_of_line(context.arguments));
    GRAMME_TRY(request.timeout_s, timeout_of(context.arguments));
    request.keys = {context.host.env("ELECTRICITYMAPS_TOKEN").value_or(""),
                    context.host.env("WATTTIME_USER").value_or(""),
                    context.host.env("WATTTIME_PASSWORD").value_or("")};
    const auto transport =
        live::make_module_transport(context.host, module_files(), "gramme/" + std::string{config::kVersion});
    const live::Cache cache{cache_folder(context.host)};
    const auto sleep = [](double seconds) {
        std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
    };
    return live::fetch_intensity(request, {*transport, context.arguments.has("no-cache") ? nullptr : &cache,
                                           context.host.now().wall_ns / kNsPerSecond, sleep});
}

Result<void> check_live_options(const Arguments& arguments) {
    GRAMME_CHECK(server_of_line(arguments));
    GRAMME_CHECK(timeout_of(arguments));
    for (const std::string_view option : {"live-url", "live-timeout", "no-cache"}) {
        if (arguments.has(option) && !arguments.has("intensity-live")) {
            return Error{Code::kUsage,
                         "--" + std::string{option} + " means something only with --intensity-live",
                         "name the provider, as in --intensity-live neso, or leave the option away"};
        }
    }
    return {};
}

}  // namespace gramme::cli
