// Homebridge UI (a Nest application on Fastify) behind the gateway, with the document that it serves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryServer, type Running, type Send } from './harness.ts';
import { installed } from './installed.ts';
import { answers, freePort, startProgram } from './processes.ts';

interface Published {
  readonly components: { readonly schemas: object };
}

tryServer({
  name: 'Homebridge UI',
  async start(t) {
    const folder = installed('homebridge', { 'homebridge-config-ui-x': '5.10.0' });
    if (folder === undefined) return undefined;
    const working = mkdtempSync(join(tmpdir(), 'castellan-homebridge-'));
    t.after(() => rmSync(working, { recursive: true, force: true }));
    for (const name of ['backups', 'persist', 'accessories']) mkdirSync(join(working, name));
    const port = await freePort();
    writeFileSync(
      join(working, 'config.json'),
      JSON.stringify({
        bridge: { name: 'Homebridge', username: '0E:AA:BB:CC:DD:EE', port: 51826, pin: '031-45-154' },
        accessories: [],
        platforms: [{ name: 'Config', port, platform: 'config', host: '127.0.0.1', auth: 'form' }],
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const base = join(folder, 'node_modules/homebridge-config-ui-x');
    const child = startProgram(t, process.execPath, [join(base, 'dist/bin/standalone.js')], {
      cwd: working,
      env: { UIX_CONFIG_PATH: join(working, 'config.json'), UIX_STORAGE_PATH: working, UIX_BASE_PATH: base },
    });
    const document = (await (await answers(`${url}/swagger-json`, child)).json()) as Published;
    // The account that its setup makes.
    const { access_token: setup } = (await (await fetch(`${url}/api/setup-wizard/get-setup-wizard-token`)).json()) as {
      access_token: string;
    };
    await fetch(`${url}/api/setup-wizard/create-first-user`, {
      method: 'POST',
      headers: { authorization: `Bearer ${setup}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', username: 'ada', password: 'letmein', admin: true }),
    });
    const { access_token: ada } = (await (
      await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ada', password: 'letmein' }),
      })
    ).json()) as { access_token: string };
    await fetch(`${url}/api/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Bob', username: 'bob', password: 'letmein', admin: true }),
    });
    // It refers to a schema without a name, which it does not have.
    const schemas = { ...document.components.schemas, '': {} };
    const whole = { ...document, components: { ...document.components, schemas } };
    return {
      url,
      document: whole,
      options: { authentication: { bearer: { upstream: true } } },
      session,
    } satisfies Running;
  },
});

async function session(send: Send, values: number): Promise<void> {
  const second = values === 2;
  for (const [index, from] of ['127.0.0.1', '127.0.0.2'].entries()) {
    const json = { accept: 'application/json', 'content-type': 'application/json' };
    const anonymous = (method: string, path: string, body?: unknown) =>
      send({ method, path, headers: json, from, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const login = await anonymous('POST', '/api/auth/login', {
      username: index === 0 ? 'ada' : 'bob',
      password: 'letmein',
    });
    const { access_token: token } = JSON.parse(login.body.toString()) as { access_token: string };
    const authorization = `Bearer ${token}`;
    const get = (path: string) =>
      send({ method: 'GET', path, headers: { accept: 'application/json', authorization }, from });
    const write = (method: string, path: string, body?: unknown) =>
      send({
        method,
        path,
        headers: body === undefined ? { authorization } : { ...json, authorization },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        from,
      });
    await anonymous('GET', '/api/auth/settings');
    await get('/api/auth/check');
    await write('POST', '/api/auth/refresh');
    const username = `user${values}${index}${Date.now() % 100_000}`;
    const made = await write('POST', '/api/users', {
      name: second ? 'Bob' : 'Eve Adams',
      username,
      password: second ? 'secret-2' : 'letmein',
      admin: second,
    });
    const { id } = JSON.parse(made.body.toString()) as { id: number };
    await get('/api/users');
    await write('PATCH', `/api/users/${id}`, { name: 'Changed', username, admin: !second });
    await write('DELETE', `/api/users/${id}`);
    // Its whole configuration, which holds a pin, stays a question to people.
    await get('/api/config-editor/backups');
    await get('/api/config-editor/ui/plugins/hide-updates-for');
    await get('/api/server/network-interfaces/system');
    await get('/api/server/network-interfaces/bridge');
    await get('/api/server/mdns-advertiser');
    await get('/api/server/port');
    await get('/api/server/pairings');
    await get('/api/status/cpu');
    await get('/api/status/ram');
    await get('/api/status/uptime');
    await get('/api/status/homebridge');
    await get('/api/status/nodejs');
    await get('/api/accessories/layout');
    await get('/api/backup/scheduled-backups');
  }
}
