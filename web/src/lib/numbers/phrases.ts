// Numbers in words: intervals, ratios, likenesses. Units and % stand behind a no-break space.
import { grouped, significant } from './decimal';
import { alone, show, type Dimension, type Estimate, type Shown } from './quantity';

const space = '\u00a0';

/** CO₂e as it is written everywhere. */
export const co2e = 'CO₂e';

export function withUnit(value: string, unit: string): string {
  return grouped(value) + space + unit;
}

/** "87 kg" */
export function valueText(shown: Shown): string {
  return withUnit(shown.value, shown.unit);
}

/** "70 – 104", for tables; empty where there is no interval. */
export function rangeText(shown: Shown): string {
  return shown.exact ? '' : `${grouped(shown.low)} – ${grouped(shown.high)}`;
}

/** "between 70 and 104 kg"; bounds a thousandfold apart each carry a unit. "as given" where there is no interval, and nothing
    of a zero: it was not given, it is so. */
export function betweenText(estimate: Estimate, dimension: Dimension): string {
  const shown = show(estimate, dimension);
  if (shown.exact) {
    return estimate.value === 0 ? '' : 'as given';
  }
  if (estimate.low > 0 && estimate.high / estimate.low >= 1000) {
    return `between ${boundText(estimate.low, dimension)} and ${boundText(estimate.high, dimension)}`;
  }
  return `between ${grouped(shown.low)} and ${withUnit(shown.high, shown.unit)}`;
}

function boundText(value: number, dimension: Dimension): string {
  const shown = alone(value, dimension);
  return withUnit(significant(Number(shown.value), 2), shown.unit);
}

/** "87 kg, between 70 and 104": prose, unit once. */
export function proseText(estimate: Estimate, dimension: Dimension): string {
  const shown = show(estimate, dimension);
  if (shown.exact) {
    return estimate.value === 0 ? valueText(shown) : `${valueText(shown)}, as given`;
  }
  const apart = estimate.low > 0 && estimate.high / estimate.low >= 1000;
  const range = apart ? betweenText(estimate, dimension) : `between ${grouped(shown.low)} and ${grouped(shown.high)}`;
  return `${valueText(shown)}, ${range}`;
}

/** Two intervals share values: then the two cannot be told apart, and no ratio is said. */
export function overlap(a: Estimate, b: Estimate): boolean {
  return a.low <= b.high && b.low <= a.high;
}

const named: [number, string][] = [
  [2, 'twice'],
  [1, 'as much as'],
  [0.5, 'half'],
  [0.1, 'a tenth of'],
];

/** "twice", "half", "3.4 times", "12 times": two digits below 10, whole above. */
export function ratioText(ratio: number): string {
  for (const [value, words] of named) {
    if (Math.abs(ratio / value - 1) <= 0.08) {
      return words;
    }
  }
  const text = ratio < 10 ? significant(ratio, 2) : significant(ratio, Math.max(2, Math.floor(Math.log10(ratio)) + 1));
  return `${grouped(text)} times`;
}

/** A likeness: two significant digits at most. */
export function likenessText(value: number): string {
  return grouped(significant(value, 2));
}

/** "31 %": whole; below 1 "less than 1 %". */
export function percentText(percent: number): string {
  if (percent > 0 && percent < 1) {
    return `less than 1${space}%`;
  }
  return `${Math.round(percent)}${space}%`;
}
