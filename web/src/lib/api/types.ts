// What the server answers: docs/api/openapi.json and docs/schema/. Numbers are in the unit of their key; an unknown
// is null or absent, never 0.
import type { Estimate } from '../numbers';

export type { Estimate };
export type Quality = 'measured' | 'integrated' | 'modelled' | 'assumed';

export interface Health {
  status: 'ok' | 'store_unreadable';
  version: string;
  store: string;
  store_error?: string | null;
  writable: boolean;
  runs: number | null;
  live: number;
  default_region?: string | null; // of the machine that serves
  time: string;
}

export interface RunRow {
  id: string;
  project: string;
  name: string;
  state: 'running' | 'finished' | 'interrupted';
  started_at: string;
  duration_s: number;
  exit_status?: number | null;
  signal?: number | null;
  scope?: string;
  tags: Record<string, string>;
  host?: string;
  cpu_model?: string | null;
  gpu_models?: string[];
  region?: string | null;
  energy_kwh: number | null;
  operational_kgco2e: Estimate | null;
  quality?: Quality | null;
  has_gaps: boolean;
  part_of?: string | null;
  imported_from?: string | null;
}

export interface RunPage {
  rows: RunRow[];
  total: number;
  page: number;
  limit: number;
}

export interface Sum {
  runs: number;
  duration_s: number;
  energy_kwh: number | null;
  operational_kgco2e: Estimate | null;
  with_gaps: number;
  not_known: number;
}

export interface Totals {
  all: Sum;
  months: (Sum & { month: string })[];
  projects: (Sum & { project: string })[]; // at most 200
  projects_total?: number;
}

export interface LiveRun {
  id: string;
  project: string;
  name: string;
  started_at: string;
  elapsed_s: number;
  power_w: number | null;
  power_as_of_s?: number | null;
  energy_kwh: number | null;
  operational_kgco2e: Estimate | null;
  quality?: Quality | null;
  has_gaps: boolean;
  kinds_w: Record<string, number>;
  forecast?: LiveForecast | null; // null: nothing says how far it is
  budget?: Budget;
}

/** docs/schema/forecast.md */
export interface LiveForecast {
  ready: boolean;
  step?: number | null;
  steps_total?: number | null;
  reason?: string;
  left_s?: Estimate | null;
  duration_s?: Estimate | null;
  operational_kgco2e?: Estimate | null;
}

export interface Budget {
  limits: { limit: string; of: 'carbon' | 'energy' | 'time'; amount: number; spent: number | null }[];
  events?: { at_s: number; what: string; limit: string | null; detail: string }[];
  ended_run?: boolean;
}

export interface Live {
  time: string;
  runs: LiveRun[];
}

export interface WindowDevice {
  device: string;
  kind: string;
  name: string;
  quality: Quality;
  method?: string;
  watts: (number | null)[];
  low_w?: (number | null)[];
  high_w?: (number | null)[];
  known: number[];
}

export interface Gap {
  device: string;
  from_s: number;
  to_s: number;
  reason: string;
}

export interface Windows {
  id: string;
  started_at?: string;
  duration_s: number;
  state?: string;
  from_s: number;
  to_s: number;
  edges_s: number[];
  devices: WindowDevice[];
  gaps: Gap[];
  pauses?: { from_s: number; to_s: number }[];
  markers?: { kind: string; at_s: number; name: string }[];
  markers_total?: number; // markers holds the first 2000
}

export interface ElsewhereRow {
  region: string | null;
  zone: string;
  name: string;
  country: string;
  gco2e_per_kwh: number;
  basis?: string;
  year?: number | null;
  from_country?: boolean;
  source?: string;
  pue?: number | null;
  pue_source?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  operational_kgco2e: Estimate;
}

export interface Elsewhere {
  id?: string | null;
  energy_kwh?: Estimate | null;
  here: string | null; // region or zone of the row where the run is
  basis: string;
  own?: OwnFigure; // what the run's own result says
  rows: ElsewhereRow[]; // lowest first
}

/** The headline of the run beside its row: rows are on one basis, the run may be on the other. */
export interface OwnFigure {
  basis: string | null;
  gco2e_per_kwh: number | null;
  operational_kgco2e: Estimate | null;
  ranked_kgco2e: Estimate | null;
  differs_in: ('basis' | 'intensity' | 'pue')[];
}

export interface Equivalence {
  key: string;
  label: string;
  value: number | null;
  source: string;
  one_kgco2e?: number;
  per_default?: boolean;
}

export interface Rows<T> {
  rows: T[];
  total: number;
}

export interface DeviceRow {
  device: string;
  name: string;
  aliases: string | null;
  vendor: string | null;
  kind: string;
  limit_w: number | null;
  memory_gib: number | null;
  release_year: number | null;
}

export interface InstanceRow {
  instance: string;
  vcpus: number | null;
  memory_gib: number | null;
  accelerator: string | null;
  accelerator_count: number | null;
}

export interface RegionRow {
  region: string | null;
  zone: string;
  name: string;
  country: string;
  gco2e_per_kwh: number | null;
  basis: string;
  year: number | null;
  source: string;
  pue: number | null;
  pue_source: string | null;
}

export interface SourceRow {
  source: string;
  title: string;
  publisher: string | null;
  year: number | string | null;
  licence: string | null;
  url: string | null;
  note?: string | null;
  used_for?: string | string[] | null;
}

export interface SourceFigures {
  rows: { table: string; name: string; value: number | null; unit: string | null; year: number | null }[];
  total: number;
}

export interface CompareRow {
  label: string;
  operational_kgco2e: Estimate;
  energy_kwh: Estimate;
  times_best: number | null;
  like_best: boolean;
  gco2e_per_kwh: number;
  zone: string | null;
  year: number | null;
  source: string;
  from_country: boolean;
  pue: number;
  pue_source: string;
}

export interface Compare {
  job: string;
  axis: string;
  basis: string;
  best: string;
  worst: string;
  ratio: number | null;
  rows: CompareRow[];
  unranked: { label: string; why: string }[];
}

export type Report = 'model-card' | 'latex' | 'markdown' | 'boamps' | 'sci' | 'html' | 'json' | 'csv';

/** What went wrong, in the words of the server: docs/api/openapi.json, Error. */
export interface Problem {
  status: number;
  code: string;
  message: string;
  hint: string;
}
