// The store of runs: one interface, SQLite behind it (PostgreSQL later, chosen by URL).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "store/patience.hpp"

namespace gramme::store {

struct RunFilter {
    std::string project;  ///< empty: all
    std::string text;     ///< in id, project, name, tags or command
    std::optional<std::int64_t> since_wall_ns;
    std::size_t limit = 0;  ///< 0: all
};

/// One line of `gramme runs list`.
struct RunSummary {
    RunRecord run;
    std::optional<double> energy_kwh;  ///< of the newest footprint
    std::optional<double> operational_kgco2e;
    std::optional<double> low_kgco2e, high_kgco2e;
    bool has_gaps = false;
    std::string quality;            ///< of the newest footprint; empty: not known
    std::vector<std::string> gpus;  ///< names of those that were counted, in the order of the ledger
};

/// A page of the list, for people who look at one page at a time.
struct RunQuery {
    enum class Sort : std::uint8_t { kStarted, kDuration, kEnergy, kCarbon, kName, kProject };

    std::string text;     ///< as RunFilter
    std::string project;  ///< empty: all
    std::string tag;      ///< "key" or "key=value"; empty: all
    std::string part_of;  ///< spans of the run with this whole id; empty: all
    std::optional<std::int64_t> since_wall_ns;
    std::optional<std::int64_t> until_wall_ns;  ///< started before
    Sort sort = Sort::kStarted;
    bool descending = true;  ///< unknown figures come last either way
    std::size_t offset = 0;
    std::size_t limit = 50;  ///< 0: all
};

struct RunPage {
    std::vector<RunSummary> rows;
    std::size_t total = 0;  ///< how many match, on all pages
};

/// Sums over runs, less those that are spans of others. `low` and `high` are sums of the runs' own bounds.
struct RunSum {
    std::size_t runs = 0;
    double duration_s = 0.0;
    std::optional<double> energy_kwh;  ///< of the runs where it is known; absent: of none
    std::optional<Estimate> operational_kgco2e;
    std::size_t with_gaps = 0;
    std::size_t not_known = 0;  ///< runs without any figure, which are not in the sums
};

struct RunTotals {
    RunSum all;
    std::vector<std::pair<std::string, RunSum>> months;    ///< "2026-11" (UTC), newest first
    std::vector<std::pair<std::string, RunSum>> projects;  ///< most carbon first, then by name
};

/// A result that a newer one took the place of.
struct EarlierFootprint {
    std::int64_t computed_wall_ns = 0;
    std::optional<Estimate> operational_kgco2e;
    std::string factors_json;  ///< `factors` of gramme/footprint/1; empty: not known
};

struct StoredRun {
    RunRecord run;
    Ledger ledger;
    std::string footprint_json;             ///< newest, schema gramme/footprint/1; empty if there is none
    std::int64_t footprints = 0;            ///< how many there are; the newest counts
    std::int64_t computed_wall_ns = 0;      ///< when the newest was computed
    std::vector<EarlierFootprint> earlier;  ///< than the newest, newest first; at most kMostEarlier
};
inline constexpr int kMostEarlier = 20;

/// One thread. Several processes may use one store at once.
class Store {
public:
    /// "sqlite:PATH" or a bare path. Creates the file, its folder and its schema; migrates an older schema;
    /// kUnsupported for a newer one or another scheme, kMalformed for a damaged file (it is reported, never
    /// replaced), kUnavailable (others keep it locked for longer than `patience`, which holds for every later
    /// call too), kIo, kPermission.
    static Result<std::unique_ptr<Store>> open(std::string_view url, const Patience& patience = {});
    virtual ~Store() = default;

    /// A run with its ledger and first footprint, in one transaction. Adding a run id again changes nothing
    /// (recovery may have been cut short) and is no error. A lineage that would make a circle is left out,
    /// with a warning in the run's record. `footprint_json` may be empty; `summary` gives the columns that
    /// lists show.
    virtual Result<void> add(const RunRecord& run, const Ledger& ledger, const Footprint& footprint,
                             std::string_view footprint_json, std::int64_t computed_wall_ns) = 0;
    /// A footprint computed anew; it becomes the current one and the older ones stay. The run's record and
    /// ledger do not change. `id` in full or as for show(), with its errors.
    virtual Result<void> add_footprint(std::string_view id, const Footprint& footprint,
                                       std::string_view footprint_json, std::int64_t computed_wall_ns) = 0;
    [[nodiscard]] virtual Result<std::vector<RunSummary>> list(const RunFilter& filter) = 0;
    [[nodiscard]] virtual Result<RunPage> page(const RunQuery& query) = 0;
    /// Order, offset and limit of the query mean nothing here.
    [[nodiscard]] virtual Result<RunTotals> totals(const RunQuery& query) = 0;
    [[nodiscard]] virtual Result<std::size_t> count() = 0;
    /// Runs that come from another (RunRecord::lineage), those that others come from, and the spans of both;
    /// oldest first. `gpus` is left empty.
    [[nodiscard]] virtual Result<std::vector<RunSummary>> related() = 0;
    /// How many runs name this one, by its whole id, as what they come from.
    [[nodiscard]] virtual Result<std::size_t> descendants(std::string_view id) = 0;
    /// Ids that `beginning` may mean, sorted, at most so many; see meant_id().
    [[nodiscard]] virtual Result<std::vector<std::string>> ids(std::string_view beginning,
                                                               std::size_t most) = 0;
    /// By id or unique beginning, as meant_id() says. kNotFound, kMalformed (ambiguous: lists them).
    [[nodiscard]] virtual Result<StoredRun> show(std::string_view id) = 0;
    virtual Result<void> remove(std::string_view id) = 0;
    /// Its results of before keep the name that they were made with. `id` as for show().
    virtual Result<void> rename(std::string_view id, std::string_view name) = 0;
    [[nodiscard]] virtual std::string url() const = 0;
};

/// The folders that open_data_dir() tries, best first. Makes none.
[[nodiscard]] std::vector<std::string> data_dir_candidates(const std::optional<std::string>& xdg_data_home,
                                                           const std::optional<std::string>& home,
                                                           const std::optional<std::string>& tmpdir);

/// Where things are kept: XDG_DATA_HOME/gramme, else HOME/.local/share/gramme, else TMPDIR/gramme-<uid> with
/// a warning.
struct DataDir {
    std::string path;
    std::string warning;  ///< empty where the usual place could be used
};
/// Creates it (mode 0700). kIo only where not even the temporary directory can be written.
[[nodiscard]] Result<DataDir> open_data_dir(const std::optional<std::string>& xdg_data_home,
                                            const std::optional<std::string>& home,
                                            const std::optional<std::string>& tmpdir);

}  // namespace gramme::store
