// Round numbers for axes and gauges.

/** 1, 2 or 5 x 10^n: the step that makes about `ticks` of them up to `most`. */
export function step(most: number, ticks: number): number {
  const rough = most / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Ticks from 0 to a round number >= most; one tick more than steps. */
export function ticksTo(most: number, ticks = 5): number[] {
  if (!(most > 0)) {
    return [0, 1];
  }
  const size = step(most, ticks);
  const n = Math.max(1, Math.ceil(most / size - 1e-9));
  return Array.from({ length: n + 1 }, (_, i) => Number((i * size).toPrecision(12)));
}

/** 1, 2 or 5 x 10^n such that `value` of it is between 1 and 10: what one icon stands for. */
export function iconStep(value: number): number {
  const size = step(value, 10);
  return Number(size.toPrecision(12));
}
