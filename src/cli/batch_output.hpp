// A file that appears whole or not at all, however large: written without a name where the file system can do
// that, and renamed at the end.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "host/unique_fd.hpp"

namespace gramme::cli {

class BatchOutput {
public:
    /// To `path`; where that is empty to `stream`. A path that is there and no regular file (/dev/null, a
    /// pipe) is written to as it is. A file that is replaced hands its permissions on. kIo, kPermission,
    /// kNotFound.
    static Result<BatchOutput> open(const std::string& path, std::FILE* stream);
    BatchOutput() = default;
    BatchOutput(BatchOutput&& other) noexcept;
    BatchOutput& operator=(BatchOutput&& other) noexcept;
    BatchOutput(const BatchOutput&) = delete;
    BatchOutput& operator=(const BatchOutput&) = delete;
    /// What was not committed is gone.
    ~BatchOutput();

    /// kIo.
    [[nodiscard]] Result<void> write(std::string_view text);
    /// Everything is there under its name. kIo, kPermission.
    [[nodiscard]] Result<void> commit();

private:
    std::string path_;  ///< empty: the stream
    std::string target_;
    std::string part_;  ///< its name until then; empty where it has none
    bool as_it_is_ = false;
    std::FILE* stream_ = nullptr;
    host::UniqueFd fd_;
};

/// Where a table comes from and where what becomes of it goes; empty: not asked for, of `out` standard
/// output.
struct BatchPaths {
    std::string in;  ///< "-": standard input
    std::string out, rejects, summary;
    bool in_is_parquet = false;
};

/// kUsage where two outputs are one file, where the rejected rows or the sums would replace the table they
/// are of or the file that the result goes to, or where standard output is appended to the table that is
/// still being read. The result itself may take the place of its table (it appears when all of
/// that was read), but not of one in Parquet, which would be CSV by that name.
[[nodiscard]] Result<void> check_apart(const BatchPaths& paths);

}  // namespace gramme::cli
