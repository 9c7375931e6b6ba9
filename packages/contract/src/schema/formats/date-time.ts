// Dates and times of RFC 3339 section 5.6, durations of its appendix A.

const monthDays = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** The two digits at an index as a number; more than 99 where they are not both digits. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? 100 : tens * 10 + ones;
}

/** `full-date` at the start of a text of at least 10 characters. */
function dateAt(text: string): boolean {
  const century = two(text, 0);
  const years = two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (century > 99 || years > 99 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false;
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month !== 2) return day <= (monthDays[month] ?? 0);
  return day === 29 && (years === 0 ? century % 4 === 0 : years % 4 === 0);
}

/** `full-time` from an index to the end; without its offset where `local`. */
function timeAt(text: string, start: number, local: boolean): boolean {
  const { length } = text;
  if (length < start + (local ? 8 : 9)) return false;
  const hour = two(text, start);
  const minute = two(text, start + 3);
  const second = two(text, start + 6);
  if (hour > 23 || minute > 59 || second > 60 || text.charCodeAt(start + 2) !== 58 || text.charCodeAt(start + 5) !== 58)
    return false;
  let index = start + 8;
  let code = text.charCodeAt(index);
  if (code === 46) {
    const first = ++index;
    while (index < length && (text.charCodeAt(index) - 48) >>> 0 <= 9) index++;
    if (index === first) return false;
    code = text.charCodeAt(index);
  }
  if (local) return index === length && second < 60;
  if (code === 90 || code === 122) return index + 1 === length && (second < 60 || (hour === 23 && minute === 59));
  if ((code !== 43 && code !== 45) || length !== index + 6 || text.charCodeAt(index + 3) !== 58) return false;
  const offsetHour = two(text, index + 1);
  const offsetMinute = two(text, index + 4);
  if (offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  // A leap second is the last one of a day in UTC.
  const offset = (offsetHour * 60 + offsetMinute) * (code === 43 ? 1 : -1);
  return (hour * 60 + minute - offset + 2_880) % 1_440 === 1_439;
}

/** `2026-11-24` */
export function date(text: string): boolean {
  return text.length === 10 && dateAt(text);
}

/** `15:20:00.5Z`, `15:20:00+01:00` */
export function time(text: string): boolean {
  return timeAt(text, 0, false);
}

/**
 * Nearly every date-time: a day that every month has, no leap second. Written out for the engine's sake; whatever it does not
 * match is looked at by the code below.
 */
const COMMON =
  /^[0-9][0-9][0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

/** `2026-11-24T15:20:00Z` */
export function dateTime(text: string): boolean {
  if (COMMON.test(text)) return true;
  return text.length >= 20 && (text.charCodeAt(10) | 32) === 116 && dateAt(text) && timeAt(text, 11, false);
}

/** `2026-11-24T15:20:00`, of OpenAPI's format registry. */
export function dateTimeLocal(text: string): boolean {
  return text.length >= 19 && (text.charCodeAt(10) | 32) === 116 && dateAt(text) && timeAt(text, 11, true);
}

/** `15:20:00`, of OpenAPI's format registry. */
export function timeLocal(text: string): boolean {
  return timeAt(text, 0, true);
}

const DATE_UNITS = 'YMD';
const TIME_UNITS = 'HMS';

/** `P3Y6M4DT12H30M5S`, `P4W` (RFC 3339 appendix A): units in order, none left out between two, at least one. */
export function duration(text: string): boolean {
  const { length } = text;
  if (text.charCodeAt(0) !== 80 || length < 3) return false;
  let units = DATE_UNITS;
  let unit = -1;
  let index = 1;
  let any = false;
  while (index < length) {
    if (text.charCodeAt(index) === 84) {
      if (units === TIME_UNITS || index + 1 === length) return false;
      units = TIME_UNITS;
      unit = -1;
      index++;
      continue;
    }
    const first = index;
    while (index < length && (text.charCodeAt(index) - 48) >>> 0 <= 9) index++;
    if (index === first || index === length) return false;
    if (text.charCodeAt(index) === 87) return first === 1 && index + 1 === length;
    const next = units.indexOf(text.charAt(index));
    if (next < 0 || (unit >= 0 ? next !== unit + 1 : false)) return false;
    unit = next;
    any = true;
    index++;
  }
  return any;
}
