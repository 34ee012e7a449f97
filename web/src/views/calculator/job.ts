// The form of the calculator: what was typed, its address, and the request that it makes (docs/schema/request.md).

export interface Group {
  /** A device or instance by name, or a power or energy of one's own: "500 W", "120 kWh". */
  hardware: string;
  count: string;
}

export interface Share {
  source: string;
  percent: string;
}

export type Grid = 'region' | 'own' | 'mix';

/** Under "Details": empty means the default. */
export const detailKeys = ['utilisation', 'host', 'pue', 'year', 'basis', 'power_model', 'lifetime', 'embodied', 'water', 'profile'] as const;
export type DetailKey = (typeof detailKeys)[number];

export interface Job {
  groups: Group[];
  hours: string;
  grid: Grid;
  region: string;
  intensity: string;
  mix: Share[];
  details: Record<DetailKey, string>;
}

const noDetails = (): Record<DetailKey, string> =>
  Object.fromEntries(detailKeys.map((key) => [key, ''])) as Record<DetailKey, string>;

/** What stands in the form before anything is typed: an example, without a region that nobody gave. */
export function example(): Job {
  return {
    groups: [{ hardware: 'nvidia-h100-sxm5-80gb', count: '8' }],
    hours: '120',
    grid: 'region',
    region: '',
    intensity: '',
    mix: [
      { source: 'coal', percent: '60' },
      { source: 'wind', percent: '40' },
    ],
    details: noDetails(),
  };
}

/** A number as people type it: a comma for the point, spaces as groups. */
export function numberOf(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

interface Own {
  key: 'power_w' | 'energy_kwh';
  value: number;
}

const ownUnits: [RegExp, Own['key'], number][] = [
  [/^(.+?)\s*kWh$/i, 'energy_kwh', 1],
  [/^(.+?)\s*MWh$/, 'energy_kwh', 1000],
  [/^(.+?)\s*kW$/i, 'power_w', 1000],
  [/^(.+?)\s*W$/i, 'power_w', 1],
];

/** "500 W" and "120 kWh" are values of one's own; anything else is a name. */
export function ownValue(hardware: string): Own | undefined {
  for (const [pattern, key, size] of ownUnits) {
    const value = numberOf(pattern.exec(hardware.trim())?.[1] ?? '');
    if (value !== undefined) {
      return { key, value: value * size };
    }
  }
  return undefined;
}

type GroupRequest = Record<string, string | number>;

export function groupRequest(group: Group): GroupRequest {
  const own = ownValue(group.hardware);
  const count = numberOf(group.count);
  const out: GroupRequest = own ? { [own.key]: own.value } : { [group.hardware.includes(':') ? 'instance' : 'device']: group.hardware.trim() };
  if (count !== undefined && group.count.trim() !== '') {
    out['count'] = count;
  }
  return out;
}

const said = (job: Job) => job.groups.filter((group) => group.hardware.trim() !== '');

export function needsHours(job: Job): boolean {
  return said(job).some((group) => ownValue(group.hardware)?.key !== 'energy_kwh');
}

export type Request = Record<string, unknown>;

/** Without `profile`: what another calculator says is asked for on its own, so that its limits are not ours. */
export function requestOf(job: Job): Request {
  const groups = said(job).map(groupRequest);
  const request: Request = groups.length === 1 ? { ...groups[0] } : { groups };
  const hours = numberOf(job.hours);
  if (needsHours(job) && hours !== undefined) {
    request['hours'] = hours;
  }
  if (job.grid === 'own') {
    request['intensity'] = numberOf(job.intensity);
  } else if (job.grid === 'mix') {
    const shares = job.mix.map((share) => [share.source, (numberOf(share.percent) ?? 0) / 100] as const).filter(([, share]) => share > 0);
    request['mix'] = Object.fromEntries(shares);
  }
  if (job.region.trim() !== '') {
    request['region'] = job.region.trim(); // also beside a grid of one's own: the PUE is the region's
  }
  for (const key of detailKeys) {
    const value = job.details[key].trim();
    if (value !== '' && key !== 'profile') {
      request[key] = key === 'utilisation' && !value.endsWith('%') ? `${value}%` : (numberOf(value) ?? value);
    }
  }
  return request;
}

/** The query of an address that shows this job again; only what is said. */
export function queryOf(job: Job): string {
  const query = new URLSearchParams();
  for (const group of said(job)) {
    const own = ownValue(group.hardware);
    query.append(own?.key ?? (group.hardware.includes(':') ? 'instance' : 'device'), own ? String(own.value) : group.hardware.trim());
    query.append('count', group.count.trim());
  }
  const set = (key: string, value: string) => {
    if (value.trim() !== '') {
      query.set(key, value.trim());
    }
  };
  set('hours', job.hours);
  set('region', job.region);
  if (job.grid === 'own') {
    query.set('intensity', job.intensity.trim());
  }
  if (job.grid === 'mix') {
    query.set('mix', job.mix.map((share) => `${share.source}:${share.percent.trim()}`).join(','));
  }
  detailKeys.forEach((key) => set(key, job.details[key]));
  return query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
}

/** The job of an address; the example where it says none. */
export function jobOf(query: URLSearchParams): Job {
  const job = example();
  if ([...query.keys()].length === 0) {
    return job;
  }
  job.groups = [];
  job.hours = '';
  for (const [key, value] of query) {
    const last = job.groups[job.groups.length - 1];
    if (key === 'device' || key === 'instance') {
      job.groups.push({ hardware: value, count: '1' });
    } else if (key === 'power_w' || key === 'energy_kwh') {
      job.groups.push({ hardware: `${value} ${key === 'power_w' ? 'W' : 'kWh'}`, count: '1' });
    } else if (key === 'count' && last) {
      last.count = value;
    } else if (key === 'hours' || key === 'region') {
      job[key] = value;
    } else if (key === 'intensity') {
      job.grid = 'own';
      job.intensity = value;
    } else if (key === 'mix') {
      job.grid = 'mix';
      job.mix = value.split(',').map((each) => {
        const [source = '', share = ''] = each.split(/[:=]/);
        const part = each.includes('=') ? numberOf(share) : undefined; // as the command line has it: coal=0.6
        return { source: source.trim(), percent: part === undefined ? share : String(Number(((part > 1 ? 1 : 100) * part).toPrecision(12))) };
      });
    } else if ((detailKeys as readonly string[]).includes(key)) {
      job.details[key as DetailKey] = value;
    }
  }
  if (job.groups.length === 0) {
    job.groups.push({ hardware: '', count: '1' });
  }
  return job;
}

/** The job in words, for paper. */
export function spokenJob(job: Job): string {
  const hardware = said(job).map((group) => `${group.count.trim()} × ${group.hardware.trim()}`);
  const grid = job.grid === 'own' ? `${job.intensity.trim()} g/kWh` : job.grid === 'mix' ? job.mix.map((share) => `${share.percent.trim()} % ${share.source}`).join(' and ') : '';
  return [hardware.join(' and '), needsHours(job) ? `${job.hours.trim()} h` : '', job.region.trim() || (grid ? '' : 'region not given'), grid].filter(Boolean).join(', ');
}
