// Where the pieces of a forecast and of a schedule lie in time, and what is said of them.
export interface Period {
  from: number; // ms since 1970
  until: number;
  grams: number;
}

export interface Lane {
  name: string;
  runs: readonly { from: string; until: string }[];
}

/** The forecast within the window. */
export function periodsOf(rows: readonly { from: string; until?: string; gco2e_per_kwh: number }[], from: string, until: string): Period[] {
  const [first, last] = [Date.parse(from), Date.parse(until)];
  return rows.flatMap((row) => {
    const period = { from: Math.max(first, Date.parse(row.from)), until: Math.min(last, Date.parse(row.until ?? '')), grams: row.gco2e_per_kwh };
    return period.until > period.from ? [period] : [];
  });
}

/** Midnights and round hours between, at most about `most`; the reader's zone. */
export function timeTicks(from: number, until: number, most: number): { at: number; day: boolean }[] {
  const hour = 3_600_000;
  const size = [1, 2, 3, 6, 12, 24, 48, 168].find((each) => (until - from) / (each * hour) <= most) ?? 336;
  const out: { at: number; day: boolean }[] = [];
  const start = new Date(from);
  start.setHours(0, 0, 0, 0);
  const days = Math.max(1, size / 24);
  for (let day = 0; ; day += days) {
    const midnight = new Date(start);
    midnight.setDate(start.getDate() + day); // a day with a clock change has 23 or 25 hours
    if (midnight.getTime() > until || out.length > 100) {
      return out;
    }
    for (let h = 0; h < 24; h += Math.min(size, 24)) {
      const at = new Date(midnight);
      at.setHours(h);
      if (at.getTime() >= from && at.getTime() <= until) {
        out.push({ at: at.getTime(), day: h === 0 });
      }
    }
  }
}

/** The lanes whose run meets the period. */
export function running(lanes: readonly Lane[], period: Period): string[] {
  return lanes.filter((lane) => lane.runs.some((run) => Date.parse(run.from) < period.until && Date.parse(run.until) > period.from)).map((lane) => lane.name);
}
