// The model of CPU power beside CodeCarbon's, on published load curves that neither was made from.
//   bench_model CSV     a table like tests/data/load_curves.csv
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "load_curves.hpp"

namespace {

using gramme::validation::Score;
using gramme::validation::Step;

/// Targets are for all steps together; `judged`: say whether they are met.
void print(const char* what, const Score& score, bool judged) {
    const auto verdict = [judged](const char* target, bool met) {
        return judged ? std::string("  target ") + target + (met ? "  met" : "  NOT MET") : std::string();
    };
    std::printf("%s, %zu steps\n", what, score.steps);
    std::printf("    mean error gramme / CodeCarbon        %5.1f %% / %.1f %%\n", score.error * 100.0,
                score.codecarbon_error * 100.0);
    std::printf("    ratio of the two                      %6.2f  %s\n", score.ratio(),
                verdict("<= 0.75", score.ratio() <= 0.75).c_str());
    std::printf("    measured inside the 95 %% interval     %5.1f %% %s\n", score.coverage * 100.0,
                verdict(">= 90 %", score.coverage >= 0.9).c_str());
    std::printf("    high / low of the interval, median    %6.2f  %s\n", score.median_width,
                verdict("<= 3   ", score.median_width <= 3.0).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_model CSV\n");
        return 64;
    }
    std::ifstream in(argv[1], std::ios::binary);
    const std::string csv{std::istreambuf_iterator<char>(in), {}};
    for (const auto clock : {gramme::validation::Clock::kShown, gramme::validation::Clock::kHidden}) {
        const auto steps = gramme::validation::play_load_curves(csv, clock);
        if (!steps) {
            std::fprintf(stderr, "bench_model: %s\n", steps.error().what.c_str());
            return 65;
        }
        const bool shown = clock == gramme::validation::Clock::kShown;
        std::printf("modelled CPU power against RAPL, clock %s\n", shown ? "visible" : "hidden (no target)");
        std::vector<std::string> machines;
        for (const Step& step : *steps) {
            if (std::find(machines.begin(), machines.end(), step.machine) == machines.end()) {
                machines.push_back(step.machine);
            }
        }
        for (const std::string& machine : machines) {
            print(machine.c_str(), score(*steps, machine), false);
        }
        print("all", score(*steps, ""), shown);
    }
    return 0;
}
