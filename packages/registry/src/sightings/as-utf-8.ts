import { TextDecoder } from 'node:util';

/** How a text begins that is UTF-16 (Unicode 17 section 2.13): what PowerShell and some Windows programs write. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** The text of bytes that are UTF-8 or UTF-16, without a byte order mark. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(utf16Of(bytes) ?? 'utf-8').decode(bytes);
}

/** Pieces of a text as UTF-8: as they are, or transcoded where they begin as UTF-16. */
export async function* asUtf8(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let isKnown = false;
  let first = Buffer.alloc(0);
  for await (const piece of pieces) {
    let bytes = piece;
    if (!isKnown) {
      bytes = first = Buffer.concat([first, piece]);
      if (first.length < 2) continue;
      isKnown = true;
      const encoding = utf16Of(first);
      if (encoding !== undefined) decoder = new TextDecoder(encoding);
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (!isKnown) yield first;
  else if (decoder !== undefined) yield Buffer.from(decoder.decode());
}
