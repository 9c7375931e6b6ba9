import { closeSync, openSync, writeSync } from 'node:fs';

/** What was written, counted while it was written. */
export interface WrittenLog {
  readonly bytes: number;
  readonly lines: number;
}

const collections = 'users orders invoices products payments tickets teams reports devices sessions'.split(' ');
const below = 'items notes events members files comments status history labels shares'.split(' ');
const adjectives = 'amber brave calm dusty eager fancy gentle happy icy jolly kind lucky misty noble odd proud'.split(
  ' ',
);
const nouns = 'apple bear cloud delta ember falcon garden harbor island jungle kite lemon meadow needle ocean'.split(
  ' ',
);
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'okhttp/4.12.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'python-requests/2.32.3',
  'curl/8.11.0',
];
const methods = ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const statuses = [200, 200, 200, 200, 200, 200, 201, 204, 301, 304, 400, 401, 403, 404, 404, 500, 502, 503];
const hex = '0123456789abcdef';

/** Mulberry32: the same numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Writes a log of nginx (`combined`) of several days: an API with identifiers of several forms, pages and their files, scanners
 * that ask for what is not there, and one line in a thousand that is no request.
 * @param size bytes, at least
 */
export function writeTraffic(file: string, size: number, seed: number): WrittenLog {
  const random = randomOf(seed);
  const below1 = (most: number): number => Math.floor(random() * most);
  const pick = <T>(of: readonly T[]): T => of[below1(of.length)] as T;
  const digits = (length: number): string => {
    let text = '';
    for (let n = 0; n < length; n++) text += hex.charAt(below1(16));
    return text;
  };
  const identifier = [
    (): string => String(1 + below1(2_000_000)),
    () => `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`,
    () => `${pick(adjectives)}-${pick(nouns)}-${below1(5_000)}`,
    () => `${pick(adjectives)}${pick(nouns)}`,
    () => `cus_${digits(14)}`,
  ];
  const path = (): string => {
    const kind = random();
    if (kind < 0.04) return `/${digits(6)}.php?${digits(8)}`;
    if (kind < 0.08) return `/static/${pick(nouns)}.${digits(8)}.js`;
    const at = below1(collections.length);
    const collection = collections[at] as string;
    if (kind < 0.2) return `/api/v1/${collection}?page=${below1(500)}&token=${digits(32)}`;
    const id = (identifier[at % identifier.length] as () => string)();
    if (kind < 0.55) return `/api/v1/${collection}/${id}`;
    return `/api/v1/${collection}/${id}/${below[(at + below1(4)) % below.length]}`;
  };
  const open = openSync(file, 'w');
  let time = Date.UTC(2026, 10, 20);
  let bytes = 0;
  let lines = 0;
  try {
    while (bytes < size) {
      let text = '';
      for (let n = 0; n < 4_000; n++) {
        lines += 1;
        if (random() < 0.001) {
          text += `\\x16\\x03\\x01 token=${digits(40)}\n`;
          continue;
        }
        time += below1(200);
        const status = pick(statuses);
        text +=
          `10.${below1(256)}.${below1(256)}.${below1(256)} - - [${stamp(time)}] "${pick(methods)} ${path()} HTTP/1.1" ` +
          `${status} ${status === 204 || status === 304 ? 0 : below1(50_000)} "-" "${pick(agents)}"\n`;
      }
      bytes += writeSync(open, text);
    }
  } finally {
    closeSync(open);
  }
  return { bytes, lines };
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function stamp(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
  );
}
