// A guard whose files come from a repository, from URLs, from the registry: whatever goes wrong there, it starts from the last good
// state, never takes a bad one, and says so.
// promise: source-last-good
// promise: source-start-alone
// promise: reloads-recorded
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createGuard, type Guard, type GuardOptions } from '@castellan/guard';
import { eventSchema, searchLog, verifyLog } from '@castellan/guard/audit';
import { fetchGuard } from '@castellan/guard/fetch';
import { ocsfIssues } from '../../../conformance/ocsf/validate.ts';
import { gitWorld, registryKey, registryWorld, urlWorld, type World } from './source-worlds.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-source-'));
after(() => rmSync(folder, { recursive: true }));
let folders = 0;
const fresh = (): string => {
  const made = join(folder, String((folders += 1)));
  mkdirSync(made);
  return made;
};

/** An API that answers one path, by which its version is seen. */
const documentOf = (path: string): string => `openapi: 3.1.0
info: { title: Orders, version: '1' }
paths:
  /${path}:
    get:
      operationId: ${path}
      security: []
      responses: { 200: { description: ok, content: { text/plain: { schema: { type: string } } } } }
`;

const broken: Readonly<Record<string, string>> = {
  'no YAML': 'openapi: [3.1.0\n',
  'no OpenAPI': 'hello: world\n',
  empty: '',
  'a reference to nothing': documentOf('b').replace('type: string', "$ref: '#/components/schemas/None'"),
  'a reference out of the source': documentOf('b').replace(
    'type: string',
    "$ref: '../../../../../../../../etc/hostname'",
  ),
  'an unknown extension': documentOf('b').replace(
    'operationId: b',
    'operationId: b\n      x-castellan: { ressource: Order }',
  ),
};

async function answers(guard: Guard, path: string): Promise<number> {
  const handler = fetchGuard(guard, () => new Response('ok', { headers: { 'content-type': 'text/plain' } }));
  return (await handler(new Request(`http://api.example/${path}`), { remoteAddress: '127.0.0.1' })).status;
}

/** A reload, as the audit log tells it. */
interface ReloadEvent {
  readonly class_uid: number;
  readonly status_id: number;
  readonly time: number;
  readonly status_code?: string;
  readonly status_detail?: string;
  readonly unmapped: { readonly castellan: { readonly contract: string; readonly since: number } };
}

const isEvent = new Ajv2020({ strict: false }).compile(eventSchema());
const reloadsIn = (file: string): readonly ReloadEvent[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReloadEvent)
    .filter((event) => event.class_uid === 6002);

const oneLine = (error: unknown): error is CastellanError => {
  assert.ok(error instanceof CastellanError, String(error));
  assert.doesNotMatch(error.message, /\n|verysecret|castellan_key/);
  assert.match(error.message, /; ./);
  return true;
};

const worlds: Readonly<Record<string, () => Promise<World>>> = {
  git: () => gitWorld(fresh()),
  files: urlWorld,
  registry: registryWorld,
};

