/** Why a request target is refused: stable kebab case, for logs and counters. */
export type TargetReason =
  | 'empty-target'
  | 'absolute-form'
  | 'asterisk-form'
  | 'not-origin-form'
  | 'control-character'
  | 'whitespace'
  | 'non-ascii'
  | 'fragment'
  | 'invalid-character'
  | 'invalid-percent-encoding'
  | 'dot-segment'
  | 'empty-segment'
  | 'backslash'
  | 'path-parameter'
  | 'encoded-dot'
  | 'encoded-slash'
  | 'encoded-backslash'
  | 'encoded-control-character'
  | 'encoded-unreserved'
  | 'double-encoding'
  | 'invalid-utf8';

export interface CanonicalTarget {
  /** The path as received, undecoded: it is already canonical. */
  readonly path: string;
  /** After the first `?`, undecoded; `''` where there is none. */
  readonly query: string;
}

export interface TargetProblem {
  readonly problem: 'ambiguous-path' | 'malformed-request';
  readonly reason: TargetReason;
}

export interface CanonicalPathOptions {
  /** Lets `;` pass in the path: only where the contract documents `style: matrix` (`Routes.usesMatrix`). Default false. */
  readonly allowSemicolon?: boolean | undefined;
}

/** What a byte of the path asks for. Zero: nothing, go on. */
const PLAIN = 0;
const SLASH = 1;
const DOT = 2;
const PERCENT = 3;
const QUESTION = 4;
const SEMICOLON = 5;
const REFUSED = 6;

const pathKind = new Uint8Array(128).fill(REFUSED);
/** 0 where a raw byte of the query may stand: visible ASCII except `#`. Brackets, braces and `|` are sent raw by real clients. */
const queryKind = new Uint8Array(128).fill(REFUSED);
/** RFC 3986 section 2.3. Encoding one of these is never needed, and routers disagree on whether it changes the path. */
const unreserved = new Uint8Array(128);
const hexValue = new Int8Array(128).fill(-1);

for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~') {
  pathKind[character.charCodeAt(0)] = PLAIN;
  unreserved[character.charCodeAt(0)] = 1;
}
for (const character of "!$&'()*+,=:@") pathKind[character.charCodeAt(0)] = PLAIN;
pathKind[0x2f] = SLASH;
pathKind[0x2e] = DOT;
pathKind[0x25] = PERCENT;
pathKind[0x3f] = QUESTION;
pathKind[0x3b] = SEMICOLON;
for (let code = 0x21; code < 0x7f; code++) if (code !== 0x23) queryKind[code] = PLAIN;
for (let digit = 0; digit < 16; digit++) {
  hexValue[digit.toString(16).charCodeAt(0)] = digit;
  hexValue[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/**
 * Splits a request target into path and query if there is exactly one way to read its path, and refuses it otherwise.
 *
 * Only origin-form (RFC 9112, section 3.2.1) is taken. Absolute-form is meant for forward proxies and carries a second
 * authority that may contradict `Host`; `*` and authority-form name no operation. In the path, whatever servers,
 * routers and proxies are known to read differently is refused rather than normalised: dot segments, empty segments,
 * backslashes, `;` parameters, encoded slashes, dots, controls and other unreserved characters, double encoding, and
 * encodings of bytes that are not UTF-8. What remains decodes to the same segments everywhere.
 *
 * @param target The request target as received.
 * @returns Path and query, or the problem type of the refusal with its reason. One pass, linear, nothing is decoded.
 * @see RFC 3986 sections 3.3 and 6.2.2; OWASP API8:2023
 */
export function canonicalPath(target: string, options?: CanonicalPathOptions): CanonicalTarget | TargetProblem {
  const length = target.length;
  if (length === 0 || target.charCodeAt(0) !== 0x2f) return refuseForm(target);
  let at = 1;
  let end = length;
  for (; at < length; at++) {
    const code = target.charCodeAt(at);
    if (code > 0x60 && code < 0x7b) continue;
    const kind = pathKind[code];
    if (kind === PLAIN) continue;
    if (kind === SLASH) {
      if (target.charCodeAt(at - 1) === 0x2f) return ambiguous('empty-segment');
    } else if (kind === DOT) {
      if (target.charCodeAt(at - 1) === 0x2f && isDotSegment(target, at)) return ambiguous('dot-segment');
    } else if (kind === PERCENT) {
      const result = encodedRun(target, at);
      if (typeof result === 'object') return result;
      at = result - 1;
    } else if (kind === QUESTION) {
      end = at;
      break;
    } else if (kind !== SEMICOLON || options?.allowSemicolon !== true) {
      return refuseCharacter(code, true);
    }
  }
  if (end === length) return { path: target, query: '' };
  for (at = end + 1; at < length; at++) {
    const code = target.charCodeAt(at);
    if (queryKind[code] !== PLAIN) return refuseCharacter(code, false);
  }
  return { path: target.slice(0, end), query: target.slice(end + 1) };
}

function ambiguous(reason: TargetReason): TargetProblem {
  return { problem: 'ambiguous-path', reason };
}

function malformed(reason: TargetReason): TargetProblem {
  return { problem: 'malformed-request', reason };
}

function refuseForm(target: string): TargetProblem {
  if (target === '') return malformed('empty-target');
  if (target === '*') return malformed('asterisk-form');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target.slice(0, 64))) return malformed('absolute-form');
  return malformed('not-origin-form');
}

