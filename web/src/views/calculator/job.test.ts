import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/client';
import { errorsOf, errorsOfFailure } from './errors';
import { example, jobOf, numberOf, ownValue, queryOf, requestOf, spokenJob } from './job';

const parse = (query: string) => jobOf(new URLSearchParams(query));
const refuse = (message: string, hint = '') => new Failure({ status: 400, code: 'usage', message, hint });

describe('the job of the calculator', () => {
  it('is an example before anything is typed, without a region', () => {
    expect(parse('')).toEqual(example());
    expect(requestOf(example())).toEqual({ device: 'nvidia-h100-sxm5-80gb', count: 8, hours: 120 });
  });

  it.each([
    'device=h100&count=8&hours=120&region=aws:eu-west-3',
    'device=h100&count=8&instance=aws:p4d.24xlarge&count=2&power_w=300&count=1&hours=2&pue=1.2',
    'energy_kwh=120&count=1&mix=coal:60,wind:40',
    'device=a100&count=1&hours=2&intensity=400&utilisation=60&profile=mlco2',
  ])('comes back from its address: %s', (query) => {
    expect(queryOf(parse(query))).toBe(query);
  });

  it('makes the request that the server takes', () => {
    expect(requestOf(parse('device=h100&count=8&power_w=300&count=1&hours=2&utilisation=60&embodied=off'))).toEqual({
      groups: [
        { device: 'h100', count: 8 },
        { power_w: 300, count: 1 },
      ],
      hours: 2,
      utilisation: '60%',
      embodied: 'off',
    });
    expect(requestOf(parse('energy_kwh=120&hours=9&mix=coal:60,wind:40'))).toEqual({
      energy_kwh: 120,
      count: 1,
      mix: { coal: 0.6, wind: 0.4 },
    });
  });

  it('takes a mix also as the command line has it', () => {
    expect(queryOf(parse('energy_kwh=120&mix=coal=0.6,wind=0.4'))).toBe('energy_kwh=120&count=1&mix=coal:60,wind:40');
  });

  it('is said in words on paper', () => {
    expect(spokenJob(parse('device=h100&count=8&hours=120'))).toBe('8 × h100, 120 h, region not given');
    expect(spokenJob(parse('energy_kwh=5&count=1&mix=coal:60,wind:40'))).toBe('1 × 5 kWh, 60 % coal and 40 % wind');
  });

  it('reads numbers as people type them', () => {
    expect(numberOf('1 200,5')).toBe(1200.5);
    expect(numberOf('')).toBeUndefined();
    expect(numberOf('8x')).toBeUndefined();
    expect(ownValue('1.2 kW')).toEqual({ key: 'power_w', value: 1200 });
    expect(ownValue('120kwh')).toEqual({ key: 'energy_kwh', value: 120 });
    expect(ownValue('2 MWh')).toEqual({ key: 'energy_kwh', value: 2000 });
    expect(ownValue('h100')).toBeUndefined();
  });
});

describe('what is wrong with it', () => {
  it('says how to mend it', () => {
    expect(errorsOf(parse('device=h100&hours=0&pue=0.9'))).toEqual({
      hours: 'Hours must be above 0.',
      pue: 'PUE is 1.0 or more; 0.9 would mean the building makes energy.',
    });
    expect(errorsOf(parse('device=h100&count=0&hours=1&mix=coal:60,wind:30'))).toEqual({
      'count-0': 'The count must be above 0.',
      mix: 'The mix adds up to 90 %; 10 % is left to assign.',
    });
    expect(errorsOf(parse('hours=1'))).toHaveProperty('hardware-0');
    expect(errorsOf(parse('energy_kwh=12'))).toEqual({});
  });

  it('puts a refusal of the server beside its field', () => {
    const job = parse('device=a100&count=1&device=H1000&count=1&hours=1&region=nowhere');
    const asked = refuse("no device is called 'H1000'", 'did you mean nvidia-h100-sxm5-80gb or nvidia-t1000?');
    expect(errorsOfFailure(asked, job)).toEqual({ 'hardware-1': '"H1000" is not known. Nearest: nvidia-h100-sxm5-80gb or nvidia-t1000.' });
    expect(errorsOfFailure(refuse('--region: no place is known as "nowhere"', '`gramme regions TEXT` searches'), job)).toEqual({
      region: 'No place is known as "nowhere". Type a city, a country or a cloud region.',
    });
    expect(errorsOfFailure(refuse("--utilisation: '900%' is out of range"), job)).toEqual({ utilisation: "'900%' is out of range." });
    expect(errorsOfFailure(refuse('something else'), job)).toEqual({ '': 'Something else.' });
  });
});
