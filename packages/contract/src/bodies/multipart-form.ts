import { Buffer, isUtf8 } from 'node:buffer';
import type { BodyLimits } from '../compiled.ts';
import type { Encoding, MediaType, Schema } from '../model.ts';
import { compileConvert, type Convert } from '../parameters/convert.ts';
import { pointerToken, Refused } from '../parameters/refused.ts';
import { shapeOf, type Shape } from '../parameters/shape.ts';
import { failed, type Report } from '../parameters/value.ts';
import { compilerOf } from '../schema/compiler.ts';
import { compileSchema, type SchemaSource } from '../schema/index.ts';
import { Applied } from '../schema/applied.ts';
import { compileDefaults } from './defaults.ts';
import { contentAllowed, contentMatches } from './file-type.ts';
import { parseJson } from './json.ts';
import { isJson, parseMediaType } from './media-type.ts';
import { MultipartParser, type PartHead } from './multipart.ts';
import { UploadedFile } from './uploaded-file.ts';

/** From the bytes of a multipart body to a valid value: `failed` after a report. */
export type ReadMultipart = (bytes: Uint8Array, boundary: string, report: Report) => unknown;

/** One documented property: how its parts are read. */
interface Field {
  readonly list: boolean;
  readonly file: boolean;
  readonly json: boolean;
  /** Media types that a part may have; undefined where the document does not say. */
  readonly contentTypes: readonly string[] | undefined;
  readonly convert: Convert;
}

interface Part {
  readonly head: PartHead;
  readonly bytes: Uint8Array;
}

const repeated = new Refused('duplicate-parameter', 'is given more than once', 'give it once');
const fileForText = new Refused('file', 'is a file where a plain value is documented', 'send it without a file name');
const notUtf8 = new Refused('utf8', 'is not UTF-8', 'encode it as UTF-8');
const bracketed = new Refused('undocumented-parameter', 'is not documented', 'leave it out');
const badType = new Refused(
  'content-type',
  'has a media type that is not documented here',
  'send one of the documented media types',
);
const badContent = new Refused('file-type', 'is not what its media type says', 'send the file with its own media type');
const textType = 'text/plain';

/**
 * Compiles the reading of `multipart/form-data` (RFC 7578) by the schema's properties and their Encoding Objects
 * (OpenAPI 3.2 section 4.15). Files become `UploadedFile`, other parts values of their type.
 */
export function compileMultipart(source: SchemaSource, media: MediaType, limits: BodyLimits): ReadMultipart {
  const shape = shapeOf(source, media.schema);
  const fields = new Map<string, Field>();
  for (const [name, schema] of shape.properties) fields.set(name, fieldOf(source, schema, media.encoding.get(name)));
  const free = fieldOf(source, typeof shape.additional === 'object' ? shape.additional : undefined, undefined);
  const schema = media.schema === undefined ? undefined : compileSchema(source, media.schema, { direction: 'request' });
  const fill = media.schema === undefined ? undefined : compileDefaults(source, media.schema);

  return (bytes, boundary, report) => {
    const parts = collect(bytes, boundary, limits);
    if (parts instanceof Refused) {
      report(parts.issue(''));
      return failed;
    }
    // Schemas judge files by their bytes; handlers get them with name and type.
    const values: Record<string, unknown> = {};
    const judged: Record<string, unknown> = {};
    let valid = true;
    for (const part of parts) {
      const { name, filename } = part.head;
      const documented = fields.get(name);
      // A file field of a form that was left empty. Parsers behind the guard see such a part of any other name as well.
      if (filename === '' && part.bytes.length === 0 && documented?.file === true) continue;
      const field = documented ?? free;
      const refused =
        documented === undefined && /[[\]]|^__proto__$/.test(name) ? bracketed : readPart(part, field, limits);
      const add = refused instanceof Refused ? refused : put(values, judged, name, field, refused);
      if (add !== undefined) {
        report(add.issue(`/${pointerToken(name)}`));
        valid = false;
      }
    }
    if (!valid) return failed;
    if (schema !== undefined && !schema.check(judged)) {
      for (const issue of schema.explain(judged)) report(issue);
      return failed;
    }
    if (fill === undefined) return values;
    // Everything but files is the same value in both.
    fill(judged);
    for (const name of Object.keys(judged)) if (!Object.hasOwn(values, name)) values[name] = judged[name];
    return values;
  };
}

function put(
  values: Record<string, unknown>,
  judged: Record<string, unknown>,
  name: string,
  field: Field,
  value: unknown,
): Refused | undefined {
  const bare = value instanceof UploadedFile ? value.bytes : value;
  if (field.list) {
    if (!Object.hasOwn(values, name)) {
      values[name] = [];
      judged[name] = [];
    }
    (values[name] as unknown[]).push(value);
    (judged[name] as unknown[]).push(bare);
    return undefined;
  }
  if (Object.hasOwn(values, name)) return repeated;
  values[name] = value;
  judged[name] = bare;
  return undefined;
}