for (const [kind, make] of Object.entries(worlds)) {
  describe(kind, async () => {
    const world = await make();
    after(() => world.close());
    const options = (cache: string): GuardOptions => {
      const { source, ...more } = world.options();
      return { ...more, source: { ...source, cache } };
    };
    const open = (cache: string): Promise<Guard> => createGuard(options(cache));

    for (const [name, fail] of Object.entries(world.failures)) {
      test(`${name}: nothing starts without a last good state`, async () => {
        await world.publish({ 'openapi.yaml': documentOf('a') });
        const given = options(fresh());
        fail();
        await assert.rejects(createGuard(given), oneLine);
      });

      test(`${name}: it starts from the last good state, says so, and takes the next one that is good`, async () => {
        const cache = fresh();
        await world.publish({ 'openapi.yaml': documentOf('a') });
        await (await open(cache)).end();
        await world.publish({ 'openapi.yaml': documentOf('b') });
        const given = options(cache);
        fail();
        const guard = await createGuard(given);
        assert.equal(await answers(guard, 'a'), 200);
        assert.equal(await answers(guard, 'b'), 404);
        assert.match(guard.stale ?? '', /last good/);
        const [notice] = guard.notices.filter(({ code }) => code.startsWith('source-'));
        assert.match(notice?.message ?? '', /last good/);
        assert.doesNotMatch(JSON.stringify(guard.notices), /verysecret|castellan_key/);
        await world.publish({ 'openapi.yaml': documentOf('c') });
        await guard.reload(options(cache));
        assert.deepEqual([await answers(guard, 'a'), await answers(guard, 'c'), guard.stale], [404, 200, undefined]);
        await guard.end();
      });

      test(`${name}: while it runs nothing changes`, async () => {
        const cache = fresh();
        await world.publish({ 'openapi.yaml': documentOf('a') });
        const guard = await open(cache);
        const given = options(cache);
        fail();
        // Of files with the digests that are there already nobody asks again.
        await guard.reload(given).catch(oneLine);
        assert.equal(await answers(guard, 'a'), 200);
        await guard.end();
      });
    }

    for (const [name, text] of Object.entries(broken)) {
      test(`a document that is ${name} never takes the place of a good one`, async () => {
        const cache = fresh();
        const [log, file] = [join(cache, 'log'), join(cache, 'audit.jsonl')];
        await world.publish({ 'openapi.yaml': documentOf('a') });
        const guard = await createGuard({ ...options(cache), audit: { dir: log } });
        const { digest } = guard.contract;
        await world.publish({ 'openapi.yaml': text });
        const given = { ...options(cache), audit: { dir: log } };
        await assert.rejects(guard.reload(given), oneLine);
        assert.equal(await answers(guard, 'a'), 200);
        // Nor after a restart.
        const again = await createGuard({ ...given, audit: { file } });
        assert.equal(await answers(again, 'a'), 200);
        assert.match(again.stale ?? '', /last good/);
        assert.doesNotMatch(again.stale ?? '', new RegExp(folder));
        await world.publish({ 'openapi.yaml': documentOf('b') });
        for (const [one, audit] of [
          [guard, { dir: log }],
          [again, { file }],
        ] as const) {
          await one.reload({ ...options(cache), audit });
          assert.deepEqual([await answers(one, 'b'), one.stale], [200, undefined]);
          await one.end();
        }
        const searched = [...searchLog(log, { decision: 'reload' })]
          .toReversed()
          .map(({ line }) => JSON.parse(line) as ReloadEvent);
        assert.deepEqual(verifyLog(log, {}).findings, []);
        for (const told of [searched, reloadsIn(file)]) {
          assert.deepEqual(
            told.map(({ status_id: status }) => status),
            [2, 1],
          );
          for (const event of told) {
            assert.ok(isEvent(event), JSON.stringify(isEvent.errors));
            assert.deepEqual(ocsfIssues(event as object as Readonly<Record<string, unknown>>), []);
          }
          const [failed] = told;
          assert.ok((failed?.status_detail?.length ?? 0) > 20 && failed?.status_code !== undefined);
          assert.doesNotMatch(JSON.stringify(told), /verysecret|castellan_key/);
          assert.equal(failed?.unmapped.castellan.contract, digest.slice(7, 19));
          assert.ok((failed?.unmapped.castellan.since ?? Infinity) <= (failed?.time ?? 0));
        }
      });
    }

    test('a state in the cache that was damaged is fetched again, or told', async () => {
      const cache = fresh();
      await world.publish({ 'openapi.yaml': documentOf('a') });
      await (await open(cache)).end();
      const files = execFileSync('find', [cache, '-name', 'openapi.yaml'], { encoding: 'utf8' }).trim().split('\n');
      assert.equal(files.length, 1);
      writeFileSync(files[0] ?? '', documentOf('damaged'));
      const guard = await open(cache);
      assert.deepEqual([await answers(guard, 'damaged'), await answers(guard, 'a')], [404, 200]);
      await guard.end();
    });

    test('states that are no longer needed go', async () => {
      const cache = fresh();
      for (const path of ['a', 'b', 'c', 'd']) {
        await world.publish({ 'openapi.yaml': documentOf(path) });
        await (await open(cache)).end();
      }
      const [only = ''] = readdirSync(cache);
      const states = readdirSync(join(cache, only)).filter((name) => name.startsWith('state-'));
      assert.ok(states.length <= 2, states.join(' '));
      assert.deepEqual(
        readdirSync(join(cache, only)).filter((name) => name.startsWith('making-')),
        [],
      );
    });
  });
}

const policies = (deny: string): Readonly<Record<string, string>> => ({
  'openapi.yaml': documentOf('a'),
  'policies/one.cedar': 'permit (principal, action, resource);\n',
  ...(deny === '' ? {} : { 'policies/two.cedar': deny }),
});

test('policies, and the contract with them, change as one commit', async () => {
  const world = await gitWorld(fresh());
  const cache = fresh();
  await world.publish(policies(''));
  const { source } = world.options();
  const options: GuardOptions = {
    source: { ...source, cache },
    contract: 'openapi.yaml',
    policies: 'policies/*.cedar',
  };
  const guard = await createGuard(options);
  assert.equal(await answers(guard, 'a'), 200);
  await world.publish(policies('forbid (principal, action, resource);\n'));
  await guard.reload();
  assert.equal(await answers(guard, 'a'), 403);
  await world.publish(policies('forbid (principal, action, resourse);\n'));
  await assert.rejects(guard.reload(), /main@[0-9a-f]{12}:policies\/two\.cedar/);
  assert.equal(await answers(guard, 'a'), 403);
  // A commit without it was made so.
  await world.publish(policies(''));
  await guard.reload();
  assert.equal(await answers(guard, 'a'), 200);
  await guard.end();
});

