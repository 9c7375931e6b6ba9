// What a guard says at its start of what its policies leave open, and what it refuses to start with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { asked, cedar, content, document, done, id, item, noteRef, own, resources, says, text } from './notes.ts';

const authentication = { token: { verify: (subject: string) => ({ subject }) } } as never;
const ofNotes = { resource: { type: 'Note' } };
const on = (...names: readonly string[]): string =>
  `permit (principal, action in [${names.map((name) => `Action::"${name}"`).join(', ')}], resource is Note) ${own};`;
const all = on('getNote', 'setPrice');

interface Asked {
  readonly policies?: string;
  readonly profile?: string;
  readonly options?: Partial<GuardOptions>;
  readonly schemas?: object;
}

async function noticesOf(
  paths: object,
  { policies = all, profile, options = {}, schemas = {} }: Asked = {},
): Promise<ReadonlyMap<string, string>> {
  const contract = { ...document(paths, schemas), ...(profile === undefined ? {} : { 'x-castellan': { profile } }) };
  const guard = await createGuard({ contract, policies: cedar(policies), resources, authentication, ...options });
  guard.start();
  const notices = new Map(guard.notices.map(({ code, message }) => [code, message]));
  await guard.end();
  return notices;
}
/** What one notice says, or nothing. */
const told = async (code: string, paths: object, asked: Asked = {}): Promise<string | undefined> =>
  (await noticesOf(paths, asked)).get(code);

const bytes = { 200: { description: 'It', content: { 'application/octet-stream': {} } } };
const json = (schema: object): object => ({ 200: { description: 'It', ...content(schema) } });

test('operations that no policy speaks of', async () => {
  const paths = {
    '/status': { get: { operationId: 'getStatus', responses: done } },
    '/other': { get: { operationId: 'getOther', responses: done } },
  };
  assert.equal(await told('no-policy', {}), undefined);
  assert.match(
    (await told('no-policy', paths)) ?? '',
    /^no policy could permit 2 of 4 operations, so whoever is authenticated and in scope may call them: getStatus, getOther$/,
  );
  assert.match(
    (await told('no-policy', paths, { profile: 'bank' })) ?? '',
    /^no policy could permit 2 of 4 operations, so they are refused: getStatus, getOther$/,
  );
});

test('reads whose answer does not show the object', async () => {
  const file = (responses: object, parameters: readonly object[] = id, castellan: object = item): object => ({
    '/notes/{id}/file': { parameters, get: { operationId: 'getFile', 'x-castellan': castellan, responses } },
  });
  const policies = on('getNote', 'setPrice', 'getFile');
  const without = { policies, options: { resources: {} }, profile: 'toy' };
  for (const [responses, asked, isTold] of [
    [bytes, without, true],
    [bytes, { policies }, false],
    [json(noteRef), without, false],
    [{ 200: { description: 'It', content: { 'application/hal+JSON': { schema: noteRef } } } }, without, false],
    [{ 404: { description: 'None', content: { 'text/plain': {} } }, ...json(noteRef) }, without, false],
    [
      { 200: { description: 'It', content: { 'application/json': { schema: noteRef }, 'text/plain': {} } } },
      without,
      true,
    ],
    [bytes, { ...without, policies: all }, false],
  ] as const) {
    const notice = await told('undecidable-read', file(responses), asked);
    assert.equal(notice !== undefined, isTold, JSON.stringify(responses));
    if (isTold) assert.match(notice ?? '', /^1 operations .*: getFile$/);
  }
  const list = { '/notes': { get: { operationId: 'getFile', 'x-castellan': ofNotes, responses: bytes } } };
  assert.equal(await told('undecidable-read', list, without), undefined, 'it is about no one object');
});

