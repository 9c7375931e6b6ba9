import type { Lifecycle } from '@castellan/contract';

/** What the registry decided about the life cycle of an API and of single operations of it. */
export interface DecidedLifecycle {
  readonly api?: Lifecycle | undefined;
  /** By operationId. */
  readonly operations: Readonly<Record<string, Lifecycle>>;
}

const states: ReadonlySet<unknown> = new Set(['draft', 'published', 'deprecated', 'retired']);
/** Operations that one answer may speak of. */
const most = 20_000;

/** What was decided outside of the document, as it is now. Empty until somebody says something. */
export class AnnouncedLifecycle {
  #decided: DecidedLifecycle = { operations: {} };
  /** Grows with each change: what was compiled with an earlier one is compiled again. */
  version = 0;

  /** What was decided about an operation, its own first. */
  of(operationId: string): readonly Lifecycle[] {
    const own = Object.hasOwn(this.#decided.operations, operationId)
      ? this.#decided.operations[operationId]
      : undefined;
    return [own, this.#decided.api].filter((one) => one !== undefined);
  }

  set(decided: DecidedLifecycle): void {
    if (JSON.stringify(decided) === JSON.stringify(this.#decided)) return;
    this.#decided = decided;
    this.version += 1;
  }
}

/** Reads what somebody else wrote; undefined where any of it is not what it must be: half a decision is none. */
export function readDecidedLifecycle(value: unknown): DecidedLifecycle | undefined {
  if (!isObject(value) || !isObject(value['operations'])) return undefined;
  const operations = Object.entries(value['operations']);
  if (operations.length > most) return undefined;
  const read = operations.map(([id, one]) => [id, readLifecycle(one)] as const);
  const api = value['api'] === undefined ? undefined : readLifecycle(value['api']);
  if (read.some(([, one]) => one === undefined) || (value['api'] !== undefined && api === undefined)) return undefined;
  return {
    ...(api === undefined ? {} : { api }),
    operations: Object.fromEntries(read) as Readonly<Record<string, Lifecycle>>,
  };
}

function readLifecycle(value: unknown): Lifecycle | undefined {
  if (!isObject(value) || !states.has(value['state'])) return undefined;
  const { deprecatedAt, sunset, successor, information } = value;
  if (![deprecatedAt, sunset].every((date) => date === undefined || isDate(date))) return undefined;
  if (![successor, information].every((text) => text === undefined || isText(text))) return undefined;
  return Object.fromEntries(
    Object.entries({ state: value['state'], deprecatedAt, sunset, successor, information }).filter(
      ([, one]) => one !== undefined,
    ),
  ) as unknown as Lifecycle;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 2_000;
}

/** A full date (RFC 3339) that there is: no 30th of February. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
