// npm run bench -- guard [--seconds N] [--rounds N] [--algorithm ES256] [--only name,name]
// The same work on every server, pinned to core 0, wrk on core 1, rounds interleaved, medians, ratios to bare node:http.
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importPKCS8, SignJWT } from 'jose';
import { audience, issuer, order } from './work.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    algorithm: { type: 'string', default: 'ES256' },
    only: { type: 'string' },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
if (spawnSync('wrk', ['-v']).error !== undefined) {
  console.error('castellan: wrk is missing; apt-get install wrk');
  process.exit(2);
}

const servers: Readonly<Record<string, { readonly file: string; readonly remember?: boolean }>> = {
  'bare node:http': { file: 'bare.ts' },
  'bare Express 5': { file: 'express.ts' },
  'castellan guard, everything on': { file: 'castellan.ts' },
  'Fastify + jwt (cached) + rate-limit + schemas': { file: 'fastify-full.ts', remember: true },
  'Express + express-openapi-validator + jose': { file: 'express-openapi-validator.ts' },
};

const scratch = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
const algorithm = values.algorithm;
const pair = generatePair(algorithm);
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'bench', alg: algorithm };
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const token = await new SignJWT({ scope: 'orders:read orders:write' })
  .setProtectedHeader({ alg: algorithm, kid: 'bench' })
  .setIssuer(issuer)
  .setAudience(audience)
  .setSubject('user-1')
  .setIssuedAt()
  .setExpirationTime('2h')
  .sign(await importPKCS8(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm));

const post = join(scratch, 'post.lua');
writeFileSync(
  post,
  `wrk.method = "POST"\nwrk.body = '${JSON.stringify(order).replaceAll("'", "\\'")}'\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer ${token}"\n`,
);

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

const names = Object.keys(servers).filter(
  (name) => values.only === undefined || values.only.split(',').some((wanted) => name.includes(wanted)),
);
const running = new Map<string, Running>();
const results = new Map<string, { get: number[]; post: number[]; p99: number[] }>();
try {
  for (const name of names) running.set(name, await start(name));
  for (const name of names) results.set(name, { get: [], post: [], p99: [] });
  for (let round = 0; round < Number(values.rounds) + 1; round++) {
    for (const name of names) {
      const server = running.get(name);
      if (server === undefined) continue;
      const seconds = round === 0 ? 2 : Number(values.seconds);
      const get = await wrk(
        server.port,
        seconds,
        ['-H', `Authorization: Bearer ${token}`],
        '/v1/orders?limit=20&status=open',
      );
      const sent = await wrk(server.port, seconds, ['-s', post], '/v1/orders');
      // The first round only warms up.
      if (round === 0) continue;
      results.get(name)?.get.push(get.rate);
      results.get(name)?.post.push(sent.rate);
      results.get(name)?.p99.push(get.p99);
    }
  }
} finally {
  for (const { child } of running.values()) child.disconnect();
  rmSync(scratch, { recursive: true, force: true });
}

const base = results.get('bare node:http');
const rows = names.map((name) => {
  const result = results.get(name) ?? { get: [], post: [], p99: [] };
  return {
    server: name,
    getPerSecond: Math.round(median(result.get)),
    postPerSecond: Math.round(median(result.post)),
    getRatio: round2(median(result.get) / median(base?.get ?? [])),
    postRatio: round2(median(result.post) / median(base?.post ?? [])),
    p99Milliseconds: round2(median(result.p99)),
  };
});
console.log(
  `\n${cpus()[0]?.model ?? ''}, Node ${process.version}, ${algorithm}, wrk -t1 -c32, ${values.rounds} rounds of ${values.seconds} s, medians\n`,
);
console.table(rows);
mkdirSync(join(here, '..', 'results'), { recursive: true });
writeFileSync(
  join(here, '..', 'results', 'guard.json'),
  `${JSON.stringify({ node: process.version, algorithm, rows }, null, 2)}\n`,
);
process.exit(0);

function start(name: string): Promise<Running> {
  const { file, remember } = servers[name] ?? { file: '' };
  const settings = JSON.stringify({
    jwks: { keys: [jwk] },
    pem,
    algorithm,
    audit: join(scratch, 'audit.log'),
    remember: remember ?? false,
  });
  return new Promise((resolve, reject) => {
    const child = fork(join(here, 'servers', file), [settings], {
      execPath: process.execPath,
      execArgv: [...process.execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    spawnSync('taskset', ['-acp', '0', String(child.pid)]);
    child.once('message', (message: { port: number }) => resolve({ child, port: message.port }));
    child.once('exit', (status) => reject(new Error(`${name} ended with ${status}`)));
  });
}

function wrk(
  port: number,
  seconds: number,
  args: readonly string[],
  path: string,
): Promise<{ rate: number; p99: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', [
      '-c',
      '1',
      'wrk',
      '-t1',
      '-c32',
      `-d${seconds}s`,
      '--latency',
      ...args,
      `http://127.0.0.1:${port}${path}`,
    ]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('exit', () => {
      const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
      const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(output);
      if (!Number.isFinite(rate) || output.includes('Non-2xx'))
        reject(new Error(`unexpected answers at ${path}:\n${output}`));
      else resolve({ rate, p99: Number(p99?.[1]) * (p99?.[2] === 'us' ? 0.001 : p99?.[2] === 's' ? 1000 : 1) });
    });
  });
}

function generatePair(name: string): {
  publicKey: import('node:crypto').KeyObject;
  privateKey: import('node:crypto').KeyObject;
} {
  if (name.startsWith('RS') || name.startsWith('PS')) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (name === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}
