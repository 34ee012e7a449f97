#include "batch/row_job.hpp"

#include "base/parse.hpp"

namespace gramme::batch {
namespace {

constexpr double kKgPerGram = KilogramsCO2e{GramsCO2e{1.0}}.value();

}  // namespace

NumberOf number_of(Column column) {
    switch (column) {
        case Column::kUtilisation: return &RowNumbers::utilisation;
        case Column::kCount: return &RowNumbers::count;
        case Column::kHours: return &RowNumbers::hours;
        case Column::kPowerW: return &RowNumbers::power_w;
        case Column::kEnergyKwh: return &RowNumbers::energy_kwh;
        case Column::kPue: return &RowNumbers::pue;
        case Column::kIntensity: return &RowNumbers::intensity;
        default: break;
    }
    GRAMME_ASSERT(false);
    return nullptr;
}

bool read_number(std::string_view text, double scale, std::optional<double>& value) {
    const auto number = parse_double(text);
    if (!number || !(*number >= 0.0)) {
        return false;
    }
    value = *number * scale;
    return true;
}

std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 40;
    std::string out = "'";
    for (const char c : text.substr(0, kMost)) {
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
    return out + (text.size() > kMost ? "...'" : "'");
}

std::string no_number(std::string_view column, std::string_view text) {
    return std::string{column} + ": " + shown(text) + " is no number of 0 or more";
}

Evidence evidence_of(const RowNumbers& numbers, bool instance, bool device) {
    return numbers.energy_kwh ? Evidence::kEnergy
           : numbers.power_w  ? Evidence::kPower
           : instance         ? Evidence::kInstance
           : device           ? Evidence::kDevice
                              : Evidence::kGiven;
}

std::string units_of(const JobRequest& base, bool base_hours, Evidence evidence, const RowNumbers& numbers,
                     double& units) {
    double count = numbers.count.value_or(1.0);
    double amount = 1.0;
    double hours = numbers.hours.value_or(base.hours);
    JobGroup::Kind kind = JobGroup::Kind::kDevice;
    switch (evidence) {
        case Evidence::kEnergy:
            kind = JobGroup::Kind::kEnergy;
            count = 1.0;  // the energy is that of the row, whatever it counts
            amount = *numbers.energy_kwh;
            hours = 1.0;
            units = amount;
            break;
        case Evidence::kPower:
            kind = JobGroup::Kind::kPower;
            amount = *numbers.power_w;
            units = amount * count * hours;
            break;
        case Evidence::kGiven:
            if (base.groups.front().kind == JobGroup::Kind::kPower) {
                kind = JobGroup::Kind::kPower;
                amount = base.groups.front().amount;
            }
            units = amount * count * hours;
            break;
        case Evidence::kInstance:
        case Evidence::kDevice: units = count * hours; break;
    }
    if (evidence != Evidence::kEnergy && !numbers.hours && !base_hours) {
        return "the hours are missing";
    }
    // Within these nothing can be wrong; who is outside asks the one that knows.
    constexpr double kPlain = 1e6;
    const bool plain = count > 0.0 && count < kPlain && hours > 0.0 && hours < kPlain && amount < kPlain;
    if (!plain) {
        JobGroup group;
        group.kind = kind;
        group.amount = amount;
        group.count = count;
        if (const auto checked = estimate::check_size(group, hours); !checked) {
            return reason_of(checked.error());
        }
    }
    constexpr double kMostPue = 10.0;
    constexpr double kMostIntensity = 10'000.0;
    if (numbers.pue && !(*numbers.pue >= 1.0 && *numbers.pue <= kMostPue)) {
        return "the PUE is not between 1 and 10";
    }
    if (numbers.intensity && !(*numbers.intensity <= kMostIntensity)) {
        return "the intensity is not between 0 and 10000 g per kWh";
    }
    return {};
}

JobBuffer::JobBuffer(std::size_t most) {
    for (auto& column : columns_) {
        column.resize(most);
    }
}

void JobBuffer::push(const estimate::JobCoefficients& job, const RowNumbers& numbers, double units) {
    const std::size_t at = size_++;
    const auto fill = [&](const estimate::UnitFootprint& of_row) {
        columns_[0][at] = units;
        columns_[1][at] = of_row.kwh_per_unit;
        columns_[2][at] = of_row.energy_low;
        columns_[3][at] = of_row.energy_high;
        columns_[4][at] = numbers.pue.value_or(of_row.pue);
        columns_[5][at] = numbers.intensity ? *numbers.intensity * kKgPerGram : of_row.kg_per_kwh;
        columns_[6][at] = of_row.low;
        columns_[7][at] = of_row.high;
    };
    if (job.loaded && numbers.utilisation) {
        fill(estimate::at_utilisation(*job.loaded, *numbers.utilisation));
    } else {
        fill(job);
    }
}

void JobBuffer::push_nothing() {
    const std::size_t at = size_++;
    for (auto& column : columns_) {
        column[at] = 0.0;
    }
}

void JobBuffer::compute(const estimate::FootprintColumns& out) const {
    const auto in = [&](std::size_t i) { return std::span<const double>(columns_[i]).first(size_); };
    estimate::footprints_of({in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)}, out);
}

}  // namespace gramme::batch
