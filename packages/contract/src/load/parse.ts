import { isUtf8 } from 'node:buffer';
import { CastellanError } from '../error.ts';
import type { LoadLimits } from './limits.ts';
import { parseJson } from './parse-json.ts';
import { isObject } from './pointer.ts';
import type { PositionsOf } from './positions.ts';
import type { JsonScan } from './scan-json.ts';

export interface ParsedText {
  readonly format: 'json' | 'yaml';
  readonly value: unknown;
  /** Only for JSON: what the bytes told. YAML is walked after it is parsed. */
  readonly scan?: JsonScan | undefined;
  /** Keys that stand twice in one mapping; the last one counted. */
  readonly duplicates: readonly Duplicate[];
  readonly positionsOf: PositionsOf;
}

/** A key that stands twice in the object at `pointer`. */
export interface Duplicate {
  readonly pointer: string;
  readonly key: string;
  readonly line: number;
  readonly column: number;
}

/** What is known about a text before it is parsed. */
export interface SourceText {
  /** How messages name the document. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** From the file's extension or the media type; undefined where neither says. */
  readonly format: 'json' | 'yaml' | undefined;
  /** Whether others refer to it: then it may also be a list, such as one of parameters. */
  readonly referred?: boolean | undefined;
}

/**
 * Parses one document. JSON is taken for JSON whatever the file is called; everything else is YAML 1.2.
 * @throws CastellanError `invalid-encoding`, `invalid-json`, `invalid-yaml`, `document-too-deep`, `alias-bomb`, `alias-loop`, `invalid-openapi`
 */
export async function parseText(source: SourceText, limits: LoadLimits): Promise<ParsedText> {
  const bytes = withoutByteOrderMark(source);
  // UTF-16 of plain English is valid UTF-8 with a NUL beside each letter.
  if (!isUtf8(bytes) || bytes.subarray(0, 4).includes(0)) {
    throw new CastellanError({
      code: 'invalid-encoding',
      message: 'the document is not UTF-8',
      place: { file: source.file },
      mend: 'save it as UTF-8',
    });
  }
  const looksLikeJson = firstByte(bytes) === 123 || firstByte(bytes) === 91;
  if (source.format === 'json' || looksLikeJson) {
    try {
      return check(source, parseJson({ ...source, bytes }, limits));
    } catch (error) {
      const flowStyle = error instanceof CastellanError && error.code === 'invalid-json' && source.format !== 'json';
      if (!flowStyle) throw error;
      // `{openapi: 3.1.0, …}` is YAML in flow style; where it is not even that, the JSON message is the better one
      // unless the name says YAML.
      try {
        return check(source, await yaml({ ...source, bytes }, limits));
      } catch (yamlError) {
        throw source.format === 'yaml' ? yamlError : error;
      }
    }
  }
  return check(source, await yaml({ ...source, bytes }, limits));
}

async function yaml(source: SourceText, limits: LoadLimits): Promise<ParsedText> {
  // Loaded only when needed: a JSON document does not pay for the YAML parser.
  const [{ parseYaml }, { YamlPositions }] = await Promise.all([
    import('./parse-yaml.ts'),
    import('./yaml-positions.ts'),
  ]);
  return { ...parseYaml(source, limits), positionsOf: (bytes) => new YamlPositions(bytes) };
}

function check(source: SourceText, parsed: ParsedText): ParsedText {
  if (isObject(parsed.value) || (source.referred === true && Array.isArray(parsed.value))) return parsed;
  throw new CastellanError({
    code: 'invalid-openapi',
    message:
      parsed.value === undefined || parsed.value === null ? 'the document is empty' : 'the document is not an object',
    place: { file: source.file, line: 1, column: 1 },
    mend: 'give an OpenAPI document: an object with openapi (or swagger), info and paths',
  });
}

function withoutByteOrderMark(source: SourceText): Uint8Array {
  const { bytes } = source;
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function firstByte(bytes: Uint8Array): number | undefined {
  for (const byte of bytes) if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte;
  return undefined;
}
