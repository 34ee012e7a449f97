// Paints a stack on the canvas of uPlot: steps filled from the largest sum down, so that each lies over the one behind;
// hatching where something is not known.
import type { PlacedHole } from './holes';
import { bucketAt, kindWords, type Kind, type Layer, type Stack } from './stack';

export interface Palette {
  page: string;
  ink: string;
  ink3: string;
  line: string;
  line2: string;
  kinds: Record<Kind, string>;
  font: string;
}

/** Reads the tokens as they are now: again when the theme turns. */
export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    page: token('page'),
    ink: token('ink'),
    ink3: token('ink-3'),
    line: token('line'),
    line2: token('line-2'),
    kinds: { gpu: token('gpu'), cpu: token('cpu'), memory: token('memory'), other: token('other') },
    font: `12px ${token('sans')}`,
  };
}

export interface Plot {
  context: CanvasRenderingContext2D;
  /** The plotting area, in pixels of the canvas. */
  left: number;
  top: number;
  width: number;
  height: number;
  x: (at_s: number) => number;
  y: (watts: number) => number;
  ratio: number; // pixels of the canvas for one of the page
}

/** Runs of buckets in which the layer is known: [first, last]. */
export function stretches(watts: readonly (number | null)[]): [number, number][] {
  const out: [number, number][] = [];
  watts.forEach((value, i) => {
    const last = out[out.length - 1];
    if (typeof value !== 'number') {
      return;
    }
    if (last?.[1] === i - 1) {
      last[1] = i;
    } else {
      out.push([i, i]);
    }
  });
  return out;
}

function edgePath(plot: Plot, edges: readonly number[], values: readonly (number | null)[], first: number, last: number): Path2D {
  const path = new Path2D();
  for (let i = first; i <= last; ++i) {
    const y = plot.y(values[i] ?? 0);
    const from = plot.x(edges[i] ?? 0);
    if (i === first) {
      path.moveTo(from, y);
    } else {
      path.lineTo(from, y);
    }
    path.lineTo(plot.x(edges[i + 1] ?? 0), y);
  }
  return path;
}

/** 38 % of the hue on the ground: what is modelled. */
function pale(context: CanvasRenderingContext2D, paint: () => void): void {
  context.save();
  context.globalAlpha = 0.38;
  paint();
  context.restore();
}

function drawLayer(plot: Plot, colours: Palette, edges: readonly number[], layer: Layer): void {
  const { context, ratio } = plot;
  const hue = colours.kinds[layer.kind];
  for (const [first, last] of stretches(layer.watts)) {
    const edge = edgePath(plot, edges, layer.top, first, last);
    const area = new Path2D(edge);
    area.lineTo(plot.x(edges[last + 1] ?? 0), plot.y(0));
    area.lineTo(plot.x(edges[first] ?? 0), plot.y(0));
    area.closePath();
    context.fillStyle = colours.page; // what is behind does not shine through a pale layer
    context.fill(area);
    context.fillStyle = hue;
    if (layer.fill === 'modelled') {
      pale(context, () => context.fill(area));
    } else if (layer.fill === 'solid') {
      context.fill(area);
    }
    context.strokeStyle = layer.fill === 'solid' ? colours.page : hue;
    context.lineWidth = (layer.fill === 'solid' ? 1 : 1.5) * ratio;
    context.setLineDash(layer.fill === 'modelled' ? [4 * ratio, 3 * ratio] : layer.fill === 'assumed' ? [1.5 * ratio, 2 * ratio] : []);
    context.stroke(edge);
    context.setLineDash([]);
  }
}

/** 45° lines of 1.25 px every 6 px. */
export function hatch(plot: Plot, colours: Palette, left: number, top: number, right: number, bottom: number): void {
  const { context, ratio } = plot;
  if (!(right > left && bottom > top)) {
    return;
  }
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.fillStyle = colours.page;
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeStyle = colours.line2;
  context.lineWidth = 1.25 * ratio;
  context.beginPath();
  const pace = 6 * ratio * Math.SQRT2;
  // Lines of x + y = c, in step with the canvas: so neighbours of other heights join.
  for (let c = Math.floor((left + top) / pace) * pace; c < right + bottom; c += pace) {
    context.moveTo(c - bottom, bottom);
    context.lineTo(c - top, top);
  }
  context.stroke();
  context.restore();
}

/** From the known total to the top; over the full height where nothing is known. */
export function drawHole(plot: Plot, colours: Palette, stack: Stack, hole: PlacedHole): void {
  const top = plot.top;
  const clampX = (x: number) => Math.min(plot.left + plot.width, Math.max(plot.left, x));
  if (hole.all) {
    hatch(plot, colours, clampX(hole.left), top, clampX(hole.right), plot.top + plot.height);
    return;
  }
  const first = bucketAt(stack.edges, hole.from_s);
  const last = Math.max(first, bucketAt(stack.edges, Math.max(hole.from_s, hole.to_s - 1e-9)));
  if (first < 0) {
    return;
  }
  for (let i = first; i <= last; ++i) {
    const left = i === first ? hole.left : plot.x(stack.edges[i] ?? 0);
    const right = i === last ? hole.right : plot.x(stack.edges[i + 1] ?? 0);
    hatch(plot, colours, clampX(left), top, clampX(right), plot.y(stack.total[i] ?? 0));
  }
}

function drawLine(plot: Plot, colours: Palette, edges: readonly number[], values: readonly (number | null)[]): void {
  const { context, ratio } = plot;
  context.strokeStyle = colours.ink3;
  context.lineWidth = ratio;
  for (const [first, last] of stretches(values)) {
    context.stroke(edgePath(plot, edges, values, first, last));
  }
}

export function drawStack(plot: Plot, colours: Palette, stack: Stack, holes: readonly PlacedHole[], range: boolean): void {
  const { context } = plot;
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  [...stack.layers].reverse().forEach((layer) => drawLayer(plot, colours, stack.edges, layer));
  holes.forEach((hole) => drawHole(plot, colours, stack, hole));
  if (range) {
    drawLine(plot, colours, stack.edges, stack.low);
    drawLine(plot, colours, stack.edges, stack.high);
  }
  context.restore();
}

/** Names of the layers at the right edge, at the height that they have there, never one over another. */
export function drawLabels(plot: Plot, colours: Palette, stack: Stack): void {
  const { context, ratio } = plot;
  const last = stack.total.map((value) => typeof value === 'number').lastIndexOf(true);
  if (last < 0) {
    return;
  }
  const least = 15 * ratio;
  let free = plot.top + plot.height + least / 2;
  context.save();
  context.font = colours.font.replace('12px', `${12 * ratio}px`);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colours.ink;
  for (const layer of stack.layers) {
    if (typeof layer.watts[last] !== 'number') {
      continue;
    }
    const middle = (plot.y(layer.base[last] ?? 0) + plot.y(layer.top[last] ?? 0)) / 2;
    const y = Math.min(middle, free - least);
    context.fillText(kindWords[layer.kind], plot.left + plot.width + 8 * ratio, y);
    free = y;
  }
  context.restore();
}
