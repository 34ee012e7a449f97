import { describe, expect, it } from 'vitest';
import type { Windows } from '$lib/api';
import { stretches } from './draw';
import { holesOf, nextHole, placed, withSilence } from './holes';
import { powerCsv, rowsOf } from './rows';
import { marksOf, spansOf } from './spans';
import { bucketAt, layerName, stackOf } from './stack';

const device = (name: string, kind: string, watts: (number | null)[], quality: 'measured' | 'modelled' | 'assumed' = 'measured') => ({
  device: name,
  kind,
  name: '',
  quality,
  watts,
  low_w: watts.map((each) => (each === null ? null : each * 0.9)),
  high_w: watts.map((each) => (each === null ? null : each * 1.2)),
  known: watts.map((each) => (each === null ? 0 : 1)),
});
const windows = (devices: Windows['devices'], gaps: Windows['gaps'] = [], edges = [0, 10, 20, 30]): Windows => ({
  id: 'r',
  duration_s: edges[edges.length - 1] ?? 0,
  from_s: edges[0] ?? 0,
  to_s: edges[edges.length - 1] ?? 0,
  edges_s: edges,
  devices,
  gaps,
});
const four = windows([
  device('dram0', 'memory', [10, 10, 10], 'modelled'),
  device('gpu0', 'gpu', [300, 300, 300]),
  device('gpu1', 'gpu', [200, null, 200]),
  device('plate', 'platform', [5, 5, 5]),
]);

describe('the stack', () => {
  it('lies in the order gpu, cpu, memory, other, whatever the order of the devices', () => {
    const stack = stackOf(four);
    expect(stack.layers.map(layerName)).toEqual(['GPU', 'memory, modelled', 'other']);
    expect(stack.layers.map((layer) => layer.base)).toEqual([
      [0, 0, 0],
      [500, 300, 500],
      [510, 310, 510],
    ]);
    expect(stack.layers.at(-1)?.top).toEqual(stack.total);
  });

  it('counts nothing for what is not known, and says who', () => {
    const stack = stackOf(four);
    expect(stack.total).toEqual([515, 315, 515]);
    expect(stack.missing).toEqual([[], ['gpu1'], []]);
    expect(stack.peak).toBe(515);
    expect(stack.modelledShare).toBeCloseTo(30 / 1345);
    expect(stack.low[0]).toBeCloseTo(463.5);
    expect(stack.high[1]).toBeCloseTo(378);
  });

  it('has a total of null where nothing is known, never 0', () => {
    const stack = stackOf(windows([device('gpu0', 'gpu', [null, 0, null])]));
    expect(stack.total).toEqual([null, 0, null]);
    expect(stack.layers[0]?.watts).toEqual([null, 0, null]);
    expect(stackOf(windows([device('gpu0', 'gpu', [null, null, null])])).layers).toEqual([]);
    expect(stackOf(windows([], [], [])).total).toEqual([]);
  });

  it('keeps ways of knowing apart within a kind', () => {
    const stack = stackOf(windows([device('a', 'gpu', [1, 1, 1]), device('b', 'gpu', [2, 2, 2], 'assumed')]));
    expect(stack.layers.map(layerName)).toEqual(['GPU', 'GPU, assumed']);
  });

  it('finds the bucket of an instant', () => {
    const { edges } = stackOf(four);
    expect([-1, 0, 9.9, 10, 25, 99].map((at) => bucketAt(edges, at))).toEqual([0, 0, 0, 1, 2, 2]);
    expect(bucketAt([0], 0)).toBe(-1);
  });

  it('draws only over what is known', () => {
    expect(stretches([1, 2, null, 3, null])).toEqual([
      [0, 1],
      [3, 3],
    ]);
    expect(stretches([])).toEqual([]);
  });
});

