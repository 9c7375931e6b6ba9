import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import { compileSchema, References } from '../schema/index.ts';
import { castellanOf } from './castellan-of.ts';
import { parseDuration, parseRate, parseSize, parseSizeRate } from './quantities.ts';
import type { Reader } from './reader.ts';
import { api, operation, parameter, schema, vocabularySchema } from './vocabulary.ts';

interface Extensions {
  readonly root?: unknown;
  readonly pathItem?: unknown;
  readonly operation?: unknown;
  readonly parameter?: unknown;
  readonly schema?: unknown;
  readonly property?: unknown;
  readonly response?: unknown;
}

function document(at: Extensions): object {
  const carrying = (value: unknown): object => (value === undefined ? {} : { 'x-castellan': value });
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    ...carrying(at.root),
    paths: {
      '/documents/{documentId}': {
        ...carrying(at.pathItem),
        get: {
          operationId: 'getDocument',
          ...carrying(at.operation),
          parameters: [
            { name: 'documentId', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'limit', in: 'query', schema: { type: 'integer' }, ...carrying(at.parameter) },
          ],
          responses: {
            '200': {
              description: 'ok',
              ...carrying(at.response),
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Document' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        Document: {
          type: 'object',
          ...carrying(at.schema),
          properties: { id: { type: 'string' }, notes: { type: 'string', ...carrying(at.property) } },
        },
      },
    },
  };
}

test('the published schema is the one in the code', () => {
  const file = join(import.meta.dirname, '../../../../schemas/x-castellan.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(vocabularySchema())));
});

test('everything of the vocabulary is read', async () => {
  const contract = await loadContract(
    document({
      root: {
        profile: 'bank',
        owner: 'team',
        lifecycle: { state: 'published' },
        rateLimit: { rate: '100/15m', by: 'address' },
        mode: 'observe',
      },
      operation: {
        owner: 'others',
        mode: 'enforce',
        page: { limit: 'limit', max: 100 },
        budget: { records: '1000/hour', bytes: '20MB/day' },
        rateLimit: { rate: '60/minute', burst: 20, cost: 5 },
        concurrency: 2,
        resource: { type: 'Document', id: 'path.documentId' },
        resolve: { operation: 'getDocument' },
        flow: { name: 'reading', after: ['getDocument'], pace: '20/minute' },
        lifecycle: { state: 'deprecated', deprecatedAt: '2026-06-01', sunset: '2027-01-01', successor: 'x' },
        maxBody: '1.5MiB',
        existence: 'secret',
      },
      parameter: { sensitivity: 'personal' },
      schema: { resource: 'Document', id: 'id' },
      property: {
        read: ['reviewers', 'scope:x'],
        write: ['action:edit'],
        sensitivity: 'confidential',
        url: { hosts: ['*.example.com'] },
      },
    }),
  );
  assert.deepEqual(contract.castellan, {
    profile: 'bank',
    profileDeclared: true,
    owner: 'team',
    lifecycle: { state: 'published' },
    rateLimit: [{ rate: { count: 100, seconds: 900 }, by: ['address'], cost: 1, counts: 'all' }],
    mode: 'observe',
  });
  const [read] = contract.operations;
  assert.ok(read);
  assert.deepEqual(read.castellan, {
    owner: 'others',
    mode: 'enforce',
    page: { limit: 'limit', max: 100, expansions: 10, levels: 3, over: 'withhold' },
    budget: { records: { count: 1000, seconds: 3600 }, bytes: { count: 20_000_000, seconds: 86_400 } },
    rateLimit: [{ rate: { count: 60, seconds: 60 }, burst: 20, by: ['principal'], cost: 5, counts: 'all' }],
    concurrency: 2,
    resource: { type: 'Document', id: 'path.documentId' },
    resolve: { operation: 'getDocument' },
    flow: {
      name: 'reading',
      after: ['getDocument'],
      ordered: false,
      within: 3600,
      pace: { count: 20, seconds: 60 },
      per: ['principal'],
    },
    lifecycle: { state: 'deprecated', deprecatedAt: '2026-06-01', sunset: '2027-01-01', successor: 'x' },
    maxBody: 1_572_864,
    existence: 'secret',
  });
  assert.deepEqual(read.parameters[1]?.castellan, { sensitivity: 'personal' });
  const raw = contract.schemas.get('Document')?.raw as { readonly properties: { readonly notes: unknown } };
  assert.deepEqual(castellanOf(raw), { resource: 'Document', id: 'id' });
  assert.deepEqual(castellanOf(raw.properties.notes), {
    read: ['reviewers', 'scope:x'],
    write: ['action:edit'],
    sensitivity: 'confidential',
    url: { schemes: ['https'], hosts: ['*.example.com'], private: 'deny' },
  });
  assert.deepEqual(castellanOf(true), {});
});

test('without any extension the profile is standard, and it is known that nobody said so', async () => {
  const contract = await loadContract(document({}));
  assert.deepEqual(contract.castellan, { profile: 'standard', profileDeclared: false });
  assert.deepEqual(contract.operations[0]?.castellan, {});
});

test('an operation’s members count before its path item’s', async () => {
  const contract = await loadContract(
    document({ pathItem: { owner: 'a', concurrency: 1 }, operation: { owner: 'b' } }),
  );
  assert.deepEqual(contract.operations[0]?.castellan, { owner: 'b', concurrency: 1 });
});

const refused: readonly (readonly [at: Extensions, code: string, message: RegExp])[] = [
  [
    { root: { profil: 'bank' } },
    'unknown-extension-key',
    /#\/x-castellan\/profil: x-castellan has no key 'profil' here; did you mean profile\?/,
  ],
  [{ root: { profile: 'bnak' } }, 'invalid-extension', /did you mean bank\?/],
  [{ root: 'bank' }, 'invalid-extension', /is not an object/],
  [
    { operation: { rateLimit: { rate: '60 per minute' } } },
    'invalid-extension',
    /rate is not a rate; write a rate, such as 60\/minute/,
  ],
  [{ operation: { rateLimit: {} } }, 'invalid-extension', /rate is missing/],
  [{ operation: { ratelimit: { rate: '1/s' } } }, 'unknown-extension-key', /did you mean rateLimit\?/],
  [{ pathItem: { budget: { bytes: '20/day' } } }, 'invalid-extension', /such as 20MB\/day/],
  [
    { operation: { lifecycle: { state: 'deprecated', sunset: '2026-02-30' } } },
    'invalid-extension',
    /sunset is not a date/,
  ],
  [{ operation: { concurrency: 0 } }, 'invalid-extension', /at least 1/],
  [{ operation: { page: { limit: 'limt', max: 5 } } }, 'unknown-parameter', /did you mean limit\?/],
  [
    { operation: { resource: { type: 'Document', id: 'path.documentid' } } },
    'unknown-parameter',
    /did you mean documentId\?/,
  ],
  [{ operation: { resource: { type: 'Document', id: 'documentId' } } }, 'invalid-extension', /write path\.NAME/],
  [{ operation: { resolve: { operation: 'getDocuments' } } }, 'unknown-operation', /did you mean getDocument\?/],
  [{ operation: { flow: { name: 'f', after: ['nope'] } } }, 'unknown-operation', /nope/],
  [{ operation: { resource: 'Document' } }, 'invalid-extension', /resource is not an object/],
  [{ parameter: { resource: 'x' } }, 'unknown-extension-key', /write one of slashes, sensitivity, url/],
  [{ property: { read: 'reviewers' } }, 'invalid-extension', /write a list, such as \[reviewers\]/],
  [
    { property: { reed: ['a'] } },
    'unknown-extension-key',
    /#\/components\/schemas\/Document\/properties\/notes\/x-castellan\/reed: .*did you mean read\?/,
  ],
  [{ schema: { resource: '' } }, 'invalid-extension', /resource is not a text/],
  [{ response: { sensitivity: 'personal' } }, 'misplaced-extension', /x-castellan has no effect here/],
];

for (const [at, code, message] of refused) {
  test(`refused: ${JSON.stringify(at)}`, async () => {
    await assert.rejects(loadContract(document(at)), (error) => {
      assert.ok(error instanceof CastellanError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('the published schema takes exactly what the code takes', () => {
  const published = JSON.parse(JSON.stringify(vocabularySchema())) as Readonly<Record<string, unknown>>;
  const references = new References();
  references.add('urn:castellan:schema:x-castellan', published, '2020-12');
  const level = (name: string) => {
    const raw = { $ref: `urn:castellan:schema:x-castellan#/$defs/${name}` };
    return compileSchema(
      { references },
      {
        location: { document: 'urn:castellan:schema:x-castellan', pointer: `/$defs/${name}` },
        dialect: '2020-12',
        raw,
      },
    );
  };
  const levels: readonly (readonly [Reader<unknown>, ReturnType<typeof level>])[] = [
    [api, level('api')],
    [operation, level('operation')],
    [parameter, level('parameter')],
    [schema, level('schema')],
  ];
  const scalar = fc.oneof(
    fc.constantFrom(
      'standard',
      'bank',
      'deprecated',
      '60/minute',
      '20MB/day',
      '10MB',
      '2026-06-01',
      'enforce',
      'secret',
      'personal',
      'deny',
      'principal',
      '',
      'x',
      '60/fortnight',
      'https',
    ),
    fc.integer({ min: -1, max: 3 }),
    fc.boolean(),
    fc.constant(null),
  );
  const names = [
    'profile',
    'owner',
    'lifecycle',
    'state',
    'sunset',
    'rateLimit',
    'rate',
    'burst',
    'by',
    'cost',
    'mode',
    'page',
    'limit',
    'max',
    'budget',
    'records',
    'bytes',
    'concurrency',
    'resource',
    'type',
    'id',
  ];
  const more = [
    'resolve',
    'operation',
    'flow',
    'name',
    'after',
    'pace',
    'maxBody',
    'existence',
    'read',
    'write',
    'sensitivity',
    'url',
    'schemes',
    'hosts',
    'private',
    'other',
  ];
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(scalar, { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...names, ...more), tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  let taken = 0;
  fc.assert(
    fc.property(value, fc.nat(3), (any, index) => {
      const [reader, compiled] = levels[index] ?? levels[0] ?? [];
      assert.ok(reader !== undefined && compiled !== undefined);
      let readable = true;
      try {
        reader.read(
          { location: { document: '', pointer: '' }, value: any },
          (_, code, message, mend) => new CastellanError({ code, message, mend }),
        );
      } catch (error) {
        assert.ok(error instanceof CastellanError);
        readable = false;
      }
      if (readable) taken++;
      assert.equal(compiled.check(any), readable, JSON.stringify(any));
    }),
    { seed: 5, numRuns: 5000 },
  );
  assert.ok(taken > 100, `${taken} were taken`);
});

test('quantities', () => {
  assert.deepEqual(parseRate('60/minute'), { count: 60, seconds: 60 });
  assert.deepEqual(parseRate('100/15m'), { count: 100, seconds: 900 });
  assert.deepEqual(parseRate('5/2 hours'), { count: 5, seconds: 7200 });
  assert.deepEqual(parseSizeRate('20MB/day'), { count: 20_000_000, seconds: 86_400 });
  assert.equal(parseSize('1.5 KiB'), 1536);
  assert.equal(parseDuration('90s'), 90);
  assert.equal(parseDuration('1 week'), 604_800);
  for (const text of [
    '',
    '60',
    '/minute',
    '0/minute',
    '-1/minute',
    '60/',
    '60/fortnight',
    '1e3/hour',
    '60/minute ',
    '1/0s',
  ])
    assert.equal(parseRate(text), undefined, text);
  for (const text of ['10', 'MB', '10 TB', '-1MB', '0B']) assert.equal(parseSize(text), undefined, text);
});
