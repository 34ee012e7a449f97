// The chart as a table and as CSV: a row for each window, and rows of their own for gaps.
import type { Hole } from './holes';
import { layerName, type Stack } from './stack';

export interface WindowRow {
  type: 'window';
  index: number;
  from_s: number;
  to_s: number;
  total: number | null;
  low: number | null;
  high: number | null;
  watts: (number | null)[]; // by layer
  missing: string[];
}
export interface GapRow {
  type: 'gap';
  hole: Hole;
  from_s: number;
  to_s: number;
}
export type PowerRow = WindowRow | GapRow;

/** In order of time; a gap stands before the first window that ends after its beginning. */
export function rowsOf(stack: Stack, holes: readonly Hole[]): PowerRow[] {
  const rows: PowerRow[] = stack.total.map((total, index) => ({
    type: 'window',
    index,
    from_s: stack.edges[index] ?? 0,
    to_s: stack.edges[index + 1] ?? 0,
    total,
    low: stack.low[index] ?? null,
    high: stack.high[index] ?? null,
    watts: stack.layers.map((layer) => layer.watts[index] ?? null),
    missing: stack.missing[index] ?? [],
  }));
  const gaps: PowerRow[] = holes.map((hole) => ({ type: 'gap', hole, from_s: hole.from_s, to_s: hole.to_s }));
  return [...rows, ...gaps].sort((a, b) => a.from_s - b.from_s || (a.type === 'gap' ? -1 : 1));
}

/** Plain digits, seconds since the start, watts; what is not known is empty. */
export function powerCsv(stack: Stack): string {
  const head = ['from_s', 'to_s', 'total_w', 'low_w', 'high_w', ...stack.layers.map((layer) => `${layerName(layer).replace(', ', ' ')} W`), 'not known'];
  const number = (value: number | null | undefined) => (typeof value === 'number' ? String(Number(value.toPrecision(6))) : '');
  const lines = stack.total.map((total, i) =>
    [
      number(stack.edges[i]),
      number(stack.edges[i + 1]),
      number(total),
      number(stack.low[i]),
      number(stack.high[i]),
      ...stack.layers.map((layer) => number(layer.watts[i])),
      (stack.missing[i] ?? []).join(' '),
    ].join(','),
  );
  return [head.join(','), ...lines, ''].join('\n');
}