describe('gaps', () => {
  const gap = (name: string, from_s: number, to_s: number, reason = 'lost') => ({ device: name, from_s, to_s, reason });

  it('takes what the server names, and windows without value that it does not name', () => {
    const holes = holesOf(four);
    expect(holes).toEqual([{ from_s: 10, to_s: 20, devices: ['gpu1'], reasons: ['no reading'], all: false, count: 1 }]);
    expect(holesOf({ ...four, gaps: [gap('gpu1', 12, 18)] }).map((each) => [each.from_s, each.to_s])).toEqual([[12, 18]]);
  });

  it('cuts where the devices that lack change, and joins where they do not', () => {
    const list = [gap('a', 0, 20, 'x'), gap('b', 10, 30, 'y'), gap('a', 30, 40, 'z'), gap('a', 40, 50, 'x')];
    const holes = holesOf(windows([device('a', 'gpu', [1]), device('b', 'cpu', [1])], list, [0, 50]));
    expect(holes.map((each) => [each.from_s, each.to_s, each.devices.join(), each.all])).toEqual([
      [0, 10, 'a', false],
      [10, 20, 'a,b', true],
      [20, 30, 'b', false],
      [30, 50, 'a', false],
    ]);
    expect(holes[3]?.reasons).toEqual(['z', 'x']);
  });

  it('leaves out what is not seen', () => {
    expect(holesOf(windows([device('a', 'gpu', [1])], [gap('a', 0, 5), gap('a', 95, 120)], [10, 100]))).toMatchObject([{ from_s: 95, to_s: 100 }]);
  });

  it('is never drawn narrower than 3, and as one where two are near', () => {
    const holes = holesOf(windows([device('a', 'gpu', [1]), device('b', 'gpu', [1])], [gap('a', 10, 11), gap('a', 40, 41), gap('a', 900, 901)], [0, 1000]));
    const drawn = placed(holes, (s) => s / 10);
    expect(drawn).toHaveLength(2);
    expect(drawn[0]).toMatchObject({ from_s: 10, to_s: 41, count: 2 });
    expect((drawn[1]?.right ?? 0) - (drawn[1]?.left ?? 0)).toBeCloseTo(3);
  });

  it('opens where the server stopped answering', () => {
    const silent = withSilence(windows([device('a', 'gpu', [1, 1, 1]), device('b', 'cpu', [1, 1, 1])]), 45);
    expect(holesOf(silent)).toMatchObject([{ from_s: 30, to_s: 45, all: true }]);
    expect(stackOf(silent).total).toEqual([2, 2, 2, null]);
    expect(withSilence(silent, 40)).toBe(silent);
  });

  it('goes round', () => {
    const holes = holesOf(windows([device('a', 'gpu', [1]), device('b', 'gpu', [1])], [gap('a', 10, 20), gap('a', 40, 50)], [0, 100]));
    expect([-1, 10, 30, 40, 99].map((at) => nextHole(holes, at)?.from_s)).toEqual([10, 40, 40, 10, 10]);
    expect(nextHole([], 0)).toBeUndefined();
  });
});

describe('the table of the chart', () => {
  it('has a row for each window and for each gap', () => {
    const rows = rowsOf(stackOf(four), holesOf(four));
    expect(rows.map((row) => row.type)).toEqual(['window', 'gap', 'window', 'window']);
    expect(rows[2]).toMatchObject({ total: 315, missing: ['gpu1'], watts: [300, 10, 5] });
  });

  it('writes plain digits, and nothing for what is not known', () => {
    const lines = powerCsv(stackOf(windows([device('a', 'cpu', [1.5, null, 3])]))).split('\n');
    expect(lines[0]).toBe('from_s,to_s,total_w,low_w,high_w,CPU W,not known');
    expect(lines[1]).toBe('0,10,1.5,1.35,1.8,1.5,');
    expect(lines[2]).toBe('10,20,,,,,a');
  });
});

describe('what the program said', () => {
  const marker = (kind: string, at_s: number, name: string) => ({ kind, at_s, name });

  it('pairs spans by name, the innermost first, in lanes', () => {
    const spans = spansOf(
      [marker('span_begin', 0, 'epoch'), marker('span_begin', 2, 'eval'), marker('span_end', 4, 'eval'), marker('span_end', 10, 'epoch'), marker('span_begin', 10, 'epoch')],
      30,
    );
    expect(spans).toEqual([
      { name: 'epoch', from_s: 0, to_s: 10, open: false, lane: 0 },
      { name: 'eval', from_s: 2, to_s: 4, open: false, lane: 1 },
      { name: 'epoch', from_s: 10, to_s: 30, open: true, lane: 0 },
    ]);
    expect(spansOf([marker('span_end', 1, 'stray')], 5)).toEqual([]);
  });

  it('leaves the training log out', () => {
    expect(marksOf([marker('mark', 1, 'log'), marker('mark', 2, 'saved'), marker('span_end', 3, 'x')])).toEqual([{ name: 'saved', at_s: 2, count: 1 }]);
  });
});
