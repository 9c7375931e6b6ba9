/** Forms of values that stand in paths, made from a number below 1 and an index. */

/** Mulberry32: the same numbers each time. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const adjectives =
  'amber brave calm dusty eager fancy gentle happy icy jolly kind lucky misty noble odd proud quiet rapid shiny tidy'.split(
    ' ',
  );
export const nouns =
  'apple bear cloud delta ember falcon garden harbor island jungle kite lemon meadow needle ocean pepper quartz river stone tiger'.split(
    ' ',
  );
const hex = '0123456789abcdef';
const letters = 'abcdefghijklmnopqrstuvwxyz';
const base62 = `${letters.toUpperCase()}${letters}0123456789`;
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const countries = 'AT DE FR IT US GB JP CN IN BR CA AU ES PT NL BE CH SE NO DK FI PL CZ'.split(' ');
const locales = 'de-AT en-US fr-FR it-IT pt-BR es-MX ja-JP zh-Hans nl-BE sv-SE'.split(' ');

export const text = (random: () => number, length: number, of: string): string =>
  Array.from({ length }, () => of.charAt(Math.floor(random() * of.length))).join('');
export const of = (list: readonly string[], n: number): string => list[n % list.length] ?? '';
const adjective = (n: number): string => of(adjectives, n);
const noun = (n: number): string => of(nouns, Math.floor(n / 20));
export const slugOf = (n: number): string => `${adjective(n)}-${noun(n)}`;

export type MakeValue = (random: () => number, n: number) => string;

/** What no person would choose, or what has a form by which it is known. */
export const formed: Readonly<Record<string, MakeValue>> = {
  number: (_, n) => String(1000 + n * 37),
  account: (random) => text(random, 12, '0123456789'),
  coordinates: (_, n) => `${(n * 0.37).toFixed(2)},${(n * 0.11).toFixed(2)}`,
  uuid: (random) => [8, 4, 4, 4, 12].map((length) => text(random, length, hex)).join('-'),
  ulid: (random) => `01${text(random, 24, crockford)}`,
  nanoid: (random) => text(random, 21, `${base62}-_`),
  hash: (random) => text(random, 40, hex),
  shortHash: (random) => text(random, 7, hex),
  objectId: (random) => text(random, 24, hex),
  email: (_, n) => `${adjective(n)}.${of(nouns, n)}${n}@example.com`,
  date: (_, n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10),
  dateTime: (_, n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString(),
  locale: (_, n) => of(locales, n),
  base64url: (random) => text(random, 22, `${base62}-_`),
  video: (random) => text(random, 11, `${base62}-_`),
  version: (_, n) => `${1 + (n % 4)}.${n % 7}.${n % 11}`,
  versionName: (_, n) => `v${1 + (n % 4)}.${n % 7}.${n % 11}`,
  file: (_, n) => `${adjective(n)}-${of(nouns, n)}-${n}.${of(['pdf', 'png', 'csv'], n)}`,
  prefixed: (random) => `cus_${text(random, 14, base62)}`,
  order: (_, n) => `ORD-${10_000 + n}`,
  urn: (_, n) => `urn:order:${n}`,
  booking: (random) => text(random, 8, `${letters.toUpperCase()}0123456789`),
};

/** What could be a name as well: only what stands beside it tells. */
export const spoken: Readonly<Record<string, MakeValue>> = {
  slug: (_, n) => slugOf(n),
  title: (_, n) => `how-to-${adjective(n)}-the-${noun(n)}-${of(nouns, n)}`,
  word: (_, n) => adjective(n) + noun(n),
  handle: (_, n) => `${adjective(n)}${noun(n)}${n % 5 === 0 ? n : ''}`,
  country: (_, n) => of(countries, n),
  picture: (_, n) => `${adjective(n)}_${noun(n)}.${of(['pdf', 'png', 'jpg'], n)}`,
  shard: (random) => text(random, 6, `${letters}0123456789`),
};
