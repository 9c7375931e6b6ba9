import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schema } from '../model.ts';
import { aMediaType, aSchema } from '../parameters/made-operation.ts';
import { References } from '../schema/index.ts';
import { compileSequence, isSequence, type SequenceItem, type SequenceOptions } from './sequence.ts';

const source = { references: new References() };

function read(
  type: string,
  raw: Schema['raw'],
  chunks: readonly (string | Uint8Array)[],
  options?: SequenceOptions,
): SequenceItem[] {
  const reader = compileSequence(source, aMediaType(type, undefined, { itemSchema: aSchema(raw) }), options).open();
  const items = chunks.flatMap((chunk) => reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return [...items, ...reader.end()];
}

const brief = (items: readonly SequenceItem[]): unknown =>
  items.map((item) =>
    item.issues.length > 0 ? item.issues.map((issue) => `${issue.pointer} ${issue.keyword}`) : item.value,
  );
const bytesOf = (items: readonly SequenceItem[]): string => Buffer.concat(items.map((item) => item.bytes)).toString();

const object = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };

test('which media types are sequences', () => {
  assert.equal(isSequence('application/jsonl; charset=utf-8'), true);
  assert.equal(isSequence('Text/Event-Stream'), true);
  assert.equal(isSequence('application/json'), false);
});

test('JSON Lines: one item a line, empty lines between, the last without a line feed', () => {
  const text = '{"a":1}\n\r\n{"a":2}\r\n{"a":3}';
  for (const type of ['application/jsonl', 'application/x-ndjson']) {
    const items = read(type, object, [text]);
    assert.deepEqual(brief(items), [{ a: 1 }, undefined, { a: 2 }, { a: 3 }]);
    assert.equal(bytesOf(items), text);
  }
  assert.deepEqual(brief(read('application/jsonl', object, ['{"a":1}\n{"a":"x"}\n{"a":1,"a":1}\n{"b"\n'])), [
    { a: 1 },
    ['/a type'],
    ['/a duplicate-key'],
    ['/b json'],
  ]);
});

test('JSON text sequences: a separator before, a line feed after', () => {
  assert.deepEqual(brief(read('application/json-seq', object, ['\x1e{"a":1}\n\x1e{\n"a":2}\n'])), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(brief(read('application/json-seq', { type: 'integer' }, ['\x1e12\n\x1e34'])), [12, [' sequence']]);
  assert.deepEqual(brief(read('application/json-seq', object, ['{"a":1}\n'])), [[' sequence']]);
});

test('events: fields judged by the item schema, comments passed on', () => {
  const event = {
    type: 'object',
    properties: {
      event: { enum: ['tick'] },
      data: { type: 'string', contentMediaType: 'application/json', contentSchema: object },
      retry: { type: 'integer', maximum: 5000 },
    },
    required: ['data'],
  };
  const text =
    ': hello\n\nevent: tick\ndata: {"a":\ndata: 1}\n\nid: 7\r\ndata:{"a":2}\r\n\r\nretry: 100\rdata: {"a":3}\r\r';
  const items = read('text/event-stream', event, [text]);
  assert.deepEqual(brief(items), [
    undefined,
    { event: 'tick', data: '{"a":\n1}' },
    { id: '7', data: '{"a":2}' },
    { retry: 100, data: '{"a":3}' },
  ]);
  assert.equal(bytesOf(items), text);
  for (const bad of [
    'event: other\ndata: {"a":1}\n\n',
    'data: {"a":"x"}\n\n',
    'retry: 9999\ndata: {"a":1}\n\n',
    'event: tick\n\n',
  ])
    assert.equal(read('text/event-stream', event, [bad])[0]?.issues.length, 1, bad);
  assert.deepEqual(brief(read('text/event-stream', event, ['data: {"a":1}\n'])), [[' sequence']]);
  assert.deepEqual(brief(read('text/event-stream', {}, [Uint8Array.from([0x64, 0xff, 0x0a, 0x0a])])), [[' utf8']]);
});

test('however a sequence is cut into chunks, the items are the same', () => {
  const cases: readonly [string, Schema['raw'], string][] = [
    ['application/jsonl', object, '{"a":1}\n\n{"a":2}\r\n{"a":3}\n'],
    ['application/json-seq', object, '\x1e{"a":1}\n\x1e{"a":2}\n'],
    ['text/event-stream', {}, 'data: 1\n\ndata: 2\r\n\r\n: c\r\rdata: 3\rid: 4\r\n\ndata: ü\n\n'],
  ];
  for (const [type, raw, text] of cases) {
    const bytes = Buffer.from(text);
    const expected = brief(read(type, raw, [bytes]));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        const items = read(type, raw, chunks);
        assert.deepEqual(brief(items), expected);
        assert.equal(bytesOf(items), text);
      }),
      { seed: 3, numRuns: 1_000 },
    );
  }
});

test('an item longer than the limit ends the reading', () => {
  const options = { maxBytes: 10 };
  assert.deepEqual(brief(read('application/jsonl', {}, ['1\n', `"${'x'.repeat(20)}`, 'y"\n2\n'], options)), [
    1,
    [' too-long'],
  ]);
  assert.deepEqual(brief(read('application/jsonl', {}, [`1\n"${'x'.repeat(20)}"\n2\n`], options)), [1, [' too-long']]);
  assert.deepEqual(brief(read('text/event-stream', {}, ['data: 1\n\n', 'data: 1234567890\n\n'], options)), [
    { data: '1' },
    [' too-long'],
  ]);
  assert.deepEqual(brief(read('application/json-seq', {}, ['\x1e1\n\x1e"123456789012"\n'], options)), [
    1,
    [' too-long'],
  ]);
});

test('many small chunks cost no more than few large ones', () => {
  const reader = compileSequence(source, aMediaType('application/jsonl'), {
    maxBytes: 1 << 21,
    maxString: 1 << 21,
  }).open();
  const text = Buffer.from(`"${'x'.repeat(1 << 20)}"\n`);
  const items: SequenceItem[] = [];
  for (let at = 0; at < text.length; at += 16) items.push(...reader.push(text.subarray(at, at + 16)));
  assert.equal(items.length, 1);
  assert.equal(items[0]?.bytes.length, text.length);
});

test('items that were given out stay as they are', () => {
  const reader = compileSequence(source, aMediaType('application/jsonl')).open();
  const items = Array.from({ length: 2000 }, (_, index) => reader.push(Buffer.from(`{"index":${index}}\n`))).flat();
  assert.equal(bytesOf(items), Array.from({ length: 2000 }, (_, index) => `{"index":${index}}\n`).join(''));
});

test('what was pushed may be used again by the caller', () => {
  const reader = compileSequence(source, aMediaType('application/jsonl')).open();
  const chunk = Buffer.from('{"a":');
  assert.deepEqual(reader.push(chunk), []);
  chunk.fill(0x20);
  assert.deepEqual(brief(reader.push(Buffer.from('1}\n'))), [{ a: 1 }]);
});
