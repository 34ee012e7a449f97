// Durations and moments. Moments are in the reader's zone; the footer names it and the title gives UTC.
const space = '\u00a0';
const day = 86400;

/** Two largest parts: 3 d 12 h, 2 h 05 min, 41 s, 0.8 s. */
export function durationText(seconds: number): string {
  if (seconds < 0.095) {
    return `${Math.round(seconds * 1000)}${space}ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1).replace(/\.0$/, '')}${space}s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole}${space}s`;
  }
  if (whole < 3600) {
    return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  }
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) {
    return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  }
  const hours = Math.round(whole / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(first: number, firstUnit: string, second: number, secondUnit: string): string {
  const head = `${first}${space}${firstUnit}`;
  if (second === 0) {
    return head;
  }
  const padded = firstUnit === 'd' ? String(second) : String(second).padStart(2, '0');
  return `${head} ${padded}${space}${secondUnit}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function clock(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** today, 14:05; yesterday, 18:12; 21 Nov, 09:30; 21 Nov 2025. */
export function momentText(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return 'not known';
  }
  const days = Math.round((midnight(now) - midnight(date)) / (day * 1000));
  if (days === 0 || days === 1) {
    return `${days === 0 ? 'today' : 'yesterday'}, ${clock(date)}`;
  }
  const name = `${date.getDate()}${space}${months[date.getMonth()] ?? ''}`;
  return date.getFullYear() === now.getFullYear() ? `${name}, ${clock(date)}` : `${name} ${date.getFullYear()}`;
}

/** 14:05 */
export function clockText(date: Date): string {
  return clock(date);
}

/** 2026-11-26 14:05:09 UTC: for titles. */
export function utcText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
}

/** Nov 2026 of "2026-11". */
export function monthText(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${months[Number(number) - 1] ?? number} ${year}`;
}

/** The reader's zone by name, such as Europe/Paris. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A year for a list of words; empty where it is not known. */
export function shortYear(year: number | null | undefined): string {
  return typeof year === 'number' ? String(year) : '';
}
