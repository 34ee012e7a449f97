#include "cli/batch_block.hpp"

namespace gramme::cli {

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
    open_quote = false;
    swallowed = 0;
    broken.reset();
}

}  // namespace gramme::cli
