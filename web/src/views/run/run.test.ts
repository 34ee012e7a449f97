import { describe, expect, it } from 'vitest';
import type { Explain, Footprint, Waiting } from '$lib/api';
import { deviceLinks, mainLinks, sourceOf } from './chain';
import { recostBody } from './recost';
import { hardwareText } from '$lib/runs';
import { causeText, factsOf, runNotes, waitingText, waitingTitle } from './words';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const part = (device: string, kind: string, name: string, quality: 'measured' | 'modelled' = 'measured') => ({ device, kind, name, energy_kwh: 1, quality, method: '' });
const footprint = (change: Partial<Footprint> = {}, run: Partial<Footprint['run']> = {}): Footprint => ({
  schema: '',
  run: { duration_s: 99, scope: 'job', state: 'finished', exit_status: 0, ...run },
  energy_kwh: null,
  facility_energy_kwh: null,
  operational_kgco2e: { value: 0.0041, low: 0.0011, high: 0.0087 },
  quality: 'measured',
  parts: [part('cpu0', 'cpu', 'package-0')],
  factors: {},
  notes: [],
  dominant_uncertainty: null,
  equivalences: [],
  gaps: [],
  not_covered: [],
  ...change,
});

describe('facts of a run', () => {
  it('count GPUs alike, and fall back to the processor', () => {
    const host = { gpu_models: ['A100', 'A100', 'H100'], cpu_model: 'EPYC' };
    expect(hardwareText(footprint({}, { host }))).toBe('2 × A100, 1 × H100');
    expect(hardwareText(footprint({}, { host: { ...host, gpu_models: [] } }))).toBe('EPYC');
    expect(hardwareText(footprint({ parts: [part('gpu', 'gpu', '8 x A100')] }))).toBe('8 × A100');
    expect(hardwareText(footprint())).toBe('');
  });

  it('leave out what is not known', () => {
    expect(factsOf(footprint()).map(plain)).toEqual(['1 min 39 s', 'scope job', 'exit 0']);
    expect(factsOf(footprint({}, { state: 'running' })).map(plain)).toEqual(['since 1 min 39 s', 'scope job']);
  });
});

describe('what must be said with a run', () => {
  const titles = (of: Footprint) => runNotes(of).map((note) => plain(note.title));

  it('names gaps by the longest, devices alike together', () => {
    const gap = (device: string, to_s: number) => ({ device, from_s: 0, to_s, reason: 'NVML: GPU is lost' });
    const notes = runNotes(footprint({ gaps: [gap('a', 60), gap('b', 60), gap('c', 5)] }));
    expect(plain(notes[0]?.title ?? '')).toBe('a and b could not be read for 1 min.');
    expect(notes[0]?.text).toBe('1 more device has shorter gaps. NVML: GPU is lost. What was used then is not known and not in the sum.');
    expect(notes[0]?.link?.to).toBe('#power');
  });

  it('says that all is modelled, that it was interrupted or imported, and each warning once', () => {
    expect(titles(footprint())).toEqual([]);
    const modelled = runNotes(footprint({ parts: [part('cpu0', 'cpu', '', 'modelled')] }));
    expect(modelled[0]?.title).toBe('Nothing here could be read; every watt is modelled.');
    expect(plain(modelled[0]?.text ?? '')).toContain('1 – 9 g');
    expect(titles(footprint({}, { state: 'interrupted', warnings: ['late', 'late'] }))).toEqual(['gramme was stopped before the run ended.', 'Late.']);
    expect(titles(footprint({}, { imported: { file: 'a.csv', line: 3, program: 'X' } }))).toEqual(['Measured by X, and imported.']);
  });
});

describe('waiting', () => {
  const waiting: Waiting = { share_pct: 31, energy_kwh: 35.6, threshold_pct: 10, mostly: 'data-loading', hint: 'look at data loading first', causes: [] };
  it('says how much, mostly when, and what would lower it', () => {
    expect(plain(waitingTitle(waiting))).toBe("31 % of the GPUs' energy was spent while waiting");
    expect(plain(waitingText(waiting))).toBe('36 kWh went into GPUs below 10 % use. Most of it between steps, while CPUs worked: data loading. Look at data loading first.');
    expect(waitingTitle({ ...waiting, energy_kwh: 0 })).toBe('No energy was spent while GPUs waited');
    expect(causeText('new-cause')).toBe('new-cause');
  });
});

