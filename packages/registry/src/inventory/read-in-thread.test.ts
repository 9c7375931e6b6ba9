import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { readInThread } from './read-in-thread.ts';
import { readSentDocument } from './sent-document.ts';

const now = Date.parse('2026-11-30');

const documentOf = (paths: number, length = 0): string =>
  stringify({
    openapi: '3.1.0',
    info: { title: 'Many', version: '1' },
    paths: Object.fromEntries(
      Array.from({ length: paths }, (_, n) => [
        `/things${n}/{id}`,
        {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
          get: {
            operationId: `getThing${n}`,
            responses: { 200: { description: `a thing ${'of many '.repeat(length)}` } },
          },
        },
      ]),
    ),
  });

const large = { source: 'many.yaml', document: documentOf(60, 250) };

test('a large document is read in a thread as it is read at once; so are its faults', async () => {
  assert.ok(large.document.length > 100_000);
  assert.deepEqual(await readInThread(large, now), await readSentDocument(large, now));
  const broken = { source: 'many.yaml', document: large.document.replace('openapi: 3.1.0', 'openapi: 9.1.0') };
  const read = await readInThread(broken, now);
  assert.ok('reason' in read);
  assert.match(read.reason, /9\.1\.0/);
});

test('one that takes too long or too much memory is unreadable, and what waits is read on', async () => {
  const [slow, wide] = await Promise.all([
    readInThread(large, now, { time: 1, memory: 1024 }),
    readInThread({ source: 'wide.yaml', document: documentOf(1_500) }, now, { time: 60_000, memory: 24 }),
  ]);
  assert.deepEqual(slow, { reason: 'takes longer than 0.001 s to read; split it into documents of fewer operations' });
  assert.deepEqual(wide, {
    reason: 'needs more than 24 MB of memory to be read; split it into documents of fewer operations',
  });
});
