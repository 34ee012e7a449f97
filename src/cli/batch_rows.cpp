#include "cli/batch_rows.hpp"

#include <algorithm>

#include "base/digits.hpp"
#include "base/parse.hpp"
#include "cli/batch_cells.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kHeld = 1024;  ///< rows per turn of the kernel: its columns stay in the cache
constexpr std::size_t kFirstReasons = 5;
constexpr double kKgPerGram = KilogramsCO2e{GramsCO2e{1.0}}.value();
constexpr std::array<std::string_view, 7> kJsonNames{
    "\"energy_kwh\":",          ",\"energy_low\":",      ",\"energy_high\":",     ",\"facility_energy_kwh\":",
    ",\"operational_kgco2e\":", ",\"operational_low\":", ",\"operational_high\":"};

std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 40;
    std::string out = "'";
    for (const char c : text.substr(0, kMost)) {
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
    return out + (text.size() > kMost ? "...'" : "'");
}

std::string reason_of(const Error& error) {
    return error.hint.empty() ? error.what : error.what + " (" + error.hint + ")";
}

/// `value` where the text is empty or a number of 0 or more.
bool read_number(std::string_view text, double scale, std::optional<double>& value) {
    const auto number = parse_double(text);
    if (!number || !(*number >= 0.0)) {
        return false;
    }
    value = *number * scale;
    return true;
}

}  // namespace

void BatchSums::add(const BatchSums& other) {
    rows += other.rows;
    without += other.without;
    energy_kwh += other.energy_kwh;
    facility_kwh += other.facility_kwh;
    kgco2e += other.kgco2e;
    low += other.low;
    high += other.high;
}

void BatchBlock::clear() {
    out.clear();
    rejects.clear();
    first_reasons.clear();
    rejected = 0;
    total = {};
    groups.clear();
    broken.reset();
}

BatchRows::BatchRows(const BatchPlan& plan, const refdata::Tables& tables)
    : plan_(plan), resolver_(plan.base, tables, plan.layout.json, plan.layout.dialect), rows_(kHeld) {
    for (auto& column : in_) {
        column.resize(kHeld);
    }
    for (auto& column : out_) {
        column.resize(kHeld);
    }
}

std::string& BatchRows::scratch() {
    if (scratches_ == scratch_.size()) {
        scratch_.emplace_back();
    }
    return scratch_[scratches_++];
}

std::string BatchRows::split(std::string_view record) {
    if (const std::size_t bad = first_bad_utf8(record); bad != std::string_view::npos) {
        return "byte " + std::to_string(bad + 1) + " is no UTF-8";
    }
    if (record.find('\0') != std::string_view::npos) {
        return "holds a NUL byte";
    }
    const Layout& layout = plan_.layout;
    if (!layout.json) {
        switch (split_record(record, layout.dialect, fields_)) {
            case SplitTrouble::kNone: break;
            case SplitTrouble::kOpenQuote: return "a quote is opened and never closed";
            case SplitTrouble::kTextAfterQuote: return "text after a closing quote";
        }
        if (layout.fields != 0 && fields_.size() != layout.fields) {
            return "has " + std::to_string(fields_.size()) + " fields, the header " +
                   std::to_string(layout.fields);
        }
        return {};
    }
    if (const auto scanned = scan_json_line(record, json_); !scanned) {
        return scanned.error().what;
    }
    members_.assign(layout.names.size(), nullptr);
    for (const JsonMember& member : json_.members) {
        if (member.key == "gramme") {
            return "has a member gramme already";
        }
        for (std::size_t i = 0; i < layout.names.size(); ++i) {
            if (member.key == layout.names[i]) {
                if (members_[i] != nullptr) {
                    return "names " + layout.names[i] + " twice";
                }
                members_[i] = &member;
            }
        }
    }
    return {};
}

