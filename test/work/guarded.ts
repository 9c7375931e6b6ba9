import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard, type FetchHandler } from '@castellan/guard/fetch';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file with this content, gone at the end of the process. */
export function fileOf(content: string, ending: string): string {
  const path = join(folder, `${files++}${ending}`);
  writeFileSync(path, content);
  return path;
}

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly fields?: readonly (readonly [name: string, value: string])[];
}

/** The document of an API with one path `/a`. */
export function documentOf(operation: object, rest: object = {}, method = 'post'): Record<string, unknown> {
  return {
    openapi: '3.2.0',
    info: { title: 'Work', version: '1' },
    paths: { '/a': { [method]: { operationId: 'a', responses: { 204: { description: 'Done' } }, ...operation } } },
    ...rest,
  };
}

/** A guard that is asked in this process: what is counted is the guard, not sockets. Clock and ids as they are. */
export async function ask(
  contract: Record<string, unknown>,
  sent: Sent,
  expected: number | 'no failure',
  {
    handler = () => new Response(null, { status: 204 }),
    ...options
  }: Partial<GuardOptions> & { handler?: FetchHandler } = {},
): Promise<() => Promise<void>> {
  const guard = await createGuard({
    limits: { perAddress: 'off', perPrincipal: 'off', maxBody: '64MB', maxResponse: '64MB' },
    onEvent: (event) => JSON.stringify(event),
    ...options,
    contract,
  });
  const guarded = fetchGuard(guard, handler);
  const { path = '/a', method = 'POST', type, body, fields = [] } = sent;
  return async () => {
    const rawHeaders = [
      'host',
      'api.example.com',
      ...(type === undefined ? [] : ['content-type', type]),
      ...fields.flat(),
    ];
    const request = new Request(`http://api.example.com${path}`, {
      method,
      headers: type === undefined ? {} : { 'content-type': type },
      ...(body === undefined ? {} : { body: body as string }),
    });
    const answer = await guarded(request, { remoteAddress: '192.0.2.1', target: path, rawHeaders });
    const text = await answer.text();
    await guard.end();
    if (expected === 'no failure') assert.ok(answer.status < 500, text.slice(0, 300));
    else assert.equal(answer.status, expected, text.slice(0, 300));
  };
}
