// For each key of x-castellan: requests whose answer is another one where the key says something else.
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createGuard } from '@castellan/guard';
import { upgrades } from '@castellan/guard/node';
import { loadContract } from '@castellan/contract';
import { createDetection, type Detection } from '@castellan/detect';
import { undocumentedProbes } from './undocumented.ts';
import { document, file, note, running, statuses, type Ask, type Probe, type Words } from './api.ts';

const get: Ask = { path: '/notes/n1' };
const list: Ask = { path: '/notes' };
const create: Ask = { path: '/notes', method: 'POST', body: note };
const nullNote: Ask = { ...create, body: { ...note, text: null } };
const bob: Ask = { ...get, as: 'bob' };

const everybody = 'permit (principal, action, resource);';
const condition = 'when { resource has ownerId && resource.ownerId == "ada" };';
const owners = `permit (principal, action == Action::"getNote", resource is Note)\n${condition}`;
const archivers = `permit (principal, action == Action::"archive", resource is Note)\n${condition}`;
/** Every note is somebody else's. */
const nobody = owners.replaceAll('"ada"', '"eve"');
const policies = (text: string): string => file(text, 'cedar');
const load = { Note: (ids: readonly string[]) => ids.map((id) => (id === 'n1' || id === 'c1' ? note : undefined)) };

const on = (words: Words, ...asks: readonly Ask[]): Promise<string> => statuses({ contract: document(words) }, ...asks);
const differ =
  (without: Words, with_: Words, ...asks: readonly Ask[]): Probe =>
  async () => [await on(without, ...asks), await on(with_, ...asks)];
const operation = (name: string, words: object): Words => ({ operations: { [name]: words } });

/** Looks for attacks on an API with this document. */
async function detecting(contract: object, use: (detection: Detection) => Promise<string>): Promise<string> {
  return use(createDetection({ contracts: [await loadContract(contract as Record<string, unknown>)] }));
}

/** What is enforced in an answer: its security fields. */
const announced = (words: Words): Probe => {
  const told = (of: Words): Promise<string> =>
    running({ contract: document(of) }, async ({ ask }) => String((await ask(get)).headers.get('x-frame-options')));
  return async () => [await told({}), await told(words)];
};

/** The same words at the root and at an operation. */
const rates = (place: (words: object) => Words, path: string): Readonly<Record<string, Probe>> => ({
  [`${path}.rate`]: differ(place({ rate: '9/day' }), place({ rate: '1/day' }), get, get),
  [`${path}.burst`]: differ(place({ rate: '1/day' }), place({ rate: '1/day', burst: 3 }), get, get),
  [`${path}.by`]: differ(place({ rate: '1/day' }), place({ rate: '1/day', by: 'address' }), get, bob),
  [`${path}.cost`]: differ(place({ rate: '2/day' }), place({ rate: '2/day', cost: 2 }), get, get),
  [`${path}.counts`]: differ(place({ rate: '1/day' }), place({ rate: '1/day', counts: 'failures' }), get, get),
});

const lives = (place: (words: object) => Words, path: string): Readonly<Record<string, Probe>> => {
  const fields = (words: object): Promise<string> =>
    running({ contract: document(place(words)) }, async ({ ask }) => {
      const { status, headers, text } = await ask(get);
      return JSON.stringify([
        status,
        headers.get('deprecation'),
        headers.get('sunset'),
        headers.get('link'),
        status === 410 && /instead/.test(text),
      ]);
    });
  const differ =
    (without: object, with_: object): Probe =>
    async () => [await fields(without), await fields(with_)];
  const since = { state: 'deprecated', deprecatedAt: '2026-01-01' };
  return {
    [`${path}.state`]: differ({ state: 'published' }, { state: 'retired' }),
    [`${path}.deprecatedAt`]: differ({ state: 'deprecated' }, since),
    [`${path}.sunset`]: differ(since, { ...since, sunset: '2999-01-01' }),
    [`${path}.information`]: differ(since, { ...since, information: 'https://docs.example.com/moving' }),
    [`${path}.successor`]: differ({ state: 'retired' }, { state: 'retired', successor: 'listNotes' }),
  };
};

