// A ban over four processes, by a file and by Redis: in force everywhere within two seconds, whoever says it.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startRedis, type RedisServer } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-bans-'));
const children: ChildProcess[] = [];
let redis: RedisServer | undefined;
before(async () => {
  redis = await startRedis();
});
after(async () => {
  await Promise.all(
    children.map(async (child) => {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, 'exit');
    }),
  );
  await redis?.close();
  rmSync(folder, { recursive: true });
});

interface Instance {
  readonly say: (what: 'ban' | 'lift') => void;
  readonly status: () => Promise<number>;
}

async function instance(options: object): Promise<Instance> {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv.filter((flag) => !flag.startsWith('--test')),
      join(import.meta.dirname, 'banned-instance.ts'),
      JSON.stringify(options),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    say: (what) => void child.stdin.write(`${what}\n`),
    status: async () => (await fetch(`http://127.0.0.1:${Number(String(port))}/`)).status,
  };
}

/** Milliseconds until all answer with this status. */
async function until(instances: readonly Instance[], status: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const all = await Promise.all(instances.map((one) => one.status()));
    if (all.every((one) => one === status)) return performance.now() - started;
    assert.ok(performance.now() - started < 10_000, `still ${all.join(' ')}`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

const places: Readonly<Record<string, () => object | undefined>> = {
  file: () => ({ bans: { file: join(folder, 'bans.jsonl') } }),
  Redis: () => (redis === undefined ? undefined : { state: { url: `redis://127.0.0.1:${redis.port}` } }),
};

for (const [name, options] of Object.entries(places))
  // promise: bans-everywhere
  test(`four processes that share ${name}`, async (t) => {
    const given = options();
    if (given === undefined) return t.skip('redis-server is not installed');
    const instances = await Promise.all(Array.from({ length: 4 }, () => instance(given)));
    assert.equal((await Promise.all(instances.map((one) => one.status()))).join(), '204,204,204,204');
    instances[0]?.say('ban');
    const banned = await until(instances, 403);
    instances[3]?.say('lift');
    const lifted = await until(instances, 204);
    assert.ok(banned < 2000 && lifted < 2000, `${Math.round(banned)} ms, ${Math.round(lifted)} ms`);
    // A process that begins later knows it as well.
    instances[1]?.say('ban');
    await until(instances, 403);
    assert.equal(await (await instance(given)).status(), 403);
  });
