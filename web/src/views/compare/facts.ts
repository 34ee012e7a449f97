// The rows of a comparison: what might explain a difference, in words of the page. Rows that say the same of all can be
// left out.
import type { Footprint } from '$lib/api';
import { durationText, intensityText, percentText, proseText, shortYear, significant, grouped } from '$lib/numbers';
import { gapText, hardwareText, qualityShares, qualityText } from '$lib/runs';
import { visible } from '$lib/visible';
import { roughEnergy } from '../run/words';

export interface FactRow {
  key: string;
  label: string;
  cells: string[];
  differs: boolean;
}

const unknown = 'not known';

function gpuUse(footprint: Footprint): string {
  const gpus = footprint.parts.filter((part) => part.kind === 'gpu' && typeof part.utilization_pct === 'number');
  return gpus.length === 0 ? unknown : percentText(gpus.reduce((sum, part) => sum + (part.utilization_pct ?? 0), 0) / gpus.length);
}

function hardware(footprint: Footprint): string {
  return hardwareText(footprint) || unknown;
}

function duration(footprint: Footprint): string {
  const hours = footprint.estimate?.hours;
  return typeof hours === 'number' ? durationText(hours * 3600) : footprint.estimate ? unknown : durationText(footprint.run.duration_s);
}

const facts: [string, string, (footprint: Footprint) => string][] = [
  ['energy', 'Energy of the computers', (f) => (f.energy_kwh ? proseText(f.energy_kwh, 'energy') : unknown)],
  ['pue', '× PUE', (f) => (f.factors.pue ? String(f.factors.pue.value) : unknown)],
  ['grid', '× grid', (f) => (f.factors.intensity_gco2e_per_kwh ? `${intensityText(f.factors.intensity_gco2e_per_kwh.value, f.factors.intensity_gco2e_per_kwh.sigma_ln)}\u00a0g/kWh` : unknown)],
  ['place', 'Place of the grid figure', (f) => place(f)],
  ['basis', 'Basis', (f) => f.factors.intensity_gco2e_per_kwh?.basis ?? 'as given'],
  ['time', 'Time', duration],
  ['hardware', 'Hardware', hardware],
  ['use', 'GPU use', gpuUse],
  ['waiting', 'Spent while waiting', (f) => (f.waiting ? `${roughEnergy(f.waiting.energy_kwh)}, ${percentText(f.waiting.share_pct)}` : unknown)],
  ['quality', 'How known', (f) => qualityShares(f.parts).map((each, _, all) => qualityText(each, all.length === 1)).join(', ') || unknown],
  ['gaps', 'Gaps', (f) => gapText(f.gaps) || 'none'],
  ['scope', 'Scope', (f) => (f.estimate ? 'estimate' : (f.run.scope ?? unknown))],
  ['end', 'Ended', (f) => ended(f)],
  ['tags', 'Tags', (f) => Object.entries(f.run.tags ?? {}).map(([key, value]) => visible(`${key}=${value}`)).sort().join(', ') || 'none'],
  ['widest', 'Makes the range wide', (f) => widest(f)],
  ['version', 'gramme', (f) => f.run.gramme_version || (f.run.imported ? `imported from ${f.run.imported.program}` : unknown)],
];

function place(footprint: Footprint): string {
  const grid = footprint.factors.intensity_gco2e_per_kwh;
  if (!grid) {
    return unknown;
  }
  if (grid.region_known === false) {
    return 'region not known: world average';
  }
  const name = grid.zone_name ?? grid.zone ?? grid.country ?? '';
  return [name || 'own figure', shortYear(grid.year)].filter((text) => text !== '').join(' ');
}

function ended(footprint: Footprint): string {
  const { run } = footprint;
  if (footprint.estimate) {
    return 'estimate';
  }
  if (run.state === 'running') {
    return 'still running';
  }
  if (run.state === 'interrupted') {
    return 'interrupted';
  }
  return typeof run.exit_status === 'number' ? `exit ${run.exit_status}` : unknown;
}

function widest(footprint: Footprint): string {
  const wide = footprint.dominant_uncertainty;
  const words: Record<string, string> = { intensity: 'grid figure', pue: 'PUE' };
  if (footprint.operational_kgco2e?.value === 0) {
    return 'nothing';
  }
  return wide ? `${words[wide.factor] ?? 'power of the hardware'}, ${percentText(wide.share_pct)}` : unknown;
}

/** A column of undefined is still being read: its cells are empty and differ from nothing. */
export function factRows(footprints: readonly (Footprint | undefined)[]): FactRow[] {
  return facts.map(([key, label, text]) => {
    const cells = footprints.map((footprint) => (footprint ? text(footprint) : ''));
    const said = cells.filter((_, i) => footprints[i] !== undefined);
    return { key, label, cells, differs: new Set(said).size > 1 };
  });
}

/** What makes the comparison lame, one sentence each. */
export function fairness(footprints: readonly Footprint[]): string[] {
  const differs = (of: (footprint: Footprint) => unknown) => new Set(footprints.map(of)).size > 1;
  const out: string[] = [];
  if (footprints.some((each) => each.run.state === 'running')) {
    out.push('One of them is still running: its figure grows.');
  }
  if (differs((each) => each.factors.intensity_gco2e_per_kwh?.basis ?? 'given')) {
    out.push('The grid figures stand on different bases (lifecycle, direct or given): part of the difference is that.');
  }
  if (footprints.some((each) => each.factors.intensity_gco2e_per_kwh?.region_known === false)) {
    out.push('Where the region is not known the world average is used, and the range is wide for that reason.');
  }
  if (differs((each) => (each.estimate ? 'estimate' : each.run.scope))) {
    out.push('The scopes differ: a machine counts what others use on it, a job only its own share.');
  }
  if (footprints.some((each) => each.gaps.length > 0)) {
    out.push('There are gaps: what was used in them is in no sum here.');
  }
  if (differs((each) => each.quality === 'measured' || each.quality === 'integrated')) {
    out.push('Some are measured and some are not.');
  }
  if (footprints.some((each) => (each.run.exit_status ?? 0) !== 0 || each.run.state === 'interrupted')) {
    out.push('Not all of them ran to their end.');
  }
  return out;
}

/** Tab-separated for a spreadsheet: plain digits and units. */
export function tableText(names: readonly string[], footprints: readonly Footprint[]): string {
  const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ').replace(/^([=+\-@])/, "'$1");
  const number = (value: number | undefined) => (value === undefined ? '' : grouped(significant(value, 6)).replaceAll('\u202f', '').replace('\u2212', '-'));
  const line = (label: string, cells: readonly string[]) => [label, ...cells.map(clean)].join('\t');
  const carbon = (key: 'value' | 'low' | 'high') => footprints.map((each) => number(each.operational_kgco2e?.[key]));
  return [
    line('', names),
    line('kg CO2e', carbon('value')),
    line('low', carbon('low')),
    line('high', carbon('high')),
    ...factRows(footprints).map((row) => line(row.label, row.cells)),
    '',
  ].join('\n');
}
