// The reference tables: grid intensity, cloud regions, PUE, CPUs, power curves, memory, GPUs, remainder,
// equivalences, sources. Compiled in from data/*.csv as offsets into one string pool (tools/refgen), so that
// a look-up costs no file and no parsing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "refdata/cited.hpp"
#include "refdata/coordinates.hpp"
#include "refdata/hardware.hpp"
#include "units/quantity.hpp"

namespace gramme::refdata {

struct Image;  // image.hpp, internal
struct View;

enum class Basis : std::uint8_t { kLifecycle, kDirect };
[[nodiscard]] constexpr std::string_view name_of(Basis basis) {
    return basis == Basis::kLifecycle ? "lifecycle" : "direct";
}

/// Views point into the compiled tables (static storage) or into the Tables object for overlaid rows.
struct Source {
    std::string_view id, title, publisher, licence, url, note;
    int year = 0;
};

struct GridRow {
    std::string_view zone, country_iso3, zone_type, name, perspective, gases, confidence, source, note;
    int year = 0;  ///< 0: the source states none
    GramsPerKilowattHour intensity;
    Basis basis = Basis::kLifecycle;
    bool preferred = false;
};

struct CloudRegion {
    std::string_view provider, region, display_name, city, country_iso3, subdivision, grid_zone, pue_source,
        source, note;
    std::optional<double> pue;
    int pue_year = 0;
    std::optional<Coordinates> at;  ///< as exactly as its city, to 0.01 degrees; absent: not known
};

/// Where electricity comes from: a grid zone, and the cloud region that led there, if one did.
struct Place {
    std::string zone;           ///< "FRA", "CA-QC", "US-EGRID-SRVC", "WLD"
    std::string zone_name;      ///< "France"
    std::string country_iso3;   ///< "FRA"; empty for aggregates
    std::string region;         ///< "aws:eu-west-3", empty for a bare zone
    std::string provider;       ///< "aws", empty for a bare zone
    std::string city;           ///< "Paris", empty when unknown
    std::optional<double> pue;  ///< the region's published value
    int pue_year = 0;
    std::string pue_source;
    std::optional<Coordinates> at;  ///< of the region; absent for a bare zone
};

/// One intensity with everything that a reader may ask about it. "Place before basis": see intensity().
struct Intensity {
    GramsPerKilowattHour value;
    std::string zone, zone_name, source, note;
    int year = 0;
    Basis basis = Basis::kLifecycle;
    bool fell_back_to_country = false;  ///< the zone has no row at all; this is its country's
    std::optional<GramsPerKilowattHour>
        country_lifecycle;  ///< beside a direct figure: the country's lifecycle figure
    std::string country_lifecycle_zone;
    int country_lifecycle_year = 0;
    std::string country_lifecycle_source;
};

struct Pue {
    double value = 1.0;
    double sigma_ln = 0.0;
    int year = 0;
    std::string source;
};

/// Water that is evaporated, not what is taken and given back.
struct WaterUse {
    double l_per_kwh = 0.0;
    double sigma_ln = 0.0;
    int year = 0;  ///< 0: not stated
    std::string source;
};

struct Cpu {
    std::string_view id, vendor, model, microarchitecture, source;
    int cores = 0;  ///< 0: unknown
    int threads = 0;
    double base_ghz = 0.0;  ///< 0: unknown
    double tdp_w = 0.0;     ///< of one package; 0: unknown
    int release_year = 0;
};

/// Package watts at idle and fully busy, as a share of the rated power (TDP) and, for a CPU of unknown TDP,
/// of one hardware thread (docs/method/cpu-model.md).
struct CpuPowerCurve {
    std::string_view microarchitecture, source, note;
    double idle_w_per_thread = 0.0;
    double full_w_per_thread = 0.0;
    double sigma_ln = 0.0;          ///< of the package power by thread
    double idle_per_tdp = 0.0;      ///< 0, as the two below: only the watts of a thread are known
    double full_per_tdp = 0.0;      ///< above 1 where the package may draw more than its rating
    double sigma_ln_per_tdp = 0.0;  ///< of the package power by TDP
    bool generic = false;           ///< the row for an unknown CPU
};

struct MemoryPower {
    double idle_w_per_module = 0.0;
    double busy_w_per_module = 0.0;  ///< added at full activity
    double gb_per_module = 0.0;      ///< to guess the number of modules from the size
    double sigma_ln = 0.0;
    std::string_view source;
};

/// One device as the driver shows it; a board may hold several.
struct Gpu {
    std::string_view id, vendor, name, source;
    std::string_view idle_source;  ///< empty: idle_w is unknown
    double memory_gb = 0.0;        ///< 0: unknown
    double limit_w = 0.0;          ///< its part of the limit of the board
    double idle_w = 0.0;           ///< 0: unknown
};

/// What a kind of machine draws beside what is counted (docs/method/remainder.md).
struct MachineRemainder {
    std::string_view kind, source;  ///< "laptop", "desktop", "server", "gpu-server"
    double base_w = 0.0;            ///< board, fans, disks, network card, behind the power supply
    double base_sigma = 0.0;        ///< relative standard uncertainty
    double efficiency = 1.0;        ///< of the power supply
    double efficiency_half = 0.0;   ///< +- this, equally likely between (rectangular)
};

struct EquivalenceRow {
    std::string_view key, label, unit, scope, source;
    double kgco2e_per_unit = 0.0;
    bool shown_by_default = false;
};

/// What another calculator takes where gramme may take something else (docs/method/profiles.md).
struct ProfileFactor {
    std::string_view tool;  ///< "codecarbon", "green-algorithms" or "mlco2"
    std::string_view kind;  ///< "grid": g/kWh; "pue"; "device_w", "core_w": W; "memory_w_per_gb": W/GB
    std::string_view name;  ///< a region or zone, a provider, the id of an accelerator
    std::string_view source, note;
    double value = 0.0;
};

/// Immutable after construction; safe to share between threads.
class Tables {
public:
    /// The compiled tables; costs nothing.
    Tables() = default;
    /// The compiled tables with the rows of other tables added or, for an equal key, replacing. Each pair is
    /// a file name as in data/ ("grid_intensity.csv", a folder before it is allowed) and the text of that
    /// file, with the same columns. A preferred row takes that mark from the compiled row of its zone and
    /// basis. kNotFound for another file name; kMalformed, kOutOfRange: "file:line:column: what".
    static Result<Tables> with_overrides(std::span<const std::pair<std::string, std::string>> named_texts);

