// For each option of a guard: requests whose answer is another one where the option says something else.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createGuard } from '@castellan/guard';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { FiltersOption, GuardOptions, RequestFilter } from '@castellan/guard';
import { RevocationFile } from '@castellan/guard/revocation';
import { audience, issuer } from '../../packages/guard/test/tokens.ts';
import { auditProbes } from './audit.ts';
import { forwardProbes } from './forward.ts';
import { telemetryProbes } from './telemetry.ts';
import { undocumentedProbes } from './undocumented.ts';
import type { GuardEvent } from '@castellan/guard';
import { document, file, folder, jwks, note, running, statuses, type Ask, type Probe } from './api.ts';
import { registryProbes } from './registry.ts';
import { sourceProbes } from './source.ts';

type Options = Partial<GuardOptions>;

const get: Ask = { path: '/notes/n1' };
const create: Ask = { path: '/notes', method: 'POST', body: note };
const page: Ask = { ...get, headers: { origin: 'https://app.example' } };
const preflight: Ask = {
  ...get,
  method: 'OPTIONS',
  as: '',
  headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
};
const owners = (): string =>
  file(
    'permit (principal, action == Action::"getNote", resource is Note) when { resource.ownerId == "ada" };',
    'cedar',
  );
const members = (): string =>
  file('permit (principal in Group::"staff", action == Action::"getNote", resource);', 'cedar');

const shared = (): string =>
  file('@id("reader") permit (principal == ?principal, action == Action::"getNote", resource == ?resource);', 'cedar');

/** Ada is in a group that is in a group that is in staff; each is asked for. */
const nested = (uids: readonly { readonly type: string; readonly id: string }[]) =>
  uids.map((uid) => {
    const above = new Map([
      ['ada', 'one'],
      ['one', 'two'],
      ['two', 'three'],
      ['three', 'staff'],
    ]).get(uid.id);
    return { uid, parents: above === undefined ? [] : [{ type: 'Group', id: above }] };
  });

/** Notes that are due at a time. */
function withTimes(): Record<string, unknown> {
  const { components, ...api } = document() as {
    readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> };
  };
  const { Note } = components.schemas;
  const properties = { ...Note?.properties, due: { type: 'string', format: 'date-time' } };
  return { ...api, components: { ...components, schemas: { ...components.schemas, Note: { ...Note, properties } } } };
}

/** An API that takes a list in this media type. */
function listing(type: string): Record<string, unknown> {
  const schema = { type: 'array', items: { type: 'integer' } };
  const post = {
    operationId: 'list',
    requestBody: { required: true, content: { [type]: { schema } } },
    responses: { 200: { description: 'Done', content: { 'application/json': {} } } },
  };
  return document({}, { paths: { '/list': { post } } });
}

/** What the database is asked for a list of notes. */
const condition =
  (of: (filter: RequestFilter) => string, without: FiltersOption, with_: FiltersOption): Probe =>
  async () => {
    const policies = file(
      'permit (principal, action == Action::"listNotes", resource) when { resource has ownerId && resource.ownerId == "ada" && resource has due && resource.due > datetime("2026-01-01") };',
      'cedar',
    );
    const asked = async (filters: FiltersOption): Promise<string> => {
      let said = '';
      await running(
        { contract: withTimes(), policies, filters },
        ({ ask: send }) => send({ path: '/notes' }),
        async (_, { filter }) => {
          said = of(await filter('Note'));
          return Response.json([]);
        },
      );
      return said;
    };
    return [await asked(without), await asked(with_)];
  };

const differ =
  (without: Options, with_: Options, ...asks: readonly Ask[]): Probe =>
  async () => [await statuses(without, ...asks), await statuses(with_, ...asks)];

const fields = (options: Options, ask: Ask, ...names: readonly string[]): Promise<string> =>
  running(options, async ({ ask: send }) => {
    const answer = await send(ask);
    return names.map((name) => answer.headers.get(name)).join(' ');
  });