const urls = (
  place: (words: object) => Words,
  path: string,
  ask: (url: string) => Ask,
): Readonly<Record<string, Probe>> => {
  const open = { schemes: ['https', 'http'], private: 'allow' };
  return {
    [`${path}.schemes`]: differ(
      place({ url: open }),
      place({ url: { ...open, schemes: ['https'] } }),
      ask('http://hooks.example.com/'),
    ),
    [`${path}.hosts`]: differ(
      place({ url: open }),
      place({ url: { ...open, hosts: ['a.example'] } }),
      ask('https://hooks.example.com/'),
    ),
    [`${path}.private`]: differ(
      place({ url: open }),
      place({ url: { ...open, private: 'deny' } }),
      ask('https://127.0.0.1/'),
    ),
  };
};

const budget = (words: object): Words => operation('listNotes', { budget: words });
const flow = (words: object): Words => ({ operations: { createNote: { flow: { name: 'writing', ...words } } } });
const expanded: Ask = { path: '/notes?callback=author.friends,tags' };
const page = (words: object): Words => operation('listNotes', { page: words });

/** With policies and a loader. */
const decided = (words: Words, text: string, ...asks: readonly Ask[]): Promise<string> =>
  statuses({ contract: document(words), policies: policies(text), resources: load }, ...asks);
const archive: Ask = { path: '/archive', method: 'POST', body: { which: 'n1', id: 'n2' } };
const archives = (resource: object): Promise<string> =>
  decided(operation('archive', { resource }), archivers, archive, { ...archive, body: { which: 'n2', id: 'n1' } });

/** What a list of two notes is answered. */
const twoNotes = (words: Words): Promise<string> =>
  running(
    { contract: document(words) },
    async ({ ask }) => String((await ask(list)).status),
    () => Response.json([note, { ...note, id: 'n2' }]),
  );

/** What getNote is answered, where its policy asks for what the application and the clock say. */
const told = async (
  without: object,
  with_: object,
  when: string | ((now: Date) => string),
): Promise<readonly [string, string]> => {
  // The token is of now, whenever the tests before this one end.
  const now = Date.now();
  const asked = typeof when === 'string' ? when : when(new Date(now));
  const ask = (api: object): Promise<string> =>
    statuses(
      {
        contract: document({ api }),
        policies: policies(`permit (principal, action, resource) when { ${asked} };`),
        policyContext: () => ({ mfa: true }),
        clock: () => now,
      },
      get,
    );
  return [await ask(without), await ask(with_)];
};

const seen = (words: Words, ask: Ask, of: (event: object) => unknown, options: object = {}): Promise<string> =>
  running({ contract: document(words), ...options }, async ({ ask: send, events }) => {
    await send(ask);
    return JSON.stringify(of(events.at(-1) ?? {}));
  });

/** Whether the explanation of a refusal by this condition shows a value, without the words and with them. */
const unsaid = async (words: Words, when: string, value: string): Promise<readonly [string, string]> => {
  const options = {
    policies: policies(`permit (principal, action == Action::"getNote", resource is Note) when { ${when} };`),
    resources: load,
    explain: true,
  };
  const said = (event: object): unknown => (event as { unmapped: unknown }).unmapped;
  return [
    String((await seen({}, get, said, options)).includes(value)),
    String((await seen(words, get, said, options)).includes(value)),
  ];
};

