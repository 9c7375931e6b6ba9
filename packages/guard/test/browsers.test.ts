// What browsers do by themselves: origins, preflights, cookies that other hosts write, and forms of other sites that sign in.
// promise: cors
// promise: csrf
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { createGuard, type GuardOptions } from '../src/index.ts';
import { Sessions } from '../src/authenticate/public.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const form = { required: true, content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } };
const cookieHeader = { 'Set-Cookie': { schema: { type: 'string' } } };
const apiOf = (cookie: string, documented: boolean, rate: object = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  'x-castellan': rate,
  paths: {
    '/sign-in': {
      post: {
        operationId: 'signIn',
        security: [],
        requestBody: form,
        responses: { 204: { description: '', ...(documented ? { headers: cookieHeader } : {}) } },
      },
    },
    '/newsletter': {
      post: { operationId: 'subscribe', security: [], requestBody: form, responses: { 204: { description: '' } } },
    },
    '/me': { get: { operationId: 'me', security: [{ s: [] }], responses: { 204: { description: '' } } } },
  },
  components: { securitySchemes: { s: { type: 'apiKey', in: 'cookie', name: cookie } } },
});
const authentication = { s: { sessions: new Sessions() } };

async function start(options: object): Promise<CastellanError | readonly string[]> {
  try {
    const guard = await createGuard({ contract: apiOf('__Host-s', true), authentication, ...options } as GuardOptions);
    const codes = guard.notices.map(({ code }) => code);
    await guard.end();
    return codes;
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    return error;
  }
}

describe('origins', () => {
  for (const origin of [
    'https://*.company.com',
    'https://app.*',
    '*.company.com',
    'https://*',
    'https://app.company.com/',
    'https://app.company.com/a',
    'https://APP.company.com',
    'https://app.company.com:443',
    'https://ada@app.company.com',
    'app.company.com',
    'null',
  ]) {
    test(`${origin} is none`, async () => {
      const cors = await start({ cors: { origins: ['https://a.company.com', origin] } });
      assert.equal((cors as CastellanError).code, 'bad-cors');
      const csrf = await start({ authentication: { s: { ...authentication.s, csrf: { origins: [origin] } } } });
      assert.equal((csrf as CastellanError).code, 'bad-authentication');
    });
  }
  for (const origin of [
    'https://app.company.com',
    'http://localhost:3000',
    'https://xn--bcher-kva.example',
    'https://[::1]:8443',
  ])
    test(`${origin} is one`, async () => {
      assert.ok(Array.isArray(await start({ cors: { origins: [origin] } })));
    });

  test('whatever depends on the origin says so', async () => {
    const server = await guarded({
      contract: apiOf('__Host-s', true),
      authentication,
      cors: { origins: ['https://app.company.com'] },
    });
    const preflight = { 'access-control-request-method': 'POST' };
    const none: Record<string, string> = {};
    try {
      for (const [method, path] of [
        ['OPTIONS', '/sign-in'],
        ['OPTIONS', '/me'],
        ['GET', '/me'],
        ['GET', '/nowhere'],
        ['PUT', '/me'],
      ] as const)
        for (const origin of [{}, { origin: 'https://app.company.com' }, { origin: 'https://evil.example' }])
          for (const more of [none, preflight]) {
            const { headers } = await send(server.url, path, { method, headers: { ...origin, ...more } });
            const what = `${method} ${path} ${JSON.stringify({ ...origin, ...more })}`;
            assert.match(String(headers['vary'] ?? ''), /origin/i, what);
          }
    } finally {
      await server.close();
    }
  });
});

test('a cookie that other hosts of the site may write is told', async () => {
  for (const [name, told] of [
    ['session', true],
    ['__Secure-session', true],
    ['__Host-session', false],
    ['__host-session', false],
    ['my__Host-session', true],
  ] as const) {
    const codes = await start({ contract: apiOf(name, true) });
    assert.equal((codes as readonly string[]).includes('cookie-without-prefix'), told, name);
  }
});

describe('a rate whose cost never fits', () => {
  for (const [rateLimit, perPrincipal, fits] of [
    [{ rate: '5/minute', cost: 6 }, 'off', false],
    [{ rate: '5/minute', cost: 5 }, 'off', true],
    [{ rate: '100/minute', burst: 5, cost: 6 }, 'off', false],
    [{ rate: '5/minute', burst: 10, cost: 6 }, 'off', true],
    [{ rate: '100/minute', cost: 20 }, '10/minute', false],
    [{ rate: '100/minute', cost: 10 }, '10/minute', true],
    [{ rate: '1/day' }, '1/day', true],
  ] as const)
    test(`${JSON.stringify(rateLimit)}, ${perPrincipal}`, async () => {
      const contract = apiOf('__Host-s', true, { rateLimit });
      const started = await start({ contract, limits: { perPrincipal } });
      if (fits) assert.ok(Array.isArray(started), String(started));
      else {
        assert.equal((started as CastellanError).code, 'rate-never-fits');
        assert.match((started as CastellanError).message, /signIn|me/);
      }
    });
});

describe('signing in from another site', () => {
  for (const documented of [true, false])
    test(documented ? 'where the cookie is documented' : 'where nobody documented the cookie', async () => {
      let reached = 0;
      const server = await guarded(
        {
          contract: apiOf('__Host-s', documented),
          authentication: { s: { ...authentication.s, csrf: { origins: ['https://sso.company.com'] } } },
          cors: { origins: ['https://app.company.com'] },
        },
        (request, response) => {
          reached += 1;
          if (request.url === '/sign-in')
            response.setHeader('set-cookie', ['theme=dark', '__Host-s=abc; Path=/; Secure; HttpOnly']);
          response.statusCode = 204;
          response.end();
        },
      );
      const call = (path: string, headers: Record<string, string>) =>
        send(server.url, path, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          body: 'a=1',
        });
      try {
        for (const foreign of [
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { referer: 'https://evil.example/form' },
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
        ]) {
          reached = 0;
          const answer = await call('/sign-in', foreign as never);
          assert.equal(answer.status, 401, JSON.stringify(foreign));
          assert.equal(answer.headers['set-cookie'], undefined);
          assert.equal(reached, documented ? 0 : 1);
          assert.equal(
            (await call('/newsletter', foreign as never)).status,
            204,
            'what signs nobody in is not held to it',
          );
        }
        for (const own of [
          {},
          { 'sec-fetch-site': 'same-origin' },
          { origin: server.url },
          { origin: 'https://app.company.com', 'sec-fetch-site': 'cross-site' },
          { origin: 'https://sso.company.com' },
        ])
          assert.equal((await call('/sign-in', own as never)).status, 204, JSON.stringify(own));
      } finally {
        await server.close();
      }
    });
});
