import { CastellanError } from '../error.ts';
import type { LoadLimits } from './limits.ts';
import { tooDeep } from './limits.ts';
import type { Duplicate, ParsedText, SourceText } from './parse.ts';
import { escapeToken } from './pointer.ts';
import { JsonPositions } from './json-positions.ts';
import { syntaxErrorOffset } from './json-syntax.ts';
import { lineAndColumn, LineIndex } from './position.ts';
import { scanJson, type JsonScan } from './scan-json.ts';

/** @throws CastellanError `invalid-json`, `document-too-deep` */
export function parseJson(source: SourceText, limits: LoadLimits): ParsedText {
  const { bytes, file } = source;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const scan = scanJson(text);
  if (scan.depth > limits.maxDepth) throw tooDeep({ file }, limits.maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw syntaxError(file, text);
  }
  const lines = new LineIndex(text);
  return {
    format: 'json',
    value,
    scan,
    positionsOf,
    duplicates: scan.duplicates.map((duplicate) => placed(lines, duplicate)),
  };
}

/** Outside of `parseJson`, because a function that is made in there keeps the whole text alive. */
function positionsOf(bytes: Uint8Array): JsonPositions {
  return new JsonPositions(bytes);
}

function placed(lines: LineIndex, duplicate: JsonScan['duplicates'][number]): Duplicate {
  return {
    pointer: duplicate.parents.map((token) => `/${escapeToken(token)}`).join(''),
    key: duplicate.key,
    ...lines.at(duplicate.offset),
  };
}

/** V8's message quotes the text around the mistake, which may hold a secret, and often leaves the position out. */
function syntaxError(file: string, text: string): CastellanError {
  const offset = syntaxErrorOffset(text);
  const ended = offset >= text.trimEnd().length;
  return new CastellanError({
    code: 'invalid-json',
    message: ended
      ? 'the document is not JSON: it ends too early'
      : `the document is not JSON: ${quote(text, offset)} is unexpected`,
    place: { file, ...lineAndColumn(text, offset) },
    mend: ended
      ? 'add the closing brackets and braces'
      : 'correct the syntax here; a comma or a quote often misses just before',
  });
}

function quote(text: string, offset: number): string {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 32);
  return character <= ' ' ? 'a control character' : `'${character}'`;
}
