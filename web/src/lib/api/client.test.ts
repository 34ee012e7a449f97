import { describe, expect, it, vi } from 'vitest';
import { address, Failure, get, post } from './client';

const answers = (response: Response | Error) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response))),
  );
const failure = async (asked: Promise<unknown>): Promise<Failure> => {
  const caught: unknown = await asked.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(caught).toBeInstanceOf(Failure);
  return caught as Failure;
};
describe('asking the server', () => {
  it('leaves out of the query what is not said', () => {
    expect(address('/runs', { q: 'a&b', page: 2, tag: '', project: null })).toBe('/api/v1/runs?q=a%26b&page=2');
  });

  it('hands on the words of a refusal', async () => {
    const error = { status: 400, code: 'usage', message: 'hours: 0', hint: 'give hours' };
    answers(new Response(JSON.stringify({ error }), { status: 400 }));
    expect(await failure(post('/estimate', {}))).toMatchObject(error);
  });

  it('says so where there are none, and where nobody answers', async () => {
    answers(new Response('<html>', { status: 502 }));
    expect(await failure(get('/health'))).toMatchObject({ status: 502, code: 'internal' });
    answers(new TypeError('refused'));
    expect(await failure(get('/health'))).toMatchObject({ status: 0, code: 'offline' });
  });

  it('passes on that the question was withdrawn', async () => {
    answers(new DOMException('withdrawn', 'AbortError'));
    const control = new AbortController();
    control.abort();
    await expect(get('/health', {}, control.signal)).rejects.toThrow('withdrawn');
  });
});
