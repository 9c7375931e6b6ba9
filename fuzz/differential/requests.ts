// Requests as the contract wants them; the mutations spoil them afterwards.
import type { Message } from './message.ts';
import type { Random } from './random.ts';

const words = [
  'tea',
  'a b',
  'a+b',
  'a%20b',
  '1',
  '0',
  'true',
  '-7',
  'ä',
  '%C3%A4',
  'search',
  'items',
  'orders',
  'a,b',
  'a%2Cb',
  'x|y',
  'null',
  'ids',
  '%5Ba%5D',
  "o'hara",
  '%26',
  '%3D',
  '%3B',
  '%2B',
  '1e3',
  '07',
  '%F0%9F%8D%B5',
  'a.b',
  'a~b_c-d',
  '(x)',
  '@me',
  '$1',
  ':id',
  '*',
  '!',
];
const segments = words.filter((word) => !/[ |ä[\]]/.test(word));
const names = ['limit', 'q', 'exact', 'tag', 'tag', 'ids', 'filter%5Bstatus%5D', 'filter[city]'];

const queryWord = (random: Random): string => random.pick(words).replaceAll(/[ ä]/g, '+');

function query(random: Random): string {
  const pairs: string[] = [];
  for (let count = random.below(4); count > 0; count--) {
    const name = random.pick(names);
    const value =
      name === 'limit'
        ? String(random.below(200))
        : name === 'exact'
          ? random.pick(['true', 'false'])
          : queryWord(random);
    pairs.push(`${name}=${value}`);
  }
  return pairs.join('&');
}

const jsonStrings = ['tea', 'ä', '\u{1f375}', '', 'a"b', '\u0000', '\u2028', '__proto__', '1', '<b>'];

function order(random: Random): Buffer {
  const value: Record<string, unknown> = { name: random.pick(jsonStrings) };
  if (random.once(2)) value['quantity'] = random.below(1000) - 500;
  if (random.once(3)) value['price'] = random.pick([0.1, 1e21, -0, 1.5e-7, 123456789.125, 5e-324]);
  if (random.once(3)) value['gift'] = random.once(2);
  if (random.once(3)) value['note'] = random.pick([null, 'x', 'ü']);
  if (random.once(3)) value['tags'] = [random.pick(jsonStrings), random.pick(jsonStrings)];
  if (random.once(4)) value['address'] = { street: random.pick(jsonStrings), city: 'London' };
  return Buffer.from(JSON.stringify(value, null, random.once(4) ? 2 : 0));
}

function form(random: Random): Buffer {
  const pairs: string[] = [];
  for (let count = random.below(4); count > 0; count--) {
    const name = random.pick(['name', 'quantity', 'tags', 'tags']);
    pairs.push(`${name}=${name === 'quantity' ? random.below(99) : queryWord(random)}`);
  }
  return Buffer.from(pairs.join('&'));
}

/** The boundary of every multipart body. */
const boundary = 'castellan-boundary';

function multipart(random: Random): Buffer {
  const title = random.pick(['tea', 'ä', 'a b', '']);
  const file = random.pick(['GIF89a', 'plain', '--castellan-boundar', '\r\n--', 'x'.repeat(100)]);
  const parts = [`Content-Disposition: form-data; name="title"\r\n\r\n${title}`];
  if (random.once(2))
    parts.push(
      `Content-Disposition: form-data; name="file"; filename="${random.pick(['a.txt', 'ä.bin', 'a b'])}"\r\nContent-Type: text/plain\r\n\r\n${file}`,
    );
  return Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`);
}

interface Kind {
  readonly method: string;
  readonly path: (random: Random) => string;
  readonly type?: string;
  readonly body?: (random: Random) => Buffer;
  readonly query?: (random: Random) => string;
}

const id = (random: Random): string => random.pick(segments);
const kinds: readonly Kind[] = [
  { method: 'GET', path: () => '/v1/orders', query },
  { method: 'GET', path: () => '/v1/orders', query },
  { method: 'GET', path: () => '/v1/orders/search', query: (random) => `q=${queryWord(random)}` },
  { method: 'GET', path: (random) => `/v1/orders/${id(random)}` },
  { method: 'DELETE', path: (random) => `/v1/orders/${id(random)}` },
  { method: 'GET', path: (random) => `/v1/orders/${id(random)}/items/${random.below(100)}` },
  { method: 'POST', path: () => '/v1/orders', type: 'application/json', body: order },
  { method: 'PUT', path: (random) => `/v1/orders/${id(random)}`, type: 'application/json', body: order },
  { method: 'POST', path: () => '/v1/forms', type: 'application/x-www-form-urlencoded', body: form },
  { method: 'POST', path: () => '/v1/uploads', type: `multipart/form-data; boundary=${boundary}`, body: multipart },
  {
    method: 'PUT',
    path: (random) => `/v1/notes/${id(random)}`,
    type: 'text/plain',
    body: (random) => Buffer.from(random.pick(['hello', 'ä', '', ' ', '\u0000'])),
  },
];

/** A request that a well-behaved client would send. */
export function request(random: Random): Message {
  const kind = random.pick(kinds);
  const fields: [string, string][] = [['Host', 'api.example.com']];
  if (kind.type !== undefined) fields.push(['Content-Type', kind.type]);
  if (kind.query === query && random.once(4)) fields.push(['X-Trace', random.pick(['t1', 'a, b', '"q"'])]);
  if (kind.query === query && random.once(4))
    fields.push(['Cookie', random.pick(['session=s1', 'other=1; session=a%20b', 'session="q"', 'session=a=b'])]);
  return {
    method: kind.method,
    path: kind.path(random),
    query: kind.query?.(random) ?? '',
    version: '1.1',
    fields,
    body: kind.body?.(random) ?? Buffer.alloc(0),
    framing: kind.body === undefined ? 'none' : random.once(4) ? 'chunked' : 'length',
    alone: false,
    lineEnd: '\r\n',
  };
}
