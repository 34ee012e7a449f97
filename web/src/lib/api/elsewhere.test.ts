import { expect, it } from 'vitest';
import { everywhere } from './elsewhere';
import type { Elsewhere } from './types';

it('joins regions and countries, here once, lowest first', async () => {
  const row = (region: string | null, zone: string, value: number) => ({
    region,
    zone,
    name: zone,
    country: zone,
    gco2e_per_kwh: value,
    operational_kgco2e: { value, low: value, high: value },
  });
  const answer = (rows: Elsewhere['rows']): Elsewhere => ({ here: 'aws:a', basis: 'lifecycle', rows });
  const both = await everywhere((regions) =>
    Promise.resolve(answer(regions === 'all' ? [row('aws:a', 'FRA', 3), row('aws:b', 'DEU', 9)] : [row(null, 'FRA', 2), row('aws:a', 'FRA', 3)])),
  );
  expect(both.rows.map((each) => each.region ?? each.zone)).toEqual(['FRA', 'aws:a', 'aws:b']);
  expect(both.here).toBe('aws:a');
});
