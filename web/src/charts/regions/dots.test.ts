import { describe, expect, it } from 'vitest';
import type { ElsewhereRow } from '$lib/api';
import { apart, dotAt, dotsOf, nextStop, type Dot } from './dots';
import { drawIn } from './world';

const row = (region: string, name: string, at: [number, number] | null): ElsewhereRow => ({
  region,
  zone: 'USA',
  name,
  country: 'USA',
  gco2e_per_kwh: 384,
  latitude: at?.[0] ?? null,
  longitude: at?.[1] ?? null,
  operational_kgco2e: { value: 77, low: 63, high: 94 },
});
// Three of one city, one beside it, one far away, one whose place is not known.
const rows = [
  row('aws:us-east-1', 'US East (Virginia)', [38.95, -77.45]),
  row('azure:eastus', 'East US (Virginia)', [38.95, -77.45]),
  row('gcp:us-east4', 'Ashburn', [38.95, -77.45]),
  row('azure:northcentralus', 'North Central US (Illinois)', [41.88, -87.63]),
  row('aws:eu-west-3', 'Europe (Paris)', [48.86, 2.35]),
  row('aws:x', 'Nowhere', null),
];
const drawn = drawIn(640);
const dots = dotsOf(rows, drawn.at, 4);
const far = (a: Dot, b: Dot) => Math.hypot(a.x - b.x, a.y - b.y);

describe('dots', () => {
  it('stand where their region lies; one without a place has none', () => {
    expect(dots.map((dot) => dot.row.region)).toEqual(rows.slice(0, 5).map((each) => each.region));
    const [x, y] = drawn.at(2.35, 48.86);
    const paris = dots[4] as Dot;
    expect([paris.x, paris.y]).toEqual([x, y]);
    expect(x).toBeGreaterThan(260);
    expect(x).toBeLessThan(340);
  });

  it('give way to each other, by no more than is needed, and always alike', () => {
    for (let i = 0; i < dots.length; ++i) {
      for (let k = i + 1; k < dots.length; ++k) {
        expect(far(dots[i] as Dot, dots[k] as Dot)).toBeGreaterThan(8);
      }
    }
    const [x, y] = drawn.at(-77.45, 38.95);
    dots.slice(0, 3).forEach((dot) => expect(Math.hypot(dot.x - x, dot.y - y)).toBeLessThanOrEqual(10.01));
    expect(dotsOf(rows, drawn.at, 4)).toEqual(dots);
    const crowd = Array.from({ length: 60 }, () => ({ row: rows[0] as ElsewhereRow, x: 100, y: 100, drawn: true }));
    apart(crowd, 9, 10).forEach((dot) => expect(Math.hypot(dot.x - 100, dot.y - 100)).toBeLessThanOrEqual(10.01));
  });

  it('are found under a finger, the nearest first', () => {
    const paris = dots[4] as Dot;
    expect(dotAt(dots, paris.x + 8, paris.y)).toBe(paris);
    expect(dotAt(dots, paris.x + 40, paris.y)).toBeUndefined();
    const first = dots[0] as Dot;
    expect(dotAt(dots, first.x, first.y)).toBe(first);
  });

  it('are reached by keys: the nearest that way, by letter round and round', () => {
    const [virginia, , , illinois, paris] = dots as [Dot, Dot, Dot, Dot, Dot];
    expect(nextStop('ArrowRight', dots, virginia, true)).toBe(virginia);
    expect(nextStop('ArrowLeft', dots, paris, false)).not.toBe(paris);
    expect(nextStop('ArrowRight', dots, paris, false)).toBeUndefined();
    expect(nextStop('End', dots, virginia, false)).toBe(paris);
    expect(nextStop('p', dots, virginia, false)).toBe(paris);
    expect(nextStop('i', dots, paris, false)).toBe(illinois);
    expect(nextStop('v', dots, virginia, false)).toBe(dots[1]);
    expect(nextStop('Tab', dots, virginia, false)).toBe('other');
  });
});
