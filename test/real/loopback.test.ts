// The to-do API that LoopBack's people wrote as an example, with the document that it serves.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryServer, type Running, type Send } from './harness.ts';
import { installed } from './installed.ts';
import { answers, freePort, startProgram } from './processes.ts';

tryServer({
  name: 'LoopBack',
  async start(t) {
    const folder = installed('loopback', { '@loopback/example-todo': '6.0.0' });
    if (folder === undefined) return undefined;
    // It keeps its data in a file of its working folder.
    const working = mkdtempSync(join(tmpdir(), 'castellan-loopback-'));
    t.after(() => rmSync(working, { recursive: true, force: true }));
    mkdirSync(join(working, 'data'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startProgram(
      t,
      process.execPath,
      [join(folder, 'node_modules/@loopback/example-todo/dist/index.js')],
      {
        cwd: working,
        env: { PORT: String(port), HOST: '127.0.0.1' },
      },
    );
    const document = (await (await answers(`${url}/openapi.json`, child)).json()) as object;
    return { url, document: { ...document, servers: [{ url: '/' }] }, session } satisfies Running;
  },
});

async function session(send: Send, values: number): Promise<void> {
  for (const from of ['127.0.0.1', '127.0.0.2']) {
    const headers = { accept: 'application/json' };
    const json = { ...headers, 'content-type': 'application/json' };
    const get = (path: string) => send({ method: 'GET', path, headers, from });
    const write = (method: string, path: string, body: unknown) =>
      send({ method, path, headers: json, body: JSON.stringify(body), from });
    const second = values === 2;
    const made = await write(
      'POST',
      '/todos',
      second ? { title: 'swim', desc: 'far', isComplete: true } : { title: 'read', desc: 'a book' },
    );
    const { id } = JSON.parse(made.body.toString()) as { id: number };
    await write('POST', '/todos', { title: second ? 'bare' : 'only a title' });
    await get('/todos');
    await get(
      `/todos?filter=${encodeURIComponent(JSON.stringify({ where: { title: second ? 'swim' : 'read' }, limit: 5 * values }))}`,
    );
    await get('/todos/count');
    await get(`/todos/count?where=${encodeURIComponent(JSON.stringify({ isComplete: second }))}`);
    await get(`/todos/${id}`);
    await get('/todos/99999999');
    await write('PATCH', `/todos/${id}`, second ? { isComplete: false } : { title: 'read more' });
    await write('PATCH', `/todos?where=${encodeURIComponent(JSON.stringify({ title: 'nothing' }))}`, {
      isComplete: true,
    });
    await write('PUT', `/todos/${id}`, { title: second ? 'swim on' : 'read on' });
    await send({ method: 'DELETE', path: `/todos/${id}`, headers, from });
  }
}