function refuseCharacter(code: number, inPath: boolean): TargetProblem {
  if (code === 0x5c && inPath) return ambiguous('backslash');
  if (code === 0x3b && inPath) return ambiguous('path-parameter');
  if (code === 0x23) return malformed('fragment');
  if (code === 0x20 || code === 0x09) return malformed('whitespace');
  if (code < 0x20 || code === 0x7f) return malformed('control-character');
  if (code > 0x7f) return malformed('non-ascii');
  return malformed('invalid-character');
}

/** `.` and `..` up to the next delimiter. A `;` ends them too: Java servers drop path parameters before they resolve dots. */
function isDotSegment(target: string, at: number): boolean {
  const next = target.charCodeAt(at + 1) === 0x2e ? at + 2 : at + 1;
  if (next >= target.length) return true;
  const code = target.charCodeAt(next);
  return code === 0x2f || code === 0x3f || code === 0x3b;
}

/** Checks consecutive `%XX`, which must be whole UTF-8 sequences. Returns the index after them. */
function encodedRun(target: string, start: number): number | TargetProblem {
  let at = start;
  let pending = 0;
  let lowest = 0x80;
  let highest = 0xbf;
  for (; target.charCodeAt(at) === 0x25; at += 3) {
    const byte = encodedByte(target, at);
    if (byte < 0) return malformed('invalid-percent-encoding');
    if (pending > 0) {
      if (byte < lowest || byte > highest) return ambiguous('invalid-utf8');
      pending--;
      lowest = 0x80;
      highest = 0xbf;
    } else if (byte < 0x80) {
      const reason = refusedWhenEncoded(target, at, byte);
      if (reason !== undefined) return ambiguous(reason);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      pending = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      pending = 2;
      if (byte === 0xe0) lowest = 0xa0;
      else if (byte === 0xed) highest = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      pending = 3;
      if (byte === 0xf0) lowest = 0x90;
      else if (byte === 0xf4) highest = 0x8f;
    } else {
      return ambiguous('invalid-utf8');
    }
  }
  return pending === 0 ? at : ambiguous('invalid-utf8');
}

/** The byte that `%XX` at an index stands for; -1 where it is not one. */
function encodedByte(target: string, at: number): number {
  const high = hexValue[target.charCodeAt(at + 1)] ?? -1;
  const low = hexValue[target.charCodeAt(at + 2)] ?? -1;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function refusedWhenEncoded(target: string, at: number, byte: number): TargetReason | undefined {
  if (byte < 0x20 || byte === 0x7f) return 'encoded-control-character';
  if (byte === 0x2f) return 'encoded-slash';
  if (byte === 0x5c) return 'encoded-backslash';
  if (byte === 0x2e) return 'encoded-dot';
  if (byte === 0x25) {
    const high = hexValue[target.charCodeAt(at + 3)] ?? -1;
    const low = hexValue[target.charCodeAt(at + 4)] ?? -1;
    return high >= 0 && low >= 0 ? 'double-encoding' : undefined;
  }
  return unreserved[byte] === 1 ? 'encoded-unreserved' : undefined;
}
