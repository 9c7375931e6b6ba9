// Directus (a content platform) behind the gateway, with PostgreSQL, the document that it makes of its data, and its own client.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryServer, type Running, type Send } from './harness.ts';
import { installed } from './installed.ts';
import { startPostgres } from './postgres.ts';
import { answers, finished, freePort, startProgram } from './processes.ts';

const ada = 'ada-token-0000000000000001';

tryServer({
  name: 'Directus',
  async start(t) {
    const folder = installed('directus', { directus: '12.3.1', '@directus/sdk': '21.3.0' });
    const database = folder === undefined ? undefined : await startPostgres(t);
    if (folder === undefined || database === undefined) return undefined;
    // Scripts of flows need a compiler to be installed; nothing here has flows.
    writeFileSync(join(folder, 'node_modules/isolated-vm/isolated-vm.js'), 'module.exports = {};');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = join(folder, 'node_modules/directus/cli.js');
    const { hostname, port: databasePort, pathname, username } = new URL(database.url);
    const env = {
      DB_CLIENT: 'pg',
      DB_HOST: hostname,
      DB_PORT: databasePort,
      DB_DATABASE: pathname.slice(1),
      DB_USER: username,
      DB_PASSWORD: 'none',
      SECRET: 'a-secret-of-32-characters-at-least',
      ADMIN_EMAIL: 'ada@example.com',
      ADMIN_PASSWORD: 'letmein12',
      ADMIN_TOKEN: ada,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      SERVE_APP: 'false',
      TELEMETRY: 'false',
      PRESSURE_LIMITER_ENABLED: 'false',
      LOG_LEVEL: 'fatal',
    };
    await finished(startProgram(t, process.execPath, [program, 'bootstrap'], { cwd: folder, env }));
    const child = startProgram(t, process.execPath, [program, 'start'], { cwd: folder, env });
    await answers(`${url}/server/ping`, child);
    const headers = { authorization: `Bearer ${ada}`, 'content-type': 'application/json' };
    // The document is made of what there is.
    const field = (name: string, type: string, more: object = {}) => ({
      field: name,
      type,
      schema: {},
      meta: {},
      ...more,
    });
    await fetch(`${url}/collections`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        collection: 'articles',
        schema: {},
        meta: {},
        fields: [
          field('id', 'integer', { schema: { is_primary_key: true, has_auto_increment: true } }),
          field('title', 'string'),
          field('body', 'text'),
          field('published', 'boolean'),
          field('on', 'dateTime'),
          field('price', 'decimal'),
          field('tags', 'json'),
          field('key', 'uuid'),
        ],
      }),
    });
    const specs = await fetch(`${url}/server/specs/oas`, { headers });
    if (!specs.ok) throw new Error(`no document: ${specs.status} ${await specs.text()}`);
    const document = (await specs.json()) as object;
    const upstream = { upstream: true } as const;
    return {
      url,
      document: { ...document, servers: [{ url: '/' }] },
      options: { authentication: { KeyAuth: upstream, Auth: upstream } },
      session,
      // It documents lists beside objects, and no `security`.
      allowed: ['a list for an object', 'a read without a credential', 'a write without a credential'],
      client: (at) => directusClient(folder, at),
    } satisfies Running;
  },
});

interface Sdk {
  readonly createDirectus: (url: string) => {
    with(extension: unknown): { with(extension: unknown): { request(command: unknown): Promise<unknown> } };
  };
  readonly [name: string]: (...args: readonly never[]) => unknown;
}

/** The client library of Directus's own people. */
async function directusClient(folder: string, url: string): Promise<void> {
  const sdk = (await import(
    pathToFileURL(join(folder, 'node_modules/@directus/sdk/dist/index.js')).href
  )) as unknown as Sdk;
  const command = (name: string, ...args: readonly unknown[]): unknown => sdk[name]?.(...(args as readonly never[]));
  const client = sdk.createDirectus(url).with(command('rest')).with(command('staticToken', ada));
  const made = (await client.request(
    command('createItem', 'articles', { title: 'by the client', published: true }),
  )) as { id: number };
  await client.request(
    command('readItems', 'articles', {
      fields: ['id', 'title'],
      filter: { title: { _contains: 'client' } },
      sort: ['-id'],
      limit: 5,
    }),
  );
  await client.request(command('updateItem', 'articles', made.id, { title: 'changed' }));
  await client.request(command('deleteItem', 'articles', made.id));
  await client.request(command('readMe'));
  await client.request(command('readCollections'));
}

