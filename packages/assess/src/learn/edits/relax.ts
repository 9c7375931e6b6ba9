import type { Editor } from '../editor.ts';
import { inferSchema, type JsonSchema, type Speech } from '../infer.ts';
import { nameOf, parentOf, type MergedBody } from '../look.ts';
import { holdersAt, layersOf, type Layer } from '../sites.ts';

/** A place whose schema does not hold for what was seen. */
export interface Relaxed {
  /** Pointer of the schema of the whole body or parameter. */
  readonly root: string;
  readonly at: string;
  readonly keyword: string;
  readonly body: MergedBody;
  readonly speech: Speech;
  /** Whether requests have it. */
  readonly sent: boolean;
}

/** Keywords that are left out where they do not hold. */
const bounds = new Set(
  'format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems minProperties maxProperties enum const propertyNames contains dependentRequired'.split(
    ' ',
  ),
);

/** Lets a schema take what was seen. False where it is not known how. */
export function relax(editor: Editor, relaxed: Relaxed): boolean {
  const { keyword } = relaxed;
  if (keyword === 'required') return dropRequired(editor, relaxed);
  if (keyword === 'type') return widen(editor, relaxed);
  if (keyword === 'oneOf' || keyword === 'anyOf') return addAlternative(editor, relaxed);
  if (!bounds.has(keyword)) return false;
  let done = false;
  const choices = new Set<string>();
  for (const { pointer, raw } of layersAt(editor, relaxed)) {
    if (!(keyword in raw)) continue;
    editor.remove(`${pointer}/${keyword}`);
    const choice = /^(.*)\/oneOf\/\d+$/.exec(pointer)?.[1];
    if (choice !== undefined) choices.add(choice);
    done = true;
  }
  for (const choice of choices) loosen(editor, choice);
  // A number format stands for bounds.
  if (!done && (keyword === 'minimum' || keyword === 'maximum'))
    return relax(editor, { ...relaxed, keyword: 'format' });
  return done;
}

/** Alternatives of which more than one may hold now: without what told them apart, `oneOf` would take nothing. */
function loosen(editor: Editor, pointer: string): void {
  const holder = editor.get(pointer) as Layer['raw'];
  if (!Array.isArray(holder['oneOf']) || 'anyOf' in holder) return;
  const alternatives = structuredClone(holder['oneOf']) as unknown[];
  editor.remove(`${pointer}/oneOf`);
  if ('discriminator' in holder) editor.remove(`${pointer}/discriminator`);
  editor.set(`${pointer}/anyOf`, alternatives);
}

function layersAt(editor: Editor, { root, at }: Relaxed): Layer[] {
  return holdersAt(editor, root, at).flatMap((holder) => layersOf(editor, holder));
}

/** The place is that of the property that is missing, or of the object that lacks it. */
function dropRequired(editor: Editor, relaxed: Relaxed): boolean {
  const [parent, token] = parentOf(relaxed.at);
  const name = nameOf(token);
  let done = false;
  for (const { pointer, raw } of layersAt(editor, { ...relaxed, at: parent })) {
    const { required } = raw;
    if (!Array.isArray(required) || !required.includes(name)) continue;
    if (required.length === 1) editor.remove(`${pointer}/required`);
    else editor.remove(`${pointer}/required/${required.indexOf(name)}`);
    done = true;
  }
  return done;
}

function widen(editor: Editor, relaxed: Relaxed): boolean {
  const { body, at, speech } = relaxed;
  const seen = [...(body.places.get(at)?.types.keys() ?? [])];
  let done = false;
  for (const holder of holdersAt(editor, relaxed.root, at)) {
    const types = new Set(layersOf(editor, holder).flatMap(({ raw }) => typesOf(raw)));
    const missing = seen.filter((type) => !types.has(type) && !(type === 'integer' && types.has('number')));
    if (missing.includes('null')) done = addNull(editor, holder, speech) || done;
    const others = missing.filter((type) => type !== 'null');
    if (others.length > 0) done = addTypes(editor, holder, others, relaxed) || done;
  }
  return done;
}

function typesOf(raw: Layer['raw']): string[] {
  const { type, nullable, 'x-nullable': alsoNullable } = raw;
  const types = Array.isArray(type) ? (type as string[]) : typeof type === 'string' ? [type] : [];
  return nullable === true || alsoNullable === true ? [...types, 'null'] : types;
}