test('what belongs to an object and does not show it: it leaves where the object does not matter, and the rest is told', async () => {
  const kinds = {
    photos: [{ type: 'array', items: { type: 'object', properties: { file: text } } }, [{ file: 'a.jpg' }]],
    count: [{ type: 'integer' }, 7],
    words: [text, 'words', 'text/plain'],
    bytes: [{ type: 'string', format: 'binary' }, 'bytes', 'application/octet-stream'],
  } as const;
  const permitted = (condition: string): string => `permit (principal, action, resource is Note) ${condition};`;
  const rules = {
    everybody: [permitted(''), 'leaves'],
    'of a time': [permitted('when { context.now > datetime("2000-01-01") }'), 'leaves'],
    'not him': [`${permitted('')} forbid (principal == User::"mallory", action, resource);`, 'leaves'],
    nobody: [`${permitted('')} forbid (principal == User::"ada", action, resource);`, 'refused'],
    'the owner': [permitted(own), 'withheld'],
    'the owner, and not locked ones': [
      `${permitted('')} forbid (principal, action, resource is Note) when { resource has locked && resource.locked };`,
      'withheld',
    ],
    'that one': ['permit (principal, action, resource == Note::"mine");', 'withheld'],
  } as const;
  for (const [rule, [policies, becomes]] of Object.entries(rules)) {
    const paths = Object.fromEntries(
      Object.entries(kinds).map(([name, [schema, , type]]) => [
        `/notes/{id}/${name}`,
        {
          parameters: id,
          get: {
            operationId: name,
            'x-castellan': item,
            responses: { 200: { description: 'It', ...content(schema, type) } },
          },
        },
      ]),
    );
    const given = { policies: cedar(policies), resources: {} };
    const contract = { ...document(paths), 'x-castellan': { profile: 'toy' } };
    const notice = await told('undecidable-read', paths, { policies, options: { resources: {} }, profile: 'toy' });
    assert.equal(notice !== undefined, becomes === 'withheld', rule);
    if (becomes === 'withheld')
      for (const name of Object.keys(kinds)) assert.match(notice ?? '', new RegExp(`\\b${name}\\b`), rule);
    for (const [name, [, value, type]] of Object.entries(kinds)) {
      const [got] = await asked({ contract, ...given }, says(value, type), ['GET', `/notes/mine/${name}`]);
      assert.equal(
        got?.status,
        { leaves: 200, refused: 403, withheld: 500 }[becomes],
        `${rule}: ${name} ${got?.text ?? ''}`,
      );
    }
  }
});

test('objects in answers that nobody looks into', async () => {
  const export_ = (content_: object, status = '200'): object => ({
    '/export': {
      get: { operationId: 'exportNotes', responses: { [status]: { description: 'All', content: content_ } } },
    },
  });
  const list = { type: 'array', items: noteRef };
  const other = { type: 'object', 'x-castellan': { resource: 'Other' }, properties: { id: text } };
  for (const [paths, asked, isTold] of [
    [export_({ 'text/csv': { schema: list } }), {}, true],
    [export_({ 'text/csv': { schema: list } }, '2XX'), {}, true],
    [export_({ 'text/csv': { schema: list } }, '400'), {}, false],
    [export_({ 'text/csv': { schema: { type: 'string' } } }), {}, false],
    [export_({ 'text/csv': {} }), {}, false],
    [export_({ 'application/json; charset=utf-8': { schema: list } }), {}, false],
    [export_({ 'application/jsonl': { itemSchema: noteRef } }), {}, false],
    [export_({ 'application/x-lines': { itemSchema: noteRef } }), {}, true],
    [export_({ 'text/csv': { schema: other } }), {}, false],
    [export_({ 'text/csv': { schema: list } }), { policies: on('getNote', 'setPrice', 'exportNotes') }, false],
    [export_({ 'text/csv': { schema: list } }), { policies: on('setPrice') }, false],
    [
      export_({ 'text/csv': { schema: list } }),
      { policies: `${on('setPrice')} forbid (principal == User::"eve", action == Action::"getNote", resource);` },
      true,
    ],
  ] as const) {
    const notice = await told('unseen-objects', paths, asked);
    assert.equal(notice !== undefined, isTold, `${JSON.stringify(paths)} ${JSON.stringify(asked)}`);
    if (isTold) assert.match(notice ?? '', /^1 operations, .*: exportNotes$/);
  }
});

test('writes that neither name nor create', async () => {
  const write = (method: string, responses: object = done, castellan: object = ofNotes): object => ({
    '/notes/all': { [method]: { operationId: 'writeNotes', 'x-castellan': castellan, responses } },
  });
  const policies = on('getNote', 'setPrice', 'writeNotes');
  for (const [paths, asked, isTold] of [
    [write('put'), { policies }, true],
    [write('delete'), { policies }, true],
    [write('put', { 201: { description: 'New' } }), { policies }, false],
    [write('post'), { policies }, false],
    [write('get'), { policies }, false],
    [write('put'), {}, false],
    [
      { '/restart': { post: { operationId: 'restart', responses: done } } },
      { policies: `${all} permit (principal, action == Action::"restart", resource);` },
      false,
    ],
  ] as const) {
    const notice = await told('unnamed-write', paths, asked);
    assert.equal(notice !== undefined, isTold, JSON.stringify(paths));
    if (isTold) assert.match(notice ?? '', /^1 writes .*: writeNotes$/);
  }
});

