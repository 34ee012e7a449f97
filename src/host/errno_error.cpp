#include "host/errno_error.hpp"

#include <cerrno>
#include <cstring>

namespace gramme::host {

Error errno_error(const std::string& what, int error_number) {
    Code code = Code::kIo;
    switch (error_number) {
        case EACCES:
        case EPERM: code = Code::kPermission; break;
        case ENOENT:
        case ENOTDIR:
        case ENODEV:
        case ENXIO: code = Code::kNotFound; break;
        case ENOSYS:
        case EOPNOTSUPP: code = Code::kUnsupported; break;
        default: break;
    }
    const char* words = strerrordesc_np(error_number);
    return {code, what + ": " + (words != nullptr ? words : "error " + std::to_string(error_number)), ""};
}

}  // namespace gramme::host
