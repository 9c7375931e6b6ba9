// Incidents outlive the process and are known to every instance: random walks over instances that share a file or a real Redis, that
// end and start again, see attacks, and have incidents dismissed wherever they are listed. And the same with real gateways.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { createDetection, factsOf, type Detection } from '@castellan/detect';
import { compileIdHash } from '@castellan/guard';
import type { ListPlace } from '@castellan/guard/limits';
import { startGateway, type Gateway, type GatewayOptions } from '@castellan/gateway';
import { startRedis } from '../../guard/test/redis.ts';
import { contract } from './contract.ts';
import { httpUpstream, send } from './stage.ts';

const redis = await startRedis();
after(() => redis?.close());
const start = Date.UTC(2026, 2, 7);
const honey = ['/backup.sql', '/private/keys', '/.env.old'];
const canaries = ['Order/4711', 'User/1'];
const touched = [...honey.map((path) => ({ path })), ...canaries.map((object) => ({ object }))] as const;
const callers = [
  { principal: 'eve@example.com' },
  { principal: 'mallory@example.com' },
  { address: '192.0.2.7' },
  { address: '2001:db8::7' },
] as const;
type Caller = (typeof callers)[number];

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'castellan-incidents-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const nameOf = (caller: Caller): string => ('principal' in caller ? caller.principal : caller.address);

interface World {
  readonly places: () => ListPlace;
  readonly close?: () => void;
}

const worlds: Readonly<Record<string, (t: TestContext, seed: number) => World>> = {
  'a file': (t) => {
    const file = join(folder(t), 'deeper', 'incidents.jsonl');
    return { places: () => ({ file }) };
  },
  ...(redis === undefined
    ? {}
    : {
        'a Redis': (t: TestContext, seed: number) => ({
          places: () => {
            const { command, close } = redis.connect();
            t.after(close);
            return { redis: command, redisKey: `walk-${seed}` };
          },
        }),
      }),
};

for (const [name, world] of Object.entries(worlds))
  for (let seed = 1; seed <= (process.env['CASTELLAN_WHOLE'] === '1' ? 40 : 2); seed++)
    test(`random walk ${seed} over instances that share ${name}`, async (t) => {
      const pick = random(seed);
      const { places } = world(t, seed);
      let now = start;
      let requests = 0;
      /** Caller and canary by incident, and those that somebody dismissed. */
      const parts = new Map<string, Set<string>>();
      const dismissed = new Map<string, string>();
      const silent = new Set<string>();
      let seen: string[] = [];
      let current = '';
      const begin = async (): Promise<Detection> => {
        const detection = createDetection({
          honey,
          canaries,
          key: 'a key of the audit log',
          clock: () => now,
          onDetection(_, incident) {
            seen.push(incident);
            const of = parts.get(incident) ?? new Set();
            parts.set(incident, of.add(current));
          },
        });
        await detection.keep(places(), 'Shop');
        return detection;
      };
      const instances = [await begin(), await begin(), await begin()];
      t.after(() => Promise.all(instances.map((one) => one.close())));
      const settle = async (): Promise<void> => {
        for (let round = 0; round < 2; round++)
          for (const one of instances) {
            assert.equal(await one.settled(), undefined);
            await one.refresh();
          }
      };
      const listed = (): readonly string[] =>
        instances.flatMap((one) => one.incidents.flatMap(({ id, status }) => (status === 'open' ? [id] : [])));
      for (let step = 0; step < 40; step++) {
        now += 1000 * (1 + pick(900));
        const at = pick(instances.length);
        const instance = instances[at];
        assert.ok(instance !== undefined);
        const what = pick(10);
        if (what < 6) {
          const caller = callers[pick(callers.length)];
          const canary = touched[pick(touched.length)];
          assert.ok(caller !== undefined && canary !== undefined);
          current = JSON.stringify([caller, canary]);
          seen = [];
          instance.sink(factsAbout(caller, canary, now, `request-${++requests}`));
          assert.equal(seen.length, silent.has(current) ? 0 : 1, `${step}: ${current}`);
          if (seen.length > 0) assert.ok(!dismissed.has(seen[0] ?? ''), 'what was dismissed does not go on');
        } else if (what < 8) {
          const open = [...new Set(listed())];
          const id = open[pick(open.length || 1)];
          if (id === undefined) continue;
          assert.equal(instance.dismiss(id, `note ${step}`), true, `${id} at ${at}`);
          dismissed.set(id, `note ${step}`);
          for (const one of parts.get(id) ?? []) silent.add(one);
        } else {
          await settle();
          // One is ended in order, one is killed.
          if (what === 8) await instance.close();
          else void instance.close();
          instances[at] = await begin();
        }
        await settle();
        for (const [index, { incidents }] of instances.entries()) {
          const ids = incidents.map(({ id }) => id);
          assert.equal(new Set(ids).size, ids.length, 'each is listed once');
          for (const incident of incidents) {
            const note = dismissed.get(incident.id);
            assert.equal(
              incident.status,
              note === undefined ? 'open' : 'closed',
              `${step}: ${incident.id} at ${index}`,
            );
            assert.equal(incident.dismissed?.note, note);
          }
          for (const id of parts.keys()) assert.ok(ids.includes(id), `${step}: ${id} is listed at ${index}`);
        }
      }
      assert.ok(dismissed.size > 1 && silent.size > 1, 'the walk dismisses');
      // A month later the same is news again.
      now += 31 * 86_400_000;
      const [again] = silent;
      const [caller, canary] = JSON.parse(again ?? '[]') as [Caller, (typeof touched)[number]];
      seen = [];
      current = '';
      instances[0]?.sink(factsAbout(caller, canary, now, 'late'));
      assert.equal(seen.length, 1);
    });

