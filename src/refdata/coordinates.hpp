// A point on the map.
#pragma once

namespace gramme::refdata {

/// Degrees, WGS 84: north and east are positive. 0 is a place like any other; an unknown point is absent.
struct Coordinates {
    double latitude = 0.0;   ///< -90..90
    double longitude = 0.0;  ///< -180..180
};

}  // namespace gramme::refdata
