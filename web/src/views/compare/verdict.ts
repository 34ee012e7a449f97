// Which made more, and can they be told apart: in words that hold. Two whose ranges overlap are never ranked.
import type { Estimate } from '$lib/api';
import { grouped, overlap, ratioText, significant } from '$lib/numbers';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

export function ordinal(index: number): string {
  return ordinals[index] ?? `${index + 1}th`;
}

function listed(indices: readonly number[]): string {
  const names = [...indices].sort((a, b) => a - b).map(ordinal);
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** Largest sets in which every range overlaps every other, of two members or more. */
export function alike(estimates: readonly (Estimate | null)[]): number[][] {
  const known = estimates.flatMap((estimate, index) => (estimate ? [{ estimate, index }] : []));
  // Ranges that share a point all hold the largest of their lows.
  const sets = known.map(({ estimate: { low } }) => known.filter(({ estimate: each }) => each.low <= low && low <= each.high).map((each) => each.index));
  const largest = sets.filter((set, i) => !sets.some((other, j) => i !== j && set.every((each) => other.includes(each)) && (other.length > set.length || j < i)));
  return largest.filter((set) => set.length > 1);
}

/** "The first made about twice the second." */
function ratioSentence(more: number, less: number, a: Estimate, b: Estimate): string {
  const [who, than] = [`The ${ordinal(more)}`, `the ${ordinal(less)}`];
  if (b.value <= 0) {
    return `${who} made more than ${than}.`;
  }
  const ratio = a.value / b.value;
  if (ratio < 1.095) {
    return `${who} made ${Math.max(1, Math.round((ratio - 1) * 100))}\u00a0% more than ${than}.`;
  }
  const words = ratio < 100 ? ratioText(ratio) : `${grouped(significant(ratio, 2))} times`;
  return `${who} made about ${words}${words.endsWith('times') ? ' as much as' : ''} ${than}.`;
}

/** Sentences, the strongest first. */
export function verdict(estimates: readonly (Estimate | null)[]): string[] {
  const known = estimates.flatMap((estimate, index) => (estimate ? [{ estimate, index }] : []));
  const unknown = estimates.flatMap((estimate, index) => (estimate ? [] : [index]));
  const tail = unknown.length > 0 && unknown.length < estimates.length ? [`Of the ${listed(unknown)} the footprint is not known.`] : [];
  if (known.length < 2) {
    return known.length === 0 ? ['No footprint is known, so there is nothing to compare.'] : ['One footprint alone is known, so there is nothing to compare it with.', ...tail];
  }
  const groups = alike(estimates);
  if (groups.length === 1 && groups[0]?.length === known.length) {
    const who = known.length === estimates.length && known.length > 2 ? `All ${known.length}` : known.length === 2 && estimates.length === 2 ? 'The two' : `The ${listed(groups[0])}`;
    const none = known.every(({ estimate }) => estimate.high <= 0);
    return [none ? `${who} are the same: 0.` : `${who} cannot be told apart: their ranges overlap.`, ...tail];
  }
  let strongest: { more: number; less: number; ratio: number; a: Estimate; b: Estimate } | undefined;
  for (const one of known) {
    for (const other of known) {
      if (one.estimate.value > other.estimate.value && !overlap(one.estimate, other.estimate)) {
        const ratio = other.estimate.value > 0 ? one.estimate.value / other.estimate.value : Infinity;
        if (strongest === undefined || ratio > strongest.ratio) {
          strongest = { more: one.index, less: other.index, ratio, a: one.estimate, b: other.estimate };
        }
      }
    }
  }
  const first = strongest ? [ratioSentence(strongest.more, strongest.less, strongest.a, strongest.b)] : [];
  return [...first, ...groups.map((group) => `The ${listed(group)} cannot be told apart.`), ...tail];
}
