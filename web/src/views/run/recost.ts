// What a recost asks of the server: only what the reader said.
export interface RecostForm {
  region: string;
  intensity: string;
  pue: string;
}

export type RecostBody = Record<string, string | number>;

/** Undefined where nothing is said. Numbers as people type them; what is no number goes as it stands, for the server to refuse. */
export function recostBody(form: RecostForm): RecostBody | undefined {
  const out: RecostBody = {};
  const number = (text: string): string | number => {
    const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : text.trim();
  };
  if (form.region.trim() !== '') {
    out['region'] = form.region.trim();
  }
  if (form.intensity.trim() !== '') {
    out['intensity'] = number(form.intensity);
  }
  if (form.pue.trim() !== '') {
    out['pue'] = number(form.pue);
  }
  return Object.keys(out).length > 0 ? out : undefined;
}
