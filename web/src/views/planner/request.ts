// From the form to the request and to the address, and back.
import { groupRequest, numberOf } from '../calculator/job';
import { cellsOf, lengthened, readForecast, shortened, exampleForecast } from './forecast';
import { entriesOf, said, type Entry, type Plan, type Values } from './plans';

export type Request = Record<string, unknown>;

const inPercent = (entry: Entry) => entry.unit === '%';

function valueOf(entry: Entry, text: string): unknown {
  if (inPercent(entry)) {
    return text.endsWith('%') ? text : `${numberOf(text) ?? text}%`;
  }
  if (entry.kind === 'switch') {
    return true;
  }
  return entry.kind === 'number' ? (numberOf(text) ?? text) : text;
}

/** [{device, region, price_per_hour, currency}]: the table of prices, line by line. */
function pricesOf(text: string): Request[] {
  const [head = [], ...lines] = cellsOf(text);
  return lines.map((cells) =>
    Object.fromEntries(
      head.flatMap((name, i): [string, unknown][] => {
        const cell = cells[i] ?? '';
        return cell === '' ? [] : [[name.toLowerCase(), name.toLowerCase() === 'price_per_hour' ? (numberOf(cell) ?? cell) : cell]];
      }),
    ),
  );
}

/** Throws Unreadable for a forecast that is none. */
export function requestOf(plan: Plan, values: Values): Request {
  const request: Request = {};
  for (const entry of entriesOf(plan, values)) {
    const text = said(values, entry.key);
    if (text === '' || entry.key === 'cost') {
      continue;
    }
    if (entry.key === 'hardware') {
      Object.assign(request, groupRequest({ hardware: text, count: '' }));
    } else if (entry.key === 'forecast') {
      request['forecast'] = readForecast(values['forecast'] ?? '');
    } else if (entry.key === 'prices') {
      request['prices'] = pricesOf(text);
    } else if (entry.key === 'earliest') {
      request['start_not_before'] = text;
    } else {
      request[entry.key] = valueOf(entry, text);
    }
  }
  return request;
}

/** The query of an address that shows this plan again; only what is said. */
export function queryOf(plan: Plan, values: Values): string {
  const query = new URLSearchParams();
  for (const entry of entriesOf(plan, values)) {
    const text = said(values, entry.key);
    const short = entry.key === 'forecast' ? shortened(text) : text;
    if (short !== '') {
      query.set(entry.key, short);
    }
  }
  return query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
}

/** The plan of an address; the example where it says none. */
export function valuesOf(plan: Plan, query: URLSearchParams, now: Date): Values {
  const told = plan.entries.filter((entry) => query.has(entry.key));
  if (told.length === 0) {
    return plan.id === 'when' ? { ...plan.example, forecast: exampleForecast(now) } : { ...plan.example };
  }
  return Object.fromEntries(told.map(({ key }) => [key, key === 'forecast' ? lengthened(query.get(key) ?? '') : (query.get(key) ?? '')]));
}

/** A moment as the field for it has it, in the reader's zone: 2026-11-27T03:00. */
export function localOf(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The other way: in UTC. */
export function isoOf(local: string): string {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16)}Z`;
}
