import { describe, expect, it } from 'vitest';
import type { Part } from '../api';
import { csvField, endText, gapSeconds, gapsOf, gapText, qualityShares, qualityText, runsCsv, runTitle } from '.';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const gap = (device: string, from_s: number, to_s: number) => ({ device, from_s, to_s, reason: '' });
const part = (quality: Part['quality'], kind: string, energy_kwh: number | null): Part => ({ device: kind, kind, name: '', energy_kwh, quality, method: '' });

describe('runs', () => {
  it('are called by their name, else by their id', () => {
    expect(runTitle({ name: ' bert ', id: 'x' })).toBe('bert');
    expect(runTitle({ name: '  ', id: '01a21740-b75d-7575-bc55' })).toBe('run 01a21740-b75d');
    expect(runTitle({ name: '<b>x</b>' })).toBe('<b>x</b>');
  });

  it('say how they ended', () => {
    expect(endText({ state: 'finished', exit_status: 0 })).toBe('exit 0');
    expect(endText({ state: 'finished', exit_status: 137, signal: 9 })).toBe('killed by SIGKILL');
    expect(endText({ state: 'finished', signal: 40 })).toBe('killed by signal 40');
    expect(endText({ state: 'interrupted', exit_status: 0 })).toBe('interrupted');
    expect(endText({ state: 'running' })).toBe('');
    expect(endText({ state: 'finished', exit_status: null })).toBe('');
  });

  it('add up gaps by device, what overlaps once', () => {
    expect(gapSeconds([gap('a', 0, 10), gap('b', 0, 4), gap('a', 5, 12), gap('a', 20, 21)])).toEqual([
      { device: 'a', seconds: 13 },
      { device: 'b', seconds: 4 },
    ]);
  });

  it('say what is not counted', () => {
    expect(gapText([])).toBe('');
    expect(plain(gapText([gap('gpu3', 0, 60)]))).toBe('not counting 1 min of gpu3');
    expect(plain(gapText([gap('a', 0, 10), gap('b', 0, 10), gap('c', 0, 2)]))).toBe('not counting 10 s of a, b and 2 s of c');
    expect(plain(gapText([gap('a', 0, 30), gap('b', 0, 20), gap('c', 0, 10), gap('d', 0, 5)]))).toBe('not counting 30 s of a, 20 s of b and 2 more');
    expect(plain(gapText('abcdef'.split('').map((device) => gap(device, 0, 5))))).toBe('not counting 5 s of 6 devices');
  });

  it('of a live run a device that went silent is a gap before the run says so', () => {
    const run = { state: 'running', duration_s: 100 };
    const parts = [
      { ...part('measured', 'gpu', 1), covered_s: 99 },
      { ...part('measured', 'cpu', 1), covered_s: 40 },
    ];
    expect(gapsOf({ run, parts, gaps: [] })).toEqual([{ device: 'cpu', from_s: 40, to_s: 100, reason: 'no reading since' }]);
    expect(gapsOf({ run: { ...run, state: 'finished' }, parts, gaps: [] })).toEqual([]);
    expect(gapsOf({ run, parts, gaps: [gap('cpu', 40, 90)] })).toHaveLength(1);
  });

  it('share their energy out by how it is known', () => {
    const shares = qualityShares([part('measured', 'gpu', 97), part('modelled', 'memory', 3), part('modelled', 'cpu', null)]);
    expect(shares.map((each) => plain(qualityText(each, false)))).toEqual(['measured 97 %', 'modelled 3 %: memory']);
    expect(qualityText({ quality: 'measured', share: 1, kinds: ['gpu'] }, true)).toBe('measured');
    expect(qualityShares([part('measured', 'gpu', null)])).toEqual([]);
    expect(qualityShares([part('measured', 'gpu', 0), part('modelled', 'memory', 0)]).map((each) => [each.quality, each.share])).toEqual([['modelled', 1]]);
    expect(qualityShares([part('measured', 'gpu', 0), part('measured', 'cpu', null)])).toEqual([]);
  });
});

describe('rows for a spreadsheet', () => {
  it('never are a formula, and keep their field', () => {
    expect(csvField('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
    expect(csvField('-1')).toBe("'-1");
    expect(csvField(-1)).toBe('-1');
    expect(csvField('a,b\n"c"')).toBe('"a,b\n""c"""');
    expect([csvField(null), csvField(undefined), csvField(false)]).toEqual(['', '', 'false']);
  });

  it('have a head and a line each', () => {
    const row = { id: 'a', project: 'p', name: '', state: 'finished' as const, started_at: 't', duration_s: 1.5, energy_kwh: null, operational_kgco2e: null, has_gaps: true, tags: {} };
    const [head, line, end] = runsCsv([row]).split('\n');
    expect(head?.split(',').length).toBe(line?.split(',').length);
    expect(line).toBe('a,,p,t,1.5,,,,,,true,,,finished,');
    expect(end).toBe('');
  });
});
