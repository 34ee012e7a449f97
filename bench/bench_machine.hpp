// A sampler with its journal on a made-up two-socket machine, or on this one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "probe/probe.hpp"
#include "refdata/tables.hpp"
#include "sample/sampler.hpp"
#include "store/journal.hpp"

namespace gramme::bench {

/// Removed with everything in it when it goes.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Two packages and two dram zones below `folder`/machine, for GRAMME_SYSROOT. The files of the zones and of
/// /proc/stat, in the order in which they are read.
std::vector<std::string> make_two_sockets(const std::string& folder);

/// The host with another clock: each call of now() may be later than the last by as much as one likes.
class HostWithClock final : public Host {
public:
    HostWithClock(const Host& host, std::function<Instant()> clock) : host_(host), clock_(std::move(clock)) {}
    [[nodiscard]] Result<std::string> read(std::string_view path) const override { return host_.read(path); }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open(std::string_view path) const override {
        return host_.open(path);
    }
    [[nodiscard]] Result<std::unique_ptr<OpenFile>> open_perf(const PerfEvent& event) const override {
        return host_.open_perf(event);
    }
    [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const override {
        return host_.list(path);
    }
    [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
        return host_.real_path(path);
    }
    [[nodiscard]] bool exists(std::string_view path) const override { return host_.exists(path); }
    [[nodiscard]] Instant now() const override { return clock_(); }
    [[nodiscard]] std::optional<std::string> env(const char* name) const override { return host_.env(name); }
    [[nodiscard]] Result<std::unique_ptr<Library>> load(const std::string& name) const override {
        return host_.load(name);
    }
    [[nodiscard]] bool is_sysroot() const override { return host_.is_sysroot(); }

private:
    const Host& host_;
    std::function<Instant()> clock_;
};

/// Everything that a turn of the loop needs, as `gramme run` puts it together.
class Loop {
public:
    Loop(const Host& host, const std::string& journal_dir, Scope scope);
    [[nodiscard]] sample::Sampler& sampler() { return *sampler_; }
    [[nodiscard]] store::Journal& journal() { return *journal_; }

private:
    refdata::Tables tables_;
    std::unique_ptr<store::Journal> journal_;
    std::unique_ptr<sample::JobActivity> activity_;
    std::unique_ptr<sample::Sampler> sampler_;
};

}  // namespace gramme::bench
