// A Redis Cluster of three primaries, the first of them with a replica; and a primary with a replica that three sentinels
// watch. Everything on loopback, ended by process ids.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRedis, type RedisServer } from './redis.ts';

export interface Redises {
  readonly ports: readonly number[];
  /** The one that is killed, and who takes over from it. */
  readonly primary: RedisServer;
  readonly all: readonly RedisServer[];
  readonly close: () => Promise<void>;
}

/** A replica gets its copy at once. */
const promptly = ['--repl-diskless-sync-delay', '0'];

/** @returns undefined where redis-server is not installed */
export async function startCluster(): Promise<Redises | undefined> {
  const nodes: RedisServer[] = [];
  for (let i = 0; i < 4; i++) {
    const args = [
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(await freePort()),
      '--cluster-node-timeout',
      '700',
    ];
    const node = await startRedis({ args: [...args, ...promptly, '--cluster-replica-validity-factor', '0'] });
    if (node === undefined) return undefined;
    nodes.push(node);
  }
  const ways = nodes.map((node) => node.connect());
  const ask = (node: number, ...args: [string, ...string[]]): Promise<unknown> | undefined => ways[node]?.command(args);
  const busOf = async (node: number): Promise<string> =>
    String(((await ask(node, 'CONFIG', 'GET', 'cluster-port')) as string[])[1]);
  for (let i = 1; i < 4; i++) await ask(0, 'CLUSTER', 'MEET', '127.0.0.1', String(nodes[i]?.port), await busOf(i));
  for (const [i, range] of [
    [0, 5460],
    [5461, 10_922],
    [10_923, 16_383],
  ].entries())
    await ask(i, 'CLUSTER', 'ADDSLOTSRANGE', ...range.map(String));
  const id = String(await ask(0, 'CLUSTER', 'MYID'));
  await eventually(async () => String(await ask(3, 'CLUSTER', 'NODES')).includes(id));
  await eventually(async () => (await ask(3, 'CLUSTER', 'REPLICATE', id)) === 'OK');
  for (let i = 0; i < 4; i++)
    await eventually(async () => {
      const info = String(await ask(i, 'CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4');
    });
  await eventually(async () => String(await ask(3, 'INFO', 'replication')).includes('master_link_status:up'));
  for (const { close } of ways) close();
  const [primary] = nodes;
  if (primary === undefined) return undefined;
  return { ports: nodes.map(({ port }) => port), primary, all: nodes, close: () => closeAll(nodes) };
}

/** @returns undefined where redis-server is not installed */
export async function startSentinels(name: string): Promise<Redises | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-sentinel-'));
  const primary = await startRedis({ args: promptly });
  if (primary === undefined) return undefined;
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
  const sentinels: RedisServer[] = [];
  for (let i = 0; i < 3; i++) {
    const file = join(folder, `${i}.conf`);
    writeFileSync(
      file,
      `sentinel monitor ${name} 127.0.0.1 ${primary.port} 2\nsentinel down-after-milliseconds ${name} 500\nsentinel failover-timeout ${name} 2000\n`,
    );
    const sentinel = await startRedis({ file, args: ['--sentinel'] });
    if (sentinel !== undefined) sentinels.push(sentinel);
  }
  const way = sentinels[0]?.connect();
  await eventually(async () => {
    const reply = JSON.stringify(await way?.command(['SENTINEL', 'MASTER', name]));
    return reply.includes('"num-slaves","1"') && reply.includes('"num-other-sentinels","2"');
  });
  way?.close();
  const copy = replica?.connect();
  await eventually(async () => String(await copy?.command(['INFO', 'replication'])).includes('master_link_status:up'));
  copy?.close();
  const all = [primary, ...(replica === undefined ? [] : [replica]), ...sentinels];
  return {
    ports: sentinels.map(({ port }) => port),
    primary,
    all,
    async close() {
      await closeAll(all);
      rmSync(folder, { recursive: true });
    },
  };
}

async function closeAll(servers: readonly RedisServer[]): Promise<void> {
  for (const server of servers) await server.close();
}

/** Waits until something of another process is so; ten seconds at most. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const started = performance.now();
  while (!(await Promise.resolve(holds()).catch(() => false))) {
    if (performance.now() - started > 15_000) throw new Error('it does not become true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
