// A place of its own for each test: folders, environment, and gramme run in it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.hpp"

namespace gramme::testing {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

/// Set by CMake.
[[nodiscard]] std::string gramme_program();
[[nodiscard]] std::string simulated_host_program();
[[nodiscard]] std::string helper_program();

[[nodiscard]] std::string file_text(const std::string& path);
void write_file(const std::string& path, const std::string& text);
[[nodiscard]] bool file_exists(const std::string& path);
/// The words of `head` and then those of `tail`.
[[nodiscard]] Words joined(Words head, const Words& tail);
/// True where the program was built with a sanitizer: its own calls disturb what some tests count.
[[nodiscard]] bool is_sanitized();

/// A temporary folder that goes with the object, with home, data, work and tmp in it.
class Sandbox {
public:
    Sandbox();
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] std::string path(const std::string& name = "") const;
    /// The environment of everything started here; change it before.
    std::map<std::string, std::string> env;
    std::string cwd;
    double time_limit_s = 60.0;

    [[nodiscard]] Launch launch(const Words& argv) const;
    /// Starts gramme with these words.
    [[nodiscard]] Process start(const Words& words) const;
    [[nodiscard]] Outcome gramme(const Words& words) const;
    /// `gramme run --json result.json WORDS... -- COMMAND...`
    Outcome run(const Words& options, const Words& command) const;
    /// The record that run() asked for.
    [[nodiscard]] Json result() const;
    /// Another program, looked up in PATH.
    [[nodiscard]] Outcome tool(const Words& argv) const;

    /// Runs of the store, through `gramme runs list --json`.
    [[nodiscard]] std::vector<Json> runs() const;
    /// `gramme runs show ID --json`.
    [[nodiscard]] Json show(const std::string& id) const;

    /// A copy of tests/fixtures/sysfs/NAME becomes the machine that gramme sees.
    void use_fixture(const std::string& name);
    /// A machine that simulated_host can drive; see its usage.
    void make_machine(const std::string& layout, const Words& options = {});
    [[nodiscard]] std::string machine_root() const { return path("machine"); }

private:
    std::string dir_;
};

class Integration : public ::testing::Test {
protected:
    Sandbox box;
};

/// The rows of a list that `--json` printed: {"schema":..., "rows":[...]}.
[[nodiscard]] std::vector<Json> rows_of(const Json& list);
/// A text of a JSON object; "" where it is absent or null.
[[nodiscard]] std::string text_of(const Json& object, const std::string& key);
/// The part of a result with this device id; null where there is none.
[[nodiscard]] Json part_of(const Json& result, const std::string& device);
/// Energy of that part in J; -1 where there is none.
[[nodiscard]] double joules_of(const Json& result, const std::string& device);
[[nodiscard]] double joules_of(const Json& result);

}  // namespace gramme::testing