function factsAbout(caller: Caller, canary: (typeof touched)[number], time: number, id: string) {
  return factsOf({
    id,
    time,
    api: 'Shop',
    operation: 'path' in canary ? '' : 'getThing',
    method: 'GET',
    template: 'path' in canary ? canary.path : '/things/{id}',
    status: 'path' in canary ? 404 : 200,
    address: 'address' in caller ? caller.address : '203.0.113.9',
    ...('principal' in caller
      ? {
          principal: {
            subject: nameOf(caller),
            issuer: 'https://login.example.com',
            credentialKind: 'jwt',
            credentialId: `session of ${nameOf(caller)}`,
          },
        }
      : {}),
    ...('object' in canary
      ? {
          objects: [{ type: canary.object.split('/')[0], id: hashOf(canary.object), verdict: 'permitted' }],
          objectCount: 1,
        }
      : {}),
  });
}

const hash = compileIdHash('a key of the audit log');
function hashOf(object: string): string {
  const [type = '', id = ''] = object.split('/');
  return hash(type, id);
}

const detect = { honey: ['/backup.sql', '/private/keys'] };

async function gateways(t: TestContext, options: Partial<GatewayOptions>) {
  const upstream = await httpUpstream(t, (_, response) => void response.end('here'));
  return async (more: Partial<GatewayOptions> = {}): Promise<Gateway> => {
    const gateway = await startGateway({ contract, upstream, port: 0, admin: 0, detect, ...options, ...more });
    t.after(() => gateway.close());
    return gateway;
  };
}

