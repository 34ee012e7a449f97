// Runs a fuzzer's corpus in ordinary builds, without libFuzzer: replay_NAME FOLDER_OR_FILE...
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

bool replay(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        return false;
    }
    std::printf("%s\n", path.c_str());  // before it runs: the last line names the input that crashed
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    int replayed = 0;
    for (int i = 1; i < argc; ++i) {
        std::error_code error;
        if (!fs::is_directory(argv[i], error)) {
            if (!replay(argv[i])) {
                return 1;
            }
            ++replayed;
            continue;
        }
        for (const fs::directory_entry& entry : fs::directory_iterator{argv[i]}) {
            if (!replay(entry.path())) {
                return 1;
            }
            ++replayed;
        }
    }
    if (replayed == 0) {  // an empty corpus proves nothing
        std::fprintf(stderr, "nothing to replay\n");
        return 1;
    }
    return 0;
}
