// train_transformer: trains a small character-level transformer on a text file. A real training run for
// `gramme run` to measure; it knows nothing of gramme.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "train_transformer/trainer.hpp"

namespace {

using gramme::Code;
using gramme::Error;
using namespace gramme::transformer;

// sysexits.h
constexpr int kExitUsage = 64;
constexpr int kExitBadData = 65;
constexpr int kExitNoInput = 66;
constexpr int kReports = 12;

/// In every Debian: base-files installs them.
constexpr const char* kDefaultTexts[] = {"/usr/share/common-licenses/GPL-3",
                                         "/usr/share/common-licenses/Apache-2.0"};

struct Options {
    std::string text;
    TrainingPlan plan;
    int report_every = 0;  ///< steps between plain lines of progress; 0: none
    bool quiet = false;
};

int complain(int status, const std::string& what, const std::string& hint) {
    fmt::print(stderr, "train_transformer: {}\n", what);
    if (!hint.empty()) {
        fmt::print(stderr, "  {}\n", hint);
    }
    return status;
}

/// The options, or the exit status where the program ends here (a mistake, or --help).
std::optional<int> parse(int argc, char** argv, Options& options) {
    CLI::App app{"Trains a small character-level transformer on a text file."};
    TrainingPlan& plan = options.plan;
    plan.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
    app.add_option("--text", options.text, "Text file to learn (default: a licence text of this system)");
    app.add_option("--steps", plan.steps, "Training steps")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--layers", plan.shape.layers, "Layers")->check(CLI::Range(1, 64))->capture_default_str();
    app.add_option("--width", plan.shape.width, "Width of a position, a multiple of --heads")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--heads", plan.shape.heads, "Attention heads")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--context", plan.shape.context, "Characters seen at once")
        ->check(CLI::Range(2, 4096))
        ->capture_default_str();
    app.add_option("--batch", plan.batch, "Sequences in a step")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--seed", plan.seed, "Seed of all random numbers")->capture_default_str();
    app.add_option("--threads", plan.threads, "Threads (the result does not depend on it)")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--report-every", options.report_every,
                   "Also print \"step N of M\" after every so many steps")
        ->check(CLI::Range(1, 1'000'000));
    app.add_flag("--quiet", options.quiet, "Print the result only");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        fmt::print("{}", app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        return complain(kExitUsage, error.what(), "see train_transformer --help");
    }
    if (plan.shape.width % plan.shape.heads != 0) {
        return complain(
            kExitUsage,
            fmt::format("--width {} is not a multiple of --heads {}", plan.shape.width, plan.shape.heads),
            "");
    }
    return std::nullopt;
}

gramme::Result<std::string> read_chosen(Options& options) {
    if (!options.text.empty()) {
        return read_text(options.text);
    }
    for (const char* path : kDefaultTexts) {
        options.text = path;
        if (auto text = read_text(path)) {
            return text;
        }
    }
    return Error{Code::kNotFound, "this system has none of the licence texts that are learnt by default",
                 "give a text file with --text FILE"};
}

void train(const Options& options, Trainer& trainer) {
    using Clock = std::chrono::steady_clock;
    const TrainingPlan& plan = options.plan;
    const int every = std::max(1, plan.steps / kReports);
    double sum = 0.0;
    int since = 0;
    Clock::time_point last = Clock::now();
    for (int step = 1; step <= plan.steps; ++step) {
        sum += trainer.step();
        ++since;
        if (options.report_every > 0 && step % options.report_every == 0) {
            fmt::print("step {} of {}\n", step, plan.steps);
            std::fflush(stdout);
        }
        if (options.quiet || (step % every != 0 && step != plan.steps)) {
            continue;
        }
        const std::chrono::duration<double> took = Clock::now() - last;
        const double tokens = static_cast<double>(since) * plan.batch * plan.shape.context;
        fmt::print("step {:>6}   train {:.3f}   validation {:.3f}   {:>7.0f} tokens/s\n", step, sum / since,
                   trainer.validate(), tokens / took.count());
        std::fflush(stdout);
        sum = 0.0;
        since = 0;
        last = Clock::now();
    }
}

/// Each step asks for the same matrices again. As it comes the allocator gives them back to the kernel after
/// each, and steps take a sixth longer, until the first larger request of all (the first validation) has
/// taught it.
void keep_memory() {
#ifdef __GLIBC__
    constexpr int kLarge = 1 << 30;
    (void)::mallopt(M_MMAP_THRESHOLD, kLarge);
    (void)::mallopt(M_TRIM_THRESHOLD, kLarge);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    keep_memory();
    Options options;
    if (const auto status = parse(argc, argv, options)) {
        return *status;
    }
    const auto text = read_chosen(options);
    if (!text) {
        return complain(kExitNoInput, text.error().what, text.error().hint);
    }
    TrainingPlan& plan = options.plan;
    const auto corpus = Corpus::from_text(*text, static_cast<std::size_t>(plan.shape.context));
    if (!corpus) {
        return complain(kExitBadData, options.text + ": " + corpus.error().what, corpus.error().hint);
    }
    plan.shape.vocabulary = static_cast<int>(corpus->vocabulary());
    if (!options.quiet) {
        fmt::print("text     {}: {} characters, {} different; {} to train on, the rest to validate\n",
                   options.text, corpus->size(), corpus->vocabulary(), corpus->training_size());
        fmt::print("model    {} layers, width {}, {} heads, context {}: {} weights\n", plan.shape.layers,
                   plan.shape.width, plan.shape.heads, plan.shape.context, weight_count<float>(plan.shape));
        fmt::print(
            "training {} steps of {} x {} characters on {} threads, seed {}; losses in nats per character\n",
            plan.steps, plan.batch, plan.shape.context, plan.threads, plan.seed);
    }
    Trainer trainer{plan, *corpus};
    train(options, trainer);

    const double reached = trainer.validate();
    const double bigram = corpus->bigram_nats();
    fmt::print(
        "result   validation {:.3f}; entropy of a character {:.3f}, of a character after the one before "
        "{:.3f}\n",
        reached, corpus->unigram_nats(), bigram);
    fmt::print("         {}\n", reached < bigram
                                    ? "below the bigram entropy: it has learnt more than pairs of characters"
                                    : "not below the bigram entropy: train for longer");
    return 0;
}
