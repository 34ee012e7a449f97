import { expect, it } from 'vitest';
import { runTitle } from './runs';
import { visible } from './visible';

it('shows a sign for what turns or hides the words around it, and leaves all else', () => {
  expect(visible('a\u202etxt.exe\u202c\u2066b\u0000\u0085\u2028')).toBe('a\ufffdtxt.exe\ufffd\ufffdb\ufffd\ufffd\ufffd');
  expect(visible('\u05d0\u05d1 caf\u00e9 \u{1f331}\u200d')).toBe('\u05d0\u05d1 caf\u00e9 \u{1f331}\u200d');
  expect(runTitle({ name: '\u202egrevo' })).toBe('\ufffdgrevo');
});
