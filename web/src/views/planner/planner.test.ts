import { describe, expect, it } from 'vitest';
import { axisOf, logAxis } from '$charts/plan/axis';
import { rangeMarks, shareMarks, whenMarks, whereMarks, type Mark } from '$charts/plan/marks';
import { periodsOf, running, timeTicks } from '$charts/plan/when';
import { countOf, powerText, proseOf, wallOf } from './figures';
import { exampleForecast, lengthened, readForecast, shortened } from './forecast';
import { entriesOf, errorsOf, errorsOfFailure, planOf, plans, withoutFlags } from './plans';
import { queryOf, requestOf, valuesOf } from './request';

const now = new Date('2026-11-27T09:30:00Z');

describe('a plan in an address', () => {
  it.each(plans.map((plan) => [plan.id]))('%s: its example is sound, and the same after a visit to the address', (id) => {
    const plan = planOf(id);
    const values = valuesOf(plan, new URLSearchParams(), now);
    expect(errorsOf(plan, values)).toEqual({});
    const again = valuesOf(plan, new URLSearchParams(queryOf(plan, values)), now);
    expect(requestOf(plan, again)).toEqual(requestOf(plan, values));
  });

  it('keeps only what is asked for', () => {
    const plan = planOf('search');
    const values = { ...plan.example, cost: 'run', pilot: 'abc', pilot_share: '10' };
    expect(entriesOf(plan, values).map((entry) => entry.key)).not.toContain('hours');
    expect(requestOf(plan, values)).toEqual({ space: plan.example['space']?.trim(), pilot: 'abc', pilot_share: '10%' });
    expect(queryOf(plan, values)).not.toContain('hardware');
  });
});

describe('a request', () => {
  it('has the flags of the command as keys', () => {
    expect(requestOf(planOf('train'), { parameters: '7B', tokens: '2T', hardware: '500 W', count: '8', recompute: '1', mfu: '0.3..0.4' })).toEqual({
      parameters: '7B',
      tokens: '2T',
      power_w: 500,
      count: 8,
      recompute: true,
      mfu: '0.3..0.4',
    });
    expect(requestOf(planOf('where'), { hardware: 'aws:p4d.24xlarge', hours: '1,5', counts: '4, 8', prices: 'instance,price_per_hour,currency\naws:p4d.24xlarge,32.77,USD\n' })).toEqual({
      instance: 'aws:p4d.24xlarge',
      hours: 1.5,
      counts: '4, 8',
      prices: [{ instance: 'aws:p4d.24xlarge', price_per_hour: 32.77, currency: 'USD' }],
    });
  });

  it('is not made of what is missing or no number', () => {
    expect(errorsOf(planOf('when'), { hardware: 'h100', hours: '-1', forecast: ' ' })).toEqual({
      forecast: 'Paste a forecast: a time and g CO₂e/kWh in each line.',
      hours: 'Hours must be above 0.',
    });
  });
});

describe('a refusal', () => {
  const at = (message: string, hint = '') => errorsOfFailure(planOf('when'), { hardware: 'H1000', region: 'Nowhere' }, { status: 400, message, hint });
  it('stands at the field that it names', () => {
    expect(at("--start-not-before: 'x' is no time")).toEqual({ earliest: "'x' is no time." });
    expect(at("device 'H1000' is not known", 'did you mean h100?')).toEqual({ hardware: "Device 'H1000' is not known. Did you mean h100?" });
    expect(at("forecast.rows[2]: 'from' is no time")).toEqual({ forecast: "Forecast.rows[2]: 'from' is no time." });
    expect(at('something else', 'give --this')).toEqual({ '': 'Something else.' });
  });
  it('of another kind is none of a field', () => {
    expect(errorsOfFailure(planOf('when'), {}, { status: 503, message: 'x', hint: '' })).toEqual({});
  });
  it('has no flags in its words', () => {
    expect(withoutFlags('give --layers and --sequence-length')).toBe('give layers and sequence length');
  });
});

