import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { BodyLimits } from '../compiled.ts';
import type { Encoding, Schema } from '../model.ts';
import { aMediaType, anOperation } from '../parameters/made-operation.ts';
import { References } from '../schema/index.ts';
import { compileBody } from './body.ts';
import { UploadedFile } from './uploaded-file.ts';

const source = { references: new References() };

interface SentPart {
  readonly name: string;
  readonly data: string;
  readonly filename?: string;
  readonly type?: string;
}

function decoder(schema: Schema['raw'], encoding: Readonly<Record<string, string>> = {}, limits?: Partial<BodyLimits>) {
  const encodings = new Map(
    Object.entries(encoding).map(([name, contentType]): [string, Encoding] => [name, { contentType, headers: [] }]),
  );
  const content = [aMediaType('multipart/form-data', schema, { encoding: encodings })];
  const compiled = compileBody(
    source,
    anOperation({ body: { required: true, content, location: { document: '', pointer: '' } } }),
    limits,
  );
  return (parts: readonly SentPart[], contentType = 'multipart/form-data; boundary="b"'): unknown => {
    const text = parts
      .map(({ name, data, filename, type }) => {
        const file = filename === undefined ? '' : `; filename="${filename}"`;
        return `--b\r\nContent-Disposition: form-data; name="${name}"${file}${type === undefined ? '' : `\r\nContent-Type: ${type}`}\r\n\r\n${data}\r\n`;
      })
      .join('');
    const decoded = compiled?.decode(contentType, Buffer.from(`${text}--b--\r\n`, 'latin1'));
    assert.ok(decoded !== undefined);
    if ('value' in decoded) return decoded.value;
    return 'issues' in decoded
      ? decoded.issues.map((issue) => `${issue.pointer} ${issue.keyword}`)
      : decoded.unsupported;
  };
}

const png = '\x89PNG\r\n\x1a\nrest';
const schema = {
  type: 'object',
  properties: {
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    meta: { type: 'object', properties: { a: { type: 'integer' } } },
    avatar: { type: 'string', format: 'binary', maxLength: 100 },
    photos: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 2 },
    any: {},
    size: { type: 'string', default: 'M' },
  },
  required: ['age'],
  additionalProperties: false,
};

test('fields by type, files with name, type and bytes', () => {
  const decode = decoder(schema, { avatar: 'image/png, image/jpeg' });
  const value = decode([
    { name: 'age', data: '5' },
    { name: 'tags', data: 'a' },
    { name: 'tags', data: 'b' },
    { name: 'meta', data: '{"a":1}', type: 'application/json' },
    { name: 'avatar', data: png, filename: 'me.png', type: 'image/png' },
    { name: 'photos', data: '\xff\xd8\xffx', filename: 'p.jpg', type: 'image/jpeg' },
    { name: 'any', data: 'text' },
  ]) as Record<string, unknown>;
  const { avatar, photos, ...plain } = value;
  assert.deepEqual(plain, { age: 5, tags: ['a', 'b'], meta: { a: 1 }, any: 'text', size: 'M' });
  assert.ok(avatar instanceof UploadedFile);
  assert.equal(avatar.filename, 'me.png');
  assert.equal(avatar.contentType, 'image/png');
  assert.equal(Buffer.from(avatar.bytes).toString('latin1'), png);
  assert.ok(Array.isArray(photos) && photos[0] instanceof UploadedFile);
});

test('objects are JSON also where the part does not say so', () => {
  assert.deepEqual(
    decoder(schema)([
      { name: 'age', data: '5' },
      { name: 'meta', data: '{"a":1}' },
    ]),
    { age: 5, meta: { a: 1 }, size: 'M' },
  );
});

test('a form without a chosen file has no file', () => {
  assert.deepEqual(
    decoder(schema)([
      { name: 'age', data: '5' },
      { name: 'avatar', data: '', filename: '', type: 'application/octet-stream' },
    ]),
    { age: 5, size: 'M' },
  );
});