test('new objects whose id the caller chooses', async () => {
  const create = (schema: object | undefined, more: object = {}): object => ({
    '/notes': {
      post: {
        operationId: 'createNote',
        'x-castellan': ofNotes,
        ...(schema === undefined ? {} : { requestBody: content(schema) }),
        responses: done,
        ...more,
      },
    },
  });
  const policies = on('getNote', 'createNote');
  const without = { policies, options: { resources: {} }, profile: 'toy' };
  const named = (idOf: unknown): object => ({
    Note: {
      type: 'object',
      'x-castellan': { resource: 'Note' },
      properties: { ownerId: text, ...(idOf === undefined ? {} : { id: idOf }) },
    },
  });
  for (const [paths, asked, isTold] of [
    [create(noteRef), without, true],
    [create({ type: 'array', items: noteRef }), without, true],
    [create(noteRef), { policies }, false],
    [create({ type: 'object' }), without, false],
    [create(undefined), without, false],
    [create(noteRef), { ...without, schemas: named({ ...text, readOnly: true }) }, false],
    [create(noteRef), { ...without, schemas: named({ ...text, readOnly: false }) }, true],
    [create(noteRef), { ...without, policies: on('getNote') }, false],
  ] as const) {
    const notice = await told('chosen-ids', paths, asked);
    assert.equal(notice !== undefined, isTold, `${JSON.stringify(paths)} ${JSON.stringify(asked)}`);
    if (isTold) assert.match(notice ?? '', /^1 operations .*: createNote; /);
  }
});

test('policies for other types than an operation acts on', async () => {
  const folder = {
    Folder: { type: 'object', 'x-castellan': { resource: 'Folder' }, properties: { id: text } },
  };
  const pathsOf = (tags: readonly string[]): object => ({
    '/folders/{id}': {
      parameters: id,
      get: {
        operationId: 'getFolder',
        tags,
        'x-castellan': { resource: { type: 'Folder', id: 'path.id' } },
        responses: json({ $ref: '#/components/schemas/Folder' }),
      },
    },
    '/notes/{id}/title': {
      parameters: id,
      get: { operationId: 'getTitle', tags: ['shown'], 'x-castellan': item, responses: json(noteRef) },
    },
  });
  const tagged = `${all} permit (principal, action in Action::"tag:shown", resource is Note) ${own};`;
  for (const [tags, policies, isTold] of [
    [['shown'], tagged, true],
    [[], tagged, false],
    [['shown'], `${tagged} permit (principal, action == Action::"getFolder", resource is Folder);`, false],
    [['shown'], all, false],
  ] as const) {
    const notice = await told('policy-for-other-type', pathsOf(tags), { schemas: folder, policies });
    assert.equal(notice !== undefined, isTold, policies);
    if (isTold)
      assert.match(notice ?? '', /^policies permit 1 operations on other types .*: getFolder acts on Folder$/);
  }
});

test('writes of objects that nobody can load are refused at the start, where profile and mode say so', async () => {
  const start = async (
    more: {
      profile?: string;
      path?: object;
      castellan?: object;
      options?: Partial<GuardOptions>;
      policies?: string;
    } = {},
  ): Promise<string> => {
    const { profile = 'standard', path = {}, options = {}, policies = all, castellan = {} } = more;
    const contract = { ...document(path), 'x-castellan': { profile, ...castellan } };
    try {
      const guard = await createGuard({ contract, policies: cedar(policies), authentication, ...options });
      guard.start();
      await guard.end();
      return 'started';
    } catch (error) {
      const { code, message, mend } = error as { code: string; message: string; mend: string };
      return `${code} ${message} ${mend}`;
    }
  };
  assert.match(await start(), /^undecidable-write .*setPrice writes a Note.* guard\.resource\('Note', load\)/);
  assert.match(await start({ profile: 'bank' }), /^undecidable-write/);
  for (const profile of ['toy', 'internal']) assert.equal(await start({ profile }), 'started', profile);
  assert.equal(await start({ options: { resources } }), 'started');
  assert.equal(await start({ options: { mode: 'observe' } }), 'started');
  const observed = { mode: 'observe' };
  assert.equal(await start({ castellan: observed }), 'started', 'the document says so');
  assert.match(await start({ castellan: { mode: 'enforce' }, options: { mode: 'observe' } }), /^undecidable-write/);
  const priceIn = (castellan: object): object => ({
    '/notes/{id}/price': {
      parameters: id,
      put: { operationId: 'setPrice', 'x-castellan': { ...item, ...castellan }, responses: done },
    },
  });
  assert.equal(await start({ path: priceIn(observed) }), 'started', 'the operation says so');
  assert.match(await start({ path: priceIn({ mode: 'enforce' }), castellan: observed }), /^undecidable-write/);
  const resolver = (): Promise<never> => Promise.reject(new Error('not asked'));
  assert.match(
    await start({ options: { resolver } }),
    /^undecidable-write .*add x-castellan: \{ resolve: \{ operation: getNote \} \}/,
  );
  const resolved = {
    '/notes/{id}/price': {
      parameters: id,
      put: { operationId: 'setPrice', 'x-castellan': { ...item, resolve: { operation: 'getNote' } }, responses: done },
    },
  };
  assert.equal(await start({ options: { resolver }, path: resolved }), 'started');
  const unnamed = {
    '/notes/by/{name}': {
      parameters: [{ ...id[0], name: 'name' }],
      put: { operationId: 'rename', 'x-castellan': ofNotes, responses: done },
    },
  };
  assert.match(
    await start({ options: { resources }, path: unnamed, policies: on('getNote', 'setPrice', 'rename') }),
    /^undecidable-write .*rename writes one Note, and the document does not say which.*id: path\.name/,
  );
});

