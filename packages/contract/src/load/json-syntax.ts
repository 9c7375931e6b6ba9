const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- RFC 8259 section 7 names them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** What may stand next. */
type Expected = 'value' | 'key' | 'key-or-end' | 'value-or-end' | 'colon' | 'comma-or-end';

/**
 * The offset of the first character that makes a text something other than JSON; the text's length where it ends too
 * early. Only asked after JSON.parse refused: V8 does not always tell the position.
 */
export function syntaxErrorOffset(text: string): number {
  const closers: ('}' | ']')[] = [];
  let expected: Expected | undefined = 'value';
  let at = skip(text, 0, SPACE) ?? 0;
  while (at < text.length) {
    const character = text[at];
    let next: number | undefined;
    const inside = closers.at(-1);
    if (expected === undefined) return at;
    if (
      character === inside &&
      (expected === 'comma-or-end' || expected === 'key-or-end' || expected === 'value-or-end')
    ) {
      closers.pop();
      next = at + 1;
      expected = closers.length === 0 ? undefined : 'comma-or-end';
    } else if (expected === 'colon') {
      if (character === ':') next = at + 1;
      expected = 'value';
    } else if (expected === 'comma-or-end') {
      if (character === ',') next = at + 1;
      expected = inside === '}' ? 'key' : 'value';
    } else if (expected === 'key' || expected === 'key-or-end') {
      next = skip(text, at, STRING);
      expected = 'colon';
    } else if (character === '{' || character === '[') {
      closers.push(character === '{' ? '}' : ']');
      next = at + 1;
      expected = character === '{' ? 'key-or-end' : 'value-or-end';
    } else {
      next = skip(text, at, STRING) ?? skip(text, at, NUMBER) ?? skip(text, at, WORD);
      expected = closers.length === 0 ? undefined : 'comma-or-end';
    }
    if (next === undefined) return character === '"' && !text.includes('"', at + 1) ? text.length : at;
    at = skip(text, next, SPACE) ?? next;
  }
  return text.length;
}

function skip(text: string, at: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
