import { describe, expect, it } from 'vitest';
import { href, routeOf, runHref } from './routes';

describe('addresses', () => {
  it.each([
    ['/', 'runs', ''],
    ['/runs', 'runs', ''],
    ['/runs/', 'runs', ''],
    ['/runs/01a2171b', 'run', '01a2171b'],
    ['/runs/a%2Fb', 'run', 'a/b'],
    ['/runs/%E0%A4%A', 'run', '%E0%A4%A'],
    ['/runs/a/b', 'missing', ''],
    ['/compare', 'compare', ''],
    ['/calculator', 'calculator', ''],
    ['/method/sources', 'sources', ''],
    ['/planner', 'planner', 'train'],
    ['/planner/when', 'planner', 'when'],
    ['/planner/never', 'missing', ''],
  ])('%s is %s %s', (path, view, id) => {
    expect(routeOf(path)).toEqual({ view, id });
  });

  it('writes only what is said', () => {
    expect(href('/runs', { q: 'a b', page: null, project: '', sort: undefined })).toBe('/runs?q=a+b');
    expect(href('/runs')).toBe('/runs');
    expect(runHref('a/b', 'power')).toBe('/runs/a%2Fb#power');
  });
});
