// A host that has nothing but an environment and a clock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/host.hpp"

namespace gramme::config::testing {

class EnvHost final : public Host {
public:
    explicit EnvHost(std::map<std::string, std::string> variables = {}) : variables_(std::move(variables)) {}

    [[nodiscard]] Result<std::string> read(std::string_view path) const override { return absent(path); }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        return absent(path);
    }
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        return absent(path);
    }
    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override { return absent(path); }
    [[nodiscard]] bool exists(std::string_view) const override { return false; }
    [[nodiscard]] Instant now() const override { return instant; }
    [[nodiscard]] std::optional<std::string> env(const char* name) const override {
        const auto it = variables_.find(name);
        return it == variables_.end() ? std::nullopt : std::optional<std::string>{it->second};
    }
    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        return Error{Code::kUnavailable, "no " + name + " here", ""};
    }
    [[nodiscard]] bool is_sysroot() const override { return true; }

    Instant instant;

private:
    static Error absent(std::string_view path) {
        return Error{Code::kNotFound, "no " + std::string{path} + " here", ""};
    }
    std::map<std::string, std::string> variables_;
};

}  // namespace gramme::config::testing
