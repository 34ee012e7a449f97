// bench_nvml latency CALLS | sharing SECONDS | fields | capture FILE SECONDS [PERIOD_MS]: what NVIDIA's
// library costs and says on this machine. Needs a GPU and its driver; bench/bench_gpu runs both beside loads
// of known shape. docs/method/nvml.md has what was seen.
//
// latency: each call that gramme makes of it, CALLS times, in microseconds.
// sharing: what it says of the processes on the first GPU, twice a second.
// fields: the numbers of nvmlDeviceGetFieldValues.
// capture: the first GPU's counter and powers, one row per PERIOD_MS (2), as CSV.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bench_report.hpp"
#include "host/real_host.hpp"
#include "probe/nvml_api.hpp"

namespace gramme::bench {
namespace {

namespace nvml = probe::nvml;

std::int64_t boot_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "bench_nvml: %s\n", what.c_str());
    std::exit(69);
}

std::unique_ptr<Library> load(const Host& host) {
    auto library = host.load(host.env("GRAMME_NVML_LIB").value_or("libnvidia-ml.so.1"));
    if (!library) {
        fail(library.error().what);
    }
    return *std::move(library);
}

std::uint64_t real_us() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

std::int64_t thread_cpu_ns() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<std::int64_t>(used.tv_sec) * 1'000'000'000 + used.tv_nsec;
}

/// One call of the library, many times, with `pause_ms` before each: what the driver keeps for a while is
/// then old.
template <class Call>
void time_call(const char* name, int calls, Call call, int pause_ms = 0) {
    std::vector<double> took_us;
    std::int64_t cpu_ns = 0;
    int code = 0;
    for (int i = 0; i < calls; ++i) {
        ::usleep(static_cast<useconds_t>(pause_ms) * 1000);
        const std::int64_t cpu_before = thread_cpu_ns();
        const std::int64_t before = boot_ns();
        code = call();
        took_us.push_back(static_cast<double>(boot_ns() - before) * 1e-3);
        cpu_ns += thread_cpu_ns() - cpu_before;
    }
    std::sort(took_us.begin(), took_us.end());
    const auto at = [&](double part) {
        return took_us[static_cast<std::size_t>(part * static_cast<double>(took_us.size() - 1))];
    };
    std::printf("%s,%d,%d,%d,%.1f,%.1f,%.1f,%.1f,%.1f\n", name, code, calls, pause_ms, at(0.0), at(0.5),
                at(0.99), at(1.0), static_cast<double>(cpu_ns) * 1e-3 / calls);
    std::fflush(stdout);
}

int latency(int calls) {
    const auto host = host::make_real_host();
    const std::int64_t loading = boot_ns();
    auto bound = nvml::Api::bind(load(*host));
    if (!bound) {
        fail(bound.error().what);
    }
    const nvml::Api& api = *bound;
    const double load_us = static_cast<double>(boot_ns() - loading) * 1e-3;
    std::printf("call,code,calls,pause_ms,least_us,median_us,p99_us,most_us,cpu_us\n");
    std::printf("load,0,1,0,%.1f,%.1f,%.1f,%.1f,\n", load_us, load_us, load_us, load_us);
    time_call("init", 1, [&] { return api.init(); });
    const auto handle = api.handle(0);
    if (!handle.ok()) {
        fail(std::string(api.failure_text(handle.code)));
    }
    nvml::Handle gpu = handle.value;
    constexpr int kOld = 110;  // longer than most sensors take to renew a value
    for (const int pause : {0, kOld}) {
        const int some = pause == 0 ? calls : std::max(1, calls / 10);
        time_call(
            "energy", some, [&] { return api.energy_mj(gpu).code; }, pause);
        time_call(
            "power fields", some,
            [&] { return api.field_power_mw(gpu, nvml::kGpuScope, nvml::PowerField::kAverage).code; }, pause);
        time_call(
            "power", some, [&] { return api.power_mw(gpu).code; }, pause);
        time_call(
            "utilization", some, [&] { return api.utilization_percent(gpu).code; }, pause);
    }
    const int few = std::max(1, calls / 10);
    time_call("power fields of the module", few,
              [&] { return api.field_power_mw(gpu, nvml::kModuleScope, nvml::PowerField::kAverage).code; });
    time_call("limit", few, [&] { return api.power_limit_mw(gpu).code; });
    time_call("processes", few, [&] { return api.compute_pids(gpu).code; });
    const std::uint64_t since_us = real_us() - 5'000'000;
    time_call("use by process", few, [&] { return api.process_use(gpu, since_us).code; });
    time_call("mig", few, [&] { return api.has_mig(gpu) ? 1 : 0; });
    time_call("name", few, [&] { return api.name(gpu).code; });
    time_call("handle", few, [&] { return api.handle(0).code; });
    time_call("shutdown", 1, [&] {
        api.shutdown();
        return 0;
    });
    return 0;
}

