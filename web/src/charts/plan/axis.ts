// A scale with its ticks: from 0, or by powers of ten where values are far apart.
import { ticksTo } from '$lib/numbers';

export interface Axis {
  ticks: number[];
  /** 0 to 1 */
  at: (value: number) => number;
  log: boolean;
}

export function logAxis(least: number, most: number, ticks = 6): Axis {
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
  const each = Math.ceil((high - low) / ticks);
  const powers = Array.from({ length: Math.floor((high - low) / each) + 1 }, (_, i) => 10 ** (low + i * each));
  return { ticks: powers, at: (value) => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-300)) - low) / (high - low))), log: true };
}

/** By powers of ten from `far` x on. */
export function axisOf(values: readonly number[], far = 20): Axis {
  const known = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (known.length > 0 && most / least >= far) {
    return logAxis(least, most);
  }
  const ticks = ticksTo(Math.max(0, ...values), 5);
  const end = ticks[ticks.length - 1] ?? 1;
  return { ticks, at: (value) => value / end, log: false };
}
