// The name of a processor as it is compared: what vendors write around the model in /proc/cpuinfo is dropped.
#pragma once

#include <string>
#include <string_view>

namespace gramme::refdata {

/// "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz" -> "intel xeon platinum 8259cl". Drops the marks (R),
/// (TM) and (C), the clock, "Nth Gen", "Genuine", "with ..." and the number of cores, and the words
/// processor, coprocessor, cpu, apu, soc and mobile; lower case.
[[nodiscard]] std::string cpu_match_key(std::string_view model_name);

}  // namespace gramme::refdata
