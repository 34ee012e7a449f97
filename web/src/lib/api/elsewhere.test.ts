import { expect, it } from 'vitest';
import { everywhere } from './elsewhere';
import type { Elsewhere } from './types';

it('asks once for regions and countries', async () => {
  const asked: string[] = [];
  const answer: Elsewhere = { here: 'aws:a', basis: 'lifecycle', rows: [] };
  const found = await everywhere((regions) => {
    asked.push(regions);
    return Promise.resolve(answer);
  });
  expect(asked).toEqual(['all,countries']);
  expect(found).toBe(answer);
});