    /// A place from what a person types: "aws:eu-west-3", "eu-west-3", "FRA", "FR", "France", "CA-QC",
    /// "Quebec", "Montréal", "Mumbai", "us-east-1", "West Europe". Case, accents and a provider's other names
    /// ("google:", "amazon:", "microsoft:") do not matter. Asked in this order: zone code, country,
    /// region name, other zone, city, a provider's own name of a region. A city is its most specific zone,
    /// without a provider's PUE. A region name that several providers use is the hyperscaler's if exactly one
    /// of aws, gcp and azure has it, else the zone they share, else kMalformed listing the candidates.
    /// kNotFound: the hint offers the nearest names. Method: docs/method/reference-data.md#place
    [[nodiscard]] Result<Place> find_place(std::string_view text) const;
    /// "WLD".
    [[nodiscard]] Place world() const;
    /// ISO 3166-1 alpha-2 of a country's zone ("FRA" is "FR"); empty for other zones.
    [[nodiscard]] std::string_view iso2(std::string_view zone) const;
    /// Place before basis: a row of the zone on `wanted` basis (the preferred one, else the newest dated one;
    /// with a `year`, the newest not after it), passed over if it is more than three years older than the
    /// zone's newest row; else the zone's row on the other basis, named so, with the country's lifecycle
    /// figure beside it; else the country's row. An undated row counts only where it is preferred. kNotFound
    /// names the place. Method: docs/method/reference-data.md#intensity
    [[nodiscard]] Result<Intensity> intensity(const Place& place, Basis wanted,
                                              std::optional<int> year) const;

    /// Fleet mean of a cloud provider, newest reported year.
    [[nodiscard]] std::optional<Pue> provider_pue(std::string_view provider) const;
    /// Mean of an industry survey, for a server or virtual machine of unknown site.
    [[nodiscard]] Pue industry_pue() const;

    /// Litres that a provider's site evaporates per kWh of IT: of the region where it publishes that, else of
    /// its fleet, newest figure. nullopt for a provider that publishes none; "industry" has a mean.
    [[nodiscard]] std::optional<WaterUse> site_water(std::string_view provider,
                                                     std::string_view region) const;
    /// Litres that the power stations of a zone evaporate per kWh; "WLD" for the world.
    [[nodiscard]] std::optional<WaterUse> grid_water(std::string_view zone) const;

