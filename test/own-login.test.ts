// APIs with their own log-in, as tutorials have them, behind guard and gateway with the files of examples/own-login, over sockets.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { GuardEvent } from '@castellan/guard';
import { SignJWT } from 'jose';
import { createApi } from '../examples/own-login/express/api.ts';
import { createGuardedApi } from '../examples/own-login/express/guarded.ts';
import { answers, freePort, startProgram } from './real/processes.ts';

const examples = join(import.meta.dirname, '../examples/own-login');
const secret = 'kT7vQ2mXz9rLw4Yb8NcDaPqRsUiOeJhGfWnBvCxZ';
/** Debian's own, which has its packages; another one may come first in the path. */
const python = '/usr/bin/python3';

function hasFastApi(): boolean {
  try {
    execFileSync(python, ['-c', 'import fastapi, uvicorn, jwt, multipart'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `castellan gateway` in a copy of an example's folder, with the port of its upstream and one of its own. */
async function gateway(
  t: TestContext,
  name: string,
  written: number,
  port: number,
): Promise<{ url: string; events: () => GuardEvent[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-own-login-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(examples, name), folder, { recursive: true });
  const own = await freePort();
  const file = join(folder, 'castellan.yaml');
  const text = readFileSync(file, 'utf8').replaceAll(`127.0.0.1:${written}`, `127.0.0.1:${port}`);
  writeFileSync(file, `${text}listen: { port: ${own} }\naudit: { file: ./audit.jsonl }\n`);
  const flags = ['--conditions=@castellan/source', '--disable-warning=ExperimentalWarning'];
  const main = join(import.meta.dirname, '../packages/cli/src/main.ts');
  const child = startProgram(t, process.execPath, [...flags, main, 'gateway'], {
    cwd: folder,
    env: { JWT_SECRET: secret },
  });
  const url = `http://127.0.0.1:${own}`;
  await answers(`${url}/nowhere`, child);
  const events = (): GuardEvent[] =>
    readFileSync(join(folder, 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as GuardEvent);
  return { url, events };
}

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
});

/** Resolves when an event that fits was written. */
async function written(events: () => readonly GuardEvent[], fits: (event: GuardEvent) => boolean): Promise<GuardEvent> {
  const until = performance.now() + 20_000;
  for (;;) {
    const found = events().find(fits);
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error('no such event was written');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('FastAPI: its own log-in, and GET /users/me says who calls', { skip: !hasFastApi() }, async (t) => {
  const port = await freePort();
  const child = startProgram(
    t,
    python,
    ['-m', 'uvicorn', 'app:app', '--port', String(port), '--log-level', 'warning'],
    {
      cwd: join(examples, 'fastapi'),
      env: { PYTHONDONTWRITEBYTECODE: '1', SECRET_KEY: secret },
    },
  );
  await answers(`http://127.0.0.1:${port}/openapi.json`, child);
  const { url, events } = await gateway(t, 'fastapi', 8000, port);
  const logIn = async (username: string, password: string) =>
    fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams({ username, password }) });
  assert.equal((await logIn('ada', 'wrong')).status, 401);
  const answer = await logIn('ada', 'copper lantern');
  assert.equal(answer.status, 200, await answer.clone().text());
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const orders = await fetch(`${url}/orders`, bearer(token));
  assert.deepEqual([orders.status, await orders.json()], [200, [{ id: 1, owner: 'ada' }]]);
  assert.equal((await fetch(`${url}/users/me`, bearer(token))).status, 200);
  for (const bad of [
    `${token}x`,
    'made-up',
    await new SignJWT({ sub: 'eve' }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret)),
  ])
    assert.equal((await fetch(`${url}/orders`, bearer(bad))).status, 401, bad);
  assert.equal((await fetch(`${url}/orders`)).status, 401);
  const event = await written(
    events,
    ({ http_request: asked, http_response: answered }) => asked.url.path === '/orders' && answered.code === 200,
  );
  assert.equal(event.actor.user?.uid, 'ada');
});

/** What holds of the Express API at an address, whoever verifies in front of it. */
async function holds(url: string): Promise<void> {
  const logIn = (name: string, password: string) =>
    fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
  assert.equal((await logIn('ada', 'wrong')).status, 401);
  const answer = await logIn('ada', 'copper lantern');
  assert.equal(answer.status, 200);
  const { token } = (await answer.json()) as { token: string };
  const orders = await fetch(`${url}/orders`, bearer(token));
  assert.deepEqual([orders.status, await orders.json()], [200, [{ id: 7, owner: 1 }]]);
  const by = (key: string, claims: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(Buffer.from(key));
  for (const bad of [await by('another-secret-of-32-bytes-or-more-9Kq', { id: 1 }), await by(secret, {}), 'made-up'])
    assert.equal((await fetch(`${url}/orders`, bearer(bad))).status, 401);
  assert.equal((await fetch(`${url}/orders`)).status, 401);
}

test('Express: a gateway verifies the tokens of its log-in', async (t) => {
  const { url, events } = await gateway(t, 'express', 3000, await serve(t, createApi(secret)));
  await holds(url);
  const event = await written(
    events,
    ({ http_request: asked, http_response: answered }) => asked.url.path === '/orders' && answered.code === 200,
  );
  assert.equal(event.actor.user?.uid, '1');
});

test('Express: a guard within verifies them', async (t) => {
  const events: GuardEvent[] = [];
  const { guard, app } = await createGuardedApi(secret, (event: GuardEvent) => events.push(event));
  t.after(() => guard.end());
  await holds(`http://127.0.0.1:${await serve(t, app)}`);
  assert.ok(events.some(({ actor }) => actor.user?.uid === '1'));
  await assert.rejects(createGuardedApi('mysecret'), /secret is 8 bytes long, and HS256 needs at least 32/);
});
