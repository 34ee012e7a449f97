import { describe, expect, it } from 'vitest';
import type { Windows } from '$lib/api';
import { holesOf } from './holes';
import { stackOf } from './stack';
import { clockTicks, sinceTicks } from './ticks';
import { bucketText, energyTitle, holeText, instantText, listText, totalText, wattText } from './words';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const device = (device: string, kind: string, watts: (number | null)[], spread: number, quality: 'measured' | 'modelled' = 'measured') => ({
  device,
  kind,
  name: '',
  quality,
  watts,
  low_w: watts.map((each) => each && each * (1 - spread)),
  high_w: watts.map((each) => each && each * (1 + spread)),
  known: watts.map((each) => (each === null ? 0 : 1)),
});
const windows: Windows = {
  id: 'r',
  started_at: '2026-11-23T10:00:00',
  duration_s: 120000,
  from_s: 93000,
  to_s: 95000,
  edges_s: [93000, 94000, 95000],
  devices: [device('gpu0', 'gpu', [2550, 2550], 0.05), device('cpu0', 'cpu', [160, 160], 0.05), device('dram0', 'memory', [70, null], 0.05, 'modelled')],
  gaps: [{ device: 'dram0', from_s: 94000, to_s: 94060, reason: 'NVML: GPU is lost' }],
};
const stack = stackOf(windows);

describe('what pointer and keys say', () => {
  it('says instant, total with range, kinds, and what is modelled', () => {
    expect(plain(bucketText(stack, [], 0, windows.started_at, new Date('2026-11-25T12:00:00')))).toBe(
      '1 d 2 h, yesterday, 11:58: 2.78 kW, between 2.64 and 2.92. GPU 2.55, CPU 0.16, memory 0.07 modelled.',
    );
  });

  it('names the gap and calls the rest the known part', () => {
    const text = plain(bucketText(stack, holesOf(windows), 1));
    expect(text).toBe('1 d 2 h: known part 2.71 kW, between 2.57 and 2.85. GPU 2.55, CPU 0.16. dram0 not known for 1 min from 1 d 2 h: NVML: GPU is lost.');
  });

  it('never makes a number of what is not known', () => {
    const none = { ...windows, devices: [device('gpu0', 'gpu', [null, 5], 0.1)], gaps: [] };
    expect(plain(bucketText(stackOf(none), holesOf(none), 0))).toBe('1 d 2 h: not known. Nothing is known for 16 min 40 s from 1 d 2 h: no reading.');
    expect(totalText(stackOf(none), 0)).toBe('not known');
    expect(bucketText(stackOf(none), [], 7)).toBe('nothing recorded');
  });

  it('counts gaps that are drawn as one', () => {
    expect(plain(holeText({ from_s: 60, to_s: 90, devices: ['a', 'b', 'c', 'd'], reasons: [], all: false, count: 3 }))).toBe(
      'a, b and 2 others not known 3 gaps within 30 s from 1 min: no reading.',
    );
  });

  it('lists names', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((names) => listText(names))).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });

  it('tells an instant with its moment', () => {
    expect(instantText(0)).toBe('0');
    expect(plain(instantText(41))).toBe('41 s');
    expect(plain(instantText(41, 'nonsense'))).toBe('41 s');
    expect([0.0011, 63.21, 1339.4].map((watts) => plain(wattText(watts)))).toEqual(['0.0011 W', '63.2 W', '1.34 kW']);
  });
});

describe('a heading claims only what holds', () => {
  const part = (kind: string, energy_kwh: number | null, name = '') => ({ kind, energy_kwh, name });
  it.each([
    [[part('gpu', 94, '8 x NVIDIA A100'), part('cpu', 6)], 'GPUs took 94 % of the energy'],
    [[part('gpu', 46), part('gpu', 46), part('cpu', 8)], 'GPUs took 92 % of the energy'],
    [[part('gpu', 60), part('cpu', 40)], 'The GPU took 60 % of the energy'],
    [[part('gpu', 59), part('cpu', 41)], 'Energy by device'],
    [[part('memory', 9), part('cpu', 1)], 'Memory took 90 % of the energy'],
    [[part('platform', 9), part('cpu', 1)], 'Energy by device'],
    [[part('gpu', null)], 'Energy by device'],
    [[], 'Energy by device'],
  ])('%j', (parts, title) => {
    expect(plain(energyTitle(parts))).toBe(title);
  });
});

describe('ticks of time', () => {
  const labels = (ticks: { label: string }[]) => ticks.map((tick) => plain(tick.label));
  it.each([
    [0, 99, 10, ['0', '10 s', '20 s', '30 s', '40 s', '50 s', '1:00 min', '1:10 min', '1:20 min', '1:30 min']],
    [0, 0.5, 5, ['0', '0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s']],
    [0, 600, 6, ['0', '2 min', '4 min', '6 min', '8 min', '10 min']],
    [5400, 9000, 4, ['1:30 h', '1:45 h', '2:00 h', '2:15 h', '2:30 h']],
    [0, 302400, 8, ['0', '12 h', '24 h', '36 h', '2 d', '2 d 12 h', '3 d', '3 d 12 h']],
    [0, 1209600, 8, ['0', '2 d', '4 d', '6 d', '8 d', '10 d', '12 d', '14 d']],
  ])('%d to %d s', (from, to, most, expected) => {
    expect(labels(sinceTicks(from, to, most))).toEqual(expected);
  });

  it('follows the clock of the reader, and names the day where it turns', () => {
    const ticks = clockTicks(0, 6 * 3600, 6, '2026-11-23T21:30:00');
    expect(labels(ticks)).toEqual(['22:00', '23:00', '24 Nov', '01:00', '02:00', '03:00']);
    expect(ticks[0]?.at_s).toBe(1800);
    expect(clockTicks(0, 60, 4, 'nonsense')).toEqual([]);
  });
});
