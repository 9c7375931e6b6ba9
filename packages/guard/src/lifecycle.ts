import type { Contract, Lifecycle, Operation } from '@castellan/contract';

/** What the life cycle of an API and of one of its operations means for requests. */
export interface LifecyclePlan {
  /** From this moment on, milliseconds since the epoch, the operation is answered 410. */
  readonly endsAt: number;
  /** What to use instead. */
  readonly successor: string | undefined;
  /** Header fields that announce the end, for every answer. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const none: readonly (readonly [string, string])[] = [];

/**
 * Compiles `lifecycle` of the document's root and of an operation (OWASP API9:2023). Either ends the operation: by its state
 * `retired`, or when the day of its `sunset` has begun (UTC). `Deprecation` is RFC 9745, `Sunset` RFC 8594,
 * `Link` with `rel="successor-version"` RFC 5829.
 */
export function compileLifecycle({ castellan, operations }: Contract, operation: Operation): LifecyclePlan {
  const both = [operation.castellan.lifecycle, castellan.lifecycle].filter((one) => one !== undefined);
  const ended = both.find(({ state }) => state === 'retired');
  const sunset = earliest(both.map((one) => one.sunset));
  const deprecated = earliest(both.map((one) => (one.state === 'deprecated' ? one.deprecatedAt : undefined)));
  const successor = ended?.successor ?? both.find(hasSuccessor)?.successor;
  const link = successor === undefined ? undefined : linkTo(successor, operation, operations);
  const fields = [
    ...(deprecated === undefined ? none : [['deprecation', `@${deprecated / 1000}`] as const]),
    ...(sunset === undefined ? none : [['sunset', new Date(sunset).toUTCString()] as const]),
    ...(link === undefined ? none : [['link', `<${link}>; rel="successor-version"`] as const]),
  ];
  return {
    endsAt: ended === undefined ? (sunset ?? Infinity) : -Infinity,
    successor,
    fields: fields.length === 0 ? none : fields,
  };
}

/**
 * The address of what is to be used instead: a URL as it is written; an operation relative to the one that is called, so
 * that no base path has to be known. A path with parameters is the address of nothing.
 */
function linkTo(successor: string, called: Operation, operations: readonly Operation[]): string | undefined {
  const named = operations.find(({ operationId }) => operationId === successor);
  if (named === undefined) return /^(?:https?:\/\/|\.{0,2}\/)/i.test(successor) ? escaped(successor) : undefined;
  if (named.path.includes('{')) return undefined;
  const up = '../'.repeat(Math.max(0, called.path.split('/').length - 2));
  return escaped(`${up === '' ? './' : up}${named.path.slice(1)}`);
}

/** Text of a document, so that nothing in it ends the address or the line. */
function escaped(address: string): string {
  return address.toWellFormed().replace(/[^\x21-\x7e]+|[<>"\\^`{|}]/g, (text) => encodeURIComponent(text));
}

function hasSuccessor({ successor }: Lifecycle): boolean {
  return successor !== undefined;
}

function earliest(dates: readonly (string | undefined)[]): number | undefined {
  const times = dates.filter((date) => date !== undefined).map((date) => Date.parse(date));
  return times.length === 0 ? undefined : Math.min(...times);
}
