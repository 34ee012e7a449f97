import { describe, expect, it } from 'vitest';
import { alone, columnUnit, gridText, grouped, intensityText, rangeText, show, showIn, type Dimension } from './index';

// Value, low, high as the API gives them; what is shown. The same vectors hold for present::shown().
const vectors: [number, number, number, Dimension, string][] = [
  [87.03, 70.2, 104, 'carbon', '87 70 104 kg'],
  [1.83, 1.51, 2.23, 'carbon', '1.8 1.5 2.2 kg'],
  [127.3, 120.3, 134.3, 'energy', '127 120 134 kWh'],
  [4.1, 1.9, 8.8, 'carbon', '4.1 1.9 8.8 kg'],
  [0.000412, 0.00033, 0.00051, 'carbon', '410 330 510 mg'],
  [1234.6, 980, 1560, 'carbon', '1.23 0.98 1.56 t'],
  [552000, 502000, 607000, 'carbon', '550 500 610 t'],
  [0.000021, 0.000018, 0.000025, 'energy', '76 65 90 J'],
  [0.0124, 0.0021, 0.071, 'carbon', '12 2 71 g'],
  [999.6, 940, 1063, 'carbon', '1.00 0.94 1.06 t'],
  [996, 940, 1055, 'carbon', '1.00 0.94 1.06 t'],
  [0.0009996, 0.0009, 0.0011, 'carbon', '1.00 0.90 1.10 g'],
  [310, 150, 640, 'water', '310 150 640 l'],
  [3.2, 0, 12, 'carbon', '3 0 12 kg'],
  [12.004, 11.99, 12.02, 'carbon', '12.00 11.99 12.02 kg'],
];

describe('an estimate as it is shown', () => {
  it.each(vectors)('%d (%d to %d) %s is %s', (value, low, high, dimension, expected) => {
    const shown = show({ value, low, high }, dimension);
    expect(`${shown.value} ${shown.low} ${shown.high} ${shown.unit}`).toBe(expected);
  });

  it('gives one digit more in the sum, in the same unit', () => {
    expect(show({ value: 127.3, low: 120.3, high: 134.3 }, 'energy', 1)).toMatchObject({ value: '127.3', unit: 'kWh' });
    expect(show({ value: 999.6, low: 940, high: 1063 }, 'carbon', 1)).toMatchObject({ value: '1.000', unit: 't' });
  });

  it('never prints a positive low as 0', () => {
    expect(show({ value: 12, low: 0.02, high: 90 }, 'carbon').low).toBe('0.02');
  });

  it('says exact where nothing is uncertain, and keeps a true zero', () => {
    expect(alone(1.58, 'energy')).toMatchObject({ value: '1.58', exact: true });
    expect(alone(0, 'carbon')).toMatchObject({ value: '0', unit: 'kg', exact: true });
  });

  it('groups for eyes only', () => {
    expect(grouped('12345')).toBe('12\u202f345');
    expect(grouped('1284')).toBe('1284');
    expect(grouped('-1234567.25')).toBe('\u22121\u202f234\u202f567.25');
  });

  it('holds one unit in a column while its span is below 10 000', () => {
    expect(columnUnit([0.9, 12, 87], 'carbon')).toBe('kg');
    expect(columnUnit([16, 1000], 'carbon')).toBe('kg');
    expect(columnUnit([0.001, 87], 'carbon')).toBeUndefined();
    expect(columnUnit([], 'carbon')).toBeUndefined();
    expect(rangeText(showIn({ value: 0.42, low: 0.33, high: 0.51 }, 'carbon', 'kg'))).toBe('0.33 – 0.51');
  });

  it('prints a grid figure with the digits that it supports', () => {
    expect(intensityText(41.44, 0.3)).toBe('41');
    expect(intensityText(41.44, 0.3, 1)).toBe('41.4');
    expect(intensityText(432.727, 0)).toBe('432.7');
    expect(intensityText(0, 0.3)).toBe('0');
    expect([902.2, 35.26, 9.96, 6.94, 0].map(gridText)).toEqual(['902', '35', '10', '6.9', '0']);
  });
});
