// What stands under the name of a run in the list: only what a reader should know before comparing it.
import type { RunRow } from '$lib/api';
import { endText } from '$lib/runs';

export type MarkKind = 'gap' | 'modelled' | 'assumed' | 'interrupted' | 'region unknown' | 'plain';

export interface RowMark {
  kind: MarkKind;
  text: string;
}

export function marksOfRow(row: RunRow): RowMark[] {
  const marks: RowMark[] = [];
  if (row.has_gaps) {
    marks.push({ kind: 'gap', text: 'with gaps' });
  }
  if (row.state === 'interrupted') {
    marks.push({ kind: 'interrupted', text: 'interrupted' });
  } else if (row.signal || row.exit_status) {
    marks.push({ kind: 'plain', text: endText(row) });
  }
  if (row.quality === 'modelled' || row.quality === 'assumed') {
    marks.push({ kind: row.quality, text: row.quality });
  }
  if (row.imported_from) {
    marks.push({ kind: 'plain', text: 'imported' });
  }
  if (row.part_of) {
    marks.push({ kind: 'plain', text: 'part of another run' });
  }
  return marks;
}
