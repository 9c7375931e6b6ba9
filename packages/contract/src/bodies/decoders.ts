import type { BodyLimits, Issue } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { Refused } from '../parameters/refused.ts';
import { shapeOf } from '../parameters/shape.ts';
import type { SchemaSource } from '../schema/index.ts';
import { bodyLimits } from './limits.ts';
import { bestMediaType } from './media-match.ts';
import { isJson, parseMediaType, type MediaTypeName } from './media-type.ts';
import { isSequence } from './sequence.ts';
import { plainValue, RefusedBody } from './plain-value.ts';

/**
 * Reads the bytes of a body that is no JSON: CBOR, MessagePack, YAML. It gives what JSON could say, with `bigint` for whole numbers
 * beyond 2^53, `Uint8Array` for bytes and `Map` with texts as keys for objects as well; it throws where the bytes are no such text.
 */
export type BodyDecoder = (bytes: Uint8Array) => unknown;

/** Who reads a media type. */
export interface Decoder {
  /** Undefined where such bodies pass unread because somebody said so. */
  readonly decode: ((bytes: Uint8Array, limits?: Partial<BodyLimits>) => Decoded) | undefined;
}

type Decoded = { readonly value: unknown } | { readonly issues: readonly Issue[] };

export interface Decoders {
  /** @param essence lower-cased media type without parameters */
  of(essence: string): Decoder | undefined;
  /** Whether there are any. */
  readonly some: boolean;
}

/**
 * Compiles who reads which media type.
 * @param given by media type, which may be a range such as `application/*+cbor`; `pass` lets such bodies pass unread
 */
export function compileDecoders(given: Readonly<Record<string, BodyDecoder | 'pass'>>): Decoders {
  const known = Object.entries(given).map(([type, decode]) => ({
    name: parseMediaType(type),
    decoder: { decode: decode === 'pass' ? undefined : reading(decode) } satisfies Decoder,
  }));
  return {
    some: known.length > 0,
    of: (essence) => bestMediaType<(typeof known)[number]>(known, named(essence))?.decoder,
  };
}

export const noDecoders: Decoders = compileDecoders({});

const unreadable = new Refused('decode', 'is not what its media type says', 'send the body with its own media type');

function reading(decode: BodyDecoder): NonNullable<Decoder['decode']> {
  return (bytes, limits) => {
    let value: unknown;
    try {
      value = decode(bytes);
    } catch (error) {
      return { issues: error instanceof RefusedBody ? [error.why.issue(error.pointer)] : [unreadable.issue('')] };
    }
    return plainValue(value, bodyLimits(limits));
  };
}

/** Whether bodies of a media type are read here, so that their schema decides. */
export function isRead(essence: string): boolean {
  return (
    isJson(essence) ||
    isSequence(essence) ||
    (essence.startsWith('text/') && !/[/+.-](?:xml|ya?ml)$/.test(essence)) ||
    essence === 'multipart/form-data' ||
    essence === 'application/x-www-form-urlencoded'
  );
}

/** Formats in which structured data is written, and which nobody reads here by himself. */
const dataFormat =
  /[/+.-](?:ya?ml|cbor(?:-seq)?|cose|senml|msgpack|messagepack|bson|smile|ubjson|ion|protobuf|proto|avro|thrift|toml|amf|hessian|hal|json5|hjson)$/;

/**
 * Whether a body cannot be held to its schema: the schema speaks of members or items, and the media type is one that is not read.
 * @param documented the media type of the contract, which may be a range: then it does not say that these bytes are meant
 */
export function isUnread(
  source: SchemaSource,
  schema: Schema | undefined,
  essence: string,
  documented: string = essence,
): boolean {
  return (dataFormat.test(essence) || documented.includes('*')) && hasStructure(source, schema);
}

/**
 * Why a request body cannot be taken as it is; undefined where it is read, or may pass unread.
 * @param documented the media type of the contract, which may be a range
 * @param decoder who reads it, or lets it pass
 * @param mustBeRead whether a schema has rules about what stands in its values
 */
export function unreadBecause(
  source: SchemaSource,
  schema: Schema | undefined,
  essence: string,
  documented: string | undefined,
  decoder: Decoder | undefined,
  mustBeRead: ((schema: Schema) => boolean) | undefined,
): string | undefined {
  if (schema === undefined || decoder?.decode !== undefined || essence.startsWith('multipart/')) return undefined;
  const read = isRead(essence);
  if (decoder === undefined && !read && isUnread(source, schema, essence, documented))
    return `bodies of ${essence} are not read here, so nothing could hold them to their schema`;
  // A text may be what its schema says; an object in it nobody sees.
  const isText = essence.startsWith('text/') && !isJson(essence) && !isSequence(essence);
  const seen = read && !(isText && hasStructure(source, schema));
  return !seen && mustBeRead?.(schema) === true
    ? `bodies of ${essence} are not read here, so nothing could keep the rules of their schema`
    : undefined;
}

/** Whether values of a schema are objects or lists. */
export function hasStructure(source: SchemaSource, schema: Schema | undefined): boolean {
  if (schema === undefined) return false;
  const { types, properties, items, prefixItems, required } = shapeOf(source, schema);
  if (types !== undefined) return types.has('object') || types.has('array');
  return properties.size > 0 || items !== undefined || prefixItems.length > 0 || required.size > 0;
}

function named(essence: string): MediaTypeName {
  return { essence, parameters: new Map() };
}