describe('a recost', () => {
  it('says only what is typed', () => {
    expect(recostBody({ region: ' ', intensity: '', pue: '' })).toBeUndefined();
    expect(recostBody({ region: 'FRA', intensity: '12,5', pue: '1.2' })).toEqual({ region: 'FRA', intensity: 12.5, pue: 1.2 });
    expect(recostBody({ region: '', intensity: 'much', pue: '' })).toEqual({ intensity: 'much' });
  });
});

describe('the chain', () => {
  const explain: Explain = {
    origin: '',
    energy_kwh: { value: 0.03176, low: 0.02987, high: 0.03383 },
    operational_kgco2e: { value: 0.002027, low: 0.001017, high: 0.004046 },
    devices: ['gpu0', 'gpu1'].map((device, i) => ({
      device,
      kind: 'gpu',
      name: 'A100',
      quality: 'measured' as const,
      method: 'nvml',
      covered_s: 99,
      gap_s: i * 60,
      rule: 'all of it',
      energy_kwh: { expression: '1 J / 3600000', result: 0.01588 },
      share: { expression: null, result: 0.5 },
      sigma: { expression: null, result: 0.03 * (1 + i) },
      sigma_from: 'page',
    })),
    steps: {
      energy_kwh: { expression: null, result: 0.03176 },
      facility_energy_kwh: { expression: '0.03176 kWh x 1.54', result: 0.04892 },
      operational_gco2e: { expression: '0.04892 kWh x 41.44 g/kWh', result: 2.027 },
    },
    factors: { pue: { value: 1.54, source: 'u', chosen: 'mean' }, intensity_gco2e_per_kwh: { value: 41.44, sigma_ln: 0.3, source: 'o', zone_name: 'France', year: 2025, basis: 'lifecycle' } },
    interval: { groups: [{ group: 'g', devices: ['gpu0', 'gpu1'], correlation: '', variance: 0, share_pct: 3 }], sigma: 0, low_factor: 0, high_factor: 0, pue_share_pct: 26, intensity_share_pct: 71 },
    dominant_uncertainty: null,
    not_covered: [],
    disagreements: [],
    sources: [
      { id: 'u', used_for: 'PUE', title: 'Survey', publisher: 'Uptime', year: 2025, licence: 'facts', url: 'https://example.org', note: null },
      { id: 'o', used_for: 'grid', title: '', publisher: '', year: null, licence: '', url: 'javascript:alert(1)', note: null },
    ],
  };

  it('shares the spread of a group out to its devices, and all of it once', () => {
    const shares = [...deviceLinks(explain).map((link) => link.share ?? 0)];
    expect(shares.map((share) => Math.round(share))).toEqual([1, 2]);
    const main = mainLinks(explain);
    expect(main.reduce((sum, link) => sum + (link.share ?? 0), 0)).toBe(100);
    expect(deviceLinks(explain)[1]?.how).toContain('not known for 60 s');
  });

  it('shows one digit more before the result, which obeys its range', () => {
    expect(mainLinks(explain).map((link) => plain(`${link.operator} ${link.value} ${link.unit}`.trim()))).toEqual(['= 31.76 Wh', '× 1.54', '= 48.92 Wh', '× 41.4 g/kWh', '= 2.0 g CO₂e']);
  });

  it('makes no link of an address that is none', () => {
    expect(sourceOf(explain, 'u')).toMatchObject({ title: 'Survey', url: 'https://example.org' });
    expect(sourceOf(explain, 'o')).toMatchObject({ title: 'o', url: null });
    expect(sourceOf(explain, 'x')).toBeUndefined();
  });

  it('stands without factors and without interval', () => {
    const bare: Explain = { ...explain, energy_kwh: null, operational_kgco2e: null, steps: null, factors: null, interval: null };
    expect(mainLinks(bare).map((link) => link.value)).toEqual(['not known', 'not known', 'not known', 'not known', 'not known']);
    expect(deviceLinks(bare)[0]?.share).toBeUndefined();
  });
});