async function session(send: Send, values: number): Promise<void> {
  const second = values === 2;
  for (const [index, from] of ['127.0.0.1', '127.0.0.2'].entries()) {
    const headers = { accept: 'application/json', authorization: `Bearer ${ada}` };
    const get = (path: string) => send({ method: 'GET', path, headers, from });
    const write = (method: string, path: string, body?: unknown) =>
      send({
        method,
        path,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        from,
      });
    const idOf = ({ body }: { body: Buffer }): string | number => {
      const { data } = JSON.parse(body.toString()) as { data?: { id: string | number } };
      if (data === undefined) throw new Error(`it was not made: ${body.toString()}`);
      return data.id;
    };
    const run = `${values}-${index}-${Date.now() % 100_000}`;
    await send({ method: 'GET', path: '/server/ping', from });
    await get('/server/info');
    await get('/users/me');
    await get('/users/me?fields=id,email,role.name');
    const article = idOf(
      await write('POST', '/items/articles', {
        title: `title ${run}`,
        ...(second ? { body: 'other', published: false, price: 12 } : { body: 'text', published: true, price: 7.25 }),
        on: second ? '2027-12-31T23:59:59+02:00' : '2026-02-03T04:05:06Z',
        tags: second ? [] : ['a', 'b'],
      }),
    );
    await write('POST', '/items/articles', [{ title: 'one' }, { title: 'two', published: second }]);
    await get('/items/articles');
    await get(`/items/articles/${article}`);
    await get(`/items/articles/${article}?fields=*`);
    await get(`/items/articles?limit=${2 * values}&offset=1&sort=-id&meta=*`);
    await get(
      `/items/articles?filter=${encodeURIComponent(JSON.stringify({ title: { _contains: second ? 'o' : 'title' } }))}`,
    );
    await get(`/items/articles?search=${second ? 'two' : 'title'}&fields=id,title`);
    await get('/items/articles?sort=title,-id&limit=-1');
    await write('PATCH', `/items/articles/${article}`, second ? { published: true } : { title: 'other', price: null });
    await write('PATCH', '/items/articles', { keys: [article], data: { body: 'all of them' } });
    await get('/items/articles/99999999');
    await write('DELETE', `/items/articles/${article}`);
    await get('/collections');
    await get('/collections/articles');
    await get('/fields/articles');
    await get('/fields/articles/title');
    await get('/relations');
    const role = idOf(await write('POST', '/roles', { name: `role ${run}`, description: second ? '' : 'a role' }));
    await get('/roles');
    await get(`/roles/${role}`);
    await write('PATCH', `/roles/${role}`, { name: `role ${run} changed` });
    const user = idOf(
      await write('POST', '/users', {
        email: `user-${run}@example.com`,
        password: second ? 'secret-password-2' : 'letmein-1234',
        first_name: second ? 'Bob' : 'Eve',
        role,
      }),
    );
    await get('/users?limit=3');
    await get(`/users/${user}`);
    await write('PATCH', `/users/${user}`, {
      last_name: second ? 'Builder' : 'Online',
      tags: second ? ['x'] : ['y', 'z'],
    });
    const login = await send({
      method: 'POST',
      path: '/auth/login',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'letmein12', ...(second ? { mode: 'json' } : {}) }),
      from,
    });
    const { refresh_token: refresh } = (JSON.parse(login.body.toString()) as { data: { refresh_token: string } }).data;
    await send({
      method: 'POST',
      path: '/auth/refresh',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refresh, mode: 'json' }),
      from,
    });
    const folder = idOf(await write('POST', '/folders', { name: `folder ${run}` }));
    await get('/folders');
    await get(`/folders/${folder}`);
    const boundary = 'form-of-castellan';
    const file = await send({
      method: 'POST',
      path: '/files',
      headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: [
        `--${boundary}`,
        'Content-Disposition: form-data; name="title"',
        '',
        second ? 'a second file' : 'a file',
        `--${boundary}`,
        `Content-Disposition: form-data; name="file"; filename="a.${second ? 'md' : 'txt'}"`,
        `Content-Type: ${second ? 'text/markdown' : index === 0 ? 'text/plain' : 'text/csv'}`,
        '',
        second ? 'a,b\r\n1,2' : 'Hello',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
      from,
    });
    const uploaded = idOf(file);
    await get('/files?limit=2');
    await get(`/files/${uploaded}`);
    await get(`/assets/${uploaded}`);
    await write('PATCH', `/files/${uploaded}`, { title: `renamed ${run}` });
    await get('/permissions/me');
    await get('/presets');
    await get('/settings');
    await write('POST', '/comments', { collection: 'articles', item: '1', comment: second ? 'second' : 'first' });
    await get('/comments?limit=1');
    await get('/activity?limit=2');
    await get('/revisions?limit=2');
    await get(`/utils/random/string?length=${8 * values}`);
    await get('/schema/snapshot');
    await write('DELETE', `/files/${uploaded}`);
    await write('DELETE', `/folders/${folder}`);
    await write('DELETE', `/users/${user}`);
    await write('DELETE', `/roles/${role}`);
  }
}
