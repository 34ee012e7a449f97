// Colour arithmetic for the test of the tokens: WCAG contrast, colour blindness, distance. No part of the page.
// Contrast: WCAG 2.1, relative luminance. Blindness: Machado, Oliveira, Fernandes 2009, severity 1.0 (linear RGB).
// Distance: CIEDE2000 (Sharma, Wu, Dalal 2005).
type Three = [number, number, number];

export type Sight = 'full' | 'protan' | 'deutan' | 'tritan';

const machado: Record<Exclude<Sight, 'full'>, [Three, Three, Three]> = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const dot = (a: Three, b: Three) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function linear(hex: string): Three {
  const part = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

export function contrast(a: string, b: string): number {
  const light = (hex: string) => dot(linear(hex), [0.2126, 0.7152, 0.0722]);
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** CIE L*a*b* (D65) as somebody of this sight sees it. */
export function lab(hex: string, sight: Sight = 'full'): Three {
  let rgb = linear(hex);
  if (sight !== 'full') {
    const m = machado[sight];
    rgb = m.map((row) => Math.min(1, Math.max(0, dot(row, rgb)))) as Three;
  }
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047);
  const y = f(dot([0.2126729, 0.7151522, 0.072175], rgb));
  const z = f(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const hue = (a: number, b: number) => (a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360);

export function distance(one: Three, two: Three): number {
  const meanChroma = (Math.hypot(one[1], one[2]) + Math.hypot(two[1], two[2])) / 2;
  const g = 0.5 * (1 - Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + 25 ** 7)));
  const a1 = one[1] * (1 + g);
  const a2 = two[1] * (1 + g);
  const [c1, c2] = [Math.hypot(a1, one[2]), Math.hypot(a2, two[2])];
  const [h1, h2] = [hue(a1, one[2]), hue(a2, two[2])];
  const grey = c1 * c2 === 0;
  const turn = h2 - h1 > 180 ? h2 - h1 - 360 : h2 - h1 < -180 ? h2 - h1 + 360 : h2 - h1;
  const dL = two[0] - one[0];
  const dC = c2 - c1;
  const dH = grey ? 0 : 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const L = (one[0] + two[0]) / 2;
  const C = (c1 + c2) / 2;
  const wide = Math.abs(h1 - h2) > 180;
  const H = grey ? h1 + h2 : wide ? (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2 : (h1 + h2) / 2;
  const T =
    1 - 0.17 * Math.cos(radians(H - 30)) + 0.24 * Math.cos(radians(2 * H)) + 0.32 * Math.cos(radians(3 * H + 6)) - 0.2 * Math.cos(radians(4 * H - 63));
  const sL = 1 + (0.015 * (L - 50) ** 2) / Math.sqrt(20 + (L - 50) ** 2);
  const sC = 1 + 0.045 * C;
  const sH = 1 + 0.015 * C * T;
  const rotate = -Math.sin(radians(60 * Math.exp(-(((H - 275) / 25) ** 2)))) * 2 * Math.sqrt(C ** 7 / (C ** 7 + 25 ** 7));
  return Math.sqrt((dL / sL) ** 2 + (dC / sC) ** 2 + (dH / sH) ** 2 + rotate * (dC / sC) * (dH / sH));
}
