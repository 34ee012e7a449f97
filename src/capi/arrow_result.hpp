// Schemas and arrays that we hand out: theirs passed on, ours behind them. Ownership as the Arrow
// specification has it: what is moved out of a parent is released by whoever has it then, and a structure
// whose release is NULL is nobody's.
#pragma once

#include <gramme.h>
#include "capi/arrow_plan.hpp"
#include "capi/arrow_rows.hpp"

namespace gramme::capi {

/// Empty until something is moved in; releases it then.
template <class Struct>
class Owned {
public:
    Owned() = default;
    /// Takes `from` over.
    explicit Owned(Struct* from) : value_(*from) { from->release = nullptr; }
    Owned(Owned&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
    Owned& operator=(Owned&& other) noexcept {
        if (this != &other) {
            reset();
            value_ = other.value_;
            other.value_.release = nullptr;
        }
        return *this;
    }
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() { reset(); }

    void reset() {
        if (value_.release != nullptr) {
            value_.release(&value_);
            value_.release = nullptr;
        }
    }
    Struct* get() { return &value_; }
    [[nodiscard]] bool has_value() const { return value_.release != nullptr; }
    Struct* operator->() { return &value_; }
    Struct& operator*() { return value_; }
    /// Whoever gets it releases it.
    [[nodiscard]] Struct release() {
        Struct out = value_;
        value_.release = nullptr;
        return out;
    }

private:
    Struct value_{};
};

/// The schema of the result; `input` is copied, not taken. Throws std::bad_alloc.
void make_schema(const ArrowSchema& input, const ArrowPlan& plan, ArrowSchema* out);
/// A batch of the result: the children of `input` moved into it where they pass through, and `input`
/// released. Throws std::bad_alloc, and then `input` is released.
void make_batch(Owned<ArrowArray> input, const ArrowPlan& plan, ArrowFigures figures, ArrowArray* out);

}  // namespace gramme::capi
