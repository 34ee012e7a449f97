// The journal's stand-in where no file can be written: the run is still measured, and lost if gramme is
// killed.
#pragma once

#include <string>
#include <vector>

#include "store/journal.hpp"

namespace gramme::sample {

class MemoryJournal final : public store::Journal {
public:
    Result<void> declare(std::uint16_t index, const Device& device) override;
    void add(const Window& window) noexcept override;
    void add_gap(std::uint16_t device, std::int64_t from_ns, std::int64_t to_ns,
                 std::string_view reason) noexcept override;
    void tick(std::int64_t /*now_ns*/, std::uint64_t /*samples*/) noexcept override {}
    Result<void> add_marker(const Marker& marker) override;
    Result<void> describe(const RunRecord& /*run*/) override { return {}; }
    [[nodiscard]] const std::string& path() const override { return path_; }
    [[nodiscard]] Result<Ledger> ledger() const override;
    Result<void> remove() override { return {}; }

private:
    std::string path_;
    Ledger ledger_;
};

}  // namespace gramme::sample
