import { CastellanError } from '@castellan/contract';

/** Time limits, in milliseconds. */
export interface Timeouts {
  /** For a connection to the upstream. Default 5,000. */
  readonly connect: number;
  /** For the head of an answer. Default 30,000. */
  readonly head: number;
  /** Between two pieces of an answer. Default 30,000. */
  readonly body: number;
  /** The same for event streams and other sequences of items, which may be silent. Default 3,600,000. */
  readonly stream: number;
  /** For a place on the way to the upstream, before 503. Default 5,000. */
  readonly queue: number;
  /** How long a caller may leave all of what waits for it unread, before its connection ends. Default 30,000. */
  readonly send: number;
}

/** How many requests are under way at once. */
export interface Capacity {
  /** Exchanges with the upstream, beside those that may stream. Default 128. */
  readonly connections: number;
  /** Exchanges of operations that document event streams or other sequences of items. Default 10,000. */
  readonly streams: number;
  /** Requests that wait for a place; more are answered 503. Default 1,000. */
  readonly queue: number;
}

const defaultTimeouts: Timeouts = {
  connect: 5000,
  head: 30_000,
  body: 30_000,
  stream: 3_600_000,
  queue: 5000,
  send: 30_000,
};
const defaultCapacity: Capacity = { connections: 128, streams: 10_000, queue: 1000 };

/** What Node's timers can count. */
const maxMilliseconds = 2 ** 31 - 1;

/** @throws CastellanError `unknown-option`, `bad-option` */
export function readTimeouts(given: Partial<Timeouts> = {}): Timeouts {
  return read('timeouts', defaultTimeouts, given, 1, maxMilliseconds, 'a whole number of milliseconds');
}

/** @throws CastellanError `unknown-option`, `bad-option` */
export function readCapacity(given: Partial<Capacity> = {}): Capacity {
  const capacity = read('capacity', defaultCapacity, given, 0, 1_000_000, 'a whole number');
  for (const name of ['connections', 'streams'] as const)
    if (capacity[name] === 0) throw wrong(`capacity.${name}`, 0, 'a whole number from 1 to 1000000');
  return capacity;
}

function read<T extends Timeouts | Capacity>(
  option: string,
  defaults: T,
  given: Partial<T>,
  least: number,
  most: number,
  form: string,
): T {
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (!Object.hasOwn(defaults, name))
      throw new CastellanError({
        code: 'unknown-option',
        message: `${option} has no option '${name}'`,
        mend: `the options are ${Object.keys(defaults).join(', ')}`,
      });
    if (value !== undefined && (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most))
      throw wrong(`${option}.${name}`, value, `${form} from ${least} to ${most}`);
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}

function wrong(name: string, value: unknown, form: string): CastellanError {
  return new CastellanError({
    code: 'bad-option',
    message: `${name} is ${JSON.stringify(value) ?? 'unusable'}`,
    mend: `write ${form}`,
  });
}
