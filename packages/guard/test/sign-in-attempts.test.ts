// Applications with a login of their own: whose account with which secret was tried stands in facts by keyed hashes, whatever names the
// contract has for them; what succeeded, and what is no sign-in, is no attempt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { guarded } from './guarded.ts';

interface Form {
  readonly path: string;
  readonly account: string;
  readonly secret: string;
  readonly inside?: string;
  readonly type?: 'application/json' | 'application/x-www-form-urlencoded';
  readonly status: number;
}

const paths = ['/login', '/auth/token', '/sessions/sign-in', '/v2/users/login', '/anmeldung/login'];
const accounts = ['username', 'email', 'user_name', 'emailAddress', 'login', 'phoneNumber'];
const secrets = ['password', 'passwd', 'passwort', 'userPassword'];
const statuses = [401, 400, 403, 404, 422, 429];

/** Each name with each other at least once. */
const forms: Form[] = accounts.flatMap((account, a) =>
  secrets.map((secret, s): Form => ({
    path: paths[(a + s) % paths.length] ?? '/login',
    account,
    secret,
    ...(s === 2 ? { inside: 'credentials' } : {}),
    ...(s === 1 ? { type: 'application/x-www-form-urlencoded' as const } : {}),
    status: statuses[(a * 2 + s) % statuses.length] ?? 401,
  })),
);

function contractOf({ path, account, secret, inside, type = 'application/json' }: Form): Record<string, unknown> {
  const fields = { type: 'object', properties: { [account]: { type: 'string' }, [secret]: { type: 'string' } } };
  const schema = inside === undefined ? fields : { type: 'object', properties: { [inside]: fields } };
  const responses = { 200: { description: 'in' }, '4XX': { description: 'no' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Own login', version: '1' },
    paths: {
      [path]: {
        post: { operationId: 'enter', security: [], requestBody: { content: { [type]: { schema } } }, responses },
      },
      '/feedback': {
        post: {
          operationId: 'feedback',
          security: [],
          requestBody: { content: { 'application/json': { schema: fields } } },
          responses,
        },
      },
    },
  };
}

async function attempts(form: Form, bodies: readonly (readonly [account: string, secret: string, status: number])[]) {
  const facts: Facts[] = [];
  let status = 200;
  const server = await guarded(
    { contract: contractOf(form), authentication: {}, facts: [(one) => facts.push(one)] },
    (_request, response) => {
      response.statusCode = status;
      response.end();
    },
  );
  const { account, secret, inside, type = 'application/json' } = form;
  for (const [name, word, code] of bodies) {
    status = code;
    const fields = { [account]: name, [secret]: word };
    const body =
      type === 'application/json'
        ? JSON.stringify(inside === undefined ? fields : { [inside]: fields })
        : new URLSearchParams(fields).toString();
    await (await fetch(server.url + form.path, { method: 'POST', headers: { 'content-type': type }, body })).text();
  }
  status = 401;
  await (
    await fetch(`${server.url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [account]: 'somebody' }),
    })
  ).text();
  await server.close();
  return facts;
}

for (const form of forms)
  test(`${form.account} and ${form.secret} at ${form.path}, ${form.status}`, async () => {
    const facts = await attempts(form, [
      ['Ada@example.com', 'canary-one-7Q', form.status],
      [' ada@EXAMPLE.com', 'canary-two-7Q', form.status],
      ['bob@example.com', 'canary-one-7Q', form.status],
      ['carol@example.com', 'canary-three-7Q', 200],
    ]);
    const [first, other, spray, good, elsewhere] = facts.map(({ attempt }) => attempt);
    assert.ok(first !== undefined && other !== undefined && spray !== undefined);
    assert.equal(first.account, other.account, 'one account, however it is spelled');
    assert.notEqual(first.account, spray.account);
    assert.equal(first.secret, spray.secret, 'one password for two accounts');
    assert.notEqual(first.secret, other.secret);
    assert.ok(first.account !== undefined && first.secret !== undefined);
    assert.deepEqual([good, elsewhere], [undefined, undefined]);
    assert.doesNotMatch(JSON.stringify(facts), /canary|ada@|bob@|carol/i);
  });
