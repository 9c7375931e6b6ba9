import { subschemasOf } from '@castellan/contract';
import { pointerOf, tokens, type Editor } from './editor.ts';
import { nameOf, tokensOf } from './look.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A schema that counts for a value, where it is written. */
export interface Layer {
  readonly pointer: string;
  readonly raw: Raw;
  /** Whether it is one of several alternatives. */
  readonly alternative: boolean;
}

/**
 * The schemas of the values at a place, as they are written there: a reference is not followed.
 * @param root JSON Pointer of the schema of the whole value
 */
export function holdersAt(editor: Editor, root: string, at: string): string[] {
  let holders = [root];
  for (const token of tokensOf(at)) {
    const next = new Set<string>();
    for (const holder of holders)
      for (const layer of layersOf(editor, holder)) for (const child of childrenOf(layer, token)) next.add(child);
    holders = [...next];
  }
  return holders;
}

/** A schema with those that it refers to and is made of. */
export function layersOf(editor: Editor, pointer: string, alternative = false, seen = new Set<string>()): Layer[] {
  if (seen.has(pointer)) return [];
  seen.add(pointer);
  const raw = editor.get(pointer);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [];
  const found: Layer[] = [{ pointer, raw: raw as Raw, alternative }];
  const { $ref } = raw as { readonly $ref?: unknown };
  if (typeof $ref === 'string') {
    const target = localPointer($ref);
    if (target !== undefined) found.push(...layersOf(editor, target, alternative, seen));
  }
  for (const { keyword, place, pointer: below } of subschemasOf(raw as Raw)) {
    if (place !== 'value') continue;
    const branches = keyword !== 'allOf';
    found.push(...layersOf(editor, pointer + below, alternative || branches, seen));
  }
  return found;
}

/** The pointer that a reference within the document leads to. */
function localPointer(ref: string): string | undefined {
  if (!ref.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(ref.slice(1));
  } catch {
    return undefined;
  }
}

function childrenOf({ pointer, raw }: Layer, token: string): string[] {
  const below = (...names: readonly string[]): string => pointer + pointerOf(names);
  if (token === '*') {
    const { items, prefixItems } = raw as { readonly items?: unknown; readonly prefixItems?: unknown };
    const found = isObject(items) ? [below('items')] : [];
    if (Array.isArray(prefixItems)) prefixItems.forEach((_, index) => found.push(below('prefixItems', String(index))));
    if (Array.isArray(items)) items.forEach((_, index) => found.push(below('items', String(index))));
    return found;
  }
  const others = ['additionalProperties', 'unevaluatedProperties'].filter((name) => isObject(raw[name]));
  const patterns = isObject(raw['patternProperties']) ? Object.keys(raw['patternProperties']) : [];
  if (token === '{}')
    return [...others.map((name) => below(name)), ...patterns.map((pattern) => below('patternProperties', pattern))];
  const name = nameOf(token);
  const { properties } = raw;
  if (isObject(properties) && Object.hasOwn(properties, name)) return [below('properties', name)];
  return others.map((one) => below(one));
}

/** Follows references that stand alone, such as those of parameters and responses. */
export function resolved(editor: Editor, pointer: string): string {
  let at = pointer;
  for (let hops = 0; hops < 20; hops++) {
    const ref = (editor.get(at) as { readonly $ref?: unknown } | undefined)?.$ref;
    const target = typeof ref === 'string' ? localPointer(ref) : undefined;
    if (target === undefined) return at;
    at = pointerOf(tokens(target));
  }
  return at;
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
