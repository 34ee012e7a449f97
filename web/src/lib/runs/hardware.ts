// What a run was on, as a line of text.
import type { Footprint } from '../api';
import { visible } from '../visible';

/** "8 × NVIDIA A100", "2 × NVIDIA A100, 1 × NVIDIA H100"; an import counts them itself, as "2 x NVIDIA A100". */
function counted(models: readonly string[]): string {
  const counts = new Map<string, number>();
  models.map(visible).filter((model) => model !== '').forEach((model) => counts.set(model, (counts.get(model) ?? 0) + 1));
  return [...counts].map(([model, count]) => (/^\d+ x /.test(model) ? model.replace(' x ', ' × ') : `${count} × ${model}`)).join(', ');
}

/** GPUs; without them the processor; "" where neither is known. */
export function hardwareText(footprint: Pick<Footprint, 'run' | 'parts'>): string {
  const host = footprint.run.host ?? {};
  const listed = Array.isArray(host.gpu_models) ? host.gpu_models : [];
  const models = listed.length > 0 ? listed : footprint.parts.filter((part) => part.kind === 'gpu').map((part) => part.name);
  return counted(models) || visible(host.cpu_model ?? '');
}

/** For a narrow column: without makers, marks and clock rates: "8 × A100-SXM4-80GB", "Xeon Gold 6148". */
export function shortHardware(row: { gpu_models?: readonly string[] | undefined; cpu_model?: string | null | undefined }): string {
  const whole = counted(row.gpu_models ?? []) || visible(row.cpu_model ?? '');
  const bare = whole.replace(/\((?:R|TM|C)\)/gi, ' ').replace(/\b(?:NVIDIA|AMD|Intel|GeForce|Advanced Micro Devices|Inc\.)(?= |$)/g, ' ');
  return bare.replace(/ (?:CPU )?@ .*$/, '').replace(/ \d+-Core Processor\b| Processor\b| CPU\b/g, ' ').replace(/\s+/g, ' ').trim() || whole;
}

/** The same, whole, for who points at it. */
export function rowHardware(row: { gpu_models?: readonly string[] | undefined; cpu_model?: string | null | undefined }): string {
  return [counted(row.gpu_models ?? []), visible(row.cpu_model ?? '')].filter((text) => text !== '').join('; ');
}
