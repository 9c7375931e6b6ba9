// Runs an API in memory behind a guard: observed, learnt from, enforced.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { loadContract } from '@castellan/contract';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { readRecords } from '@castellan/guard/learn';
import { learn, type Accept, type Learnt } from '../src/learn/index.ts';
import type { Schema } from './learn-forms.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-learn-'));
after(() => rmSync(folder, { recursive: true }));
let runs = 0;

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly from?: string;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly type?: string;
}

export type Api = (asked: Asked) => Answer;

const limits = { perAddress: 'off', perPrincipal: 'off' };

/** What these requests get. */
export async function ask(
  contract: Schema,
  options: object,
  api: Api,
  asked: readonly Asked[],
): Promise<{ status: number; body: string }[]> {
  const guard = await createGuard({ contract, limits, ...options });
  let current: Asked = { path: '' };
  const handle = fetchGuard(guard, () => {
    const { status = 200, body, type = 'application/json' } = api(current);
    if (body === undefined) return new Response(null, { status });
    return new Response(typeof body === 'string' && type !== 'application/json' ? body : JSON.stringify(body), {
      status,
      headers: { 'content-type': type },
    });
  });
  const answers: { status: number; body: string }[] = [];
  for (const one of asked) {
    current = one;
    const { method = 'GET', path, body, type = 'application/json', from = '192.0.2.1' } = one;
    const response = await handle(
      new Request(`http://api.example.com${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } }),
      }),
      { remoteAddress: from },
    );
    answers.push({ status: response.status, body: await response.text() });
  }
  await guard.end();
  return answers;
}

/** Observes these requests, from two callers, and learns from them. */
export async function learnt(
  contract: Schema,
  api: Api,
  asked: readonly Asked[],
  accept: Accept = 'safe',
  callers = ['192.0.2.1', '192.0.2.2'],
): Promise<Learnt> {
  const directory = join(folder, String(runs++));
  const all = asked.flatMap((one) => (one.from === undefined ? callers.map((from) => ({ ...one, from })) : [one]));
  await ask(contract, { mode: 'observe', learn: directory }, api, all);
  const records = await readRecords(directory);
  const result = await learn(await loadContract(contract), records, accept);
  // What was learnt once is not learnt again.
  const again = await learn(await loadContract(contract, { overlays: [result.overlay] }), records, accept);
  assert.deepEqual(
    again.changes.filter(({ outcome }) => outcome === 'made'),
    [],
  );
  assert.deepEqual(
    again.operations.map(({ operation, passes }) => [operation, passes]),
    result.operations.map(({ operation, passes }) => [operation, passes]),
  );
  return result;
}
