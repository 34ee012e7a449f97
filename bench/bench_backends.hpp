// Each source of CPU and platform energy against its bare reads.
#pragma once

namespace gramme::bench {

/// A turn of the loop on a made-up machine of each kind, over the same wake-up and preads alone.
int bench_backends(int rounds);

}  // namespace gramme::bench
