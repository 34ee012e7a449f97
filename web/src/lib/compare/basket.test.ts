import { expect, it } from 'vitest';
import { compareHref, comparedOf } from './basket';

it('keeps runs and estimates in the address', () => {
  const compared = { runs: ['a1', 'b2'], estimates: ['device=h100&count=8', 'device=a100&hours=2'] };
  const address = compareHref(compared);
  expect(address).toBe('/compare?runs=a1,b2&estimate=device%3Dh100%26count%3D8&estimate=device%3Da100%26hours%3D2');
  expect(comparedOf(new URLSearchParams(address.split('?')[1]))).toEqual(compared);
  expect(comparedOf(new URLSearchParams('runs=a,,a'))).toEqual({ runs: ['a'], estimates: [] });
  expect(compareHref({ runs: [], estimates: [] })).toBe('/compare');
});
