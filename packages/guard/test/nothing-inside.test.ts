// Error answers show nothing of the inside, whatever their media type; events hold names and places, never values.
// promise: nothing-inside
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { thrownPlaces, thrownText } from '../src/audit/thrown.ts';
import { leaksInternals } from '../src/error-body.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const traces = {
  node: 'Error: x\n    at first (/srv/app/index.js:10:2)\n    at file:///srv/app/b.mjs:20:2',
  java: 'java.lang.IllegalStateException: x\n\tat com.company.Orders.find(Orders.java:17)',
  kotlin: 'Oops\n\tat com.company.Orders.find(Unknown Source)',
  python: 'Traceback (most recent call last):\n  File "/srv/app/a.py", line 3, in find\nKeyError: 1',
  'python without its head': 'oops\n  File "/srv/app/a.py", line 3, in find',
  dotnet: 'System.NullReferenceException: x\n   at Orders.Find(Int32 id) in /srv/Orders.cs:line 12',
  php: 'PHP Fatal error: Uncaught Exception in /srv/app/a.php:12\nStack trace:\n#0 /srv/app/b.php(7): find()',
  go: 'panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/app/main.go:8 +0x1d',
  rust: "thread 'main' panicked at src/main.rs:10:5",
  ruby: "/srv/app/a.rb:3:in `find': x (KeyError)",
  postgres: 'syntax error at or near "SELEC" (SQLSTATE 42601)',
} as const;
const honest = [
  'no such order, look at 10:20',
  'The shop opens\n    at 9 in the morning: come back',
  'Order 12:30 of 2027-01-01T00:00:00Z',
  'Look at https://company.com:8443/help:12',
  'node modules are sold out',
];
/** How the formats write a text. */
const forms = {
  'text/plain': (text: string) => text,
  'text/html': (text: string) =>
    `<pre>${text
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\t', '&nbsp;')
      .replaceAll('\n    ', '<br> &nbsp; &nbsp;')
      .replaceAll('\n', '<br>')}</pre>`,
  'application/xml': (text: string) =>
    `<error>${text.replaceAll('<', '&lt;').replaceAll('"', '&#34;').replaceAll('\n', '&#xA;')}</error>`,
  'text/csv': (text: string) => `error\r\n"${text.replaceAll('"', '""')}"\r\n`,
  'application/json': (text: string) => JSON.stringify({ error: text }),
  'application/vnd.company.error': (text: string) => `\u0000\u0001${text}`,
} as const;

describe('an error answer that shows the inside does not leave', () => {
  for (const [type, write] of Object.entries(forms)) {
    test(type, async () => {
      const next = { status: 404, text: '' };
      const contract = {
        openapi: '3.1.0',
        info: { title: 'Errors', version: '1' },
        paths: {
          '/a': {
            get: {
              operationId: 'a',
              security: [],
              responses: { default: { description: '', content: { [type]: {} } } },
            },
          },
        },
      };
      const server = await guarded({ contract, authentication: {} }, (_, response) => {
        response.statusCode = next.status;
        response.setHeader('content-type', type);
        response.end(next.text);
      });
      try {
        for (const status of [400, 404, 409, 500, 503]) {
          for (const [language, trace] of Object.entries(traces)) {
            Object.assign(next, { status, text: write(trace) });
            const answer = await send(server.url, '/a');
            assert.equal(answer.status, status);
            assert.doesNotMatch(answer.text, /srv|Orders|SELEC|main\.rs/, `${status} ${language}`);
          }
          for (const text of honest) {
            Object.assign(next, { status, text: write(text) });
            assert.equal((await send(server.url, '/a')).text, write(text), `${status} ${text}`);
          }
        }
        Object.assign(next, { status: 200, text: write(traces.node) });
        assert.equal((await send(server.url, '/a')).text, write(traces.node), 'a document about errors');
      } finally {
        await server.close();
      }
    });
  }
  test('also in UTF-16 and far down', () => {
    assert.ok(leaksInternals(Buffer.from(traces.node, 'utf16le')));
    assert.ok(leaksInternals(`${'line\n'.repeat(100_000)}${traces.node}`));
  });
});

// promise: exceptions-without-messages
describe('events', () => {
  const secret = 'password=hunter2';
  const throwers = {
    message: () => new Error(secret),
    'several lines': () => new Error(`a\n    at ${secret} (x:1:2)\n    at ${secret}`),
    cause: () => new Error('outer', { cause: new TypeError(secret) }),
    aggregate: () => new AggregateError([new Error(secret)], secret),
    name: () => Object.assign(new Error('x'), { name: `Bad ${secret}` }),
    code: () => Object.assign(new Error(secret), { code: `E ${secret}` }),
    'a changed message': () => {
      const error = new Error(secret);
      error.message = 'other';
      return error;
    },
    'an own stack': () => Object.assign(new Error('x'), { stack: secret }),
    text: () => secret,
    object: () => ({ secret, toString: () => secret }),
    symbol: () => Symbol(secret),
  };
  for (const [what, make] of Object.entries(throwers)) {
    test(`what an exception says is in none: ${what}`, () => {
      const thrown = make();
      assert.doesNotMatch(thrownPlaces(thrown), /hunter2/);
      assert.notEqual(thrownPlaces(thrown), '');
    });
  }
  test('its kind, its code, its places and its causes are', () => {
    const inner = Object.assign(new TypeError(secret), { code: 'ECONNREFUSED' });
    const text = thrownPlaces(new RangeError('x', { cause: inner }));
    assert.match(text, /^RangeError\n {4}at .+nothing-inside[\s\S]+\ncaused by TypeError ECONNREFUSED\n {4}at /);
    assert.match(
      thrownPlaces(new CastellanError({ code: 'c', message: 'what', mend: 'do' })),
      /^CastellanError c: what; do/,
    );
    assert.match(thrownText(new Error(secret)), /hunter2/);
  });
  test('no value of a path is in one', async () => {
    const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
    const get = (operationId: string, names: readonly string[]) => ({
      get: { operationId, security: [], parameters: names.map(parameter), responses: { 204: { description: '' } } },
    });
    const contract = {
      openapi: '3.1.0',
      info: { title: 'People', version: '1' },
      servers: [{ url: '/v1' }],
      paths: {
        '/people': get('all', []),
        '/people/{who}/mail': get('mail', ['who']),
        '/people/{who}/mail/{id}.json': get('one', ['who', 'id']),
      },
    };
    const server = await guarded({ contract, authentication: {} }, (_, response) => {
      response.statusCode = 204;
      response.end();
    });
    const paths: Readonly<Record<string, string>> = {
      '/v1/people': '/v1/people',
      '/v1/people/zoe%40example.com/mail': '/v1/people/{who}/mail',
      '/v1/people/zoe%40example.com/mail/zoe7.json': '/v1/people/{who}/mail/{id}.json',
      '/v1/people/zoe%40example.com/nothing': '/v1/people/*/*',
      '/v2/zoe%40example.com?zoe': '/*/*',
      '/v1//people/zoe%40example.com': '/v1//people/*',
    };
    try {
      for (const [path, shown] of Object.entries(paths)) {
        server.events.length = 0;
        await send(server.url, path);
        assert.equal(server.events[0]?.http_request.url.path, shown, path);
        assert.doesNotMatch(JSON.stringify(server.events), /zoe/);
      }
    } finally {
      await server.close();
    }
  });
});
