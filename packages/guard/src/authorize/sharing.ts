import { CastellanError, nearest, type Contract } from '@castellan/contract';
import {
  policySchema,
  shareAttributes,
  type PolicySet,
  type SharedType,
  type ShareAttributes,
} from '@castellan/policy';
import { CedarSet, EntityRef, principalType, type Value } from '@castellan/policy/entities';
import type { Exchange } from '../exchange.ts';
import { uidOfText } from './uid-text.ts';
import { LoadFailure } from './load.ts';
import { groupType } from './principal.ts';
import type { LoadContext } from './resources.ts';

/** One row of a table of shares: a template of the policies, linked for somebody on one object. */
export interface Share {
  /** The id of the object. */
  readonly object: string | number;
  /** The `@id` of the template. */
  readonly template: string;
  /** `User::"ada"`, `Group::"staff"`, `everyone` (whoever is authenticated), or everybody of a tenant. */
  readonly with: string | { readonly tenant: string };
  /** When it ends: a Date, milliseconds since the epoch, or a date-time of RFC 3339. */
  readonly until?: Date | number | string | null | undefined;
  /** It is not for these, whoever else it is for. */
  readonly not?: boolean | undefined;
}

/** Loads the shares of objects of one type, all that a request needs at once; in any order. */
export type LoadShares = (ids: readonly string[], context: LoadContext) => readonly Share[] | Promise<readonly Share[]>;

/** What an object says of whom it is shared with, by attribute. */
export type ShareValues = ReadonlyMap<string, Value>;

/** The tables of shares of a guard, by resource type. */
export class Sharing {
  readonly #loads: ReadonlyMap<string, LoadShares>;
  readonly #names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #templates: ReadonlyMap<string, ShareAttributes>;

  /** @param set compiled with the shared types */
  constructor(
    loads: ReadonlyMap<string, LoadShares>,
    templates: readonly string[],
    set: PolicySet,
    nameOf: (type: string) => string,
  ) {
    this.#loads = loads;
    this.#templates = new Map(templates.map((id) => [id, shareAttributes(id)]));
    const all = [...this.#templates.values()].flatMap((attributes) => Object.values(attributes) as string[]);
    this.#names = new Map(
      [...loads.keys()].map((type) => {
        const known = set.schema?.entityTypes.get(nameOf(type))?.attributes.attributes;
        return [type, new Set(all.filter((name) => known?.has(name) === true))];
      }),
    );
  }

  /** The attributes of a type that shares are; undefined where its objects are not shared. */
  names(type: string): ReadonlySet<string> | undefined {
    return this.#names.get(type);
  }

  /**
   * The shares of some objects, those that ended left out.
   * @throws LoadFailure where they cannot be had or read: nobody decides on half of them
   */
  async of(exchange: Exchange, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, ShareValues>> {
    const load = this.#loads.get(type);
    let shares: readonly Share[] = [];
    try {
      if (load !== undefined)
        shares = await load(ids, {
          auth: exchange.auth,
          operation: exchange.operation,
          params: exchange.parameters.path,
        });
    } catch (cause) {
      exchange.failure = cause;
      throw failure(`loading the shares of ${type} failed`, cause);
    }
    if (!Array.isArray(shares)) throw failure(`the shares of ${type} are no list`);
    const found = new Map(ids.map((id) => [id, new Map<string, Value[] | true>()]));
    for (const share of shares) this.#note(found.get(String(share.object)), share, type, exchange.now);
    return new Map(
      [...found].map(([id, attributes]) => [
        id,
        new Map([...attributes].map(([name, values]) => [name, values === true ? true : new CedarSet(values)])),
      ]),
    );
  }

  #note(into: Map<string, Value[] | true> | undefined, share: Share, type: string, now: number): void {
    const names = this.#templates.get(share.template);
    if (names === undefined)
      throw failure(`a share of ${type} names the template '${share.template}', which the policies do not have`);
    if (into === undefined || hasEnded(share, type, now)) return;
    const { with: who, not = false } = share;
    const add = (name: string, value: Value): void => {
      const values = into.get(name);
      if (Array.isArray(values)) values.push(value);
      else into.set(name, [value]);
    };
    if (typeof who === 'object' && typeof who.tenant === 'string' && !not) return add(names.tenants, who.tenant);
    if (who === 'everyone' && !not) return void into.set(names.everyone, true);
    const uid = typeof who === 'string' ? uidOfText(who) : undefined;
    if (uid?.type === principalType)
      return add(not ? names.notUsers : names.users, new EntityRef(principalType, uid.id));
    if (uid?.type === groupType) return add(not ? names.notGroups : names.groups, new EntityRef(groupType, uid.id));
    throw failure(
      `a share of ${type} is with nobody that it can be with: write User::"ada", Group::"staff", everyone, or { tenant }`,
    );
  }
}

function hasEnded({ until }: Share, type: string, now: number): boolean {
  if (until === undefined || until === null) return false;
  const time = typeof until === 'number' ? until : until instanceof Date ? until.getTime() : Date.parse(until);
  if (!Number.isFinite(time)) throw failure(`a share of ${type} ends at no time`);
  return time <= now;
}

function failure(log: string, cause?: unknown): LoadFailure {
  return new LoadFailure({ type: 'internal-error', reason: 'loader-failed', log }, { cause });
}

/**
 * The types that are shared, as the policies are compiled for them.
 * @throws CastellanError `unknown-resource`
 */
export function sharedTypes(
  contract: Contract,
  sharing: Readonly<Record<string, LoadShares>> | undefined,
  { json, entityTypes }: ReturnType<typeof policySchema>,
): SharedType[] {
  const [namespace] = Object.values(
    json as Readonly<
      Record<
        string,
        {
          readonly actions: Readonly<
            Record<string, { readonly appliesTo?: { readonly resourceTypes: readonly string[] } }>
          >;
        }
      >
    >,
  );
  return Object.keys(sharing ?? {}).map((resource) => {
    const type = entityTypes.get(resource);
    if (type === undefined || !contract.resources.has(resource)) {
      const near = nearest(resource, [...contract.resources.keys()]);
      throw new CastellanError({
        code: 'unknown-resource',
        message: `sharing: the contract has no resource '${resource}'`,
        place: { file: contract.file },
        mend: near === undefined ? 'write x-castellan: { resource: NAME } on a schema' : `did you mean ${near}?`,
      });
    }
    const actions = Object.entries(namespace?.actions ?? {}).flatMap(([id, { appliesTo }]) =>
      appliesTo?.resourceTypes.includes(type) === true ? [id] : [],
    );
    return { type, actions: new Set(actions) };
  });
}
