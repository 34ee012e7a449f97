// How many floating point operations a training, or the use of a model, takes. Pure.
// Method: docs/method/plan-train.md#flops
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace gramme::plan {

/// What is done to each token.
enum class Method : std::uint8_t {
    kFull,    ///< every weight learns: forward, and backward for the activations and for the weights
    kLora,    ///< small matrices beside the weights learn: forward, and backward for the activations
    kFrozen,  ///< only a head learns: forward through the backbone
    kUse,     ///< forward only
};
[[nodiscard]] std::string_view name_of(Method method);
/// "full", "lora", "frozen". kUsage.
[[nodiscard]] Result<Method> method_named(std::string_view text, std::string_view from);

/// Of a decoder or encoder of blocks as in Vaswani et al. 2017.
struct Shape {
    double parameters = 0.0;  ///< that work on a token, embeddings included: of a mixture the active ones
    double tokens = 0.0;      ///< that are seen, repeats included
    /// For the attention between tokens; all three or none.
    std::optional<double> layers;
    std::optional<double> width;            ///< heads x head size, mostly the hidden size
    std::optional<double> sequence_length;  ///< tokens
    double head_parameters = 0.0;           ///< that learn where the rest is frozen
    bool recompute = false;                 ///< activations are computed again on the way back

    [[nodiscard]] bool has_attention() const { return layers && width && sequence_length; }
};

/// Operations; a multiplication and an addition are two.
struct Compute {
    double weights_per_token = 0.0;    ///< 6N of a full training
    double attention_per_token = 0.0;  ///< 12LHQT of a full training; 0: not asked for
    double model = 0.0;                ///< what the mathematics needs: what MFU counts
    double hardware = 0.0;             ///< what is executed: model, and what is computed again
};

/// Source: Chowdhery et al. 2022 (PaLM), appendix B: 6N + 12LHQT for each token of a full training. A third
/// of both is the forward pass; of the weights' part a third is the gradient of the weights, which attention
/// between tokens does not have.
[[nodiscard]] Compute compute_of(Method method, const Shape& shape);

}  // namespace gramme::plan
