// Unleash (feature flags) behind the gateway, with PostgreSQL, the document that it serves, and its own client.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryServer, type Running, type Send } from './harness.ts';
import { installed } from './installed.ts';
import { startPostgres } from './postgres.ts';
import { answers, freePort, startProgram } from './processes.ts';

const ada = '*:*.ada-token-000000000000000000000001';
const bob = '*:*.bob-token-000000000000000000000002';
const application = '*:development.application-000000000000003';
const other = '*:development.other-application-0000000000004';

const program = `
import { start } from 'unleash-server';
const token = (name, secret, type) => ({ environment: secret.split(/[:.]/)[1], project: '*', projects: ['*'], secret, type, tokenName: name, username: name });
await start({
  databaseUrl: process.env.URL,
  db: { ssl: false },
  server: { port: Number(process.env.PORT), host: '127.0.0.1', gracefulShutdownEnable: false },
  enableOAS: true,
  versionCheck: { enable: false },
  telemetry: false,
  logLevel: 'fatal',
  authentication: { type: 'open-source', createAdminUser: true, initApiTokens: [
    token('ada', '${ada}', 'admin'), token('bob', '${bob}', 'admin'), token('application', '${application}', 'client'), token('other', '${other}', 'client'),
  ] },
});`;

tryServer({
  name: 'Unleash',
  async start(t) {
    const folder = installed('unleash', { 'unleash-server': '7.5.1', 'unleash-client': '6.12.1' });
    const database = folder === undefined ? undefined : await startPostgres(t);
    if (folder === undefined || database === undefined) return undefined;
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startProgram(t, process.execPath, ['--input-type=module', '--eval', program], {
      cwd: folder,
      env: { PORT: String(port), URL: database.url },
    });
    const document = (await (await answers(`${url}/docs/openapi.json`, child)).json()) as object;
    const upstream = { upstream: true } as const;
    return {
      url,
      document: { ...document, servers: [{ url: '/' }] },
      options: { authentication: { apiKey: upstream, bearerToken: upstream } },
      session,
      async client(at) {
        for (const token of [application, other]) await unleashClient(folder, at, token);
      },
    } satisfies Running;
  },
});

interface Client {
  isEnabled(name: string, context?: object): boolean;
  once(event: string, listener: (said: unknown) => void): void;
  on(event: string, listener: (said: unknown) => void): void;
  destroyWithFlush(): Promise<void>;
}

/** The client library that Unleash's own people wrote: registers, fetches features, sends metrics. */
async function unleashClient(folder: string, url: string, token: string): Promise<void> {
  const module = (await import(pathToFileURL(join(folder, 'node_modules/unleash-client/lib/index.js')).href)) as {
    Unleash: new (options: object) => Client;
  };
  const client = new module.Unleash({
    url: `${url}/api`,
    appName: 'castellan-test',
    instanceId: 'one',
    customHeaders: { Authorization: token },
    disableAutoStart: false,
    skipInstanceCountWarning: true,
    refreshInterval: 60_000,
    metricsInterval: 60_000,
    storageProvider: { set: () => Promise.resolve(), get: () => Promise.resolve(undefined) },
  });
  const said: string[] = [];
  client.on('warn', (warning) => said.push(String(warning)));
  await new Promise<void>((resolve, reject) => {
    client.once('synchronized', () => resolve());
    setTimeout(() => reject(new Error(`it does not get its features: ${said.join('; ')}`)), 20_000).unref();
    client.on('error', (error) => reject(error instanceof Error ? error : new Error(String(error))));
  });
  client.isEnabled('flag-1-ada', { userId: '7' });
  client.isEnabled('nobody-knows-it');
  await client.destroyWithFlush();
  if (said.length > 0) throw new Error(said.join('; '));
}

