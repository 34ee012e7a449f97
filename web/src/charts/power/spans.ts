// What the program said while it ran: spans lie in lanes, so that none covers another; marks are instants. The training
// log (marks named "log") is left out: it has numbers of its own.
import type { Windows } from '$lib/api';

export interface Span {
  name: string;
  from_s: number;
  to_s: number;
  /** Its end was not heard. */
  open: boolean;
  lane: number;
}

export interface Mark {
  name: string;
  at_s: number;
  /** How many of this name. */
  count: number;
}

type Marker = NonNullable<Windows['markers']>[number];

export function spansOf(markers: readonly Marker[], end_s: number): Span[] {
  const open: { name: string; from_s: number }[] = [];
  const spans: Omit<Span, 'lane'>[] = [];
  for (const marker of [...markers].sort((a, b) => a.at_s - b.at_s)) {
    if (marker.kind === 'span_begin') {
      open.push({ name: marker.name, from_s: marker.at_s });
    } else if (marker.kind === 'span_end') {
      const at = open.map((each) => each.name).lastIndexOf(marker.name);
      const [begun] = at < 0 ? [] : open.splice(at, 1);
      if (begun) {
        spans.push({ ...begun, to_s: marker.at_s, open: false });
      }
    }
  }
  spans.push(...open.map((each) => ({ ...each, to_s: end_s, open: true })));
  spans.sort((a, b) => a.from_s - b.from_s || b.to_s - a.to_s);
  const ends: number[] = [];
  return spans.map((span) => {
    let lane = ends.findIndex((end) => end <= span.from_s + 1e-9);
    if (lane < 0) {
      lane = ends.length;
    }
    ends[lane] = span.to_s;
    return { ...span, lane };
  });
}

export function marksOf(markers: readonly Marker[]): Mark[] {
  const marks = markers.filter((marker) => marker.kind === 'mark' && marker.name !== 'log');
  return marks.map((marker) => ({ name: marker.name, at_s: marker.at_s, count: 1 }));
}