describe('a forecast', () => {
  it('is read with and without a head, with gaps, offsets and ends', () => {
    expect(readForecast('2026-11-27T00:00Z,50\n2026-11-27T01:00Z,60\n').rows).toEqual([
      { from: '2026-11-27T00:00Z', until: '2026-11-27T01:00Z', gco2e_per_kwh: 50 },
      { from: '2026-11-27T01:00Z', until: '2026-11-27T02:00Z', gco2e_per_kwh: 60 },
    ]);
    const gappy = readForecast('Datetime (UTC);Carbon intensity gCO₂eq/kWh (direct);zone\n2026-11-27 00:00;50;FR\n2026-11-27 01:00;;FR\n2026-11-27 02:00;70;FR\n2026-11-27 03:00;80;FR\n');
    expect(gappy.zone).toBe('FR');
    expect(gappy.rows.map((row) => [row.from, row.until])).toEqual([
      ['2026-11-27T00:00Z', '2026-11-27T01:00Z'],
      ['2026-11-27T02:00Z', '2026-11-27T03:00Z'],
      ['2026-11-27T03:00Z', '2026-11-27T04:00Z'],
    ]);
  });

  it('is the JSON of the program too', () => {
    expect(readForecast('{"schema": "gramme/intensity/1", "zone": "GBR", "basis": "direct", "rows": [{"from": "2026-11-27T00:00Z", "gco2e_per_kwh": 1}]}')).toEqual({
      zone: 'GBR',
      basis: 'direct',
      rows: [{ from: '2026-11-27T00:00Z', gco2e_per_kwh: 1 }],
    });
  });

  it.each([
    ['a,b\n1,2\n', 'The first line must name the columns'],
    ['time,gco2e_per_kwh\n2026-11-27T00:00,5\n', 'Line 2: the time has no zone'],
    ['time,gco2e_per_kwh\n2026-11-27T00:00Z,many\n', 'Line 2: "many" is no number'],
    ['time,gco2e_per_kwh\nsoon,1\n', 'Line 2: "soon" is no time'],
    ['time,gco2e_per_kwh\n', 'There is no line with a value'],
    ['{"rows": 1}', 'This is no forecast'],
  ])('that is none says why: %j', (text, words) => {
    expect(() => readForecast(text)).toThrow(words);
  });

  it('fits into a link where its rows are even', () => {
    const text = 'time,gco2e_per_kwh,basis\n2026-11-27T00:00Z,50,direct\n2026-11-27T00:30Z,60,direct\n';
    expect(shortened(text)).toBe('2026-11-27T00:00Z,30,direct,,50,60');
    expect(readForecast(lengthened(shortened(text)))).toEqual(readForecast(text));
    expect(shortened('2026-11-27T00:00Z,1\n2026-11-27T01:00Z,1\n2026-11-27T05:00Z,1\n')).toBe('');
    expect(lengthened('no such thing')).toBe('no such thing');
  });

  it('as an example begins with the next hour and lasts two days', () => {
    const { rows } = readForecast(exampleForecast(now));
    expect([rows.length, rows[0]?.from]).toEqual([48, '2026-11-27T10:00Z']);
  });
});

describe('numbers of plans', () => {
  const of = (value: number, low: number, high: number) => ({ value, low, high });
  it('have digits by their interval', () => {
    expect(proseOf(countOf(of(81184, 41080, 160437)))).toBe('80\u202f000, between 40\u202f000 and 160\u202f000');
    expect(proseOf(countOf(of(7394, 517, 105748)))).toBe('7400, between 500 and 100\u202f000');
    expect(proseOf(countOf(of(31.44e6, 9.42e6, 106.7e6)))).toBe('31\u00a0million, between 9 and 107');
    expect(proseOf(wallOf(of(158.56, 80.2, 313.4)))).toBe('7\u00a0d, between 3 and 13');
    expect(proseOf(wallOf(of(228, 228, 228)))).toBe('9\u00a0d 12\u00a0h');
    expect(powerText(8.4e22)).toBe('8.4\u00a0×\u00a010²²');
  });
});