function collect(bytes: Uint8Array, boundary: string, limits: BodyLimits): readonly Part[] | Refused {
  const parts: Part[] = [];
  let head: PartHead | undefined;
  let chunks: Uint8Array[] = [];
  const parser = new MultipartParser(
    boundary,
    {
      begin(next) {
        head = next;
        chunks = [];
        return undefined;
      },
      data(chunk) {
        chunks.push(chunk);
        return undefined;
      },
      end() {
        const [only] = chunks;
        if (head !== undefined)
          parts.push({ head, bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks) });
        return undefined;
      },
    },
    { maxParts: limits.maxParts },
  );
  return parser.push(bytes) ?? parser.end() ?? parts;
}

function fieldOf(source: SchemaSource, schema: Schema | undefined, encoding: Encoding | undefined): Field {
  const shape = shapeOf(source, schema);
  const types = [...(shape.types ?? [])].filter((type) => type !== 'null');
  const list = types.length === 1 && types[0] === 'array';
  const item = list ? shape.items : schema;
  const itemShape = list ? shapeOf(source, item) : shape;
  const contentTypes = encoding?.contentType
    ?.split(',')
    .map((type) => type.trim().toLowerCase())
    .filter((type) => type !== '');
  const itemTypes = [...(itemShape.types ?? [])].filter((type) => type !== 'null');
  const object = itemTypes.length === 1 && itemTypes[0] === 'object';
  return {
    list,
    file: isFile(source, item, itemShape, contentTypes),
    json: contentTypes === undefined ? object : contentTypes.every(isJson) && contentTypes.length > 0,
    contentTypes,
    convert: compileConvert(source, item),
  };
}

/** 3.0 marks files by `format: binary`, 3.1 by an empty schema or by a media type that is not text. */
function isFile(
  source: SchemaSource,
  schema: Schema | undefined,
  shape: Shape,
  contentTypes: readonly string[] | undefined,
): boolean {
  if (contentTypes?.some((type) => !type.startsWith('text/') && !isJson(type)) === true) return true;
  return shape.types === undefined || (schema !== undefined && marksFile(source, schema));
}

function marksFile(source: SchemaSource, schema: Schema): boolean {
  const compiler = compilerOf(source.references, { direction: 'request' });
  return new Applied(compiler, [compiler.nodes.at(schema)])
    .all()
    .some(
      ({ raw }) =>
        typeof raw === 'object' &&
        (raw['format'] === 'binary' || raw['contentMediaType'] !== undefined || raw['type'] === 'file'),
    );
}

function readPart(part: Part, field: Field, limits: BodyLimits): unknown {
  const { filename, contentType } = part.head;
  const type = parseMediaType(contentType ?? (filename === undefined ? textType : 'application/octet-stream'));
  if (type === undefined) return badType;
  const charset = type.parameters.get('charset');
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') return badType;
  if (
    field.contentTypes !== undefined &&
    !(contentType === undefined && field.json) &&
    !field.contentTypes.some((allowed) => allows(allowed, type.essence))
  )
    return badType;
  if (field.file && (filename !== undefined || type.essence !== textType)) {
    // A type that the contract names is a promise; one that it does not is the caller's word.
    const matches = field.contentTypes === undefined ? contentAllowed : contentMatches;
    return matches(type.essence, part.bytes)
      ? new UploadedFile(filename === '' ? undefined : filename, type.essence, part.bytes)
      : badContent;
  }
  // Browsers name every Blob, also one that is a documented JSON part.
  if (filename !== undefined && !(field.json && isJson(type.essence))) return fileForText;
  if (isJson(type.essence) || (field.json && contentType === undefined)) {
    const parsed = parseJson(part.bytes, limits);
    if ('value' in parsed) return parsed.value;
    const [issue] = parsed.issues;
    return new Refused(
      issue?.keyword ?? 'json',
      issue?.message ?? 'is not JSON',
      issue?.mend ?? 'send JSON',
      issue?.pointer,
    );
  }
  if (type.essence !== textType && field.contentTypes === undefined) return badType;
  if (!isUtf8(part.bytes)) return notUtf8;
  const text = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength).toString('utf8');
  return text.length > limits.maxString ? tooLong : field.convert(text);
}

const tooLong = new Refused('too-long', 'is longer than is accepted', 'send a shorter value');

/** `image/*` allows every image but SVG, which must be named: it can hold scripts. */
function allows(allowed: string, essence: string): boolean {
  const name = allowed.split(';')[0]?.trim() ?? '';
  if (name === essence || name === '*/*') return true;
  return name.endsWith('/*') && essence.startsWith(name.slice(0, -1)) && essence !== 'image/svg+xml';
}
