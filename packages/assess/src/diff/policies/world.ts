import type { AuthorizationRequest, EntityJson } from '@castellan/policy';
import { valueOf, type Built } from './built.ts';
import { candidatesFor, freshAt, type Candidate } from './candidates.ts';
import { reference, type Constants, type Uid } from './constants.ts';
import type { ActionJson, CedarType, Namespace, Path } from './paths.ts';

/** Which candidate stands at each place, by its number; the first where nothing is said. */
export type Choice = ReadonlyMap<string, number>;

interface Place {
  readonly path: Path;
  readonly candidates: readonly Candidate[];
}

/** The questions of one action: what stands at the places that policies look at is chosen, the rest is as plain as can be. */
export class World {
  readonly places: ReadonlyMap<string, Place>;
  readonly #action: string;
  readonly #namespace: Namespace;

  constructor(
    name: string,
    action: ActionJson,
    namespace: Namespace,
    paths: readonly Path[],
    constants: Constants,
    built: readonly Built[],
  ) {
    this.#action = name;
    this.#namespace = namespace;
    const types = new Map<string, CedarType>();
    const optional = new Set<string>();
    for (const path of paths) {
      const type = typeOf(path, types, optional, action, namespace);
      if (type !== undefined) types.set(path.key, type);
    }
    const others = new Map([...types].filter(([key]) => !key.endsWith('^') && key !== 'context'));
    this.places = new Map(
      paths.map((path) => [
        path.key,
        { path, candidates: candidates(path, types, optional, action, constants, others, built) },
      ]),
    );
  }

  /** The question that a choice makes. */
  question(choice: Choice): AuthorizationRequest {
    const entities = new Map<
      string,
      { uid: Uid; attrs: Record<string, unknown>; parents: Uid[]; tags: Record<string, unknown> }
    >();
    const entity = (uid: Uid) => {
      const key = `${uid.type}::${uid.id}`;
      let known = entities.get(key);
      if (known === undefined) entities.set(key, (known = { uid, attrs: {}, parents: [], tags: {} }));
      return known;
    };
    const context: Record<string, unknown> = {};
    const made = new Map<string, unknown>();
    const valueAt = (key: string, seen: readonly string[] = []): unknown => {
      if (made.has(key)) return made.get(key);
      const place = this.places.get(key);
      const candidate = place?.candidates[choice.get(key) ?? 0];
      if (candidate === undefined || candidate.is === 'absent' || seen.includes(key)) return undefined;
      if (candidate.is === 'value') return structuredClone(candidate.value);
      if (candidate.is === 'built') {
        const value = valueOf(candidate.expression, (other) => valueAt(other, [...seen, key]), candidate.near);
        return candidate.listed && value !== undefined ? [value] : value;
      }
      const value = valueAt(candidate.as, [...seen, key]);
      return candidate.listed && value !== undefined ? [value] : value;
    };
    for (const { path } of this.places.values()) {
      if (path.key === 'context') {
        made.set(path.key, context);
        continue;
      }
      const value = valueAt(path.key);
      const holder = path.of === undefined ? undefined : made.get(path.of);
      if (path.of !== undefined && (typeof holder !== 'object' || holder === null)) continue;
      const uid = uidOf(holder);
      if (path.kind === 'parents') {
        for (const one of (Array.isArray(value) ? value : [value]) as unknown[]) {
          const parent = uidOf(one);
          if (uid !== undefined && parent !== undefined && keyOf(parent) !== keyOf(uid))
            entity(uid).parents.push(parent);
        }
        continue;
      }
      if (value === undefined) continue;
      made.set(path.key, value);
      const own = uidOf(value);
      if (own !== undefined) entity(own);
      if (holder === undefined || path.of === undefined) continue;
      if (path.kind === 'tag' && uid !== undefined) entity(uid).tags[path.name] = value;
      else if (uid !== undefined) entity(uid).attrs[path.name] = value;
      else (holder as Record<string, unknown>)[path.name] = value;
    }
    const actions = this.#actions();
    return {
      principal: uidOf(made.get('principal')) ?? { type: 'User', id: 'nobody' },
      action: { type: 'Action', id: this.#action },
      resource: uidOf(made.get('resource')) ?? { type: 'Api', id: 'nothing' },
      context,
      entities: [...entities.values(), ...actions] as EntityJson[],
    };
  }

  /** The action and what it is in. */
  #actions(): EntityJson[] {
    const found = new Map<string, EntityJson>();
    const add = (id: string): void => {
      if (found.has(id)) return;
      const parents = (this.#namespace.actions[id]?.memberOf ?? []).map((group) => ({ type: 'Action', id: group.id }));
      found.set(id, { uid: { type: 'Action', id }, attrs: {}, parents });
      for (const parent of parents) add(parent.id);
    };
    add(this.#action);
    return [...found.values()];
  }
}

function keyOf({ type, id }: Uid): string {
  return `${type}::${id}`;
}

function uidOf(value: unknown): Uid | undefined {
  if (typeof value !== 'object' || value === null || !('__entity' in value)) return undefined;
  return value.__entity as Uid;
}

function candidates(
  path: Path,
  types: ReadonlyMap<string, CedarType>,
  optional: ReadonlySet<string>,
  action: ActionJson,
  constants: Constants,
  others: ReadonlyMap<string, CedarType>,
  built: readonly Built[],
): readonly Candidate[] {
  if (path.key === 'context') return [{ is: 'value', value: {} }];
  if (path.of === undefined) {
    const { principalTypes = [], resourceTypes = [] } = action.appliesTo ?? {};
    const of = path.key === 'principal' ? principalTypes : resourceTypes;
    const named = [...constants.entities.values()].filter(({ type }) => of.includes(type));
    // The resource may be the principal.
    const other = path.key === 'resource' ? principalTypes.filter((type) => of.includes(type)) : [];
    return [
      ...of.map((type) => freshAt(type, path.key)),
      ...named,
      ...other.map((type) => freshAt(type, 'principal')),
    ].map((uid) => ({ is: 'value', value: reference(uid) }));
  }
  return candidatesFor(path, types.get(path.key), optional.has(path.key), constants, others, built);
}

/** The type at a place, by the types of the places around it, which come before. */
function typeOf(
  path: Path,
  types: ReadonlyMap<string, CedarType>,
  optional: Set<string>,
  action: ActionJson,
  namespace: Namespace,
): CedarType | undefined {
  const entity = (names: readonly string[] | undefined): CedarType | undefined =>
    names?.[0] === undefined ? undefined : { type: 'Entity', name: names[0] };
  if (path.key === 'principal') return entity(action.appliesTo?.principalTypes);
  if (path.key === 'resource') return entity(action.appliesTo?.resourceTypes);
  if (path.key === 'context') return action.appliesTo?.context ?? { type: 'Record', attributes: {} };
  if (path.kind === 'parents') return { type: 'Parents' };
  const holder = types.get(path.of ?? '');
  const of =
    holder?.type === 'Entity' || holder?.type === 'EntityOrCommon'
      ? namespace.entityTypes[holder.name ?? '']
      : undefined;
  if (path.kind === 'tag') {
    optional.add(path.key);
    return of?.tags ?? { type: 'String' };
  }
  const attribute = (of?.shape ?? holder)?.attributes?.[path.name];
  if (attribute === undefined || attribute.required === false) optional.add(path.key);
  return attribute;
}
