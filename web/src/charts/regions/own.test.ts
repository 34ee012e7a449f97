import { expect, it } from 'vitest';
import type { Elsewhere, OwnFigure } from '$lib/api';
import { ownNote } from './own';

const estimate = (value: number) => ({ value, low: value, high: value });
const answer = (own?: Partial<OwnFigure>): Elsewhere => ({
  here: 'aws:us-east-1',
  basis: 'lifecycle',
  rows: [],
  ...(own && { own: { basis: 'direct', gco2e_per_kwh: 270.48, operational_kgco2e: estimate(2), ranked_kgco2e: estimate(3), differs_in: ['basis'], ...own } }),
});
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

it('says both figures and why they differ', () => {
  expect(plain(ownNote(answer({})))).toBe(
    'The result itself says 2 kg, as given for here: its grid figure is on direct basis, and these are all on lifecycle.',
  );
  expect(ownNote(answer({ differs_in: ['intensity', 'pue'] }))).toContain('it took another figure of its grid; it took another PUE.');
});

it('says nothing where there is nothing to say', () => {
  expect(ownNote(answer())).toBe('');
  expect(ownNote(answer({ differs_in: [] }))).toBe('');
  expect(ownNote(answer({ ranked_kgco2e: null }))).toBe('');
});
