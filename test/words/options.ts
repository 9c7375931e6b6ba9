// For each option of a guard: requests whose answer is another one where the option says something else.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { FiltersOption, GuardOptions, RequestFilter } from '@castellan/guard';
import { RevocationFile } from '@castellan/guard/revocation';
import { audience, issuer } from '../../packages/guard/test/tokens.ts';
import { document, file, folder, jwks, note, running, statuses, type Ask, type Probe } from './api.ts';

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

const duplicates = (): Response =>
  new Response('{"id":"a","id":"n1"}', { headers: { 'content-type': 'application/json' } });
const answering = (options: Options, answer: () => Response, ask: Ask = get): Promise<string> =>
  running(options, async ({ ask: send }) => String((await send(ask)).status), answer);

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
  'limits.maxBody': differ({}, { limits: { maxBody: 5 } }, create),
  'limits.levels': differ(
    { policies: members(), entities: nested },
    { policies: members(), entities: nested, limits: { levels: 2 } },
    get,
  ),
  'limits.maxResponse': differ({}, { limits: { maxResponse: 5 } }, get),
  'audit.file': async () => {
    const [without, with_] = [join(folder, 'none.jsonl'), join(folder, 'audit.jsonl')];
    await statuses({}, get);
    await statuses({ audit: { file: with_ } }, get);
    return [String(existsSync(without)), String(readFileSync(with_, 'utf8').includes('getNote'))];
  },
  mode: differ({}, { mode: 'observe' }, { ...get, as: '' }),
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
