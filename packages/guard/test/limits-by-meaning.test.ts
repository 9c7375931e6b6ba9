// Default limits by what an operation is for: guessing ends soon however the operation is called, honest use is never refused.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { answer, answers, json, limitsApi, passed, type LimitsApi } from './limits-api.ts';

const open: LimitsApi[] = [];
after(async () => {
  for (const api of open) await api.end();
});

type Handler = Parameters<typeof limitsApi>[1];

interface Form {
  readonly path: string;
  /** The property that names the account, dotted where it stands in an object. */
  readonly account: string;
  readonly other: string;
  readonly media?: string;
}

function bodyOf({ account, other }: Form, who: unknown, secret: unknown): Record<string, unknown> {
  const [outer = '', inner] = account.split('.');
  return inner === undefined ? { [account]: who, [other]: secret } : { [outer]: { [inner]: who, [other]: secret } };
}

function schemaOf(form: Form): object {
  const { account, other } = form;
  const [outer = '', inner] = account.split('.');
  const of = (name: string): object => ({
    type: 'object',
    properties: { [name]: { type: 'string' }, [other]: { type: 'string' } },
  });
  return inner === undefined ? of(account) : { type: 'object', properties: { [outer]: of(inner) } };
}

async function apiOf(form: Form, handler: Handler, profile?: string, schema = schemaOf(form)): Promise<LimitsApi> {
  const api = await limitsApi(
    { [form.path]: { post: { requestBody: { required: true, ...json(schema) }, responses: answer() } } },
    handler,
    { castellan: profile === undefined ? undefined : { profile } },
  );
  open.push(api);
  return api;
}

const signIns: readonly Form[] = [
  { path: '/login', account: 'username', other: 'password' },
  { path: '/api/v1/auth/signin', account: 'email', other: 'password' },
  { path: '/anmelden', account: 'benutzername', other: 'passwort' },
  { path: '/users/sign_in', account: 'user.email', other: 'password' },
  { path: '/sessions', account: 'login', other: 'password' },
  { path: '/iniciar-sesion', account: 'correo', other: 'contrasena' },
  { path: '/oauth/token', account: 'username', other: 'password' },
  { path: '/connexion', account: 'identifiant', other: 'motDePasse' },
  { path: '/mobile/login', account: 'phoneNumber', other: 'pin' },
];
const codes: readonly Form[] = [
  { path: '/otp/verify', account: 'email', other: 'code' },
  { path: '/auth/check-otp', account: 'phone', other: 'otp' },
  { path: '/mfa/challenge', account: 'username', other: 'code' },
  { path: '/auth/verify', account: 'email', other: 'verificationCode' },
];
const resets: readonly Form[] = [
  { path: '/forgot-password', account: 'email', other: 'locale' },
  { path: '/password/reset-request', account: 'username', other: 'locale' },
  { path: '/passwort-vergessen', account: 'email', other: 'sprache' },
  { path: '/auth/otp/send', account: 'phone', other: 'channel' },
];
const signUps: readonly Form[] = [
  { path: '/register', account: 'email', other: 'password' },
  { path: '/v2/users/signup', account: 'username', other: 'password' },
  { path: '/registrieren', account: 'email', other: 'passwort' },
];

describe('who attacks is refused soon', () => {
  for (const form of [...signIns, ...codes])
    test(`guessing at one account from one address, and from everywhere: ${form.path}`, async () => {
      const api = await apiOf(form, answers(401));
      const guess = (at: number): object => bodyOf(form, 'ada', String(at));
      let tried = 0;
      for (let at = 0; at < 60; at++)
        if ((await api.call(`POST ${form.path}`, { body: guess(at) })) !== 429) tried += 1;
      assert.ok(tried <= 20, `${tried} guesses`);
      for (let at = 0; at < 400; at++) {
        const status = await api.call(`POST ${form.path}`, {
          address: `198.51.${at >> 8}.${at & 255}`,
          body: guess(at),
        });
        if (status !== 429) tried += 1;
      }
      assert.ok(tried <= 125, `${tried} guesses of one account from everywhere`);
      assert.equal(api.events.at(-1)?.unmapped.castellan.refused?.stage, 'throttle');
    });

  for (const form of [...signIns, ...codes])
    test(`one password at many accounts: ${form.path}`, async () => {
      const api = await apiOf(form, answers(401));
      let tried = 0;
      for (let at = 0; at < 400; at++)
        if ((await api.call(`POST ${form.path}`, { body: bodyOf(form, `user${at}`, 'Winter2026') })) !== 429)
          tried += 1;
      assert.ok(tried <= 205, `${tried} guesses from one address`);
    });

  for (const form of resets)
    test(`messages to one person: ${form.path}`, async () => {
      const api = await apiOf(form, answers(200));
      let sent = 0;
      for (let at = 0; at < 40; at++) {
        const spelt = ['ada@example.com', 'ADA@example.com', ' ada@example.com '][at % 3];
        const call = { address: `198.51.100.${at}`, body: bodyOf(form, spelt, 'x') };
        if ((await api.call(`POST ${form.path}`, call)) !== 429) sent += 1;
      }
      assert.equal(sent, 10);
    });

  for (const form of signUps)
    test(`accounts opened in bulk: ${form.path}`, async () => {
      const api = await apiOf(form, answers(200));
      let opened = 0;
      for (let at = 0; at < 500; at++)
        if ((await api.call(`POST ${form.path}`, { body: bodyOf(form, `u${at}`, 'x') })) !== 429) opened += 1;
      assert.equal(opened, 300);
    });

  test('bank is stricter than standard; toy and internal have none', async () => {
    const [form] = signIns;
    assert.ok(form);
    const tried: number[] = [];
    for (const profile of ['bank', 'standard', 'internal', 'toy']) {
      const api = await apiOf(form, answers(401), profile);
      tried.push(passed(await api.calls(40, `POST ${form.path}`, { body: bodyOf(form, 'ada', 'x') })));
    }
    assert.deepEqual(tried, [10, 20, 40, 40]);
  });
});

