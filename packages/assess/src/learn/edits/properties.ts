import { pointerOf, type Editor } from '../editor.ts';
import type { JsonSchema } from '../infer.ts';
import { holdersAt, layersOf, type Layer } from '../sites.ts';

/** What is added to the objects at a place. */
export interface Added {
  /** Pointer of the schema of the whole body. */
  readonly root: string;
  /** Place of the objects. */
  readonly at: string;
  /** Undefined where the names are keys of a map, which nobody designed. */
  readonly name: string | undefined;
  readonly schema: JsonSchema;
  /** Names that stand beside it, by which an alternative is found. */
  readonly beside: readonly string[];
  /** It was only ever answered: where requests use the schema too, it is `readOnly` there. */
  readonly answered: boolean;
}

/** Documents a property. False where no schema of the document describes the objects. */
export function addProperty(editor: Editor, added: Added): boolean {
  const { name, schema, answered } = added;
  let done = false;
  for (const holder of holdersAt(editor, added.root, added.at)) {
    const layers = layersOf(editor, holder);
    // A schema for all other names would be one for those of its neighbours, too.
    const alone = layers.filter(({ raw }) => 'properties' in raw).length < 2;
    for (const layer of chosen(layers, added.beside)) {
      const at =
        name === undefined
          ? `${layer.pointer}/additionalProperties`
          : `${layer.pointer}/properties${pointerOf([name])}`;
      if (name === undefined && editor.get(at) === false) editor.remove(at);
      if (editor.has(at)) {
        done = openDirection(editor, at, answered) || done;
        continue;
      }
      const shared =
        name !== undefined &&
        answered &&
        /^\/(?:components|definitions)\//.test(layer.pointer) &&
        usedByRequests(editor, layer.pointer);
      editor.set(at, shared ? { ...schema, readOnly: true } : name === undefined && !alone ? true : schema);
      done = true;
    }
  }
  return done;
}

type Properties = Readonly<Record<string, unknown>>;

/** The layers that have to name a property: all that are closed, else the one that describes the object best. */
function chosen(layers: readonly Layer[], beside: readonly string[]): readonly Layer[] {
  const own = layers.filter(({ raw }) => !('$ref' in raw) || 'properties' in raw);
  const plain = own.filter(({ alternative }) => !alternative);
  const closed = plain.filter(({ raw }) => raw['additionalProperties'] === false);
  if (closed.length > 0) return closed;
  const describing = plain.filter(({ raw }) => 'properties' in raw);
  const alternatives = own.filter(({ alternative, raw }) => alternative && 'properties' in raw);
  if (alternatives.length > 0 && describing.length === 0) {
    const scores = alternatives.map((layer) => overlap(layer, beside));
    const best = Math.max(...scores);
    return alternatives.filter((_, index) => scores[index] === best);
  }
  const [first] = describing.sort((a, b) => overlap(b, beside) - overlap(a, beside));
  if (first !== undefined) return [first];
  return own.filter(({ raw }) => raw['type'] === 'object' || raw['type'] === undefined).slice(0, 1);
}

function overlap({ raw }: Layer, beside: readonly string[]): number {
  const properties = (raw['properties'] ?? {}) as Properties;
  return beside.filter((name) => Object.hasOwn(properties, name)).length;
}

/** Whether a request body or parameter leads to a component. */
function usedByRequests(editor: Editor, pointer: string): boolean {
  const seen = new Set<string>();
  const visit = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    const { $ref } = value as { readonly $ref?: unknown };
    if (typeof $ref === 'string' && $ref.startsWith('#/') && !seen.has($ref)) {
      seen.add($ref);
      const target = decodeURIComponent($ref.slice(1));
      if (pointer === target || pointer.startsWith(`${target}/`) || visit(editor.get(target))) return true;
    }
    return Object.values(value).some(visit);
  };
  const paths = Object.values((editor.get('/paths') as object | undefined) ?? {}) as Properties[];
  return paths.some((item) =>
    Object.entries(item).some(([name, of]) =>
      name === 'parameters'
        ? visit(of)
        : visit((of as Properties | undefined)?.['parameters']) ||
          visit((of as Properties | undefined)?.['requestBody']),
    ),
  );
}

/** A property that is documented for the other direction only travels in both. */
function openDirection(editor: Editor, property: string, answered: boolean): boolean {
  const flag = answered ? 'writeOnly' : 'readOnly';
  let done = false;
  for (const { pointer, raw } of layersOf(editor, property)) {
    if (raw[flag] !== true) continue;
    editor.set(`${pointer}/${flag}`, false);
    done = true;
  }
  return done;
}
