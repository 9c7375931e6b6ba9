// npm run bench -- events [--rate 30000] [--seconds 5] [--rounds 5]: what recording costs a request's own thread, and what memory it
// takes when the disk stands still.
import { mkdtempSync, rmSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGuard, type Guard, type GuardOptions } from '@castellan/guard';
import { verifyLog } from '@castellan/guard/audit';
import type { Exchange } from '../../packages/guard/src/exchange.ts';
import { openAuditLog } from '../../packages/guard/src/audit/log/sink.ts';
import { NodeIncoming } from '../../packages/guard/src/node/request.ts';
import { credential } from '../guard/token.ts';
import { audience, contract, issuer } from '../guard/work.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '30000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
});
const [rate, seconds, rounds] = [values.rate, values.seconds, values.rounds].map(Number) as [number, number, number];
const folder = mkdtempSync(join(tmpdir(), 'castellan-events-'));
const { token, jwks } = await credential('ES256');

function guardOf(audit: GuardOptions['audit']): Promise<Guard> {
  return createGuard({
    contract: contract(),
    authentication: { oauth: { issuer, audience, algorithms: ['ES256'], jwks: jwks as never } },
    limits: { perAddress: 'off', perPrincipal: 'off' },
    audit,
  });
}

/** A request that was admitted and answered. */
async function answered(guard: Guard): Promise<Exchange> {
  const request = new IncomingMessage({ remoteAddress: '127.0.0.1', encrypted: false } as unknown as Socket);
  const url = '/v1/orders?limit=20&status=open';
  Object.assign(request, { method: 'GET', url, httpVersion: '1.1' });
  request.rawHeaders.push('Host', '127.0.0.1:8080', 'Authorization', `Bearer ${token}`);
  const exchange = guard.open(new NodeIncoming(request, url));
  if (!(await guard.admit(exchange))) throw new Error(`refused: ${exchange.verdict?.refusal.reason}`);
  exchange.status = 200;
  return exchange;
}

/** Microseconds of this thread for each exchange that ends, at the rate; 100 times a second, as many as are due. */
async function cost(guard: Guard): Promise<number> {
  const exchange = await answered(guard);
  const total = rate * seconds;
  const start = performance.now();
  const before = process.threadCpuUsage();
  for (let done = 0; done < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) / 1000) * rate));
    for (; done < due; done++) guard.close(exchange);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / total;
}

/** Microseconds that recording may cost the thread of the request. */
const aim = 1.5;
const least = { without: Infinity, file: Infinity, log: Infinity };
let lost = 0;
let lines = 0;
for (let round = 0; round <= rounds; round++) {
  const dir = join(folder, String(round));
  for (const [name, audit] of [
    ['without', undefined],
    ['file', { file: join(folder, 'audit.jsonl') }],
    ['log', { dir }],
  ] as const) {
    const guard = await guardOf(audit);
    const taken = await cost(guard);
    lost += guard.lostEvents;
    await guard.end();
    // The first round warms up.
    if (round > 0) least[name] = Math.min(least[name], taken);
  }
  const { findings, lines: written, segments } = verifyLog(dir);
  if (findings.length > 0) throw new Error(JSON.stringify(findings[0]));
  lines += written - segments;
  rmSync(dir, { recursive: true });
}
console.log(
  `${rate} events a second for ${seconds} s, the least of ${rounds} rounds, µs of the request's own thread for each:`,
);
console.log(
  `  nothing recorded ${least.without.toFixed(2)}; audit file ${(least.file - least.without).toFixed(2)} more; audit log ${(least.log - least.without).toFixed(2)} more`,
);
const dearest = Math.max(least.file, least.log) - least.without;
console.log(`  aim: under ${aim} more: ${dearest < aim ? 'met' : 'NOT met'} (${dearest.toFixed(2)})`);
console.log(`  ${lost} events lost; the logs have ${lines} of ${rate * seconds * (rounds + 1)}`);

// A disk that stands still: whoever writes the log takes everything and never answers.
globalThis.gc?.();
const sink = await openAuditLog(
  {
    directory: folder,
    sync: false,
    segmentBytes: 1e9,
    segmentAge: 1e9,
    headInterval: 1e9,
    compress: false,
    retention: {},
  },
  { timeout: 100 },
  undefined,
  (tell) => ({
    post: ({ kind }) => void (kind === 'open' && queueMicrotask(() => tell({ kind: 'opened' }))),
    wait: () => undefined,
    hold: () => undefined,
    stop: () => undefined,
  }),
);
const line = `{"class_uid":6003,"unmapped":{"castellan":{"text":"${'x'.repeat(600)}"}}}`;
const memory = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
const empty = memory();
let most = 0;
for (let at = 0; at < 2_000_000; at++) {
  sink.write(line);
  if (at % 100_000 === 0) most = Math.max(most, memory() - empty);
}
globalThis.gc?.();
console.log(
  `a disk that stands still (aim: no more held than 32 MB of lines and their buffers): 2000000 events (${((2e6 * line.length) / 1e9).toFixed(1)} GB) offered, ${(most / 1e6).toFixed(0)} MB held at most, ${sink.lost} lost and counted`,
);
rmSync(folder, { recursive: true });
process.exit(0);