async function session(send: Send, values: number): Promise<void> {
  for (const [token, who] of [
    [ada, 'ada'],
    [bob, 'bob'],
  ] as const) {
    const headers = { authorization: token, accept: 'application/json' };
    const json = { ...headers, 'content-type': 'application/json' };
    const get = (path: string) => send({ method: 'GET', path: `/api/${path}`, headers });
    const write = (method: string, path: string, body?: unknown) =>
      send({
        method,
        path: `/api/${path}`,
        headers: body === undefined ? headers : json,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const second = values === 2;
    const run = `${values}-${who}${Date.now() % 100_000}`;
    const flag = `flag-${run}`;
    const features = 'admin/projects/default/features';
    await get('admin/projects');
    await get('admin/projects/default/overview');
    await get('admin/environments');
    await get('admin/ui-config');
    await get('admin/strategies');
    await get('admin/context');
    await write(
      'POST',
      features,
      second ? { name: flag, type: 'experiment', description: 'second', impressionData: true } : { name: flag },
    );
    await get(features);
    await get(`${features}/${flag}`);
    await write('PATCH', `${features}/${flag}`, [{ op: 'replace', path: '/description', value: `changed ${values}` }]);
    await write('PUT', `${features}/${flag}`, {
      name: flag,
      description: 'put',
      type: second ? 'release' : 'experiment',
    });
    const strategies = `${features}/${flag}/environments/development/strategies`;
    const made = await write('POST', strategies, {
      name: second ? 'default' : 'flexibleRollout',
      ...(second ? {} : { parameters: { rollout: '50', stickiness: 'default', groupId: flag } }),
      constraints: [{ contextName: 'userId', operator: 'IN', values: ['1', who] }],
    });
    const { id } = JSON.parse(made.body.toString()) as { id: string };
    await get(strategies);
    await get(`${strategies}/${id}`);
    await write('PUT', `${strategies}/${id}`, { name: 'default', constraints: [], parameters: {} });
    await write('POST', `${features}/${flag}/environments/development/on`);
    await write('POST', `${features}/${flag}/environments/development/off`);
    await write('PUT', `${features}/${flag}/environments/development/variants`, [
      { name: 'a', weight: second ? 500 : 1000, weightType: 'variable', stickiness: 'default', overrides: [] },
      ...(second
        ? [
            {
              name: 'b',
              weight: 500,
              weightType: 'fix',
              stickiness: 'default',
              payload: { type: 'string', value: 'x' },
            },
          ]
        : []),
    ]);
    await get(`${features}/${flag}/environments/development/variants`);
    await write('POST', 'admin/segments', {
      name: `segment-${run}`,
      description: second ? 'of two' : '',
      constraints: [
        {
          contextName: 'appName',
          operator: second ? 'STR_CONTAINS' : 'IN',
          values: ['x'],
          inverted: false,
          caseInsensitive: second,
        },
      ],
    });
    await get('admin/segments');
    await write('POST', 'admin/tag-types', { name: `t${run}`, description: 'a tag', icon: 'T' });
    await write('POST', `admin/features/${flag}/tags`, { type: `t${run}`, value: second ? 'some value' : 'one' });
    await get(`admin/features/${flag}/tags`);
    await get('admin/tags');
    await write('POST', `${features}/${flag}/clone`, { name: `${flag}-copy`, replaceGroupId: true });
    await write('POST', 'admin/context', {
      name: `field${run}`,
      legalValues: second ? [{ value: 'x', description: 'one' }] : [],
      stickiness: second,
    });
    await get(`admin/context/field${run}`);
    await get('admin/api-tokens');
    await get('admin/addons');
    await get(`admin/events/${flag}`);
    await get('admin/search/features?limit=5&offset=0');
    await get(`admin/search/features?query=${flag}&sortBy=createdAt&sortOrder=desc`);
    await get('admin/metrics/applications');
    await get(`admin/client-metrics/features/${flag}`);
    await get(`${features}/nothing-of-this-name`);
    await write('POST', `${features}/${flag}/favorites`);
    await write('DELETE', `${features}/${flag}/favorites`);
    await write('DELETE', `${strategies}/${id}`);
    await write('DELETE', `${features}/${flag}`);
    const app = {
      authorization: application,
      accept: 'application/json',
      'unleash-appname': 'app',
      'unleash-instanceid': who,
    };
    await send({ method: 'GET', path: '/api/client/features', headers: app });
    await send({
      method: 'POST',
      path: '/api/client/register',
      headers: { ...app, 'content-type': 'application/json' },
      body: JSON.stringify({
        appName: 'app',
        instanceId: who,
        sdkVersion: `own:${values}`,
        strategies: ['default'],
        started: '2026-01-02T03:04:05Z',
        interval: 10_000 * values,
      }),
    });
    await send({
      method: 'POST',
      path: '/api/client/metrics',
      headers: { ...app, 'content-type': 'application/json' },
      body: JSON.stringify({
        appName: 'app',
        instanceId: who,
        bucket: {
          start: '2026-01-02T03:04:05Z',
          stop: '2026-01-02T03:05:05Z',
          toggles: { [flag]: { yes: values, no: 1, variants: { a: 1 } } },
        },
      }),
    });
  }
}
