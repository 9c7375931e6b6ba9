import { ALPHA, classOf, DIGIT, HEX, SUB_DELIMITER, UNRESERVED } from './characters.ts';
import { percentEncoded } from './identifiers.ts';
import { ipv6Within } from './network.ts';

/** RFC 3986 section 3: absolute, with a scheme. */
export function uri(text: string): boolean {
  const colon = schemeEnd(text);
  return colon > 0 && afterScheme(text, colon + 1, false);
}

/** RFC 3986 section 4.1: also relative. */
export function uriReference(text: string): boolean {
  return reference(text, false);
}

/** RFC 3987: the same with Unicode. */
export function iri(text: string): boolean {
  const colon = schemeEnd(text);
  return colon > 0 && afterScheme(text, colon + 1, true);
}

export function iriReference(text: string): boolean {
  return reference(text, true);
}

function reference(text: string, international: boolean): boolean {
  const colon = schemeEnd(text);
  if (colon > 0) return afterScheme(text, colon + 1, international);
  // The first segment of a relative path has no colon, or it would be a scheme.
  const slash = text.search(/[/?#]/);
  const first = text.indexOf(':');
  if (first >= 0 && (slash < 0 || first < slash)) return false;
  return afterScheme(text, 0, international);
}

/** Where the colon after a scheme stands; -1 where there is no scheme. */
function schemeEnd(text: string): number {
  if ((classOf(text.charCodeAt(0)) & ALPHA) === 0) return -1;
  for (let index = 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 58) return index;
    if ((classOf(code) & (ALPHA | DIGIT)) === 0 && code !== 43 && code !== 45 && code !== 46) return -1;
  }
  return -1;
}

function afterScheme(text: string, from: number, international: boolean): boolean {
  let index = from;
  if (text.charCodeAt(index) === 47 && text.charCodeAt(index + 1) === 47) {
    index = authorityEnd(text, index + 2, international);
    if (index < 0) return false;
  }
  // Path, then query, then fragment; a second `#` belongs to none of them.
  let fragment = false;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (
      (classOf(code) & (UNRESERVED | SUB_DELIMITER)) !== 0 ||
      code === 47 ||
      code === 58 ||
      code === 64 ||
      code === 63
    )
      continue;
    if (code === 35 && !fragment) fragment = true;
    else if (code === 37 && percentEncoded(text, index)) index += 2;
    else if (!(international && isInternational(text, index))) return false;
    else if (code >= 0xd800 && code < 0xdc00) index++;
  }
  return true;
}

/** Checks `[userinfo@]host[:port]` and gives where it ends; -1 where it is wrong. */
function authorityEnd(text: string, from: number, international: boolean): number {
  let end = from;
  while (end < text.length && text.charCodeAt(end) !== 47 && text.charCodeAt(end) !== 63 && text.charCodeAt(end) !== 35)
    end++;
  let host = from;
  const at = text.lastIndexOf('@', end - 1);
  if (at >= from) {
    if (!named(text, from, at, international, true)) return -1;
    host = at + 1;
  }
  if (text.charCodeAt(host) === 91) {
    const close = text.indexOf(']', host);
    if (close < 0 || close >= end || !ipLiteral(text, host + 1, close)) return -1;
    return close + 1 === end || (text.charCodeAt(close + 1) === 58 && digits(text, close + 2, end)) ? end : -1;
  }
  const colon = text.lastIndexOf(':', end - 1);
  const portFrom = colon >= host ? colon : end;
  if (colon >= host && !digits(text, colon + 1, end)) return -1;
  return named(text, host, portFrom, international, false) ? end : -1;
}

function ipLiteral(text: string, from: number, to: number): boolean {
  if ((text.charCodeAt(from) | 32) !== 118) return ipv6Within(text, from, to);
  const dot = text.indexOf('.', from);
  if (dot < from + 2 || dot >= to - 1) return false;
  for (let index = from + 1; index < dot; index++) if ((classOf(text.charCodeAt(index)) & HEX) === 0) return false;
  return named(text, dot + 1, to, false, true);
}

function named(text: string, from: number, to: number, international: boolean, colons: boolean): boolean {
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index);
    if ((classOf(code) & (UNRESERVED | SUB_DELIMITER)) !== 0 || (colons && code === 58)) continue;
    if (code === 37 && percentEncoded(text, index) && index + 2 < to) index += 2;
    else if (!(international && isInternational(text, index))) return false;
    else if (code >= 0xd800 && code < 0xdc00) index++;
  }
  return true;
}

function digits(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if ((text.charCodeAt(index) - 48) >>> 0 > 9) return false;
  return true;
}

/** RFC 3987 section 2.2 `ucschar` and `iprivate`. */
function isInternational(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0xa0 || (code >= 0xd800 && code < 0xe000)) return false;
  if (code >= 0xfdd0 && code <= 0xfdef) return false;
  return code < 0xfff0 || (code >= 0x10000 && (code & 0xffff) < 0xfffe && !(code >= 0xe0000 && code < 0xe1000));
}

/** RFC 6570 section 2. */
export function uriTemplate(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 123) {
      const close = text.indexOf('}', index);
      if (close < 0 || !expression(text.slice(index + 1, close))) return false;
      index = close;
    } else if (
      code === 37
        ? !percentEncoded(text, index)
        : code <= 32 || code === 127 || '"<>\\^`{|}'.includes(text.charAt(index))
    )
      return false;
  }
  return true;
}

const EXPRESSION =
  /^[+#./;?&=,!@|]?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*(?::[1-9]\d{0,3}|\*)?$/;

function expression(text: string): boolean {
  const operator = /^[+#./;?&=,!@|]/.test(text) ? text.charAt(0) : '';
  return text
    .slice(operator.length)
    .split(',')
    .every(
      (variable, index) =>
        EXPRESSION.test(index === 0 ? operator + variable : variable) &&
        (index === 0 || /^[A-Za-z0-9_%]/.test(variable)),
    );
}
