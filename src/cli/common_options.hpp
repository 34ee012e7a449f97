// Options that several commands take.
#pragma once

#include "cli/arguments.hpp"

namespace gramme::cli {

inline constexpr OptionSpec kProject{"project", "NAME",
                                     "Project of the run. Default: the name of the working folder."};
inline constexpr OptionSpec kRegion{
    "region", "REGION",
    "Where the electricity comes from: a cloud region or a place, such as aws:eu-west-3, "
    "FRA, Quebec. `gramme regions` lists them."};
inline constexpr OptionSpec kIntensity{
    "intensity", "G_PER_KWH", "Grid intensity in g CO2e per kWh, 0 to 10000, instead of the region's."};
inline constexpr OptionSpec kPue{"pue", "NUMBER",
                                 "Power usage effectiveness of the site, 1 to 10, instead of the region's."};
inline constexpr OptionSpec kEnergySource{
    "energy-source", "SOURCE",
    "What makes the electricity, instead of a grid: wind, solar, hydro, nuclear, gas, "
    "coal, ..."};
inline constexpr OptionSpec kMix{"mix", "LIST",
                                 "Several energy sources with shares that sum to 1: coal=0.6,wind=0.4."};
inline constexpr OptionSpec kStore{
    "store", "URL", "Where runs are kept: sqlite:FILE. Default: a file in the XDG data folder."};
inline constexpr OptionSpec kData{
    "data", "DIR", "Folder with CSV files whose rows add to the reference tables or replace rows of them."};
inline constexpr OptionSpec kJson{"json", "", "Write JSON (the same as --format json)."};
inline constexpr OptionSpec kFormat{"format", "FORMAT", "table (default), json or csv."};

}  // namespace gramme::cli
