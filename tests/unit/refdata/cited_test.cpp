// What the tables take from a source.
#include "refdata/cited.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<CitedFigure> named(const std::vector<CitedFigure>& figures, const std::string& name) {
    const auto at = std::find_if(figures.begin(), figures.end(),
                                 [&](const CitedFigure& figure) { return figure.name == name; });
    return at == figures.end() ? std::nullopt : std::optional{*at};
}

TEST(Cited, AFigureHasItsUnitAndYear) {
    const auto figures = Tables{}.figures_of("owid_ember_2026");
    const CitedFigure* france = nullptr;
    for (const CitedFigure& figure : figures) {
        if (figure.name == "France (FRA), lifecycle" && figure.year == 2025) {
            france = &figure;
        }
    }
    ASSERT_NE(france, nullptr);
    EXPECT_EQ(france->table, "grid_intensity");
    EXPECT_EQ(france->value, 41.44);
    EXPECT_EQ(france->unit, "g/kWh");
}

TEST(Cited, AFigureOfZeroIsOneAndANameHasNone) {
    const auto hydro = named(Tables{}.figures_of("ipcc_ar5_wg3_annex3"), "hydropower, direct");
    ASSERT_TRUE(hydro);
    EXPECT_EQ(hydro->value, 0.0) << "no smoke is a figure";
    const auto paris = named(Tables{}.figures_of("botocore"), "aws:eu-west-3");
    ASSERT_TRUE(paris);
    EXPECT_EQ(paris->table, "cloud_regions");
    EXPECT_FALSE(paris->value) << "its source named it and gave no number";
}

TEST(Cited, WattsOfASecondSourceAreThatSources) {
    const auto own = Tables{}.figures_of("karpenter-aws");
    EXPECT_TRUE(named(own, "aws:a1.2xlarge, memory"));
    EXPECT_FALSE(named(own, "aws:a1.2xlarge, CPU busy"));
    const auto busy = named(Tables{}.figures_of("teads-aws-ec2"), "aws:a1.2xlarge, CPU busy");
    ASSERT_TRUE(busy);
    EXPECT_EQ(busy->value, 20.37) << "as it stands in the table, not as a float holds it";
    EXPECT_EQ(busy->unit, "W");
}

TEST(Cited, EverySourceOpensToTheTablesThatNameIt) {
    const Tables tables;
    const auto uses = tables.uses_of_sources();
    std::set<std::string_view> all;
    for (const Source& source : tables.sources()) {
        SCOPED_TRACE(source.id);
        const auto figures = tables.figures_of(source.id);
        EXPECT_EQ(figures.empty(), source.id.ends_with("_live")) << "every row of sources.csv is in use";
        std::vector<std::string_view> seen;
        for (const CitedFigure& figure : figures) {
            EXPECT_FALSE(figure.name.empty());
            EXPECT_TRUE(figure.value || figure.unit.empty());
            if (std::find(seen.begin(), seen.end(), figure.table) == seen.end()) {
                seen.push_back(figure.table);
            }
        }
        const auto used = uses.find(source.id);
        EXPECT_EQ(seen, used == uses.end() ? std::vector<std::string_view>{} : used->second);
        all.insert(seen.begin(), seen.end());
    }
    EXPECT_EQ(all.size(), 20U) << "all tables but sources.csv itself";
    EXPECT_THAT(uses.at("epoch-ml-hardware"), Contains("accelerators"));
    EXPECT_THAT(uses.at("mlco2_impact"), Contains("profile_factors"));
}

TEST(Cited, AnUnknownSourceHasNoFigures) {
    EXPECT_THAT(Tables{}.figures_of("nobody"), IsEmpty());
    EXPECT_THAT(Tables{}.figures_of(""), IsEmpty());
}

TEST(Cited, RowsOfOnesOwnAreThere) {
    const std::vector<std::pair<std::string, std::string>> texts = {
        {"sources.csv",
         "source,title,publisher,licence,share_alike,url\nmine,Ours,Us,own,yes,https://x.org/\n"},
        {"grid_intensity.csv", "zone,year,gco2e_per_kwh,basis,source\nFRA,2026,33.5,lifecycle,mine\n"}};
    const auto tables = Tables::with_overrides(texts);
    ASSERT_TRUE(tables) << tables.error().what;
    const auto figures = tables->figures_of("mine");
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().name, "France (FRA), lifecycle");
    EXPECT_THAT(tables->uses_of_sources().at("mine"), ElementsAre("grid_intensity"));
}

}  // namespace
}  // namespace gramme::refdata
