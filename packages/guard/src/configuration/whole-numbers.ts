/**
 * A regular expression, without anchors, of the texts of all whole numbers of a range, without leading zeros: JSON Schema
 * has no other way to bound a number that is written as a text.
 * @param least at least 0
 * @param most no number of more than 15 digits is taken, whatever this says
 */
export function wholeNumbers(least: number, most: number): string {
  const top = Math.min(most, 999_999_999_999_999);
  const parts: string[] = [];
  for (let digits = String(least).length; digits <= String(top).length; digits += 1) {
    const from = digits === 1 ? 0 : 10 ** (digits - 1);
    parts.push(...ofOneLength(String(Math.max(least, from)), String(Math.min(top, 10 ** digits - 1))));
  }
  return `(?:${parts.join('|')})`;
}

/** Both have as many digits, and the first is not greater. */
function ofOneLength(least: string, most: string): string[] {
  const [a = '', b = ''] = [least[0], most[0]];
  if (least === most) return [least];
  const rest = least.length - 1;
  if (/^0*$/.test(least.slice(1)) && /^9*$/.test(most.slice(1))) return [`${digit(a, b)}${anyDigits(rest)}`];
  if (a === b) return ofOneLength(least.slice(1), most.slice(1)).map((inner) => `${a}${inner}`);
  const low = ofOneLength(least.slice(1), '9'.repeat(rest)).map((inner) => `${a}${inner}`);
  const high = ofOneLength('0'.repeat(rest), most.slice(1)).map((inner) => `${b}${inner}`);
  const between = Number(b) - Number(a) > 1 ? [`${digit(next(a, 1), next(b, -1))}${anyDigits(rest)}`] : [];
  return [...low, ...between, ...high];
}

function next(of: string, by: number): string {
  return String(Number(of) + by);
}

function digit(from: string, to: string): string {
  return from === to ? from : from === '0' && to === '9' ? '\\d' : `[${from}-${to}]`;
}

function anyDigits(count: number): string {
  return count === 0 ? '' : count === 1 ? '\\d' : `\\d{${count}}`;
}