const cors = (more: object, ask: Ask, name: string): Probe => {
  const origins = ['https://app.example'];
  return async () => [
    await fields({ cors: { origins } }, ask, name),
    await fields({ cors: { origins, ...more } }, ask, name),
  ];
};

/** A Redis with one stream, which revokes ada. */
const redis =
  (key: string) =>
  (args: readonly string[]): Promise<unknown> => {
    const entry = ['entry', JSON.stringify({ kind: 'subject', id: 'ada', at: Date.now() + 60_000 })];
    return Promise.resolve(args[1] === key && args[2] === '-' ? [['1-0', entry]] : []);
  };

const banned =
  (key: string) =>
  (args: readonly string[]): Promise<unknown> => {
    const entry = ['entry', JSON.stringify({ kind: 'principal', id: 'ada', reason: 'test', at: Date.now() })];
    return Promise.resolve(args[1] === key && args[2] === '-' ? [['1-0', entry]] : []);
  };

const duplicates = (): Response =>
  new Response('{"id":"a","id":"n1"}', { headers: { 'content-type': 'application/json' } });
const duplicatesOf = (): Response => new Response('none', { headers: { 'content-type': 'application/json' } });
const answering = (options: Options, answer: () => Response, ask: Ask = get): Promise<string> =>
  running(options, async ({ ask: send }) => String((await send(ask)).status), answer);

/** What the caller is told of a body that is wrong; the API documents its errors. */
const wrongNote: Ask = { ...create, body: { text: 1 } };
const refusal = (options: Options): Promise<string> => {
  const error = { type: 'object', required: ['oops'], properties: { oops: { type: 'string' } } };
  const overlay = {
    overlay: '1.0.0',
    info: { title: 'x', version: '1' },
    actions: [
      {
        target: '$.paths["/notes"].post.responses',
        update: { 400: { description: 'no', content: { 'application/json': { schema: error } } } },
      },
    ],
  };
  return running({ overlays: [overlay], ...options }, async ({ ask: send }) =>
    Object.keys(JSON.parse((await send(wrongNote)).text) as object).join(' '),
  );
};

const lastEvent = (options: Options, ask: Ask, of: (event: object) => unknown): Promise<string> =>
  running(options, async ({ ask: send, events }) => {
    await send(ask);
    return JSON.stringify(of(events.at(-1) ?? {})) ?? '';
  });

/** Starts with a document in a file, changes the file, and tells what was told. */
async function changed(options: Options): Promise<string> {
  const name = file(JSON.stringify(document()), 'json');
  const { promise: reloaded, resolve: told } = Promise.withResolvers<string>();
  return running(
    { contract: name, ...options, onReload: ({ ok }) => told(ok ? 'reloaded' : 'failed') },
    async ({ ask }) => {
      writeFileSync(name, JSON.stringify(document({ operations: { getNote: { lifecycle: { state: 'retired' } } } })));
      return `${options.watch === true ? await reloaded : 'not told'} ${(await ask(get)).status}`;
    },
  );
}

const verify = (): { subject: string } => ({ subject: 'ada' });
const clockAhead = (): number => Date.now() + 3_600_000;

/** A Redis that has room for nobody, and what it was asked. */
const counting =
  (seen: (readonly string[])[]) =>
  (args: readonly string[]): Promise<unknown> => {
    seen.push(args);
    return Promise.resolve(args.includes('3') || args[0] === 'XRANGE' ? [] : [0, 0, '9000000', '9000000']);
  };
