import { describe, expect, it } from 'vitest';
import { truthful, truthfulLive } from './unknown';

const zero = { value: 0, low: 0, high: 0 };
const some = { value: 2, low: 1, high: 3 };
const gap = { device: 'gpu0', from_s: 0, to_s: 60, reason: 'lost' };
const part = { device: 'gpu0', kind: 'gpu', name: '', energy_kwh: 0, quality: 'measured', method: '', gap_s: 60 };
const footprint = (more: object) => ({ schema: 'gramme/footprint/1', run: { duration_s: 60 }, parts: [part], gaps: [gap], energy_kwh: zero, facility_energy_kwh: zero, operational_kgco2e: zero, equivalences: [{}], ...more });

describe('a zero with something missing', () => {
  it('is not known', () => {
    expect(truthful(footprint({}))).toMatchObject({ energy_kwh: null, facility_energy_kwh: null, operational_kgco2e: null, equivalences: [], parts: [{ energy_kwh: null }] });
    const row = { energy_kwh: 0, operational_kgco2e: zero, has_gaps: true };
    expect(truthful({ schema: 'gramme/run-page/1', rows: [row, { ...row, has_gaps: false }] })).toMatchObject({ rows: [{ energy_kwh: null, operational_kgco2e: null }, { operational_kgco2e: zero }] });
    const sum = { energy_kwh: 0, operational_kgco2e: zero, with_gaps: 1 };
    expect(truthful({ schema: 'gramme/totals/1', all: sum, months: [sum], projects: [] })).toMatchObject({ all: { operational_kgco2e: null }, months: [{ energy_kwh: null }] });
    expect(truthfulLive({ time: '', runs: [row] } as never)).toMatchObject({ runs: [{ operational_kgco2e: null }] });
    expect(truthful({ schema: 'gramme/explain/1', devices: [{ gap_s: 3 }], energy_kwh: zero, operational_kgco2e: zero, steps: {}, interval: {} })).toMatchObject({ energy_kwh: null, operational_kgco2e: null, steps: null, interval: null });
  });

  it('is true where nothing is missing, and a sum with gaps keeps its value', () => {
    expect(truthful(footprint({ gaps: [], parts: [{ ...part, gap_s: 0 }] }))).toMatchObject({ operational_kgco2e: zero, parts: [{ energy_kwh: 0 }] });
    expect(truthful(footprint({ operational_kgco2e: some, energy_kwh: some }))).toMatchObject({ operational_kgco2e: some, energy_kwh: some });
    expect(truthful([1])).toEqual([1]);
  });
});
