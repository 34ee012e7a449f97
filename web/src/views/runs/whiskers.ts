// One log scale for the whiskers of a table: from a power of ten to a power of ten, named in the head of the column.
import type { Estimate } from '$lib/api';
import { alone, valueText } from '$lib/numbers';

export interface WhiskerScale {
  range: [number, number];
  label: string;
}

/** Undefined where no row has a positive value. */
export function whiskerScale(estimates: readonly (Estimate | null | undefined)[]): WhiskerScale | undefined {
  const positive = estimates.flatMap((each) => (each ? [each.low, each.value, each.high] : [])).filter((value) => value > 0);
  if (positive.length === 0) {
    return undefined;
  }
  const low = 10 ** Math.floor(Math.log10(Math.min(...positive)) + 1e-9);
  const high = 10 ** Math.ceil(Math.log10(Math.max(...positive)) - 1e-9);
  const range: [number, number] = [low, high > low ? high : low * 10];
  return { range, label: range.map((end) => valueText(alone(end, 'carbon'))).join(' to ') };
}
