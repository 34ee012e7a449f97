// What the profiles of the calculators have in common. Internal to estimate.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "estimate/profile.hpp"

namespace gramme::estimate {

/// JavaScript's Number(x.toFixed(2)): the nearest hundredth of the value that the double holds, the larger
/// one of two that are equally near. For 0 up to 1e13. Source: ECMA-262, Number.prototype.toFixed: "If there
/// are two such n, pick the larger n."
[[nodiscard]] double hundredths(double value);

/// "30", "12.96": a double as JavaScript and Python print it, without exponent.
[[nodiscard]] std::string plain_text(double value);
/// printf's "%.*f" and "%.*e", whatever the locale.
[[nodiscard]] std::string fixed_text(double value, int decimals);
[[nodiscard]] std::string exponent_text(double value, int decimals);
/// "5.24e+01": the fewest digits that read back as the same double.
[[nodiscard]] std::string shortest_exponent_text(double value);

/// Said once, however often it is added.
void add_note(ProfileResult& out, std::string note);

/// Under which names a table of a tool may have the place: its cloud region, the state of that region, its
/// grid zone, its country. Empty where no region was asked for. Errors as find_place().
[[nodiscard]] Result<std::vector<std::string>> names_of_place(const JobRequest& asked,
                                                              const refdata::Tables& tables);

/// The row of that name, whatever its case.
[[nodiscard]] std::optional<refdata::ProfileFactor> factor_named(
    const std::vector<refdata::ProfileFactor>& rows, std::string_view name);
/// The row of the first of `names` that has one.
[[nodiscard]] std::optional<refdata::ProfileFactor> first_factor(
    const std::vector<refdata::ProfileFactor>& rows, const std::vector<std::string>& names);

/// The machine around devices, or of an instance.
struct ProfileHost {
    std::string label;        ///< "a server with eight accelerators on one baseboard", "aws:p4d.24xlarge"
    double machines = 0.0;    ///< how many; may be a fraction
    double threads = 0.0;     ///< logical CPUs of one; 0: not known
    double packages = 1.0;    ///< processors of one
    double memory_gib = 0.0;  ///< of one; 0: not known
    double cpu_load = 0.0;    ///< 0 to 1
    std::string cpu_model;    ///< empty: not known
    bool arm = false;
    std::string source;
};
/// One group of the job: its accelerators, if it has any, and the machine around them, if it is counted.
struct ProfileGroup {
    std::optional<refdata::Accelerator> device;
    double devices = 0.0;
    std::optional<ProfileHost> host;
};
/// Of a device or an instance. Errors as estimate_job().
[[nodiscard]] Result<ProfileGroup> profile_group(const JobGroup& group, const JobRequest& asked,
                                                 const refdata::Tables& tables);

[[nodiscard]] Result<ProfileResult> like_mlco2(const JobRequest& asked, const refdata::Tables& tables);
[[nodiscard]] Result<ProfileResult> like_codecarbon(const JobRequest& asked, const refdata::Tables& tables);
[[nodiscard]] Result<ProfileResult> like_green_algorithms(const JobRequest& asked,
                                                          const refdata::Tables& tables);

}  // namespace gramme::estimate
