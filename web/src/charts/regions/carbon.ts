// Steps of grid carbon: seven, from 0, 50, 150, 300, 450, 600 and 800 g/kWh. The ramp always means g/kWh.
export const edges = [0, 50, 150, 300, 450, 600, 800] as const;

/** 0 to 6. */
export function stepOf(gPerKwh: number): number {
  let step = 0;
  edges.forEach((edge, i) => {
    if (gPerKwh >= edge) {
      step = i;
    }
  });
  return step;
}

/** Where a figure stands on a legend of seven equal blocks, 0 to 1. */
export function alongLegend(gPerKwh: number): number {
  const step = stepOf(gPerKwh);
  const from = edges[step] ?? 0;
  const to = edges[step + 1] ?? 1000;
  return (step + Math.min(1, Math.max(0, (gPerKwh - from) / (to - from)))) / edges.length;
}
