// Every place of a request, of an answer and of what an identity provider says, each with a secret of its own.
import type { ServerResponse } from 'node:http';

let made = 0;
/** Each place has its own secret, which looks like what people send. */
export const canary = (): string => `cnry${(0xa1b2c3 + made++ * 7919).toString(16)}9f4e7d21`;

/** What the API does with a request, told by a field that the gateway hands on. */
export type Behaviour = (response: ServerResponse) => void;
export const says =
  (body: string, status = 200, headers: Readonly<Record<string, string>> = {}, reason?: string): Behaviour =>
  (response) => {
    response.writeHead(status, reason ?? '', { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
const behaviours: Readonly<Record<string, () => Behaviour>> = {
  'a value of another type': () => says(JSON.stringify({ id: 'a', ownerId: 'ada', count: canary() })),
  'an undocumented property': () => says(JSON.stringify({ id: 'a', ownerId: 'ada', [canary()]: canary() })),
  'a property that nobody may read': () => says(JSON.stringify({ id: 'a', ownerId: 'ada', salary: 1, iban: canary() })),
  'somebody else’s': () => says(JSON.stringify({ id: canary(), ownerId: canary(), iban: canary() })),
  'a map': () => says(JSON.stringify({ id: 'a', ownerId: 'ada', tags: { [canary()]: 'x' } })),
  'no JSON': () => says(`{"a":"${canary()}`),
  'two members of one name': () => says(`{"${canary()}":1,"id":"a","id":"${canary()}"}`),
  'another media type': () => says(`<p>${canary()}</p>`, 200, { 'content-type': 'text/html' }),
  'a media type with a parameter': () => says('{}', 200, { 'content-type': `application/${canary()}; a=${canary()}` }),
  fields: () =>
    says('{}', 200, {
      [`x-${canary()}`]: canary(),
      server: canary(),
      'set-cookie': `s=${canary()}`,
      etag: `"${canary()}"`,
    }),
  'a redirect': () => says('', 302, { location: `https://${canary()}.example/${canary()}` }),
  'an undocumented status': () => says(JSON.stringify({ error: canary() }), 418, {}, canary()),
  'a stack': () => says(JSON.stringify({ stack: `Error: ${canary()}\n    at f (/srv/${canary()}.js:1:1)` }), 500),
  'a text of an error': () =>
    says(`SQLSTATE[23000] duplicate '${canary()}@example.com'`, 500, { 'content-type': 'text/plain' }),
  'a cut body': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' });
    response.write(`{"a":"${canary()}`, () => response.destroy());
  },
  'no answer': () => (response) => void response.destroy(),
  'a broken head': () => (response) =>
    void response.socket?.end(`HTTP/1.1 200 OK\r\nx-${canary()} ${canary()}\r\n\r\n`),
};

/** What the identity provider says of a token. */
export const claims = (): Readonly<Record<string, unknown>> => ({
  active: true,
  sub: 'ada',
  iss: 'https://login.example.com',
  aud: 'things',
  exp: 4e9,
  scope: 'things:read',
});
const introspected: Readonly<Record<string, () => Behaviour>> = {
  inactive: () => says(JSON.stringify({ active: false, sub: canary(), error: canary() })),
  'an error': () => says(JSON.stringify({ error: canary(), error_description: canary() }), 400),
  'a failure': () => says(`<pre>${canary()}</pre>`, 500, { 'content-type': 'text/html' }),
  'no JSON': () => says(`{"active":true,"${canary()}`),
  'wrong types': () => says(JSON.stringify({ active: canary(), exp: canary() })),
  'another audience': () => says(JSON.stringify({ ...claims(), aud: canary() })),
  'another issuer': () => says(JSON.stringify({ ...claims(), iss: `https://${canary()}.example` })),
  expired: () => says(JSON.stringify({ ...claims(), exp: 1, jti: canary() })),
  'no subject': () => says(JSON.stringify({ ...claims(), sub: undefined, email: canary() })),
  'more claims': () =>
    says(JSON.stringify({ ...claims(), email: canary(), [canary()]: canary(), address: { street: canary() } })),
  'a redirect': () =>
    says('', 302, { location: `https://${canary()}:${canary()}@login.example.com/${canary()}?code=${canary()}` }),
  'no answer': () => (response) => void response.destroy(),
};

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly upstream?: Behaviour;
  readonly idp?: Behaviour;
}
const put = (type: string, body: string): Ask => ({ method: 'PUT', headers: { 'content-type': type }, body });
const part = (name: string, value: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${canary()}.txt"\r\nContent-Type: text/${canary()}\r\n\r\n${value}\r\n--b--\r\n`;
const nested = (depth: number, inside: unknown): unknown =>
  depth === 0 ? inside : { [canary()]: nested(depth - 1, inside) };
const plainFields = [
  'user-agent',
  'referer',
  'accept',
  'accept-language',
  'if-none-match',
  'range',
  'prefer',
  'from',
  'via',
];
const forwardingFields = [
  'x-forwarded-for',
  'x-forwarded-host',
  'forwarded',
  'x-real-ip',
  'x-request-id',
  'traceparent',
  'tracestate',
  'baggage',
];

/** Every place of a request. */
export const places: Readonly<Record<string, () => Ask>> = {
  'a path value': () => ({ path: `/things/${canary()}` }),
  'an undocumented path': () => ({ path: `/${canary()}/${canary()}@example.com?x=${canary()}` }),
  'an encoded path': () => ({ path: `/things/%7B${canary()}%7D%2F${canary()}` }),
  'a query value': () => ({ path: `/things/a?page=${canary()}` }),
  'a query name': () => ({ path: `/things/a?${canary()}@x.example=${canary()}` }),
  'a query value that is an attack': () => ({ path: `/things/a?filter=%27%20OR%201%3D1--${canary()}` }),
  'a method': () => ({ method: canary().toUpperCase() }),
  'a field of a number': () => ({ headers: { 'x-number': canary() } }),
  'a name of a field': () => ({ headers: { [`x-${canary()}`]: canary() } }),
  'a cookie': () => ({ headers: { cookie: `theme=${canary()}; ${canary()}=${canary()}` } }),
  'a good password that is none': () => ({
    path: '/basic',
    headers: { authorization: `Basic ${btoa(`${canary()}:${canary()}`)}` },
  }),
  'another kind of credential': () => ({ headers: { authorization: `${canary()} ${canary()}` } }),
  'a key in the query': () => ({ path: `/key?key=${canary()}` }),
  'a session': () => ({ path: '/session', headers: { cookie: `session=${canary()}` } }),
  ...Object.fromEntries(
    [...plainFields, ...forwardingFields].map((name) => [
      `the field ${name}`,
      () => ({ headers: { [name]: canary() } }),
    ]),
  ),
  ...Object.fromEntries(
    [0, 1, 5, 60].map((depth) => [
      `JSON ${depth} deep`,
      () => put('application/json', JSON.stringify({ tags: nested(depth, canary()), count: canary() })),
    ]),
  ),
  'JSON that is none': () => put('application/json', `{"id": "${canary()}`),
  'JSON with two members of one name': () => put('application/json', `{"id":"${canary()}","id":"${canary()}"}`),
  'an address to call back': () =>
    put('application/json', JSON.stringify({ callback: `https://${canary()}.example/${canary()}?t=${canary()}` })),
  'an inner address to call back': () =>
    put('application/json', JSON.stringify({ callback: `http://ada:${canary()}@169.254.169.254/${canary()}` })),
  'a form': () => put('application/x-www-form-urlencoded', `count=${canary()}&${canary()}=${canary()}`),
  'a part': () => put('multipart/form-data; boundary=b', part('count', canary())),
  'the name of a part': () => put('multipart/form-data; boundary=b', part(canary(), canary())),
  'a boundary': () => put(`multipart/form-data; boundary=${canary()}`, part('id', canary())),
  'plain text': () => put('text/plain', canary()),
  'an undocumented media type': () => put(`application/${canary()}; charset=${canary()}`, canary()),
  'a wrong length': () => ({
    ...put('application/json', canary()),
    headers: { 'content-type': 'application/json', 'content-encoding': canary() },
  }),
  ...Object.fromEntries(
    Object.entries(behaviours).flatMap(([name, behaviour]) =>
      ['/things/a', '/things'].map((path) => [
        `the API answers ${name} at ${path}`,
        () => ({ path, upstream: behaviour() }),
      ]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(introspected).map(([name, behaviour]) => [
      `the identity provider says ${name}`,
      () => ({ idp: behaviour() }),
    ]),
  ),
};
