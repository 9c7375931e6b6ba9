// promise: events-without-values
// Secrets in every place of a request and of what answers it: none is in any output of the guard.
// promise: withheld-leaks-nothing
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Facts, GuardEvent, GuardOptions } from '@castellan/guard';
import type { GuardedHandler } from '@castellan/guard/node';
import { eventSchema } from '../src/audit/event-schema.ts';
import { searchLog } from '../src/audit/log/search.ts';
import { authentication, guarded, token } from './guarded.ts';

const isEvent = new Ajv2020({ strict: false }).compile(eventSchema());
const folder = mkdtempSync(join(tmpdir(), 'castellan-canary-'));
after(() => rmSync(folder, { recursive: true }));

let canaries = 0;
/** Looks like what people send: digits and letters. Each place has its own. */
const canary = (kind = 'cnry'): string => `${kind}${(0xa1b2c3 + canaries++ * 7919).toString(16)}9f4e7d21`;
/** A name that a caller gives a parameter or property: its problem may say it, nothing else. */
const name = (): string => canary('nmry');

const text = { type: 'string' };
const thing = {
  type: 'object',
  properties: {
    id: text,
    count: { type: 'integer' },
    tags: { type: 'object', additionalProperties: { type: 'integer' } },
  },
};
const content = (schema: object): object => ({ 'application/json': { schema } });
const answers = { 200: { description: 'It', content: content(thing) } };
const bodies = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  'application/xml',
];
const security = [{ token: [] }];
const contract = {
  openapi: '3.2.0',
  info: { title: 'Things', version: '1' },
  security,
  paths: {
    '/things/{id}': {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: text },
        { name: 'page', in: 'query', schema: { type: 'integer' } },
        { name: 'x-trace-of-caller', in: 'header', schema: { type: 'integer' } },
        { name: 'theme', in: 'cookie', schema: { enum: ['light'] } },
      ],
      get: { operationId: 'getThing', responses: answers },
      put: {
        operationId: 'putThing',
        requestBody: {
          content: Object.fromEntries(bodies.map((type) => [type, type === 'text/plain' ? {} : { schema: thing }])),
        },
        responses: answers,
      },
    },
    '/basic': { get: { operationId: 'basic', security: [{ basic: [] }], responses: answers } },
    '/key': { get: { operationId: 'key', security: [{ key: [] }], responses: answers } },
    '/cookie': { get: { operationId: 'cookie', security: [{ cookie: [] }], responses: answers } },
    '/query': { get: { operationId: 'query', security: [{ query: [] }], responses: answers } },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      basic: { type: 'http', scheme: 'basic' },
      key: { type: 'apiKey', in: 'header', name: 'x-key' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
      query: { type: 'apiKey', in: 'query', name: 'key' },
    },
  },
};
const failing = (): never => {
  throw Object.assign(new Error(`cannot reach store with ${storeSecret}`), { code: 'ECONNREFUSED' });
};
const storeSecret = canary();

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What the handler does with the request. */
  readonly handler?: GuardedHandler;
}

const bearer = { authorization: `Bearer ${token}` };
const says =
  (body: string, type = 'application/json', status = 200): GuardedHandler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };
