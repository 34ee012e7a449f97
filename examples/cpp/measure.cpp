// A block of a C++ program measured, and a job estimated before it runs.
//   c++ -std=c++17 measure.cpp $(pkg-config --cflags --libs gramme) -o measure && ./measure
#include <cstdio>
#include <gramme.hpp>

namespace {

double train(int step) {
    double loss = 0.0;
    for (int i = 1; i < 2'000'000; ++i) {
        loss += 1.0 / (static_cast<double>(i) * (step + 1));
    }
    return loss;
}

}  // namespace

int main() {
    try {
        std::printf(
            "%.60s ...\n",
            gramme::estimate(R"({"device": "h100", "count": 8, "hours": 120, "region": "FRA"})").c_str());

        gramme::Tracker tracker(gramme::Settings{{"project", "example"}});
        auto epoch = tracker.span("epoch 1");
        for (int step = 0; step < 20; ++step) {
            tracker.log({{"loss", train(step)}, {"samples", 32.0}});
        }
        const gramme_totals of_epoch = epoch.end();
        tracker.stop();
        std::printf("epoch 1: %.3f s, %g kWh\n", of_epoch.duration_s, of_epoch.energy_kwh);
        std::fputs(tracker.summary().c_str(), stdout);
    } catch (const gramme::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
