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

const datetimePattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2})(\d{2})))?$/;

function datetimeOf(text: string): number | undefined {
  const match = datetimePattern.exec(text);
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, date] = [part(1), part(2), part(3)];
  const [hour, minute, second, fraction] = [part(4), part(5), part(6), part(7)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, date);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== date) return undefined;
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -60_000 : 60_000);
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset;
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
