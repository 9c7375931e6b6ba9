// promise: thrown-shows-nothing
// Handlers that throw, whatever and whenever: one behaviour, every framework, over real sockets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Hono } from 'hono';
import { createGuard, type Guard } from '@castellan/guard';
import { hono } from '@castellan/guard/hono';
import { nest } from '@castellan/guard/nest';
import { Recorded } from './adapters/recorded.ts';
import { servers, serving, SoldOut, type Started } from './adapters/servers.ts';
import { send } from './client.ts';
import type { Application, Reply } from './contract.ts';

const anything = { schema: { type: 'object' } };
/** Documents as much as it can, so that what a framework answers by itself would leave. */
const everything = { 'application/json': anything, 'text/plain': {}, 'text/html': {} };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Failures', version: '1' },
  security: [],
  paths: {
    '/fails/{when}/{what}': {
      get: {
        operationId: 'fails',
        parameters: ['when', 'what'].map((name) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string', maxLength: 20 },
        })),
        responses: {
          200: { description: 'Never', content: everything },
          409: { description: 'Sold out', content: { 'application/json': anything } },
          default: { description: 'Anything', content: everything },
        },
      },
    },
  },
};

const things: Readonly<Record<string, unknown>> = {
  error: new Error('secret inside'),
  unavailable: Object.assign(new Error('secret inside'), { statusCode: 503, status: 503 }),
  object: Object.create(null),
  properties: { secret: 'secret inside', toJSON: () => ({ secret: 'secret inside' }) },
  undefined,
  null: null,
  symbol: Symbol('secret inside'),
  text: 'secret inside',
  bigint: 7n,
  mine: new SoldOut('secret inside'),
};

async function rejects(when: unknown, what: unknown): Promise<Reply> {
  // `later`: in another turn of the event loop, when the framework has long returned.
  if (when === 'later') await new Promise((resolve) => setImmediate(resolve));
  throw things[String(what)];
}

const routes: Application = {
  fails: {
    method: 'get',
    path: '/fails/:when/:what',
    handle({ params }) {
      if (params['when'] === 'rejected' || params['when'] === 'later') return rejects(params['when'], params['what']);
      throw things[String(params['what'])];
    },
  },
};

for (const [name, start] of Object.entries(servers)) {
  describe(`${name}: failures`, () => {
    let guard: Guard;
    let server: Started;
    const recorded = new Recorded();

    before(async () => {
      guard = await createGuard({ contract, onEvent: recorded.add });
      server = await start(guard, routes);
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    for (const when of ['thrown', 'rejected', 'later']) {
      for (const what of Object.keys(things).filter((thing) => thing !== 'mine')) {
        test(
          `${what}, ${when}: the guard's problem, which tells nothing, and an event that does`,
          { timeout: 10_000 },
          async () => {
            const answer = await send(server.url, `/fails/${when}/${what}`);
            const event = await recorded.next();
            assert.ok(
              answer.status === 500 || (answer.status === 503 && what === 'unavailable'),
              String(answer.status),
            );
            // The only error that is documented is JSON, and nothing else is.
            assert.equal(answer.headers['content-type'], 'application/json');
            assert.match(String(answer.json['type']), /#(?:internal-error|unavailable)$/);
            assert.deepEqual(Object.keys(answer.json), ['type', 'title', 'status', 'requestId']);
            assert.equal(answer.json['requestId'], event.metadata.uid);
            assert.equal(answer.headers['x-request-id'], event.metadata.uid);
            assert.doesNotMatch(answer.text, /secret|not iterable|Cannot|\n/);
            assert.equal(event.http_response.code, answer.status);
            assert.equal(event.severity_id, 4);
            const { failure, refused } = event.unmapped.castellan;
            assert.equal(refused?.reason, 'handler-failed');
            assert.notEqual(failure ?? '', '');
            if (what === 'error') assert.match(failure ?? '', /^Error\n +at /);
            assert.equal(recorded.left, 0);
          },
        );
      }

      test(
        `an error that the application itself answers, ${when}: its answer, as documented`,
        { timeout: 10_000 },
        async () => {
          const answer = await send(server.url, `/fails/${when}/mine`);
          assert.equal(answer.status, 409);
          assert.deepEqual(answer.json, { reason: 'sold out' });
          const event = await recorded.next();
          assert.equal(event.unmapped.castellan.refused, undefined);
          assert.equal(event.unmapped.castellan.failure, undefined);
        },
      );
    }
  });
}

test("Hono's own answer to errors does not leave", async () => {
  const guard = await createGuard({ contract });
  const app = new Hono();
  app.use(hono(guard) as never);
  app.get('/fails/:when/:what', () => {
    // Hono prints it.
    throw Object.assign(new Error('secret inside'), { stack: '' });
  });
  const server = await serving(app.fetch);
  try {
    const answer = await send(server.url, '/fails/thrown/error');
    assert.equal(answer.status, 500);
    assert.match(String(answer.json['type']), /#internal-error$/);
  } finally {
    await server.close();
    await guard.end();
  }
});

test('a Nest application is protected whole: the middleware alone is refused with one line', async () => {
  const guard = await createGuard({ contract });
  assert.throws(() => nest(guard, undefined as never), {
    code: 'nest-application',
    message:
      'nest(guard) is no middleware: it needs the application; write `await nest(guard, app)` directly after NestFactory.create',
  });
  await guard.end();
});
