// The five plans: what each asks for, and the request that it makes. Keys are the flags of `gramme plan ...`
// (docs/schema/request.md); a field that is empty is not said.
import { numberOf } from '../calculator/job';

export type Kind = 'number' | 'text' | 'area' | 'choice' | 'switch' | 'time' | 'hardware' | 'region' | 'run';

export interface Entry {
  key: string;
  label: string;
  kind?: Kind; // a text where it is left out
  hint?: string;
  unit?: string;
  options?: readonly [string, string][];
  /** Under "Details". */
  more?: true;
  /** What is said where it is empty and must not be. */
  need?: string;
  /** Only where another field has this value. */
  when?: readonly [string, string];
}

export type PlanId = 'train' | 'search' | 'reuse' | 'when' | 'where';

export interface Plan {
  id: PlanId;
  name: string;
  lead: string;
  entries: readonly Entry[];
  /** What stands in the form before anything is typed: an example, without a region that nobody gave. */
  example: Record<string, string>;
}

export type Values = Record<string, string>;

const hardware: Entry = { key: 'hardware', label: 'Hardware', kind: 'hardware', need: 'Name the hardware, or a power such as 500 W.' };
const count: Entry = { key: 'count', label: 'How many', kind: 'number' };
const hours: Entry = { key: 'hours', label: 'Hours', kind: 'number', hint: 'of the clock, not of devices', need: 'Hours must be above 0.' };
const region: Entry = { key: 'region', label: 'Where', kind: 'region' };
const pue: Entry = { key: 'pue', label: 'PUE', kind: 'number', hint: 'site over computers', more: true };
const utilisation: Entry = { key: 'utilisation', label: 'Use', kind: 'number', unit: '%', hint: 'share of the time they work', more: true };
const model: readonly Entry[] = [
  { key: 'parameters', label: 'Parameters', hint: 'such as 350M, 7B', need: 'Say how many parameters the model has, such as 7B.' },
  { key: 'tokens', label: 'Tokens', hint: 'such as 300B, 2T; repeats included' },
];
const shape: readonly Entry[] = [
  { key: 'active_parameters', label: 'Active parameters', hint: 'of a mixture of experts', more: true },
  { key: 'layers', label: 'Layers', kind: 'number', hint: 'with the next two: attention counts', more: true },
  { key: 'hidden', label: 'Hidden size', hint: 'heads x head size', more: true },
  { key: 'sequence_length', label: 'Sequence length', kind: 'number', unit: 'tokens', more: true },
  { key: 'precision', label: 'Precision', kind: 'choice', options: [['', '16 bit'], ['32', '32 bit'], ['8', '8 bit']], more: true },
  { key: 'mfu', label: 'MFU', hint: 'share of the peak: 0.4, 0.3..0.45', more: true },
];