async function until<T>(what: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  const began = performance.now();
  for (;;) {
    const value = await what();
    if (holds(value)) return value;
    assert.ok(performance.now() - began < 20_000, `still ${JSON.stringify(value).slice(0, 500)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const incidentsOf = async ({ adminUrl = '' }: Gateway): Promise<{ id: string; status: string }[]> =>
  (await (await fetch(`${adminUrl}/incidents`)).json()) as { id: string; status: string }[];

const dismiss = ({ adminUrl = '' }: Gateway, id: string): Promise<Response> =>
  fetch(`${adminUrl}/incidents/${id}/dismiss`, { method: 'POST', headers: { castellan: 'dismiss' } });

test('a gateway that starts again lists what was open, and dismissing it takes back what was done before', async (t) => {
  for (const place of ['state', 'detect.file'] as const) {
    const dir = folder(t);
    const file = join(dir, 'incidents.jsonl');
    const open = await gateways(
      t,
      place === 'state'
        ? { state: { file: dir }, detect: { ...detect, respond: { canary: 'ban' } } }
        : { bans: { file: join(dir, 'bans.jsonl') }, detect: { ...detect, respond: { canary: 'ban' }, file } },
    );
    const first = await open();
    await send(first.url, '/backup.sql');
    await until(
      async () => (await send(first.url, '/nowhere')).status,
      (status) => status === 403,
    );
    const [{ id = '' } = {}] = await incidentsOf(first);
    await first.close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const second = await open();
    assert.equal((await send(second.url, '/nowhere')).status, 403, 'the ban holds');
    assert.deepEqual(
      (await incidentsOf(second)).map((one) => [one.id, one.status]),
      [[id, 'open']],
    );
    assert.equal((await dismiss(second, id)).status, 200);
    await until(
      async () => (await send(second.url, '/nowhere')).status,
      (status) => status === 404,
    );
    await send(second.url, '/backup.sql');
    await second.close();
    const third = await open();
    await send(third.url, '/backup.sql');
    await send(third.url, '/private/keys');
    const known = await until(
      () => incidentsOf(third),
      (list) => list.some((one) => one.status === 'open'),
    );
    assert.equal(known.length, 2, 'another canary is another incident, the same is none');
    assert.equal(known.find((one) => one.id === id)?.status, 'closed');
    await third.close();
  }
});

test('what one gateway is told, all that share the Redis know', { skip: redis === undefined }, async (t) => {
  const state = { url: `redis://127.0.0.1:${redis?.port}`, prefix: 'gateways:' };
  const open = await gateways(t, { state, detect: { ...detect, respond: { canary: 'ban' } } });
  const [one, two] = [await open(), await open()];
  await send(one.url, '/backup.sql');
  const [{ id = '' } = {}] = await until(
    () => incidentsOf(two),
    (list) => list.length > 0,
  );
  await until(
    async () => (await send(two.url, '/nowhere')).status,
    (status) => status === 403,
  );
  assert.equal((await dismiss(two, id)).status, 200);
  for (const gateway of [one, two]) {
    await until(
      () => incidentsOf(gateway),
      (list) => list.every(({ status }) => status === 'closed'),
    );
    await until(
      async () => (await send(gateway.url, '/nowhere')).status,
      (status) => status === 404,
    );
    await send(gateway.url, '/backup.sql');
    await send(gateway.url, '/nowhere');
    assert.equal((await incidentsOf(gateway)).length, 1);
  }
});

test('what cannot be kept is said to who dismisses, and a line that is none keeps no other out', async (t) => {
  const dir = folder(t);
  const file = join(dir, 'incidents.jsonl');
  const open = await gateways(t, { detect: { ...detect, file } });
  const first = await open();
  await send(first.url, '/backup.sql');
  const [{ id = '' } = {}] = await until(
    () => incidentsOf(first),
    (list) => list.length > 0,
  );
  await first.close();
  appendFileSync(file, '{"kind":"dismissed","api":"');
  const second = await open();
  rmSync(dir, { recursive: true });
  appendFileSync(dir, 'a file where the folder was');
  const answer = await dismiss(second, id);
  assert.equal(answer.status, 503);
  assert.match(
    await answer.text(),
    /is dismissed until this gateway ends, and nowhere else: .*the list of incidents cannot be written \(EEXIST\)/,
  );
  await second.close();
  await assert.rejects(open({ detect: { ...detect, file: '/' } }), /the list of incidents cannot be read/);
});

test('a file that grew is written anew at the start, and nothing is forgotten', async (t) => {
  const file = join(folder(t), 'incidents.jsonl');
  const now = start + 100_000_000;
  const begin = async (): Promise<Detection> => {
    const detection = createDetection({ honey, clock: () => now });
    await detection.keep({ file }, 'Shop');
    return detection;
  };
  const first = await begin();
  for (let n = 0; n < 100; n++) {
    const caller = { address: `192.0.2.${n % 2}` } as unknown as Caller;
    first.sink(factsAbout(caller, { path: honey[n % 3] ?? '' }, start + n * 3_700_000, `r${n}`));
  }
  const [incident] = first.incidents;
  assert.equal(first.dismiss(incident?.id ?? '', 'ours'), true);
  await first.close();
  const line = readFileSync(file, 'utf8').split('\n')[0] ?? '';
  appendFileSync(file, `${line}\n`.repeat(Math.ceil(1_000_000 / line.length)));
  const size = statSync(file).size;
  const second = await begin();
  t.after(() => second.close());
  assert.ok(statSync(file).size < size / 4, `${statSync(file).size} of ${size}`);
  assert.equal(second.incidents.find(({ id }) => id === incident?.id)?.dismissed?.note, 'ours');
});
