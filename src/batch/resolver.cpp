#include "batch/resolver.hpp"

#include <cstdint>
#include <cstring>

#include "base/json_line.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "config/job_request.hpp"

namespace gramme::batch {
namespace {

/// Combinations that are remembered: a table where every row has its own is slower, not larger.
constexpr std::size_t kMostKnown = 2048;

}  // namespace

std::string reason_of(const Error& error) {
    return error.hint.empty() ? error.what : error.what + " (" + error.hint + ")";
}

Result<JobRequest> BatchResolver::request_of(const RowWords& words) const {
    const auto word = [&](Column column) { return std::string{trimmed(words.text[index_of(column)])}; };
    JobRequest asked = base_;
    JobGroup group = base_.groups.empty() ? JobGroup{} : base_.groups.front();
    switch (words.evidence) {
        case Evidence::kEnergy: group.kind = JobGroup::Kind::kEnergy; break;
        case Evidence::kPower: group.kind = JobGroup::Kind::kPower; break;
        case Evidence::kInstance:
            group.kind = JobGroup::Kind::kInstance;
            group.name = word(Column::kInstance);
            break;
        case Evidence::kDevice:
            group.kind = JobGroup::Kind::kDevice;
            group.name = word(Column::kDevice);
            break;
        case Evidence::kGiven:
            if (base_.groups.empty()) {
                return Error{Code::kUsage, "the row says neither energy, power, device nor instance", ""};
            }
            break;
    }
    asked.groups = {group};
    if (const std::string host = word(Column::kHost); !host.empty()) {
        asked.host = host;
    }
    if (const std::string model = word(Column::kPowerModel); !model.empty()) {
        GRAMME_TRY(asked.power_model, config::parse_power_model(model, "power_model"));
    }
    FactorRequest& factors = asked.factors;
    const std::string region = word(Column::kRegion);
    const std::string source = word(Column::kEnergySource);
    const std::string mix = word(Column::kMix);
    if (!source.empty() && !mix.empty()) {
        return Error{Code::kUsage, "energy_source and mix both say what the electricity emits", ""};
    }
    // Said anew, what the options say of the electricity falls away, as between two places of settings.
    if (!region.empty() || !source.empty() || !mix.empty() || words.has_intensity) {
        factors.intensity_gco2e_per_kwh.reset();
        factors.mix.clear();
    }
    if (!region.empty()) {
        factors.region = region;
        factors.region_from = "region";
    }
    if (!source.empty()) {
        factors.mix = {{folded(source), 1.0}};
        factors.mix_from = "energy_source";
    } else if (!mix.empty()) {
        GRAMME_TRY(factors.mix, config::parse_mix(mix, "mix"));
        factors.mix_from = "mix";
    }
    if (words.has_intensity) {
        factors.intensity_gco2e_per_kwh = 1.0;
        factors.intensity_from = "intensity_gco2e_per_kwh";
    }
    if (words.has_pue) {
        factors.pue = 1.0;
        factors.pue_from = "pue";
    }
    if (const std::string year = word(Column::kYear); !year.empty()) {
        GRAMME_TRY(factors.year, config::parse_year(year, "year"));
    }
    if (const std::string basis = word(Column::kBasis); !basis.empty()) {
        GRAMME_TRY(factors.basis, config::parse_basis(basis, "basis"));
    }
    return asked;
}

Resolved BatchResolver::answer(const RowWords& words) const {
    Resolved out;
    auto asked = request_of(words);
    if (!asked) {
        out.trouble = reason_of(asked.error());
        return out;
    }
    auto coefficients = words.has_utilisation ? estimate::loaded_coefficients_of(*std::move(asked), tables_)
                                              : estimate::coefficients_of(*std::move(asked), tables_);
    if (!coefficients) {
        out.trouble = reason_of(coefficients.error());
        return out;
    }
    out.coefficients = *std::move(coefficients);
    out.note = json_ ? json_quoted(out.coefficients.note) : field_text(out.coefficients.note, dialect_);
    return out;
}

const Resolved& BatchResolver::resolve(const RowWords& words) {
    key_.clear();
    key_ += static_cast<char>(words.evidence);
    key_ += static_cast<char>('0' + (words.has_pue ? 1 : 0) + (words.has_intensity ? 2 : 0) +
                              (words.has_utilisation ? 4 : 0));
    for (const std::string_view text : words.text) {
        // With its length, so that no character of a cell can pass for the end of it.
        const auto size = static_cast<std::uint32_t>(text.size());
        std::array<char, sizeof size> bytes{};
        std::memcpy(bytes.data(), &size, sizeof size);
        key_ += size > 0 ? '+' : '-';
        key_.append(bytes.data(), size > 0 ? bytes.size() : 0);
        key_ += text;
    }
    if (last_ != nullptr && key_ == last_key_) {  // tables are often sorted by what decides
        return *last_;
    }
    auto found = known_.find(std::string_view{key_});
    if (found == known_.end()) {
        if (known_.size() >= kMostKnown) {
            known_.clear();
        }
        found = known_.emplace(key_, answer(words)).first;
    }
    last_key_ = key_;
    last_ = &found->second;
    return *last_;
}

}  // namespace gramme::batch
