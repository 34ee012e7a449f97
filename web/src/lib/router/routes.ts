// Which view an address shows. Everything that a view needs to be shown again stands in its address.
export type View = 'runs' | 'run' | 'compare' | 'calculator' | 'planner' | 'regions' | 'method' | 'sources' | 'missing';

export interface Route {
  view: View;
  id: string; // of a run, or which plan; else empty
}

const fixed: Record<string, View> = {
  '/': 'runs',
  '/runs': 'runs',
  '/compare': 'compare',
  '/calculator': 'calculator',
  '/regions': 'regions',
  '/method': 'method',
  '/method/sources': 'sources',
};

export function routeOf(path: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  const view = fixed[clean];
  if (view !== undefined) {
    return { view, id: '' };
  }
  const run = /^\/runs\/([^/]+)$/.exec(clean);
  if (run?.[1] !== undefined) {
    return { view: 'run', id: decode(run[1]) };
  }
  const plan = /^\/planner(?:\/(train|search|reuse|when|where))?$/.exec(clean);
  if (plan) {
    return { view: 'planner', id: plan[1] ?? 'train' };
  }
  return { view: 'missing', id: '' };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `path?query`, leaving out what is empty. */
export function href(path: string, query: Record<string, string | number | null | undefined> = {}): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(said.map(([key, value]) => [key, String(value)])).toString();
  return path + (text === '' ? '' : '?' + text);
}

export function runHref(id: string, section = ''): string {
  return `/runs/${encodeURIComponent(id)}${section === '' ? '' : '#' + section}`;
}
