// What the server answers of a plan: docs/schema/plan-*.md.
import type { Assumption, Estimate, Footprint } from '$lib/api';

export interface TrainAnswer extends Footprint {
  plan: {
    flops: number;
    executed_flops: number;
    devices: number | null;
    mfu: number | null;
    mfu_from: 'published trainings' | 'user' | 'tokens per second';
    mfu_band: { value: number; sigma_ln: number; family: string | null; projects: number; runs: number } | null;
    device_hours: Estimate | null;
    wall_hours: Estimate | null;
    times: Estimate | null;
    project_energy_kwh: Estimate | null;
    project_kgco2e: Estimate | null;
    notes: string[];
    assumptions: Assumption[];
  };
}

export interface ReuseWay {
  way: 'from scratch' | 'continued' | 'fine-tune' | 'LoRA' | 'frozen';
  operations_per_token: string;
  tokens: Estimate;
  device_hours: Estimate;
  operational_kgco2e: Estimate;
  ratio: Estimate;
  of_one_from_scratch: Estimate;
  even_uses: Estimate | null;
  with_uses_kgco2e: Estimate | null;
}

export interface ReuseAnswer {
  ways: ReuseWay[];
  hosted: { wh_per_use: Estimate; own_wh_per_use: Estimate; kgco2e_per_use: Estimate; kgco2e: Estimate | null };
  uses: number | null;
  shared_by: number | null;
  assumptions: Assumption[];
}

export interface SearchWay {
  way: 'grid' | 'random' | 'halving' | 'halving_resuming' | 'hyperband';
  configs: number;
  trainings: number;
  full_trainings: number;
  energy_kwh: Estimate | null;
  operational_kgco2e: Estimate | null;
  hours: number | null;
  saved: number;
}

export interface Rung {
  configs: number;
  budget: number;
}

export interface SearchAnswer {
  asked: { space: string | null; best: number; confidence: number; eta: number; resource: number; seeds: number; folds: number };
  parameters: { name: string; grid_values: number; assumed: boolean; conditional: boolean }[];
  training: { energy_kwh: Estimate | null; operational_kgco2e: Estimate | null; hours: number | null; from: string | null };
  ways: SearchWay[];
  halving: Rung[];
  hyperband: Rung[][];
  narrowed: Narrowed | null;
  half: Narrowed | null;
}

export interface Narrowed {
  kept: number;
  grid: number;
  random: number;
}

export interface Schedule {
  start: string;
  end: string;
  operational_kgco2e: Estimate;
  gco2e_per_kwh: number;
  saving_percent: number;
  pauses: number;
  running_h: number;
  paused_h: number;
  runs: { from: string; until: string }[];
}

export interface WhenAnswer {
  job: string;
  hours: number;
  window: { from: string; until: string; filled_h: number; least: number; mean: number; most: number };
  forecast: { zone: string | null; basis: string | null };
  now: Schedule;
  best_start: Schedule;
  with_pauses: Schedule | null;
  mean_start: { operational_kgco2e: Estimate; gco2e_per_kwh: number };
  worst_start: { operational_kgco2e: Estimate; gco2e_per_kwh: number };
  start_command: string | null;
  notes: string[];
  assumptions: Assumption[];
}

export interface WhereWay {
  label: string;
  place: string | null;
  hardware: string | null;
  count: number;
  hours: Estimate;
  operational_kgco2e: Estimate;
  money: Estimate | null;
  on_front: boolean;
  beaten_by: { label: string; better_in: string[] } | null;
  like_least: boolean;
  gco2e_per_kwh: number;
  from_country: boolean;
}

export interface WhereAnswer {
  job: string;
  basis: string | null;
  currency: string | null;
  least: string;
  fastest: string;
  cheapest: string | null;
  now: string | null;
  ways: WhereWay[];
  left_out: { label: string; why: string }[];
  assumptions: Assumption[];
}
