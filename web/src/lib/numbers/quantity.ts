// What an estimate looks like: unit from the middle value as it prints, digits from the interval. Twin of
// present::shown() in src/present/numbers.cpp.
import { firstDigit, firstPlace, grouped, isZero, rounded, significant } from './decimal';

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** In what the API gives them: carbon kg, energy kWh, power W, water l. */
export type Dimension = 'carbon' | 'energy' | 'power' | 'water';

export interface Unit {
  name: string;
  size: number; // in the unit of the API
  smallest: number; // the least printed value for which this unit is taken
}

const units: Record<Dimension, readonly Unit[]> = {
  carbon: [
    { name: 't', size: 1e3, smallest: 1 },
    { name: 'kg', size: 1, smallest: 1 },
    { name: 'g', size: 1e-3, smallest: 1 },
    { name: 'mg', size: 1e-6, smallest: 0 },
  ],
  energy: [
    { name: 'GWh', size: 1e6, smallest: 1 },
    { name: 'MWh', size: 1e3, smallest: 1 },
    { name: 'kWh', size: 1, smallest: 1 },
    { name: 'Wh', size: 1e-3, smallest: 0.1 },
    { name: 'J', size: 1 / 3.6e6, smallest: 0 },
  ],
  power: [
    { name: 'MW', size: 1e6, smallest: 1 },
    { name: 'kW', size: 1e3, smallest: 1 },
    { name: 'W', size: 1, smallest: 0 },
  ],
  water: [
    { name: 'm³', size: 1e3, smallest: 1 },
    { name: 'l', size: 1, smallest: 1 },
    { name: 'ml', size: 1e-3, smallest: 0 },
  ],
};

const zeroUnit: Record<Dimension, string> = { carbon: 'kg', energy: 'kWh', power: 'W', water: 'l' };

/** Plain digits: for copying, and for arithmetic of tests. `grouped` makes them fit for eyes. */
export interface Shown {
  value: string;
  low: string;
  high: string;
  unit: string;
  exact: boolean; // there is no interval: typed, or worked out from typed numbers
}

/** Power of ten of the last digit that the interval supports. */
export function placeOf(value: number, low: number, high: number): number {
  const narrower = Math.min(value - low, high - value);
  const first = firstPlace(value);
  if (!(narrower > 0)) {
    return first - 3;
  }
  const place = firstPlace(narrower) - (firstDigit(narrower) <= 2 ? 1 : 0);
  return Math.min(Math.max(place, first - 3), first);
}

// A positive bound never prints as 0: it gets one digit of its own.
function bound(value: number, place: number): string {
  const text = rounded(value, place);
  return value > 0 && isZero(text) ? rounded(value, firstPlace(value)) : text;
}

function shownIn(estimate: Estimate, unit: Unit, more: number): Shown {
  const [value, low, high] = [estimate.value / unit.size, estimate.low / unit.size, estimate.high / unit.size];
  if (estimate.low === estimate.value && estimate.high === estimate.value) {
    const text = significant(value, 4);
    return { value: text, low: text, high: text, unit: unit.name, exact: true };
  }
  const place = placeOf(value, low, high) - more;
  return { value: rounded(value, place), low: bound(low, place), high: bound(high, place), unit: unit.name, exact: false };
}

/** `more`: digits beyond what the interval supports; 1 in the sum and the chain, where a reader multiplies. */
export function show(estimate: Estimate, dimension: Dimension, more = 0): Shown {
  if (estimate.value === 0) {
    const exact = estimate.low === 0 && estimate.high === 0;
    return { value: '0', low: '0', high: '0', unit: zeroUnit[dimension], exact };
  }
  let out: Shown | undefined;
  for (const unit of units[dimension]) {
    out = shownIn(estimate, unit, more);
    // The unit is that of the number as it prints everywhere else, so a digit more does not change it.
    if (Number(shownIn(estimate, unit, 0).value) >= unit.smallest) {
      break;
    }
  }
  return out as Shown;
}

/** The same in a unit that is given: for axes, and columns of one unit. Of an unknown name: its own unit. */
export function showIn(estimate: Estimate, dimension: Dimension, unitName: string): Shown {
  const unit = units[dimension].find((each) => each.name === unitName);
  return unit === undefined || estimate.value === 0 ? show(estimate, dimension) : shownIn(estimate, unit, 0);
}

/** One unit for a column, where its span is below 10^4: that of its smallest value while the largest then has at most four
    digits before the point, else that of the largest. Wider than that: undefined, unit by cell. */
export function columnUnit(values: readonly number[], dimension: Dimension): string | undefined {
  const known = values.filter((value) => value > 0);
  if (known.length === 0 || Math.max(...known) / Math.min(...known) >= 1e4) {
    return undefined;
  }
  const least = unitFor(Math.min(...known), dimension);
  const most = Math.max(...known);
  return (most / least.size < 1e4 ? least : unitFor(most, dimension)).name;
}

/** The unit in which `value` prints from 1 on. */
export function unitFor(value: number, dimension: Dimension): Unit {
  const list = units[dimension];
  const found = list.find((unit) => Number(significant(value / unit.size, 4)) >= Math.max(unit.smallest, 1e-300));
  return found ?? (list[list.length - 1] as Unit);
}

/** A number that has no interval. */
export const exact = (value: number): Estimate => ({ value, low: value, high: value });

/** A number without interval: as given, at most four digits. */
export function alone(value: number, dimension: Dimension): Shown {
  return show(exact(value), dimension);
}

/** g/kWh in a list, where its uncertainty is not at hand: whole from 10 on. */
export function gridText(value: number): string {
  return grouped(value >= 9.95 ? rounded(value, 0) : significant(value, 2));
}

/** g/kWh, with the digits that its uncertainty supports; `more` as in show(). Without one: as given. */
export function intensityText(value: number, sigmaLn: number | null | undefined, more = 0): string {
  if (!sigmaLn || value === 0) {
    return grouped(significant(value, 4));
  }
  const half = 1.96 * sigmaLn;
  return grouped(rounded(value, placeOf(value, value * Math.exp(-half), value * Math.exp(half)) - more));
}