describe('drawings of plans', () => {
  const texts = (marks: readonly Mark[]) => marks.flatMap((mark) => ('text' in mark ? [mark.text] : []));
  const rows = [50, 20, 80].map((gco2e_per_kwh, i) => ({ from: `2026-11-27T0${i}:00Z`, until: `2026-11-27T0${i + 1}:00Z`, gco2e_per_kwh }));
  const lanes = [
    { name: 'now', runs: [{ from: '2026-11-27T00:00Z', until: '2026-11-27T01:00Z' }] },
    { name: 'with pauses', runs: [{ from: '2026-11-27T00:30Z', until: '2026-11-27T01:00Z' }, { from: '2026-11-27T02:00Z', until: '2026-11-27T02:30Z' }] },
  ];

  it('cut the forecast to the window, and know what runs when', () => {
    const periods = periodsOf(rows, '2026-11-27T00:30Z', '2026-11-27T02:30Z');
    expect(periods.map((each) => (each.until - each.from) / 60_000)).toEqual([30, 60, 30]);
    expect(periods.map((each) => running(lanes, each).join())).toEqual(['now,with pauses', '', 'with pauses']);
  });

  it('show each hour in the step of its carbon, the best outlined, pauses hollow', () => {
    const periods = periodsOf(rows, '2026-11-27T00:00Z', '2026-11-27T03:00Z');
    const drawn = whenMarks(periods, lanes, 392 + 84 + 8, 1, () => 'Fri 27');
    const kinds = drawn.marks.map((mark) => mark.kind);
    expect(kinds.filter((kind) => kind.startsWith('step-'))).toEqual(['step-1', 'step-0', 'step-1']);
    expect(kinds.filter((kind) => kind === 'run')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'run best')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'pause')).toHaveLength(1);
    expect(texts(drawn.marks)).toContain('with pauses');
    expect([drawn.under(84 + 1), drawn.under(84 + 200), drawn.under(10)]).toEqual([0, 1, -1]);
  });

  it('tick at midnight and at round hours', () => {
    const day = 24 * 3_600_000;
    const from = new Date(2026, 10, 27).getTime();
    expect(timeTicks(from, from + 2 * day, 8).map((tick) => [(tick.at - from) / 3_600_000, tick.day])).toEqual([[0, true], [6, false], [12, false], [18, false], [24, true], [30, false], [36, false], [42, false], [48, true]]);
  });

  it('go by powers of ten where values are far apart', () => {
    expect(axisOf([1, 5]).log).toBe(false);
    const axis = axisOf([2, 900]);
    expect([axis.ticks, axis.at(100)]).toEqual([[1, 10, 100, 1000], 2 / 3]);
    expect(logAxis(1e-9, 1e9, 5).ticks.length).toBeLessThanOrEqual(6);
  });

  it('join the front and ring the rest', () => {
    const exact = (value: number) => ({ value, low: value, high: value });
    const dots = [
      { label: 'a', hours: exact(10), carbon: exact(1), front: true },
      { label: 'b', hours: exact(5), carbon: exact(2), front: true },
      { label: 'c', hours: exact(10), carbon: exact(3), front: false },
    ];
    const { marks, under } = whereMarks(dots, 'c', 456, -1);
    expect(texts(marks)).toContain('now, c');
    // 0 to 10 h on 44 to 444 px, 0 to 3 kg on 280 to 22 px.
    expect(marks).toContainEqual({ kind: 'front', d: 'M244 108L444 194' });
    expect([under(244, 108), under(0, 0)]).toEqual([1, -1]);
  });

  it('draw a range and a share', () => {
    expect(rangeMarks({ value: 10, low: 1, high: 100 }, logAxis(1, 100), 114).map((mark) => mark.kind)).toEqual(['grid', 'band edged', 'value']);
    expect(shareMarks(0.4, 0.4, 0.4, 460).some((mark) => mark.kind === 'band')).toBe(false);
  });
});