const age: SentPart = { name: 'age', data: '5' };
const refused: readonly [why: string, parts: readonly SentPart[], issues: readonly string[]][] = [
  ['missing', [], ['/age required']],
  ['wrong type', [{ name: 'age', data: '5x' }], ['/age type']],
  ['repeated', [age, age], ['/age duplicate-parameter']],
  ['undocumented', [age, { name: 'other', data: '1' }], ['/other additionalProperties']],
  ['brackets', [age, { name: 'tags[0]', data: '1' }], ['/tags[0] undocumented-parameter']],
  ['__proto__', [age, { name: '__proto__', data: '1' }], ['/__proto__ undocumented-parameter']],
  ['file for a field', [{ name: 'age', data: '5', filename: 'a.txt' }], ['/age file']],
  [
    'other media type',
    [age, { name: 'avatar', data: 'GIF89a', filename: 'a.gif', type: 'image/gif' }],
    ['/avatar content-type'],
  ],
  [
    'HTML as image',
    [age, { name: 'avatar', data: '<html><script>', filename: 'a.png', type: 'image/png' }],
    ['/avatar file-type'],
  ],
  ['charset', [{ name: 'age', data: '5', type: 'text/plain; charset=utf-16' }], ['/age content-type']],
  ['bad UTF-8', [age, { name: 'tags', data: '\xff' }], ['/tags utf8']],
  ['bad JSON', [age, { name: 'meta', data: '{"a":1,"a":2}' }], ['/meta/a duplicate-key']],
  ['JSON for a number', [{ name: 'age', data: '"5"', type: 'application/json' }], ['/age type']],
];

for (const [why, parts, issues] of refused) {
  test(`refuses: ${why}`, () => assert.deepEqual(decoder(schema, { avatar: 'image/png, image/jpeg' })(parts), issues));
}

test('image/* takes images, but no SVG', () => {
  const decode = decoder({ type: 'object', properties: { f: { type: 'string', format: 'binary' } } }, { f: 'image/*' });
  assert.ok(
    (decode([{ name: 'f', data: png, filename: 'x', type: 'image/png' }]) as Record<string, unknown>)['f'] instanceof
      UploadedFile,
  );
  assert.deepEqual(decode([{ name: 'f', data: '<svg/>', filename: 'x', type: 'image/svg+xml' }]), ['/f content-type']);
  assert.deepEqual(decode([{ name: 'f', data: '\n <!DOCTYPE html>', filename: 'x', type: 'image/x-odd' }]), [
    '/f file-type',
  ]);
  assert.deepEqual(decode([{ name: 'f', data: 'x', filename: 'x', type: 'text/html' }]), ['/f content-type']);
  const named = decoder(
    { type: 'object', properties: { f: { type: 'string', format: 'binary' } } },
    { f: 'image/svg+xml' },
  );
  assert.ok(
    (named([{ name: 'f', data: '<svg/>', filename: 'x', type: 'image/svg+xml' }]) as Record<string, unknown>)[
      'f'
    ] instanceof UploadedFile,
  );
});

test('only multipart/form-data with a boundary', () => {
  const decode = decoder(schema);
  assert.deepEqual(decode([age], 'multipart/form-data'), [' multipart']);
  assert.deepEqual(decode([age], 'multipart/form-data; boundary=other'), [' multipart']);
  assert.equal(decode([age], 'multipart/mixed; boundary=b'), 'the media type is not documented');
});

test('what FormData writes is read', async () => {
  const form = new FormData();
  form.set('age', '5');
  form.append('tags', 'ä "quoted"\r\nline');
  form.set('avatar', new Blob([Buffer.from(png, 'latin1')], { type: 'image/png' }), 'grüße "1".png');
  const request = new Request('http://host/', { method: 'POST', body: form });
  const compiled = compileBody(
    source,
    anOperation({
      body: {
        required: true,
        content: [aMediaType('multipart/form-data', schema)],
        location: { document: '', pointer: '' },
      },
    }),
  );
  const decoded = compiled?.decode(
    request.headers.get('content-type') ?? undefined,
    new Uint8Array(await request.arrayBuffer()),
  );
  assert.ok(decoded !== undefined && 'value' in decoded, JSON.stringify(decoded));
  const { avatar, tags } = decoded.value as Record<string, unknown>;
  assert.deepEqual(tags, ['ä "quoted"\r\nline']);
  assert.ok(avatar instanceof UploadedFile);
  assert.equal(avatar.filename, 'grüße %221%22.png');
});

test('where the contract names no type, what the caller names is no promise; what runs is no picture all the same', () => {
  const decode = decoder({ type: 'object', properties: { f: { type: 'string', format: 'binary' } } });
  const passes = (type: string, data: string): boolean =>
    !Array.isArray(decode([{ name: 'f', data, filename: 'x', type }]));
  for (const type of ['image/png', 'image/jpeg', 'application/pdf', 'text/plain', 'video/mp4', 'font/woff2'])
    for (const data of ['not really', '\0\u0001', '']) assert.ok(passes(type, data), `${type} ${data}`);
  for (const type of ['image/png', 'image/x-odd', 'audio/mpeg', 'video/mp4', 'font/woff2'])
    for (const data of ['<svg onload=alert(1)>', ' <!DOCTYPE html>', '#!/bin/sh', '<?php', 'GIF89a<script>'])
      assert.ok(!passes(type, data), `${type} ${data}`);
});
