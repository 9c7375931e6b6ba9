import { CastellanError, nearest, type Contract, type Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Exchange } from '../exchange.ts';

/** For whom and in which request a resource is loaded. */
export interface LoadContext {
  readonly auth: AuthContext | undefined;
  readonly operation: Operation | undefined;
  /** The decoded path parameters: an id may only mean something below another one. */
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Loads resources by id, all that a request needs at once.
 * @returns one entry per id in the same order; undefined or null where there is none
 */
export type LoadResources = (
  ids: readonly string[],
  context: LoadContext,
) => readonly (object | undefined | null)[] | Promise<readonly (object | undefined | null)[]>;

/** What came of fetching an object through a read operation. */
export type Resolved =
  | { readonly found: true; readonly body: unknown }
  | { readonly found: false }
  | { readonly failed: 'forbidden' | 'bad-gateway' | 'timeout' | 'unavailable'; readonly log: string };

/** Fetches an object through the API's own read operation with the caller's credential. The gateway's way to load. */
export type Resolver = (exchange: Exchange, operation: Operation, path: string) => Promise<Resolved>;

/** The loaders of a guard by resource type; they outlive reloads of the contract. */
export class Loaders {
  readonly #byType = new Map<string, LoadResources>();

  /** @throws CastellanError `unknown-resource`: a loader that is never asked protects nothing */
  add(contract: Contract, type: string, load: LoadResources): void {
    if (!contract.resources.has(type)) {
      const types = [...contract.resources.keys()];
      const near = nearest(type, types);
      throw new CastellanError({
        code: 'unknown-resource',
        message: `the contract has no resource '${type}'`,
        place: { file: contract.file },
        mend:
          near !== undefined
            ? `did you mean ${near}?`
            : types.length > 0
              ? `its resources are ${types.slice(0, 8).join(', ')}`
              : 'write x-castellan: { resource: NAME } on a schema',
      });
    }
    this.#byType.set(type, load);
  }

  get(type: string): LoadResources | undefined {
    return this.#byType.get(type);
  }
}
