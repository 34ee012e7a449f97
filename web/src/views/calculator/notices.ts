// What must be said with an estimate, in the words of the page: what is so, what it does to the number, what changes it.
import type { Footprint } from '$lib/api';
import { grouped, show, withUnit } from '$lib/numbers';

export interface Note {
  title: string;
  text: string;
}

function range(answer: Footprint): string {
  const carbon = answer.operational_kgco2e;
  if (!carbon) {
    return '';
  }
  const shown = show(carbon, 'carbon');
  return shown.exact ? '' : `${grouped(shown.low)} to ${withUnit(shown.high, shown.unit)}`;
}

export function noticesOf(answer: Footprint): Note[] {
  const notes: Note[] = [];
  const grid = answer.factors.intensity_gco2e_per_kwh;
  if (grid?.region_known === false) {
    const wide = answer.dominant_uncertainty?.factor === 'intensity' && range(answer) !== '';
    notes.push({
      title: 'No region was given, so this uses the world average.',
      text: wide ? `Its range, ${range(answer)}, is that wide above all for this reason. Say where, and it shrinks.` : 'Say where, and the figure follows the grid there.',
    });
  }
  if (grid?.basis === 'direct') {
    const other = grid.country_lifecycle;
    notes.push({
      title: 'This grid figure counts what power stations burn, without fuel supply and construction.',
      text: other ? `On the lifecycle basis its country has ${grouped(String(other.value))} g/kWh (${other.source}).` : 'Do not rank it with lifecycle figures.',
    });
  }
  // The rest is said by the program; what the two above say already is not said twice.
  const said = answer.notes.filter((note) => !(grid?.region_known === false && note.startsWith('region unknown')) && !(grid?.basis === 'direct' && note.includes('direct')));
  for (const note of said) {
    const [title = '', ...rest] = note.split('; ');
    notes.push({ title: sentence(title), text: sentence(rest.join('; ')) });
  }
  return notes;
}

function sentence(text: string): string {
  return text === '' ? '' : (text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.?$/, '.');
}
