// Names for fields: what the reference tables have for the words typed.
import { get, type DeviceRow, type InstanceRow, type RegionRow, type Rows } from '../api';
import { gridText } from '../numbers';

export interface Found {
  value: string;
  label: string;
  detail: string;
}

const most = 8;

const joined = (parts: (string | null | undefined | false)[]): string => parts.filter(Boolean).join(', ');

function ofDevice(row: DeviceRow, words: string): Found {
  const alias = row.aliases
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.toLowerCase().includes(words.toLowerCase()));
  const other = alias && alias !== row.name && !row.name.toLowerCase().includes(words.toLowerCase()) ? alias : '';
  return {
    value: row.device,
    label: row.name,
    detail: joined([row.device, other, row.limit_w !== null && `${row.limit_w} W`, row.memory_gib !== null && `${row.memory_gib} GiB`]),
  };
}

function ofInstance(row: InstanceRow): Found {
  const devices = row.accelerator === null ? '' : `${row.accelerator_count ?? ''} × ${row.accelerator}`;
  return { value: row.instance, label: row.instance, detail: joined([devices, row.vcpus !== null && `${row.vcpus} vCPU`]) };
}

/** Accelerators first, then machine types of the clouds. */
export async function findHardware(words: string, signal?: AbortSignal): Promise<Found[]> {
  const query = { q: words.replace(/:/g, ' '), limit: most };
  const [devices, instances] = await Promise.all([
    get<Rows<DeviceRow>>('/devices', query, signal),
    words.trim() === '' ? { rows: [] } : get<Rows<InstanceRow>>('/instances', query, signal),
  ]);
  const room = Math.max(most - instances.rows.length, 5);
  return [...devices.rows.slice(0, room).map((row) => ofDevice(row, words)), ...instances.rows.map(ofInstance)].slice(0, most);
}

export function ofRegion(row: RegionRow): Found {
  const id = row.region ?? row.zone;
  const grid = row.gco2e_per_kwh === null ? 'grid not known' : `${gridText(row.gco2e_per_kwh)} g/kWh`;
  return { value: id, label: row.name, detail: joined([id, grid, row.pue !== null && `PUE ${row.pue}`]) };
}

/** Places by provider ("" any, "zone" countries and grid zones) and words. */
export async function findRegions(words: string, provider: string, signal?: AbortSignal): Promise<Found[]> {
  const cloud = provider !== '' && provider !== 'zone';
  const q = [cloud ? provider : '', words.replace(/:/g, ' ')].join(' ').trim();
  const { rows } = await get<Rows<RegionRow>>('/regions', { q, limit: provider === '' ? most : 200 }, signal);
  const wanted = rows.filter((row) => {
    const at = row.region?.includes(':') ? row.region.split(':')[0] : 'zone';
    return provider === '' || at === provider;
  });
  return wanted.slice(0, most).map(ofRegion);
}

/** What the tables call `id`; undefined where no row has exactly this id. */
export async function nameOf(id: string, kind: 'hardware' | 'region', signal?: AbortSignal): Promise<Found | undefined> {
  const found = kind === 'hardware' ? await findHardware(id, signal) : await findRegions(id, '', signal);
  return found.find((each) => each.value.toLowerCase() === id.toLowerCase());
}

/** Clouds whose regions the tables have, as a person calls them. */
export const providers: readonly { key: string; name: string }[] = [
  { key: 'aws', name: 'AWS' },
  { key: 'azure', name: 'Azure' },
  { key: 'gcp', name: 'Google Cloud' },
  { key: 'oracle', name: 'Oracle' },
  { key: 'ibm', name: 'IBM' },
  { key: 'alibaba', name: 'Alibaba' },
  { key: 'tencent', name: 'Tencent' },
  { key: 'huawei', name: 'Huawei' },
  { key: 'ovhcloud', name: 'OVHcloud' },
  { key: 'scaleway', name: 'Scaleway' },
  { key: 'hetzner', name: 'Hetzner' },
  { key: 'seeweb', name: 'Seeweb' },
  { key: 'coreweave', name: 'CoreWeave' },
  { key: 'lambda', name: 'Lambda' },
  { key: 'runpod', name: 'RunPod' },
];

export function providerOf(region: string | null | undefined): string {
  return region?.includes(':') ? (region.split(':')[0] ?? '') : '';
}

export function providerName(key: string): string {
  return providers.find((each) => each.key === key)?.name ?? key;
}
