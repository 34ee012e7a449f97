#include "plan/flops.hpp"

#include <array>
#include <string>

namespace gramme::plan {
namespace {

constexpr double kForward = 2.0;           // a multiplication and an addition for each weight
constexpr double kForwardAttention = 4.0;  // x LHQT: queries with keys, and weights with values

struct NamedMethod {
    std::string_view name;
    Method method;
};
constexpr std::array kMethods{NamedMethod{"full", Method::kFull}, NamedMethod{"lora", Method::kLora},
                              NamedMethod{"frozen", Method::kFrozen}};

/// Passes of the size of a forward one through the weights and through attention.
struct Passes {
    double weights = 1.0;
    double attention = 1.0;
};

Passes passes_of(Method method) {
    switch (method) {
        case Method::kFull: return {3.0, 3.0};
        case Method::kLora: return {2.0, 3.0};  // attention has no weights whose gradient could be left out
        case Method::kFrozen:
        case Method::kUse: return {1.0, 1.0};
    }
    return {};
}

}  // namespace

std::string_view name_of(Method method) {
    for (const NamedMethod& one : kMethods) {
        if (one.method == method) {
            return one.name;
        }
    }
    return "use";
}

Result<Method> method_named(std::string_view text, std::string_view from) {
    for (const NamedMethod& one : kMethods) {
        if (one.name == text) {
            return one.method;
        }
    }
    return Error{Code::kUsage, std::string{from} + ": '" + std::string{text} + "' is no way to train",
                 "full (all weights), lora (adapters beside frozen weights) or frozen (only a head)"};
}

Compute compute_of(Method method, const Shape& shape) {
    const Passes passes = passes_of(method);
    const double weights = kForward * shape.parameters;
    const double attention = shape.has_attention()
                                 ? kForwardAttention * *shape.layers * *shape.width * *shape.sequence_length
                                 : 0.0;
    Compute out;
    out.weights_per_token = passes.weights * weights;
    if (method == Method::kFrozen) {
        out.weights_per_token += 3.0 * kForward * shape.head_parameters;
    }
    out.attention_per_token = passes.attention * attention;
    out.model = (out.weights_per_token + out.attention_per_token) * shape.tokens;
    const bool again = shape.recompute && passes.weights > 1.0;
    out.hardware = out.model + (again ? (weights + attention) * shape.tokens : 0.0);
    return out;
}

}  // namespace gramme::plan
