// What is said of one run: facts under its name, notices, headings that must hold.
import type { Footprint, Waiting } from '$lib/api';
import { alone, durationText, momentText, percentText, rangeText, show, valueText } from '$lib/numbers';
import { endText, gapSeconds, gapsOf, hardwareText } from '$lib/runs';
import { visible } from '$lib/visible';

export interface Note {
  title: string;
  text: string;
  link?: { to: string; text: string };
}

/** In the order of the line under the name; what is not known is left out. */
export function factsOf(footprint: Footprint, now?: Date): string[] {
  const { run } = footprint;
  return [
    run.started_at ? momentText(run.started_at, now) : '',
    run.state === 'running' ? `since ${durationText(run.duration_s)}` : durationText(run.duration_s),
    visible(run.host?.hostname ?? ''),
    hardwareText(footprint),
    run.scope ? `scope ${run.scope}` : '',
    endText(run),
  ].filter((text) => text !== '');
}

const named = (devices: readonly string[]): string =>
  devices.length === 1 ? (devices[0] ?? '') : devices.length > 4 ? `${devices.length} devices` : `${devices.slice(0, -1).join(', ')} and ${devices[devices.length - 1]}`;

/** One note for the gaps of all devices. */
function gapNote(footprint: Footprint): Note[] {
  const gaps = gapsOf(footprint);
  const seconds = gapSeconds(gaps);
  const most = seconds[0];
  if (!most) {
    return [];
  }
  const reason = gaps.find((gap) => gap.device === most.device)?.reason ?? '';
  const alike = seconds.filter((each) => durationText(each.seconds) === durationText(most.seconds)).map((each) => each.device);
  const others = seconds.length - alike.length;
  return [
    {
      title: `${named(alike)} could not be read for ${durationText(most.seconds)}.`,
      text: [others > 0 ? `${others} more ${others === 1 ? 'device has' : 'devices have'} shorter gaps.` : '', reason ? `${reason}.` : '', 'What was used then is not known and not in the sum.'].filter(Boolean).join(' '),
      link: { to: '#power', text: 'Show it' },
    },
  ];
}

/** What must be said with a run beside what its grid figure needs (calculator/notices.ts). */
export function runNotes(footprint: Footprint): Note[] {
  const { run, parts } = footprint;
  const notes: Note[] = [...gapNote(footprint)];
  if (run.state === 'interrupted') {
    notes.push({ title: 'gramme was stopped before the run ended.', text: `Recorded for ${durationText(run.duration_s)}; the last second may be missing.` });
  }
  const known = parts.filter((part) => part.energy_kwh !== null);
  if (run.imported) {
    notes.push({
      title: `Measured by ${run.imported.program}, and imported.`,
      text: `From ${visible(run.imported.file)}, line ${run.imported.line}. What that program does not say is taken with a wide range.`,
    });
  } else if (known.length > 0 && known.every((part) => part.quality === 'modelled' || part.quality === 'assumed')) {
    const carbon = footprint.operational_kgco2e;
    const shown = carbon && show(carbon, 'carbon');
    notes.push({
      title: 'Nothing here could be read; every watt is modelled.',
      text: `${shown && !shown.exact ? `Part of why the range is ${rangeText(shown)} ${shown.unit}. ` : ''}gramme doctor lists what would make it measured.`,
    });
  }
  for (const warning of (run.warnings ?? []).map(visible)) {
    notes.push({ title: `${warning.charAt(0).toUpperCase()}${warning.slice(1)}${/[.!?]$/.test(warning) ? '' : '.'}`, text: '' });
  }
  return notes.filter((note, i) => notes.findIndex((each) => each.title === note.title) === i);
}

const causes: Record<string, string> = {
  'start-up': 'before the first work: start-up',
  'data-loading': 'between steps, while CPUs worked: data loading',
  evaluation: 'during evaluations',
  'cpus-idle': 'with idle CPUs: storage, network or locks',
  end: 'after the last work',
  'never-busy': 'on GPUs that were never used',
  unclear: 'for no clear reason',
};

export function causeText(cause: string): string {
  return causes[cause] ?? cause;
}

/** "31 % of the GPUs' energy was spent while waiting" */
export function waitingTitle(waiting: Waiting): string {
  return waiting.energy_kwh > 0 ? `${percentText(waiting.share_pct)} of the GPUs' energy was spent while waiting` : 'No energy was spent while GPUs waited';
}

/** Energy without a range of its own, to two digits. */
export function roughEnergy(kwh: number): string {
  return valueText(alone(Number(kwh.toPrecision(2)), 'energy'));
}

export function waitingText(waiting: Waiting): string {
  if (waiting.energy_kwh <= 0) {
    return `No GPU was below ${waiting.threshold_pct} % use while it drew power for this run.`;
  }
  const most = waiting.mostly ? ` Most of it ${causeText(waiting.mostly)}.` : '';
  const hint = waiting.hint ? ` ${waiting.hint.charAt(0).toUpperCase()}${waiting.hint.slice(1)}.` : '';
  return `${roughEnergy(waiting.energy_kwh)} went into GPUs below ${waiting.threshold_pct} % use.${most}${hint}`;
}
