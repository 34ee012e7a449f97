// Why the row of here need not be what the run's own result says.
import type { Elsewhere } from '$lib/api';
import { proseText } from '$lib/numbers';

/** A sentence for the note below the ranking; empty where both are the same. */
export function ownNote(answer: Elsewhere): string {
  const own = answer.own;
  if (!own?.operational_kgco2e || !own.ranked_kgco2e || own.differs_in.length === 0) {
    return '';
  }
  const why = own.differs_in.map((each) => {
    if (each === 'basis') {
      return `its grid figure is on ${own.basis ?? 'no'} basis, and these are all on ${answer.basis}`;
    }
    return each === 'intensity' ? 'it took another figure of its grid' : 'it took another PUE';
  });
  return `The result itself says ${proseText(own.operational_kgco2e, 'carbon')} for here: ${why.join('; ')}.`;
}
