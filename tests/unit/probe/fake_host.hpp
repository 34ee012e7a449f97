// A machine made of strings: files, links, errors, environment and a clock that the test sets.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/host.hpp"

namespace gramme::testing {

/// Folders exist where a file lies below them. Contents may change while files are open. One thread only.
class FakeHost final : public Host {
public:
    using Files = std::map<std::string, std::string, std::less<>>;
    FakeHost() = default;
    explicit FakeHost(Files files) : files_(std::move(files)) {}

    void set(const std::string& path, std::string content) { files_[path] = std::move(content); }
    void remove(std::string_view path) {
        if (const auto it = files_.find(path); it != files_.end()) {
            files_.erase(it);
        }
    }
    /// `target` is absolute.
    void link(const std::string& path, std::string target) { links_[path] = std::move(target); }
    /// Opening and reading `path` (links resolved) fail with `code`.
    void fail(const std::string& path, Code code) { errors_[path] = code; }
    void heal(const std::string& path) { errors_.erase(path); }
    void set_env(const std::string& name, std::string value) { environment_[name] = std::move(value); }
    void set_seconds(double boot_s) { now_.boot_ns = now_.mono_ns = static_cast<std::int64_t>(boot_s * 1e9); }
    void set_now(const Instant& now) { now_ = now; }
    void set_sysroot(bool sysroot) { sysroot_ = sysroot; }
    [[nodiscard]] std::size_t opens() const { return opens_; }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override {
        const std::string real = resolve(path);
        if (const auto error = errors_.find(real); error != errors_.end()) {
            return Error{error->second, "cannot read " + real, ""};
        }
        const auto it = files_.find(real);
        if (it == files_.end()) {
            return Error{Code::kNotFound, "cannot open " + real, ""};
        }
        return it->second;
    }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        ++opens_;
        GRAMME_CHECK(read(path));
        return std::unique_ptr<OpenFile>{std::make_unique<File>(*this, resolve(path))};
    }
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        std::set<std::string> names;
        const std::string prefix = resolve(path) + "/";
        const auto collect = [&](const auto& paths) {
            for (const auto& [name, content] : paths) {
                if (name.starts_with(prefix)) {
                    names.insert(name.substr(prefix.size(), name.find('/', prefix.size()) - prefix.size()));
                }
            }
        };
        collect(files_);
        collect(links_);
        if (names.empty()) {
            return Error{Code::kNotFound, "cannot open " + std::string{path}, ""};
        }
        return std::vector<std::string>(names.begin(), names.end());
    }
    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
        if (!exists(path)) {
            return Error{Code::kNotFound, "cannot open " + std::string{path}, ""};
        }
        return resolve(path);
    }
    [[nodiscard]] bool exists(std::string_view path) const override {
        const std::string real = resolve(path);
        const auto next = files_.lower_bound(real);
        return next != files_.end() && (next->first == real || next->first.starts_with(real + "/"));
    }
    [[nodiscard]] Instant now() const override { return now_; }
    [[nodiscard]] std::optional<std::string> env(const char* name) const override {
        const auto it = environment_.find(name);
        return it == environment_.end() ? std::nullopt : std::optional<std::string>{it->second};
    }
    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        return Error{Code::kUnavailable, name + ": no such library", ""};
    }
    [[nodiscard]] bool is_sysroot() const override { return sysroot_; }

private:
    class File final : public OpenFile {
    public:
        File(const FakeHost& host, std::string path) : host_(host), path_(std::move(path)) {}
        Result<std::size_t> read(std::span<char> buffer) override {
            if (const auto error = host_.errors_.find(path_); error != host_.errors_.end()) {
                return Error{error->second, "cannot read " + path_, ""};
            }
            const auto it = host_.files_.find(path_);
            if (it == host_.files_.end()) {
                return Error{Code::kNotFound, "cannot read " + path_, ""};
            }
            const std::size_t count = std::min(buffer.size(), it->second.size());
            std::memcpy(buffer.data(), it->second.data(), count);
            return count;
        }

    private:
        const FakeHost& host_;
        std::string path_;
    };

    /// Replaces the longest leading part that is a link, until none is left.
    [[nodiscard]] std::string resolve(std::string_view path) const {
        std::string real{path};
        for (int depth = 0; depth < 40; ++depth) {
            const std::pair<const std::string, std::string>* best = nullptr;
            for (const auto& link : links_) {
                const bool leads = real == link.first || real.starts_with(link.first + "/");
                if (leads && (best == nullptr || link.first.size() > best->first.size())) {
                    best = &link;
                }
            }
            if (best == nullptr) {
                break;
            }
            real = best->second + real.substr(best->first.size());
        }
        return real;
    }

    Files files_;
    std::map<std::string, std::string> links_;
    std::map<std::string, Code> errors_;
    std::map<std::string, std::string, std::less<>> environment_;
    Instant now_;
    bool sysroot_ = false;
    mutable std::size_t opens_ = 0;
};

/// Another host with the rights of a user who may not read some files: those whose path ends so.
class DenyingHost final : public Host {
public:
    DenyingHost(const Host& host, std::string denied_ending)
        : host_(host), denied_ending_(std::move(denied_ending)) {}

    [[nodiscard]] Result<std::string> read(std::string_view path) const override {
        return path.ends_with(denied_ending_) ? denial(path) : host_.read(path);
    }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        if (path.ends_with(denied_ending_)) {
            return denial(path);
        }
        return host_.open(path);
    }
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        return host_.list(path);
    }
    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
        return host_.real_path(path);
    }
    [[nodiscard]] bool exists(std::string_view path) const override { return host_.exists(path); }
    [[nodiscard]] Instant now() const override { return host_.now(); }
    [[nodiscard]] std::optional<std::string> env(const char* name) const override { return host_.env(name); }
    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        return host_.load(name);
    }
    [[nodiscard]] bool is_sysroot() const override { return host_.is_sysroot(); }

private:
    static Error denial(std::string_view path) {
        return {Code::kPermission, "cannot open " + std::string{path} + ": Permission denied", ""};
    }
    const Host& host_;
    std::string denied_ending_;
};

}  // namespace gramme::testing