std::string_view BatchRows::cell(std::size_t at, std::string& trouble) {
    if (!plan_.layout.json) {
        const RawField& field = fields_[at];
        return field.doubled ? value_of(field, scratch()) : field.text;
    }
    const JsonMember* const member = members_[at];
    if (member == nullptr || member->kind == JsonMember::Kind::kNull) {
        return {};
    }
    if (member->kind == JsonMember::Kind::kOther) {
        trouble = plan_.layout.names[at] + " is neither text nor number";
        return {};
    }
    if (member->value.find('\\') == std::string_view::npos) {
        return member->value;
    }
    auto text = json_unescaped(member->value);
    if (!text) {
        trouble = plan_.layout.names[at] + " " + text.error().what;
        return {};
    }
    std::string& kept = scratch();
    kept = *std::move(text);
    return kept;
}

std::string_view BatchRows::filtered() {
    std::string trouble;
    for (const Filter& filter : plan_.layout.filters) {
        if (plan_.layout.json && members_[filter.at] == nullptr) {
            continue;
        }
        const std::string_view text = trimmed(cell(filter.at, trouble));
        bool passes = true;
        switch (filter.kind) {
            case Filter::Kind::kNoStep: passes = text.find('.') == std::string_view::npos; break;
            case Filter::Kind::kOneOf:
                passes =
                    std::find(filter.allowed.begin(), filter.allowed.end(), text) != filter.allowed.end();
                break;
            case Filter::Kind::kNotEmpty: passes = !text.empty(); break;
            case Filter::Kind::kHolds:
                passes = text.find(filter.allowed.front()) != std::string_view::npos;
                break;
            case Filter::Kind::kSomeTime:
                passes = text.find_first_not_of("0:-.") != std::string_view::npos;
                break;
        }
        if (!passes) {
            return filter.note;
        }
    }
    return {};
}

std::string BatchRows::read_cells(RowWords& words, Numbers& numbers) {
    std::array<bool, kColumns> said{};
    std::string trouble;
    for (const Binding& binding : plan_.layout.bindings) {
        const std::size_t column = index_of(binding.ours);
        if (said[column]) {
            continue;
        }
        std::string_view text = trimmed(cell(binding.at, trouble));
        if (!trouble.empty()) {
            return trouble;
        }
        if (text.empty()) {
            continue;
        }
        std::optional<double> number;
        switch (binding.reading) {
            case Reading::kAsIs:
                if (column >= kTextColumns && !read_number(text, binding.scale, number)) {
                    return binding.theirs + ": " + shown(text) + " is no number of 0 or more";
                }
                break;
            case Reading::kElapsed:
                number = elapsed_hours(text);
                if (!number) {
                    return binding.theirs + ": " + shown(text) + " is no time such as 1-02:30:00";
                }
                break;
            case Reading::kGpuType:
            case Reading::kGpuCount: {
                const Tres tres = tres_of(text);
                if (tres.several_types) {
                    return binding.theirs + ": " + shown(text) + " holds several types of GPU";
                }
                text = tres.gpu_type;
                numbers.cpus = !(tres.gpus > 0.0);
                number = numbers.cpus ? tres.cpus : tres.gpus;
                break;
            }
            case Reading::kServiceType: text = service_type(text); break;
            case Reading::kGpuOfSku: text = gpu_of_sku(text); break;
        }
        said[column] = true;
        switch (binding.ours) {
            case Column::kCount: numbers.count = number; break;
            case Column::kHours: numbers.hours = number; break;
            case Column::kPowerW: numbers.power_w = number; break;
            case Column::kEnergyKwh: numbers.energy_kwh = number; break;
            case Column::kPue: numbers.pue = number; break;
            case Column::kIntensity: numbers.intensity = number; break;
            default: words.text[column] = text; break;
        }
    }
    return {};
}

