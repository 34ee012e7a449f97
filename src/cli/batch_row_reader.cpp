#include "cli/batch_row_reader.hpp"

#include <algorithm>
#include <array>

#include "base/parse.hpp"
#include "batch/cells.hpp"
#include "config/job_request.hpp"

namespace gramme::cli {
namespace {

/// The longest cell that can be a name: near names of a longer one would be looked for without end.
constexpr std::size_t kMostWord = std::size_t{4} << 10U;

/// Whether a row with this cell can be a job.
bool passes(const Filter& filter, std::string_view text) {
    const auto holds = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    const std::vector<std::string_view>& words = filter.words;
    switch (filter.kind) {
        case Filter::Kind::kNoStep: return !holds(".");
        case Filter::Kind::kOneOf: return std::find(words.begin(), words.end(), text) != words.end();
        case Filter::Kind::kHolds: return std::any_of(words.begin(), words.end(), holds);
        case Filter::Kind::kHoldsNone: return std::none_of(words.begin(), words.end(), holds);
        case Filter::Kind::kNotEmpty: return !text.empty();
        case Filter::Kind::kSomeTime:  // nothing said is not zero: another column may say it
            return text.empty() || text.find_first_not_of("0:-.") != std::string_view::npos;
        case Filter::Kind::kHours: return is_hours(text);
    }
    return true;
}

}  // namespace

std::string& RowReader::scratch() {
    if (scratches_ == scratch_.size()) {
        scratch_.emplace_back();
    }
    return scratch_[scratches_++];
}

std::string RowReader::split(std::string_view record) {
    scratches_ = 0;
    quotes_ = layout_.json ? SplitTrouble::kNone : split_record(record, layout_.dialect, fields_);
    switch (quotes_) {  // first: bytes that are no text may stand in what an open quote took in
        case SplitTrouble::kNone: break;
        case SplitTrouble::kOpenQuote: return "a quote is opened and never closed";
        case SplitTrouble::kTextAfterQuote: return "text after a closing quote";
    }
    if (const std::size_t bad = first_bad_utf8(record); bad != std::string_view::npos) {
        return "byte " + std::to_string(bad + 1) + " is no UTF-8";
    }
    if (record.find('\0') != std::string_view::npos) {
        return "holds a NUL byte";
    }
    if (layout_.json) {
        return split_json(record);
    }
    if (layout_.fields != 0 && fields_.size() != layout_.fields) {
        return "has " + std::to_string(fields_.size()) + " fields, the header " +
               std::to_string(layout_.fields);
    }
    return {};
}

std::string RowReader::split_json(std::string_view record) {
    if (const auto scanned = scan_json_line(record, json_); !scanned) {
        return scanned.error().what;
    }
    any_object_ = true;
    members_.assign(layout_.names.size(), nullptr);
    for (const JsonMember& member : json_.members) {
        std::string_view key = member.key;
        if (key.find('\\') != std::string_view::npos) {
            auto meant = json_unescaped(key);
            if (!meant) {
                return "a key " + meant.error().what;
            }
            key = scratch() = *std::move(meant);
        }
        if (key == "gramme") {
            return "has a member gramme already";
        }
        for (std::size_t i = 0; i < layout_.names.size(); ++i) {
            if (key == layout_.names[i]) {
                if (members_[i] != nullptr) {
                    return "names " + layout_.names[i] + " twice";
                }
                members_[i] = &member;
                seen_[i] = true;
            }
        }
    }
    return {};
}

std::string_view RowReader::cell(std::size_t at, std::string& trouble) {
    if (!layout_.json) {
        const RawField& field = fields_[at];
        return field.doubled ? value_of(field, scratch()) : field.text;
    }
    const JsonMember* const member = members_[at];
    if (member == nullptr || member->kind == JsonMember::Kind::kNull) {
        return {};
    }
    if (member->kind == JsonMember::Kind::kOther) {
        trouble = layout_.names[at] + " is neither text nor number";
        return {};
    }
    if (member->value.find('\\') == std::string_view::npos) {
        return member->value;
    }
    auto text = json_unescaped(member->value);
    if (!text) {
        trouble = layout_.names[at] + " " + text.error().what;
        return {};
    }
    std::string& kept = scratch();
    kept = *std::move(text);
    return kept;
}

std::string_view RowReader::filtered() {
    std::string trouble;
    for (const Filter& filter : layout_.filters) {
        if (layout_.json && members_[filter.at] == nullptr) {
            continue;
        }
        const std::string_view text = trimmed(cell(filter.at, trouble));
        if (!passes(filter, text)) {
            return filter.note;
        }
    }
    return {};
}

std::string RowReader::read(RowWords& words, RowNumbers& numbers) {
    std::array<bool, kColumns> said{};
    std::string trouble;
    for (const Binding& binding : layout_.bindings) {
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
                if (binding.ours == Column::kUtilisation) {
                    const auto share = config::parse_share(text, binding.theirs);
                    if (!share) {
                        return reason_of(share.error());
                    }
                    number = *share;
                } else if (column >= kTextColumns && !read_number(text, binding.scale, number)) {
                    return no_number(binding.theirs, text);
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
                if (tres.rest_untyped) {
                    return binding.theirs + ": " + shown(text) + " holds GPUs without a type beside others";
                }
                text = tres.gpu_type;
                numbers.cpus = !(tres.gpus > 0.0);
                number = numbers.cpus ? tres.cpus : tres.gpus;
                break;
            }
            case Reading::kDetails: text = machine_of_details(text); break;
            case Reading::kUsageType: text = machine_of_usage(text); break;
            case Reading::kSageMaker: text = machine_of_sagemaker(text); break;
            case Reading::kGpuOfSku: text = gpu_of_sku(text); break;
        }
        said[column] = true;
        if (column < kTextColumns) {
            if (text.size() > kMostWord) {
                return binding.theirs + ": holds a text of more than 4 KiB";
            }
            words.text[column] = text;
        } else {
            numbers.*number_of(binding.ours) = number;
        }
    }
    return {};
}

}  // namespace gramme::cli
