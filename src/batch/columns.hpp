// Which column of somebody's table is which of ours, and how its cells are read. No IO.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/records.hpp"
#include "base/result.hpp"
#include "units/quantity.hpp"

namespace gramme::batch {

/// What a row can say; docs/schema/batch.md. The first kTextColumns are texts, the others numbers.
enum class Column : std::uint8_t {
    kDevice,
    kInstance,
    kHost,
    kPowerModel,
    kRegion,
    kEnergySource,
    kMix,
    kYear,
    kBasis,
    kUtilisation,
    kCount,
    kHours,
    kPowerW,
    kEnergyKwh,
    kPue,
    kIntensity,
};
inline constexpr std::size_t kColumns = 16;
inline constexpr std::size_t kTextColumns = 9;
[[nodiscard]] constexpr std::size_t index_of(Column column) {
    return static_cast<std::size_t>(column);
}
/// From their unit of time to ours.
[[nodiscard]] constexpr double hours_per(Seconds unit) {
    return unit / Seconds{std::chrono::hours{1}};
}
/// "energy_kwh"
[[nodiscard]] std::string_view name_of(Column column);

enum class Reading : std::uint8_t {
    kAsIs,
    kElapsed,    ///< "1-02:30:00" of Slurm, in hours
    kGpuType,    ///< the type in AllocTRES: "a100" of "gres/gpu:a100=8"
    kGpuCount,   ///< its number; where there is no GPU, CPUs
    kDetails,    ///< {"ServiceType":"Standard_ND96asr_v4", ...} of Azure, SkuPriceDetails of FOCUS
    kUsageType,  ///< "USE1-BoxUsage:p4d.24xlarge" of Amazon
    kSageMaker,  ///< "p4d.24xlarge" or "ml.p4d.24xlarge" of Amazon
    kGpuOfSku,   ///< "Nvidia Tesla T4 GPU running in Belgium" of Google's SKU description
};

/// One of their columns as a source of one of ours. The first that is there and not empty counts.
struct Binding {
    Column ours = Column::kDevice;
    std::string theirs;
    Reading reading = Reading::kAsIs;
    double scale = 1.0;   ///< from their unit to ours
    std::size_t at = 0;   ///< index of the field, or of the name in Layout::names; set by bind()
    bool asked = false;   ///< a person named it: a table without it is refused, not read without it
    std::string whole{};  ///< `theirs` with the unit behind it, as it was said; empty: no unit was
};

/// Rows that a table holds beside the jobs: they pass through without a figure, with a note.
struct Filter {
    enum class Kind : std::uint8_t {
        kNoStep,     ///< no dot: of Slurm's JobID
        kOneOf,      ///< is one of `words`
        kHolds,      ///< holds one of `words`
        kHoldsNone,  ///< holds none of `words`
        kNotEmpty,
        kSomeTime,  ///< not "00:00:00"
        kHours,     ///< is_hours()
    };
    std::string theirs;
    Kind kind = Kind::kOneOf;  ///< what a job fulfils
    std::vector<std::string_view> words;
    std::string_view note;
    std::size_t at = 0;
};

struct ColumnMap {
    std::vector<Binding> bindings;
    std::vector<Filter> filters;
    std::string ready;  ///< name of the ready map, if one was asked for
    /// Note of a row that names no machine; empty: such a row is bad.
    std::string_view without_machine;
};

/// Our own names, each over by what the options say: "slurm", or "hours=Dauer:min". kUsage, also for two
/// ready maps.
[[nodiscard]] Result<ColumnMap> column_map(std::span<const std::string> options,
                                           std::string_view from = "--map");

/// Which column `binding` means where the own name of one ends as a unit does, among `names` as same_name()
/// has them. kUsage: "hours=time:s" is the column time:s, whose unit nobody has said, or the column time too.
[[nodiscard]] Result<void> settle_name(Binding& binding, std::span<const std::string> names,
                                       std::string_view from = "--map");

/// What the options give to rows that do not say it themselves.
struct Given {
    bool evidence = false;  ///< device, instance or power
    bool hours = false;
};

struct Layout {
    bool json = false;
    Dialect dialect;
    std::vector<Binding> bindings;  ///< in the order of precedence
    std::vector<Filter> filters;
    std::vector<std::string> names;  ///< of JSON members, by Binding::at
    std::optional<std::size_t> group_by;
    std::string_view without_machine;  ///< as in ColumnMap
    std::size_t fields = 0;            ///< of a record; 0: whatever
    std::string line_end = "\n";
};

/// For a table with a header. kUsage: a column that rows cannot do without or that a person named is missing,
/// with those that were found and the nearest map; a name that stands twice; results that are there already.
[[nodiscard]] Result<Layout> bind_header(const ColumnMap& map, const std::vector<std::string>& header,
                                         Dialect dialect, const std::optional<std::string>& group_by,
                                         Given given);
/// For lines of JSON. Whether the names that a person gave occur shows at the end of the table: check_seen().
[[nodiscard]] Layout bind_json(const ColumnMap& map, const std::optional<std::string>& group_by);

/// kUsage: no object of the table has a member that a person named. `seen`: of Layout::names, by index.
[[nodiscard]] Result<void> check_seen(const Layout& layout, const std::vector<bool>& seen);

/// The separator that occurs most often in a header: comma, bar, tab or semicolon. A bar is Slurm's, which
/// knows no quotes.
[[nodiscard]] Dialect dialect_of(std::string_view header);

/// How names are compared: without case and blanks around them.
[[nodiscard]] std::string same_name(std::string_view name);

/// Names of the columns that are appended, in order; `taken` are prefixed with gramme_.
[[nodiscard]] std::vector<std::string> result_names(const std::vector<std::string>& taken);

}  // namespace gramme::batch
