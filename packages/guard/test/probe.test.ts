// What refused values look like an attempt at is a fact, whatever they are written in and wherever they stand; the values are not, and
// what is let through is not looked at.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createGuard, type Facts, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';

const attempts: Readonly<Record<NonNullable<Facts['probe']>, readonly string[]>> = {
  sql: [
    "' OR '1'='1",
    "1' AND 1=1--",
    '1 UNION SELECT name FROM users',
    "x'; DROP TABLE users",
    '1 or 1=1',
    "' or sleep(5)#",
    'pg_sleep(10)',
    "'; WAITFOR DELAY '0:0:5'--",
    '" having 1=1 --',
  ],
  script: [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    'javascript:alert(1)',
    "' onmouseover='alert(1)",
    '< script src=//x>',
  ],
  path: ['../../secret', '..\\..\\win.ini', '/etc/passwd', 'file:///etc/hosts', '....//../x', '/proc/self/environ'],
  command: ['; cat /x', '| whoami', '&& curl example.com', '`whoami`', '$(id)', '; ping -c 1 x', '/bin/sh -c x'],
  template: [
    '{{7*7}}',
    '${7*7}',
    '#{7*7}',
    '<%= 7*7 %>',
    '{{config.items()}}',
    "{{''.__class__}}",
    '${T(java.lang.Runtime)}',
  ],
  lookup: ['${jndi:ldap://x/a}', '${${lower:j}ndi:ldap://x}', '${env:SECRET:-x}', '${${::-j}ndi:rmi://x}'],
  operator: ['{"$ne": null}', '[$ne]=1', '{"$where": "1"}', '[$regex]=.*'],
  ldap: ['*)(uid=*', '*)(|(uid=*', ')(&(x=1)'],
  xml: ['<!DOCTYPE x [<!ENTITY y SYSTEM "z">]>', '<!ENTITY x "y">', '<xi:include href="x"/>'],
  prototype: ['__proto__', 'constructor.prototype', 'constructor[prototype]'],
  header: ['x\r\nSet-Cookie: a=b', 'x\nLocation: //evil'],
  address: ['http://169.254.169.254/latest', 'gopher://x', 'http://metadata.google.internal/'],
  null: ['x\0.png'],
};

const honest = [
  "O'Brien & Sons; Select Committee",
  'drop me a line',
  'a < b && c > d',
  'Select your seat -- it is free',
  '1 or 2 pieces',
  '$5 {discount}',
  "it's 10% off",
  'the union of workers and the select few',
  'I <3 you',
  'https://example.com/a?b=c&d=e',
  'data:image/png;base64,iVBORw0KGgo=',
  'C:\\Users\\eve\\notes.txt',
  '5*5=25 (and 5+5=10)',
  'Müller, François; 漢字',
  '{"name":"x","list":[1,2]}',
  'the script of the film: scene 2',
  'order by Friday',
  'fields=name;id',
  'set the `id` of it',
  'dog; cat food',
  'cat & dog; mouse',
  "rock 'n' roll and blues",
  'file.tar.gz...',
  'constructor of bridges, prototype of cars',
  'Re: [ticket] price {{ to be told }}',
];

/** Without it each text is sent in one spelling of case, and fewer of them. */
const whole = process.env['CASTELLAN_WHOLE'] === '1';
const refusing = { type: 'string', pattern: '^[a-z]{1,8}$' };
let guard: Guard;
let port = 0;
let facts: Facts[] = [];
let broken = false;
const server = createServer((incoming, response) => listener(incoming, response));
let listener: ReturnType<typeof node>;

