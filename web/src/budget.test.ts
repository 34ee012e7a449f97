// What a reader loads: the committed build, packed as the server sends it. Each view is the first file and at most one
// more; no view may take over 120 kB.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const most = 120_000;
const folder = fileURLToPath(new URL('../dist/assets/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
const texts = Object.fromEntries(files.map((name) => [name.split('-')[0] ?? '', readFileSync(folder + name, 'utf8')]));
const packed = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, gzipSync(text, { level: 9 }).length]));
const sum = (names: readonly string[]) => names.reduce((total, name) => total + (packed[name] ?? NaN), 0);

describe('what is loaded', () => {
  it('is three files, of which no other reads more than the first', () => {
    expect(Object.keys(texts).sort()).toEqual(['detail', 'index', 'planner']);
    for (const name of ['detail', 'planner']) {
      const reads = [...(texts[name] ?? '').matchAll(/from\s*["']\.\/([a-z]+)-/g)].map((found) => found[1]);
      expect(reads, name).toEqual(['index']);
    }
  });

  it.each([
    ['Runs, Calculator, Regions, Method', ['index']],
    ['Run, Compare; any view but Planner, once it has rested', ['index', 'detail']],
    ['Planner', ['index', 'planner']],
  ])('%s: at most 120 kB', (_, names) => {
    expect(sum(names)).toBeLessThanOrEqual(most);
  });

  it('is at most 140 kB for who opens every view', () => {
    expect(sum(['index', 'detail', 'planner'])).toBeLessThanOrEqual(140_000);
  });
});
