// Chosen so far, before /compare is opened: kept for this tab, so that an estimate and a run can be put side by side.
import { comparedCount, mostCompared, type Compared } from './basket';

const key = 'gramme-compare';

function read(): Compared {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Compared>;
    return { runs: kept.runs ?? [], estimates: kept.estimates ?? [] };
  } catch {
    return { runs: [], estimates: [] };
  }
}

class Chosen {
  items = $state.raw<Compared>(read());
  readonly count = $derived(comparedCount(this.items));
  readonly full = $derived(this.count >= mostCompared);

  has(list: keyof Compared, item: string): boolean {
    return this.items[list].includes(item);
  }

  /** Adds what is not there, takes out what is; at most six. */
  toggle(list: keyof Compared, item: string): void {
    const without = this.items[list].filter((each) => each !== item);
    const removed = without.length < this.items[list].length;
    if (!removed && this.full) {
      return;
    }
    this.#set({ ...this.items, [list]: removed ? without : [...without, item] });
  }

  clear(): void {
    this.#set({ runs: [], estimates: [] });
  }

  #set(items: Compared): void {
    this.items = items;
    sessionStorage.setItem(key, JSON.stringify(items));
  }
}

export const chosen = new Chosen();
