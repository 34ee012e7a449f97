import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { drawIn, shapesOf, unbroken } from './world';

const file = createRequire(import.meta.url).resolve('world-atlas/countries-110m.json');
const shapes = shapesOf(JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof shapesOf>[0]);
const drawn = drawIn(1000);
const shapeOf = (code: string) => shapes.countries.find((each) => each.code === code)?.shape.geometry ?? { type: 'GeometryCollection' as const, geometries: [] };
const xs = (path: string) => [...path.matchAll(/[ML](-?[\d.]+),/g)].map((match) => Number(match[1]));

describe('the map', () => {
  it('has 176 countries, all but two with a code of the tables, and no Antarctica', () => {
    expect(shapes.countries).toHaveLength(176);
    expect(shapes.countries.filter((each) => each.code === undefined).map((each) => each.name)).toEqual(['N. Cyprus', 'Somaliland']);
    expect(shapes.countries.some((each) => each.code === 'ATA')).toBe(false);
  });

  it('is as wide as asked, and draws no line across', () => {
    for (const shape of [...shapes.countries.map((each) => each.shape.geometry), shapes.coast, shapes.borders]) {
      for (const part of drawn.path(shape).split('M').slice(1)) {
        const at = xs('M' + part);
        expect(Math.min(...at)).toBeGreaterThan(-5);
        expect(Math.max(...at)).toBeLessThan(1005);
        for (let i = 1; i < at.length; ++i) {
          expect(Math.abs((at[i] ?? 0) - (at[i - 1] ?? 0))).toBeLessThan(120);
        }
      }
    }
    expect(drawn.height).toBeGreaterThan(400);
    expect(drawn.height).toBeLessThan(480);
  });

  it('keeps Russia and Fiji in one piece', () => {
    const russia = xs(drawn.path(shapeOf('RUS')));
    expect(Math.min(...russia)).toBeGreaterThan(500);
    expect(unbroken([[179, 0], [-179, 0]])).toEqual([[168, 0], [170, 0]]);
    expect(unbroken([[-168, 0], [-170, 0]])).toEqual([[-179, 0], [-181, 0]]);
  });

  it('puts a mark for France into Europe', () => {
    const [x, y] = drawn.middle(shapeOf('FRA'));
    const [left, top] = drawn.at(-2, 50);
    const [right, bottom] = drawn.at(7, 44);
    expect(x > left && x < right && y > top && y < bottom).toBe(true);
  });
});
