// How a run is called, and what must stand beside its name.
import type { Footprint, Gap } from '../api';
import { durationText, percentText } from '../numbers';
import { visible } from '../visible';

/** Its name; where it has none, the beginning of its id. */
export function runTitle(run: { name?: string | undefined; id?: string | undefined }): string {
  const name = visible(run.name?.trim() ?? '');
  return name !== '' ? name : `run ${shortId(run.id ?? '')}`;
}

export function shortId(id: string): string {
  return id.slice(0, 13);
}

interface Ended {
  state?: string | undefined;
  exit_status?: number | null | undefined;
  signal?: number | null | undefined;
}

const signals: Record<number, string> = { 1: 'SIGHUP', 2: 'SIGINT', 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };

/** "exit 0", "killed by SIGKILL", "interrupted"; empty where it is not told. */
export function endText(run: Ended): string {
  if (run.state === 'interrupted' || run.state === 'running') {
    return run.state === 'running' ? '' : 'interrupted';
  }
  if (typeof run.signal === 'number') {
    return `killed by ${signals[run.signal] ?? `signal ${run.signal}`}`;
  }
  return typeof run.exit_status === 'number' ? `exit ${run.exit_status}` : '';
}

/** Seconds not known by device, longest first; stretches of one device that overlap count once. */
export function gapSeconds(gaps: readonly Gap[]): { device: string; seconds: number }[] {
  const by = new Map<string, [number, number][]>();
  gaps.forEach((gap) => by.set(gap.device, [...(by.get(gap.device) ?? []), [gap.from_s, gap.to_s]]));
  const out = [...by].map(([device, stretches]) => {
    let seconds = 0;
    let end = -Infinity;
    for (const [from, to] of stretches.sort((a, b) => a[0] - b[0])) {
      seconds += Math.max(0, to - Math.max(from, end));
      end = Math.max(end, to);
    }
    return { device, seconds };
  });
  return out.sort((a, b) => b.seconds - a.seconds || a.device.localeCompare(b.device));
}

/** Gaps of a result; while the run works also of devices that went silent, which it lists as gaps only at its end. */
export function gapsOf(footprint: Pick<Footprint, 'run' | 'parts' | 'gaps'>, patience_s = 10): Gap[] {
  const { run, parts, gaps } = footprint;
  if (run.state !== 'running') {
    return gaps;
  }
  const silent = parts.filter((part) => {
    const known = (part.covered_s ?? run.duration_s) + (part.gap_s ?? 0);
    return run.duration_s - known > patience_s && !gaps.some((gap) => gap.device === part.device);
  });
  return [...gaps, ...silent.map((part) => ({ device: part.device, from_s: part.covered_s ?? 0, to_s: run.duration_s, reason: 'no reading since' }))];
}

/** "not counting 60 s of gpu3 and 2 s of cpu0"; devices that lack the same time are named together. */
export function gapText(gaps: readonly Gap[]): string {
  const groups = new Map<string, string[]>();
  for (const { device, seconds } of gapSeconds(gaps)) {
    const text = durationText(seconds);
    groups.set(text, [...(groups.get(text) ?? []), device]);
  }
  if (groups.size === 0) {
    return '';
  }
  const parts = [...groups].map(([text, devices]) => `${text} of ${devices.length > 4 ? `${devices.length} devices` : devices.join(', ')}`);
  const rest = parts.length - 2;
  const said = parts.slice(0, 2).join(rest > 0 ? ', ' : ' and ');
  return `not counting ${said}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const ways = ['assumed', 'modelled', 'integrated', 'measured'] as const; // the weakest first

/** By way of knowing, largest share first: of the energy that is known. */
export function qualityShares(parts: Footprint['parts']): { quality: Footprint['parts'][number]['quality']; share: number; kinds: string[] }[] {
  const total = parts.reduce((sum, part) => sum + (part.energy_kwh ?? 0), 0);
  if (parts.length > 0 && parts.every((part) => part.energy_kwh === 0)) {
    // All is known to be nothing: as well as the part that is known least.
    const weakest = ways.find((way) => parts.some((part) => part.quality === way));
    return weakest ? [{ quality: weakest, share: 1, kinds: [...new Set(parts.map((part) => part.kind))] }] : [];
  }
  const by = new Map<string, { share: number; kinds: string[] }>();
  for (const part of parts) {
    if (part.energy_kwh === null || total <= 0) {
      continue; // of nothing there are no shares
    }
    const entry = by.get(part.quality) ?? { share: 0, kinds: [] };
    entry.share += part.energy_kwh / total;
    entry.kinds = [...new Set([...entry.kinds, part.kind])];
    by.set(part.quality, entry);
  }
  return [...by].map(([quality, entry]) => ({ quality: quality as 'measured', ...entry })).sort((a, b) => b.share - a.share);
}

/** "measured", or where they are mixed "modelled 3 %: memory". */
export function qualityText(each: { quality: string; share: number; kinds: readonly string[] }, alone: boolean): string {
  if (alone) {
    return each.quality;
  }
  const share = `${each.quality} ${percentText(each.share * 100)}`;
  return each.share < 0.5 ? `${share}: ${each.kinds.join(', ')}` : share;
}
