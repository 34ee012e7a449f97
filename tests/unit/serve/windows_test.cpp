#include "serve/windows.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "scratch.hpp"

namespace gramme::serve {
namespace {

using Json = nlohmann::json;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;

Footprint footprint_of(const Ledger& ledger) {
    Footprint footprint;
    for (const Device& device : ledger.devices) {
        Part part;
        part.device = device;
        part.energy_kwh = Estimate{1.0, 0.9, 1.2};
        footprint.parts.push_back(part);
    }
    return footprint;
}

Json windows(const Ledger& ledger, const WindowsAsked& asked) {
    RunRecord run = made_up_run();
    run.duration_s = 100.0;
    return Json::parse(windows_json(run, ledger, footprint_of(ledger), asked));
}

TEST(Windows, AHoleIsNullAndNeverZero) {
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0")};
    ledger.windows = {made_up_window(0, 0, 10, 100.0), made_up_window(0, 30, 40, 200.0)};
    const Json json = windows(ledger, {0.0, 40.0, 4});
    const Json& device = json.at("devices").at(0);
    ASSERT_EQ(json.at("edges_s"), Json::parse("[0.0, 10.0, 20.0, 30.0, 40.0]"));
    EXPECT_EQ(device.at("watts"), Json::parse("[5.0, null, null, 10.0]"));  // half of it is the job's
    EXPECT_EQ(device.at("known"), Json::parse("[1.0, 0.0, 0.0, 1.0]"));
    EXPECT_NEAR(device.at("low_w").at(0).get<double>(), 4.5, 1e-12);
    EXPECT_NEAR(device.at("high_w").at(3).get<double>(), 12.0, 1e-12);
}

TEST(Windows, MarkersThatAreNotListedAreCounted) {
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0")};
    ledger.windows = {made_up_window(0, 0, 50, 100.0)};
    ledger.markers.resize(2001);  // all at the start
    const Json cut = windows(ledger, {0.0, 50.0, 1});
    EXPECT_EQ(cut.at("markers").size(), 2000U);
    EXPECT_EQ(cut.at("markers_total"), 2001);
    const Json later = windows(ledger, {10.0, 50.0, 1});
    EXPECT_EQ(later.at("markers_total"), 0) << "of what was asked for";
}

TEST(Windows, ABucketThatIsHalfKnownHasTheMeanOfTheKnownHalf) {
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0")};
    ledger.windows = {made_up_window(0, 0, 10, 100.0)};
    const Json json = windows(ledger, {0.0, 40.0, 2});
    EXPECT_EQ(json.at("devices").at(0).at("watts"), Json::parse("[5.0, null]"));
    EXPECT_EQ(json.at("devices").at(0).at("known"), Json::parse("[0.5, 0.0]"));
}

TEST(Windows, BucketsAreNoFinerThanWhatWasSeen) {
    Ledger ledger;
    ledger.devices = {made_up_device("cpu0")};
    ledger.windows = {made_up_window(0, 0, 50, 100.0), made_up_window(0, 50, 100, 100.0)};
    EXPECT_EQ(windows(ledger, {0.0, 100.0, 600}).at("edges_s").size(), 3U);
}

TEST(Windows, KeepTheEnergyHoweverTheyAreCut) {
    rc::check([](std::vector<std::uint8_t> lengths, std::uint8_t many) {
        Ledger ledger;
        ledger.devices = {made_up_device("cpu0")};
        double at = 0.0;
        double joules = 0.0;
        for (const std::uint8_t length : lengths) {
            const double to = at + 0.1 + length / 10.0;
            if (length % 5 != 0) {  // else a hole
                ledger.windows.push_back(made_up_window(0, at, to, length + 1.0));
                joules += (length + 1.0) / 2.0;
            }
            at = to;
        }
        RC_PRE(at > 0.0);
        const Json json = windows(ledger, {0.0, at, many + 1U});
        const Json& edges = json.at("edges_s");
        const Json& device = json.at("devices").at(0);
        double sum = 0.0;
        for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
            if (!device.at("watts").at(i).is_null()) {
                const double width = edges.at(i + 1).get<double>() - edges.at(i).get<double>();
                sum +=
                    device.at("watts").at(i).get<double>() * width * device.at("known").at(i).get<double>();
            }
        }
        RC_ASSERT(std::abs(sum - joules) <= 1e-6 * (joules + 1.0));
    });
}

}  // namespace
}  // namespace gramme::serve
