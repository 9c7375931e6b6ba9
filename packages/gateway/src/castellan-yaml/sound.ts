import { readAll } from '@castellan/guard/configuration';
import { castellanYamlReader, type CastellanYaml } from '../configuration/castellan-file/read.ts';

/** What of a file is right, so that it can be looked at though other parts are wrong. */
export interface SoundPart {
  readonly yaml: CastellanYaml;
  /** Where each of its APIs stands in the file. */
  readonly indexes: readonly number[];
}

/** Rounds of taking out what is wrong; each takes out what stands around what the one before did. */
const rounds = 8;

/** @param value the whole file as it was parsed */
export function soundPart(value: unknown, name: string): SoundPart | undefined {
  let part: unknown = structuredClone(value);
  for (let round = 0; round < rounds; round++) {
    const cleaned = withoutHoles(part);
    const { value: yaml, errors } = readAll(() => castellanYamlReader(cleaned.value, name));
    if (yaml !== undefined) return { yaml, indexes: cleaned.indexes };
    for (const { option } of errors) {
      const at = option
        .slice(name.length)
        .replace(/^\.apis\[(\d+)\]/, (_, index: string) => `.apis[${cleaned.indexes[Number(index)]}]`);
      part = without(part, at);
    }
  }
  return undefined;
}

/** Stands for what was taken out of a list. */
const hole = Symbol('hole');

function withoutHoles(value: unknown): { readonly value: unknown; readonly indexes: readonly number[] } {
  const clean = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.filter((one) => one !== hole).map(clean);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, clean(one)]));
  };
  const apis: unknown = (value as Readonly<Record<string, unknown>> | undefined)?.['apis'];
  const indexes = Array.isArray(apis) ? apis.flatMap((api: unknown, index) => (api === hole ? [] : [index])) : [];
  return { value: clean(value), indexes };
}

/** The value less what is at a path such as `.apis[0].cors.origins`; where nothing is there, less what it is missing in. */
function without(value: unknown, path: string): unknown {
  const item = /^\[(\d+)\]/.exec(path);
  if (Array.isArray(value)) {
    const index = Number(item?.[1] ?? -1);
    const rest = path.slice(item?.[0].length ?? 0);
    if (item === null || index >= value.length) return hole;
    const inner = rest === '' ? hole : without(value[index], rest);
    return value.map((one: unknown, at) => (at === index ? inner : one));
  }
  if (typeof value !== 'object' || value === null) return hole;
  const name = memberAt(value, path);
  if (name === undefined) return hole;
  const rest = path.slice(name.length + 1);
  const inner = rest === '' ? hole : without((value as Readonly<Record<string, unknown>>)[name], rest);
  return Object.fromEntries(Object.entries({ ...value, [name]: inner }).filter(([, one]) => one !== hole));
}

/** The member that a path begins with; names may hold points, and messages cut long ones. */
export function memberAt(value: object, path: string): string | undefined {
  let longest: string | undefined;
  for (const name of Object.keys(value)) {
    const said = path.startsWith(`.${name}`) ? name : name.slice(0, 80);
    if (
      path.startsWith(`.${said}`) &&
      /^(?:$|[.[])/.test(path.slice(said.length + 1)) &&
      said.length >= (longest?.length ?? 0)
    )
      longest = name;
  }
  return longest;
}