test('what is watched comes into force by itself; what is wrong is told once', async () => {
  const world = await gitWorld(fresh());
  await world.publish({ 'openapi.yaml': documentOf('a') });
  const told: string[] = [];
  let next: () => void = () => undefined;
  const watched = join(fresh(), 'audit.jsonl');
  const { source } = world.options();
  const guard = await createGuard({
    ...world.options(),
    source: { ...source, cache: fresh(), interval: 100 },
    watch: true,
    audit: { file: watched },
    onReload(outcome) {
      told.push(outcome.ok ? 'ok' : outcome.error.code);
      next();
    },
  });
  const change = async (publish: () => Promise<void>): Promise<void> => {
    const done = new Promise<void>((resolve) => (next = resolve));
    await publish();
    await done;
  };
  await change(() => world.publish({ 'openapi.yaml': documentOf('b') }));
  assert.equal(await answers(guard, 'b'), 200);
  await change(() => world.publish({ 'openapi.yaml': 'hello: world' }));
  assert.deepEqual([await answers(guard, 'b'), told.length, guard.stale === undefined], [200, 2, false]);
  await change(() => Promise.resolve(world.failures['the repository is gone']?.()));
  assert.equal(await answers(guard, 'b'), 200);
  await change(() => world.publish({ 'openapi.yaml': documentOf('c') }));
  assert.deepEqual([await answers(guard, 'c'), guard.stale], [200, undefined]);
  assert.deepEqual(told, ['ok', 'invalid-openapi', 'source-unreachable', 'ok']);
  await guard.end();
  assert.deepEqual(
    reloadsIn(watched).map(({ status_id: status, status_code: code }) => code ?? status),
    [1, 'invalid-openapi', 'source-unreachable', 1],
  );
});

test('links in a repository lead to what they name within it, and nowhere else', async () => {
  const place = fresh();
  writeFileSync(join(place, 'secret.yaml'), documentOf('secret'));
  mkdirSync(join(place, 'work', 'v2'), { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-C', join(place, 'work'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(place, 'work', 'v2/api.yaml'), documentOf('a'));
  symlinkSync('v2/api.yaml', join(place, 'work', 'openapi.yaml'));
  symlinkSync('../secret.yaml', join(place, 'work', 'out.yaml'));
  symlinkSync('/etc/hostname', join(place, 'work', 'absolute.yaml'));
  symlinkSync('loop.yaml', join(place, 'work', 'loop.yaml'));
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  const from = (contract: string): Promise<Guard> =>
    createGuard({ source: { git: join(place, 'work'), cache: fresh() }, contract });
  const guard = await from('openapi.yaml');
  assert.equal(await answers(guard, 'a'), 200);
  await guard.end();
  for (const contract of ['out.yaml', 'absolute.yaml', 'loop.yaml', '../secret.yaml'])
    await assert.rejects(from(contract), oneLine, contract);
  // The working tree has no part in it.
  writeFileSync(join(place, 'work', 'v2/api.yaml'), 'half written');
  await (await from('openapi.yaml')).end();
});

test('a folder: paths are in it, and change as files do', async () => {
  const place = fresh();
  writeFileSync(join(place, 'openapi.yaml'), documentOf('a'));
  const guard = await createGuard({ source: { folder: place }, contract: 'openapi.yaml' });
  assert.equal(await answers(guard, 'a'), 200);
  writeFileSync(join(place, 'openapi.yaml'), documentOf('b'));
  await guard.reload();
  assert.equal(await answers(guard, 'b'), 200);
  await guard.end();
  await assert.rejects(createGuard({ source: { folder: place }, contract: '../x.yaml' }), /leads out of the source/);
});

test('a key is sent to the registry that is named, and to nobody else; a cache that cannot be written is named', async () => {
  const world = await registryWorld();
  await world.publish({ 'openapi.yaml': documentOf('a') });
  const { registry } = world.options();
  const cache = join(fresh(), 'a file');
  writeFileSync(cache, '');
  await assert.rejects(
    createGuard({ source: { registry: 'published', cache }, registry }),
    (error) => oneLine(error) && /source\.cache/.test(error.message),
  );
  process.env['CASTELLAN_TEST_REGISTRY_KEY'] = registryKey;
  const guard = await createGuard({
    source: { registry: 'latest', cache: fresh() },
    registry: { url: registry?.url ?? '', key: '${env:CASTELLAN_TEST_REGISTRY_KEY}' },
  });
  assert.equal(await answers(guard, 'a'), 200);
  await guard.end();
  world.close();
  assert.equal(existsSync('.castellan/sources'), false);
});
