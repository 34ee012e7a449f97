// The numbers of a row, and what they and its words come to: the same whether the row stood in a CSV file or
// in an Arrow table. No IO.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batch/resolver.hpp"
#include "estimate/batch_kernel.hpp"
#include "model/job.hpp"

namespace gramme::batch {

/// What a row says in numbers: 0 or more each, in our units; absent: not said.
struct RowNumbers {
    std::optional<double> utilisation;  ///< at most 1
    std::optional<double> count, hours, power_w, energy_kwh, pue, intensity;
    bool cpus = false;  ///< `count` counts CPUs: there was no GPU
};

/// The one of them that `column` names, which is none of text.
using NumberOf = std::optional<double> RowNumbers::*;
[[nodiscard]] NumberOf number_of(Column column);

/// A number of 0 or more times `scale`; false where the text is none.
[[nodiscard]] bool read_number(std::string_view text, double scale, std::optional<double>& value);
/// "hours: 'ten' is no number of 0 or more"
[[nodiscard]] std::string no_number(std::string_view column, std::string_view text);
/// In quotes, cut after 40 bytes, without control characters: for a reason.
[[nodiscard]] std::string shown(std::string_view text);

/// The first evidence that the row says.
[[nodiscard]] Evidence evidence_of(const RowNumbers& numbers, bool instance, bool device);
/// Why a row has no figure that says none while the options give none either.
inline constexpr std::string_view kNoEvidence =
    "says neither energy, power, device nor instance (--device or --power-w give one to such rows)";

/// Device-hours, watt-hours or kWh of the row. `base` is what the options say, `base_hours` whether they say
/// the hours. What is wrong with the numbers; empty: nothing.
[[nodiscard]] std::string units_of(const JobRequest& base, bool base_hours, Evidence evidence,
                                   const RowNumbers& numbers, double& units);

/// energy_kwh, energy_low, energy_high, facility_energy_kwh, operational_kgco2e, operational_low,
/// operational_high
inline constexpr std::size_t kFigures = 7;
using RowFigures = std::array<double, kFigures>;

/// Columns between the rows of a table and the kernel.
class JobBuffer {
public:
    /// Room for `most` rows.
    explicit JobBuffer(std::size_t most);

    void push(const estimate::JobCoefficients& job, const RowNumbers& numbers, double units);
    /// A row of zeros, to keep step with a table where this one has no figure.
    void push_nothing();
    /// Takes the last one back.
    void pop() { --size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void clear() { size_ = 0; }
    /// `out`: as many rows as size().
    void compute(const estimate::FootprintColumns& out) const;

private:
    std::array<std::vector<double>, 8> columns_;
    std::size_t size_ = 0;
};

}  // namespace gramme::batch