const put = (type: string, body: string): Ask => ({
  method: 'PUT',
  headers: { ...bearer, 'content-type': type },
  body,
});
const multipart = (part: string, value: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${part}"; filename="${canary()}.txt"\r\n\r\n${value}\r\n--b--\r\n`;

/** Every place of a request, and what goes wrong with it there. */
const requests: Readonly<Record<string, () => Ask>> = {
  'a path value': () => ({ path: `/things/${canary()}`, headers: bearer }),
  'an e-mail address as path value, refused': () => ({ path: `/things/ada@${canary()}.example?x=1`, headers: bearer }),
  'an undocumented path': () => ({ path: `/secrets/${canary()}/${canary()}@example.com`, headers: bearer }),
  'a query value': () => ({ path: `/things/a?page=${canary()}`, headers: bearer }),
  'a query name': () => ({ path: `/things/a?${name()}=1`, headers: bearer }),
  'a query name with an e-mail address': () => ({ path: `/things/a?ada%40${name()}.example=1`, headers: bearer }),
  'a header value': () => ({ headers: { ...bearer, 'x-trace-of-caller': canary() } }),
  'a header name': () => ({ headers: { ...bearer, [`x-${canary()}`]: canary() } }),
  'a cookie value': () => ({ headers: { ...bearer, cookie: `theme=${canary()}` } }),
  'a cookie name': () => ({ headers: { ...bearer, cookie: `${canary()}=${canary()}` } }),
  'the agent, the referer, the origin, a trace': () => ({
    headers: {
      ...bearer,
      'user-agent': canary(),
      referer: `https://${canary()}.example/`,
      origin: `https://${canary()}.example`,
      traceparent: `00-${canary()}`,
    },
  }),
  'the name of the host': () => ({ headers: { ...bearer, host: `${canary()}.example` } }),
  'a request id of a caller': () => ({ headers: { ...bearer, 'x-request-id': canary() } }),
  'a bearer token': () => ({ headers: { authorization: `Bearer ${canary()}` } }),
  'a token whose parts are secret': () => ({
    headers: {
      authorization: `Bearer ${['{"alg":"RS256","kid":"K"}', '{"sub":"S","iss":"I"}'].map((part) => btoa(part.replace(/[KSI]/, canary()))).join('.')}.${canary()}`,
    },
  }),
  'an unknown kind of credential': () => ({ headers: { authorization: `Secret ${canary()}` } }),
  'a user and password': () => ({
    path: '/basic',
    headers: { authorization: `Basic ${btoa(`${canary()}:${canary()}`)}` },
  }),
  'a key': () => ({ path: '/key', headers: { 'x-key': canary() } }),
  'a session': () => ({ path: '/cookie', headers: { cookie: `session=${canary()}` } }),
  'a key in the query': () => ({ path: `/query?key=${canary()}` }),
  'a JSON value': () => put('application/json', JSON.stringify({ id: 7, count: canary() })),
  'a JSON key': () => put('application/json', JSON.stringify({ [name()]: canary() })),
  'a key of a map': () =>
    put('application/json', JSON.stringify({ tags: { [name()]: canary(), [`${name()}@example.com`]: 'x' } })),
  'JSON that is none': () => put('application/json', `{"id": "${canary()}`),
  'JSON with a duplicate key': () => put('application/json', `{"${'x'}${canary()}":1,"id":"1","id":"${canary()}"}`),
  'a form value': () => put('application/x-www-form-urlencoded', `count=${canary()}`),
  'a form name': () => put('application/x-www-form-urlencoded', `${name()}=1`),
  'a part of multipart': () => put('multipart/form-data; boundary=b', multipart('count', canary())),
  'the name of a part': () => put('multipart/form-data; boundary=b', multipart(name(), canary())),
  'plain text': () => put('text/plain', canary()),
  XML: () => put('application/xml', `<thing><count>${canary()}</count><${canary()}/></thing>`),
  'an undocumented media type': () => put(`application/x-${canary()}`, canary()),
  'a parameter of the media type': () => put(`application/json; charset=${canary()}`, '{}'),
  'a value of an answer': () => ({ headers: bearer, handler: says(JSON.stringify({ count: canary() })) }),
  'an undocumented property of an answer': () => ({
    headers: bearer,
    handler: says(JSON.stringify({ [canary()]: canary(), password: canary() })),
  }),
  'a key of a map of an answer': () => ({
    headers: bearer,
    handler: says(JSON.stringify({ tags: { [canary()]: 'x' } })),
  }),
  'an answer that is no JSON': () => ({ headers: bearer, handler: says(`{"a":"${canary()}`) }),
  'an answer of another media type': () => ({ headers: bearer, handler: says(canary(), 'text/html') }),
  'an undocumented status': () => ({
    headers: bearer,
    handler: says(JSON.stringify({ error: canary() }), 'application/json', 418),
  }),
  'an error that shows the inside': () => ({
    headers: bearer,
    handler: says(
      JSON.stringify({ stack: `Error: ${canary()}\n    at f (/srv/${canary()}.js:1:1)` }),
      'application/json',
      500,
    ),
  }),
  'a field of an answer': () => ({
    headers: bearer,
    handler: (_request, response) => {
      response.setHeader('x-secret', canary());
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    },
  }),
  'an exception': () => ({
    headers: bearer,
    handler: () => {
      throw new Error(`duplicate key (email)=(${canary()}@example.com)`, { cause: new TypeError(canary()) });
    },
  }),
  'a rejection with an aggregate': () => ({
    headers: bearer,
    handler: () => Promise.reject(new AggregateError([new Error(canary())], canary())),
  }),
  'an exception that is no error': () => ({
    headers: bearer,
    handler: () => {
      // oxlint-disable-next-line no-throw-literal
      throw canary();
    },
  }),
  'an exception with fields': () => ({
    headers: bearer,
    handler: () => {
      throw Object.assign(new Error(canary()), { query: canary(), name: `${canary()} x`, code: `${canary()}!` });
    },
  }),
};

const settings: Readonly<Record<string, Partial<GuardOptions>>> = {
  enforce: {},
  observe: { mode: 'observe' },
  'undocumented things pass': {
    undocumented: {
      parameters: 'pass',
      requestProperties: 'pass',
      responseProperties: 'pass',
      statuses: 'pass',
      mediaTypes: 'pass',
    },
  },
  'undocumented properties are refused': {
    undocumented: { responseProperties: 'refuse', mediaTypes: 'refuse', statuses: 'refuse' },
  },
  'undocumented things are removed': {
    undocumented: { parameters: 'remove', requestProperties: 'remove', mediaTypes: 'remove' },
  },
};

/** Asks as it is written, also with fields that fetch would not send. */
function ask(
  url: string,
  { method = 'GET', path = '/things/a', headers = {}, body }: Ask,
): Promise<{ head: string; text: string; type: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(`${url}/`, { method, path, headers }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (piece: string) => (said += piece));
      response.on('error', reject).on('end', () => {
        resolve({ head: JSON.stringify(response.headers), text: said, type: String(response.headers['content-type']) });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

for (const [setting, options] of Object.entries(settings))
  test(`no output has a secret: ${setting}`, { timeout: 60_000 }, async () => {
    const warnings: string[] = [];
    const warned = (warning: Error): void => void warnings.push(`${warning.message} ${warning.stack}`);
    process.on('warning', warned);
    const dir = join(folder, setting.replaceAll(' ', '-'));
    const facts: Facts[] = [];
    const events: GuardEvent[] = [];
    let handler: GuardedHandler = says('{}');
    const server = await guarded(
      {
        contract,
        authentication: {
          token: authentication.token,
          basic: { verify: () => undefined },
          key: { verify: failing },
          cookie: { verify: () => undefined },
          query: { verify: () => Promise.reject(new Error(storeSecret)) },
        },
        limits: { perAddress: 'off', perPrincipal: 'off' },
        audit: { dir, durability: 'fsync' },
        facts: [(one) => facts.push(one)],
        onEvent: (event) => events.push(event),
        ...options,
      },
      (request, response) => handler(request, response),
    );
    const said: [place: string, output: string, text: string][] = [];
    for (const [place, make] of Object.entries(requests)) {
      const asked = make();
      handler = asked.handler ?? says('{}');
      const { text: body, type } = await ask(server.url, asked);
      if (type.startsWith('application/problem+json')) said.push([place, 'problem', body]);
      const event = events.at(-1);
      said.push([place, 'event', JSON.stringify(event)]);
    }
    await server.close();
    process.off('warning', warned);
    for (const one of facts) said.push([one.template, 'facts', JSON.stringify(one)]);
    for (const { line } of searchLog(dir, { decision: 'begun' })) said.push(['begun', 'log', line]);
    for (const { line } of searchLog(dir, {})) said.push(['ended', 'log', line]);
    for (const file of readdirSync(dir).filter((one) => /\.jsonl?$/.test(one)))
      said.push([file, 'file', readFileSync(join(dir, file), 'utf8')]);
    for (const warning of warnings) said.push(['a warning', 'warning', warning]);
    assert.ok(facts.length >= Object.keys(requests).length);
    assert.equal(events.length, facts.length);
    const logged = [...searchLog(dir, {}), ...searchLog(dir, { decision: 'begun' })].map(
      ({ line }) => JSON.parse(line) as unknown,
    );
    for (const event of [...events, ...logged]) assert.ok(isEvent(event), JSON.stringify([event, isEvent.errors]));
    const told = said.flatMap(([place, output, written]) => {
      const found = (output === 'problem' ? /cnry[\da-f]{6,}/ : /(?:cnry|nmry)[\da-f]{6,}/).exec(written);
      return found === null
        ? []
        : [`${output}: ${place}: ${written.slice(Math.max(0, found.index - 120), found.index + 40)}`];
    });
    assert.deepEqual(told, []);
  });
