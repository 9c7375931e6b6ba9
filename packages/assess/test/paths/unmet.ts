import { nouns, of, slugOf, text, type MakeValue } from './values.ts';

/** Values of a second kind of APIs: what was written down before any rule was made for it. */

const hex = '0123456789abcdef';
const letters = 'abcdefghijklmnopqrstuvwxyz';
const figures = '0123456789';
const base62 = `${letters.toUpperCase()}${letters}${figures}`;
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const words = (n: number): readonly [string, string] => {
  const [first = '', second = ''] = slugOf(n).split('-');
  return [first, second];
};
const zones =
  'Europe/Vienna America/New_York Asia/Tokyo Africa/Cairo Europe/London Australia/Sydney America/Lima Asia/Kolkata'.split(
    ' ',
  );
const people = 'ada grace alan linus mary edsger barbara donald tim radia ken dennis brian margaret john'.split(' ');
const surnames =
  'lovelace hopper turing torvalds jackson dijkstra liskov knuth perlman thompson ritchie hamilton'.split(' ');
const extensions = 'pdf docx png jpg csv xlsx zip mp4 txt json'.split(' ');

/** What has a form. */
export const unmetFormed: Readonly<Record<string, MakeValue>> = {
  prefixedUlid: (random) => `ord_01${text(random, 24, crockford).toLowerCase()}`,
  typedId: (random) => `inv_${text(random, 26, `${letters}${figures}`)}`,
  ksuid: (random) => text(random, 27, base62),
  lowerUlid: (random) => `01${text(random, 24, crockford.toLowerCase())}`,
  compactUuid: (random) => text(random, 32, hex).toUpperCase(),
  shortPrefixed: (random) => `U${text(random, 8, `${letters.toUpperCase()}${figures}`)}`,
  arn: (random, n) => `arn:aws:s3:eu-west-1:${text(random, 12, figures)}:bucket/${slugOf(n)}`,
  basicDate: (_, n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10).replaceAll('-', ''),
  month: (_, n) => new Date(Date.UTC(2001, n, 1)).toISOString().slice(0, 7),
  week: (_, n) => `${2015 + (n % 10)}-W${String(1 + (n % 52)).padStart(2, '0')}`,
  quarter: (_, n) => `${2000 + (n % 25)}-Q${1 + (n % 4)}`,
  phone: (random) => `+43660${text(random, 7, figures)}`,
  iban: (random) => `AT${text(random, 18, figures)}`,
  isbn: (random) =>
    `978-${text(random, 1, figures)}-${text(random, 4, figures)}-${text(random, 4, figures)}-${text(random, 1, figures)}`,
  sku: (random) =>
    `${text(random, 3, letters.toUpperCase())}-${text(random, 4, figures)}-${text(random, 2, letters.toUpperCase())}`,
  preRelease: (_, n) => `v${1 + (n % 4)}.${n % 7}.${n % 11}-rc.${n % 3}`,
  taggedMail: (_, n) => `${of(people, n)}+${of(nouns, n)}${n}@mail.example.co.uk`,
  hostName: (_, n) => `${slugOf(n)}.example.com`,
  ipv6: (random) => `2001:db8:${text(random, 4, hex)}:${text(random, 4, hex)}::${1 + Math.floor(random() * 9)}`,
  zone: (_, n) => of(zones, n),
  padded: (random) => `${text(random, 22, base62)}==`,
  lowerLocale: (_, n) => of('de-at en-us en-gb fr-fr it-it pt-br es-mx ja-jp nl-be sv-se'.split(' '), n),
  scoped: (_, n) => `@${of(people, n)}/${slugOf(n)}`,
  sourceFile: (_, n) => `src/${of(nouns, n)}/${slugOf(n)}.ts`,
  spacedFile: (_, n) => `${capital(words(n)[0])} ${words(n)[1]} ${n}.${of(extensions, n)}`,
  currencyPair: (_, n) =>
    `${of('EUR USD GBP CHF JPY'.split(' '), n)}-${of('SEK NOK DKK PLN CZK'.split(' '), Math.floor(n / 5))}`,
};

/** What only statistics can tell. */
export const unmetSpoken: Readonly<Record<string, MakeValue>> = {
  mixedSlug: (_, n) => slugOf(n).split('-').map(capital).join('-'),
  dottedName: (_, n) => `${of(people, n)}.${of(surnames, Math.floor(n / people.length))}`,
  snake: (_, n) => slugOf(n).replace('-', '_'),
  pascal: (_, n) => slugOf(n).split('-').map(capital).join(''),
  plain: (random, n) => `${of(nouns, n)}${text(random, 2, 'aeioulnrst')}`,
  named: (_, n) => `${slugOf(n)}.${of(extensions, n)}`,
  spaced: (_, n) => slugOf(n).replace('-', ' '),
};
