import { inflate, isJson, MultipartParser, parseMediaType, type MediaTypeName } from '@castellan/contract';
import type { BodyRecord } from './record.ts';
import { maxTapped } from './tap.ts';

/** A body whose values can be looked at; or why not. */
export type Structured = { readonly value: unknown } | { readonly unread: NonNullable<BodyRecord['unread']> };

/** Reads a body into values, forgivingly: what is recorded is what came, not what should have come. */
export function structured(contentType: string | undefined, bytes: Uint8Array): Structured {
  const name = contentType === undefined ? undefined : parseMediaType(contentType);
  const text = (): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (name === undefined || isJson(name.essence) || /[/+-]json$/.test(name.essence)) return parsed(text());
  if (name.essence === 'application/x-www-form-urlencoded') return { value: pairsOf(new URLSearchParams(text())) };
  if (name.essence === 'multipart/form-data') return multipart(name, bytes);
  return { unread: 'not-structured' };
}

/**
 * The bytes without their codings.
 * @param coding `Content-Encoding`
 */
export async function decoded(
  bytes: Uint8Array,
  coding: string | undefined,
): Promise<Uint8Array | NonNullable<BodyRecord['unread']>> {
  if (coding === undefined || coding.trim().toLowerCase() === 'identity') return bytes;
  const inflated = await inflate(bytes, coding, maxTapped);
  if (inflated.outcome === 'inflated') return inflated.bytes;
  return inflated.outcome === 'too-large' ? 'too-large' : 'malformed';
}

function parsed(text: string): Structured {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { unread: 'malformed' };
  }
}

/** Pairs as an object: several of one name are a list. */
function pairsOf(pairs: Iterable<readonly [string, string]>): Readonly<Record<string, string | string[]>> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const before = found.get(name);
    if (before === undefined) found.set(name, value);
    else if (typeof before === 'string') found.set(name, [before, value]);
    else before.push(value);
  }
  return Object.fromEntries(found);
}

function multipart(name: MediaTypeName, bytes: Uint8Array): Structured {
  const boundary = name.parameters.get('boundary');
  if (boundary === undefined) return { unread: 'malformed' };
  const pairs: [string, string][] = [];
  const files = new Map<string, Uint8Array>();
  let current: { readonly name: string; readonly file: boolean; readonly pieces: Buffer[] } | undefined;
  const parser = new MultipartParser(
    boundary,
    {
      begin(head) {
        current = { name: head.name, file: head.filename !== undefined, pieces: [] };
        return undefined;
      },
      data(piece) {
        current?.pieces.push(Buffer.from(piece));
        return undefined;
      },
      end() {
        if (current?.file === true) files.set(current.name, new Uint8Array(0));
        else if (current !== undefined) pairs.push([current.name, Buffer.concat(current.pieces).toString('utf8')]);
        return undefined;
      },
    },
    { maxParts: 1000 },
  );
  if (parser.push(bytes) !== undefined) return { unread: 'malformed' };
  return { value: { ...pairsOf(pairs), ...Object.fromEntries(files) } };
}
