// A sum of nothing but gaps comes as 0 where what could be read stood still. The page never shows a zero that is not
// true: such figures become "not known" as they arrive, in one place, so that no view can forget it.
import { gapsOf } from '../runs/names';
import type { Explain, Footprint } from './footprint';
import type { Live, RunPage, Sum, Totals } from './types';

interface Figures {
  energy_kwh: unknown;
  operational_kgco2e: { value: number } | null;
}

/** Takes the figures away where they are 0 and something is missing from them. */
function figures<T extends Figures>(of: T, missing: boolean): T {
  return missing && of.operational_kgco2e?.value === 0 ? { ...of, energy_kwh: null, operational_kgco2e: null } : of;
}

function ofFootprint(footprint: Footprint): Footprint {
  const parts = footprint.parts.map((part) => (part.energy_kwh === 0 && (part.gap_s ?? 0) > 0 ? { ...part, energy_kwh: null } : part));
  const out = figures({ ...footprint, parts }, gapsOf(footprint).length > 0);
  return out.operational_kgco2e === footprint.operational_kgco2e ? out : { ...out, facility_energy_kwh: null, equivalences: [] };
}

function ofExplain(explain: Explain): Explain {
  const silent = (device: Explain['devices'][number]) => (device.gap_s ?? 0) > 0;
  const devices = explain.devices.map((device) => (silent(device) && device.energy_kwh?.result === 0 ? { ...device, energy_kwh: null } : device));
  const out = figures({ ...explain, devices }, devices.some(silent));
  return out.operational_kgco2e === explain.operational_kgco2e ? out : { ...out, steps: null, interval: null };
}

const sum = <T extends Sum>(of: T): T => figures(of, of.with_gaps > 0);
const rows = <T extends Figures & { has_gaps: boolean }>(list: readonly T[]): T[] => list.map((row) => figures(row, row.has_gaps));

const bySchema: Record<string, (body: never) => unknown> = {
  'gramme/footprint/1': ofFootprint,
  'gramme/explain/1': ofExplain,
  'gramme/run-page/1': (page: RunPage): RunPage => ({ ...page, rows: rows(page.rows) }),
  'gramme/totals/1': (totals: Totals): Totals => ({ all: sum(totals.all), months: totals.months.map(sum), projects: totals.projects.map(sum) }),
};

/** An answer of the server without false zeros. */
export function truthful(body: unknown): unknown {
  const schema = typeof body === 'object' && body !== null && 'schema' in body ? String(body.schema) : '';
  const mend = bySchema[schema];
  return mend ? mend(body as never) : body;
}

export function truthfulLive(live: Live): Live {
  return { ...live, runs: rows(live.runs) };
}
