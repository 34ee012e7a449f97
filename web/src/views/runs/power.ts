// The last moments of a live run's power, for a small moving line.
export interface Sample {
  at_s: number; // since the start of the run
  watts: number | null;
}

/** How much of the past the line shows. */
export const shownSeconds = 120;

/** `samples` with one more; the same instant again replaces, what is older than shown falls out. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples[samples.length - 1];
  if (last && next.at_s < last.at_s) {
    return [...samples];
  }
  const kept = last?.at_s === next.at_s ? samples.slice(0, -1) : samples;
  return [...kept.filter((sample) => sample.at_s >= next.at_s - shownSeconds), next];
}

/** Steps over the last two minutes in a box; a stretch that is not known is left open. */
export function sparkPath(samples: readonly Sample[], width: number, height: number): string {
  const last = samples[samples.length - 1];
  const most = Math.max(0, ...samples.map((sample) => sample.watts ?? 0));
  if (!last || most <= 0) {
    return '';
  }
  const from = last.at_s - shownSeconds;
  const x = (at: number) => Math.max(0, ((at - from) / shownSeconds) * width).toFixed(1);
  const y = (watts: number) => (height - 1.5 - (watts / most) * (height - 3)).toFixed(1);
  let path = '';
  let open = false;
  samples.forEach((sample, i) => {
    if (sample.watts === null) {
      open = false;
      return;
    }
    const start = samples[i - 1]?.at_s ?? sample.at_s;
    path += open ? `V${y(sample.watts)}H${x(sample.at_s)}` : `M${x(start)} ${y(sample.watts)}H${x(sample.at_s)}`;
    open = true;
  });
  return path;
}
