import type { Encoding, Header, Located, MediaType } from '../model.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { styleOf } from './styles.ts';
import { text, type Reading } from './reading.ts';

/** A `content` map of 3.x. */
export function readContent(reading: Reading, content: Located): MediaType[] {
  if (content.value !== undefined && !isObject(content.value)) {
    reading.warn(
      content.location,
      'invalid-content',
      'content is not an object, so nothing is declared',
      'write content: { application/json: { schema: … } }',
    );
  }
  const types: MediaType[] = [];
  for (const [type, node] of entries(content)) {
    if (!type.includes('/') && type.startsWith('x-')) continue;
    if (!/^[^\s/;]+\/[^\s/;]+/.test(type))
      reading.warn(
        node.location,
        'invalid-media-type',
        `${type} is not a media type`,
        'write type/subtype, such as application/json',
      );
    types.push(readMediaType(reading, type, node));
  }
  return types;
}

/** Of all media types that say nothing: an empty map takes 200 bytes, and a document has thousands. */
const noEncoding = new Map<string, Encoding>();

function readMediaType(reading: Reading, type: string, node: Located): MediaType {
  const found = reading.deref(node);
  const written = child(found, 'encoding');
  const encoding = written.value === undefined ? noEncoding : new Map<string, Encoding>();
  for (const [name, one] of entries(written)) encoding.set(name, readEncoding(reading, one));
  return {
    type: type.trim().toLowerCase(),
    schema: reading.schema(child(found, 'schema')),
    itemSchema: reading.version === '3.2' ? reading.schema(child(found, 'itemSchema')) : undefined,
    encoding,
    location: found.location,
  };
}

function readEncoding(reading: Reading, node: Located): Encoding {
  const explode = child(node, 'explode').value;
  const reserved = child(node, 'allowReserved').value;
  return {
    contentType: text(child(node, 'contentType').value),
    headers: readHeaders(reading, child(node, 'headers')),
    style: styleOf(child(node, 'style').value),
    explode: typeof explode === 'boolean' ? explode : undefined,
    allowReserved: typeof reserved === 'boolean' ? reserved : undefined,
  };
}

/** A `headers` map. `Content-Type` is left out, as the standard says: the media type is what `content` says. */
export function readHeaders(reading: Reading, headers: Located): Header[] {
  const read: Header[] = [];
  for (const [name, node] of entries(headers)) {
    if (name.toLowerCase() === 'content-type') continue;
    const found = reading.deref(node);
    const [content] = readContent(reading, child(found, 'content'));
    read.push({
      name,
      required: child(found, 'required').value === true,
      explode: child(found, 'explode').value === true,
      schema: content?.schema ?? reading.schema(child(found, 'schema')),
      content,
      location: found.location,
    });
  }
  return read;
}
