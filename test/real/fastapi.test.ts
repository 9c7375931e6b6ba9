// A FastAPI application behind the gateway, with the document that FastAPI makes of it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { tryServer, type Running, type Send } from './harness.ts';
import { answers, freePort, startProgram } from './processes.ts';

/** Debian's own, which has its packages; another one may come first in the path. */
const python = '/usr/bin/python3';
const uuid = '6f1c2e1a-7c1d-4d2b-9a53-0d5f4a1b2c3d';

tryServer({
  name: 'FastAPI',
  async start(t) {
    try {
      execFileSync(python, ['-c', 'import fastapi, uvicorn, multipart'], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startProgram(
      t,
      python,
      ['-m', 'uvicorn', 'app:app', '--port', String(port), '--log-level', 'warning'],
      {
        cwd: join(import.meta.dirname, 'fastapi'),
        env: { PYTHONDONTWRITEBYTECODE: '1' },
      },
    );
    const document = (await (await answers(`${url}/openapi.json`, child)).json()) as object;
    return {
      url,
      document,
      options: { authentication: { APIKeyHeader: { upstream: true } } },
      session,
    } satisfies Running;
  },
});

async function session(send: Send, values: number): Promise<void> {
  for (const [key, who] of [
    ['ada-key-0001', 'ada'],
    ['bob-key-0002', 'bob'],
  ] as const) {
    const headers = { 'x-api-key': key, accept: '*/*' };
    const json = { ...headers, 'content-type': 'application/json' };
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    const second = values === 2;
    const made = await send({
      method: 'POST',
      path: '/items',
      headers: json,
      body: JSON.stringify(
        second
          ? {
              name: `a chair of ${who}`,
              price: 12,
              tags: [],
              colour: 'blue',
              tax: 0.19,
              labels: { x: 'y', [who]: 'z' },
              until: '2027-02-03T04:05:06Z',
            }
          : { name: `lamp ${who}`, price: 9.5, tags: ['a', 'b'], parent: uuid },
      ),
    });
    const { id } = JSON.parse(made.body.toString()) as { id: string };
    await send({ method: 'GET', path: '/items', headers });
    await send({ method: 'GET', path: second ? '/items?limit=3' : '/items?limit=20&q=lamp', headers });
    await send({ method: 'GET', path: `/items/${id}`, headers });
    await send({ method: 'GET', path: `/items/${second ? uuid : '00000000-0000-4000-8000-000000000000'}`, headers });
    await send({
      method: 'PUT',
      path: `/items/${id}?dry_run=${second}`,
      headers: json,
      body: JSON.stringify({ name: second ? 'x' : 'renamed', parent: null }),
    });
    await send({
      method: 'POST',
      path: `/items/${id}/notes`,
      headers: form,
      body: second ? 'note=other+words&stars=4' : 'note=good',
    });
    const boundary = `----b${values}${who}`;
    await send({
      method: 'POST',
      path: '/upload',
      headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: `--${boundary}\r\ncontent-disposition: form-data; name="caption"\r\n\r\n${who}\r\n--${boundary}\r\ncontent-disposition: form-data; name="picture"; filename="p${values}.txt"\r\ncontent-type: text/plain\r\n\r\nhello ${who}\r\n--${boundary}--\r\n`,
    });
    await send({ method: 'GET', path: '/report', headers });
    await send({
      method: 'GET',
      path: `/report?since=${second ? '2026-02-03T00:00:00Z' : '2025-01-01T00:00:00%2B01:00'}`,
      headers,
    });
    await send({ method: 'GET', path: '/plain', headers });
    await send({ method: 'GET', path: '/old', headers });
    await send({
      method: 'POST',
      path: '/jobs',
      headers: json,
      body: JSON.stringify(second ? { name: 'one' } : [{ name: 'one' }, { name: 'two' }]),
    });
    await send({
      method: 'POST',
      path: '/jobs',
      headers: json,
      body: JSON.stringify(second ? [{ name: 'three' }] : { name: 'four' }),
    });
    await send({ method: 'GET', path: `/items/${id}/history?depth=${values + 1}`, headers });
    await send({
      method: 'PATCH',
      path: `/items/${id}`,
      headers: json,
      body: JSON.stringify({ name: second ? 'other' : 'new' }),
    });
    await send({ method: 'DELETE', path: `/items/${id}`, headers });
    await send({ method: 'GET', path: `/items/${id}`, headers });
  }
}
