import { expect, it } from 'vitest';
import type { Footprint } from '$lib/api/footprint';
import { noticesOf } from './notices';

const answer = (grid: object, notes: string[] = [], factor = 'intensity'): Footprint => ({
  schema: 'gramme/footprint/1',
  run: { duration_s: 1 },
  energy_kwh: null,
  facility_energy_kwh: null,
  operational_kgco2e: { value: 358, low: 69, high: 1931 },
  quality: 'modelled',
  parts: [],
  factors: { intensity_gco2e_per_kwh: { value: 458, source: 'x', ...grid } },
  notes,
  dominant_uncertainty: { factor, share_pct: 89, remedy: '' },
  equivalences: [],
  gaps: [],
  not_covered: [],
});

it('says once that no region was given, and what it does to the range', () => {
  const [note, ...more] = noticesOf(answer({ region_known: false }, ['region unknown: the world average is used']));
  expect(note?.title).toBe('No region was given, so this uses the world average.');
  expect(note?.text.replace(/\u00a0/g, ' ')).toContain('70 to 1930 kg');
  expect(more).toEqual([]);
});

it('says nothing of a range where the figure is 0', () => {
  const nothing = { ...answer({ region_known: false }), operational_kgco2e: { value: 0, low: 0, high: 0 } };
  expect(noticesOf(nothing)[0]?.text).toBe('Say where, and the figure follows the grid there.');
});

it('names a direct basis with the lifecycle figure of the country', () => {
  const other = { value: 384.4, zone: 'USA', year: 2025, source: 'owid' };
  expect(noticesOf(answer({ basis: 'direct', country_lifecycle: other }))[0]?.text).toBe('On the lifecycle basis its country has 384.4 g/kWh (owid).');
});

it('hands on what else the program says', () => {
  expect(noticesOf(answer({}, ['the year is older; say which']))).toEqual([{ title: 'The year is older.', text: 'Say which.' }]);
});
