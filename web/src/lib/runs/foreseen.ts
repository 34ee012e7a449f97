// What is foreseen of a run that goes on, and how it stands with its budget: docs/schema/forecast.md.
import type { Budget, LiveForecast } from '../api';
import { alone, clockText, durationText, momentText, percentText, rangeText, show, valueText } from '../numbers';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** "At this pace 84 – 97 kg at the end, about Friday 09:00."; empty: nothing says how far it is. */
export function foreseen(forecast: LiveForecast | null | undefined, at: Date | undefined): string {
  if (!forecast) {
    return '';
  }
  const steps = typeof forecast.step === 'number' && typeof forecast.steps_total === 'number' ? `Step ${forecast.step} of ${forecast.steps_total}. ` : '';
  if (!forecast.ready) {
    return `${steps}Not enough yet to say what all of it will take${forecast.reason ? `: ${forecast.reason}` : ''}.`;
  }
  const carbon = forecast.operational_kgco2e ? show(forecast.operational_kgco2e, 'carbon') : undefined;
  const what = carbon ? `${carbon.exact ? valueText(carbon) : `${rangeText(carbon)}\u00a0${carbon.unit}`} at the end` : 'it ends';
  const left = forecast.left_s?.value;
  const end = left !== undefined && at ? new Date(at.getTime() + left * 1000) : undefined;
  return `${steps}At this pace ${what}${end && at ? `, about ${endText(end, at)}` : ''}.`;
}

function endText(end: Date, at: Date): string {
  if (end.getTime() - at.getTime() > 6 * 86_400_000) {
    return momentText(end.toISOString(), at);
  }
  return `${end.toDateString() === at.toDateString() ? '' : `${days[end.getDay()] ?? ''} `}${clockText(end)}`;
}

/** "480 of 500 g spent (96 %)." of each limit; empty: there is no budget. */
export function budgetText(budget: Budget | undefined): string {
  const amounts = {
    carbon: (value: number) => valueText(alone(Number((value / 1000).toPrecision(2)), 'carbon')),
    energy: (value: number) => valueText(alone(Number((value / 3.6e6).toPrecision(2)), 'energy')),
    time: (value: number) => durationText(value),
  };
  const limits = (budget?.limits ?? []).map(({ of, limit, amount, spent }) => (spent === null ? `What of ${limit} is spent is not known.` : `${amounts[of](spent)} of ${limit} spent, ${percentText((100 * spent) / amount)}.`));
  return limits.join(' ') + (budget?.ended_run ? ' gramme ended the run for it.' : '');
}