describe('honest use fits', () => {
  for (const form of signIns) {
    test(`a test suite signs in as the same person again and again: ${form.path}`, async () => {
      const api = await apiOf(form, answers(200));
      let fits = 0;
      for (let at = 0; at < 200; at++) {
        if ((await api.call(`POST ${form.path}`, { body: bodyOf(form, 'admin', 'right') })) === 200) fits += 1;
        api.later(1000);
      }
      assert.equal(fits, 200);
    });

    test(`an office of 300 behind one address signs in at nine, one in five mistypes once: ${form.path}`, async () => {
      let status = 200;
      const api = await apiOf(form, () => Response.json({}, { status }));
      for (let at = 0; at < 300; at++) {
        for (const of of at % 5 === 0 ? [401, 200] : [200]) {
          status = of;
          assert.equal(await api.call(`POST ${form.path}`, { body: bodyOf(form, `user${at}`, 'x') }), of, `user ${at}`);
        }
        api.later(2000);
      }
    });
  }

  for (const form of resets)
    test(`somebody asks for the message three times, and so do many behind one address: ${form.path}`, async () => {
      const api = await apiOf(form, answers(200));
      for (let at = 0; at < 60; at++)
        assert.deepEqual(
          await api.calls(3, `POST ${form.path}`, { body: bodyOf(form, `u${at}`, 'x') }),
          [200, 200, 200],
        );
    });

  for (const form of signUps)
    test(`a class of 200 registers from one address: ${form.path}`, async () => {
      const api = await apiOf(form, answers(200));
      for (let at = 0; at < 200; at++)
        assert.equal(await api.call(`POST ${form.path}`, { body: bodyOf(form, `u${at}`, 'x') }), 200);
    });

  test('an account that strangers guess at is still open to its owner from elsewhere, until very many of them do', async () => {
    let status = 401;
    const [form] = signIns;
    assert.ok(form);
    const api = await apiOf(form, () => Response.json({}, { status }));
    for (let at = 0; at < 40; at++)
      await api.call(`POST ${form.path}`, { address: `198.51.100.${at % 2}`, body: bodyOf(form, 'ada', 'x') });
    status = 200;
    assert.equal(await api.call(`POST ${form.path}`, { address: '203.0.113.5', body: bodyOf(form, 'ada', 'x') }), 200);
  });

  test('what only sounds like it has no limit of its own', async () => {
    for (const path of [
      '/login-history',
      '/orders',
      '/research',
      '/tokens/{id}',
      '/blog/searches/{id}',
      '/users/{id}/exports/{x}',
    ]) {
      const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      }));
      const api = await limitsApi({ [path]: { parameters: variables, get: { responses: answer() } } });
      open.push(api);
      assert.equal(passed(await api.calls(700, `GET ${path.replaceAll(/\{\w+\}/g, '1')}`, { as: 'ada' })), 700, path);
    }
  });
});

describe('who says something else is believed', () => {
  const [form] = signIns;
  assert.ok(form);
  const { path } = form;

  test('a limit of the operation takes the place of the default, and the option turns it off', async () => {
    const operation = { requestBody: json(schemaOf(form)), responses: answer() };
    const own = await limitsApi(
      { [path]: { post: { ...operation, 'x-castellan': { rateLimit: { rate: '35/minute', by: 'address' } } } } },
      answers(401),
    );
    const off = await limitsApi({ [path]: { post: operation } }, answers(401), {
      options: { limits: { byMeaning: false } },
    });
    open.push(own, off);
    const call = { body: bodyOf(form, 'ada', 'x') };
    assert.equal(passed(await own.calls(60, `POST ${path}`, call)), 35);
    assert.equal(passed(await off.calls(60, `POST ${path}`, call)), 60);
  });

  test('a limit of the document stays beside it', async () => {
    const api = await apiOf(form, answers(401), undefined);
    open.push(api);
    const both = await limitsApi(
      { [path]: { post: { requestBody: json(schemaOf(form)), responses: answer() } } },
      answers(401),
      { castellan: { rateLimit: { rate: '1000/minute' } } },
    );
    open.push(both);
    assert.equal(passed(await both.calls(60, `POST ${path}`, { body: bodyOf(form, 'ada', 'x') })), 20);
  });
});

test('searches and exports of one caller', async () => {
  const api = await limitsApi({
    '/documents/search': { get: { responses: answer() } },
    '/documents/export': { get: { responses: answer() } },
  });
  open.push(api);
  assert.equal(passed(await api.calls(400, 'GET /documents/search', { as: 'ada' })), 300);
  assert.equal(passed(await api.calls(10, 'GET /documents/search', { as: 'bob' })), 10);
  assert.equal(passed(await api.calls(100, 'GET /documents/export', { as: 'ada' })), 60);
});