const refusedBy = (options: Options): Promise<string> => statuses(options, get);
/** The first key that a counter of 100 calls asks for, and how many units of it are welcome. */
async function asked(state: object): Promise<string> {
  const seen: (readonly string[])[] = [];
  const redis = counting(seen);
  await statuses({ limits: { perAddress: 'off', perPrincipal: '100/day' }, state: { redis, ...state } }, get);
  const [, , , key, , , , most] = seen.find((args) => args.length === 8 && args[7] !== '0') ?? [];
  return `${key?.split(':')[0]} ${most}`;
}
/** How long a store that never answers is waited for. */
async function waited(timeout: number): Promise<string> {
  const timers = mock.method(globalThis, 'setTimeout');
  await statuses({ state: { redis: () => new Promise(() => {}), timeout } });
  const found = timers.mock.calls.map(({ arguments: [, delay] }) => delay).filter((delay) => delay === timeout);
  timers.mock.restore();
  return `${timeout} ${found.length > 0}`;
}
/** A store with TLS that nobody runs. */
const away = (more: object): object => ({ url: 'rediss://127.0.0.1:1', timeout: 20, ...more });
/** What three hundred calls at once get from an application that answers none before it has all of them or they are refused. */
async function atOnce(limits: object): Promise<string> {
  const timers = mock.method(globalThis, 'setTimeout');
  const all = 300;
  let seen = 0;
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const more = (): void => {
    if (++seen === all) open();
  };
  const handler = async (): Promise<Response> => {
    more();
    await opened;
    return Response.json(note);
  };
  const found = await running(
    { limits: { perAddress: 'off', perPrincipal: 'off', ...limits } },
    async ({ ask }) => {
      const one = async (): Promise<boolean> => {
        const { status } = await ask(get);
        if (status === 503) more();
        return status === 503;
      };
      const refused = await Promise.all(Array.from({ length: all }, one));
      return String(refused.includes(true));
    },
    handler,
  );
  const waits = timers.mock.calls.some(({ arguments: [, delay] }) => delay === 7);
  timers.mock.restore();
  return `${found} ${waits}`;
}
const startsWith = async (without: object, with_: object): Promise<readonly [string, string]> => {
  const start = async (state: object): Promise<string> => {
    try {
      return await statuses({ state: Object.keys(state).length === 0 ? undefined : state }, get);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return [await start(without), await start(with_)];
};

export const probes: Readonly<Record<string, Probe>> = {
  contract: differ(
    { contract: document() },
    { contract: document({ operations: { createNote: { maxBody: 5 } } }) },
    create,
  ),
  overlays: differ(
    {},
    {
      overlays: [
        {
          overlay: '1.0.0',
          info: { title: 'x', version: '1' },
          actions: [{ target: '$.paths["/notes/{id}"].get', update: { 'x-castellan': { mode: 'observe' } } }],
        },
      ],
    },
    { ...get, as: '' },
  ),
  authentication: differ(
    { authentication: { token: { issuer, audience: 'other', jwks } } },
    { authentication: { token: { issuer, audience, jwks } } },
    get,
  ),
  'revocation.file': async () => {
    const name = join(folder, 'revoked.jsonl');
    new RevocationFile(name).append({ kind: 'subject', id: 'ada', at: Date.now() + 60_000 });
    return [await statuses({}, get), await statuses({ revocation: { file: name } }, get)];
  },
  'revocation.redis': differ({}, { revocation: { redis: redis('castellan:revocations') } }, get),
  'revocation.redisKey': differ(
    { revocation: { redis: redis('mine') } },
    { revocation: { redis: redis('mine'), redisKey: 'mine' } },
    get,
  ),
  'revocation.interval': async () => {
    const looks = async (interval: number): Promise<string> => {
      const timers = mock.method(globalThis, 'setInterval');
      const empty = file('');
      await statuses({ revocation: { file: empty, interval } });
      const found = timers.mock.calls.map(({ arguments: [, delay] }) => String(delay)).join(' ');
      timers.mock.restore();
      return found;
    };
    return [await looks(20), await looks(700)];
  },
  'revocation.clock': async () => {
    const after = (clock: () => number): Promise<string> =>
      running({ revocation: { file: file(''), clock } }, async ({ guard, ask }) => {
        await guard.revocations.revoke({ kind: 'subject', id: 'ada' });
        return String((await ask(get)).status);
      });
    return [await after(() => Date.now() - 86_400_000), await after(() => Date.now() + 60_000)];
  },
  'bans.file': async () => {
    const name = file(`${JSON.stringify({ kind: 'principal', id: 'ada', reason: 'test', at: Date.now() })}\n`);
    return [await statuses({}, get), await statuses({ bans: { file: name } }, get)];
  },
  'bans.redis': differ({}, { bans: { redis: banned('castellan:bans') } }, get),
  'bans.redisKey': differ(
    { bans: { redis: banned('mine') } },
    { bans: { redis: banned('mine'), redisKey: 'mine' } },
    get,
  ),
  'bans.interval': async () => {
    const looks = async (interval: number): Promise<string> => {
      const timers = mock.method(globalThis, 'setInterval');
      await statuses({ bans: { file: file(''), interval } });
      const found = timers.mock.calls.map(({ arguments: [, delay] }) => String(delay)).join(' ');
      timers.mock.restore();
      return found;
    };
    return [await looks(20), await looks(700)];
  },
  'bans.clock': async () => {
    const after = (later: number): Promise<string> => {
      const began = Date.now();
      let shift = 0;
      const clock = (): number => began + shift;
      return running({ bans: { clock } }, async ({ guard, ask }) => {
        await guard.ban({ principal: 'ada', reason: 'test', for: 60 });
        shift = later;
        return String((await ask(get)).status);
      });
    };
    return [await after(0), await after(120_000)];
  },
  policies: differ(
    {},
    { policies: file('forbid (principal, action, resource);\npermit (principal, action, resource);', 'cedar') },
    get,
  ),
  resources: differ(
    { policies: owners(), resources: { Note: () => [{ ...note, ownerId: 'eve' }] } },
    { policies: owners(), resources: { Note: () => [note] } },
    get,
  ),
  policyContext: async () => {
    const contract = document({ api: { context: { mfa: 'boolean' } } });
    const policies = file('permit (principal, action, resource) when { context has mfa && context.mfa };', 'cedar');
    return [
      await statuses({ contract, policies }, get),
      await statuses({ contract, policies, policyContext: () => ({ mfa: true }) }, get),
    ];
  },
  'filters.dialect': condition((filter) => filter.sql().text, {}, { dialect: 'mysql' }),
  'filters.times': condition(
    (filter) => JSON.stringify(filter.sql().params),
    { dialect: 'sqlite' },
    { dialect: 'sqlite', times: 'milliseconds' },
  ),
  'filters.tables': condition(
    (filter) => filter.sql().text,
    {},
    { tables: { Note: { columns: { ownerId: 'owner_id' } } } },
  ),
  'filters.mongodb': condition(
    (filter) => JSON.stringify(filter.mongodb()),
    {},
    { mongodb: { Note: { fields: { ownerId: 'owner' } } } },
  ),
  'filters.prisma': condition(
    (filter) => JSON.stringify(filter.prisma()),
    { prisma: { provider: 'sqlite' } },
    { prisma: { provider: 'sqlite', models: { Note: { fields: { ownerId: 'owner' } } } } },
  ),
  entities: differ(
    { policies: members(), entities: [] },
    {
      policies: members(),
      entities: [{ uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: 'staff' }] }],
    },
    get,
  ),
  links: differ(
    { policies: shared(), links: [{ template: 'reader', principal: 'User::"eve"', resource: 'Note::"n1"' }] },
    { policies: shared(), links: [{ template: 'reader', principal: 'User::"ada"', resource: 'Note::"n1"' }] },
    get,
  ),
  sharing: differ(
    { policies: shared(), sharing: { Note: () => [] } },
    { policies: shared(), sharing: { Note: () => [{ object: 'n1', template: 'reader', with: 'User::"ada"' }] } },
    get,
  ),
  ask: async () => {
    const started = (options: object): Promise<string> =>
      createGuard({
        contract: {
          openapi: '3.1.0',
          info: { title: 'Me', version: '1' },
          paths: {
            '/me': { get: { operationId: 'me', security: [{ it: [] }], responses: { 204: { description: '' } } } },
          },
          components: { securitySchemes: { it: { type: 'http', scheme: 'bearer' } } },
        },
        authentication: { it: { whoami: 'me', subject: '/name' } },
        ...options,
      }).then(
        (guard) => guard.end().then(() => 'starts'),
        (error: Error) => error.message,
      );
    return [await started({}), await started({ ask: () => Promise.resolve({ failed: 'away' }) })];
  },
  resolver: differ(
    { policies: owners() },
    { policies: owners(), resolver: () => Promise.resolve({ found: true, body: { ...note, ownerId: 'eve' } }) },
    get,
  ),
  explain: async () => {
    const said = (explain: boolean): Promise<string> =>
      lastEvent(
        { policies: owners(), resources: { Note: () => [{ ...note, ownerId: 'eve' }] }, explain },
        get,
        (event) => Object.keys((event as { unmapped: { castellan: object } }).unmapped.castellan),
      );
    return [await said(false), await said(true)];
  },
  'limits.perAddress': differ({}, { limits: { perAddress: '1/day' } }, get, { ...get, as: 'bob' }),
  'limits.perPrincipal': differ({}, { limits: { perPrincipal: '1/day' } }, get, get),
  'limits.byMeaning': async () => {
    const searched = (byMeaning: boolean): Promise<string> => {
      const contract = document();
      const paths = contract['paths'] as Record<string, { readonly get: object }>;
      paths['/notes/export'] = { get: { ...paths['/notes/{id}']?.get, operationId: 'exportNotes' } };
      const asks = Array.from({ length: 63 }, () => ({ path: '/notes/export' }));
      return statuses({ contract, limits: { byMeaning } }, ...asks);
    };
    return [await searched(false), await searched(true)];
  },
  'limits.overload': async () => [await atOnce({}), await atOnce({ overload: true })],
  'limits.patience': async () => [await atOnce({ overload: true }), await atOnce({ overload: true, patience: 70 })],
  'limits.maxBody': differ({}, { limits: { maxBody: 5 } }, create),
  'limits.maxNodes': differ(
    { contract: listing('application/json') },
    { contract: listing('application/json'), limits: { maxNodes: 1000 } },
    { path: '/list', method: 'POST', body: Array.from({ length: 1100 }, () => 1) },
  ),
  leniency: differ({}, { leniency: ['absent-null'] }, { ...create, body: { ...note, text: null } }),
  // JSON is YAML.
  decoders: differ(
    { contract: listing('application/yaml') },
    { contract: listing('application/yaml'), decoders: { 'application/yaml': 'yaml' } },
    { path: '/list', method: 'POST', body: { no: 'list' }, headers: { 'content-type': 'application/yaml' } },
  ),
  'limits.levels': differ(
    { policies: members(), entities: nested },
    { policies: members(), entities: nested, limits: { levels: 2 } },
    get,
  ),
  'limits.maxResponse': differ({}, { limits: { maxResponse: 5 } }, get),
  'state.url': () => startsWith({}, { url: 'http://cache' }),
  'state.username': () => startsWith(away({}), away({ username: '${env:CASTELLAN_NOBODY}' })),
  'state.password': () => startsWith(away({}), away({ password: '${env:CASTELLAN_NOBODY}' })),
  'state.ca': () => startsWith(away({}), away({ ca: join(folder, 'none.pem') })),
  'state.certificate': () => startsWith(away({}), away({ certificate: 'guard.pem' })),
  'state.key': () => startsWith(away({}), away({ key: 'guard.key' })),
  'state.cluster': () =>
    startsWith({ url: 'redis://a,b' }, { url: 'redis://127.0.0.1:1,127.0.0.1:2', cluster: true, timeout: 20 }),
  'state.sentinel': () =>
    startsWith({ url: 'redis://a,b' }, { url: 'redis://127.0.0.1:1,127.0.0.1:2', sentinel: 'x', timeout: 20 }),
  'state.redis': async () => [await refusedBy({}), await refusedBy({ state: { redis: counting([]) } })],
  'state.file': async () => {
    const place = join(folder, 'state');
    const twice = async (options: Options): Promise<string> =>
      `${await statuses({ limits: { perPrincipal: '1/day' }, ...options }, get)} ${await statuses({ limits: { perPrincipal: '1/day' }, ...options }, get)}`;
    return [await twice({}), await twice({ state: { file: place } })];
  },
  'state.prefix': async () => [await asked({}), await asked({ prefix: 'mine:' })],
  'state.strict': async () => [await asked({}), await asked({ strict: true })],
  'state.timeout': async () => [await waited(30), await waited(90)],
  'state.required': () =>
    startsWith(
      { url: 'redis://127.0.0.1:1', timeout: 20 },
      { url: 'redis://127.0.0.1:1', timeout: 20, required: true },
    ),
  'audit.file': async () => {
    const [without, with_] = [join(folder, 'none.jsonl'), join(folder, 'audit.jsonl')];
    await statuses({}, get);
    await statuses({ audit: { file: with_ } }, get);
    return [String(existsSync(without)), String(readFileSync(with_, 'utf8').includes('getNote'))];
  },
  'mode.requests': differ({}, { mode: { requests: 'observe' } }, { ...get, as: '' }),
  'mode.responses': async () => [
    await answering({}, duplicatesOf),
    await answering({ mode: { responses: 'observe' } }, duplicatesOf),
  ],
  ...auditProbes,
  ...telemetryProbes,
  ...forwardProbes,
  'audit.key': async () => {
    const named = (key: string): Promise<string> =>
      lastEvent(
        { policies: owners(), resources: { Note: () => [note] }, audit: { file: join(folder, 'named.jsonl'), key } },
        get,
        (event) => (event as GuardEvent).unmapped.castellan.allowed,
      );
    return [await named('a key of sixteen or more'), await named('another key of sixteen')];
  },
  ...registryProbes,
  ...sourceProbes,
  'learn.directory': async () => {
    const [without, with_] = [join(folder, 'nothing-learnt'), join(folder, 'learnt')];
    await statuses({ mode: 'observe' }, get);
    await statuses({ mode: 'observe', learn: { directory: with_ } }, get);
    const lines = readdirSync(with_).filter((name) => name.endsWith('.jsonl'));
    return [String(existsSync(without)), String(readFileSync(join(with_, lines[0] ?? ''), 'utf8').includes('getNote'))];
  },
  'learn.maxBytes': async () => {
    const kept = async (maxBytes: number | undefined): Promise<string> => {
      const directory = join(folder, `learnt-${maxBytes}`);
      const learn = { directory, ...(maxBytes === undefined ? {} : { maxBytes }) };
      await running({ mode: 'observe', learn }, async ({ ask, guard }) => {
        for (let index = 0; index < 300; index++) await ask({ path: `/${'abcdefghij'[index % 10]}${index}x` });
        await guard.end();
      });
      return String(readdirSync(directory).length > 4);
    };
    return [await kept(undefined), await kept(8000)];
  },
  environment: differ(
    { authentication: { token: { verify } } },
    { authentication: { token: { verify } }, environment: 'production' },
    { ...get, token: 'x' },
  ),
  decodesPath: async () => {
    const archive = {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: 'archive', responses: { 204: { description: '' } } },
    };
    const overlays = [
      {
        overlay: '1.0.0',
        info: { title: 'o', version: '1' },
        actions: [{ target: '$.paths', update: { '/notes/{id}:archive': archive } }],
      },
    ];
    const ask = { path: '/notes/n1%3Aarchive' };
    return [await statuses({ overlays }, ask), await statuses({ overlays, decodesPath: true }, ask)];
  },
  basePath: differ({}, { basePath: '/v2' }, { path: '/v2/notes/n1' }),
  trustedProxies: async () => {
    const ask = { ...get, headers: { 'x-forwarded-for': '198.51.100.7' } };
    const ip = (event: object): unknown => (event as { src_endpoint: unknown }).src_endpoint;
    return [await lastEvent({}, ask, ip), await lastEvent({ trustedProxies: ['192.0.2.0/24'] }, ask, ip)];
  },
  clientCertificate: differ(
    { trustedProxies: ['192.0.2.0/24'] },
    { trustedProxies: ['192.0.2.0/24'], clientCertificate: 'header' },
    { ...get, headers: { 'client-cert': ':AAAA:' } },
  ),
  origin: async () => {
    const url = async (options: Options): Promise<string> => {
      let seen = '';
      const asked = (_credential: string, request: { readonly url: string }): { subject: string } => {
        seen = request.url;
        return { subject: 'ada' };
      };
      await statuses({ ...options, authentication: { token: { verify: asked } } }, { ...get, token: 'x' });
      return seen;
    };
    return [await url({}), await url({ origin: 'https://notes.example' })];
  },
  'cors.origins': async () => [
    await fields({}, page, 'access-control-allow-origin'),
    await fields({ cors: { origins: ['https://app.example'] } }, page, 'access-control-allow-origin'),
  ],
  'cors.credentials': cors({ credentials: true }, page, 'access-control-allow-credentials'),
  'cors.headers': cors({ headers: ['x-mine'] }, preflight, 'access-control-allow-headers'),
  'cors.expose': cors({ expose: ['x-mine'] }, page, 'access-control-expose-headers'),
  'cors.maxAge': cors({ maxAge: 5 }, preflight, 'access-control-max-age'),
  ...undocumentedProbes('undocumented', (undocumented) => ({ undocumented })),
  outside: differ({}, { outside: ['/health'] }, { path: '/health', as: '' }),
  'problems.form': async () => [await refusal({}), await refusal({ problems: { form: 'documented' } })],
  'problems.template': async () => [await refusal({}), await refusal({ problems: { template: { no: '{type}' } } })],
  'problems.contentType': async () => {
    const type = (problems: GuardOptions['problems']): Promise<string> =>
      fields({ problems }, wrongNote, 'content-type');
    return [await type({}), await type({ contentType: 'application/json' })];
  },
  'problems.statuses': differ({}, { problems: { statuses: { 'invalid-request': 422 } } }, wrongNote),
  problemsUrl: async () => {
    const type = (options: Options): Promise<string> =>
      running(options, async ({ ask }) => (await ask({ ...get, as: '' })).text.replace(/"requestId":"[^"]*"/, ''));
    return [await type({}), await type({ problemsUrl: 'https://docs.example/problems' })];
  },
  onEvent: async () => {
    let called = 0;
    await statuses({}, get);
    const without = String(called);
    await statuses({ onEvent: () => (called += 1) }, get);
    return [without, String(called)];
  },
  facts: async () => {
    let called = 0;
    await statuses({}, get);
    const without = String(called);
    await statuses({ facts: [() => (called += 1)] }, get);
    return [without, String(called)];
  },
  onReload: async () => ['not told 200', await changed({ watch: true })],
  watch: async () => [await changed({ watch: false }), await changed({ watch: true })],
  clock: differ({}, { clock: clockAhead }, get),
  strictResponses: async () => [
    await answering({}, duplicates),
    await answering({ strictResponses: true }, duplicates),
  ],
  withheldStatus: async () => {
    const wrong = (): Response => Response.json({ id: 5 });
    return [await answering({}, wrong), await answering({ withheldStatus: 502 }, wrong)];
  },
};
