// What a handler writes arrives byte for byte, whatever characters it has, also when answers are accepted by the scan.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { listen } from './adapters/servers.ts';
import { send } from './client.ts';

const content = {
  'application/json': { schema: { type: 'object', properties: { text: { type: 'string', maxLength: 100_000 } } } },
};
const contract = {
  openapi: '3.1.0',
  info: { title: 'Texts', version: '1' },
  paths: { '/text': { get: { operationId: 'read', responses: { 200: { description: 'It', content } } } } },
};

const texts = [
  'plain',
  'é',
  '\u007f',
  '\u0080',
  'ÿ',
  'Ā',
  '日本語',
  '😀',
  `${'a'.repeat(50_000)}é`,
  '\\u00e9',
  '',
  '\ud800',
];

test('answers arrive as they were written', async () => {
  const guard = await createGuard({ contract, limits: { perAddress: 'off' } });
  let body: string | Buffer = '';
  const server = await listen(
    node(guard, (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(body);
    }),
  );
  try {
    // From the twentieth answer on, the scan looks at them first.
    for (let round = 0; round < 5; round++) {
      for (const text of texts) {
        for (const written of [`{"text":"${text}"}`, Buffer.from(`{"text":"${text}"}`)]) {
          body = written;
          const expected = Buffer.from(written);
          const answer = await send(server.url, '/text');
          assert.equal(answer.status, 200);
          assert.equal(answer.headers['content-length'], String(expected.length));
          assert.equal(answer.text, expected.toString());
        }
      }
    }
  } finally {
    await server.close();
    await guard.end();
  }
});
