// On paper nothing can be opened: what is folded is unfolded for the print, and folded again after it.
import { flushSync } from 'svelte';

/** Returns how to stop. */
export function openForPrint(): () => void {
  let opened: HTMLDetailsElement[] = [];
  // The browser tells of a change of `open` only later, and prints what is there now.
  const turn = (all: readonly HTMLDetailsElement[], open: boolean) => {
    all.forEach((each) => {
      each.open = open;
      each.dispatchEvent(new Event('toggle'));
    });
    flushSync();
  };
  const before = () => {
    for (let folded = foldedNow(); folded.length > 0; folded = foldedNow()) {
      opened = [...opened, ...folded];
      turn(folded, true);
    }
  };
  const after = () => {
    turn(opened, false);
    opened = [];
  };
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
  };
}

// What one hides may hold others.
function foldedNow(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
}
