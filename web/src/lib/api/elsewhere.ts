// The same energy in all cloud regions and all countries: two questions, since the server ranks one table at a time.
import type { Elsewhere, ElsewhereRow } from './types';

const keyOf = (row: ElsewhereRow): string => row.region ?? row.zone;

/** One answer of two; here, which both name, once. Lowest first. */
export function merged(regions: Elsewhere, countries: Elsewhere): Elsewhere {
  const rows = new Map<string, ElsewhereRow>();
  for (const row of [...regions.rows, ...countries.rows]) {
    rows.set(keyOf(row), row);
  }
  const sorted = [...rows.values()].sort((a, b) => a.operational_kgco2e.value - b.operational_kgco2e.value);
  return { ...regions, here: regions.here ?? countries.here, rows: sorted };
}

/** `ask` asks for one table: "all" cloud regions, or "countries". */
export async function everywhere(ask: (regions: string) => Promise<Elsewhere>): Promise<Elsewhere> {
  const [regions, countries] = await Promise.all([ask('all'), ask('countries')]);
  return merged(regions, countries);
}
