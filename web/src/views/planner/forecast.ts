// A forecast of the grid as somebody pastes it: CSV as docs/method/intensity-in-time.md has it, or the JSON of
// `gramme intensity`. And the same so short that it fits into an address.

export interface ForecastRow {
  from: string;
  until?: string;
  gco2e_per_kwh: number;
}

export interface Forecast {
  zone?: string;
  basis?: string;
  rows: ForecastRow[];
}

/** What is wrong with the text, for the reader. */
export class Unreadable extends Error {}

export function cellsOf(text: string): string[][] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const mark = [';', '\t'].find((each) => lines[0]?.includes(each)) ?? ',';
  return lines.map((line) => line.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')));
}

const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;
const begins = /^(from|start|date.?time.*|time|time_utc|timestamp|point_time|date)$/i;
const ends = /^(until|to|end)$/i;
const values = /gco2|carbon.?intensity|^intensity$/i;
const notGrams = /index|lb|\bkg|mwh/i;

export function readForecast(text: string): Forecast {
  if (text.trim().startsWith('{')) {
    try {
      const { zone, basis, rows } = JSON.parse(text) as Partial<Forecast>;
      if (Array.isArray(rows)) {
        return { ...(zone ? { zone } : {}), ...(basis ? { basis } : {}), rows };
      }
    } catch {
      // said below
    }
    throw new Unreadable('This is no forecast as gramme intensity --json writes it.');
  }
  const lines = cellsOf(text);
  const bare = time.test(lines[0]?.[0] ?? '');
  const head = bare ? ['from', 'gco2e_per_kwh'] : (lines.shift() ?? []);
  const column = (name: RegExp) => head.findIndex((each) => name.test(each));
  const grams = head.flatMap((name, i) => (values.test(name) && !notGrams.test(name) ? [i] : []));
  const [from, until, zone, basis] = [column(begins), column(ends), column(/^(zone|zone id|region)$/i), column(/^basis$/i)];
  const value = grams.find((i) => !/forecast/i.test(head[i] ?? '')) ?? grams[0];
  if (from < 0 || value === undefined) {
    throw new Unreadable('The first line must name the columns: time, gco2e_per_kwh.');
  }
  const utc = /utc/i.test(head[from] ?? '');
  const rows: ForecastRow[] = [];
  const times: number[] = [];
  for (const [i, cells] of lines.entries()) {
    const grams = cells[value] ?? '';
    const at = moment(cells[from] ?? '', utc, i + (bare ? 1 : 2));
    times.push(Date.parse(at));
    if (/^(|null|nan|na|n\/a)$/i.test(grams)) {
      continue; // a hole
    }
    const number = Number(grams);
    if (!(number >= 0)) {
      throw new Unreadable(`Line ${i + (bare ? 1 : 2)}: "${grams}" is no number of g CO₂e/kWh.`);
    }
    const end = until >= 0 && cells[until] ? { until: moment(cells[until] ?? '', utc, i + 2) } : {};
    rows.push({ from: at, ...end, gco2e_per_kwh: number });
  }
  rows.sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  if (rows.length === 0) {
    throw new Unreadable('There is no line with a value.');
  }
  // Where no end is said a value holds until the next, at the usual distance.
  const usual = stepOf(times);
  rows.forEach((row, i) => {
    const end = Math.min(Date.parse(row.from) + usual, Date.parse(rows[i + 1]?.from ?? '') || Infinity);
    row.until ??= stamp(end);
  });
  const of = (at: number) => (at < 0 ? '' : (lines[0]?.[at] ?? ''));
  return { ...(of(zone) ? { zone: of(zone) } : {}), ...(of(basis) ? { basis: of(basis) } : {}), rows };
}

function moment(text: string, utc: boolean, line: number): string {
  const found = time.exec(text);
  const plain = text.replace(' ', 'T').replace(/\s/g, '');
  if (!found || Number.isNaN(Date.parse(plain))) {
    throw new Unreadable(`Line ${line}: "${text}" is no time such as 2026-11-27T02:00Z.`);
  }
  if (!found[3] && !utc) {
    throw new Unreadable(`Line ${line}: the time has no zone. Write ${plain}Z for UTC, or its offset, such as ${plain}+01:00.`);
  }
  return found[3] ? plain : plain + 'Z';
}

const stamp = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');

/** Milliseconds between two rows, as most of them have it, those without a value too; of one row an hour. */
function stepOf(times: number[]): number {
  times.sort((a, b) => a - b);
  const counts = new Map<number, number>();
  for (const [i, time] of times.slice(1).entries()) {
    const step = time - (times[i] ?? 0);
    if (step > 0) {
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
  }
  const most = Math.max(...counts.values());
  const usual = Math.min(...[...counts].flatMap(([step, count]) => (count === most ? [step] : [])));
  return Number.isFinite(usual) ? usual : 3_600_000;
}

const mostInAddress = 400;

/** "2026-11-27T00:00Z,60,lifecycle,FRA,32,33,..." where all rows are equally long; else empty: too long for a link. */
export function shortened(text: string): string {
  try {
    const { rows, basis = '', zone = '' } = readForecast(text);
    const first = Date.parse(rows[0]?.from ?? '');
    const step = Date.parse(rows[0]?.until ?? '') - first;
    const even = rows.every((row, i) => Date.parse(row.from) === first + i * step && Date.parse(row.until ?? '') === first + (i + 1) * step);
    return even && rows.length <= mostInAddress ? [stamp(first), step / 60_000, basis, zone, ...rows.map((row) => row.gco2e_per_kwh)].join(',') : '';
  } catch {
    return '';
  }
}

/** The table of such a text; what is none stays as it is. */
export function lengthened(short: string): string {
  const [from = '', minutes = '', basis = '', zone = '', ...grams] = short.split(',');
  const step = Number(minutes) * 60_000;
  const first = Date.parse(from);
  if (!(step > 0) || Number.isNaN(first) || grams.length === 0 || short.includes('\n')) {
    return short;
  }
  const more = [basis && 'basis', zone && 'zone'].filter(Boolean);
  const tail = [basis, zone].filter(Boolean);
  return [['time', 'gco2e_per_kwh', ...more], ...grams.map((each, i) => [stamp(first + i * step), each, ...tail])].map((cells) => cells.join(',')).join('\n') + '\n';
}

/** Two days from the hour of `now` on, made up: low at night and at noon, high in the evening. */
export function exampleForecast(now: Date): string {
  const day = [61, 55, 52, 50, 53, 62, 78, 92, 96, 88, 75, 64, 58, 57, 63, 76, 97, 121, 134, 129, 116, 99, 82, 70];
  const first = Math.ceil(now.getTime() / 3.6e6) * 3.6e6;
  const grams = Array.from({ length: 48 }, (_, i) => {
    const hour = new Date(first + i * 3.6e6).getUTCHours();
    return (day[hour] ?? 0) + (i >= 24 ? -9 : 0);
  });
  return lengthened([stamp(first), 60, '', '', ...grams].join(','));
}
