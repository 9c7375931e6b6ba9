import { claimPath, type Bond } from './bond.ts';
import { member } from './cedar.ts';
import type { Run } from './run.ts';
import type { Surface, TypeFacts } from './surface.ts';

interface AttributeType {
  readonly type?: string;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, AttributeType>>;
}

/** The attribute of a type by its path, and how many segments of it lead there: less than all where one names a User already. */
function attributeOf(
  type: TypeFacts,
  property: string,
): { readonly type: AttributeType; readonly path: readonly string[] } | undefined {
  const path = property.split('.');
  let at = type.attributes.get(path[0] ?? '') as AttributeType | undefined;
  for (let n = 1; n < path.length; n++) {
    if (at?.type === 'Entity' && at.name === 'User') return { type: at, path: path.slice(0, n) };
    at = at?.attributes?.[path[n] ?? ''];
  }
  return at === undefined ? undefined : { type: at, path };
}

/** Whether what holds a nested property is a User itself, so that policies compare it and not its id. */
export function isReference(type: TypeFacts, property: string): boolean {
  const found = attributeOf(type, property);
  return found !== undefined && found.path.length < property.split('.').length;
}

/** Whether the object itself is the caller. */
export function isCallerItself(type: TypeFacts, { steps: [first, more], by }: Bond): boolean {
  return by === 'sub' && more === undefined && type.name === 'User' && first?.property === type.id;
}

/** The type of each object on the way of a bond; undefined where one of them is none. */
export function typesOn(surface: Surface, type: TypeFacts, { steps }: Bond): readonly TypeFacts[] | undefined {
  const types = [type];
  for (const { to } of steps.slice(0, -1)) {
    const next = surface.types.get(to ?? '');
    if (next === undefined) return undefined;
    types.push(next);
  }
  return types;
}

/** Whether policies can ask for a bond: each property is an attribute, and what is compared with a claim is of its type. */
export function isReadable(run: Run, type: TypeFacts, bond: Bond): boolean {
  const types = typesOn(run.surface, type, bond);
  if (types === undefined) return false;
  for (const [n, { property }] of bond.steps.entries()) {
    const attribute = types[n] === undefined ? undefined : attributeOf(types[n], property);
    if (attribute === undefined) return false;
    if (n === bond.steps.length - 1 && bond.by !== 'sub' && attribute.type.type !== run.claims.get(bond.by)?.type)
      return false;
  }
  return true;
}

/**
 * The condition that a bond holds, as Cedar: `resource has owner && resource.owner has id && resource.owner.id == principal`.
 * @returns its parts: that the object says so at all, and that it is the caller's
 */
export function conditionOf(
  surface: Surface,
  type: TypeFacts,
  bond: Bond,
): { readonly has: string; readonly whole: string } {
  const types = typesOn(surface, type, bond) ?? [];
  const path = bond.steps.flatMap(({ property }, n) => {
    const holder = types[n];
    return holder === undefined ? [] : (attributeOf(holder, property)?.path ?? property.split('.'));
  });
  return compared('resource', path, bond.by);
}

/** The condition that a value of the resource or the context, through others, is what a caller says of itself. */
export function compared(
  from: string,
  path: readonly string[],
  by: string,
): { readonly has: string; readonly whole: string } {
  const left = member(from, path);
  const right = by === 'sub' ? { has: [], at: 'principal' } : member('principal', claimPath(by));
  const has = [...right.has, ...left.has];
  return { has: left.has.slice(0, 1).join(''), whole: [...has, `${left.at} == ${right.at}`].join(' && ') };
}
