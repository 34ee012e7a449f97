// What the chart says in words: to the pointer, to the keys, and in its table.
import { durationText, firstPlace, grouped, momentText, placeOf, proseText, rounded, unitFor, valueText, withUnit, alone } from '$lib/numbers';
import type { Hole } from './holes';
import { kindWords, type Stack } from './stack';

/** Watts without a range, in the unit and to the place of a total, but with one digit at least: "2.55". */
function likeTotal(watts: number, size: number, place: number): string {
  return grouped(watts === 0 ? '0' : rounded(watts / size, Math.min(place, firstPlace(watts / size))));
}

/** Time since the start: "0", "41 s". */
export function sinceText(at_s: number): string {
  return at_s < 0.0005 ? '0' : durationText(at_s);
}

/** "26 h" since the start, and the moment where the start is known. */
export function instantText(at_s: number, startedAt?: string, now?: Date): string {
  const since = sinceText(at_s);
  if (startedAt === undefined) {
    return since;
  }
  const moment = new Date(Date.parse(startedAt) + at_s * 1000);
  return Number.isNaN(moment.getTime()) ? since : `${since}, ${momentText(moment.toISOString(), now)}`;
}

/** "cpu0", "cpu0 and gpu3", "cpu0, cpu1 and 3 others" */
export function listText(names: readonly string[], most = 3): string {
  if (names.length <= 1) {
    return names[0] ?? '';
  }
  if (names.length <= most) {
    return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  }
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} others`;
}

/** "2.78 kW, between 2.65 and 2.92" of bucket i; "not known" where nothing is. */
export function totalText(stack: Stack, i: number): string {
  const [value, low, high] = [stack.total[i], stack.low[i], stack.high[i]];
  if (typeof value !== 'number') {
    return 'not known';
  }
  return low === value && high === value ? valueText(alone(value, 'power')) : proseText({ value, low: low ?? value, high: high ?? value }, 'power');
}

/** "GPU 2.55, CPU 0.16, memory 0.07 modelled" */
function layersText(stack: Stack, i: number): string {
  const value = stack.total[i] ?? 0;
  const unit = unitFor(value, 'power');
  const place = placeOf(value / unit.size, (stack.low[i] ?? value) / unit.size, (stack.high[i] ?? value) / unit.size);
  return stack.layers
    .flatMap((layer) => {
      const watts = layer.watts[i];
      return typeof watts === 'number' ? [`${kindWords[layer.kind]} ${likeTotal(watts, unit.size, place)}${layer.fill === 'solid' ? '' : ` ${layer.fill}`}`] : [];
    })
    .join(', ');
}

export function holeText(hole: Hole): string {
  const times = hole.count > 1 ? `${hole.count} gaps within ${durationText(hole.to_s - hole.from_s)}` : `for ${durationText(hole.to_s - hole.from_s)}`;
  const who = hole.all ? 'Nothing' : listText(hole.devices);
  return `${who} ${hole.all ? 'is known' : 'not known'} ${times} from ${hole.from_s < 0.0005 ? 'the start' : durationText(hole.from_s)}: ${hole.reasons.join('; ') || 'no reading'}.`;
}

/** The whole sentence of bucket i, with the hole that lies in it. */
export function bucketText(stack: Stack, holes: readonly Hole[], i: number, startedAt?: string, now?: Date): string {
  const [from, to] = [stack.edges[i], stack.edges[i + 1]];
  if (from === undefined || to === undefined) {
    return 'nothing recorded';
  }
  const middle = (from + to) / 2;
  const hole = holes.find((each) => each.from_s < to && each.to_s > from && (each.all || typeof stack.total[i] === 'number'));
  const at = instantText(middle, startedAt, now);
  if (typeof stack.total[i] !== 'number') {
    return `${at}: not known. ${hole ? holeText(hole) : ''}`.trim();
  }
  const known = hole || (stack.missing[i]?.length ?? 0) > 0 ? 'known part ' : '';
  const parts = stack.layers.length > 0 ? ` ${layersText(stack, i)}.` : '';
  return `${at}: ${known}${totalText(stack, i)}.${parts}${hole ? ` ${holeText(hole)}` : ''}`;
}

/** A finding only where it holds: the top kind took at least 60 % of the energy. */
export function energyTitle(parts: readonly { kind: string; energy_kwh: number | null; name?: string }[]): string {
  const known = parts.filter((part) => part.energy_kwh !== null);
  const total = known.reduce((sum, part) => sum + (part.energy_kwh ?? 0), 0);
  const names: Record<string, string> = { gpu: 'GPUs', cpu: 'CPUs', memory: 'Memory' };
  for (const [kind, name] of Object.entries(names)) {
    const own = known.filter((part) => part.kind === kind);
    const share = own.reduce((sum, part) => sum + (part.energy_kwh ?? 0), 0) / total;
    if (total > 0 && share >= 0.6) {
      const called = own.length === 1 && kind !== 'memory' && !/^\d+ x /.test(own[0]?.name ?? '') ? `The ${name.slice(0, -1)}` : name;
      return `${called} took ${Math.round(share * 100)}\u00a0% of the energy`;
    }
  }
  return 'Energy by device';
}

/** "87 W" for an axis or a label. */
export function wattText(watts: number): string {
  const shown = alone(Number(watts.toPrecision(3)), 'power');
  return withUnit(shown.value, shown.unit);
}
