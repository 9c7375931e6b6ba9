// A `$ref` in place of any object or list of a document is followed, or refused by place: never read as nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import { madeDocument } from './made-document.ts';
import { modelOf } from './made-model.ts';
import { replaced, spotsOf } from './places.ts';

const encoder = new TextEncoder();

/** Text of a document, a member per line, so that places can be told apart. */
const textOf = (value: unknown): string => JSON.stringify(value, undefined, 1);

/** The same from another file. */
function moved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/', '"api.json#/'));
}

/** What a place becomes, and the other file that it needs. */
const forms: readonly (readonly [
  name: string,
  make: (value: unknown) => { readonly here: object; readonly root?: object; readonly other?: unknown },
])[] = [
  ['in the same document', (value) => ({ here: { $ref: '#/x-parts/a' }, root: { 'x-parts': { a: value } } })],
  ['to a place in another file', (value) => ({ here: { $ref: 'other.json#/a~1b' }, other: { 'a/b': moved(value) } })],
  ['to another file', (value) => ({ here: { $ref: './other.json' }, other: moved(value) })],
  [
    'over two steps',
    (value) => ({
      here: { $ref: '#/x-parts/a' },
      root: { 'x-parts': { a: { $ref: 'other.json#/deep/b' } } },
      other: { deep: { $ref: '#/c' }, c: { b: moved(value) } },
    }),
  ],
];

/** Who may call is not read through references, an operation is written where it is, and values are data. */
const refusedOnly = (pointer: string): boolean =>
  /\/security(\/\d+(\/[^/]+)?)?$/.test(pointer) ||
  /\/(?:get|put|post|query|additionalOperations|COPY)$/.test(pointer) ||
  pointer.endsWith('/enum');

async function load(root: object, other: unknown): ReturnType<typeof loadContract> {
  return loadContract('/made/api.json', {
    within: '/made',
    read: (path) => Promise.resolve(encoder.encode(textOf(path.endsWith('other.json') ? other : root))),
  });
}

/** Each third of what stands in braces or brackets, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const version of ['2.0', '3.0', '3.1', '3.2'] as const)
  for (const [name, make] of forms)
    test(`${version}: a $ref ${name} in place of everything that can stand in braces or brackets`, async () => {
      const document = madeDocument(version);
      const model = modelOf(await load(document, undefined));
      const wrong: string[] = [];
      let followed = 0;
      const spots = [...spotsOf(document)].filter(({ value }) => typeof value === 'object' && value !== null);
      for (const { pointer, path, value } of spots.filter((_, index) => (index + name.length) % step === 0)) {
        if (typeof value !== 'object' || value === null) continue;
        const { here, root, other } = make(value);
        const changed = { ...replaced(document, path, here), ...root };
        const line =
          textOf(changed)
            .split('\n')
            .findIndex((text) => text.includes('"$ref": "' + Object.values(here)[0])) + 1;
        let said: string;
        try {
          const contract = await load(changed, other);
          assert.deepEqual(modelOf(contract), model);
          void contract.warnings;
          followed++;
          continue;
        } catch (error) {
          said =
            error instanceof CastellanError
              ? `refused: ${error.message}`
              : `read as something else: ${String(error).slice(0, 400)}`;
          if (error instanceof CastellanError && refusedOnly(pointer) && Math.abs((error.place?.line ?? 0) - line) < 2)
            continue;
        }
        wrong.push(`${pointer} ${said}`);
      }
      assert.deepEqual(wrong, []);
      assert.ok(followed > 50 / step, `${followed} followed`);
    });
