// Numbers of plans that are neither carbon nor energy: hours, counts, operations. Digits by the interval, as everywhere.
import { durationText, grouped, placeOf, rangeText, rounded, show, showIn, significant, type Estimate } from '$lib/numbers';

const space = '\u00a0';

export interface Told {
  value: string;
  /** "40 – 80"; empty: no interval. */
  range: string;
  unit: string;
}

type Sizes = readonly (readonly [number, string])[];

const counts: Sizes = [
  [1e15, 'quadrillion'],
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
  [1, ''],
];
// Of hours. Days from two on.
const clock: Sizes = [
  [24, 'd'],
  [1, 'h'],
  [1 / 60, 'min'],
  [1 / 3600, 's'],
];

const far = 30;

function told(estimate: Estimate, sizes: Sizes, least: number): Told {
  const { value, low, high } = estimate;
  const [size, unit] = sizes.find(([each]) => value >= each * (each > 1 ? least : 1)) ?? sizes[sizes.length - 1] ?? [1, ''];
  const [v, l, h] = [value / size, low / size, high / size];
  if (low === value && high === value) {
    return { value: grouped(significant(v, 3)), range: '', unit };
  }
  if (low > 0 && high / low > far) {
    return { value: grouped(significant(v, 2)), range: `${grouped(significant(l, 1))} – ${grouped(significant(h, 1))}`, unit }; // as the command has it
  }
  const place = placeOf(v, l, h);
  const bound = (each: number) => {
    const text = rounded(each, place);
    return grouped(each > 0 && Number(text) === 0 ? significant(each, 1) : text);
  };
  return { value: grouped(rounded(v, place)), range: `${bound(l)} – ${bound(h)}`, unit };
}

export const countOf = (estimate: Estimate): Told => told(estimate, counts, 1);
/** An exact one as every duration of the page: 9 d 12 h. */
export function wallOf(hours: Estimate): Told {
  const sure = hours.low === hours.value && hours.high === hours.value;
  return sure ? { value: durationText(hours.value * 3600), range: '', unit: '' } : told(hours, clock, 2);
}

export function toldText({ value, unit }: Told): string {
  return unit === '' ? value : value + space + unit;
}

/** "7 d, between 3 and 13". */
export function proseOf(each: Told): string {
  return toldText(each) + (each.range === '' ? '' : `, between ${each.range.replace(' – ', ' and ')}`);
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 8.4 × 10²² */
export function powerText(value: number): string {
  const [digits = '', power = ''] = value.toExponential(1).split('e+');
  return `${digits}${space}×${space}10${[...power].map((each) => raised[Number(each)]).join('')}`;
}

/** Carbon and its range for two cells: in the unit of the column, else each in its own. */
export function carbonCells(carbon: Estimate, unit: string | undefined): [string, string] {
  const shown = unit ? showIn(carbon, 'carbon', unit) : show(carbon, 'carbon');
  return [grouped(shown.value) + (unit ? '' : space + shown.unit), rangeText(shown)];
}

/** "9.4 %" of a share. */
export const shareText = (share: number) => `${grouped(significant(100 * share, 3))}${space}%`;