export const probes: Readonly<Record<string, Probe>> = {
  'api.profile': async () => [
    await decided({ api: { profile: 'internal' } }, nobody, get),
    await decided({ api: { profile: 'bank' } }, nobody, get),
  ],
  'api.context': () =>
    told({ context: { mfa: 'boolean' } }, { context: { mfa: 'string' } }, 'context has mfa && context.mfa'),
  'api.zone': () =>
    told({ zone: 'UTC' }, { zone: 'Asia/Kathmandu' }, (now) => `context.local.hour == ${now.getUTCHours()}`),
  ...undocumentedProbes('api.undocumented', (undocumented) => ({ contract: document({ api: { undocumented } }) })),
  ...undocumentedProbes('operation.undocumented', (undocumented) => ({
    contract: document({
      operations: { getNote: { undocumented }, listNotes: { undocumented }, createNote: { undocumented } },
    }),
  })),
  'api.leniency': differ({}, { api: { leniency: ['absent-null'] } }, nullNote),
  'operation.upgrade': async () => {
    const upgraded = async (words: object): Promise<string> => {
      const guard = await createGuard({
        contract: document({ operations: { getNote: words } }),
        authentication: { token: { verify: () => ({ subject: 'ada' }) } },
      });
      const server = createServer();
      server.on(
        'upgrade',
        upgrades(guard, (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const said = await new Promise<string>((resolve) => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        socket.on('data', (data) => resolve(String(data).slice(0, 12)));
        socket.write(
          'GET /notes/n1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        );
      });
      server.close();
      server.closeAllConnections();
      await guard.end();
      return said;
    };
    return [await upgraded({}), await upgraded({ upgrade: 'websocket' })];
  },
  'operation.leniency': differ({}, operation('createNote', { leniency: ['absent-null'] }), nullNote),
  'api.mode.requests': differ({}, { api: { mode: { requests: 'observe' } } }, { ...get, as: '' }),
  'api.mode.responses': announced({ api: { mode: { responses: 'observe' } } }),
  'operation.mode.requests': differ({}, operation('getNote', { mode: { requests: 'observe' } }), { ...get, as: '' }),
  'operation.mode.responses': announced(operation('getNote', { mode: { responses: 'observe' } })),
  'api.actions.name': async () => {
    const rule = 'permit (principal, action in [Action::"getNote", Action::"readText"], resource is Note);';
    const started = (name: string): Promise<string> =>
      decided({ api: { actions: [{ name, resources: ['Note'] }] } }, rule, get);
    return [await started('readTexts'), await started('readText')];
  },
  'api.actions.resources': async () => {
    const rule = 'permit (principal, action in [Action::"getNote", Action::"readText"], resource is Note);';
    const started = (resource: string): Promise<string> =>
      decided({ api: { actions: [{ name: 'readText', resources: [resource] }] } }, rule, get);
    return [await started('Note'), await started('Notes')];
  },
  ...rates((rateLimit) => ({ api: { rateLimit } }), 'api.rateLimit'),
  ...rates((rateLimit) => operation('getNote', { rateLimit }), 'operation.rateLimit'),
  ...lives((lifecycle) => ({ api: { lifecycle } }), 'api.lifecycle'),
  ...lives((lifecycle) => operation('getNote', { lifecycle }), 'operation.lifecycle'),
  'operation.page.limit': differ(page({ limit: 'limit', max: 5 }), page({ limit: 'size', max: 5 }), {
    path: '/notes?size=9',
  }),
  'operation.page.max': differ(page({ limit: 'limit', max: 50 }), page({ limit: 'limit', max: 5 }), {
    path: '/notes?limit=9',
  }),
  'operation.page.offset': differ(
    page({ max: 50, offset: 'size', depth: 5 }),
    page({ max: 50, offset: 'limit', depth: 5 }),
    {
      path: '/notes?limit=9',
    },
  ),
  'operation.page.number': differ(
    page({ max: 50, number: 'size', depth: 60 }),
    page({ max: 50, number: 'limit', depth: 60 }),
    {
      path: '/notes?limit=9',
    },
  ),
  'operation.page.depth': differ(
    page({ max: 50, offset: 'limit', depth: 9 }),
    page({ max: 50, offset: 'limit', depth: 5 }),
    {
      path: '/notes?limit=9',
    },
  ),
  'operation.page.expand': differ(
    page({ max: 5, expansions: 1 }),
    page({ max: 5, expansions: 1, expand: 'callback' }),
    expanded,
  ),
  'operation.page.expansions': differ(
    page({ max: 5, expand: 'callback' }),
    page({ max: 5, expand: 'callback', expansions: 1 }),
    expanded,
  ),
  'operation.page.levels': differ(
    page({ max: 5, expand: 'callback', levels: 9 }),
    page({ max: 5, expand: 'callback', levels: 1 }),
    expanded,
  ),
  'operation.page.over': async () => [await twoNotes(page({ max: 1 })), await twoNotes(page({ max: 1, over: 'cut' }))],
  'operation.budget.records': differ(budget({ records: '9/day' }), budget({ records: '1/day' }), list, list),
  'operation.budget.bytes': differ(budget({ bytes: '1MB/day' }), budget({ bytes: '10B/day' }), list, list),
  'operation.budget.objects': async () => [
    await twoNotes(budget({ objects: '9/day' })),
    await twoNotes(budget({ objects: { Note: '1/day' } })),
  ],
  'operation.budget.sensitive': differ(
    { note: { resource: 'Note' }, text: { sensitivity: 'secret' }, ...budget({ sensitive: '9/day' }) },
    { note: { resource: 'Note' }, text: { sensitivity: 'secret' }, ...budget({ sensitive: { text: '1/day' } }) },
    list,
    list,
  ),
  'api.budget.records': differ({}, { api: { budget: { records: '1/day' } } }, get, list),
  'api.budget.bytes': differ({}, { api: { budget: { bytes: '100B/day' } } }, get, list),
  'api.budget.objects': async () => [await twoNotes({}), await twoNotes({ api: { budget: { objects: '1/day' } } })],
  'api.budget.sensitive': differ(
    { text: { sensitivity: 'personal' } },
    { text: { sensitivity: 'personal' }, api: { budget: { sensitive: '1/day' } } },
    get,
    list,
  ),
  'operation.concurrency': async () => {
    const atOnce = (words: Words): Promise<string> => {
      // All are held until each has reached the application or was refused.
      let met = 0;
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const meet = (): void => {
        met += 1;
        if (met === 3) release();
      };
      return running(
        { contract: document(words) },
        async ({ ask }) => {
          const one = async (): Promise<number> => {
            const { status } = await ask(get);
            if (status !== 200) meet();
            return status;
          };
          return (await Promise.all([one(), one(), one()])).sort().join(' ');
        },
        async () => {
          meet();
          await released;
          return Response.json(note);
        },
      );
    };
    return [await atOnce({}), await atOnce(operation('getNote', { concurrency: 1 }))];
  },
  // Only notes are loaded, and this one is none.
  'operation.resource.type': async () => {
    const typed = (type: string): Promise<string> =>
      decided(operation('archive', { resource: { type, id: 'body.which' } }), everybody, {
        ...archive,
        body: { which: 'n9' },
      });
    return [await typed('Folder'), await typed('Note')];
  },
  'operation.resource.id': async () => [
    await archives({ type: 'Note', id: 'body.which' }),
    await archives({ type: 'Note', id: 'body.id' }),
  ],
  'operation.resolve.operation': async () => {
    const asked = (words: Words): Promise<string> => {
      const operations: string[] = [];
      return running(
        {
          contract: document(words),
          policies: policies(archivers),
          resolver: (_exchange, { operationId }) => {
            operations.push(operationId);
            return Promise.resolve({ found: true, body: note });
          },
        },
        async ({ ask }) => `${(await ask(archive)).status} ${operations.join(' ')}`,
      );
    };
    const resource = { type: 'Note', id: 'body.which' };
    return [
      await asked(operation('archive', { resource })),
      await asked(operation('archive', { resource, resolve: { operation: 'getNote' } })),
    ];
  },
  // Steps that are counted under one name are those of one flow.
  'operation.flow.name': async () => {
    const named = (name: string): Promise<string> =>
      statuses(
        {
          contract: document({
            operations: {
              createNote: { flow: { name: 'one', after: ['getNote'] } },
              archive: { flow: { name, after: ['createNote'] } },
            },
          }),
        },
        archive,
        get,
        create,
        archive,
      );
    return [await named(''), await named('one')];
  },
  'operation.flow.after': differ(flow({}), flow({ after: ['getNote'] }), create),
  'operation.flow.pace': differ(flow({}), flow({ pace: '1/day' }), create, create),
  // The list is asked for after the note.
  'operation.flow.ordered': differ(
    flow({ after: ['listNotes', 'getNote'] }),
    flow({ after: ['getNote', 'listNotes'], ordered: true }),
    list,
    get,
    create,
  ),
  'operation.flow.within': async () => {
    const later = (within: string): Promise<string> => {
      let now = Date.now();
      return running(
        { contract: document(flow({ after: ['getNote'], within })), clock: () => now },
        async ({ ask }) => {
          await ask(get);
          now += 60_000;
          return String((await ask(create)).status);
        },
      );
    };
    return [await later('1 hour'), await later('30s')];
  },
  'operation.flow.minimum': differ(
    flow({ after: ['getNote'] }),
    flow({ after: ['getNote'], minimum: '1 minute' }),
    get,
    create,
  ),
  'operation.flow.once': differ(flow({}), flow({ once: '1 day' }), create, create),
  'operation.flow.per': differ(flow({ once: '1 day' }), flow({ once: '1 day', per: 'operation' }), create, {
    ...create,
    as: 'bob',
  }),
  'operation.maxBody': differ({}, operation('createNote', { maxBody: 5 }), create),
  'operation.existence': async () => {
    return [
      await decided(operation('getNote', { existence: 'public' }), nobody, get),
      await decided(operation('getNote', { existence: 'secret' }), nobody, get),
    ];
  },
  'operation.canary': async () => {
    const detected = (words: Words): Promise<string> => {
      const contract = document(words);
      return detecting(contract, async (detection) => {
        await statuses({ contract, facts: [detection.sink] }, get);
        return String(detection.incidents.length);
      });
    };
    return [await detected({}), await detected(operation('getNote', { canary: true }))];
  },
  'operation.denied': async () => {
    const none = `${everybody}\nforbid (principal, action, resource is Note) when { resource has text };`;
    return [
      await decided(operation('listNotes', { denied: 'withhold' }), none, list),
      await decided(operation('listNotes', { denied: 'remove' }), none, list),
    ];
  },
  'parameter.slashes': differ({}, { parameter: { slashes: 'allow' } }, { path: '/notes/n1/of/folder' }),
  'parameter.sensitivity': () =>
    unsaid({ parameter: { sensitivity: 'personal' } }, 'context.path.id == "n2"', '\\"n1\\"'),
  'schema.resource': async () => [
    await decided({ note: { resource: 'Memo' } }, everybody, get),
    await decided({ note: { resource: 'Note' } }, everybody, get),
  ],
  'schema.id': async () => {
    const text = `${everybody}\nforbid (principal, action, resource == Note::"c1");`;
    const listed = (id: string): Promise<string> =>
      statuses({ contract: document({ note: { resource: 'Note', id } }), policies: policies(text) }, list);
    return [await listed('id'), await listed('code')];
  },
  'schema.read': async () => {
    const answer = (words: Words): Promise<string> =>
      running({ contract: document(words) }, async ({ ask }) => (await ask(get)).text);
    return [await answer({}), await answer({ text: { read: ['hr'] } })];
  },
  'schema.write': differ({}, { text: { write: ['hr'] } }, create),
  'schema.action': async () => {
    const text =
      'permit (principal, action == Action::"createNote", resource);\npermit (principal, action == Action::"getNote", resource);';
    const answered = (words: Words): Promise<string> =>
      statuses(
        {
          contract: document(words),
          policies: policies(text),
          resources: { ...load, Folder: (ids) => ids.map((id) => ({ id })) },
        },
        create,
      );
    return [
      await answered({ folder: { resource: 'Folder' } }),
      await answered({ folder: { resource: 'Folder', action: 'archive' } }),
    ];
  },
  'schema.sensitivity': () =>
    unsaid({ text: { sensitivity: 'secret' } }, 'resource has text && resource.text == "other"', '\\"secret\\"'),
  ...urls(
    (words) => ({ callback: words }),
    'parameter.url',
    (url) => ({ path: `/notes?callback=${encodeURIComponent(url)}` }),
  ),
  ...urls(
    (words) => ({ hook: words }),
    'schema.url',
    (hook) => ({ ...create, body: { ...note, hook } }),
  ),
};