before(async () => {
  guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Things', version: '1' },
      paths: {
        '/things/{name}': {
          get: {
            operationId: 'getThing',
            security: [],
            parameters: [
              { name: 'name', in: 'path', required: true, schema: refusing },
              { name: 'q', in: 'query', schema: refusing },
              { name: 'X-Tag', in: 'header', schema: refusing },
            ],
            responses: { 200: { description: 'ok' } },
          },
        },
        '/things': {
          get: {
            operationId: 'findThings',
            security: [],
            parameters: [{ name: 'text', in: 'query', schema: { type: 'string' } }],
            responses: { 200: { description: 'ok' }, 500: { description: 'failed' } },
          },
          post: {
            operationId: 'makeThing',
            security: [],
            requestBody: {
              required: true,
              content: Object.fromEntries(
                ['application/json', 'application/x-www-form-urlencoded'].map((type) => [
                  type,
                  { schema: { type: 'object', additionalProperties: false, properties: { name: refusing } } },
                ]),
              ),
            },
            responses: { 200: { description: 'ok' } },
          },
        },
      },
    },
    facts: [(fact) => void facts.push(fact)],
  });
  listener = node(guard, (_request, response) => {
    response.statusCode = broken ? 500 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await guard.end();
});

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function factOf({ method = 'GET', path, headers = {}, body }: Sent): Promise<Facts> {
  facts = [];
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request({ port, method, path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  while (facts.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [fact] = facts;
  assert.ok(fact !== undefined && fact.status === status);
  return fact;
}

const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const escaped = (text: string): string =>
  [...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** A text at every place of a request where it is refused, in every spelling that servers read. */
function sendings(text: string): readonly Sent[] {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const header = /^[\x20-\x7e]+$/.test(text) ? [{ path: '/things/a', headers: { 'x-tag': text } }] : [];
  return [
    { path: `/things/a?q=${encodeURIComponent(text)}` },
    { path: `/things/a?q=${encodeURIComponent(text).replaceAll('%20', '+')}` },
    { path: `/things/a?q=${percent(text)}` },
    { path: `/things/a?q=${encodeURIComponent(percent(text))}` },
    { path: `/things/a?${encodeURIComponent(text)}` },
    { path: `/nowhere/${encodeURIComponent(text)}` },
    ...header,
    { method: 'POST', path: '/things', headers: json, body: JSON.stringify({ name: text }) },
    { method: 'POST', path: '/things', headers: json, body: `{"name":"${escaped(text)}"}` },
    { method: 'POST', path: '/things', headers: form, body: `name=${encodeURIComponent(text)}` },
    { method: 'POST', path: '/things', headers: form, body: `name=${percent(text)}` },
  ];
}

for (const [kind, texts] of Object.entries(attempts))
  test(`${kind}: at every place and in every spelling`, async () => {
    for (const text of whole ? texts : texts.slice(0, 2))
      for (const written of whole ? [text, text.toUpperCase()] : [text]) {
        // What is case-sensitive for those who read it is looked at in small letters.
        for (const sent of sendings(written)) {
          const fact = await factOf(sent);
          assert.ok(fact.status >= 400, JSON.stringify(sent));
          assert.ok(fact.probe !== undefined, JSON.stringify(sent));
          const { template, ...rest } = fact;
          assert.ok(!JSON.stringify(rest).includes(written) || written.length < 6, 'the value goes nowhere');
          assert.ok(template.length > 0);
        }
        assert.equal((await factOf({ path: `/things/a?q=${encodeURIComponent(text)}` })).probe, kind, text);
      }
  });

test('what people write is no attempt, refused or not', async () => {
  for (const text of whole ? honest : honest.slice(0, 10))
    for (const sent of sendings(text)) assert.equal((await factOf(sent)).probe, undefined, JSON.stringify(sent));
});

test('what is let through is not looked at; what the application stumbles over is', async () => {
  const path = `/things?text=${encodeURIComponent("' OR '1'='1")}`;
  assert.deepEqual(
    [(await factOf({ path })).probe, (await factOf({ path: '/things?text=x' })).probe],
    [undefined, undefined],
  );
  broken = true;
  assert.equal((await factOf({ path })).probe, 'sql');
  assert.equal((await factOf({ path: '/things?text=x' })).probe, undefined);
  broken = false;
});

test('no text takes long', async () => {
  const pieces = [
    '{{',
    '${',
    "' ",
    '<img ',
    '..',
    '/*',
    '; ',
    '*)(',
    '<!doctype ',
    '%25',
    '\\u00',
    'or 1',
    '${a:',
    '{{a',
  ];
  const began = process.cpuUsage();
  let sent = 0;
  for (const piece of pieces)
    for (const end of ['', 'x', '\n']) {
      const body = JSON.stringify({ name: piece.repeat(Math.ceil(4096 / piece.length)) + end });
      await factOf({ method: 'POST', path: '/things', headers: { 'content-type': 'application/json' }, body });
      sent += 1;
    }
  const { user } = process.cpuUsage(began);
  assert.ok(user / sent < 100_000, `${user / sent} µs each`);
});
