// Power over time as a stack: one layer for each kind of device and way of knowing, one above the other. A window is a
// mean, so a layer is a row of steps. What is not known is no layer: holes.ts has it.
import type { Quality, WindowDevice, Windows } from '$lib/api';

export type Kind = 'gpu' | 'cpu' | 'memory' | 'other';
/** How a layer is drawn: solid, pale with a dashed edge, or a dotted edge alone. */
export type Fill = 'solid' | 'modelled' | 'assumed';

export const kinds: readonly Kind[] = ['gpu', 'cpu', 'memory', 'other'];
const fills: readonly Fill[] = ['solid', 'modelled', 'assumed'];

export const kindWords: Record<Kind, string> = { gpu: 'GPU', cpu: 'CPU', memory: 'memory', other: 'other' };

export interface Layer {
  kind: Kind;
  fill: Fill;
  /** By bucket; null: nothing of it is known there. */
  watts: (number | null)[];
  /** What lies below it, and below it with its own. */
  base: number[];
  top: number[];
}

export interface Stack {
  /** n + 1 edges of n buckets, seconds since the start of the run. */
  edges: readonly number[];
  layers: Layer[];
  /** Sum of what is known; null: nothing is. Low and high are sums of the devices' own: wider than true where their errors
      are independent. */
  total: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  /** Devices of which nothing is known in the bucket. */
  missing: string[][];
  /** Largest total; 0 where nothing is known. */
  peak: number;
  /** Share of the energy seen here that is not read from a meter, 0 to 1. */
  modelledShare: number;
}

export function kindOf(kind: string): Kind {
  return kind === 'gpu' || kind === 'cpu' || kind === 'memory' ? kind : 'other';
}

export function fillOf(quality: Quality): Fill {
  return quality === 'modelled' || quality === 'assumed' ? quality : 'solid';
}

/** Adds what is known; null where nothing is. */
function sum(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}

function layersOf(devices: readonly WindowDevice[], count: number): Layer[] {
  const layers: Layer[] = [];
  const below = new Array<number>(count).fill(0);
  for (const kind of kinds) {
    for (const fill of fills) {
      const own = devices.filter((device) => kindOf(device.kind) === kind && fillOf(device.quality) === fill);
      const watts = Array.from({ length: count }, (_, i) => sum(own.map((device) => device.watts[i])));
      if (own.length === 0 || watts.every((value) => value === null)) {
        continue;
      }
      const base = [...below];
      watts.forEach((value, i) => (below[i] = (below[i] ?? 0) + (value ?? 0)));
      layers.push({ kind, fill, watts, base, top: [...below] });
    }
  }
  return layers;
}

export function stackOf(windows: Windows): Stack {
  const { devices, edges_s: edges } = windows;
  const count = Math.max(0, edges.length - 1);
  const each = Array.from({ length: count }, (_, i) => i);
  const layers = layersOf(devices, count);
  const total = each.map((i) => sum(devices.map((device) => device.watts[i])));
  const energy = (which: readonly Layer[]) =>
    which.reduce((all, layer) => all + layer.watts.reduce<number>((a, w, i) => a + (w ?? 0) * ((edges[i + 1] ?? 0) - (edges[i] ?? 0)), 0), 0);
  const whole = energy(layers);
  return {
    edges,
    layers,
    total,
    low: each.map((i) => sum(devices.map((device) => device.low_w?.[i] ?? device.watts[i]))),
    high: each.map((i) => sum(devices.map((device) => device.high_w?.[i] ?? device.watts[i]))),
    missing: each.map((i) => devices.filter((device) => typeof device.watts[i] !== 'number').map((device) => device.device)),
    peak: Math.max(0, ...total.map((value) => value ?? 0)),
    modelledShare: whole > 0 ? energy(layers.filter((layer) => layer.fill !== 'solid')) / whole : 0,
  };
}

/** The bucket that holds `at_s`; the nearest one outside. -1 where there is none. */
export function bucketAt(edges: readonly number[], at_s: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= at_s) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return high < 0 ? -1 : low;
}

/** A layer's name in key and table: "GPU", "memory, modelled". */
export function layerName(layer: { kind: Kind; fill: Fill }): string {
  return layer.fill === 'solid' ? kindWords[layer.kind] : `${kindWords[layer.kind]}, ${layer.fill}`;
}
