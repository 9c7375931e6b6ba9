// What is wrong with a form that has files is told of what is wrong, and of nothing beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const binary = { type: 'string', format: 'binary' };
const files: readonly (readonly [string, object])[] = [
  ['binary', binary],
  ['a media type', { type: 'string', contentMediaType: 'image/png' }],
  ['a list', { type: 'array', items: binary }],
  ['nullable', { anyOf: [binary, { type: 'null' }] }],
];
for (const [what, file] of files)
  for (const compose of [false, true])
    test(`an undocumented part beside a file: ${what}${compose ? ', composed' : ''}`, async () => {
      const own = { type: 'object', properties: { file, caption: { type: 'string' } } };
      const schema = compose ? { allOf: [own, { type: 'object', properties: { more: { type: 'string' } } }] } : own;
      const post = {
        operationId: 'a',
        security: [],
        requestBody: { content: { 'multipart/form-data': { schema } } },
        responses: { 204: { description: 'x' } },
      };
      const guard = await createGuard({
        contract: { openapi: '3.1.0', info: { title: 'A', version: '1' }, paths: { '/a': { post } } },
      });
      const handle = fetchGuard(guard, () => new Response(null, { status: 204 }));
      const sent = async (names: readonly string[]): Promise<unknown> => {
        const form = new FormData();
        form.set('file', new Blob(['\u0089PNG'], { type: 'image/png' }), 'a.png');
        for (const name of names) form.set(name, 'x');
        const answer = await handle(new Request('http://a/a', { method: 'POST', body: form }));
        if (answer.status === 204) return 204;
        return ((await answer.json()) as { errors: { pointer: string; keyword: string }[] }).errors.map(
          ({ pointer }) => pointer,
        );
      };
      assert.deepEqual(await sent(['other', 'second']), ['/other', '/second']);
      if (what !== 'a media type') assert.equal(await sent(['caption']), 204);
      await guard.end();
    });
