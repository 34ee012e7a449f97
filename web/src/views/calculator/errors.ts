// What is wrong with the form: found here at once, or by the server; by the field that mends it.
import { Failure } from '$lib/api';
import { significant } from '$lib/numbers';
import { needsHours, numberOf, type Job } from './job';

/** By field id: `hardware-0`, `count-0`, `hours`, `region`, `intensity`, `mix`, a detail; "" is of none. */
export type Errors = Record<string, string>;

export function errorsOf(job: Job): Errors {
  const errors: Errors = {};
  job.groups.forEach((group, i) => {
    const count = numberOf(group.count);
    if (group.hardware.trim() !== '' && (count === undefined || count <= 0)) {
      errors[`count-${i}`] = 'The count must be above 0.';
    }
  });
  if (job.groups.every((group) => group.hardware.trim() === '')) {
    errors['hardware-0'] = 'Name the hardware, or a power such as 500 W.';
  }
  const hours = numberOf(job.hours);
  if (needsHours(job) && (hours === undefined || hours <= 0)) {
    errors['hours'] = 'Hours must be above 0.';
  }
  const pue = numberOf(job.details.pue);
  if (job.details.pue.trim() !== '' && (pue === undefined || pue < 1)) {
    errors['pue'] = `PUE is 1.0 or more${pue === undefined ? '' : `; ${job.details.pue.trim()} would mean the building makes energy`}.`;
  }
  if (job.grid === 'own') {
    const intensity = numberOf(job.intensity);
    if (intensity === undefined || intensity < 0) {
      errors['intensity'] = 'Give the grid figure in g CO₂e per kWh, 0 or more.';
    }
  }
  if (job.grid === 'mix') {
    const sum = job.mix.reduce((total, share) => total + (numberOf(share.percent) ?? 0), 0);
    const left = 100 - sum;
    if (Math.abs(left) > 1e-6) {
      const is = `The mix adds up to ${significant(sum, 4)} %`;
      errors['mix'] = left > 0 ? `${is}; ${significant(left, 4)} % is left to assign.` : `${is}; ${significant(-left, 4)} % is too much.`;
    }
  }
  return errors;
}

const nearest = /did you mean (.+?)\??$/;

/** A refusal of the server, at the field that it names. */
export function errorsOfFailure(failure: Failure, job: Job): Errors {
  if (failure.status !== 400) {
    return {};
  }
  const { message, hint } = failure;
  const near = nearest.exec(hint)?.[1];
  const lower = message.toLowerCase();
  const quoted = /['"](.+?)['"]/.exec(message)?.[1];
  const unknown = near ? `"${quoted ?? ''}" is not known. Nearest: ${near}.` : undefined;
  const group = job.groups.findIndex((each) => quoted !== undefined && each.hardware.trim().toLowerCase() === quoted.toLowerCase());
  if (group >= 0) {
    return { [`hardware-${group}`]: unknown ?? sentence(message) };
  }
  const flag = /(?:--|^|["'`])(hours|region|mix|intensity|pue|year|basis|utilisation|host|lifetime|profile|count|device|instance|power[-_]model)\b/.exec(lower)?.[1];
  const field = flag?.replace('-', '_') ?? (['place', 'region'].some((word) => lower.includes(word)) ? 'region' : '');
  const at: Record<string, string> = { device: 'hardware-0', instance: 'hardware-0', count: 'count-0' };
  if (field === 'region' && lower.includes('no place')) {
    return { region: unknown ?? `No place is known as "${quoted ?? job.region}". Type a city, a country or a cloud region.` };
  }
  const plain = message.replace(/^--[\w-]+: /, '');
  const more = hint === '' || hint.includes('--') || hint.includes('`') ? '' : ` ${sentence(hint)}`;
  return { [at[field] ?? field]: unknown ?? sentence(plain) + more };
}

function sentence(text: string): string {
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.?$/, '.');
}
