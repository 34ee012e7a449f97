// Rounding on the decimal string, half away from zero, as src/present/numbers.cpp does it: what the command line and
// the page print of one number is the same to the last digit.

const sureDigits = 15;

interface Decimal {
  digits: string; // d1 d2 ... of |value|, d1 != 0 unless the value is 0
  exponent: number; // power of ten of the first digit
}

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value)
    .toExponential(sureDigits - 1)
    .split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

/** Power of ten of the first digit of `value`. */
export function firstPlace(value: number): number {
  return decimalOf(value).exponent;
}

/** The first digit of `value`. */
export function firstDigit(value: number): number {
  return Number(decimalOf(value).digits.charAt(0));
}

/** `value` with its last digit at 10^place, in fixed notation. Of what is not finite: the empty text. */
export function rounded(value: number, place: number): string {
  if (!Number.isFinite(value)) {
    return '';
  }
  let { digits, exponent } = decimalOf(value);
  const keep = exponent - place + 1; // digits that stay
  if (keep < 0) {
    digits = '0';
    exponent = 0;
  } else if (keep < sureDigits) {
    const up = digits.charAt(keep) >= '5';
    if (keep === 0) {
      digits = up ? '1' : '0';
      exponent = up ? place : 0;
    } else {
      digits = digits.slice(0, keep);
      if (up) {
        const next = (BigInt(digits) + 1n).toString();
        exponent += next.length - digits.length;
        digits = next;
      }
    }
  }
  let text = '';
  for (let power = Math.max(exponent, 0); power >= Math.min(place, 0); --power) {
    text += (power === -1 ? '.' : '') + (digits.charAt(exponent - power) || '0');
  }
  return value < 0 && !isZero(text) ? '-' + text : text;
}

/** At most `digits` significant digits, no zeros at the end of a fraction. */
export function significant(value: number, digits: number): string {
  if (value === 0) {
    return '0';
  }
  const text = rounded(value, firstPlace(value) - digits + 1);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export function isZero(text: string): boolean {
  return /^-?[0.]*$/.test(text);
}

const narrowSpace = '\u202f';
const minus = '\u2212';

/** Groups of three from five digits on, and a true minus: for eyes, not for copying. */
export function grouped(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '').split('.');
  const groups = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, narrowSpace) : whole;
  return (plain.startsWith('-') ? minus : '') + groups + (fraction === undefined ? '' : '.' + fraction);
}

/** A whole number for eyes: 12 345. */
export function count(value: number): string {
  return grouped(rounded(value, 0));
}
