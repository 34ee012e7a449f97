// What the list shows, as its address has it; and what that asks of the server.
import { href } from '$lib/router/routes';
import type { Query } from '$lib/api';

export interface ListState {
  q: string;
  project: string;
  tag: string;
  /** "" all time, "month" this month, "30d", "12m", a month as 2026-05, or a day as 2026-05-01 from which on. */
  from: string;
  sort: string;
  page: number;
}

export const onPage = 50;
export const defaultSort = '-started';

export const periods: readonly { key: string; name: string }[] = [
  { key: '', name: 'All time' },
  { key: 'month', name: 'This month' },
  { key: '30d', name: 'Last 30 days' },
  { key: '12m', name: 'Last 12 months' },
];

export const orders: readonly { key: string; name: string }[] = [
  { key: '-started', name: 'Newest first' },
  { key: 'started', name: 'Oldest first' },
  { key: '-carbon', name: 'Most CO₂e first' },
  { key: 'carbon', name: 'Least CO₂e first' },
  { key: '-energy', name: 'Most energy first' },
  { key: 'energy', name: 'Least energy first' },
  { key: '-duration', name: 'Longest first' },
  { key: 'duration', name: 'Shortest first' },
  { key: 'name', name: 'By name' },
  { key: '-name', name: 'By name, backwards' },
  { key: 'project', name: 'By project' },
  { key: '-project', name: 'By project, backwards' },
];

export function stateOf(query: URLSearchParams): ListState {
  const text = (key: string) => (query.get(key) ?? '').trim();
  const page = Number(query.get('page') ?? '1');
  const sort = text('sort');
  return {
    q: text('q'),
    project: text('project'),
    tag: text('tag'),
    from: text('from'),
    sort: orders.some((order) => order.key === sort) ? sort : defaultSort,
    page: Number.isInteger(page) && page >= 1 ? page : 1,
  };
}

/** Only what differs from the plain list. */
export function addressOf(state: ListState): string {
  return href('/runs', {
    q: state.q,
    project: state.project,
    tag: state.tag,
    from: state.from,
    sort: state.sort === defaultSort ? '' : state.sort,
    page: state.page > 1 ? state.page : '',
  });
}

export function isFiltered(state: ListState): boolean {
  return [state.q, state.project, state.tag, state.from].some((each) => each !== '');
}

/** Moments in UTC, as the server counts months. */
function bounds(from: string, now: Date): { from?: string; until?: string } {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const utc = (year: number, month: number, date = 1) => new Date(Date.UTC(year, month, date));
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (from === 'month') {
    return { from: day(utc(year, month)) };
  }
  if (from === '30d') {
    return { from: day(utc(year, month, now.getUTCDate() - 30)) };
  }
  if (from === '12m') {
    return { from: day(utc(year - 1, month, now.getUTCDate())) };
  }
  const one = /^(\d{4})-(\d{2})$/.exec(from);
  if (one) {
    return { from: `${from}-01`, until: day(utc(Number(one[1]), Number(one[2]))) };
  }
  return from === '' ? {} : { from };
}

/** For /totals: the filters. */
export function filterQuery(state: ListState, now: Date): Query {
  return { q: state.q, project: state.project, tag: state.tag, ...bounds(state.from, now) };
}

/** For /runs: filters, order and page. */
export function listQuery(state: ListState, now: Date): Query {
  return { ...filterQuery(state, now), sort: state.sort, page: state.page, limit: onPage };
}

/** "1 – 50 of 1284" */
export function pageText(state: ListState, rows: number, total: number): { first: number; last: number; pages: number } {
  const first = rows === 0 ? 0 : (state.page - 1) * onPage + 1;
  return { first, last: first === 0 ? 0 : first + rows - 1, pages: Math.max(1, Math.ceil(total / onPage)) };
}

/** What was typed as a tag, as the server compares it: key, or key=value without spaces around the sign. */
export function tagWords(typed: string): string {
  return typed.trim().replace(/\s*=\s*/, '=').replace(/=$/, '');
}

/** Live runs that the filters let through; the server's live list has no tags and no past. */
export function liveMatches(run: { id: string; name: string; project: string }, state: ListState): boolean {
  const words = state.q.toLowerCase();
  const text = [run.id, run.name, run.project].some((each) => each.toLowerCase().includes(words));
  const other = state.tag !== '' || /^\d{4}-\d{2}$/.test(state.from);
  return state.page === 1 && !other && text && (state.project === '' || run.project === state.project);
}