export const plans: readonly Plan[] = [
  {
    id: 'train',
    name: 'Train',
    lead: 'What a training will take, before anything runs.',
    entries: [
      ...model.map((each) => (each.key === 'tokens' ? { ...each, need: 'Say on how many tokens it is trained, such as 2T.' } : each)),
      hardware,
      { ...count, hint: 'says how long one waits' },
      region,
      { key: 'device_tokens_per_second', label: 'Tokens per second', hint: 'of one device, measured', more: true },
      { key: 'method', label: 'What learns', kind: 'choice', options: [['', 'all weights'], ['lora', 'LoRA'], ['frozen', 'only a head']], more: true },
      { key: 'head_parameters', label: 'Parameters of the head', more: true, when: ['method', 'frozen'] },
      { key: 'recompute', label: 'Activations', kind: 'switch', options: [['', 'kept'], ['1', 'computed again']], more: true },
      { key: 'times', label: 'All trainings', hint: 'over the last one: 1.5..2.7', more: true },
      ...shape,
      pue,
    ],
    example: { parameters: '7B', tokens: '2T', hardware: 'nvidia-h100-sxm5-80gb', count: '512' },
  },
  {
    id: 'search',
    name: 'Search',
    lead: 'What a search of hyper-parameters costs on a grid, at random, and by halving.',
    entries: [
      { key: 'space', label: 'The space, as TOML', kind: 'area', need: 'Paste the space: its parameters with values or ranges.' },
      { key: 'cost', label: 'One training costs', kind: 'choice', options: [['', 'by its hardware'], ['run', 'as a run that was one']] },
      { ...hardware, when: ['cost', ''] },
      { ...count, when: ['cost', ''] },
      { ...hours, when: ['cost', ''] },
      { ...region, when: ['cost', ''] },
      { key: 'pilot', label: 'Run', kind: 'run', when: ['cost', 'run'], need: 'Choose the run.' },
      { key: 'pilot_share', label: 'That run was', hint: 'of a training; else all of it', kind: 'number', unit: '%', when: ['cost', 'run'] },
      { key: 'best', label: 'Among the best', kind: 'number', unit: '%', hint: 'of the space; else 5 %', more: true },
      { key: 'confidence', label: 'How sure', kind: 'number', unit: '%', hint: 'else 95 %', more: true },
      { key: 'eta', label: 'One goes on in', kind: 'number', hint: 'halving, Hyperband; else 3', more: true },
      { key: 'resource', label: 'Smallest budgets', kind: 'number', hint: 'in a training; else 81', more: true },
      { ...pue, when: ['cost', ''] },
    ],
    example: {
      space:
        '[parameters]\nbatch = [16, 32, 64, 128, 256]\nwarmup = [100, 300, 1000, 3000, 10000]\n\n[parameters.lr]\nrange = [1e-5, 1e-2]\nscale = "log"\npoints = 5\n\n[parameters.dropout]\nrange = [0.0, 0.4]\npoints = 5\n',
      hardware: 'nvidia-a100-sxm4-80gb',
      count: '1',
      hours: '4',
    },
  },
  {
    id: 'reuse',
    name: 'Reuse',
    lead: 'From scratch, continued, fine-tuned, or a model that somebody hosts: side by side.',
    entries: [
      ...model.map((each) => (each.key === 'tokens' ? { ...each, hint: 'of the pre-training; else 20 a parameter' } : each)),
      hardware,
      region,
      { key: 'uses', label: 'Uses', hint: 'of the finished model, such as 1M' },
      { key: 'shared_by', label: 'Pre-training shared by', unit: 'models', hint: 'else others bear it', more: true },
      { key: 'continued_tokens', label: 'Continued on', unit: 'tokens', hint: 'such as 50B, 10B..50B', more: true },
      { key: 'fine_tune_tokens', label: 'Fine-tuned on', unit: 'tokens', hint: 'such as 5M', more: true },
      { key: 'hosted_wh', label: 'A hosted use', unit: 'Wh', hint: 'else 0.047..0.24', more: true },
      { key: 'own_wh', label: 'A use of one’s own', unit: 'Wh', hint: 'else a tenth of it', more: true },
      ...shape,
      pue,
    ],
    example: { parameters: '7B', hardware: 'nvidia-h100-sxm5-80gb', uses: '1M' },
  },
  {
    id: 'when',
    name: 'When',
    lead: 'The start, and the pauses, with the least carbon before a deadline.',
    entries: [
      { key: 'forecast', label: 'Forecast of the grid, as CSV', kind: 'area', need: 'Paste a forecast: a time and g CO₂e/kWh in each line.' },
      hardware,
      count,
      hours,
      { key: 'earliest', label: 'Not before', kind: 'time', hint: 'else now' },
      { key: 'deadline', label: 'Done by', kind: 'time', hint: 'else where the forecast ends' },
      { ...region, hint: 'for the PUE of the site' },
      { key: 'pause_minutes', label: 'A pause costs', kind: 'number', unit: 'min', hint: 'run again at each resume; else 10', more: true },
      { key: 'pause_kwh', label: 'and besides', kind: 'number', unit: 'kWh', more: true },
      { key: 'pause_w', label: 'Power while paused', kind: 'number', unit: 'W', hint: 'else 0: it is off, or others use it', more: true },
      { key: 'least_run_hours', label: 'Shortest stretch', kind: 'number', unit: 'h', more: true },
      utilisation,
      pue,
    ],
    example: { hardware: 'nvidia-h100-sxm5-80gb', count: '8', hours: '6' },
  },
  {
    id: 'where',
    name: 'Where',
    lead: 'Place, hardware and how many of it, together: which ways no other beats.',
    entries: [
      hardware,
      { ...count, hint: 'as it is now' },
      hours,
      region,
      { key: 'regions', label: 'Places to choose from', hint: 'all, countries, aws, gcp, or names with commas' },
      { key: 'counts', label: 'Or so many', hint: 'with commas: 4, 8, 16' },
      { key: 'devices', label: 'Or other devices', hint: 'with commas: a100, h200' },
      { key: 'efficiency', label: 'Kept at twice as many', kind: 'number', hint: 'of the throughput; else 0.95', more: true },
      { key: 'speed', label: 'Measured throughput', hint: 'over this hardware: a100=0.45', more: true },
      { key: 'prices', label: 'Prices, as CSV', kind: 'area', hint: 'device or instance, region, price_per_hour, currency', more: true },
      { key: 'basis', label: 'Basis', kind: 'choice', options: [['', 'lifecycle'], ['direct', 'direct']], more: true },
      utilisation,
      pue,
    ],
    example: { hardware: 'nvidia-h100-sxm5-80gb', count: '8', hours: '120', regions: 'aws', counts: '4, 8, 16' },
  },
];

