import { classifyName, decisionOf } from '@castellan/meaning';
import { digestOf } from './digest.ts';
import type { Value, Values } from './flatten.ts';

/** Properties and parameters that are the same under another name: gone here, new there, and only one of each is alike. */
export function renamesOf(old: Values, now: Values): ReadonlyMap<Value, Value> {
  const gone = alike([...old.values()].filter((value) => isNamed(value) && !now.has(value.path)));
  const come = alike([...now.values()].filter((value) => isNamed(value) && !old.has(value.path)));
  const renames = new Map<Value, Value>();
  for (const [key, [was, ...others]] of gone) {
    const [is, ...more] = come.get(key) ?? [];
    if (was !== undefined && is !== undefined && others.length === 0 && more.length === 0) renames.set(was, is);
  }
  return renames;
}

/** Values by what must be the same: where they are, whether they are required, what their names say, what is in them. */
function alike(values: readonly Value[]): ReadonlyMap<string, readonly Value[]> {
  const found = new Map<string, Value[]>();
  for (const value of values) {
    const { contract, node, name, parent, path, required } = value;
    if (isCommon(value)) continue;
    const key = `${parent ?? path.split('.')[0]} ${required} ${classifyName(name)} ${decisionOf(name)} ${digestOf(contract, node)}`;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
}

function isNamed({ place, parent, name, some }: Value): boolean {
  return !some && (place === 'property' || (parent === undefined && name !== ''));
}

/** Whether two of that form are alike by chance: a type and nothing else. */
function isCommon({ raw, required }: Value): boolean {
  const said = Object.keys(raw).filter((key) => !/^(?:type|description|title|example|examples|default)$/.test(key));
  return said.length === 0 && !required;
}

/** Whether what `required` lists is told as a value of its own: it is described, and that it is required changed, or it is new. */
export function reportedRequired(path: string, old: Values, now: Values): (name: string) => boolean {
  return (name) => {
    const was = old.get(`${path}.${name}`);
    const is = now.get(`${path}.${name}`);
    if (was === undefined && is === undefined) return false;
    return was === undefined || is === undefined || was.required !== is.required;
  };
}
