// Mutations of header fields and of the framing of the message.
import { chunked, type Message, type Mutation } from './message.ts';
import type { Random } from './random.ts';

const extra: readonly (readonly [name: string, value: string])[] = [
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-HTTP-Method', 'DELETE'],
  ['X-Method-Override', 'PUT'],
  ['x-http-method-override', 'delete'],
  ['X-Original-URL', '/v1/orders/1'],
  ['X-Rewrite-URL', '/v1/orders/1'],
  ['X-Forwarded-Prefix', '/admin'],
  ['X-Forwarded-Host', 'evil.example'],
  ['Forwarded', 'host=evil.example'],
  ['Host', 'evil.example'],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain'],
  ['Content-Encoding', 'identity'],
  ['Content-Encoding', 'gzip'],
  ['Cookie', 'session=second'],
  ['Cookie', 'session=a; session=b'],
  ['Cookie', 'SESSION=upper'],
  ['Cookie', 'session = spaced'],
  ['Cookie', '$Version=1; session=q'],
  ['X-Trace', 'second'],
  ['x-trace', 'lower'],
  ['X_Trace', 'underscore'],
  ['Content_Length', '0'],
  ['Content_Type', 'application/json'],
  ['Connection', 'close, X-Trace'],
  ['Connection', 'Content-Type'],
  ['Upgrade', 'h2c'],
  ['TE', 'trailers'],
  ['Expect', '100-continue'],
  ['Expect', 'nonsense'],
  ['Range', 'bytes=0-1'],
  ['If-None-Match', '*'],
  ['Accept', 'text/html'],
  ['Proxy-Connection', 'keep-alive'],
  ['X-Long', 'a'.repeat(3000)],
  ['X-Latin', '\u00e4'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
];

/** Makes the message one that a server may wait on or close after, with its framing written by hand. */
function own(message: Message, body: Buffer, ...fields: readonly (readonly [string, string])[]): void {
  message.framing = 'own';
  message.alone = true;
  message.body = body;
  for (const [name, value] of fields) message.fields.push([name, value]);
}

const smuggled = Buffer.from('DELETE /v1/orders/smuggled HTTP/1.1\r\nHost: api.example.com\r\n\r\n');

const lengths = (length: number): readonly string[] => [
  `+${length}`,
  `0${length}`,
  `${length} `,
  ` ${length}`,
  `${length},${length}`,
  `${length}, 0`,
  '-1',
  `${length}.0`,
  `0x${length.toString(16)}`,
  '',
  '99999999999999999999',
  `${length}\t`,
  `${length};x`,
  String(Math.max(0, length - 1)),
  '0',
];

const encodings = [
  'Chunked',
  'CHUNKED',
  'chunked ',
  '\tchunked',
  'chunked, identity',
  'identity, chunked',
  'gzip, chunked',
  'identity',
  'xchunked',
  'chunked;q=1',
  '"chunked"',
  'chunked,',
  ',chunked',
  'chunked, chunked',
  '\u000bchunked',
  '',
];

const extensions = [';a=b', ';a="b;c"', ' ;a', ';', '\t', ' ', ';a\n', ';\r', ';\u0000', ';a="\r\n"'];
const sizes = ['0x', '+', '-', '0', '00000000', ' ', 'g', 'fffffffff', 'FFFFFFFFFFFFFFFF'];

export const fieldMutations: readonly Mutation[] = [
  (message, random) => {
    const [name, value] = random.pick(extra);
    message.fields.splice(random.below(message.fields.length + 1), 0, [name, value]);
    if (/^(?:expect|upgrade|connection|host)$/i.test(name)) message.alone = true;
  },
  (message, random) => {
    const [name, value] = random.pick(extra);
    message.fields.push([name, value]);
    if (/^(?:expect|upgrade|connection|host)$/i.test(name)) message.alone = true;
  },
  // The spelling of a field: its case, space around its colon, a folded line.
  (message, random) => {
    if (message.fields.length === 0) return;
    const field = random.pick(message.fields);
    const spell = random.pick([0, 1, 4, 6, 0, 1, 4, 6, 2, 3, 5]);
    if (spell === 0) field[0] = field[0].toUpperCase();
    else if (spell === 1) field[0] = field[0].toLowerCase();
    else if (spell === 2) field[0] += ' ';
    else if (spell === 3) field[0] = ` ${field[0]}`;
    else if (spell === 4) field[1] = `${field[1]} \t`;
    else if (spell === 5) field[1] = `x\r\n ${field[1]}`;
    else field[1] = `${field[1]}\r\nX-Injected: 1`;
  },
  (message, random) => {
    if (!random.once(4)) return;
    message.fields = message.fields.filter(([name]) => name !== 'Host');
    if (random.once(2))
      message.fields.push(['Host', random.pick(['', 'a b', 'a/b', 'a:b:c', '[::1', 'ä', 'a,b', 'A.example:80'])]);
  },
];

export const framingMutations: readonly Mutation[] = [
  (message, random) => own(message, message.body, ['Content-Length', random.pick(lengths(message.body.length))]),
  (message, random) =>
    own(
      message,
      message.body,
      ['Content-Length', String(message.body.length)],
      [random.pick(['Content-Length', 'content-length']), random.pick(lengths(message.body.length))],
    ),
  (message, random) => own(message, chunked(message.body), ['Transfer-Encoding', random.pick(encodings)]),
  // Two ways of telling the end: the classic of request smuggling.
  (message, random) => {
    const both: [string, string][] = [
      ['Content-Length', String(random.pick([message.body.length, 4, 0]))],
      ['Transfer-Encoding', random.pick(['chunked', ...encodings])],
    ];
    if (random.once(2)) both.reverse();
    own(message, Buffer.concat([chunked(message.body), random.once(2) ? smuggled : Buffer.alloc(0)]), ...both);
  },
  (message, random) =>
    own(
      message,
      chunked(message.body),
      ['Transfer-Encoding', random.pick(encodings)],
      ['Transfer-Encoding', random.pick(['chunked', 'identity'])],
    ),
  (message, random) => own(message, chunked(message.body, random.pick(extensions)), ['Transfer-Encoding', 'chunked']),
  (message, random) => {
    const sent = chunked(message.body).toString('latin1');
    own(message, Buffer.from(random.pick(sizes) + sent, 'latin1'), ['Transfer-Encoding', 'chunked']);
  },
  (message, random) => {
    const sent = chunked(message.body).toString('latin1');
    const spoilt = random.pick([
      sent.replaceAll('\r\n', '\n'),
      sent.replace('\r\n', '\n'),
      sent.replace('\r\n', '\r'),
      sent.replace(/\r\n$/, ''),
      sent.replace(/0\r\n\r\n$/, '0\r\n'),
      sent.replace(/0\r\n\r\n$/, '\r\n'),
    ]);
    own(message, Buffer.from(spoilt, 'latin1'), ['Transfer-Encoding', 'chunked']);
  },
  // Trailers that try to be header fields.
  (message, random) =>
    own(
      message,
      chunked(
        message.body,
        '',
        random.pick([
          'X-Trace: trailer\r\n',
          'Content-Length: 0\r\n',
          'Content-Type: text/plain\r\n',
          ' folded\r\n',
          'bad\r\n',
        ]),
      ),
      ['Transfer-Encoding', 'chunked'],
    ),
  (message, random) => {
    message.lineEnd = random.pick(['\n', '\r', '\r\r\n', '\n\r']);
    message.alone = true;
  },
  (message, random) => {
    message.version = random.pick(['1.0', '1.2', '2.0', '0.9', '1.1 ', '1', '01.1', '1.10', 'x']);
    message.alone = true;
  },
  (message, random) => {
    const { method, path, version } = message;
    message.requestLine = random.pick([
      `${method}  ${path} HTTP/${version}`,
      `${method}\t${path}\tHTTP/${version}`,
      ` ${method} ${path} HTTP/${version}`,
      `${method} ${path}  HTTP/${version}`,
      `${method} ${path} HTTP/${version} `,
      `${method} ${path} http/${version}`,
      `${method} ${path}`,
      `\r\n${method} ${path} HTTP/${version}`,
      `${method} ${path} ICE/${version}`,
    ]);
    message.alone = true;
  },
  // A body where none is documented, and a request behind it that was not sent.
  (message, random) => {
    message.body = random.pick([smuggled, Buffer.from('x'), message.body]);
    message.framing = random.pick(['none', 'length', 'chunked'] as const);
    message.alone = true;
  },
  (message) => {
    message.body = Buffer.concat([message.body, smuggled]);
    message.alone = true;
  },
];

/** A mutation of one of the given lists. */
export function mutate(message: Message, random: Random, ...lists: readonly (readonly Mutation[])[]): void {
  random.pick(random.pick(lists))(message, random);
}
