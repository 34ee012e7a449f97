import { describe, expect, it } from 'vitest';
import type { ElsewhereRow } from '$lib/api';
import { alongLegend, stepOf } from './carbon';
import { headline, ofProvider, sample, sentence, shortName } from './rows';

const row = (region: string | null, name: string, value: number, spread = 1.1): ElsewhereRow => ({
  region,
  zone: 'FRA',
  name,
  country: 'FRA',
  gco2e_per_kwh: value,
  year: 2025,
  pue: 1.15,
  operational_kgco2e: { value, low: value / spread, high: value * spread },
});

describe('regions', () => {
  it('claims only what the ranges allow', () => {
    const here = row('aws:b', 'US (Virginia)', 87);
    expect(headline([row('aws:a', 'Europe (Paris)', 8.7), here], here)).toBe('In Paris the same work would make a tenth of it');
    expect(headline([row('aws:a', 'Europe (Paris)', 43), here], here)).toBe('In Paris the same work would make half of it');
    expect(headline([row('aws:a', 'Europe (Paris)', 26), here], here)).toBe('In Paris the same work would make 30 % of it');
    expect(headline([row('aws:a', 'Europe (Paris)', 26, 4), here], here)).toBe('No region is clearly lower than here');
    expect(headline([here], here)).toBe('No region is clearly lower than here');
    expect(headline([here], undefined)).toBe('The same work elsewhere');
  });

  it('keeps the lowest, here and the highest among ten', () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(`aws:${i}`, `R${i}`, i + 1));
    const ten = sample(rows, 'aws:20');
    expect(ten).toHaveLength(10);
    expect(ten.map((each) => each.region)).toEqual(expect.arrayContaining(['aws:0', 'aws:4', 'aws:20', 'aws:39']));
    expect(ten.map((each) => each.gco2e_per_kwh)).toEqual([...ten.map((each) => each.gco2e_per_kwh)].sort((a, b) => a - b));
    expect(sample(rows.slice(0, 3), null)).toHaveLength(3);
  });

  it('names and filters', () => {
    expect(shortName(row('aws:a', 'Europe (Paris)', 1))).toBe('Paris');
    expect(ofProvider([row('aws:a', 'A', 1), row(null, 'France', 2), row('gcp:b', 'B', 3)], 'zone').map((each) => each.name)).toEqual(['France']);
    expect(sentence(row('aws:a', 'Europe (Paris)', 8.7), 'lifecycle').replace(/\u00a0/g, ' ')).toBe(
      'Paris, aws:a: 8.7 kg, between 7.9 and 9.6. 8.7 g/kWh FRA 2025 lifecycle, PUE 1.15.',
    );
  });

  it('puts figures on the legend', () => {
    expect([0, 49.9, 50, 458, 800, 5000].map(stepOf)).toEqual([0, 0, 1, 4, 6, 6]);
    expect(alongLegend(0)).toBe(0);
    expect(alongLegend(5000)).toBe(1);
    expect(alongLegend(100)).toBeCloseTo(1.5 / 7);
  });
});
