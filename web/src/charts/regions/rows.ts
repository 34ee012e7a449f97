// Which of many regions are shown, how they are called, and what the heading may claim.
import type { ElsewhereRow, Estimate } from '$lib/api';
import { overlap, ratioText, proseText, gridText, shortYear } from '$lib/numbers';
import { providerName, providerOf } from '$lib/lookups';

export const idOf = (row: ElsewhereRow): string => row.region ?? row.zone;

/** "Paris" of "Europe (Paris)"; the whole name elsewhere. */
export function shortName(row: ElsewhereRow): string {
  return /\(([^()]+)\)\s*$/.exec(row.name)?.[1] ?? row.name;
}

/** "Paris, aws:eu-west-3" */
export function fullName(row: ElsewhereRow): string {
  return row.region === null || row.region === row.zone ? row.name : `${shortName(row)}, ${row.region}`;
}

/** Rows of one provider, "zone": countries and grid zones, "": all. */
export function ofProvider(rows: readonly ElsewhereRow[], provider: string): ElsewhereRow[] {
  return rows.filter((row) => {
    const of = providerOf(row.region);
    return provider === '' || (provider === 'zone' ? of === '' : of === provider);
  });
}

/** Providers that have a row, in the order of the rows' names. */
export function providersIn(rows: readonly ElsewhereRow[]): { key: string; name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = providerOf(row.region) || 'zone';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const list = [...counts].map(([key, count]) => ({ key, count, name: key === 'zone' ? 'Countries and grid zones' : providerName(key) }));
  return list.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Ten of many, still sorted: the lowest five, here, and others evenly up to the highest. */
export function sample(rows: readonly ElsewhereRow[], here: string | null, most = 10): ElsewhereRow[] {
  if (rows.length <= most) {
    return [...rows];
  }
  const low = Math.ceil(most / 2);
  const chosen = new Set<number>(Array.from({ length: low }, (_, i) => i));
  const at = rows.findIndex((row) => idOf(row) === here);
  if (at >= 0) {
    chosen.add(at);
  }
  const room = most - chosen.size;
  for (let i = 1; i <= room; ++i) {
    let index = Math.round(low - 1 + ((rows.length - low) * i) / room);
    while (chosen.has(index) && index > low) {
      index -= 1;
    }
    chosen.add(index);
  }
  return [...chosen].sort((a, b) => a - b).flatMap((index) => rows[index] ?? []);
}

/** A finding, only where it holds: the range of the lowest lies below that of here. */
export function headline(rows: readonly ElsewhereRow[], here: ElsewhereRow | undefined): string {
  const best = rows[0];
  if (best === undefined || here === undefined) {
    return 'The same work elsewhere';
  }
  if (overlap(best.operational_kgco2e, here.operational_kgco2e) || best.operational_kgco2e.value >= here.operational_kgco2e.value) {
    return 'No region is clearly lower than here';
  }
  const ratio = best.operational_kgco2e.value / here.operational_kgco2e.value;
  const words = ratioText(ratio);
  const part = words.endsWith(' times') ? `${Math.max(1, Math.round(ratio * 100))} % of it` : words.endsWith(' of') ? `${words} it` : `${words} of it`;
  return `In ${shortName(best)} the same work would make ${part}`;
}

/** What a reader hears or hovers: "Virginia, aws:us-east-1: 77 kg, between 63 and 94. 384 g/kWh USA 2025 …" */
export function sentence(row: ElsewhereRow, basis: string): string {
  const grid = [`${gridText(row.gco2e_per_kwh)} g/kWh`, row.zone, shortYear(row.year), row.basis ?? basis].filter(Boolean).join(' ');
  const country = row.from_country ? ' (its country)' : '';
  const pue = typeof row.pue === 'number' ? `, PUE ${row.pue}` : '';
  return `${fullName(row)}: ${proseText(row.operational_kgco2e, 'carbon')}. ${grid}${country}${pue}.`;
}

export function sameAsHere(row: ElsewhereRow, here: Estimate | undefined): boolean {
  return here !== undefined && overlap(row.operational_kgco2e, here);
}
