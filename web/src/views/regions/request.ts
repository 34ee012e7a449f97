// The job behind the regions: an energy that is known, and how to cost it.
import { numberOf } from '../calculator/job';

export function energyError(kwh: string): string {
  const value = numberOf(kwh);
  return value === undefined || value <= 0 ? 'The energy must be above 0 kWh.' : '';
}

export function regionsRequest(kwh: string, basis: string): Record<string, unknown> {
  return { energy_kwh: numberOf(kwh), basis };
}