/// What the driver says of who uses the first GPU, twice a second, asked from several times on.
int sharing(double seconds) {
    const auto host = host::make_real_host();
    auto bound = nvml::Api::bind(load(*host));
    if (!bound || bound->init() != nvml::kSuccess) {
        fail("the driver does not answer");
    }
    const nvml::Api& api = *bound;
    nvml::Handle gpu = api.handle(0).value;
    std::uint64_t newest = real_us();
    const std::uint64_t begin = newest;
    while (real_us() < begin + static_cast<std::uint64_t>(seconds * 1e6)) {
        const std::uint64_t now = real_us();
        const auto pids = api.compute_pids(gpu);
        std::printf("%.2f s: processes (%d):", static_cast<double>(now - begin) * 1e-6, pids.code);
        for (const unsigned pid : pids.value) {
            std::printf(" %u", pid);
        }
        std::printf(", GPU %u %%\n", api.utilization_percent(gpu).value);
        const auto show = [&](const char* name, std::uint64_t since_us) {
            const auto use = api.process_use(gpu, since_us);
            std::printf("    since %s (%d):", name, use.code);
            for (const auto& one : use.value) {
                std::printf(" %u %u%% @%+.3f", one.pid, one.sm_percent,
                            (static_cast<double>(one.at_us) - static_cast<double>(now)) * 1e-6);
            }
            std::printf("\n");
            return use;
        };
        (void)show("0", 0);
        (void)show("10 s ago", now - 10'000'000);
        (void)show("2 s ago", now - 2'000'000);
        for (const auto& one : show("the newest", newest).value) {
            newest = std::max(newest, one.at_us);
        }
        std::fflush(stdout);
        ::usleep(500'000);
    }
    return 0;
}

/// nvmlFieldValue_t
struct Field {
    unsigned id = 0;
    unsigned scope = 0;
    long long at_us = 0;
    long long latency_us = 0;
    int type = 0;
    int code = 0;
    std::uint64_t value = 0;
};
static_assert(sizeof(Field) == 40);

/// Other ways to the same numbers: each field alone, its latency and value.
int fields() {
    const auto host = host::make_real_host();
    auto library = load(*host);
    auto ask =
        reinterpret_cast<int (*)(nvml::Handle, int, Field*)>(library->symbol("nvmlDeviceGetFieldValues"));
    auto bound = nvml::Api::bind(std::move(library));
    if (!bound || ask == nullptr || bound->init() != nvml::kSuccess) {
        fail("the library has no nvmlDeviceGetFieldValues");
    }
    nvml::Handle gpu = bound->handle(0).value;
    for (const unsigned id : {83U, 185U, 186U, 190U, 191U}) {
        for (const unsigned scope : {0U, 1U, 2U}) {
            std::string took;
            Field field;
            for (int i = 0; i < 5; ++i) {
                field = Field{};
                field.id = id;
                field.scope = scope;
                const std::int64_t before = boot_ns();
                const int code = ask(gpu, 1, &field);
                took += " " + std::to_string((boot_ns() - before) / 1000);
                field.code = code != 0 ? code : field.code;
                ::usleep(110'000);
            }
            std::printf("field %u scope %u: code %d, type %d, value %llu; us:%s; energy %llu\n", id, scope,
                        field.code, field.type, static_cast<unsigned long long>(field.value), took.c_str(),
                        static_cast<unsigned long long>(bound->energy_mj(gpu).value));
        }
    }
    return 0;
}

int capture(const char* file, double seconds, double period_ms) {
    const auto host = host::make_real_host();
    auto library = load(*host);
    auto fields =
        reinterpret_cast<int (*)(nvml::Handle, int, Field*)>(library->symbol("nvmlDeviceGetFieldValues"));
    auto bound = nvml::Api::bind(std::move(library));
    if (!bound || fields == nullptr) {
        fail("the library has no nvmlDeviceGetFieldValues");
    }
    const nvml::Api& api = *bound;
    if (const int code = api.init(); code != nvml::kSuccess) {
        fail(std::string(api.failure_text(code)));
    }
    nvml::Handle gpu = api.handle(0).value;
    std::FILE* out = std::fopen(file, "we");
    if (out == nullptr) {
        fail(std::string("cannot write ") + file);
    }
    std::fprintf(
        out,
        "boot_ns,energy_mj,energy_us,instant_mw,average_mw,instant_at_us,fields_us,power_mw,power_us,"
        "utilization_percent,utilization_us\n");
    const std::int64_t end = boot_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (true) {
        const std::int64_t t0 = boot_ns();
        if (t0 >= end) {
            break;
        }
        const auto energy = api.energy_mj(gpu);
        const std::int64_t t1 = boot_ns();
        std::array<Field, 2> powers{};
        powers[0].id = 186;  // NVML_FI_DEV_POWER_INSTANT
        powers[1].id = 185;  // NVML_FI_DEV_POWER_AVERAGE
        (void)fields(gpu, 2, powers.data());
        const std::int64_t t2 = boot_ns();
        const auto power = api.power_mw(gpu);
        const std::int64_t t3 = boot_ns();
        const auto use = api.utilization_percent(gpu);
        const std::int64_t t4 = boot_ns();
        const auto milliwatts = [](const Field& field) {
            unsigned value = 0;
            std::memcpy(&value, &field.value, sizeof value);
            return field.code == nvml::kSuccess ? static_cast<long>(value) : -static_cast<long>(field.code);
        };
        const auto us = [](std::int64_t from, std::int64_t to) {
            return static_cast<double>(to - from) * 1e-3;
        };
        std::fprintf(out, "%lld,%lld,%.1f,%ld,%ld,%lld,%.1f,%ld,%.1f,%ld,%.1f\n",
                     static_cast<long long>(t0 + (t1 - t0) / 2),
                     energy.ok() ? static_cast<long long>(energy.value) : -energy.code, us(t0, t1),
                     milliwatts(powers[0]), milliwatts(powers[1]), powers[0].at_us, us(t1, t2),
                     power.ok() ? static_cast<long>(power.value) : -power.code, us(t2, t3),
                     use.ok() ? static_cast<long>(use.value) : -use.code, us(t3, t4));
        const std::int64_t next = t0 + static_cast<std::int64_t>(period_ms * 1e6);
        const timespec until{next / 1'000'000'000, next % 1'000'000'000};
        ::clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr);
    }
    api.shutdown();
    return std::fclose(out) == 0 ? 0 : 74;
}

}  // namespace
}  // namespace gramme::bench

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "latency" && argc == 3) {
        return gramme::bench::latency(std::max(1, std::atoi(argv[2])));
    }
    if (what == "capture" && (argc == 4 || argc == 5)) {
        return gramme::bench::capture(argv[2], std::atof(argv[3]), argc == 5 ? std::atof(argv[4]) : 2.0);
    }
    if (what == "sharing" && argc == 3) {
        return gramme::bench::sharing(std::atof(argv[2]));
    }
    if (what == "fields" && argc == 2) {
        return gramme::bench::fields();
    }
    std::fprintf(
        stderr,
        "usage: bench_nvml latency CALLS | sharing SECONDS | fields | capture FILE SECONDS [PERIOD_MS]\n");
    return 64;
}
