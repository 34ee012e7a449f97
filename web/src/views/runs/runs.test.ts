import { describe, expect, it } from 'vitest';
import type { RunRow } from '$lib/api';
import { marksOfRow } from './marks';
import { sparkPath, withSample } from './power';
import { addressOf, defaultSort, filterQuery, isFiltered, listQuery, liveMatches, pageText, stateOf } from './state';
import { whiskerScale } from './whiskers';

const now = new Date('2026-11-26T10:00:00Z');
const state = (query: string) => stateOf(new URLSearchParams(query));

describe('the address of the list', () => {
  it('says only what differs, and reads back what it says', () => {
    expect(addressOf(state(''))).toBe('/runs');
    const query = 'q=a+b&project=x%26y&tag=k%3Dv&from=12m&sort=-carbon&page=3';
    expect(addressOf(state(query))).toBe(`/runs?${query}`);
  });

  it('takes no order and no page that there is not', () => {
    expect(state('sort=;drop&page=-2')).toMatchObject({ sort: defaultSort, page: 1 });
    expect(state('page=1.5').page).toBe(1);
    expect(isFiltered(state('sort=name&page=2'))).toBe(false);
    expect(isFiltered(state('q=x'))).toBe(true);
  });

  it.each([
    ['', undefined, undefined],
    ['month', '2026-11-01', undefined],
    ['30d', '2026-10-27', undefined],
    ['12m', '2025-11-26', undefined],
    ['2026-12', '2026-12-01', '2027-01-01'],
    ['2026-05-03', '2026-05-03', undefined],
  ])('time "%s" begins at %s and ends before %s', (from, begin, end) => {
    const query = filterQuery({ ...state(''), from }, now);
    expect([query['from'], query['until']]).toEqual([begin, end]);
  });

  it('asks for a page', () => {
    expect(listQuery(state('page=2'), now)).toMatchObject({ page: 2, limit: 50, sort: '-started' });
    expect(pageText(state('page=2'), 50, 1284)).toEqual({ first: 51, last: 100, pages: 26 });
    expect(pageText(state(''), 0, 0)).toEqual({ first: 0, last: 0, pages: 1 });
  });

  it('lets live runs through where the filters do', () => {
    const run = { id: '01ab', name: 'BERT', project: 'language' };
    expect(liveMatches(run, state('q=bert'))).toBe(true);
    expect(liveMatches(run, state('q=vit'))).toBe(false);
    expect(liveMatches(run, state('project=vision'))).toBe(false);
    expect(liveMatches(run, state('tag=k'))).toBe(false);
    expect(liveMatches(run, state('page=2'))).toBe(false);
    expect(liveMatches(run, state('from=2026-05'))).toBe(false);
  });
});

describe('rows', () => {
  const row: RunRow = { id: 'a', project: '', name: '', state: 'finished', started_at: '', duration_s: 1, exit_status: 0, energy_kwh: 1, operational_kgco2e: null, has_gaps: false, tags: {}, quality: 'measured' };

  it('say under the name only what a reader should know', () => {
    expect(marksOfRow(row)).toEqual([]);
    expect(marksOfRow({ ...row, has_gaps: true, quality: 'modelled', exit_status: 3 }).map((mark) => mark.text)).toEqual(['with gaps', 'exit 3', 'modelled']);
    expect(marksOfRow({ ...row, state: 'interrupted', exit_status: null, imported_from: 'X 1', part_of: 'b' }).map((mark) => mark.text)).toEqual(['interrupted', 'imported', 'part of another run']);
  });

  it('share one scale of powers of ten', () => {
    const scale = whiskerScale([{ value: 2, low: 1.5, high: 900 }, null, { value: 0, low: 0, high: 0 }]);
    expect(scale?.range).toEqual([1, 1000]);
    expect(scale?.label.replaceAll('\u00a0', ' ')).toBe('1 kg to 1 t');
    expect(whiskerScale([null])).toBeUndefined();
    expect(whiskerScale([{ value: 1, low: 1, high: 1 }])?.range).toEqual([1, 10]);
  });
});

describe('the moving line', () => {
  it('keeps two minutes, one sample for an instant', () => {
    const samples = [0, 100, 200].reduce((all, at_s) => withSample(all, { at_s, watts: 1 }), [] as { at_s: number; watts: number | null }[]);
    expect(samples.map((each) => each.at_s)).toEqual([100, 200]);
    expect(withSample(samples, { at_s: 200, watts: 5 })).toEqual([
      { at_s: 100, watts: 1 },
      { at_s: 200, watts: 5 },
    ]);
    expect(withSample(samples, { at_s: 150, watts: 5 })).toHaveLength(2);
  });

  it('is open where nothing is known', () => {
    const path = sparkPath([{ at_s: 10, watts: 4 }, { at_s: 20, watts: null }, { at_s: 30, watts: 2 }], 120, 24);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain('NaN');
    expect(sparkPath([], 120, 24)).toBe('');
    expect(sparkPath([{ at_s: 1, watts: null }], 120, 24)).toBe('');
  });
});
