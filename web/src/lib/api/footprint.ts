// gramme/footprint/1 (docs/schema/footprint.md) and gramme/explain/1 (docs/schema/explain.md): what the page reads.
import type { Budget, Equivalence, Estimate, Gap, Quality } from './types';

export interface Part {
  device: string;
  kind: string; // cpu, memory, gpu, platform
  name: string;
  energy_kwh: number | null;
  low?: number | null;
  high?: number | null;
  quality: Quality;
  method: string;
  covered_s?: number;
  gap_s?: number;
  utilization_pct?: number | null;
  idle_energy_kwh?: number | null;
}

export interface Factor {
  value: number;
  sigma_ln?: number | null;
  year?: number | null;
  source: string;
  chosen?: string;
}

export interface Intensity extends Factor {
  zone?: string | null;
  zone_name?: string | null;
  region?: string | null;
  region_known?: boolean;
  place?: string | null;
  country?: string | null;
  basis?: 'lifecycle' | 'direct' | null;
  fell_back_to_country?: boolean;
  country_lifecycle?: { value: number; zone: string; year: number | null; source: string } | null;
}

export interface Apart extends Estimate {
  source?: string;
  chosen?: string;
}

export interface Assumption {
  what: string;
  value: string;
  source: string;
  change: string;
}

export interface Profile {
  name: string;
  title: string;
  edition: string;
  energy_kwh: { value: number; pue?: number } | number | null;
  intensity_gco2e_per_kwh: number | null;
  kgco2e: number | null;
  shown: string;
  steps?: string[];
  notes?: string[];
}

export interface Run {
  id?: string;
  project?: string;
  name?: string;
  tags?: Record<string, string>;
  scope?: string;
  state?: string;
  started_at?: string;
  duration_s: number;
  exit_status?: number | null;
  signal?: number | null;
  host?: { hostname?: string; cpu_model?: string; gpu_models?: string[] } & Record<string, unknown>;
  part_of?: string;
  lineage?: { kind: 'resume_of' | 'fine_tune_of' | 'trial_of'; id: string };
  budget?: Budget;
  gramme_version?: string;
  warnings?: string[];
  imported?: { file: string; line: number; program: string };
}

export interface Waiting {
  share_pct: number;
  energy_kwh: number;
  threshold_pct: number;
  known_energy_kwh?: number;
  accelerator_energy_kwh?: number;
  mostly: string | null;
  hint: string | null;
  causes: { cause: string; energy_kwh: number; share_pct: number }[];
}

export interface Footprint {
  schema: string;
  run: Run;
  energy_kwh: Estimate | null;
  facility_energy_kwh: Estimate | null;
  operational_kgco2e: Estimate | null;
  quality: Quality | null;
  parts: Part[];
  factors: { pue?: Factor | null; intensity_gco2e_per_kwh?: Intensity | null };
  notes: string[];
  dominant_uncertainty: { factor: string; share_pct: number; remedy: string } | null;
  equivalences: Equivalence[];
  gaps: Gap[];
  left_out?: { device: string; kind: string; name: string; membership: string; reason: string }[];
  not_covered: string[];
  waiting?: Waiting | null;
  work?: { name: string; count: number; per: string; energy_j: Estimate | null; operational_gco2e: Estimate | null }[];
  embodied_kgco2e?: Apart | null;
  water_l?: Apart | null;
  estimate?: { hours: number | null; utilisation: number | null; host: string | null; assumptions: Assumption[] };
  profile?: Profile;
  computed_at?: string;
  footprints?: number;
  /** What newer footprints took the place of, newest first. */
  earlier_footprints?: { computed_at: string; operational_kgco2e: Estimate | null; factors: Footprint['factors'] | null }[];
}

export interface Step {
  expression: string | null;
  result: number;
  unit?: string;
}

export interface Explain {
  run?: { duration_s: number };
  origin: string;
  energy_kwh: Estimate | null;
  operational_kgco2e: Estimate | null;
  devices: {
    device: string;
    kind: string;
    name: string;
    quality: Quality;
    method: string;
    covered_s: number | null;
    gap_s: number | null;
    rule: string | null;
    energy_kwh: Step | null;
    share?: Step;
    sigma?: Step;
    sigma_from?: string;
  }[];
  steps: { energy_kwh: Step; facility_energy_kwh: Step; operational_gco2e: Step } | null;
  factors: Footprint['factors'] | null;
  interval: {
    groups: { group: string; devices: string[]; correlation: string; variance: number; share_pct: number }[];
    sigma: number;
    low_factor: number;
    high_factor: number;
    pue_share_pct: number | null;
    intensity_share_pct: number | null;
  } | null;
  dominant_uncertainty: Footprint['dominant_uncertainty'];
  not_covered: string[];
  disagreements: string[];
  sources: { id: string; used_for: string; title: string; publisher: string; year: number | null; licence: string; url: string | null; note: string | null }[];
}
