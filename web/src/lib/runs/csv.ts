// Rows for a spreadsheet: plain digits, units in the heads.
import type { RunRow } from '../api';

/** One field. A text that a spreadsheet would take for a formula gets a quote in front, which it does not show. */
export function csvField(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value !== 'string') {
    return String(value);
  }
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function runsCsv(rows: readonly RunRow[]): string {
  const head = 'id,name,project,started_at,duration_s,energy_kwh,kgco2e,kgco2e_low,kgco2e_high,quality,has_gaps,region,host,state,exit_status';
  const lines = rows.map((row) => {
    const carbon = row.operational_kgco2e;
    return [
      ...[row.id, row.name, row.project, row.started_at, row.duration_s, row.energy_kwh, carbon?.value, carbon?.low, carbon?.high],
      ...[row.quality, row.has_gaps, row.region, row.host, row.state, row.exit_status],
    ]
      .map(csvField)
      .join(',');
  });
  return [head, ...lines, ''].join('\n');
}
