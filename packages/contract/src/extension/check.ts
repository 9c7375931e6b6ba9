import { child, isObject, tokensOf } from '../load/pointer.ts';
import { MAPS, walk } from '../load/walk.ts';
import type { Located } from '../model.ts';
import type { Reading } from '../normalise/reading.ts';
import { isSchemaPlace } from '../normalise/schema-place.ts';
import { failOf } from './read.ts';
import type { Reader } from './reader.ts';
import { operation, parameter, schema } from './vocabulary.ts';

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);

/**
 * Checks every `x-castellan` of a document, wherever it stands: a control that is misspelt or in the wrong place would
 * otherwise silently not be there.
 * @throws CastellanError `invalid-extension`, `unknown-extension-key`, `misplaced-extension`
 */
export function checkExtensions(reading: Reading, document: Located): void {
  const root = document.location.document === reading.root.location.document && document.location.pointer === '';
  const uri = document.location.document;
  if (root)
    for (const key of ['info', 'externalDocs'])
      if (carries(child(document, key).value)) throw misplaced(reading, child(document, key));
  walk(
    document.value,
    (object, pointer) => {
      if (!carries(object)) return;
      const location = { document: uri, pointer: document.location.pointer + pointer() };
      const node: Located = { location, value: object };
      // Read when the contract was made.
      if (root && location.pointer === '') return;
      const tokens = tokensOf(location.pointer);
      const reader = levelOf(tokens) ?? (root || isNobodys(tokens) ? undefined : levelByShape(object));
      if (reader === undefined) throw misplaced(reading, node);
      reader.read(child(node, 'x-castellan'), failOf(reading));
      if (reader === schema && idleIn(tokens).some((key) => child(child(node, 'x-castellan'), key).value !== undefined))
        throw misplaced(reading, node);
      // The name of a property is in no list of what is sensitive.
      if (isUnder('propertyNames', tokens) && child(child(node, 'x-castellan'), 'sensitivity').value !== undefined)
        throw misplaced(reading, node);
    },
    !root,
  );
}

const controls: readonly string[] = ['read', 'write', 'action'];

/**
 * What nobody ever looks at here of who may read or write a value: all of it below `not`, which describes what a value is not, and
 * in the fields of a part; in the fields of an answer, which are only read, all but `read`.
 */
function idleIn(tokens: readonly string[]): readonly string[] {
  for (const [index, token] of tokens.entries()) {
    if (maps.has(tokens[index - 1] ?? '')) continue;
    const isSchema = isSchemaPlace(tokens.slice(0, index + 1));
    if (token === 'not' && isSchema) return controls;
    if (token === 'headers' && !isSchema)
      return tokens[index - 2] === 'encoding' ? controls : controls.filter((key) => key !== 'read');
  }
  return [];
}

/** Maps in which any name may stand. */
const maps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'schemas',
]);

function carries(value: unknown): boolean {
  return isObject(value) && Object.hasOwn(value, 'x-castellan');
}

/** What may stand on an object, told by where it is; undefined where nothing may. */
function levelOf(tokens: readonly string[]): Reader<unknown> | undefined {
  const last = tokens.at(-1) ?? '';
  const parent = tokens.at(-2) ?? '';
  const [first] = tokens;
  const paths = first === 'paths' || first === 'webhooks';
  if (paths && tokens.length === 2) return operation;
  if (paths && tokens.length === 3 && METHODS.has(last.toLowerCase())) return operation;
  if (paths && tokens.length === 4 && parent === 'additionalOperations') return operation;
  if (first === 'components' && tokens[1] === 'pathItems') {
    if (tokens.length === 3 || (tokens.length === 4 && METHODS.has(last.toLowerCase()))) return operation;
    if (tokens.length === 5 && parent === 'additionalOperations') return operation;
  }
  if (parent === 'parameters') return parameter;
  return isSchemaPlace(tokens) && !isNobodys(tokens) ? schema : undefined;
}

/** Under a keyword whose schemas are about no value that anybody sends or gets. */
function isNobodys(tokens: readonly string[]): boolean {
  return isUnder('not', tokens);
}

function isUnder(keyword: string, tokens: readonly string[]): boolean {
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (token === keyword) return true;
    // What comes next is a name.
    if (MAPS.has(token)) at++;
  }
  return false;
}

/** In another file it is not the place but the shape that tells. */
function levelByShape(object: Readonly<Record<string, unknown>>): Reader<unknown> | undefined {
  if (typeof object['in'] === 'string' && typeof object['name'] === 'string') return parameter;
  if ('responses' in object || Object.keys(object).some((key) => METHODS.has(key))) return operation;
  if ('content' in object || 'flows' in object) return undefined;
  return schema;
}

function misplaced(reading: Reading, node: Located) {
  return reading.error(
    child(node, 'x-castellan').location,
    'misplaced-extension',
    'x-castellan has no effect here',
    'move it to the root, a path item, an operation, a parameter or a schema',
  );
}
