/** An entry of a HAR, parsed, and its text; or a stretch of one that is damaged. */
export type HarEntry = { readonly entry: unknown; readonly json: string } | { readonly damaged: string };

/** What an entry begins with, whoever wrote it (HTTP Archive 1.2; what browsers add begins with `_`). Nothing within an entry does. */
const begin = /(?<!:\s*)\{\s*"(?:startedDateTime|pageref|request|_[A-Za-z]\w*)"\s*:/g;

/**
 * The entries of a HAR, one after another. Of a damaged one all that are whole, before the damage and behind it: after it, reading goes
 * on where the next entry begins.
 */
export function* entriesIn(text: string): Generator<HarEntry> {
  const list = /"entries"\s*:\s*\[/.exec(text);
  if (list === null) {
    yield { damaged: 'no entries' };
    return;
  }
  let next = -1;
  for (let at = list.index + list[0].length; ;) {
    at = skipped(text, at);
    if (at >= text.length || text[at] === ']') return;
    if (next <= at) next = nextFrom(text, at + 1);
    const end = text[at] === '{' ? endOf(text, at, next) : -1;
    const read = end < 0 ? undefined : parsed(text.slice(at, end));
    yield read ?? { damaged: text.slice(at, next) };
    at = read === undefined ? next : end;
  }
}

/** Behind white space and commas. */
function skipped(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n,'.includes(text[at] ?? '')) at += 1;
  return at;
}

/** Where the next entry begins; the end of the text where none does. */
function nextFrom(text: string, from: number): number {
  begin.lastIndex = from;
  return begin.exec(text)?.index ?? text.length;
}

/** Where the object ends that begins here; -1 where that is not before the limit. */
function endOf(text: string, from: number, limit: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < limit; at++) {
    const sign = text.charCodeAt(at);
    if (quoted) {
      if (sign === 0x5c) at += 1;
      else if (sign === 0x22) quoted = false;
    } else if (sign === 0x22) quoted = true;
    else if (sign === 0x7b) depth += 1;
    else if (sign === 0x7d && --depth === 0) return at + 1;
  }
  return -1;
}

function parsed(json: string): HarEntry | undefined {
  try {
    return { entry: JSON.parse(json) as unknown, json };
  } catch {
    return undefined;
  }
}
