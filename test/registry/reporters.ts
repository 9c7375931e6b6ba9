// Reporters of guards that see traffic all the time, and the registries that they report to.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadContract } from '@castellan/contract';
import type { Facts } from '@castellan/guard';
import { AnnouncedLifecycle } from '../../packages/guard/src/announced-lifecycle.ts';
import { Reporter } from '../../packages/guard/src/report/reporter.ts';
import type { Counted } from './counted.ts';

const contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: { '/orders': { get: { operationId: 'list', responses: { 204: { description: '' } } } } },
});

/** A registry in a process of its own. */
export interface RegistryProcess {
  readonly url: string;
  /** Ends it as the end of power for one process: nothing is said, nothing is written. */
  readonly kill: () => Promise<void>;
  /** Ends it as an operator does. @returns what its store has counted then */
  readonly stop: () => Promise<Counted>;
  /** A new key for a guard of an API. */
  readonly keyFor: (api: string) => Promise<string>;
}

/** Whether registries run from what `npm run build` made, which starts faster than the sources. */
export const built: { value: boolean } = { value: false };

/** @param port where it listens; 0 takes any */
export async function startRegistry(store: string, port = 0): Promise<RegistryProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...(built.value ? [] : ['--conditions=@castellan/source']),
      join(import.meta.dirname, 'registry-process.ts'),
      store,
      String(port),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (child.stdout === null) throw new TypeError('no output');
  const lines = createInterface(child.stdout);
  const said = lines[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const [url = '', administrator = ''] = await Promise.race([
    said.next().then(({ value }) => String(value).split(' ')),
    ended.then(([code]) => Promise.reject(new Error(`the registry ended (${code}) before it listened`))),
  ]);
  return {
    url,
    async keyFor(api) {
      const response = await fetch(`${url}/keys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-castellan-key': administrator },
        body: JSON.stringify({ name: api, role: 'guard', api }),
      });
      return ((await response.json()) as { readonly key: string }).key;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [days = -1, whole = -1, callers = -1] = String((await said.next()).value)
        .split(' ')
        .map(Number);
      await ended;
      return [days, whole, callers];
    },
  };
}

/** A guard's reporter that sees requests and reports without a pause. */
export interface BusyReporter {
  /** Requests that it was told of. */
  readonly seen: () => number;
  /** The longest time for which telling it of a request took the process, milliseconds. */
  readonly slowest: () => number;
  readonly waiting: () => number;
  readonly lost: () => number;
  /** Sees nothing more, and reports until nothing waits. */
  readonly finish: () => Promise<void>;
}

/**
 * @param directory where reports wait
 * @param pause milliseconds between two reports
 */
export function startReporter(
  { url, key, name, directory }: { url: string; key: string; name: string; directory: string },
  pause = 20,
): BusyReporter {
  const reporter = new Reporter(
    { url, key, name, directory },
    {
      contract: () => contract,
      mode: () => 'enforce',
      environment: () => 'production',
      authentication: () => ({}),
      audit: true,
      enforcement: { now: undefined, ready: () => Promise.resolve() },
      announced: new AnnouncedLifecycle(),
    },
    Date.now,
  );
  let seen = 0;
  let slowest = 0;
  let on = true;
  const loop = (async () => {
    while (on) {
      const begin = performance.now();
      for (let n = 0; n < 10; n++) reporter.sink(factsOf((seen += 1)));
      slowest = Math.max(slowest, performance.now() - begin);
      await Promise.race([reporter.report(), new Promise((resolve) => setTimeout(resolve, pause))]);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  return {
    seen: () => seen,
    slowest: () => slowest,
    waiting: () => reporter.fared.waiting,
    lost: () => reporter.fared.lost + reporter.fared.uncounted,
    async finish() {
      on = false;
      await loop;
      for (let tries = 0; tries < 200; tries++) {
        await reporter.report();
        if (reporter.fared.waiting === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await reporter.close();
    },
  };
}

function factsOf(n: number): Facts {
  const facts = {
    time: Date.now(),
    duration: 1,
    operation: 'list',
    method: 'GET',
    template: `/orders/${n % 3}`,
    status: 200,
    bytesIn: 1,
    bytesOut: 2,
    principal: { issuer: 'i', subject: `s${n % 5}`, credentialKind: 'bearer' },
  };
  return facts as unknown as Facts;
}
