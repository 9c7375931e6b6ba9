import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { MediaType } from '../model.ts';
import { aMediaType, anOperation, aSchema } from '../parameters/made-operation.ts';
import { References } from '../schema/index.ts';
import { type BodyOptions, compileBody } from './body.ts';

const source = { references: new References() };
const location = { document: '', pointer: '' };

function body(content: readonly MediaType[], options: { required?: boolean; limits?: BodyOptions } = {}) {
  const compiled = compileBody(
    source,
    anOperation({ body: { required: options.required ?? true, content, location } }),
    options.limits,
  );
  assert.ok(compiled !== undefined);
  return (contentType: string | undefined, bytes: string | Uint8Array): unknown => {
    const decoded = compiled.decode(contentType, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if ('value' in decoded) return { value: decoded.value };
    return 'issues' in decoded
      ? decoded.issues.map((issue) => `${issue.pointer} ${issue.keyword}`)
      : decoded.unsupported;
  };
}

const order = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    note: { type: 'string', default: 'none' },
    at: { type: 'string', readOnly: true },
  },
  required: ['id'],
};

test('an operation without a documented body has nothing to decode', () => {
  assert.equal(compileBody(source, anOperation({})), undefined);
});

test('JSON: decoded, checked, defaults filled', () => {
  const decode = body([aMediaType('application/json', order)]);
  assert.deepEqual(decode('application/json', '{"id":1}'), { value: { id: 1, note: 'none' } });
  assert.deepEqual(decode('Application/JSON; Charset="UTF-8"', '{"id":1,"note":"x"}'), { value: { id: 1, note: 'x' } });
  assert.deepEqual(decode('application/json;profile=x', '{"id":1}'), { value: { id: 1, note: 'none' } });
  assert.deepEqual(decode('application/json', '{"id":1,"id":2}'), ['/id duplicate-key']);
  assert.equal((decode('application/json', '{"id":"1"}') as string[])[0]?.startsWith('/id '), true);
  assert.equal((decode('application/json', '{"id":1,"at":"now"}') as string[])[0]?.startsWith('/at '), true);
  assert.deepEqual(decode('application/json', '{"id":9007199254740993}'), {
    value: { id: 9_007_199_254_740_993n, note: 'none' },
  });
});

test('properties that nobody documented are refused, unless they are to be kept', () => {
  const open = [aMediaType('application/json', { ...order, additionalProperties: true })];
  const json = '{"id":1,"role":"admin"}';
  assert.deepEqual(body([aMediaType('application/json', order)])('application/json', json), [
    '/role undocumented-property',
  ]);
  assert.deepEqual(body(open)('application/json', json), { value: { id: 1, role: 'admin', note: 'none' } });
  const kept = body([aMediaType('application/json', order)], { limits: { undocumented: 'keep' } });
  assert.deepEqual(kept('application/json', json), { value: { id: 1, role: 'admin', note: 'none' } });
  const lines = body([
    aMediaType('application/jsonl', undefined, { itemSchema: aSchema({ type: 'object', properties: { a: {} } }) }),
  ]);
  assert.deepEqual(lines('application/jsonl', '{"a":1}\n{"b":1}\n'), ['/1/b undocumented-property']);
});

test('media types that are not documented are not supported', () => {
  const decode = body([aMediaType('application/json', order)]);
  for (const type of [
    'text/plain',
    'application/xml',
    'application/merge-patch+json',
    'application/json-seq',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ]) {
    assert.equal(decode(type, '{"id":1}'), 'the media type is not documented', type);
  }
  for (const type of [
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/json;charset=utf-7',
  ])
    assert.match(String(decode(type, '{"id":1}')), /charset/);
  for (const type of [
    '',
    'json',
    'application/',
    '/json',
    'application/json, text/plain',
    'application/json; charset',
    'application/json; charset=utf-8; charset=utf-16',
    'application json',
    'a'.repeat(2000),
  ]) {
    assert.equal(decode(type, '{"id":1}'), 'the media type is malformed', type);
  }
  assert.equal(decode(undefined, '{"id":1}'), 'the body has no media type');
});

test('the most specific documented media type decides', () => {
  const value = (type: string, name: string): MediaType =>
    aMediaType(type, { type: 'object', properties: { [name]: { const: true } }, required: [name] });
  const decode = body([
    value('*/*', 'any'),
    value('application/*', 'range'),
    value('application/json', 'exact'),
    value('application/json; version=2', 'versioned'),
    value('application/vnd.api+json', 'vendor'),
  ]);
  assert.deepEqual(decode('application/json', '{"exact":true}'), { value: { exact: true } });
  assert.deepEqual(decode('application/json; version=2', '{"versioned":true}'), { value: { versioned: true } });
  assert.deepEqual(decode('application/json; version=3', '{"exact":true}'), { value: { exact: true } });
  assert.deepEqual(decode('application/vnd.api+json', '{"vendor":true}'), { value: { vendor: true } });
  assert.deepEqual(decode('application/problem+json', '{"range":true}'), { value: { range: true } });
  assert.deepEqual(decode('text/json', '{"any":true}'), { value: { any: true } });
});

