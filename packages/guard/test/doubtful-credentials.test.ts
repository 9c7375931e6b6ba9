// What is in doubt makes nobody more trusted: credentials that fail, tokens that are for something else, lists half read.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { checkClaims, isAccessToken, usualSubject } from '../src/authenticate/claims.ts';
import { groupsOf, groupsRule } from '../src/authenticate/group-claims.ts';
import { describe as describeThrown, isOutage } from '../src/authenticate/thrown.ts';
import { momentOf } from '../src/configuration/quantities.ts';
import { RevocationFile, RevocationList } from '../src/revocation/index.ts';
import { send } from './client.ts';
import { guarded, identity } from './guarded.ts';

const open = {
  openapi: '3.1.0',
  info: { title: 'Open', version: '1' },
  paths: {
    '/me': {
      get: {
        operationId: 'me',
        security: [{ token: [] }, {}],
        responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

const tokens = {
  good: await identity.token(),
  ended: await identity.token({ exp: 1_700_000_000 }),
  elsewhere: await identity.token({ aud: 'billing' }),
  foreign: await identity.token({ iss: 'https://other.example.com' }),
  gone: await identity.token({ jti: 'gone' }),
};

describe('where anybody may call, a credential that is presented has to be good', () => {
  for (const [what, token, status] of [
    ['none', undefined, 200],
    ['a good one', tokens.good, 200],
    ['no token', 'garbage', 401],
    ['one that ended', tokens.ended, 401],
    ['one for another API', tokens.elsewhere, 401],
    ['one of another issuer', tokens.foreign, 401],
    ['one that was taken back', tokens.gone, 401],
  ] as const) {
    test(what, async () => {
      const server = await guarded({ contract: open });
      await server.guard.revocations.revoke({ kind: 'token', id: 'gone' });
      try {
        const answer = await send(server.url, '/me', token === undefined ? {} : { token });
        assert.equal(answer.status, status);
      } finally {
        await server.close();
      }
    });
  }
});

describe('tokens that are for something else', () => {
  const uses = ['refresh', 'refresh_token', 'Refresh', 'REFRESH-TOKEN', 'id', 'ID', 'id_token', 'logout', 'offline'];
  for (const name of ['token_use', 'tokenUse', 'token_type', 'tokenType', 'typ', 'token_kind']) {
    test(name, () => {
      for (const use of uses) assert.equal(isAccessToken({ [name]: use }), false, use);
      for (const use of ['access', 'access_token', 'Bearer', 'JWT', 'at+jwt'])
        assert.ok(isAccessToken({ [name]: use }), use);
    });
  }
  test('the names of RFC 8693, and tokens that tell of events', () => {
    for (const use of ['refresh_token', 'id_token'])
      assert.equal(isAccessToken({ token_type: `urn:ietf:params:oauth:token-type:${use}` }), false, use);
    assert.ok(isAccessToken({ token_type: 'urn:ietf:params:oauth:token-type:access_token' }));
    for (const name of [
      'http://schemas.openid.net/event/backchannel-logout',
      'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
      'urn:ietf:params:scim:event:create',
    ])
      assert.equal(isAccessToken({ sub: 'ada', events: { [name]: {} } }), false, name);
    for (const events of [['https://a.example/b'], {}, { login: true }, 'http://a', null])
      assert.ok(isAccessToken({ events }), JSON.stringify(events));
  });
  test('type is a word of the API itself, except where it says that the token is for refreshing', () => {
    for (const use of ['refresh', 'Refresh', 'refresh_token', ' refresh '])
      assert.equal(isAccessToken({ type: use }), false, use);
    for (const use of ['access', 'id', 'auth', 'staff', 7, null]) assert.ok(isAccessToken({ type: use }), String(use));
  });
  test('without a subject the client is the subject, and nothing else is', () => {
    const rules = { issuerFits: () => true, audience: 'a', clockSkew: 0, required: [], subject: usualSubject };
    const claims = { iss: 'i', aud: 'a', exp: 2000 };
    assert.equal(checkClaims({ ...claims, client_id: 'worker' }, rules, 0), undefined);
    for (const more of [
      {},
      { client_id: '' },
      { client_id: 7 },
      { sub: 7, client_id: 'worker' },
      { sub: '' },
      { sub: null },
    ])
      assert.equal(checkClaims({ ...claims, ...more }, rules, 0)?.reason, 'no-subject', JSON.stringify(more));
  });
});

test('groups are read in the forms that providers give them, or the token is refused', () => {
  for (const [value, groups] of [
    [undefined, []],
    ['', []],
    [[], []],
    ['staff', ['staff']],
    [
      ['staff', 'Domain Admins'],
      ['staff', 'Domain Admins'],
    ],
    [
      [1, 2],
      ['1', '2'],
    ],
    [7, ['7']],
    ['staff contractors', undefined],
    ['staff,contractors', undefined],
    [{ staff: true }, undefined],
    [[{ name: 'contractors' }], undefined],
    [[['contractors']], undefined],
    [true, undefined],
  ] as const) {
    assert.deepEqual(groupsOf({ groups: value }, groupsRule('groups'), undefined), groups, JSON.stringify(value));
    assert.deepEqual(
      groupsOf({ realm: { roles: value } }, groupsRule('claims.realm.roles'), undefined),
      groups,
      JSON.stringify(value),
    );
  }
});

test('a moment is the same in seconds, milliseconds and ISO 8601, and a time without a zone is none', () => {
  const at = Date.UTC(2027, 0, 1);
  for (const value of [
    at,
    at / 1000,
    String(at),
    '2027-01-01',
    '2027-01-01T00:00:00Z',
    '2027-01-01T02:00:00+02:00',
    new Date(at),
  ])
    assert.equal(momentOf(value), at, String(value));
  for (const value of [
    '2027-01-01T00:00:00',
    'soon',
    '',
    null,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(Number.NaN),
  ])
    assert.equal(momentOf(value), undefined, String(value));
});

describe("a verifier of one's own", () => {
  test('what it throws is a refusal, where it is out of reach nobody can say', () => {
    const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    for (const error of [
      away,
      new TypeError('fetch failed', { cause: away }),
      new AggregateError([away]),
      Object.assign(new Error('x'), { code: 'ERR_JWKS_TIMEOUT' }),
      Object.assign(new Error('x'), { status: 503 }),
      Object.assign(new Error('x'), { name: 'TimeoutError' }),
    ])
      assert.ok(isOutage(error), String(error));
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    for (const error of [
      new Error('jwt expired'),
      Object.assign(new Error('x'), { code: 'ERR_JWT_EXPIRED' }),
      'bad',
      undefined,
      loop,
    ])
      assert.equal(isOutage(error), false, String(error));
  });
  test('the log names what was thrown and not the credential', () => {
    const cause = new TypeError('no key abcdef12', { cause: 'ghijkl34 was read' });
    assert.equal(describeThrown(new Error('not good', { cause })), 'Error, caused by TypeError, caused by string');
    const loop = new Error('loop');
    loop.cause = loop;
    assert.ok(describeThrown(loop).length <= 200);
  });
  for (const [answer, status] of [
    [{ subject: 'ada' }, 200],
    [{ subject: 'ada', scopes: 'orders:read', groups: ['a'], expiresAt: 4_000_000_000 }, 200],
    [{ subject: 'ada', expiresAt: 4_000_000_000_000 }, 200],
    [{ subject: 'ada', expiresAt: 1_600_000_000 }, 401],
    [{ subject: 'ada', expiresAt: 'soon' }, 401],
    [{ subject: 'ada', groups: 7 }, 401],
    [{ subject: 7 }, 401],
    [{ subject: '' }, 401],
    ['ada', 401],
    [true, 401],
    [false, 401],
    [null, 401],
  ] as const) {
    test(`answers ${JSON.stringify(answer)}: ${status}`, async () => {
      const server = await guarded({ contract: open, authentication: { token: { verify: () => answer as never } } });
      try {
        assert.equal((await send(server.url, '/me', { token: 'kT7vQ2mXz9rLw4Yb8NcD' })).status, status);
      } finally {
        await server.close();
      }
    });
  }
});

describe('a list of revocations that is partly broken', () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-doubt-'));
  after(() => rmSync(folder, { recursive: true }));
  const line = (id: string): string => JSON.stringify({ kind: 'credential', id, at: 1 });
  const revoked = (list: RevocationList, id: string): boolean =>
    list.isRevoked({ subject: 's', issuer: 'i', credential: { kind: 'api-key', id } } as never);
  for (const [index, broken] of [
    '{"kind":"cred',
    'nonsense',
    '{}',
    '[]',
    'null',
    line('x').replace('1}', '"soon"}'),
  ].entries()) {
    test(`with ${broken}`, async () => {
      const file = join(folder, `${index}.jsonl`);
      writeFileSync(file, '');
      const list = await new RevocationList({ file }).open();
      try {
        appendFileSync(file, `${line('ada')}\n${broken}`);
        await list.refresh();
        new RevocationFile(file).append({ kind: 'credential', id: 'bob', at: 1 });
        for (let look = 0; look < 3; look++) {
          await list.refresh();
          assert.deepEqual([revoked(list, 'ada'), revoked(list, 'bob'), revoked(list, 'eve')], [true, true, false]);
          assert.deepEqual(
            list.notices.map(({ code }) => code),
            ['revocations-stale'],
          );
        }
        writeFileSync(file, `${line('ada')}\n${line('bob')}\n`);
        await list.refresh();
        assert.deepEqual(list.notices, []);
        rmSync(file);
        for (let look = 0; look < 2; look++) {
          await list.refresh();
          assert.equal(list.notices.length, 1);
          assert.ok(revoked(list, 'ada'));
        }
      } finally {
        await list.close();
      }
    });
  }
  for (const [index, half] of ['{"kind":"cred', 'nonsense', '{}', `${line('x').slice(0, -1)}`, ' '].entries()) {
    test(`a last line that nobody ends is told as long as it stands there: ${half}`, async () => {
      const file = join(folder, `half-${index}.jsonl`);
      writeFileSync(file, `${line('ada')}\n`);
      const list = await new RevocationList({ file }).open();
      const told = (): number => list.notices.filter(({ code }) => code === 'revocations-stale').length;
      try {
        appendFileSync(file, half);
        await list.refresh();
        assert.equal(told(), 0, 'it may be being written');
        for (let look = 0; look < 3; look++) {
          await list.refresh();
          assert.equal(told(), 1);
          assert.ok(revoked(list, 'ada'));
        }
        await assert.rejects(new RevocationList({ file }).open(), /:2:1: this line is no revocation/);
        await assert.rejects(new RevocationFile(file).compact(2), /:2:1: this line is no revocation/);
        writeFileSync(file, `${line('ada')}\n`);
        await list.refresh();
        assert.equal(told(), 0);
      } finally {
        await list.close();
      }
    });
  }
  test('a last line that is whole but for its end is in force at once, one written in two parts is never told', async () => {
    const file = join(folder, 'parts.jsonl');
    writeFileSync(file, '');
    const list = await new RevocationList({ file }).open();
    try {
      appendFileSync(file, line('ada'));
      await list.refresh();
      assert.ok(revoked(list, 'ada'));
      appendFileSync(file, `\n${line('bob').slice(0, 10)}`);
      await list.refresh();
      appendFileSync(file, `${line('bob').slice(10)}\n`);
      await list.refresh();
      await list.refresh();
      assert.ok(revoked(list, 'bob'));
      assert.deepEqual(list.notices, []);
    } finally {
      await list.close();
    }
  });
  test('an end in seconds is not over at once', async () => {
    const list = new RevocationList({ clock: () => 1_800_000_000_000 });
    await list.revoke({ kind: 'credential', id: 'ada', until: 1_900_000_000 });
    await list.refresh();
    assert.ok(revoked(list, 'ada'));
  });
});