export function planOf(id: string): Plan {
  return plans.find((plan) => plan.id === id) ?? (plans[0] as Plan);
}

/** The fields that are asked for, beside what the others say. */
export function entriesOf(plan: Plan, values: Values): Entry[] {
  return plan.entries.filter(({ when }) => when === undefined || (values[when[0]] ?? '') === when[1]);
}

export function said(values: Values, key: string): string {
  return (values[key] ?? '').trim();
}

/** By key of the field: what is missing or is no number. The rest the server knows. */
export function errorsOf(plan: Plan, values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  const energy = /kwh|mwh/i.test(said(values, 'hardware'));
  for (const entry of entriesOf(plan, values)) {
    const text = said(values, entry.key);
    const value = numberOf(text);
    if (text === '') {
      if (entry.need && !(entry.key === 'hours' && energy && plan.id === 'search')) {
        errors[entry.key] = entry.need;
      }
    } else if (entry.kind === 'number' && (value === undefined || value < 0 || (value === 0 && !entry.more))) {
      errors[entry.key] = entry.key === 'hours' ? 'Hours must be above 0.' : `"${text}" is no number above 0.`;
    }
  }
  return errors;
}

interface Refused {
  status: number;
  message: string;
  hint: string;
}

/** A refusal of the server, at the field that it names; "" is of none. */
export function errorsOfFailure(plan: Plan, values: Values, { status, message, hint }: Refused): Record<string, string> {
  if (status !== 400) {
    return {};
  }
  const keys = entriesOf(plan, values).map((entry) => entry.key);
  const quoted = /['"](.+?)['"]/.exec(message)?.[1]?.toLowerCase();
  const flag = /--([a-z-]+)|^([a-z_]+)\b/.exec(message);
  const named = (flag?.[1] ?? flag?.[2] ?? '').replaceAll('-', '_');
  const other: Record<string, string> = { device: 'hardware', instance: 'hardware', power_w: 'hardware', energy_kwh: 'hardware', start_not_before: 'earliest' };
  const key = [other[named] ?? named, keys.find((each) => said(values, each).toLowerCase() === quoted)].find((each) => each !== undefined && keys.includes(each));
  const text = message.replace(/^--[\w-]+: /, '');
  const more = hint === '' || hint.includes('--') || hint.includes('`') ? '' : ` ${sentence(hint)}`;
  return { [key ?? (message.includes('forecast') && keys.includes('forecast') ? 'forecast' : '')]: sentence(text) + more };
}

/** A flag is no word of the page: what it says is. */
export const withoutFlags = (text: string) => text.replace(/--([a-z-]+)/g, (_, flag: string) => flag.replaceAll('-', ' '));

export function sentence(text: string): string {
  return text === '' ? '' : (text.charAt(0).toUpperCase() + text.slice(1)).replace(/([^.!?])$/, '$1.');
}
