// Asks the server. Every answer is JSON or a Failure that says what is so and what to do about it.
import type { Problem } from './types';

const root = '/api/v1';

/** A refusal of the server, or (`offline`) that it did not answer at all. */
export class Failure extends Error implements Problem {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly at: Date;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'Failure';
    this.status = problem.status;
    this.code = problem.code;
    this.hint = problem.hint;
    this.at = new Date();
  }
}

export type Query = Record<string, string | number | null | undefined>;

/** `/api/v1` + path + what of the query is said. Also for links to downloads. */
export function address(path: string, query: Query = {}): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(said.map(([key, value]) => [key, String(value)])).toString();
  return root + path + (text === '' ? '' : '?' + text);
}

/** Off loopback the server wants the token that it printed: opened with it, it sets a cookie and leads back here,
 *  to the same place of the page too: what follows # never leaves the browser, which keeps it. */
export function openWithToken(token: string): void {
  const query = new URLSearchParams(location.search);
  query.set('token', token.trim());
  location.assign(`${location.pathname}?${query.toString()}${location.hash}`);
}

interface Options {
  method?: string;
  body?: unknown;
  query?: Query;
  signal?: AbortSignal | undefined;
}

async function ask(path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = {};
  const init: RequestInit = { method: options.method ?? 'GET', headers, signal: options.signal ?? null };
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) {
      throw cause;
    }
    throw new Failure({ status: 0, code: 'offline', message: 'gramme serve does not answer', hint: '' });
  }
  if (!response.ok) {
    throw await failureOf(response);
  }
  return response;
}

async function failureOf(response: Response): Promise<Failure> {
  const { status } = response;
  try {
    const body = (await response.json()) as { error?: Partial<Problem> };
    const error = body.error ?? {};
    return new Failure({
      status,
      code: error.code ?? 'internal',
      message: error.message ?? `the server answered ${status}`,
      hint: error.hint ?? '',
    });
  } catch {
    return new Failure({ status, code: 'internal', message: `the server answered ${status} without a reason`, hint: '' });
  }
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { query: query ?? {}, signal });
  return (await response.json()) as T;
}

/** `body` is a job as docs/schema/request.md has it. */
export async function post<T>(path: string, body: unknown, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { method: 'POST', body, query: query ?? {}, signal });
  return (await response.json()) as T;
}

/** An answer as text, such as a report: of a job where there is a body, else of what the path names. */
export async function text(path: string, query?: Query, body?: unknown): Promise<string> {
  const response = await ask(path, { method: body === undefined ? 'GET' : 'POST', body, query: query ?? {} });
  return response.text();
}

export async function patch<T>(path: string, body: unknown): Promise<T> {
  const response = await ask(path, { method: 'PATCH', body });
  return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
  await ask(path, { method: 'DELETE' });
}