test('resources and policy files that are not there', async () => {
  const start = (more: Partial<GuardOptions>): Promise<unknown> =>
    createGuard({ contract: document({}), policies: cedar(all), authentication, ...more });
  const load = (): never[] => [];
  await assert.rejects(start({ resources: { Nota: load } }), { code: 'unknown-resource', mend: 'did you mean Note?' });
  await assert.rejects(start({ resources: { Quittung: load } }), {
    code: 'unknown-resource',
    mend: /^its resources are Note/,
  });
  await assert.rejects(start({ policies: '/nowhere/*.cedar' }), { code: 'no-policies' });
  await assert.rejects(start({ policies: [cedar(all), '/nowhere/*.cedar'] }), { code: 'no-policies' });
  await assert.rejects(start({ policies: '/nowhere/a.cedar' }), { code: 'policy-file', message: /ENOENT/ });
  await assert.rejects(start({ policies: cedar(`//${'x'.repeat(8 * 1024 * 1024)}`) }), {
    code: 'policy-file',
    message: /8388608/,
  });
});

test('groups of a directory that is a list: a policy for another one is an error', async () => {
  const start = (entities: GuardOptions['entities'], group: string): Promise<string> =>
    createGuard({
      contract: document({}),
      policies: cedar(`${all} permit (principal in Group::"${group}", action, resource);`),
      authentication,
      resources,
      entities,
    }).then(
      async (guard) => {
        await guard.end();
        return 'started';
      },
      (error: { code: string }) => error.code,
    );
  const user = (...groups: readonly string[]): object => ({
    uid: { type: 'User', id: 'ada' },
    parents: groups.map((one) => ({ type: 'Group', id: one })),
  });
  const group = (name: string, ...parents: readonly object[]): object => ({
    uid: { type: 'Group', id: name },
    parents,
  });
  for (const [entities, name, outcome] of [
    [undefined, 'stuff', 'started'],
    [[user('staff')], 'staff', 'started'],
    [[user('staff')], 'stuff', 'policy-entity'],
    [[group('staff')], 'staff', 'started'],
    [[group('staff')], 'stuff', 'policy-entity'],
    [[group('staff', { type: 'Group', id: 'people' })], 'stuff', 'started'],
    [[user()], 'stuff', 'started'],
    [() => [], 'stuff', 'started'],
  ] as const) {
    const said = await start(entities as never, name);
    if (outcome === 'started') assert.equal(said, 'started', JSON.stringify(entities));
    else assert.notEqual(said, 'started', JSON.stringify(entities));
  }
});

test('refusals are explained in the log where that is asked for', async () => {
  const { asking } = await import('./asked.ts');
  for (const [explain, expected] of [
    [true, /^getNote on Note \S+: .*(?:policy|permit)/],
    [false, /^getNote on Note \S+: no policy permits getNote$/],
  ] as const) {
    const guard = await asking(document({}) as Record<string, unknown>, () => Response.json({}), {
      policies: cedar(all),
      resources,
      authentication,
      explain,
    } as never);
    const { event } = await guard.ask({ path: '/notes/theirs', fields: { authorization: 'Bearer ada' } });
    assert.match((event.refused as { log?: string }).log ?? '', expected);
    if (explain) assert.doesNotMatch((event.refused as { log?: string }).log ?? '', /: no policy permits getNote$/);
    await guard.end();
  }
});