function addNull(editor: Editor, holder: string, speech: Speech): boolean {
  const raw = editor.get(holder) as Readonly<Record<string, unknown>>;
  const { type } = raw;
  const composed = ['$ref', 'allOf', 'anyOf', 'oneOf', 'const', 'not', 'if'].some((keyword) => keyword in raw);
  if (speech === 'swagger') {
    // 2.0 has nothing beside a reference.
    const owner = layersOf(editor, holder).find((layer) => 'type' in layer.raw || 'properties' in layer.raw);
    if (owner === undefined) return false;
    editor.set(`${owner.pointer}/x-nullable`, true);
    if (Array.isArray(owner.raw['enum'])) editor.append(`${owner.pointer}/enum`, null);
    return true;
  }
  if (composed || type === undefined) {
    if ('anyOf' in raw && Array.isArray(raw['anyOf'])) {
      editor.append(`${holder}/anyOf`, nothing(speech));
      return true;
    }
    wrap(editor, holder, nothing(speech));
    return true;
  }
  if (speech === 'openapi-3.0') editor.set(`${holder}/nullable`, true);
  else editor.set(`${holder}/type`, [...new Set([...typesOf(raw), 'null'])]);
  if (Array.isArray(raw['enum'])) editor.append(`${holder}/enum`, null);
  return true;
}

function nothing(speech: Speech): JsonSchema {
  return speech === '2020-12' ? { type: 'null' } : { type: 'string', nullable: true, enum: [null] };
}

function addTypes(editor: Editor, holder: string, missing: readonly string[], relaxed: Relaxed): boolean {
  const { at, body, speech } = relaxed;
  const layers = layersOf(editor, holder);
  const [only] = layers;
  if (only === undefined) return false;
  const scalars = missing.every((type) => type !== 'array' && type !== 'object');
  const types = typesOf(only.raw).filter((type) => type !== 'null');
  if (layers.length === 1 && types.length === 1 && types[0] === 'integer' && missing.join() === 'number') {
    if (Array.isArray(only.raw['type']) || speech === '2020-12')
      editor.set(
        `${holder}/type`,
        typesOf(only.raw).map((type) => (type === 'integer' ? 'number' : type)),
      );
    else editor.set(`${holder}/type`, 'number');
    if (String(only.raw['format']).startsWith('int')) editor.remove(`${holder}/format`);
    return true;
  }
  if (speech === '2020-12' && layers.length === 1 && scalars && types.length > 0) {
    editor.set(`${holder}/type`, [...new Set([...typesOf(only.raw), ...missing])]);
    return true;
  }
  const seen = alternativeOf(body, at, speech, missing, editor, holder);
  if (speech === 'swagger') {
    // 2.0 cannot say that a value is one or the other. Answers may then be anything here; requests may not.
    if (relaxed.sent && !scalars) return false;
    if (layers.length > 1) {
      editor.set(holder, {});
      return true;
    }
    for (const keyword of ['type', 'format', 'items', 'properties', 'enum', 'required'])
      if (keyword in only.raw) editor.remove(`${holder}/${keyword}`);
    return true;
  }
  wrap(editor, holder, seen);
  return true;
}

/** What was seen beside what is documented: for a list of what is documented, a list of that. */
function alternativeOf(
  body: MergedBody,
  at: string,
  speech: Speech,
  missing: readonly string[],
  editor: Editor,
  holder: string,
): JsonSchema {
  const items = body.places.get(`${at}/*`);
  const documented = layersOf(editor, holder).some(({ raw }) => raw['type'] === 'object' || 'properties' in raw);
  if (missing.join() === 'array' && documented && (items === undefined || items.types.has('object')))
    return { type: 'array', items: structuredClone(editor.get(holder)) };
  const [, token] = parentOf(at);
  const inferred = inferSchema(body, at, nameOf(token), speech);
  return inferred;
}

function addAlternative(editor: Editor, relaxed: Relaxed): boolean {
  const { keyword, at, body, speech } = relaxed;
  if (speech === 'swagger' || !body.places.has(at)) return false;
  let done = false;
  for (const holder of holdersAt(editor, relaxed.root, at)) {
    const layer = layersOf(editor, holder).find(({ raw }) => Array.isArray(raw[keyword]));
    if (layer === undefined) continue;
    const [, token] = parentOf(at);
    const seen = inferSchema(body, at, nameOf(token), speech);
    const alternatives = layer.raw[keyword] as unknown[];
    if (keyword === 'anyOf') editor.append(`${layer.pointer}/anyOf`, seen);
    else if (!('anyOf' in layer.raw)) {
      // More than one of them may hold.
      const all = structuredClone(alternatives);
      editor.remove(`${layer.pointer}/oneOf`);
      if ('discriminator' in layer.raw) editor.remove(`${layer.pointer}/discriminator`);
      editor.set(`${layer.pointer}/anyOf`, [...all, seen]);
    } else continue;
    done = true;
  }
  return done;
}

function wrap(editor: Editor, holder: string, alternative: JsonSchema): void {
  const before = structuredClone(editor.get(holder));
  editor.set(holder, { anyOf: [before, alternative] });
}
