// Attacks that are made of what honest clients sent: each is one thing that no honest client does.
import { connect } from 'node:net';
import { send, type Call } from './harness.ts';

export interface Attack {
  readonly name: string;
  /** @returns the status that it got, 0 where the connection was ended */
  readonly run: (url: string) => Promise<number>;
}

interface Honest {
  readonly call: Call;
  readonly status: number;
}

/** At least thirty attacks on the API that these calls are of. */
export function attacksOn(honest: readonly Honest[]): Attack[] {
  const good = honest.filter(({ status }) => status < 400).map(({ call }) => call);
  const read = good.findLast(({ method, path }) => method === 'GET' && !path.includes('?')) ?? good[0];
  const writes = good.filter(({ method, body }) => method !== 'GET' && body?.startsWith('{') === true);
  const write = writes[0];
  if (read === undefined || write === undefined) throw new Error('the session has no read and no write');
  return [
    ...onPath(read),
    ...onQuery(read),
    ...onMethod(read),
    ...onMessage(read, write),
    ...onBody(writes),
    ...onCredential(read, writes),
  ];
}

const one = (name: string, call: Call): Attack => ({
  name,
  run: (url) =>
    send(url, call).then(
      ({ status }) => status,
      () => 0,
    ),
});

function onPath(read: Call): Attack[] {
  const at = (path: string): Call => ({ ...read, path });
  const [path = ''] = read.path.split('?');
  const parent = path.slice(0, path.lastIndexOf('/'));
  return [
    one('an undocumented path', at(`${parent}/castellan-nobody-documented/x/y/z`)),
    one('a hidden file', at('/.env')),
    one('a debug page', at('/debug/pprof/heap')),
    one('traversal', at(`${parent}/../../etc/passwd`)),
    one('encoded traversal', at(`${parent}/%2e%2e/%2e%2e/etc/passwd`)),
    one('doubly encoded traversal', at(`${parent}/%252e%252e%252fetc`)),
    one('a backslash', at(`${parent}\\..\\admin`)),
    one('an empty segment', at(path.replace('/', '//'))),
    one('a NUL in the path', at(`${path}%00.json`)),
    one('a path parameter', at(`${path};jsessionid=1`)),
  ];
}

function onQuery(read: Call): Attack[] {
  const [path = ''] = read.path.split('?');
  const at = (query: string): Call => ({ ...read, path: `${path}?${query}` });
  return [
    one('an undocumented parameter', at('castellan_unknown=1')),
    one('a parameter that gives rights', at('isAdmin=true')),
    one('an operator as a parameter', at('filter[$ne]=1')),
    one('a prototype as a parameter', at('__proto__[admin]=1')),
    one('a method in a parameter', at('_method=DELETE')),
  ];
}

function onMethod(read: Call): Attack[] {
  return [
    one('TRACE', { ...read, method: 'TRACE' }),
    one('a method of nobody', { ...read, method: 'PROPFIND' }),
    one('a body on a read', {
      ...read,
      body: '{"isAdmin":true}',
      headers: { ...read.headers, 'content-type': 'application/json' },
    }),
  ];
}

function onMessage(read: Call, write: Call): Attack[] {
  const raw = (name: string, lines: readonly string[], body = ''): Attack => ({
    name,
    run: (url) =>
      new Promise((resolve) => {
        const { hostname, port } = new URL(url);
        const socket = connect(Number(port), hostname);
        let text = '';
        const done = (): void => {
          socket.destroy();
          resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0));
        };
        socket.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1');
          if (/^HTTP\/1\.1 \d{3}/.test(text)) done();
        });
        socket.on('close', done);
        socket.on('error', done);
        socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
      }),
  });
  const credentials = Object.entries(read.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const head = (method: string, path: string): string[] => [
    `${method} ${path} HTTP/1.1`,
    'host: localhost',
    ...credentials,
  ];
  return [
    raw('two lengths', [...head('POST', write.path), 'content-length: 5', 'content-length: 6'], 'abcde'),
    raw(
      'a length beside chunks',
      [...head('POST', write.path), 'content-length: 5', 'transfer-encoding: chunked'],
      '0\r\n\r\n',
    ),
    raw('an unknown transfer coding', [...head('POST', write.path), 'transfer-encoding: xchunked'], '0\r\n\r\n'),
    raw('a credential that Connection names', [
      ...head('GET', read.path),
      'connection: close, authorization, x-api-key',
    ]),
    one('a target that is too long', { ...read, path: `${read.path}?q=${'a'.repeat(9000)}` }),
    one('too many fields', {
      ...read,
      headers: {
        ...read.headers,
        ...Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x-many-${index}`, '1'])),
      },
    }),
  ];
}

function onBody(writes: readonly Call[]): Attack[] {
  const [write] = writes;
  if (write === undefined) return [];
  const sent = (call: Call, body: string, headers: Readonly<Record<string, string>> = {}): Call => ({
    ...call,
    body,
    headers: { ...call.headers, ...headers },
  });
  const json = (of: Call): Record<string, unknown> => JSON.parse(of.body ?? '{}') as Record<string, unknown>;
  const assigned = writes
    .slice(0, 4)
    .flatMap((call, index) =>
      ['isAdmin', 'role', 'permissions'].map((name) =>
        one(
          `mass assignment of ${name}, ${index}`,
          sent(call, JSON.stringify({ ...json(call), [name]: name === 'isAdmin' ? true : ['admin'] })),
        ),
      ),
    );
  const text = write.body ?? '';
  return [
    ...assigned,
    one('a property of a prototype', sent(write, text.replace('{', '{"__proto__":{"isAdmin":true},'))),
    one('a list for an object', sent(write, `[${text}]`)),
    one('a text for an object', sent(write, '"x"')),
    one('null for an object', sent(write, 'null')),
    one('JSON that does not end', sent(write, text.slice(0, -1))),
    one('a key that stands twice', sent(write, text.replace('{', `{${text.slice(1, text.indexOf(':'))}:null,`))),
    one('a body that is too large', sent(write, JSON.stringify({ ...json(write), padding: 'x'.repeat(3_000_000) }))),
    one('a body that is too deep', sent(write, `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)),
    one(
      'XML',
      sent(write, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', {
        'content-type': 'application/xml',
      }),
    ),
    one('another charset', sent(write, text, { 'content-type': 'application/json; charset=utf-16' })),
    one('a coding that it does not have', sent(write, text, { 'content-encoding': 'gzip' })),
  ];
}

function onCredential(read: Call, writes: readonly Call[]): Attack[] {
  const without = (call: Call): Call => ({
    ...call,
    headers: Object.fromEntries(
      Object.entries(call.headers ?? {}).filter(([name]) => !/^(?:authorization|x-api-key|cookie)$/i.test(name)),
    ),
  });
  const carries = (call: Call): boolean =>
    Object.keys(without(call).headers ?? {}).length < Object.keys(call.headers ?? {}).length;
  if (!carries(read)) return [];
  const carrying = writes.find(carries);
  return [
    one('a read without a credential', without(read)),
    ...(carrying === undefined ? [] : [one('a write without a credential', without(carrying))]),
  ];
}
