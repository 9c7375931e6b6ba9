import { ALPHA, ATOM, classOf, DIGIT, HEX } from './characters.ts';
import { internationalLabel, isRightToLeft, punycodeLabel } from './idn.ts';

/** RFC 2673 section 3.2: four decimal octets without leading zeros, from one index to another. */
function ipv4Within(text: string, from: number, to: number): boolean {
  let octets = 0;
  let value = -1;
  for (let index = from; index <= to; index++) {
    const code = index === to ? 46 : text.charCodeAt(index);
    if (code === 46) {
      if (value < 0 || value > 255) return false;
      octets++;
      value = -1;
    } else {
      const digit = code - 48;
      if (digit >>> 0 > 9 || value === 0 || value > 255) return false;
      value = value < 0 ? digit : value * 10 + digit;
    }
  }
  return octets === 4;
}

/** RFC 2673 section 3.2. */
export function ipv4(text: string): boolean {
  return text.length >= 7 && text.length <= 15 && ipv4Within(text, 0, text.length);
}

/** RFC 4291 section 2.2, without a zone. */
export function ipv6(text: string): boolean {
  return text.length >= 2 && text.length <= 45 && ipv6Within(text, 0, text.length);
}

export function ipv6Within(text: string, from: number, to: number): boolean {
  let groups = 0;
  let compressed = false;
  let index = from;
  if (text.charCodeAt(from) === 58) {
    if (text.charCodeAt(from + 1) !== 58) return false;
    compressed = true;
    index += 2;
    if (index === to) return true;
  }
  for (;;) {
    const first = index;
    while (index < to && (classOf(text.charCodeAt(index)) & HEX) !== 0) index++;
    const code = index < to ? text.charCodeAt(index) : -1;
    if (code === 46) {
      if (!ipv4Within(text, first, to)) return false;
      groups += 2;
      break;
    }
    if (index === first || index - first > 4) return false;
    groups++;
    if (index === to) break;
    if (code !== 58) return false;
    index++;
    if (index === to) return false;
    if (text.charCodeAt(index) === 58) {
      if (compressed) return false;
      compressed = true;
      index++;
      if (index === to) break;
    }
  }
  return compressed ? groups < 8 : groups === 8;
}

/** RFC 1123 section 2.1: labels of letters, digits and inner hyphens; those in Punycode must decode (RFC 5890 section 2.3.2.1). */
export function hostname(text: string): boolean {
  return labels(text, true);
}

/** RFC 1123 alone, as JSON Schema before draft 07 has it. */
export function plainHostname(text: string): boolean {
  return labels(text, false);
}

function labels(text: string, international: boolean): boolean {
  const { length } = text;
  if (length === 0 || length > 253) return false;
  let first = 0;
  for (let index = 0; index <= length; index++) {
    const code = index === length ? 46 : text.charCodeAt(index);
    if (code === 46) {
      if (index === first || index - first > 63 || text.charCodeAt(index - 1) === 45) return false;
      if (
        international &&
        text.charCodeAt(first + 2) === 45 &&
        text.charCodeAt(first + 3) === 45 &&
        !punycodeLabel(text.slice(first, index))
      )
        return false;
      first = index + 1;
    } else if (code === 45) {
      if (index === first) return false;
    } else if ((classOf(code) & (ALPHA | DIGIT)) === 0) return false;
  }
  return true;
}

/** RFC 5890 section 2.3.2.3: labels in ASCII or Unicode, parted by any of the full stops of RFC 3490 section 3.1. */
export function idnHostname(text: string): boolean {
  if (text.length > 253) return false;
  const labels = text.split(/[.\u3002\uff0e\uff61]/);
  let octets = labels.length - 1;
  // RFC 5893 section 2: in a name with a right-to-left label, no label starts with a digit.
  if (labels.some(isRightToLeft) && labels.some((label) => /^\p{Nd}/u.test(label))) return false;
  for (const label of labels) {
    const length = internationalLabel(label);
    if (length === undefined) return false;
    octets += length;
  }
  return octets <= 253;
}

/** RFC 5321 section 4.1.2 `Mailbox`. */
export function email(text: string): boolean {
  return mailbox(text, false);
}

/** RFC 6531 section 3.3: the same, with Unicode in both parts. */
export function idnEmail(text: string): boolean {
  return mailbox(text, true);
}

function mailbox(text: string, international: boolean): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return false;
  if (text.charCodeAt(0) === 34 ? !quotedString(text, at, international) : !dotString(text, at, international))
    return false;
  if (text.charCodeAt(at + 1) === 91) return addressLiteral(text, at + 2);
  const domain = text.slice(at + 1);
  return international ? idnHostname(domain.normalize('NFC')) : hostname(domain);
}

function dotString(text: string, to: number, international: boolean): boolean {
  let afterDot = true;
  for (let index = 0; index < to; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (afterDot) return false;
      afterDot = true;
    } else if ((classOf(code) & ATOM) !== 0 || (international && code > 127)) afterDot = false;
    else return false;
  }
  return !afterDot;
}

function quotedString(text: string, to: number, international: boolean): boolean {
  if (to < 2 || text.charCodeAt(to - 1) !== 34) return false;
  for (let index = 1; index < to - 1; index++) {
    let code = text.charCodeAt(index);
    if (code === 34) return false;
    if (code === 92) {
      if (++index === to - 1) return false;
      code = text.charCodeAt(index);
    }
    if (code < 32 || code === 127 || (code > 127 && !international)) return false;
  }
  return true;
}

function addressLiteral(text: string, from: number): boolean {
  const to = text.length - 1;
  if (text.charCodeAt(to) !== 93) return false;
  return text.slice(from, from + 5).toLowerCase() === 'ipv6:'
    ? ipv6Within(text, from + 5, to)
    : ipv4Within(text, from, to);
}
