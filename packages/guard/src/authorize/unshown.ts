import { castellanOf, isJson, referredBy, subschemasAt, type Contract, type Location } from '@castellan/contract';
import type { ActionFacts, Authority } from './authority.ts';
import { aboutAction, aboutType } from './heads.ts';
import { questionsOf } from './list-filter.ts';
import { subjectOf } from './operation-subject.ts';

/** Attributes that policies ask for, that the objects of an answer do not show and that nobody loads. */
export interface Unshown {
  readonly operationId: string;
  readonly type: string;
  readonly names: readonly string[];
}

interface At {
  readonly location: Location;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Schemas within schemas are looked through down to here. */
const deepest = 32;

/** Finds what policies ask of the objects of each answer and will not find, because the schema of the answer has no such property. */
export function unshownAttributes(authority: Authority): readonly Unshown[] {
  const { contract, loaders, model } = authority;
  const found = new Map<string, Unshown>();
  for (const operation of contract.operations) {
    if (!subjectOf(authority, operation).safe) continue;
    for (const { status, content } of operation.responses) {
      if (!status.startsWith('2')) continue;
      for (const { type: media, schema, itemSchema } of content) {
        const written = schema ?? itemSchema;
        if (written === undefined || !isJson(media.split(';', 1)[0]?.trim() ?? '')) continue;
        for (const [type, properties] of resourcesIn(contract, { location: written.location, value: written.raw })) {
          const attributes = model.entityTypes.get(authority.nameOf(type))?.attributes.attributes;
          if (attributes === undefined || loaders.get(type) !== undefined) continue;
          const questions = questionsOf(authority, { operation }, type, undefined);
          const asked = questions === 'nobody' ? [] : questions.flatMap(({ facts }) => askedOf(authority, facts, type));
          const shares = authority.sharing?.names(type);
          const names = [...new Set(asked)].filter(
            (name) => attributes.has(name) && !properties.has(name) && shares?.has(name) !== true,
          );
          const key = `${operation.operationId} ${type}`;
          const before = found.get(key)?.names ?? [];
          if (names.length > 0)
            found.set(key, { operationId: operation.operationId, type, names: [...new Set([...before, ...names])] });
        }
      }
    }
  }
  return [...found.values()];
}

/** The attributes of the object that the policies on an action ask for. */
function askedOf(authority: Authority, facts: ActionFacts, type: string): readonly string[] {
  const declared = facts.model?.entity;
  if (declared === undefined) return [];
  const name = authority.nameOf(type);
  const ancestors = authority.typeOf(name)?.ancestors ?? new Set<string>();
  const names: string[] = [];
  for (const { json } of authority.set.loaded.policies)
    if (aboutAction(json, declared) && aboutType(json, name, ancestors)) walk(json.conditions, names);
  return names;
}

function walk(node: unknown, names: string[]): void {
  if (Array.isArray(node)) for (const one of node) walk(one, names);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const { left, attr } = node as { readonly left?: { readonly Var?: unknown }; readonly attr?: unknown };
  if (left?.Var === 'resource' && attr !== undefined) {
    const [first] = Array.isArray(attr) ? (attr as readonly unknown[]) : [attr];
    if (typeof first === 'string') names.push(first);
  }
  for (const value of Object.values(node)) walk(value, names);
}

/** The schemas of resources in an answer, each with the properties that it names. */
function resourcesIn(
  contract: Contract,
  root: { readonly location: Location; readonly value: unknown },
): readonly (readonly [type: string, properties: ReadonlySet<string>])[] {
  const found: [string, ReadonlySet<string>][] = [];
  const seen = new Set<string>();
  const look = (written: { readonly location: Location; readonly value: unknown }, depth: number): void => {
    const at = objectAt(written);
    if (at === undefined || depth > deepest) return;
    const key = `${at.location.document}#${at.location.pointer}`;
    if (seen.has(key)) return;
    seen.add(key);
    const { resource } = castellanOf(at.value);
    if (resource !== undefined && contract.resources.has(resource)) {
      const properties = new Set<string>();
      gather(contract, at, properties, 0);
      if (properties.size > 0) found.push([resource, properties]);
    }
    for (const inner of below(contract, at)) look(inner, depth + 1);
  };
  look(root, 0);
  return found;
}

/** Properties that a schema names, by itself or through what it is combined of. */
function gather(contract: Contract, at: At, into: Set<string>, depth: number): void {
  if (depth > deepest) return;
  for (const name of Object.keys((at.value['properties'] as object | undefined) ?? {})) into.add(name);
  for (const inner of below(contract, at)) {
    const one = objectAt(inner);
    if (one !== undefined && inner.same) gather(contract, one, into, depth + 1);
  }
}

/** The schemas within one, and what it refers to. `same` where they speak of the same value. */
function below(contract: Contract, { location, value }: At) {
  const target = referredBy(contract, location, value);
  const referred = target === undefined ? [] : [{ ...target, same: true }];
  const within = subschemasAt(location, value)
    .filter(({ place }) => place !== 'definition' && place !== 'excluded' && place !== 'name')
    .map(({ raw, location: at, place }) => ({ location: at, value: raw, same: place === 'value' }));
  return [...referred, ...within];
}

function objectAt({ location, value }: { readonly location: Location; readonly value: unknown }): At | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { location, value: value as Readonly<Record<string, unknown>> }
    : undefined;
}
