import { Buffer, isUtf8 } from 'node:buffer';

/** Bytes at an offset, by media type. Several entries: any of them. */
interface Signature {
  readonly offset?: number;
  readonly bytes: string;
  /** Further bytes that must stand too. */
  readonly and?: Signature;
}

const zip: readonly Signature[] = [{ bytes: 'PK\x03\x04' }, { bytes: 'PK\x05\x06' }];
const isoMedia = (...brands: string[]): readonly Signature[] =>
  brands.map((brand) => ({ offset: 4, bytes: `ftyp${brand}` }));

const mp4 = isoMedia(
  'isom',
  'iso2',
  'iso3',
  'iso4',
  'iso5',
  'iso6',
  'mp41',
  'mp42',
  'avc1',
  'M4A ',
  'M4B ',
  'M4V ',
  'dash',
  'cmfc',
  'MSNV',
);

/** First bytes of common formats, from their specifications, as Latin-1 text. */
const signatures: ReadonlyMap<string, readonly Signature[]> = new Map<string, readonly Signature[]>([
  ['image/png', [{ bytes: '\x89PNG\r\n\x1a\n' }]],
  ['image/apng', [{ bytes: '\x89PNG\r\n\x1a\n' }]],
  ['image/jpeg', [{ bytes: '\xff\xd8\xff' }]],
  ['image/gif', [{ bytes: 'GIF87a' }, { bytes: 'GIF89a' }]],
  ['image/webp', [{ bytes: 'RIFF', and: { offset: 8, bytes: 'WEBP' } }]],
  ['image/bmp', [{ bytes: 'BM' }]],
  ['image/tiff', [{ bytes: 'II*\0' }, { bytes: 'MM\0*' }]],
  ['image/x-icon', [{ bytes: '\0\0\x01\0' }]],
  ['image/vnd.microsoft.icon', [{ bytes: '\0\0\x01\0' }]],
  ['image/avif', isoMedia('avif', 'avis')],
  ['image/heic', isoMedia('heic', 'heix', 'hevc', 'mif1')],
  ['application/pdf', [{ bytes: '%PDF-' }]],
  ['application/zip', zip],
  ['application/gzip', [{ bytes: '\x1f\x8b\x08' }]],
  ['application/x-7z-compressed', [{ bytes: '7z\xbc\xaf\x27\x1c' }]],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', zip],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', zip],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', zip],
  ['application/vnd.oasis.opendocument.text', zip],
  ['application/epub+zip', zip],
  ['application/java-archive', zip],
  ['audio/mpeg', [{ bytes: 'ID3' }, { bytes: '\xff\xfb' }, { bytes: '\xff\xf3' }, { bytes: '\xff\xf2' }]],
  ['audio/wav', [{ bytes: 'RIFF', and: { offset: 8, bytes: 'WAVE' } }]],
  ['audio/ogg', [{ bytes: 'OggS' }]],
  ['video/ogg', [{ bytes: 'OggS' }]],
  ['video/mp4', mp4],
  ['audio/mp4', mp4],
  ['video/webm', [{ bytes: '\x1a\x45\xdf\xa3' }]],
  ['font/woff', [{ bytes: 'wOFF' }]],
  ['font/woff2', [{ bytes: 'wOF2' }]],
  ['application/wasm', [{ bytes: '\0asm' }]],
]);

/** Beginnings of what a browser or a shell would run. Lower case. */
const active = [
  '<!doctype',
  '<html',
  '<head',
  '<body',
  '<script',
  '<svg',
  '<iframe',
  '<?xml',
  '<?php',
  '<!--',
  '#!',
  '<%',
];

/**
 * Whether bytes may be there under a media type that only the caller named: they must not be something that runs behind the
 * name of something that is shown. What else they are the contract leaves open.
 *
 * @param essence lower-cased media type without parameters
 */
export function contentAllowed(essence: string, bytes: Uint8Array): boolean {
  const family = essence.slice(0, essence.indexOf('/'));
  if (essence === 'image/svg+xml' || !['image', 'audio', 'video', 'font'].includes(family)) return true;
  return contentMatches(essence, bytes) || !looksActive(bytes);
}

/**
 * Whether bytes can be what their media type says (OWASP File Upload Cheat Sheet).
 *
 * Types with a known signature must have it. Other images, audio, video and fonts must not begin like HTML, SVG, XML or a
 * script; text must be UTF-8 without NUL. Anything else cannot be told and passes. A match is no proof of harmlessness.
 *
 * @param essence lower-cased media type without parameters
 */
export function contentMatches(essence: string, bytes: Uint8Array): boolean {
  const known = signatures.get(essence);
  if (known !== undefined) return known.some((signature) => has(bytes, signature));
  const family = essence.slice(0, essence.indexOf('/'));
  if (family === 'text') return isUtf8(bytes) && !bytes.includes(0);
  // SVG is a document that can hold scripts: whoever documents it by name wants it.
  if (essence === 'image/svg+xml') return isUtf8(bytes) && !bytes.includes(0);
  return !['image', 'audio', 'video', 'font'].includes(family) || !looksActive(bytes);
}

/** Whether bytes begin, after white space and a byte order mark, like something that is interpreted rather than shown. */
export function looksActive(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  // UTF-16 hides tags behind NUL bytes from readers that do not detect it.
  const text = head
    .replaceAll('\0', '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart()
    .toLowerCase();
  return active.some((start) => text.startsWith(start)) || /<(?:script|svg|html|iframe)[\s>/]/.test(text);
}

function has(bytes: Uint8Array, signature: Signature): boolean {
  const offset = signature.offset ?? 0;
  for (let index = 0; index < signature.bytes.length; index++) {
    if (bytes[offset + index] !== signature.bytes.charCodeAt(index)) return false;
  }
  return signature.and === undefined || has(bytes, signature.and);
}
