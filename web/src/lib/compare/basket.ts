// What is to be compared: runs of the store and estimates, 2 to 6, all in the address of /compare:
// /compare?runs=ID,ID&estimate=QUERY&estimate=QUERY, where QUERY is the query of a /calculator address.

export const leastCompared = 2;
export const mostCompared = 6;

export interface Compared {
  runs: string[];
  estimates: string[];
}

export function comparedOf(query: URLSearchParams): Compared {
  const runs = (query.get('runs') ?? '').split(',').filter((id) => id !== '');
  return { runs: [...new Set(runs)], estimates: [...new Set(query.getAll('estimate'))] };
}

export function compareHref(compared: Compared): string {
  const query = new URLSearchParams();
  if (compared.runs.length > 0) {
    query.set('runs', compared.runs.join(','));
  }
  compared.estimates.forEach((estimate) => query.append('estimate', estimate));
  const text = query.toString().replaceAll('%2C', ',');
  return '/compare' + (text === '' ? '' : '?' + text);
}

export function comparedCount(compared: Compared): number {
  return compared.runs.length + compared.estimates.length;
}
