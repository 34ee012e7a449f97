// Texts and JSON of every kind, the same in each run of a test.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace gramme::serve::testing {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    /// 0 .. below - 1
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
    template <class T, std::size_t N>
    const T& one_of(const std::array<T, N>& all) {
        return all[below(N)];
    }

    /// UTF-8 without NUL: what drives terminals, ends strings, tags, cells and lines, and letters of the
    /// world.
    std::string text() {
        static constexpr std::array<std::string_view, 44> kPieces{
            "a",    "Z",        "7",     " ",    "\"",     "'",      "\\",       "<",    ">",
            "&",    "<script>", "</td>", "<!--", "]]>",    "&amp;",  "=",        "+",    "-",
            "@",    ",",        ";",     "\t",   "\n",     "\r\n",   "\x1b[31m", "\x07", "\x7f",
            "{{}}", "{}",       "%s",    "%00",  "../",    "${x}",   "`",        "*",    "|",
            "#",    "é",        "训",    "😀",    "\u202e", "\u2028", "\u0085",   "/"};
        std::string out;
        for (std::size_t i = below(12); i > 0; --i) {
            out += one_of(kPieces);
        }
        return out;
    }

    nlohmann::json json(int depth = 0) {
        switch (below(depth > 3 ? 6 : 8)) {
            case 0: return nullptr;
            case 1: return below(2) == 0;
            case 2: return number();
            case 3: return static_cast<std::int64_t>(engine_());
            case 4: return text();
            case 5: return word();
            case 6: {
                auto list = nlohmann::json::array();
                for (std::size_t i = below(4); i > 0; --i) {
                    list.push_back(json(depth + 1));
                }
                return list;
            }
            default: return object(depth + 1);
        }
    }
    /// With keys that requests know, as a rule.
    nlohmann::json object(int depth = 0) {
        static constexpr std::array<std::string_view, 34> kKeys{
            "device",   "devices",    "count",       "hours",          "region",  "regions",    "intensity",
            "pue",      "year",       "basis",       "power_w",        "cores",   "memory_gib", "cpu",
            "provider", "instance",   "utilization", "energy_source",  "mix",     "name",       "project",
            "tags",     "dry_run",    "data",        "start",          "samples", "tokens",     "requests",
            "seconds",  "energy_kwh", "schema",      "lifetime_years", "scope",   "options"};
        auto out = nlohmann::json::object();
        for (std::size_t i = below(6); i > 0; --i) {
            const std::string key = below(10) == 0 ? text() : std::string{one_of(kKeys)};
            out[key] = below(3) == 0 ? json(depth) : below(2) == 0 ? nlohmann::json(number()) : word();
        }
        return out;
    }
    /// Some bytes changed, dropped or added.
    std::string damaged(std::string bytes) {
        for (std::size_t i = 1 + below(3); i > 0 && !bytes.empty(); --i) {
            const std::size_t at = below(bytes.size());
            switch (below(3)) {
                case 0: bytes[at] = static_cast<char>(below(256)); break;
                case 1: bytes.erase(at, 1 + below(4)); break;
                default: bytes.insert(at, 1, static_cast<char>(below(256)));
            }
        }
        return bytes;
    }

private:
    nlohmann::json number() {
        static constexpr std::array<double, 14> kNumbers{0.0,  -0.0, 1.0,   -1.0,   0.5,    8.0,  120.0,
                                                         2023, 1e-9, 1e300, -1e300, 5e-324, 1e18, 65.5};
        return one_of(kNumbers);
    }
    nlohmann::json word() {
        static constexpr std::array<std::string_view, 16> kWords{
            "h100",  "a100", "8x h100",   "FRA",    "SWE", "aws:eu-north-1", "gcp", "aws",
            "solar", "coal", "lifecycle", "direct", "1h",  "2026-11-23",     "",    "countries"};
        return one_of(kWords);
    }

    std::mt19937_64 engine_;
};

}  // namespace gramme::serve::testing
