// Guards that report as real ones do, without the applications behind them.
import { randomUUID } from 'node:crypto';
import { apiId, operationsOf } from './inventory.ts';

/** Milliseconds between two reports of one guard. */
const every = 10_000;

/** What became of the reports. */
export interface Reporting {
  sent: number;
  acknowledged: number;
  /** Hits that were acknowledged. */
  hits: number;
  slowest: number;
  stop(): Promise<void>;
}

/** One report of a guard over all operations of its API, each with three callers. */
export function reportOf(guard: number, instance: string, sequence: number, now: number): object {
  const operations = operationsOf(guard);
  const day = new Date(now).toISOString().slice(0, 10);
  return {
    id: `${instance}_${sequence}`,
    time: now,
    heartbeat: {
      name: apiId(guard),
      instance,
      environment: 'production',
      contract: 'a'.repeat(64),
      mode: 'enforce',
      audit: true,
      versions: { node: process.versions.node },
      identities: [{ fingerprint: 'f'.repeat(43), scheme: 'login', kind: 'issuer', provider: 'login.example.com' }],
      resources: [{ fingerprint: `r${guard}`.padEnd(43, 'r'), kind: 'postgres' }],
    },
    sightings: operations.map(({ method, template }) => ({
      method,
      template,
      documented: true,
      day,
      hits: 10,
      ok: 9,
      redirected: 0,
      refused: 1,
      failed: 0,
      bytesIn: 100,
      bytesOut: 5_000,
      duration: 70,
      first: now,
      last: now,
    })),
    consumers: operations.flatMap(({ operation }) =>
      [1, 2, 3].map((caller) => ({
        operation,
        principal: `caller-${caller}`,
        credential: 'bearer',
        hits: 3,
        last: now,
      })),
    ),
  };
}

/** Starts them, spread over the ten seconds; each tells one of the registries, as behind a load balancer. */
export function startGuards(urls: readonly string[], keys: readonly string[]): Reporting {
  const reporting: Reporting = { sent: 0, acknowledged: 0, hits: 0, slowest: 0, stop };
  const timers: NodeJS.Timeout[] = [];
  const open = new Set<Promise<void>>();
  const send = async (guard: number, instance: string, sequence: number): Promise<void> => {
    const url = urls[guard % urls.length] ?? '';
    const started = performance.now();
    reporting.sent += 1;
    const response = await fetch(`${url}/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-castellan-key': keys[guard] ?? '' },
      body: JSON.stringify(reportOf(guard, instance, sequence, Date.now())),
    });
    await response.text();
    reporting.slowest = Math.max(reporting.slowest, performance.now() - started);
    if (!response.ok) return;
    reporting.acknowledged += 1;
    reporting.hits += operationsOf(guard).length * 10;
  };
  for (const guard of keys.keys()) {
    const instance = randomUUID();
    let sequence = 0;
    const tick = (): void => {
      const sending = send(guard, instance, ++sequence).catch(() => undefined);
      open.add(sending);
      void sending.finally(() => open.delete(sending));
    };
    timers.push(
      setTimeout(
        () => {
          tick();
          timers.push(setInterval(tick, every));
        },
        (guard * every) / keys.length,
      ),
    );
  }
  async function stop(): Promise<void> {
    for (const timer of timers) clearTimeout(timer);
    await Promise.all(open);
  }
  return reporting;
}