std::string BatchRows::units_of(const RowWords& words, const Numbers& numbers, double& units) const {
    JobGroup group;
    group.count = numbers.count.value_or(1.0);
    group.amount = 1.0;
    double hours = numbers.hours.value_or(plan_.base.hours);
    switch (words.evidence) {
        case Evidence::kEnergy:
            group.kind = JobGroup::Kind::kEnergy;
            group.count = 1.0;  // the energy is that of the row, whatever it counts
            group.amount = *numbers.energy_kwh;
            hours = 1.0;
            units = group.amount;
            break;
        case Evidence::kPower:
            group.kind = JobGroup::Kind::kPower;
            group.amount = *numbers.power_w;
            units = group.amount * group.count * hours;
            break;
        case Evidence::kGiven:
            if (plan_.base.groups.front().kind == JobGroup::Kind::kPower) {
                group.kind = JobGroup::Kind::kPower;
                group.amount = plan_.base.groups.front().amount;
            }
            units = group.amount * group.count * hours;
            break;
        case Evidence::kInstance:
        case Evidence::kDevice: units = group.count * hours; break;
    }
    if (words.evidence != Evidence::kEnergy && !numbers.hours && !plan_.base_hours) {
        return "the hours are missing";
    }
    // Within these nothing can be wrong; who is outside asks the one that knows.
    constexpr double kPlain = 1e6;
    const bool plain =
        group.count > 0.0 && group.count < kPlain && hours > 0.0 && hours < kPlain && group.amount < kPlain;
    if (!plain) {
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

std::string BatchRows::estimate_row(std::string_view& pass) {
    scratches_ = 0;
    pass = filtered();
    if (!pass.empty()) {
        return {};
    }
    RowWords words;
    Numbers numbers;
    if (std::string trouble = read_cells(words, numbers); !trouble.empty()) {
        return trouble;
    }
    const auto said = [&](Column column) { return !words.text[index_of(column)].empty(); };
    words.evidence = numbers.energy_kwh        ? Evidence::kEnergy
                     : numbers.power_w         ? Evidence::kPower
                     : said(Column::kInstance) ? Evidence::kInstance
                     : said(Column::kDevice)   ? Evidence::kDevice
                                               : Evidence::kGiven;
    if (words.evidence == Evidence::kGiven && numbers.cpus) {
        if (!plan_.cpu_w) {
            pass = "no GPU: not counted without --cpu-w";
            return {};
        }
        words.evidence = Evidence::kPower;
        numbers.power_w = plan_.cpu_w;
    }
    if (words.evidence == Evidence::kGiven && plan_.base.groups.empty()) {
        return "says neither energy, power, device nor instance (--device or --power-w give one to such "
               "rows)";
    }
    words.has_pue = numbers.pue.has_value();
    words.has_intensity = numbers.intensity.has_value();
    double units = 0.0;
    if (std::string trouble = units_of(words, numbers, units); !trouble.empty()) {
        return trouble;
    }
    const Resolved& resolved = resolver_.resolve(words);
    if (!resolved.trouble.empty()) {
        return resolved.trouble;
    }
    push(resolved.coefficients, numbers, units);
    rows_[held_].note = resolved.note;
    return {};
}

void BatchRows::push(const estimate::JobCoefficients& of_row, const Numbers& numbers, double units) {
    const std::size_t at = figures_++;
    in_[0][at] = units;
    in_[1][at] = of_row.kwh_per_unit;
    in_[2][at] = of_row.energy_low;
    in_[3][at] = of_row.energy_high;
    in_[4][at] = numbers.pue.value_or(of_row.pue);
    in_[5][at] = numbers.intensity ? *numbers.intensity * kKgPerGram : of_row.kg_per_kwh;
    in_[6][at] = of_row.low;
    in_[7][at] = of_row.high;
}

void BatchRows::reject(BatchBlock& block, std::string_view record, std::string_view line_end,
                       std::uint64_t line, const std::string& why) {
    ++block.rejected;
    if (block.first_reasons.size() < kFirstReasons) {
        block.first_reasons.push_back("line " + std::to_string(line) + ": " + why);
    }
    if (!plan_.want_rejects) {
        return;
    }
    const Layout& layout = plan_.layout;
    std::string& out = block.rejects;
    if (layout.json) {
        out += "{\"gramme_line\":" + std::to_string(line) + ",\"gramme_reason\":" + json_quoted(why);
        if (first_bad_utf8(record) == std::string_view::npos) {
            out += ",\"gramme_row\":" + json_quoted(record);
        }
        out += "}\n";
        return;
    }
    out += std::to_string(line);
    out += layout.dialect.separator;
    out += field_text(why, layout.dialect);
    out += layout.dialect.separator;
    out += record;
    out += line_end.empty() ? std::string_view{layout.line_end} : line_end;
}

void BatchRows::take_record(BatchBlock& block, std::string_view record, std::uint64_t line) {
    const std::string_view line_end = record.substr(record.size() - line_end_length(record));
    record.remove_suffix(line_end.size());
    if (record.empty()) {
        return;  // a blank line is no row
    }
    std::string trouble = split(record);
    std::string_view pass;
    if (trouble.empty()) {
        trouble = estimate_row(pass);
    }
    if (!trouble.empty()) {
        reject(block, record, line_end, line, trouble);
        return;
    }
    Row& row = rows_[held_++];
    row.record = record;
    row.line_end = line_end.empty() ? std::string_view{plan_.layout.line_end} : line_end;
    row.figure = pass.empty();
    row.close = json_.close;
    row.first_member = json_.members.empty();
    if (!row.figure) {
        row.note = plan_.layout.json ? json_quoted(pass) : field_text(pass, plan_.layout.dialect);
    }
    if (plan_.layout.group_by) {
        std::string ignored;
        row.group = cell(*plan_.layout.group_by, ignored);
    }
    if (held_ == kHeld) {
        flush(block);
    }
}

void BatchRows::count_row(BatchBlock& block, const Row& row, std::size_t figure) {
    BatchSums one;
    if (row.figure) {
        one = {1, 0, out_[0][figure], out_[3][figure], out_[4][figure], out_[5][figure], out_[6][figure]};
    } else {
        one.without = 1;
    }
    block.total.add(one);
    if (plan_.layout.group_by) {
        auto group = block.groups.find(row.group);
        if (group == block.groups.end()) {
            group = block.groups.emplace(row.group, BatchSums{}).first;
        }
        group->second.add(one);
    }
}

void BatchRows::write_row(std::string& out, const Row& row, std::size_t figure) const {
    constexpr std::size_t kMostNumbers = 7 * (kMostDigits + 26);
    if (plan_.layout.json) {
        out += row.record.substr(0, row.close);
        out += row.first_member ? "\"gramme\":{" : ",\"gramme\":{";
    } else {
        out += row.record;
    }
    std::array<char, kMostNumbers>
        text;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    char* end = text.data();
    for (std::size_t i = 0; i < out_.size(); ++i) {
        if (!plan_.layout.json) {
            *end++ = plan_.layout.dialect.separator;
        }
        if (row.figure) {
            if (plan_.layout.json) {
                end = std::copy(kJsonNames[i].begin(), kJsonNames[i].end(), end);
            }
            end = write_digits(end, out_[i][figure]);
        }
    }
    out.append(text.data(), static_cast<std::size_t>(end - text.data()));
    if (plan_.layout.json) {
        out += row.figure ? ",\"note\":" : "\"note\":";
        out += row.note;
        out += '}';
        out += row.record.substr(row.close);
    } else {
        out += plan_.layout.dialect.separator;
        out += row.note;
    }
    out += row.line_end;
}

void BatchRows::flush(BatchBlock& block) {
    const auto in = [&](std::size_t i) { return std::span<const double>(in_[i]).first(figures_); };
    const auto out = [&](std::size_t i) { return std::span<double>(out_[i]).first(figures_); };
    estimate::footprints_of({in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)},
                            {out(0), out(1), out(2), out(3), out(4), out(5), out(6)});
    std::size_t figure = 0;
    for (std::size_t i = 0; i < held_; ++i) {
        count_row(block, rows_[i], figure);
        write_row(block.out, rows_[i], figure);
        figure += rows_[i].figure ? 1 : 0;
    }
    held_ = figures_ = 0;
}

void BatchRows::compute(BatchBlock& block) {
    block.clear();
    std::string_view rest = block.text;
    std::uint64_t line = block.first_line;
    while (!rest.empty()) {
        const std::size_t length = std::min(record_length(rest, plan_.layout.dialect), rest.size());
        const std::string_view record = rest.substr(0, length);
        if (length > kMostRecord) {
            block.broken =
                Error{Code::kMalformed, "line " + std::to_string(line) + ": a record of more than 1 MiB",
                      "is a quote opened there and never closed?"};
            break;
        }
        take_record(block, record, line);
        line += static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n'));
        rest.remove_prefix(length);
    }
    flush(block);
    if (block.groups.size() > kMostGroups) {
        block.broken =
            Error{Code::kOutOfRange, "more than 100,000 groups", "group by a column with fewer values"};
    }
}

}  // namespace gramme::cli