    /// A CPU from the model name in /proc/cpuinfo ("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz").
    [[nodiscard]] std::optional<Cpu> find_cpu(std::string_view cpuinfo_model_name) const;
    /// Microarchitecture key from vendor ("AuthenticAMD", "GenuineIntel", "ARM"), family, model and stepping,
    /// decimal; "" if unknown.
    [[nodiscard]] std::string_view microarchitecture(std::string_view vendor, int family, int model,
                                                     int stepping) const;
    /// The curve of a microarchitecture; the generic row for "" or an unknown key.
    [[nodiscard]] CpuPowerCurve cpu_power(std::string_view microarchitecture) const;
    [[nodiscard]] MemoryPower memory_power(bool server) const;
    /// A GPU from the name that its driver shows ("NVIDIA A100-SXM4-80GB", "Tesla T4"). Nothing for one that
    /// the table lacks: a name that is alike is another device.
    [[nodiscard]] std::optional<Gpu> find_gpu(std::string_view driver_name) const;
    /// nullopt for another kind.
    [[nodiscard]] std::optional<MachineRemainder> machine_remainder(std::string_view kind) const;

    /// An accelerator from what a person or a driver calls it: "h100-sxm5-80gb", "NVIDIA A100-SXM4-80GB",
    /// "Tesla V100", "a100 80gb". Case, blanks, dashes and the names of makers do not matter. kNotFound: the
    /// hint offers the parts whose names hold all the words, else the nearest. kMalformed: a part of several
    /// names.
    [[nodiscard]] Result<Accelerator> find_accelerator(std::string_view name) const;
    /// The same, and nullopt for a name that is none: no time goes into what it may have meant.
    [[nodiscard]] std::optional<Accelerator> accelerator_named(std::string_view name) const;
    /// Ids of the accelerators whose id and name hold all of these (words_of), in the order of the table;
    /// none for no words.
    [[nodiscard]] std::vector<std::string_view> accelerators_with_words(
        std::span<const std::string> words) const;
    /// By "provider:type", type or alias; case does not matter. kNotFound with the nearest; kMalformed where
    /// two providers use the name, listing them.
    [[nodiscard]] Result<Instance> find_instance(std::string_view name) const;
    /// "wind", "solar-rooftop". kNotFound with the nearest.
    [[nodiscard]] Result<EnergySource> find_energy_source(std::string_view key) const;

    /// "baseboard", "pcie", "tpu", "desktop", "laptop" or "cpu": every set of tables has them.
    [[nodiscard]] TypicalHost typical_host(std::string_view kind) const;

    [[nodiscard]] std::vector<Accelerator> accelerators() const;
    [[nodiscard]] std::vector<Instance> instances() const;
    [[nodiscard]] std::vector<Embodied> embodied() const;
    [[nodiscard]] std::optional<Embodied> embodied_row(std::string_view id) const;
    /// Those of one accelerator, by its id, in the order of the table.
    [[nodiscard]] std::vector<Embodied> embodied_of(std::string_view accelerator) const;
    [[nodiscard]] std::vector<Utilisation> utilisations() const;
    [[nodiscard]] std::vector<EnergySource> energy_sources() const;

    [[nodiscard]] std::vector<GridRow> grid_rows() const;
    [[nodiscard]] std::vector<CloudRegion> cloud_regions() const;
    [[nodiscard]] std::vector<EquivalenceRow> equivalences() const;
    /// All of one tool and kind, by name.
    [[nodiscard]] std::vector<ProfileFactor> profile_factors(std::string_view tool,
                                                             std::string_view kind) const;
    [[nodiscard]] std::vector<Source> sources() const;
    [[nodiscard]] std::optional<Source> source(std::string_view id) const;
    /// The tables whose rows name a source, by its id, in a fixed order: "grid_intensity", "pue". A
    /// source that no row names is not in it.
    [[nodiscard]] std::map<std::string_view, std::vector<std::string_view>> uses_of_sources() const;
    /// All figures that name this source, table by table; none for one that is not known.
    [[nodiscard]] std::vector<CitedFigure> figures_of(std::string_view source) const;

private:
    [[nodiscard]] View view() const;

    std::shared_ptr<const Image> overrides_;  ///< null: the compiled tables
};

}  // namespace gramme::refdata
