import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, distance, lab, type Sight } from './colour-maths';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function tokensIn(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
}

const dark = css.indexOf("data-theme='dark'");
const themes = { light: tokensIn(css.slice(0, dark)), dark: tokensIn(css.slice(dark)) };
const sights: Sight[] = ['full', 'protan', 'deutan', 'tritan'];
const kinds = ['gpu', 'cpu', 'memory', 'other'];
const steps = [0, 1, 2, 3, 4, 5, 6].map((step) => `carbon-${step}`);

it('measures distance as the paper does', () => {
  // Sharma, Wu, Dalal 2005, table 1, pairs 1, 8 and 17.
  expect(distance([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(distance([50, -1, 2], [50, 0, 0])).toBeCloseTo(2.3669, 4);
  expect(distance([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
});

describe.each(['light', 'dark'] as const)('%s tokens', (theme) => {
  const of = (name: string): string => {
    const value = themes[theme][name];
    if (value === undefined) {
      throw new Error(`no token ${name} in the ${theme} theme`);
    }
    return value;
  };
  const seen = (name: string, sight: Sight) => lab(of(name), sight);

  it.each(['ink', 'ink-2', 'ink-3', 'now', 'bad'])('%s is readable as text on every ground', (name) => {
    for (const ground of ['page', 'surface', 'sunk']) {
      expect(contrast(of(name), of(ground))).toBeGreaterThanOrEqual(name === 'now' || name === 'bad' ? 4.4 : 4.5);
    }
  });

  it('bad is readable on its own ground, and a primary button too', () => {
    expect(contrast(of('bad'), of('bad-bg'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of('ink'), of('bad-bg'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of('on-ink'), of('ink'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['line-2', 'now', ...kinds])('%s is seen as a mark', (name) => {
    expect(contrast(of(name), of('page'))).toBeGreaterThanOrEqual(3);
    expect(contrast(of(name), of('surface'))).toBeGreaterThanOrEqual(3);
  });

  it('focus and error are told apart in every sight', () => {
    for (const sight of sights) {
      expect(distance(seen('now', sight), seen('bad', sight))).toBeGreaterThanOrEqual(37);
    }
  });

  it('devices are told apart in every sight', () => {
    for (const sight of sights) {
      for (const [i, a] of kinds.entries()) {
        for (const b of kinds.slice(i + 1)) {
          expect(distance(seen(a, sight), seen(b, sight)), `${a} and ${b}, ${sight}`).toBeGreaterThanOrEqual(14);
        }
      }
    }
  });

  it('more carbon is further from the ground, by a step that every sight sees', () => {
    for (const sight of sights) {
      for (const [i, step] of steps.entries()) {
        const next = steps[i + 1];
        if (next === undefined) {
          continue;
        }
        const [here, there] = [seen(step, sight), seen(next, sight)];
        expect(distance(here, there), `${step}, ${sight}`).toBeGreaterThanOrEqual(8);
        expect(theme === 'light' ? here[0] - there[0] : there[0] - here[0]).toBeGreaterThan(0);
      }
    }
  });

  it('text stands on each carbon step', () => {
    steps.forEach((step, i) => {
      const text = (theme === 'light' ? i <= 3 : i >= 3) ? '#14181b' : '#ffffff';
      expect(contrast(text, of(step)), step).toBeGreaterThanOrEqual(4.5);
    });
  });
});
