// A drawing as a list of marks: lines and areas as paths, words as texts. Pure, so that tests read what is drawn.
import { clockText, columnUnit, exact, grouped, showIn, significant, ticksTo, type Estimate } from '$lib/numbers';
import { stepOf } from '../regions/carbon';
import { axisOf, type Axis } from './axis';
import { timeTicks, type Lane, type Period } from './when';

/** `kind`: class of Drawing.svelte. Anchor of a text: start where it is left out. */
export type Mark = { kind: string; d: string } | { kind: string; x: number; y: number; text: string; anchor?: 'middle' | 'end' };

export interface Drawn {
  marks: Mark[];
  height: number;
}

const n = (value: number) => String(Math.round(value * 10) / 10);
export const box = (x: number, y: number, width: number, height: number) => `M${n(x)} ${n(y)}h${n(Math.max(width, 0))}v${n(height)}h${n(-Math.max(width, 0))}z`;
const dot = (x: number, y: number, r: number) => `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const across = (x: number, y: number, to: number) => `M${n(x)} ${n(y)}H${n(to)}`;
const joined = (points: readonly (readonly [number, number])[]) => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('');
const ms = (iso: string | undefined) => Date.parse(iso ?? '');

/** The share of the peak on a rule from 0 to 100 %, with the band of published trainings. */
export function shareMarks(value: number, low: number, high: number, width: number): Mark[] {
  const x = (share: number) => 8 + Math.min(1, share) * (width - 16);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    ...(low < high ? [{ kind: 'band', d: box(x(low), 8, x(high) - x(low), 22) }, { kind: 'end', d: `M${n(x(low))} 7v24M${n(x(high))} 7v24` }] : []),
    { kind: 'value', d: `M${n(x(value))} 3v32` },
    { kind: 'axis', d: across(8, 40, width - 8) + ticks.map((tick) => `M${n(x(tick))} 40v5`).join('') },
    ...ticks.map((tick): Mark => ({ kind: '', x: x(tick), y: 59, text: tick === 1 ? '100\u00a0%' : String(100 * tick), ...(tick === 0 ? {} : { anchor: tick === 1 ? 'end' : 'middle' }) })),
  ];
}

/** A value and its range in a cell of a table, on a scale of powers of ten: no bar, since its length would mean nothing. */
export function rangeMarks({ value, low, high }: Estimate, axis: Axis, width: number): Mark[] {
  const x = (at: number) => 2 + axis.at(at) * Math.max(0, width - 14);
  return [
    { kind: 'grid', d: axis.ticks.map((tick) => `M${n(x(tick))} 0v22`).join('') },
    ...(high > low ? [{ kind: 'band edged', d: box(x(low), 5.5, Math.max(1, x(high) - x(low)), 11) }] : []),
    { kind: 'value', d: `M${n(x(value))} 2.5v17` },
  ];
}

export interface WhenDrawn extends Drawn {
  /** Index of the period at a place; -1: none. */
  under: (x: number) => number;
}

/** Intensity as steps in the colour of grid carbon; below it the runs as blocks: the best outlined, pauses hollow. */
export function whenMarks(periods: readonly Period[], lanes: readonly Lane[], width: number, at: number, day: (at: number) => string): WhenDrawn {
  const [plot, right] = [180, width - 8];
  const aside = width >= 480; // names of the lanes beside them, else above each
  const left = aside ? 84 : 40;
  const [from, until] = [periods[0]?.from ?? 0, periods[periods.length - 1]?.until ?? 1];
  const x = (moment: number) => left + ((moment - from) / (until - from)) * (right - left);
  const ticks = ticksTo(Math.max(1, ...periods.map((each) => each.grams)), 4);
  const zero = 14 + plot;
  const y = (grams: number) => zero - (grams / (ticks[ticks.length - 1] ?? 1)) * plot;
  const rows = aside ? 26 : 44;
  const below = zero + 26;
  const height = below + lanes.length * rows + 8;
  const marks: Mark[] = [];
  for (const tick of ticks) {
    marks.push({ kind: 'grid', d: across(left, y(tick), right) }, { kind: '', x: left - 6, y: y(tick) + 4, text: grouped(significant(tick, 4)), anchor: 'end' });
  }
  for (const each of periods) {
    marks.push({ kind: `step-${stepOf(each.grams)}`, d: box(x(each.from), y(each.grams), x(each.until) - x(each.from), zero - y(each.grams)) });
  }
  marks.push({ kind: 'axis', d: periods.map((each, i) => `${i === 0 ? 'M' : 'L'}${n(x(each.from))} ${n(y(each.grams))}H${n(x(each.until))}`).join('') + across(left, zero, right) });
  for (const tick of timeTicks(from, until, (width - left) / 56)) {
    const place = x(tick.at);
    const anchor = place > width - 24 ? 'end' : place < left + 16 ? undefined : 'middle';
    marks.push({ kind: 'axis', d: `M${n(place)} ${zero}v5` }, { kind: '', x: place, y: zero + 18, text: tick.day ? day(tick.at) : clockText(new Date(tick.at)), ...(anchor ? { anchor } : {}) });
  }
  lanes.forEach((lane, i) => {
    const top = below + i * rows + (aside ? 2 : 20);
    const [first, last] = [x(ms(lane.runs[0]?.from)), x(ms(lane.runs[lane.runs.length - 1]?.until))];
    marks.push(aside ? { kind: 'name', x: left - 8, y: top + 11, text: lane.name, anchor: 'end' } : { kind: 'name', x: Math.min(first, width - 90), y: top - 6, text: lane.name });
    if (lane.runs.length > 1) {
      marks.push({ kind: 'pause', d: box(first, top, last - first, 14) });
    }
    for (const run of lane.runs) {
      marks.push({ kind: i > 0 ? 'run best' : 'run', d: box(x(ms(run.from)), top, Math.max(2, x(ms(run.until)) - x(ms(run.from))), 14) });
    }
  });
  const here = periods[at];
  if (here) {
    marks.push({ kind: 'cursor', d: `M${n(x((here.from + here.until) / 2))} 8V${height - 6}` });
  }
  return { marks, height, under: (px) => periods.findIndex((each) => px >= x(each.from) && px < x(each.until)) };
}

export interface Dot {
  label: string;
  hours: Estimate;
  carbon: Estimate;
  front: boolean;
}

export interface WhereDrawn extends Drawn {
  under: (x: number, y: number) => number;
}

/** Hours against carbon: a ring for each way, those that no other beats filled and joined. */
export function whereMarks(dots: readonly Dot[], now: string | null, width: number, at: number): WhereDrawn {
  const height = 320;
  const [left, right, top, bottom] = [44, width - 12, 22, height - 40];
  const hours = axisOf(dots.map((each) => each.hours.value));
  const carbon = axisOf(dots.map((each) => each.carbon.value));
  const unit = columnUnit(dots.map((each) => each.carbon.value), 'carbon') ?? 'kg';
  const x = (value: number) => left + hours.at(value) * (right - left);
  const y = (value: number) => bottom - carbon.at(value) * (bottom - top);
  const powers = (axis: Axis) => (axis.log ? ', by powers of ten' : '');
  const place = (each: Dot) => [x(each.hours.value), y(each.carbon.value)] as const;
  const marks: Mark[] = [{ kind: 'axis', d: across(left, bottom, right) }];
  for (const tick of carbon.ticks) {
    marks.push({ kind: 'grid', d: across(left, y(tick), right) }, { kind: '', x: left - 6, y: y(tick) + 4, text: grouped(significant(Number(showIn(exact(tick), 'carbon', unit).value), 4)), anchor: 'end' });
  }
  hours.ticks.forEach((tick, i) => {
    marks.push({ kind: 'axis', d: `M${n(x(tick))} ${bottom}v5` }, { kind: '', x: x(tick), y: bottom + 18, text: grouped(significant(tick, 4)), anchor: i === hours.ticks.length - 1 ? 'end' : 'middle' });
  });
  marks.push({ kind: '', x: 0, y: 10, text: `${unit} CO₂e${powers(carbon)}` }, { kind: '', x: right, y: height - 6, text: `hours${powers(hours)}`, anchor: 'end' });
  const front = dots.filter((each) => each.front).sort((a, b) => a.hours.value - b.hours.value);
  marks.push({ kind: 'rest', d: dots.filter((each) => !each.front).map((each) => dot(...place(each), 4)).join('') });
  marks.push({ kind: 'front', d: joined(front.map(place)) }, { kind: 'dot', d: front.map((each) => dot(...place(each), 5)).join('') });
  for (const each of new Set([dots[at], dots.find((one) => one.label === now)])) {
    if (each) {
      const [px, py] = place(each);
      const ends = [each.carbon.low, each.carbon.high].map((value) => n(y(value)));
      const end = px > width / 2;
      marks.push({ kind: 'ring', d: `M${n(px)} ${ends.join('V')}${ends.map((value) => `M${n(px - 4)} ${value}h8`).join('')}${dot(px, py, 8)}` });
      marks.push({ kind: 'label', x: px + (end ? -14 : 14), y: py - 10, text: each.label === now ? `now, ${each.label}` : each.label, ...(end ? { anchor: 'end' } : {}) });
    }
  }
  const under = (px: number, py: number) => {
    const far = dots.map((each) => Math.hypot(place(each)[0] - px, place(each)[1] - py));
    const best = far.indexOf(Math.min(...far));
    return (far[best] ?? Infinity) < 40 ? best : -1;
  };
  return { marks, height, under };
}
