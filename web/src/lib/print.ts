// On paper nothing can be opened: what is folded is unfolded for the print, and folded again after it.

/** Returns how to stop. */
export function openForPrint(): () => void {
  let opened: HTMLDetailsElement[] = [];
  const before = () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    opened.forEach((each) => (each.open = true));
  };
  const after = () => opened.forEach((each) => (each.open = false));
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
  };
}
