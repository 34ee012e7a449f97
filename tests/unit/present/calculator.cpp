#include "calculator.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string>

namespace gramme::testing {
namespace {

/// Words that stand behind a number and do not change it.
constexpr std::array<std::string_view, 10> kUnits{"W",   "J",      "kWh",        "g/kWh", "g",
                                                  "job", "others", "unassigned", "CPU",   "s"};

class Calculator {
public:
    explicit Calculator(std::string_view text) {
        const std::size_t with = text.find(" with ");
        text_ = text.substr(0, with);
        if (with != std::string_view::npos) {
            set_letters(text.substr(with + 6));
        }
    }

    std::optional<double> result() {
        const double value = sum();
        skip();
        return bad_ || at_ != text_.size() ? std::nullopt : std::optional<double>{value};
    }

private:
    void set_letters(std::string_view rest) {
        while (!rest.empty()) {
            const std::string_view one = rest.substr(0, rest.find(", "));
            letters_[one.front()] = Calculator{one.substr(one.find("= ") + 2)}.sum();
            rest.remove_prefix(std::min(rest.size(), one.size() + 2));
        }
    }
    void skip() {
        for (;;) {
            while (at_ < text_.size() && text_[at_] == ' ') {
                ++at_;
            }
            if (!letters_.empty() || !skip_unit()) {
                return;
            }
        }
    }
    bool skip_unit() {
        std::size_t end = at_;
        while (end < text_.size() &&
               (std::isalpha(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '/')) {
            ++end;
        }
        for (const std::string_view unit : kUnits) {
            if (text_.substr(at_, end - at_) == unit && at_ > 0) {
                at_ = end;
                return true;
            }
        }
        return false;
    }
    bool take(std::string_view token) {
        skip();
        if (!text_.substr(at_).starts_with(token)) {
            return false;
        }
        at_ += token.size();
        return true;
    }
    double sum() {
        double value = take("-") ? -term() : term();
        for (;;) {
            if (take("+")) {
                value += term();
            } else if (take("-")) {
                value -= term();
            } else {
                return value;
            }
        }
    }
    [[nodiscard]] bool starts_a_factor() {
        skip();
        return at_ < text_.size() && (text_[at_] == '(' || letters_.contains(text_[at_]));
    }
    double term() {
        double value = power();
        for (;;) {
            if (take("x ")) {
                value *= power();
            } else if (take("/")) {
                value /= power();
            } else if (!letters_.empty() && starts_a_factor()) {
                value *= power();  // (z^2 - 1) g
            } else {
                return value;
            }
        }
    }
    double power() {
        const double base = factor();
        return take("^") ? std::pow(base, factor()) : base;
    }
    double bracket() {
        const double value = sum();
        bad_ = !take(")") || bad_;
        return value;
    }
    double factor() {
        if (take("sqrt(")) {
            return std::sqrt(bracket());
        }
        if (take("exp(")) {
            return std::exp(bracket());
        }
        if (take("(")) {
            return bracket();
        }
        skip();
        if (at_ < text_.size()) {
            if (const auto letter = letters_.find(text_[at_]); letter != letters_.end()) {
                ++at_;
                return letter->second;
            }
        }
        double value = 0.0;
        const auto [end, error] =
            std::from_chars(text_.data() + at_, text_.data() + text_.size(), value, std::chars_format::fixed);
        bad_ = error != std::errc{} || bad_;
        at_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }

    std::string_view text_;
    std::map<char, double> letters_;
    std::size_t at_ = 0;
    bool bad_ = false;
};

}  // namespace

std::optional<double> calculate(std::string_view text) {
    return Calculator{text}.result();
}

}  // namespace gramme::testing
