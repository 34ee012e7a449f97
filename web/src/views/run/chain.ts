// Where a number came from: the lines of the sum, each with how it was chosen, its source and its share of the spread.
import type { Explain } from '$lib/api';
import { alone, grouped, intensityText, rangeText, show, shortYear, significant } from '$lib/numbers';

export interface Source {
  id: string;
  title: string;
  publisher: string;
  year: string;
  licence: string;
  url: string | null;
}

export interface Link {
  operator: string;
  value: string;
  unit: string;
  between: string;
  name: string;
  /** How it was worked out or chosen. */
  how: string[];
  source: Source | undefined;
  /** Share of the spread of the result, in %; undefined: not told. */
  share: number | undefined;
  result?: 'sum' | 'final';
}

export function sourceOf(explain: Explain, id: string | undefined): Source | undefined {
  const found = explain.sources.find((each) => each.id === id);
  if (!found) {
    return undefined;
  }
  return {
    id: found.id,
    title: found.title || found.id,
    publisher: found.publisher || '',
    year: shortYear(found.year),
    licence: found.licence || '',
    url: found.url?.startsWith('https://') || found.url?.startsWith('http://') ? found.url : null,
  };
}

function deviceShare(explain: Explain, device: string): number | undefined {
  const group = explain.interval?.groups.find((each) => each.devices.includes(device));
  if (!group) {
    return undefined;
  }
  // The spread of a group is shared out by its devices' parts of it.
  const weight = (id: string) => {
    const each = explain.devices.find((one) => one.device === id);
    return (each?.share?.result ?? 0) * (each?.sigma?.result ?? 0);
  };
  const whole = group.devices.reduce((sum, id) => sum + weight(id), 0);
  return whole > 0 ? (group.share_pct * weight(device)) / whole : undefined;
}

function oneMore(kwh: number): { value: string; unit: string } {
  const shown = alone(Number(kwh.toPrecision(4)), 'energy');
  return { value: grouped(shown.value), unit: shown.unit };
}

export function deviceLinks(explain: Explain): Link[] {
  return explain.devices.map((device, i) => {
    const energy = device.energy_kwh ? oneMore(device.energy_kwh.result) : { value: 'not known', unit: '' };
    return {
      operator: i === 0 ? '' : '+',
      ...energy,
      between: '',
      name: `${device.device}${device.name ? `, ${device.name}` : ''}`,
      how: [
        `${device.quality}, ${device.method}`,
        device.rule ?? '',
        device.energy_kwh?.expression ? `= ${device.energy_kwh.expression}` : '',
        device.gap_s ? `not known for ${significant(device.gap_s, 3)} s` : '',
      ].filter((text) => text !== ''),
      source: sourceOf(explain, device.sigma_from),
      share: deviceShare(explain, device.device),
    };
  });
}

/** From the energy of all devices to the result. */
export function mainLinks(explain: Explain): Link[] {
  const { steps, factors, interval } = explain;
  const energy = explain.energy_kwh && show(explain.energy_kwh, 'energy', 1);
  const carbon = explain.operational_kgco2e && show(explain.operational_kgco2e, 'carbon');
  const pue = factors?.pue;
  const grid = factors?.intensity_gco2e_per_kwh;
  const unknown = 'not known';
  const building = steps?.facility_energy_kwh as NonNullable<typeof steps>['facility_energy_kwh'] | null | undefined; // null: no energy is known
  const whole = steps?.operational_gco2e as NonNullable<typeof steps>['operational_gco2e'] | null | undefined;
  const facility = building ? oneMore(building.result) : { value: unknown, unit: '' };
  const groups = interval?.groups.reduce((sum, group) => sum + group.share_pct, 0);
  return [
    {
      operator: '=',
      value: energy ? grouped(energy.value) : unknown,
      unit: energy?.unit ?? '',
      between: energy ? rangeText(energy) : '',
      name: 'energy of the computers',
      how: [explain.devices.length === 1 ? 'one device' : `sum of ${explain.devices.length} devices`],
      source: undefined,
      share: groups,
      result: 'sum',
    },
    {
      operator: '×',
      value: pue ? String(pue.value) : unknown,
      unit: '',
      between: '',
      name: 'PUE: the building for each kWh of computing',
      how: [pue?.chosen ?? ''].filter((text) => text !== ''),
      source: sourceOf(explain, pue?.source),
      share: interval?.pue_share_pct ?? undefined,
    },
    { operator: '=', ...facility, between: '', name: 'drawn by the building', how: building?.expression ? [`= ${building.expression}`] : [], source: undefined, share: undefined, result: 'sum' },
    {
      operator: '×',
      value: grid ? intensityText(grid.value, grid.sigma_ln, 1) : unknown,
      unit: 'g/kWh',
      between: '',
      name: ['carbon of the grid', [grid?.zone_name ?? grid?.zone ?? grid?.country ?? '', shortYear(grid?.year), grid?.basis ?? ''].filter(Boolean).join(' ')].filter(Boolean).join(': '),
      how: [grid?.chosen ?? '', grid?.fell_back_to_country ? 'no figure of its own on this basis: its country\u2019s' : ''].filter((text) => text !== ''),
      source: sourceOf(explain, grid?.source),
      share: interval?.intensity_share_pct ?? undefined,
    },
    {
      operator: '=',
      value: carbon ? grouped(carbon.value) : unknown,
      unit: carbon ? `${carbon.unit} CO₂e` : '',
      between: carbon ? rangeText(carbon) : '',
      name: 'operational carbon footprint',
      how: whole?.expression ? [`= ${whole.expression}`] : [],
      source: undefined,
      share: undefined,
      result: 'final',
    },
  ];
}
