// Stretches in which something is not known: they are hatched, never bridged, never a dip.
import type { Windows } from '$lib/api';

export interface Hole {
  from_s: number;
  to_s: number;
  devices: string[];
  reasons: string[];
  /** No device is known: hatched over the full height. */
  all: boolean;
  /** How many holes were drawn as one, for want of room. */
  count: number;
}

interface Missing {
  device: string;
  from_s: number;
  to_s: number;
  reason: string;
}

/** What the server names as gaps, and windows without any value that no gap of the same device touches. */
function missingOf(windows: Windows): Missing[] {
  const out: Missing[] = windows.gaps.map((gap) => ({ ...gap }));
  for (const { device, watts } of windows.devices) {
    const named = windows.gaps.filter((gap) => gap.device === device);
    let from: number | undefined;
    for (let i = 0; i <= watts.length; ++i) {
      const [start, end] = [windows.edges_s[i] ?? 0, windows.edges_s[i + 1] ?? 0];
      const empty = i < watts.length && typeof watts[i] !== 'number' && !named.some((gap) => gap.from_s < end && gap.to_s > start);
      if (empty) {
        from ??= start;
      } else if (from !== undefined) {
        out.push({ device, from_s: from, to_s: start, reason: 'no reading' });
        from = undefined;
      }
    }
  }
  return out;
}

/** Within what is seen, in order; stretches that lack the same devices are one. */
export function holesOf(windows: Windows): Hole[] {
  const list = missingOf(windows)
    .map((gap) => ({ ...gap, from_s: Math.max(gap.from_s, windows.from_s), to_s: Math.min(gap.to_s, windows.to_s) }))
    .filter((gap) => gap.to_s > gap.from_s);
  const edges = [...new Set(list.flatMap((gap) => [gap.from_s, gap.to_s]))].sort((a, b) => a - b);
  const known = new Set(windows.devices.map((device) => device.device));
  const holes: Hole[] = [];
  for (let i = 0; i + 1 < edges.length; ++i) {
    const [from_s, to_s] = [edges[i] ?? 0, edges[i + 1] ?? 0];
    const here = list.filter((gap) => gap.from_s < to_s && gap.to_s > from_s);
    const devices = [...new Set(here.map((gap) => gap.device))].sort();
    if (devices.length === 0) {
      continue;
    }
    const reasons = [...new Set(here.map((gap) => gap.reason).filter((reason) => reason !== ''))];
    const last = holes[holes.length - 1];
    if (last?.to_s === from_s && last.devices.join() === devices.join()) {
      last.to_s = to_s;
      last.reasons = [...new Set([...last.reasons, ...reasons])];
    } else {
      holes.push({ from_s, to_s, devices, reasons, all: [...known].every((device) => devices.includes(device)), count: 1 });
    }
  }
  return holes;
}

export interface PlacedHole extends Hole {
  left: number;
  right: number;
}

/** Where holes are drawn: at least `least` wide, and as one where less than `near` lies between two of them. */
export function placed(holes: readonly Hole[], x: (at_s: number) => number, least = 3, near = 2): PlacedHole[] {
  const out: PlacedHole[] = [];
  for (const hole of holes) {
    let [left, right] = [x(hole.from_s), x(hole.to_s)];
    if (right - left < least) {
      const middle = (left + right) / 2;
      [left, right] = [middle - least / 2, middle + least / 2];
    }
    const last = out[out.length - 1];
    const touching = last !== undefined && hole.from_s <= last.to_s; // two that lack different devices stay two
    if (last !== undefined && !touching && left - last.right < near) {
      last.right = Math.max(last.right, right);
      last.to_s = hole.to_s;
      last.devices = [...new Set([...last.devices, ...hole.devices])].sort();
      last.reasons = [...new Set([...last.reasons, ...hole.reasons])];
      last.all = last.all && hole.all;
      last.count += hole.count;
    } else {
      out.push({ ...hole, left, right });
    }
  }
  return out;
}

/** The first hole that begins after `at_s`, else the first of all: so that one key goes round. */
export function nextHole(holes: readonly Hole[], at_s: number): Hole | undefined {
  return holes.find((hole) => hole.from_s > at_s + 1e-9) ?? holes[0];
}

/** The same with a last stretch in which nothing is known: of a live run whose server stopped answering. */
export function withSilence(windows: Windows, until_s: number): Windows {
  if (!(until_s > windows.to_s)) {
    return windows;
  }
  return {
    ...windows,
    to_s: until_s,
    duration_s: Math.max(windows.duration_s, until_s),
    edges_s: [...windows.edges_s, until_s],
    devices: windows.devices.map((device) => ({
      ...device,
      watts: [...device.watts, null],
      ...(device.low_w ? { low_w: [...device.low_w, null] } : {}),
      ...(device.high_w ? { high_w: [...device.high_w, null] } : {}),
      known: [...device.known, 0],
    })),
  };
}
