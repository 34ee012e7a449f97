// What the tests of the page are shown: rows of CodeCarbon to import, and a made-up machine whose runs are real.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const programs = dirname(process.env.GRAMME ?? '');
const simulated = join(programs, 'simulated_host');

/** Text that would be markup, were it not shown as text: 200 characters. */
export const hostile = '<script>window.pwned=1</script><b>bold</b><img src=x onerror="window.pwned=2">'.padEnd(200, ' & "quoted" <i>long</i>').slice(0, 200);

/** "2026-05" of this month less `back`, in UTC. */
export function monthBefore(back) {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
}

/** Of the nth row, from 1 on. */
export const idOf = (n) => `${String(n).padStart(8, '0')}-${String(n).padStart(4, '0')}-4000-8000-000000000000`;

/** emissions.csv of `count` runs of three projects: run i took i minutes and i Wh; three months, none of them this one. */
export function emissions(folder, count) {
  const head = 'timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,country_name,country_iso_code,codecarbon_version,cpu_model,tracking_mode,on_cloud,pue';
  const rows = Array.from({ length: count }, (_, i) => {
    const n = i + 1;
    const kwh = n / 1000;
    return [
      `${monthBefore(1 + (i % 3))}-${String(2 + (Math.floor(i / 3) % 27)).padStart(2, '0')}T12:00:00+00:00`,
      ['bert', 'vision', 'speech'][i % 3],
      idOf(n),
      ...[n * 60, kwh * 0.05, kwh * 0.9, 0, kwh * 0.1, kwh],
      'France,FRA,3.2.1,AMD EPYC 7742,machine,N,1.0',
    ].join(',');
  });
  const file = join(folder, 'emissions-of-others.csv');
  writeFileSync(file, [head, ...rows, ''].join('\n'));
  return file;
}

/** A machine of two packages and GPUs of 200 W, for `env`. `nvml`: more lines for tests/fake_nvml. */
export function machine(folder, env, { gpus = 2, nvml = [] } = {}) {
  const root = join(folder, 'machine');
  execFileSync(simulated, ['--root', root, '--make-tree', 'intel-2s']);
  const script = join(folder, 'nvml.txt');
  writeFileSync(script, [`gpus ${gpus}`, 'gpu * watts 200', ...nvml, ''].join('\n'));
  env.GRAMME_SYSROOT = root;
  env.GRAMME_NVML_LIB = join(programs, '../tests/fake_nvml/libnvidia-ml.so.1');
  env.FAKE_NVML_SCRIPT = script;
}

/** Words of a command that works `seconds` on that machine. */
export function work(folder, seconds, more = []) {
  return [simulated, '--root', join(folder, 'machine'), '--seconds', String(seconds), '--watts', 'pkg0=90,pkg1=70,dram0=10,dram1=8', ...more];
}
