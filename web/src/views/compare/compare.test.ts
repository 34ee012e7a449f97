import { describe, expect, it } from 'vitest';
import type { Footprint } from '$lib/api';
import { factRows, fairness, tableText } from './facts';
import { alike, verdict } from './verdict';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const e = (value: number, low: number, high: number) => ({ value, low, high });
const said = (...estimates: ({ value: number; low: number; high: number } | null)[]) => verdict(estimates).map(plain);

describe('the verdict', () => {
  it('names a ratio only where the ranges are apart', () => {
    expect(said(e(87, 70, 104), e(41, 34, 50), e(38, 25, 58))).toEqual(['The first made about 2.3 times as much as the third.', 'The second and third cannot be told apart.']);
    expect(said(e(82, 70, 94), e(41, 34, 50))).toEqual(['The first made about twice the second.']);
    expect(said(e(87, 70, 104), e(80, 65, 98))).toEqual(['The two cannot be told apart: their ranges overlap.']);
    expect(said(e(1, 0.9, 1.1), e(1, 0.9, 1.1), e(1, 0.5, 2))).toEqual(['All 3 cannot be told apart: their ranges overlap.']);
  });

  it('counts ends that touch as overlapping', () => {
    expect(said(e(3, 2, 4), e(1, 0.5, 2))).toEqual(['The two cannot be told apart: their ranges overlap.']);
  });

  it('speaks of a little more, and of very much more', () => {
    expect(said(e(1.05, 1.04, 1.06), e(1, 0.99, 1.01))).toEqual(['The first made 5 % more than the second.']);
    expect(said(e(0.000001, 0.0000009, 0.0000011), e(5.803049, 5, 6))).toEqual(['The second made about 5 800 000 times as much as the first.']);
    expect(said(e(2, 1, 3), e(0, 0, 0))).toEqual(['The first made more than the second.']);
  });

  it('leaves out of the ranking what is not known, and says so', () => {
    expect(said(null, e(1, 0.9, 1.1))).toEqual(['One footprint alone is known, so there is nothing to compare it with.', 'Of the first the footprint is not known.']);
    expect(said(null, null)).toEqual(['No footprint is known, so there is nothing to compare.']);
    expect(said(e(1, 0.9, 1.1), null, e(1, 0.9, 1.1))).toEqual(['The first and third cannot be told apart: their ranges overlap.', 'Of the second the footprint is not known.']);
  });

  it('finds chains that overlap in part', () => {
    const chain = [e(1, 0, 2), e(2.5, 1.5, 3.5), e(4, 3, 5)];
    expect(alike(chain)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(said(...chain)).toEqual(['The third made about 4 times as much as the first.', 'The first and second cannot be told apart.', 'The second and third cannot be told apart.']);
  });
});

const footprint = (change: Partial<Footprint> = {}, run: Partial<Footprint['run']> = {}): Footprint => ({
  schema: '',
  run: { duration_s: 60, scope: 'job', state: 'finished', exit_status: 0, gramme_version: '0.1.0', ...run },
  energy_kwh: e(127.3, 120.3, 134.3),
  facility_energy_kwh: null,
  operational_kgco2e: e(87.03, 70.2, 104),
  quality: 'measured',
  parts: [],
  factors: { pue: { value: 1.58, source: 's' }, intensity_gco2e_per_kwh: { value: 433, sigma_ln: 0.1, source: 's', basis: 'lifecycle', zone_name: 'USA', year: 2018, region_known: true } },
  notes: [],
  dominant_uncertainty: null,
  equivalences: [],
  gaps: [],
  not_covered: [],
  ...change,
});

describe('rows of a comparison', () => {
  it('know what differs; what is still read differs from nothing', () => {
    const rows = factRows([footprint(), undefined, footprint({}, { duration_s: 90 })]);
    expect(rows.filter((row) => row.differs).map((row) => row.key)).toEqual(['time']);
    expect(plain(rows.find((row) => row.key === 'energy')?.cells.join('|') ?? '')).toBe('127 kWh, between 120 and 134||127 kWh, between 120 and 134');
  });

  it('never are blank for what is not known', () => {
    const rows = factRows([footprint({ energy_kwh: null, factors: {} })]);
    expect(rows.every((row) => row.cells[0] !== '')).toBe(true);
    expect(rows.find((row) => row.key === 'energy')?.cells).toEqual(['not known']);
  });

  it('says what makes it lame', () => {
    expect(fairness([footprint(), footprint()])).toEqual([]);
    const lame = fairness([footprint({ quality: 'modelled' }, { scope: 'machine' }), footprint({ gaps: [{ device: 'a', from_s: 0, to_s: 1, reason: '' }] }, { exit_status: 3 })]);
    expect(lame).toHaveLength(4);
    expect(fairness([footprint({}, { state: 'running' }), footprint()])[0]).toContain('still running');
  });

  it('goes to a spreadsheet as plain digits, never as a formula', () => {
    const lines = tableText(['=1+1', 'b\tc'], [footprint(), footprint({ operational_kgco2e: null })]).split('\n');
    expect(lines[0]).toBe("\t'=1+1\tb c");
    expect(lines[1]).toBe('kg CO2e\t87.03\t');
    expect(lines.every((line) => line === '' || line.split('\t').length === 3)).toBe(true);
  });
});
