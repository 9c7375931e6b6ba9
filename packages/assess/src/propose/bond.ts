import type { ObservedExchange } from './observed.ts';

/** One step on the way from an object to a value: a property (`owner.id`), and the type of the object that its value names. */
export interface Step {
  readonly property: string;
  /** The resource type that the value is the id of; undefined where the value itself is meant. */
  readonly to?: string | undefined;
}

/**
 * What ties an object to its callers: a value that it holds, or that an object holds which it names, is one that the caller's
 * credential says.
 */
export interface Bond {
  readonly steps: readonly Step[];
  /** `sub`, or the JSON Pointer of a claim (`/org`). */
  readonly by: string;
}

/** A bond by one property of the object itself. */
export function direct(property: string, by = 'sub'): Bond {
  return { steps: [{ property }], by };
}

/** The property that holds the value, or leads to what does. */
export function firstOf({ steps }: Bond): string {
  return steps[0]?.property ?? '';
}

/** The property that holds the value in the end. */
export function lastOf({ steps }: Bond): string {
  return steps.at(-1)?.property ?? '';
}

/** As people read it: `project_id → org_slug`. */
export function describe({ steps }: Bond): string {
  return steps.map(({ property }) => property).join(' → ');
}

/** As people read who it is compared with. */
export function describeBy({ by }: Bond): string {
  return by === 'sub' ? 'id' : by.slice(1).replaceAll('/', '.');
}

/** The hash of what a caller says of itself; undefined where it does not. */
export function saidOf({ caller }: ObservedExchange, by: string): string | undefined {
  if (by === 'sub') return caller.id;
  return caller.said?.[by]?.hashes?.[0];
}

/** Every claim that names somebody or something, of all callers of some exchanges, and how many different values it has. */
export function claimsOf(exchanges: readonly ObservedExchange[]): ReadonlyMap<string, ClaimFacts> {
  const found = new Map<string, { readonly values: Map<string, Set<string>>; readonly types: Set<string> }>();
  for (const { caller } of exchanges) {
    if (caller.kind === 'none') continue;
    for (const [pointer, { type, hashes }] of Object.entries(caller.said ?? {})) {
      const [value] = hashes ?? [];
      if (value === undefined || value === caller.id) continue;
      let claim = found.get(pointer);
      if (claim === undefined) found.set(pointer, (claim = { values: new Map(), types: new Set() }));
      claim.values.set(value, (claim.values.get(value) ?? new Set()).add(caller.id));
      claim.types.add(type);
    }
  }
  return new Map(
    [...found].map(([pointer, { values, types }]) => [
      pointer,
      {
        values: values.size,
        isUnique: [...values.values()].every((callers) => callers.size === 1),
        type:
          types.size === 1 && types.has('number')
            ? 'Long'
            : types.size === 1 && types.has('text')
              ? 'String'
              : undefined,
      },
    ]),
  );
}

/** What is known of a claim. */
export interface ClaimFacts {
  /** How many different values callers have. */
  readonly values: number;
  /** Whether no two callers have the same. */
  readonly isUnique: boolean;
  /** Its type in Cedar; undefined where callers differ. */
  readonly type: 'Long' | 'String' | undefined;
}

/** The names that lead to a claim by its JSON Pointer. */
export function claimPath(pointer: string): readonly string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
