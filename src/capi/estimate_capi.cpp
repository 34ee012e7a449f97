// Estimates of the C interface: one job, a comparison, columns of numbers.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "batch/row_job.hpp"
#include "calculate/answer.hpp"
#include "calculate/estimate.hpp"
#include "capi/boundary.hpp"
#include "config/override_tables.hpp"
#include "host/real_host.hpp"

namespace gramme::capi {
namespace {

using config::RequestKind;

struct Asked {
    config::EstimateRequest request;
    config::RunOptions options;
    refdata::Tables tables;
};

Result<Asked> asked_by(const char* request, RequestKind kind) {
    if (request == nullptr) {
        return missing("request");
    }
    Asked out;
    GRAMME_TRY(out.request, config::read_estimate_request(request, kind));
    GRAMME_TRY(out.options, calculate::options_of(out.request, *host::make_real_host()));
    GRAMME_TRY(out.tables, config::tables_with_overrides(out.options.data_dir));
    return out;
}

using Answer = Result<std::string> (*)(const config::EstimateRequest&, const config::RunOptions&,
                                       const refdata::Tables&);

std::int32_t answer(const char* request, RequestKind kind, Answer answer_of, char** json,
                    gramme_error* error) {
    return guarded(error, [&]() -> Result<void> {
        if (json == nullptr) {
            return missing("json");
        }
        GRAMME_TRY(const Asked asked, asked_by(request, kind));
        GRAMME_TRY(const std::string text, answer_of(asked.request, asked.options, asked.tables));
        char* const copy = copied(text);
        if (copy == nullptr) {
            throw std::bad_alloc{};
        }
        *json = copy;
        return {};
    });
}

constexpr std::size_t kTurn = 1024;  ///< rows per turn of the kernel: its columns stay in the cache

/// The job whose size and factors the columns say.
struct ColumnJob {
    JobRequest asked;
    estimate::JobCoefficients coefficients;
};

Result<ColumnJob> column_job(const Asked& from, const gramme_columns& in) {
    ColumnJob job;
    GRAMME_TRY(job.asked, config::job_request(from.request.options, from.options.factors));
    if (job.asked.groups.size() != 1) {
        return Error{Code::kUsage, "columns are of one device, instance, power or energy",
                     "for several, sum what each of them gives"};
    }
    GRAMME_CHECK(calculate::check_region(job.asked.factors, from.tables));
    if (in.intensity_gco2e_per_kwh != nullptr) {
        job.asked.factors.mix.clear();
        job.asked.factors.intensity_gco2e_per_kwh = 1.0;
        job.asked.factors.intensity_from = "intensity_gco2e_per_kwh";
    }
    if (in.pue != nullptr) {
        job.asked.factors.pue = 1.0;
        job.asked.factors.pue_from = "pue";
    }
    GRAMME_TRY(job.coefficients, in.utilisation != nullptr
                                     ? estimate::loaded_coefficients_of(job.asked, from.tables)
                                     : estimate::coefficients_of(job.asked, from.tables));
    return job;
}

/// The number of a row, that of the request where there is no such column.
double at(const double* column, std::size_t row, double otherwise) {
    return column != nullptr ? column[row] : otherwise;
}

std::optional<double> said_at(const double* column, std::size_t row) {
    return column != nullptr ? std::optional{column[row]} : std::nullopt;
}

bool within(std::optional<double> value, double least, double most) {
    return !value || (*value >= least && *value <= most);
}

/// Device-hours, watt-hours or kWh of a row; nullopt where it says what cannot be.
std::optional<double> units_at(const ColumnJob& job, const gramme_columns& in, std::size_t row,
                               const batch::RowNumbers& numbers) {
    constexpr double kMostPue = 10.0;
    constexpr double kMostIntensity = 10'000.0;
    JobGroup group = job.asked.groups.front();
    group.count = at(in.count, row, group.count);
    const bool energy = group.kind == JobGroup::Kind::kEnergy;
    const double hours = energy ? 1.0 : at(in.hours, row, job.asked.hours);
    if (!within(numbers.utilisation, 0.0, 1.0) || !within(numbers.pue, 1.0, kMostPue) ||
        !within(numbers.intensity, 0.0, kMostIntensity) || !estimate::check_size(group, hours)) {
        return std::nullopt;
    }
    const bool by_amount = energy || group.kind == JobGroup::Kind::kPower;
    return group.count * hours * (by_amount ? group.amount : 1.0);
}

/// Where the kernel writes: the caller's columns, and our own for those that nobody wants.
class FigureColumns {
public:
    explicit FigureColumns(const gramme_figures& out)
        : columns_{out.energy_kwh,         out.energy_low,      out.energy_high,     out.facility_energy_kwh,
                   out.operational_kgco2e, out.operational_low, out.operational_high},
          unwanted_(kTurn) {}
    [[nodiscard]] std::span<double> of(std::size_t figure, std::size_t first, std::size_t rows) {
        double* const column = columns_.at(figure);
        return {column != nullptr ? column + first : unwanted_.data(), rows};
    }

private:
    std::array<double*, batch::kFigures> columns_;
    std::vector<double> unwanted_;
};

std::size_t fill_columns(const ColumnJob& job, const gramme_columns& in, std::size_t rows,
                         const gramme_figures& out) {
    FigureColumns figures(out);
    batch::JobBuffer buffer(kTurn);
    std::vector<std::size_t> bad;
    std::size_t all_bad = 0;
    for (std::size_t first = 0; first < rows; first += kTurn) {
        const std::size_t count = std::min(kTurn, rows - first);
        buffer.clear();
        bad.clear();
        for (std::size_t row = first; row < first + count; ++row) {
            batch::RowNumbers numbers;
            numbers.utilisation = said_at(in.utilisation, row);
            numbers.pue = said_at(in.pue, row);
            numbers.intensity = said_at(in.intensity_gco2e_per_kwh, row);
            if (const auto units = units_at(job, in, row, numbers)) {
                buffer.push(job.coefficients, numbers, *units);
            } else {
                buffer.push_nothing();
                bad.push_back(row);
            }
        }
        const auto of = [&](std::size_t figure) { return figures.of(figure, first, count); };
        buffer.compute({of(0), of(1), of(2), of(3), of(4), of(5), of(6)});
        for (const std::size_t row : bad) {
            for (std::size_t figure = 0; figure < batch::kFigures; ++figure) {
                of(figure)[row - first] = std::numeric_limits<double>::quiet_NaN();
            }
        }
        all_bad += bad.size();
    }
    return all_bad;
}

}  // namespace
}  // namespace gramme::capi

extern "C" {

int32_t gramme_estimate(const char* request, char** json, gramme_error* error) {
    using namespace gramme;
    return capi::answer(request, config::RequestKind::kEstimate, &calculate::estimate_answer, json, error);
}

int32_t gramme_compare(const char* request, char** json, gramme_error* error) {
    using namespace gramme;
    return capi::answer(request, config::RequestKind::kCompare, &calculate::compare_answer, json, error);
}

int32_t gramme_estimate_columns(const char* request, const gramme_columns* in, size_t rows,
                                gramme_figures* out, gramme_error* error) {
    using namespace gramme;
    return capi::guarded(error, [&]() -> Result<void> {
        if (in == nullptr || out == nullptr || in->size != sizeof *in || out->size != sizeof *out) {
            return Error{Code::kUsage, "the columns are NULL, or their size is not set",
                         "gramme_columns in = {.size = sizeof in}"};
        }
        GRAMME_TRY(const capi::Asked asked, capi::asked_by(request, config::RequestKind::kEstimate));
        GRAMME_TRY(const capi::ColumnJob job, capi::column_job(asked, *in));
        out->rows_without = capi::fill_columns(job, *in, rows, *out);
        return {};
    });
}

}  // extern "C"
