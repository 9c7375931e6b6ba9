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
 * `retired`, or when the day of its `sunset` has begun (UTC). `Deprecation` is RFC 9745, `Sunset` RFC 8594.
 */
export function compileLifecycle({ castellan }: Contract, operation: Operation): LifecyclePlan {
  const both = [operation.castellan.lifecycle, castellan.lifecycle].filter((one) => one !== undefined);
  const ended = both.find(({ state }) => state === 'retired');
  const sunset = earliest(both.map((one) => one.sunset));
  const deprecated = earliest(both.map((one) => (one.state === 'deprecated' ? one.deprecatedAt : undefined)));
  const fields = [
    ...(deprecated === undefined ? none : [['deprecation', `@${deprecated / 1000}`] as const]),
    ...(sunset === undefined ? none : [['sunset', new Date(sunset).toUTCString()] as const]),
  ];
  return {
    endsAt: ended === undefined ? (sunset ?? Infinity) : -Infinity,
    successor: ended?.successor ?? both.find(hasSuccessor)?.successor,
    fields: fields.length === 0 ? none : fields,
  };
}

function hasSuccessor({ successor }: Lifecycle): boolean {
  return successor !== undefined;
}

function earliest(dates: readonly (string | undefined)[]): number | undefined {
  const times = dates.filter((date) => date !== undefined).map((date) => Date.parse(date));
  return times.length === 0 ? undefined : Math.min(...times);
}