test('empty bodies: refused where one is needed, undefined elsewhere', () => {
  assert.deepEqual(body([aMediaType('application/json', order)])(undefined, ''), [' required']);
  assert.deepEqual(body([aMediaType('application/json', order)])('application/json', ''), [' json']);
  assert.deepEqual(body([aMediaType('application/json', order)], { required: false })('application/json', ''), {
    value: undefined,
  });
  assert.deepEqual(body([aMediaType('text/plain', { type: 'string' })])('text/plain', ''), { value: '' });
});

test('forms: values by type, lists, JSON and deep properties, free names as the schema allows', () => {
  const schema = {
    type: 'object',
    properties: {
      age: { type: 'integer', minimum: 0 },
      tags: { type: 'array', items: { type: 'string' } },
      csv: { type: 'array', items: { type: 'integer' } },
      address: { type: 'object', properties: { city: { type: 'string' } } },
      deep: { type: 'object', properties: { a: { type: 'integer' } } },
      size: { type: 'string', default: 'M' },
    },
    additionalProperties: true,
    required: ['age'],
  };
  const encoding = new Map([
    ['csv', { headers: [], style: 'form' as const, explode: false }],
    ['deep', { headers: [], style: 'deepObject' as const, explode: true }],
  ]);
  const decode = body([aMediaType('application/x-www-form-urlencoded', schema, { encoding })]);
  const type = 'application/x-www-form-urlencoded';
  assert.deepEqual(decode(type, 'age=5&tags=a&tags=b+c&csv=1,2&address=%7B%22city%22:%22X%22%7D&deep[a]=7&other=1'), {
    value: { age: 5, tags: ['a', 'b c'], csv: [1, 2], address: { city: 'X' }, deep: { a: 7 }, other: '1', size: 'M' },
  });
  assert.deepEqual(decode(type, 'age=5&age=6'), ['/age duplicate-parameter']);
  assert.deepEqual(decode(type, 'age=0x5'), ['/age type']);
  assert.deepEqual(decode(type, 'age=5&other[x]=1'), ['/other[x] undocumented-parameter']);
  assert.deepEqual(decode(type, 'age=5&__proto__=1'), ['/__proto__ undocumented-parameter']);
  assert.deepEqual(decode(type, 'age=5&other=1&other=2'), ['/other duplicate-parameter']);
  assert.deepEqual(decode(type, 'age=5&address=%7B%22city%22:1%7D'), ['/address/city type']);
  assert.deepEqual(decode(type, Uint8Array.from([0x61, 0xff])), [' utf8']);
  const closed = body(
    [aMediaType(type, { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false })],
    {
      limits: { maxParts: 2 },
    },
  );
  assert.deepEqual(closed(type, 'a=1'), { value: { a: '1' } });
  assert.equal((closed(type, 'b=1') as string[]).length, 1);
  assert.deepEqual((closed(type, 'a=1&a=2&a=3') as string[])[0], ' too-many-parameters');
});

test('text is UTF-8 without a byte order mark', () => {
  const decode = body([aMediaType('text/plain', { type: 'string', maxLength: 3 })]);
  assert.deepEqual(decode('text/plain', 'äöü'), { value: 'äöü' });
  assert.equal((decode('text/plain', 'abcd') as string[])[0], ' maxLength');
  assert.deepEqual(decode('text/plain', '\ufeffa'), [' byte-order-mark']);
  assert.deepEqual(decode('text/plain', Uint8Array.from([0xc3])), [' utf8']);
});

test('XML stays text, and no entity is processed', () => {
  const decode = body([aMediaType('application/xml', { type: 'object' })]);
  const text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
  assert.deepEqual(decode('application/xml', text), { value: text });
});

test('other media types stay bytes; known formats must look like themselves', () => {
  const decode = body([
    aMediaType('application/octet-stream', { type: 'string', format: 'binary', maxLength: 4 }),
    aMediaType('image/*'),
  ]);
  const bytes = Uint8Array.from([0, 255, 1]);
  assert.deepEqual(decode('application/octet-stream', bytes), { value: bytes });
  const png = Buffer.from('\x89PNG\r\n\x1a\nxx', 'latin1');
  assert.deepEqual(decode('image/png', png), { value: png });
  assert.deepEqual(decode('image/png', '<svg onload=alert(1)>'), [' file-type']);
  assert.deepEqual(decode('image/jpeg', png), [' file-type']);
});

test('JSON Lines: a list of items, each checked', () => {
  const decode = body([
    aMediaType('application/jsonl', undefined, {
      itemSchema: {
        location: { document: 'made:items', pointer: '' },
        dialect: '2020-12',
        raw: { type: 'object', required: ['a'] },
      },
    }),
  ]);
  assert.deepEqual(decode('application/jsonl', '{"a":1}\n{"a":2}\n'), { value: [{ a: 1 }, { a: 2 }] });
  assert.equal((decode('application/jsonl', '{"a":1}\n{"b":2}\n') as string[])[0]?.startsWith('/1'), true);
});

test('limits', () => {
  assert.deepEqual(body([aMediaType('application/json')], { limits: { maxBytes: 5 } })('application/json', '"1234"'), [
    ' too-large',
  ]);
  assert.deepEqual(body([aMediaType('application/json')], { limits: { maxDepth: 1 } })('application/json', '[[]]'), [
    '/0 depth',
  ]);
});
