import { isFileName, isMedia, languages, versionName } from './segment-form.ts';
import { mostCalled, type PathNode } from './node.ts';

/**
 * Words that are values by what stands beside them: codes, versions, files, phrases, and what is made like the identifiers there.
 * @param found identifiers at this place
 * @param depth segments before them
 */
export function valuesByForm<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  node: PathNode<T>,
  found: ReadonlySet<string>,
  depth: number,
): readonly string[] {
  const names = [...words.keys()];
  return [
    ...localesAmong(names),
    ...codesAmong(names, node.children.size > words.size),
    ...versionsAmong(names, depth),
    ...filesAmong(words, depth),
    ...atLeast(
      3,
      // Titles: `how-to-water-the-roses-at-night`.
      depth === 0 ? [] : names.filter((word) => /^[a-z\d]+(?:-[a-z\d]+){5,}$/i.test(word)),
    ),
    ...likeIdentifiers(words, node, found),
  ];
}

const atLeast = (many: number, words: readonly string[]): readonly string[] => (words.length >= many ? words : []);

/** Bare language codes beside each other, or beside locales with a region. */
function localesAmong(words: readonly string[]): readonly string[] {
  const codes = words.filter((word) => languages.has(word));
  return codes.length * 2 >= words.length ? atLeast(3, codes) : [];
}

/** Codes in capitals, `AT`, `EUR`: three of them, or one beside other values. */
function codesAmong(words: readonly string[], besideValues: boolean): readonly string[] {
  return atLeast(
    besideValues ? 1 : 3,
    words.filter((word) => /^[A-Z]{2,3}$/.test(word)),
  );
}

/** `/releases/v1`, `/releases/v2`, …: versions of one thing, where they are many and do not stand at the beginning. */
function versionsAmong(words: readonly string[], depth: number): readonly string[] {
  return [
    ...atLeast(4, depth < 2 ? [] : words.filter((word) => versionName.test(word))),
    ...atLeast(
      depth === 0 ? 8 : 4,
      words.filter((word) => /^v?\d+\.\d+\.\d/i.test(word)),
    ),
  ];
}

/** Pictures and documents: four of them, and other files that are not called so much more. */
function filesAmong<T>(words: ReadonlyMap<string, PathNode<T>>, depth: number): readonly string[] {
  const media = depth === 0 ? [] : [...words.keys()].filter(isMedia);
  if (media.length < 4) return [];
  const most = 3 * medianCalls(words, media) + 3;
  return [...words].flatMap(([word, child]) =>
    isMedia(word) || (isFileName(word) && mostCalled(child) <= most) ? [word] : [],
  );
}

function medianCalls<T>(words: ReadonlyMap<string, PathNode<T>>, some: readonly string[]): number {
  const calls = some.map((word) => mostCalled(words.get(word))).sort((a, b) => a - b);
  return calls[Math.floor(calls.length / 2)] ?? 0;
}

/** What is as long as the identifiers beside it, where they are all of one length, and of the same signs. */
function likeIdentifiers<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  node: PathNode<T>,
  found: ReadonlySet<string>,
): readonly string[] {
  const hash = node.children.get('{hash}')?.length;
  const identifier = node.children.get('{identifier}')?.length;
  const byLength = new Map<number, string[]>();
  for (const word of found) {
    const list = byLength.get(word.length);
    if (list === undefined) byLength.set(word.length, [word]);
    else list.push(word);
  }
  return [...words].flatMap(([word, child]) => {
    if (found.has(word)) return [];
    if (word.length === hash && /^[\da-f]+$/.test(word)) return [word];
    if (word.length === identifier && word.length >= 6 && (/\d/.test(word) || !/[a-z]/.test(word))) return [word];
    const alike = byLength.get(word.length) ?? [];
    if (word.length < 6 || alike.length < 3 || alike.length * 2 < found.size) return [];
    // A sign that few of its places could be is in few of the others.
    const isStrange = signsOf(word).some(
      (sign) => alike.filter((one) => sign.test(one)).length * (sign === punctuation ? 10 : 2) < alike.length,
    );
    if (isStrange) return [];
    // Figures among letters, or nothing but capitals: no name of an operation.
    if (/\d/.test(word) || !/[a-z]/.test(word)) return [word];
    const isMixed = /[A-Z_]/.test(word);
    if (!isMixed && (alike.length < 8 || alike.length * 10 < found.size * 7)) return [];
    return mostCalled(child) <= 3 * medianCalls(words, alike) + 3 ? [word] : [];
  });
}

const punctuation = /[^A-Za-z\d]/;
const signs = [/[a-z]/, /[A-Z]/, /\d/, punctuation];

function signsOf(word: string): readonly RegExp[] {
  return signs.filter((sign) => sign.test(word));
}
