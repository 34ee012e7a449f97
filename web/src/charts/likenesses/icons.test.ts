import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { iconOf } from './icons';

const table = readFileSync(new URL('../../../../data/equivalences.csv', import.meta.url), 'utf8');
const keys = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',')[0] ?? '');

it('has a picture for every likeness of the table', () => {
  const onScreen = ['web_search', 'email', 'streaming_hour', 'tv_hour', 'laptop'];
  expect(keys.filter((key) => iconOf(key) === 'screen')).toEqual(onScreen);
  expect(['car_km', 'flight_paris_london', 'tgv_km', 'coffee_cup', 'us_home_year', 'french_resident_year'].map(iconOf)).toEqual([
    'car',
    'plane',
    'train',
    'cup',
    'house',
    'person',
  ]);
});
