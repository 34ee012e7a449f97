// The journal of a run whose descriptors the program has closed: what was written is read by its path.
#pragma once

#include <string>
#include <utility>

#include "store/journal.hpp"

namespace gramme::track {

/// Nothing more is added: the file may be somebody else's by its old number.
class LostJournal final : public store::Journal {
public:
    explicit LostJournal(std::string path) : path_(std::move(path)) {}

    Result<void> declare(std::uint16_t /*index*/, const Device& /*device*/) override { return {}; }
    void add(const Window& /*window*/) noexcept override {}
    void add_gap(std::uint16_t /*device*/, std::int64_t /*from_ns*/, std::int64_t /*to_ns*/,
                 std::string_view /*reason*/) noexcept override {}
    void tick(std::int64_t /*now_ns*/, std::uint64_t /*samples*/) noexcept override {}
    Result<void> add_marker(const Marker& /*marker*/) override { return {}; }
    Result<void> describe(const RunRecord& /*run*/) override { return {}; }
    [[nodiscard]] const std::string& path() const override { return path_; }
    [[nodiscard]] Result<Ledger> ledger() const override;
    Result<void> remove() override;

private:
    std::string path_;
};

}  // namespace gramme::track
