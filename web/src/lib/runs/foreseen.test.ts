import { describe, expect, it } from 'vitest';
import { budgetText, foreseen } from './foreseen';

const of = (value: number, low: number, high: number) => ({ value, low, high });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('what is foreseen of a run', () => {
  const at = new Date(2026, 10, 26, 20, 0); // a Thursday
  it('is its carbon and its end', () => {
    const forecast = { ready: true, step: 120, steps_total: 1000, left_s: of(13 * 3600, 1, 2), operational_kgco2e: of(90, 84, 97) };
    expect(plain(foreseen(forecast, at))).toBe('Step 120 of 1000. At this pace 84 – 97 kg at the end, about Friday 09:00.');
    expect(plain(foreseen({ ready: true, left_s: of(600, 1, 2), operational_kgco2e: null }, at))).toBe('At this pace it ends, about 20:10.');
  });
  it('may not be enough yet, or nothing', () => {
    expect(foreseen({ ready: false, step: 2, steps_total: 10, reason: 'fewer than five reports' }, at)).toBe('Step 2 of 10. Not enough yet to say what all of it will take: fewer than five reports.');
    expect(foreseen(null, at) + foreseen(undefined, at)).toBe('');
  });
});

describe('a budget', () => {
  it('says what is spent of each limit', () => {
    const limits = [
      { limit: '500g', of: 'carbon', amount: 500, spent: 480 },
      { limit: '2kWh', of: 'energy', amount: 7.2e6, spent: null },
      { limit: '3h', of: 'time', amount: 10800, spent: 5400 },
    ] as const;
    expect(plain(budgetText({ limits: [...limits] }))).toBe('480 g of 500g spent, 96 %. What of 2kWh is spent is not known. 1 h 30 min of 3h spent, 50 %.');
    expect(budgetText(undefined)).toBe('');
  });
});
