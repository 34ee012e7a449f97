import { describe, expect, it } from 'vitest';
import { betweenText, durationText, iconStep, likenessText, momentText, monthText, overlap, percentText, proseText } from './index';
import { ratioText, rounded, significant, ticksTo } from './index';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('words for numbers', () => {
  it('says an interval with the unit once', () => {
    expect(plain(betweenText({ value: 87.03, low: 70.2, high: 104 }, 'carbon'))).toBe('between 70 and 104 kg');
    expect(plain(proseText({ value: 1.83, low: 1.51, high: 2.23 }, 'carbon'))).toBe('1.8 kg, between 1.5 and 2.2');
    expect(plain(proseText({ value: 2, low: 2, high: 2 }, 'carbon'))).toBe('2 kg, as given');
  });

  it('gives each bound its unit where they are a thousandfold apart', () => {
    expect(plain(betweenText({ value: 5, low: 0.02, high: 90 }, 'carbon'))).toBe('between 20 g and 90 kg');
  });

  it('says ratios, and when two cannot be told apart', () => {
    expect(ratioText(1.95)).toBe('twice');
    expect(ratioText(0.104)).toBe('a tenth of');
    expect(ratioText(3.44)).toBe('3.4 times');
    expect(ratioText(12.4)).toBe('12 times');
    expect(ratioText(1234.4)).toBe('1234 times');
    expect(overlap({ value: 1, low: 0.5, high: 2 }, { value: 3, low: 2, high: 4 })).toBe(true);
    expect(overlap({ value: 1, low: 0.5, high: 1.9 }, { value: 3, low: 2, high: 4 })).toBe(false);
  });

  it('keeps two digits in a likeness and none below 1 %', () => {
    expect(likenessText(356.4)).toBe('360');
    expect(likenessText(0.4839)).toBe('0.48');
    expect(plain(percentText(0.3))).toBe('less than 1 %');
    expect(plain(percentText(70.6))).toBe('71 %');
  });

  it.each([
    [302400, '3 d 12 h'],
    [7500, '2 h 05 min'],
    [41, '41 s'],
    [0.8, '0.8 s'],
    [0.004, '4 ms'],
    [3599.7, '1 h'],
    [3600 * 24 - 10, '1 d'],
    [125, '2 min 05 s'],
  ])('%d s is %s', (seconds, expected) => {
    expect(plain(durationText(seconds))).toBe(expected);
  });

  it('names moments in the zone of the reader', () => {
    const now = new Date(2026, 10, 23, 15, 0);
    const local = (day: number, hour: number, minute: number, year = 2026) => new Date(year, 10, day, hour, minute).toISOString();
    expect(momentText(local(23, 14, 5), now)).toBe('today, 14:05');
    expect(momentText(local(22, 18, 12), now)).toBe('yesterday, 18:12');
    expect(plain(momentText(local(21, 9, 30), now))).toBe('21 Nov, 09:30');
    expect(plain(momentText(local(21, 9, 30, 2025), now))).toBe('21 Nov 2025');
    expect(momentText('', now)).toBe('not known');
    expect(monthText('2026-11')).toBe('Nov 2026');
  });

  it('rounds half away from zero on the decimal string', () => {
    expect(rounded(1.005, -2)).toBe('1.01');
    expect(rounded(-2.5, 0)).toBe('-3');
    expect(rounded(-0.2, 0)).toBe('0');
    expect(rounded(0.5, 0)).toBe('1');
    expect(rounded(0.04, 0)).toBe('0');
    expect(rounded(99.96, -1)).toBe('100.0');
    expect(significant(1e-7, 2)).toBe('0.0000001');
    expect(significant(120000, 2)).toBe('120000');
  });

  it('finds round ticks and what one icon stands for', () => {
    expect(ticksTo(104)).toEqual([0, 50, 100, 150]);
    expect(ticksTo(0.3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticksTo(0)).toEqual([0, 1]);
    expect(iconStep(360)).toBe(50);
    expect(iconStep(9)).toBe(1);
    expect(iconStep(0.04)).toBe(0.005);
  });
});
