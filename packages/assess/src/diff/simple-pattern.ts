import type { Relation } from './relate.ts';

/** A text of so many characters of one class. */
interface Run {
  readonly characters: ReadonlySet<string>;
  readonly least: number;
  readonly most: number;
}

const RUN = /^\^(?:\[((?:\\?[\w !"#%&',/:;<=>@`~.-])+)\]|(\\d|\\w))(\*|\+|\?|\{\d+(?:,\d*)?\})?\$$/;

/** How texts of one class and length differ from those of another; undefined for patterns that say more than that. */
export function relatePatterns(old: string, now: string): Relation | undefined {
  const [was, is] = [runOf(old), runOf(now)];
  if (was === undefined || is === undefined) return undefined;
  return { more: !within(is, was), less: !within(was, is), unjudged: false };
}

/** How long texts are that an anchored pattern of one repeated class takes, in characters; undefined for other patterns. */
export function lengthsOf(pattern: string): readonly [least: number, most: number] | undefined {
  const found = /^\^(?:\.|\\[dw]|\[\^?(?:\\.|[^\]\\])+\])(\*|\+|\?|\{\d+(?:,\d*)?\})?\$$/.exec(pattern);
  return found === null ? undefined : countOf(found[1] ?? '');
}

function within(narrow: Run, wide: Run): boolean {
  if (narrow.most === 0) return wide.least === 0;
  return (
    narrow.least >= wide.least &&
    narrow.most <= wide.most &&
    [...narrow.characters].every((one) => wide.characters.has(one))
  );
}

function runOf(pattern: string): Run | undefined {
  const [, listed, short, times = ''] = RUN.exec(pattern) ?? [];
  const written = listed ?? short;
  if (written === undefined) return undefined;
  const characters = classOf(written);
  if (characters === undefined) return undefined;
  const [least, most] = countOf(times);
  return { characters, least, most };
}

function countOf(times: string): readonly [least: number, most: number] {
  if (times === '') return [1, 1];
  if (times === '*') return [0, Number.POSITIVE_INFINITY];
  if (times === '+') return [1, Number.POSITIVE_INFINITY];
  if (times === '?') return [0, 1];
  const [least = '0', most = least] = times.slice(1, -1).split(',');
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

/** The characters of a class; undefined where something in it is written in another way. */
function classOf(written: string): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const text = written.replaceAll('\\d', '0-9').replaceAll('\\w', 'A-Za-z0-9_');
  if (/\\[a-zA-Z]/.test(text)) return undefined;
  const characters = [...text.replaceAll(/\\(.)/g, '$1')];
  for (let at = 0; at < characters.length; at++) {
    const [first = '', dash, last] = characters.slice(at, at + 3);
    if (dash === '-' && last !== undefined) {
      if (first > last) return undefined;
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++) found.add(String.fromCharCode(code));
      at += 2;
    } else found.add(first);
  }
  return found;
}
