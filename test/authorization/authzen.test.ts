// promise: authzen-denies
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { contractFile, directory, policyFiles } from '@castellan/example-documents';
import { createGuard, type Guard } from '@castellan/guard';
import { authzen } from '@castellan/guard/authzen';
import { Slices, TooLong } from '../../packages/guard/src/authzen/slices.ts';
import { send, type Answer } from './send.ts';

const key = 'a-key-for-the-decision-point';
const approvedAt = Date.parse('2026-11-20T09:00:00.000Z');
const hour = 3_600_000;
const section = {
  type: 'Section',
  id: 's1',
  properties: {
    id: 's1',
    documentId: 'd1',
    heading: 'h',
    text: 't',
    approval: { tag: 'ready', by: 'bob', at: '2026-11-20T09:00:00.000Z' },
  },
};
const ada = { type: 'User', id: 'ada' };
const edit = { name: 'editSection' };

describe('the decision endpoint (OpenID AuthZEN Authorization API 1.0)', () => {
  let guard: Guard;
  let server: Server;
  let url: string;
  let now = approvedAt + hour;
  const ask = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    send(url, `/access/v1/${path}`, { method: 'POST', body, headers: { authorization: `Bearer ${key}`, ...headers } });

  before(async () => {
    guard = await createGuard({
      contract: contractFile,
      policies: policyFiles,
      entities: directory(),
      clock: () => now,
      authentication: { oauth: { verify: () => undefined } },
      resources: {
        Section: (ids) => ids.map((id) => (id === 's1' ? section.properties : undefined)),
        Document: () => [],
      },
    });
    server = createServer(authzen(guard, { keys: [key], origin: 'https://pdp.example.com' }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await guard.end();
  });

  test('one evaluation, at the guard’s own time', async () => {
    now = approvedAt + 78 * hour - 1;
    const question = { subject: ada, action: edit, resource: section, context: { now: '2026-11-20T09:00:01Z' } };
    const answer = await ask('evaluation', question, { 'x-request-id': 'r-1' });
    assert.deepEqual([answer.status, answer.json], [200, { decision: true }]);
    assert.equal(answer.headers['x-request-id'], 'r-1');
    now = approvedAt + 78 * hour;
    assert.deepEqual((await ask('evaluation', question)).json, { decision: false });
    now = approvedAt + hour;
  });

  test('an object without properties is loaded, where a loader is there', async () => {
    const of = (id: string) => ({ subject: ada, action: edit, resource: { type: 'section', id } });
    assert.deepEqual((await ask('evaluation', of('s1'))).json, { decision: true });
    assert.deepEqual((await ask('evaluation', of('s2'))).json, { decision: false });
  });

  test('what is not known is denied', async () => {
    for (const question of [
      { subject: { type: 'Robot', id: 'ada' }, action: edit, resource: section },
      { subject: ada, action: { name: 'dropTables' }, resource: section },
      { subject: ada, action: edit, resource: { ...section, type: 'Planet' } },
      { subject: { type: 'User', id: 'eve' }, action: edit, resource: section },
    ])
      assert.deepEqual((await ask('evaluation', question)).json, { decision: false });
  });

  test('several evaluations with defaults, each semantic, and an error in one of them', async () => {
    const bob = { subject: { type: 'User', id: 'bob' } };
    const many = (semantic?: string) =>
      ask('evaluations', {
        subject: ada,
        action: edit,
        resource: section,
        evaluations: [{}, bob, { resource: { type: 'Section' } }, { action: { name: 'getSection' } }],
        ...(semantic === undefined ? {} : { options: { evaluations_semantic: semantic } }),
      });
    const all = (await many()).json['evaluations'] as { decision: boolean; context?: object }[];
    assert.deepEqual(
      all.map(({ decision }) => decision),
      [true, false, false, true],
    );
    assert.match(JSON.stringify(all[2]?.context), /resource.id/);
    assert.deepEqual((await many('deny_on_first_deny')).json, {
      evaluations: [{ decision: true }, { decision: false }],
    });
    assert.deepEqual((await many('permit_on_first_permit')).json, { evaluations: [{ decision: true }] });
    assert.equal((await many('some')).status, 400);
    assert.deepEqual((await ask('evaluations', { subject: ada, action: edit, resource: section })).json, {
      decision: true,
    });
  });

  test('search for actions, and metadata', async () => {
    const found = await ask('search/action', { subject: ada, resource: section });
    assert.deepEqual(found.json, { results: [{ name: 'getSection' }, { name: 'editSection' }] });
    const metadata = await send(url, '/.well-known/authzen-configuration');
    assert.equal(metadata.json['access_evaluation_endpoint'], 'https://pdp.example.com/access/v1/evaluation');
  });

  describe('one question, and all of one request, have bounds', () => {
    const list = (length: number, of: (index: number) => unknown = (index) => `group-${index}`): unknown[] =>
      Array.from({ length }, (_, index) => of(index));
    const nested = (depth: number): unknown => (depth === 0 ? list(10) : list(10, () => nested(depth - 1)));
    const large: Readonly<Record<string, object>> = {
      groups: { groups: list(2500) },
      'many small properties': Object.fromEntries(list(2500, (index) => [`p${index}`, 1]) as [string, number][]),
      'deep lists': { of: nested(3) },
      'one long text': { text: 'x'.repeat(65_000), more: 'x'.repeat(1000) },
      'long names': Object.fromEntries(list(70, (index) => [`${'n'.repeat(1000)}${index}`, 1]) as [string, number][]),
    };
    const places: Readonly<Record<string, (properties: object) => object>> = {
      subject: (properties) => ({ subject: { ...ada, properties }, action: edit, resource: section }),
      resource: (properties) => ({ subject: ada, action: edit, resource: { ...section, properties } }),
      context: (context) => ({ subject: ada, action: edit, resource: section, context }),
    };
    for (const [what, properties] of Object.entries(large))
      for (const [place, of] of Object.entries(places))
        test(`${what} in the ${place}`, async () => {
          const answer = await ask('evaluation', of(properties));
          assert.equal(answer.status, 400);
          assert.match(JSON.stringify(answer.json), /more than 2000 values or 65536 characters/);
          const searched = await ask('search/action', of(properties));
          assert.equal(searched.status, 400);
          const among = await ask('evaluations', { evaluations: [of({}), of(properties)] });
          const [small, big] = among.json['evaluations'] as { context?: object }[];
          assert.equal(small?.context, undefined);
          assert.match(JSON.stringify(big?.context), /more than 2000 values/);
        });
    test('as many groups as anybody has are taken', async () => {
      const question = { subject: { ...ada, properties: { groups: list(1500) } }, action: edit, resource: section };
      assert.deepEqual((await ask('evaluation', question)).json, { decision: true });
    });
    test('what all questions share counts for each of them', async () => {
      const shared = { subject: { ...ada, properties: { groups: list(1500) } }, action: edit, resource: section };
      assert.equal((await ask('evaluations', { ...shared, evaluations: list(30, () => ({})) })).status, 200);
      const answer = await ask('evaluations', { ...shared, evaluations: list(40, () => ({})) });
      assert.equal(answer.status, 413);
      assert.match(JSON.stringify(answer.json), /ask fewer at once/);
      const small = { subject: ada, action: edit, resource: section, evaluations: list(1000, () => ({})) };
      assert.equal((await ask('evaluations', small)).status, 200);
      assert.equal((await ask('evaluations', { ...small, evaluations: list(1001, () => ({})) })).status, 400);
    });
    test('others get their turn between two questions, and 5 s are the end', async () => {
      let time = 0;
      let turns = 0;
      const slices = new Slices(() => time);
      const others = (): void => {
        turns += 1;
        if (time < 4000) setImmediate(others);
      };
      setImmediate(others);
      await slices.pause();
      assert.equal(turns, 0, 'a short turn goes on');
      for (time = 10; time < 4000; time += 100) {
        const before = turns;
        await slices.pause();
        assert.ok(turns > before, `${time} ms`);
      }
      time = 5000;
      await assert.rejects(slices.pause(), TooLong);
    });
  });

  test('without its key, malformed, too large, or on another path: refused', async () => {
    const question = { subject: ada, action: edit, resource: section };
    assert.equal((await ask('evaluation', question, { authorization: 'Bearer another-key-of-length' })).status, 401);
    assert.equal((await ask('evaluation', question, { authorization: '' })).status, 401);
    assert.equal((await ask('evaluation', { subject: ada })).status, 400);
    assert.equal((await ask('evaluation', [question])).status, 400);
    assert.equal((await ask('evaluation', { ...question, context: 'x'.repeat(2 ** 20) })).status, 413);
    assert.equal((await ask('search/subject', question)).status, 404);
    assert.equal((await send(url, '/access/v1/evaluation')).status, 405);
  });
});
