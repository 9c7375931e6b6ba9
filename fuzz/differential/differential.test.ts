// The same raw bytes to guarded and bare frameworks, and to nginx: what the guard lets through means the same behind it.
// promise: no-parser-differential
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { nginxInstalled } from './nginx.ts';
import { runInParallel } from './parallel.ts';
import { pastFailures } from './past.ts';
import { run } from './run.ts';

const nginx = nginxInstalled();

test('every message that was once read differently is now refused or read alike', async () => {
  const past = pastFailures();
  const outcome = await run(
    { seed: 0, from: 0, to: past.length, nginxEvery: nginx ? 1 : 0, bareEvery: 1, everyFramework: true },
    past,
  );
  assert.equal(outcome.cases, past.length);
  assert.deepEqual(outcome.differences, []);
});

test('8,000 cases of seed 1: 0 differences', { timeout: 1_800_000 }, async (context) => {
  const threads = Math.min(2, availableParallelism());
  const options = { seed: 1, from: 0, to: 8_000, nginxEvery: nginx ? 16 : 0, bareEvery: 16, everyFramework: false };
  const { cases, passed, compared, differences } = await runInParallel(options, threads);
  context.diagnostic(
    `differential fuzz: ${cases} cases, ${differences.length} differences; let through ${count(passed)}; compared with bare ${count(compared)}`,
  );
  assert.equal(cases, 8_000);
  // Enough must pass for the comparison to mean anything.
  for (const name of ['node:http', 'Express 5', 'Fastify 5', 'Hono', 'Koa']) {
    assert.ok((passed[name] ?? 0) > 1_000, `${name}: ${passed[name]} let through`);
    assert.ok((compared[name] ?? 0) > 20, `${name}: ${compared[name]} compared`);
  }
  if (nginx) assert.ok((passed['nginx'] ?? 0) > 56, `nginx: ${passed['nginx']} let through`);
  assert.deepEqual(differences.slice(0, 5), []);
});

function count(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ');
}
