// Round steps of an axis of time: from the start of the run, or of the clock.

const steps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000,
  864000, 2592000,
];

export interface Tick {
  at_s: number;
  label: string;
}

function stepFor(span: number, most: number): number {
  return steps.find((step) => span / step <= most) ?? Math.ceil(span / most / 2592000) * 2592000;
}

const space = '\u00a0';

function sinceText(at: number, step: number): string {
  if (at === 0) {
    return '0';
  }
  if (step < 60 && at < 60) {
    return `${Number(at.toFixed(3))}${space}s`;
  }
  if (step < 60) {
    return `${Math.floor(at / 60)}:${String(Math.round(at % 60)).padStart(2, '0')}${space}min`;
  }
  if (at < 3600) {
    return `${Math.round(at / 60)}${space}min`;
  }
  const minutes = Math.round(at / 60);
  if (step < 3600) {
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}${space}h`;
  }
  const hours = Math.round(at / 3600);
  if (step < 86400) {
    return hours < 48 ? `${hours}${space}h` : hours % 24 === 0 ? `${hours / 24}${space}d` : `${Math.floor(hours / 24)}${space}d ${hours % 24}${space}h`;
  }
  return `${Math.round(hours / 24)}${space}d`;
}

/** Ticks of the time since the start, within from_s and to_s. */
export function sinceTicks(from_s: number, to_s: number, most: number): Tick[] {
  const step = stepFor(to_s - from_s, most);
  const out: Tick[] = [];
  for (let n = Math.ceil(from_s / step - 1e-9); n * step <= to_s + step * 1e-9; ++n) {
    const at_s = n * step;
    out.push({ at_s, label: sinceText(at_s, step) });
  }
  return out;
}

/** Ticks of the reader's clock; from midnight on where steps are hours, with the day where it turns. */
export function clockTicks(from_s: number, to_s: number, most: number, startedAt: string): Tick[] {
  const start = Date.parse(startedAt);
  const span = to_s - from_s;
  if (Number.isNaN(start) || !(span > 0)) {
    return [];
  }
  const step = stepFor(span, most);
  const first = new Date(start + from_s * 1000);
  const midnight = new Date(first.getFullYear(), first.getMonth(), first.getDate()).getTime();
  const out: Tick[] = [];
  const begin = Math.ceil((first.getTime() - midnight) / 1000 / step - 1e-9);
  for (let n = begin; ; ++n) {
    const moment = new Date(midnight + n * step * 1000);
    const at_s = (moment.getTime() - start) / 1000;
    if (at_s > to_s + 1e-9) {
      return out;
    }
    out.push({ at_s, label: clockLabel(moment, step, out.length === 0) });
  }
}

function clockLabel(moment: Date, step: number, first: boolean): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' }).replace(' ', space);
  if (step >= 86400) {
    return day;
  }
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}${step < 60 ? ':' + two(moment.getSeconds()) : ''}`;
  return moment.getHours() === 0 && moment.getMinutes() === 0 && moment.getSeconds() === 0 && !first ? day : time;
}
