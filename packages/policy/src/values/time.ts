import { Fault } from './fault.ts';
import { add, multiply, subtract, toLong } from './long.ts';
import { Composite, type Long, type Value } from './value.ts';

const day = 86_400_000;
const dayBig = BigInt(day);

/** Cedar's `datetime`: milliseconds since 1970-01-01T00:00:00Z. */
export class Datetime extends Composite {
  readonly milliseconds: Long;

  constructor(milliseconds: Long) {
    super();
    this.milliseconds = milliseconds;
  }

  /** `2026-11-24`, `2026-11-24T10:00:00Z`, `…T10:00:00.000Z`, `…T10:00:00+0100`, `…T10:00:00.000+0100`. */
  static parse(text: string): Datetime {
    const milliseconds = datetimeOf(text);
    if (milliseconds === undefined) throw malformed('datetime', text);
    return new Datetime(milliseconds);
  }

  /** The same, `undefined` for another text. */
  static read(text: string): Datetime | undefined {
    const milliseconds = datetimeOf(text);
    return milliseconds === undefined ? undefined : new Datetime(milliseconds);
  }

  get typeName(): string {
    return 'datetime';
  }

  offset(by: Duration): Datetime {
    return new Datetime(add(this.milliseconds, by.milliseconds));
  }

  durationSince(other: Datetime): Duration {
    return new Duration(subtract(this.milliseconds, other.milliseconds));
  }

  /** Midnight of its day, in UTC. */
  toDate(): Datetime {
    if (typeof this.milliseconds === 'number') return new Datetime(Math.floor(this.milliseconds / day) * day);
    const rest = ((this.milliseconds % dayBig) + dayBig) % dayBig;
    return new Datetime(subtract(this.milliseconds, Number(rest)));
  }

  /** The time since midnight, in UTC. */
  toTime(): Duration {
    if (typeof this.milliseconds === 'number') return new Duration(((this.milliseconds % day) + day) % day);
    return new Duration(Number(((this.milliseconds % dayBig) + dayBig) % dayBig));
  }

  equals(other: Value): boolean {
    return other instanceof Datetime && other.milliseconds === this.milliseconds;
  }

  key(): string {
    return `D${this.milliseconds}`;
  }

  override toString(): string {
    const time = new Date(Number(this.milliseconds));
    return Number.isNaN(time.getTime())
      ? `datetime("1970-01-01").offset(duration("${this.milliseconds}ms"))`
      : `datetime("${time.toISOString()}")`;
  }
}

/** Cedar's `duration`, in milliseconds. */
export class Duration extends Composite {
  readonly milliseconds: Long;

  constructor(milliseconds: Long) {
    super();
    this.milliseconds = milliseconds;
  }

  /** `1d2h3m4s5ms`, each part optional, in this order, with `-` before all of it. */
  static parse(text: string): Duration {
    const milliseconds = durationOf(text);
    if (milliseconds === undefined) throw malformed('duration', text);
    return new Duration(milliseconds);
  }

  get typeName(): string {
    return 'duration';
  }

  /** Whole units of `unit` milliseconds, rounded towards zero. */
  in(unit: number): Long {
    if (typeof this.milliseconds === 'number') return Math.trunc(this.milliseconds / unit);
    return toLong(this.milliseconds / BigInt(unit)) ?? 0;
  }

  equals(other: Value): boolean {
    return other instanceof Duration && other.milliseconds === this.milliseconds;
  }

  key(): string {
    return `P${this.milliseconds}`;
  }

  override toString(): string {
    return `duration("${this.milliseconds}ms")`;
  }
}

function malformed(type: string, text: string): Fault {
  return new Fault(
    `error while evaluating \`${type}\` extension function: ${JSON.stringify(text)} is not a valid ${type}`,
  );
}

/** The number that two digits make; NaN when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Milliseconds of a zone: `Z` or `+hhmm`, up to the end of the text. */
function zoneOf(text: string, at: number): number {
  const sign = text[at];
  if (sign === 'Z') return text.length === at + 1 ? 0 : Number.NaN;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 5) return Number.NaN;
  const [hours, minutes] = [two(text, at + 1), two(text, at + 3)];
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (hours * 60 + minutes) * (sign === '-' ? -60_000 : 60_000);
}

function timeOf(text: string): number {
  if (text.length === 10) return 0;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  if (text.charCodeAt(10) !== letterT || text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon)
    return Number.NaN;
  const time = ((hour * 60 + minute) * 60 + second) * 1000;
  if (text.length === 20 && text.charCodeAt(19) === letterZ) return time;
  const fraction = text[19] === '.' ? two(text, 20) * 10 + two(`0${text[22] ?? ''}`, 0) : 0;
  return time + fraction - zoneOf(text, text[19] === '.' ? 23 : 19);
}

const [hyphen, colon, letterT, letterZ] = [0x2d, 0x3a, 0x54, 0x5a];
const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function datetimeOf(text: string): number | undefined {
  if (text.charCodeAt(4) !== hyphen || text.charCodeAt(7) !== hyphen) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const date = two(text, 8);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (!(date >= 1 && date <= (daysOfMonth[month - 1] ?? 0) + leap)) return undefined;
  const milliseconds = daysSinceEpoch(year, month, date) * day + timeOf(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Of the Gregorian calendar, carried backwards: eras of 400 years that begin in March. */
function daysSinceEpoch(year: number, month: number, date: number): number {
  const years = month <= 2 ? year - 1 : year;
  const era = Math.floor(years / 400);
  const ofEra = years - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const durationPattern = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const units = [day, 3_600_000, 60_000, 1000, 1];

function durationOf(text: string): Long | undefined {
  if (text.length > 200) return undefined;
  const match = durationPattern.exec(text);
  if (match === null || text === '' || text === '-') return undefined;
  let total: Long = 0;
  for (const [index, unit] of units.entries()) {
    const digits = match[index + 2];
    if (digits === undefined) continue;
    const count = toLong(match[1] === '-' ? -BigInt(digits) : BigInt(digits));
    if (count === undefined) return undefined;
    try {
      total = add(total, multiply(count, unit));
    } catch {
      return undefined;
    }
  }
  return total;
}
