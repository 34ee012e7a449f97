// Dots of cloud regions on the map: where they lie, pushed apart where they would cover each other, and which of them
// the keys go to next.
import type { ElsewhereRow } from '$lib/api';
import { shortName } from './rows';

export interface Dot {
  row: ElsewhereRow;
  x: number;
  y: number;
  /** Has a place of its own; else it stands for a whole country and is not drawn. */
  drawn: boolean;
}

type Place = (longitude: number, latitude: number) => readonly [number, number];

/** Rows whose place is known, in px. */
export function dotsOf(rows: readonly ElsewhereRow[], at: Place, radius: number): Dot[] {
  const dots = rows.flatMap((row): Dot[] => {
    const { latitude, longitude } = row;
    if (typeof latitude !== 'number' || typeof longitude !== 'number') {
      return [];
    }
    const [x, y] = at(longitude, latitude);
    return [{ row, x, y, drawn: true }];
  });
  return apart(dots, 2 * radius + 1, 2.5 * radius);
}

/** So that each is seen whole: those closer than `distance` give way to both sides, none by more than `most` px; a crowd
    that does not fit into that stays denser. Neither order nor chance of the day changes where a dot lies. */
export function apart(dots: readonly Dot[], distance: number, most: number): Dot[] {
  const out = dots.map((dot) => ({ ...dot }));
  for (let turn = 0; turn < 30; ++turn) {
    let moved = false;
    for (let i = 0; i < out.length; ++i) {
      for (let k = i + 1; k < out.length; ++k) {
        const [a, b] = [out[i], out[k]] as [Dot, Dot];
        const far = Math.hypot(b.x - a.x, b.y - a.y);
        if (far >= distance - 0.01) {
          continue;
        }
        // Of one place: to a side that differs from pair to pair.
        const angle = far > 0.01 ? Math.atan2(b.y - a.y, b.x - a.x) : (i + k) * 2.4;
        const push = (distance - far) / 2;
        for (const [dot, way] of [[a, -1], [b, 1]] as const) {
          dot.x += way * push * Math.cos(angle);
          dot.y += way * push * Math.sin(angle);
        }
        moved = true;
      }
    }
    out.forEach((dot, i) => {
      const home = dots[i] as Dot;
      const far = Math.hypot(dot.x - home.x, dot.y - home.y);
      if (far > most) {
        dot.x = home.x + ((dot.x - home.x) * most) / far;
        dot.y = home.y + ((dot.y - home.y) * most) / far;
      }
    });
    if (!moved) {
      break;
    }
  }
  return out;
}

/** The dot under a pointer, with room for a finger; none within `reach` px: undefined. */
export function dotAt(dots: readonly Dot[], x: number, y: number, reach = 12): Dot | undefined {
  let best: Dot | undefined;
  let least = reach;
  for (const dot of dots) {
    const far = Math.hypot(dot.x - x, dot.y - y);
    if (far < least) {
      least = far;
      best = dot;
    }
  }
  return best;
}

// Nearest in this direction; what lies aside counts twice.
function nearest(stops: readonly Dot[], from: Dot, [dx, dy]: readonly [number, number]): Dot | undefined {
  let best: Dot | undefined;
  let least = Infinity;
  for (const dot of stops) {
    const along = (dot.x - from.x) * dx + (dot.y - from.y) * dy;
    const aside = Math.abs((dot.x - from.x) * dy) + Math.abs((dot.y - from.y) * dx);
    if (along > 0.5 && along + 2 * aside < least) {
      least = along + 2 * aside;
      best = dot;
    }
  }
  return best;
}

const ways: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where a key leads from `from`: an arrow to the nearest that way, Home and End, a letter to the next of that name.
    "other": the key is none of these. `fresh`: nothing is chosen yet, so that the first arrow chooses `from`. */
export function nextStop(key: string, stops: readonly Dot[], from: Dot, fresh: boolean): Dot | undefined | 'other' {
  const way = ways[key];
  if (way) {
    return fresh ? from : nearest(stops, from, way);
  }
  if (key === 'Home' || key === 'End') {
    return key === 'Home' ? stops[0] : stops[stops.length - 1];
  }
  if (/^\p{L}$/u.test(key)) {
    const start = stops.indexOf(from) + 1;
    const order = [...stops.slice(start), ...stops.slice(0, start)];
    return order.find((dot) => shortName(dot.row).toLowerCase().startsWith(key.toLowerCase()));
  }
  return 'other';
}
