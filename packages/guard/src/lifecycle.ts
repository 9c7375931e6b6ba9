import type { Contract, Lifecycle, Operation } from '@castellan/contract';
import type { AnnouncedLifecycle } from './announced-lifecycle.ts';

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
 * What `lifecycle` of an operation, of the document's root and of the registry mean together (OWASP API9:2023). Each of them ends the
 * operation: by its state `retired`, or when the day of its `sunset` has begun (UTC). `Deprecation` is RFC 9745, `Sunset` RFC 8594,
 * `Link` with `rel="successor-version"` RFC 5829; `rel="deprecation"` and `rel="sunset"` are of the first two.
 * @returns the plan as it is when it is asked for: what the registry decides takes effect at once
 */
export function compileLifecycle(
  contract: Contract,
  operation: Operation,
  announced: AnnouncedLifecycle,
): () => LifecyclePlan {
  const written = [operation.castellan.lifecycle, contract.castellan.lifecycle].filter((one) => one !== undefined);
  let { version } = announced;
  let plan = planOf(contract, operation, [...written, ...announced.of(operation.operationId)]);
  return () => {
    if (version !== announced.version) {
      ({ version } = announced);
      plan = planOf(contract, operation, [...written, ...announced.of(operation.operationId)]);
    }
    return plan;
  };
}

function planOf({ operations }: Contract, operation: Operation, all: readonly Lifecycle[]): LifecyclePlan {
  const ended = all.find(({ state }) => state === 'retired');
  const sunset = earliest(all.map((one) => one.sunset));
  const told = earliest(all.map((one) => (one.state === 'deprecated' ? one.deprecatedAt : undefined)));
  // Nothing ends before it is deprecated (RFC 9745 section 4).
  const deprecated = told === undefined ? undefined : Math.min(told, sunset ?? told);
  const successor = ended?.successor ?? all.find((one) => one.successor !== undefined)?.successor;
  const link = successor === undefined ? undefined : linkTo(successor, operation, operations);
  const links = [
    ...(link === undefined ? [] : [`<${link}>; rel="successor-version"`]),
    ...informationOf(all, deprecated !== undefined, sunset !== undefined || ended !== undefined),
  ];
  const fields = [
    ...(deprecated === undefined ? none : [['deprecation', `@${deprecated / 1000}`] as const]),
    ...(sunset === undefined ? none : [['sunset', new Date(sunset).toUTCString()] as const]),
    ...(links.length === 0 ? none : [['link', links.join(', ')] as const]),
  ];
  return {
    endsAt: ended === undefined ? (sunset ?? Infinity) : -Infinity,
    successor,
    fields: fields.length === 0 ? none : fields,
  };
}

/** Where it is written what callers are to do (RFC 9745 section 3, RFC 8594 section 6). */
function informationOf(all: readonly Lifecycle[], deprecated: boolean, ends: boolean): string[] {
  const address = all.find((one) => one.information !== undefined)?.information;
  if (address === undefined || !isAddress(address)) return [];
  const rels = [...(deprecated ? ['deprecation'] : []), ...(ends ? ['sunset'] : [])];
  return rels.length === 0 ? [] : [`<${escaped(address)}>; rel="${rels.join(' ')}"`];
}

/**
 * The address of what is to be used instead: a URL as it is written; an operation relative to the one that is called, so
 * that no base path has to be known. A path with parameters is the address of nothing.
 */
function linkTo(successor: string, called: Operation, operations: readonly Operation[]): string | undefined {
  const named = operations.find(({ operationId }) => operationId === successor);
  if (named === undefined) return isAddress(successor) ? escaped(successor) : undefined;
  if (named.path.includes('{')) return undefined;
  const up = '../'.repeat(Math.max(0, called.path.split('/').length - 2));
  return escaped(`${up === '' ? './' : up}${named.path.slice(1)}`);
}

function isAddress(text: string): boolean {
  return /^(?:https?:\/\/|\.{0,2}\/)/i.test(text);
}

/** Text of a document, so that nothing in it ends the address or the line. */
function escaped(address: string): string {
  return address.toWellFormed().replace(/[^\x21-\x7e]+|[<>"\\^`{|}]/g, (text) => encodeURIComponent(text));
}

function earliest(dates: readonly (string | undefined)[]): number | undefined {
  const times = dates.filter((date) => date !== undefined).map((date) => Date.parse(date));
  return times.length === 0 ? undefined : Math.min(...times);
}
