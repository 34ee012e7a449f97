#include "sandbox.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace gramme::testing {
namespace {

namespace fs = std::filesystem;
constexpr double kJoulesPerKwh = 3.6e6;

}  // namespace

std::string gramme_program() {
    return GRAMME_PROGRAM;
}
std::string simulated_host_program() {
    return GRAMME_SIMULATED_HOST;
}
std::string helper_program() {
    return GRAMME_HELPER;
}

std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
}

bool file_exists(const std::string& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

Words joined(Words head, const Words& tail) {
    head.insert(head.end(), tail.begin(), tail.end());
    return head;
}

bool is_sanitized() {
#if defined(GRAMME_SANITIZED)
    return true;
#else
    return false;
#endif
}

Sandbox::Sandbox() {
    std::string name = (fs::temp_directory_path() / "gramme-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary folder");
    }
    // Some tests give up root and still need to get in.
    ::chmod(name.c_str(), 0755);
    dir_ = name;
    for (const char* folder : {"home", "data", "config", "work", "tmp", "output"}) {
        fs::create_directory(path(folder));
    }
    cwd = path("work");
    const char* search = std::getenv("PATH");
    env = {{"PATH", search != nullptr ? search : "/usr/bin:/bin"},
           {"HOME", path("home")},
           {"XDG_DATA_HOME", path("data")},
           {"XDG_CONFIG_HOME", path("config")},
           {"TMPDIR", path("tmp")},
           {"LC_ALL", "C.UTF-8"}};
    for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (const char* value = std::getenv(kept); value != nullptr) {
            env[kept] = value;
        }
    }
}

Sandbox::~Sandbox() {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
}

std::string Sandbox::path(const std::string& name) const {
    return name.empty() ? dir_ : dir_ + "/" + name;
}

Launch Sandbox::launch(const Words& argv) const {
    Launch launch;
    launch.argv = argv;
    launch.env = env;
    launch.cwd = cwd;
    launch.output_dir = path("output");
    launch.time_limit_s = time_limit_s;
    return launch;
}

Process Sandbox::start(const Words& words) const {
    return Process(launch(joined({gramme_program()}, words)));
}

Outcome Sandbox::gramme(const Words& words) const {
    Process process = start(words);
    return process.wait();
}

Outcome Sandbox::run(const Words& options, const Words& command) const {
    return gramme(joined(joined(joined({"run", "--json", path("result.json")}, options), {"--"}), command));
}

Json Sandbox::result() const {
    const std::string text = file_text(path("result.json"));
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        ADD_FAILURE() << "no record of the run, or no JSON: " << text;
        return Json::object();
    }
    return json;
}

Outcome Sandbox::tool(const Words& argv) const {
    return run_to_end(launch(joined({"/usr/bin/env"}, argv)));
}

std::vector<Json> Sandbox::runs() const {
    const Outcome list = gramme({"runs", "list", "--json"});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    const Json json = Json::parse(list.out, nullptr, false);
    if (json.is_discarded()) {
        ADD_FAILURE() << "`gramme runs list --json` printed no JSON: " << list.out;
        return {};
    }
    return rows_of(json);
}

Json Sandbox::show(const std::string& id) const {
    const Outcome shown = gramme({"runs", "show", id, "--json"});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    Json json = Json::parse(shown.out, nullptr, false);
    if (json.is_discarded()) {
        ADD_FAILURE() << "`gramme runs show --json` printed no JSON: " << shown.out;
        return Json::object();
    }
    return json;
}

void Sandbox::use_fixture(const std::string& name) {
    fs::copy(fs::path(GRAMME_SOURCE_DIR) / "tests/fixtures/sysfs" / name, machine_root(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    env["GRAMME_SYSROOT"] = machine_root();
}

void Sandbox::make_machine(const std::string& layout, const Words& options) {
    const Outcome made = run_to_end(
        launch(joined({simulated_host_program(), "--root", machine_root(), "--make-tree", layout}, options)));
    ASSERT_EQ(made.exit_code, 0) << made.err;
    env["GRAMME_SYSROOT"] = machine_root();
}

std::vector<Json> rows_of(const Json& list) {
    const Json& rows = list.is_object() && list.contains("rows") ? list["rows"] : list;
    std::vector<Json> out;
    if (rows.is_array()) {
        out.assign(rows.begin(), rows.end());
    }
    return out;
}

std::string text_of(const Json& object, const std::string& key) {
    return object.is_object() && object.contains(key) && object[key].is_string()
               ? object[key].get<std::string>()
               : "";
}

Json part_of(const Json& result, const std::string& device) {
    for (const Json& part : result.value("parts", Json::array())) {
        if (text_of(part, "device") == device) {
            return part;
        }
    }
    return nullptr;
}

double joules_of(const Json& result, const std::string& device) {
    const Json part = part_of(result, device);
    if (!part.is_object() || !part.contains("energy_kwh")) {
        return -1.0;
    }
    const Json& energy = part["energy_kwh"];
    const Json& value = energy.is_object() ? energy.at("value") : energy;
    return value.is_number() ? value.get<double>() * kJoulesPerKwh : -1.0;
}

double joules_of(const Json& result) {
    return result.contains("energy_kwh") && result["energy_kwh"].value("value", Json()).is_number()
               ? result["energy_kwh"]["value"].get<double>() * kJoulesPerKwh
               : -1.0;
}

}  // namespace gramme::testing
