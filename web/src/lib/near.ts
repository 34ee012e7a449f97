// Work that waits until its place is near the window: a map below the fold costs nothing before.

const patience = 2000; // ms: by then what is seen first has been read

/** For `{@attach whenNear(...)}`: calls once when the element is within a screen of being seen, or when the page has long
 *  been there: a print cannot wait for what was never scrolled to. */
export function whenNear(call: () => void): (element: Element) => () => void {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) {
          observer.disconnect();
          clearTimeout(timer);
          call();
        }
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    const timer = setTimeout(() => (observer.disconnect(), call()), patience);
    return () => (clearTimeout(timer), observer.disconnect());
  };
}

/** Says when the element comes into the window, by more than an edge, and when it leaves. */
export function whileSeen(call: (seen: boolean) => void): (element: Element) => () => void {
  return (element) => {
    const observer = new IntersectionObserver((entries) => call(entries.some((entry) => entry.isIntersecting)), { rootMargin: '0px 0px -140px' });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
