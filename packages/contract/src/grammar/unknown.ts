import { isObject } from '../load/pointer.ts';
import type { Location } from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import type { Reading } from '../normalise/reading.ts';
import { isModernKeyword } from './schema.ts';
import type { Shape } from './shape.ts';

/** Members of a shape near to a name; the same few unknown names stand all over a document. */
const near = new WeakMap<Shape, Map<string, string | undefined>>();

function nearestMember(shape: Shape, key: string): string | undefined {
  let known = near.get(shape);
  if (known === undefined) near.set(shape, (known = new Map()));
  if (known.has(key)) return known.get(key);
  const names = Object.keys(shape.members);
  // Of two or three letters everything is near.
  const found =
    key.length < 4
      ? names.find((name) => key.length === 3 && name.length === 4 && name.startsWith(key))
      : nearest(key, names);
  if (known.size < 1000) known.set(key, found);
  return found;
}

/**
 * Notes a member that means nothing where it stands. In schemas of 3.1 and later any keyword may be an annotation, so only
 * what is nearly a keyword is noted there.
 * @throws CastellanError `invalid-member` for a name that is nearly `security`
 */
export function noteUnknown(reading: Reading, shape: Shape, key: string, place: () => Location): void {
  const meant = nearestMember(shape, key);
  const shown = key.slice(0, 40);
  if (shape.schema === true) {
    if (reading.dialect === 'openapi-3.0' && isModernKeyword(key))
      reading.warn(
        place(),
        'unknown-keyword',
        `${shown} does not exist in OpenAPI ${reading.version}, so it checks nothing`,
        'say it in another way, or write openapi: 3.1.0',
      );
    else if (meant !== undefined)
      reading.warn(
        place(),
        'unknown-keyword',
        `there is no keyword ${shown}, so it checks nothing`,
        `did you mean ${meant}?`,
      );
    else if (reading.dialect === 'openapi-3.0' && !ANNOTATIONS.has(key))
      reading.warn(
        place(),
        'unknown-keyword',
        `${shown} does not exist in OpenAPI ${reading.version}, so it checks nothing`,
        'remove it, or rename it to x-…',
      );
    return;
  }
  // Who may call must not depend on a slip of the pen.
  if (meant === 'security')
    throw reading.error(place(), 'invalid-member', `there is no member ${shown}`, 'did you mean security?');
  const pathItem = shape.name === 'Path Item Object';
  reading.warn(
    place(),
    pathItem ? 'unknown-path-item-key' : 'unknown-member',
    `a ${shape.name === 'Path Item Object' ? 'path item' : shape.name} has no member ${shown}; it is not read`,
    meant === undefined ? 'remove it, or rename it to x-…' : `did you mean ${meant}?`,
  );
}

/** What JSON Schema has for tools and readers; nobody means a check by it. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['$schema', '$id', 'id', '$comment', 'definitions']);

/** What counts beside a reference, or is prose. */
const FREE: ReadonlySet<string> = new Set(['$ref', 'summary', 'description']);

/** Notes members beside a `$ref` that the standard ignores there. */
export function noteBeside(reading: Reading, shape: Shape, object: object, place: () => Location): void {
  if (shape.name === 'Path Item Object') return;
  if (shape.schema === true && reading.dialect !== 'openapi-3.0') return;
  for (const key of Object.keys(object)) {
    if (FREE.has(key) || key.startsWith('x-')) continue;
    const kind = shape.members[key];
    if (kind === undefined || kind.is === 'any') continue;
    if (
      shape.schema === true &&
      (kind.is === 'boolean' || isObject((object as Record<string, unknown>)['discriminator']))
    )
      continue;
    const { document, pointer } = place();
    reading.warn(
      { document, pointer: `${pointer}/${key}` },
      'ignored-beside-reference',
      `${key} stands beside $ref, where OpenAPI ${reading.version} ignores it`,
      shape.schema === true ? 'put both into allOf' : 'write it where the $ref leads',
    );
  }
}
