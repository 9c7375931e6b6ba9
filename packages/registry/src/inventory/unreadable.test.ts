// However a document is broken, it is kept with the reason, what stands beside it is imported, and once it is right it is broken no more.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { openStore } from '../store/open.ts';
import { importDocuments } from './import-documents.ts';
import { unreadableDocuments } from './unreadable.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-unreadable-'));
after(() => rmSync(folder, { recursive: true }));

const whole = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/orders/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'getOrder',
        responses: {
          200: {
            description: 'ok',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
          },
        },
      },
    },
  },
  components: { schemas: { Order: { type: 'object', properties: { id: { type: 'string' } } } } },
};

/** A value for each place that cannot stand there. */
const strange = fc.constantFrom<unknown>(
  null,
  7,
  [],
  [[]],
  'x',
  { $ref: 3 },
  { $ref: '#/nowhere' },
  { $ref: './none.yaml' },
  true,
  -1e30,
  '\u0000',
  '\uD800',
);

/** The same document with something else at one place of it. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== 'object' || value === null) return by;
  const entries = Object.entries(value);
  const key = entries[at % entries.length]?.[0];
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = changed(copy[key], rest, by);
  return copy;
}

const texts = fc.constantFrom(JSON.stringify(whole), JSON.stringify(whole, null, 2), stringify(whole));
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const cutAt = (text: Buffer, at: number): number => Math.floor(at * text.length);
const broken: fc.Arbitrary<Buffer> = fc.oneof(
  // Cut off, as an upload that ended.
  fc.tuple(texts, place).map(([text, at]) => Buffer.from(text).subarray(0, cutAt(Buffer.from(text), at))),
  // Bytes that are no text, or no token, in the middle.
  fc
    .tuple(texts, place, fc.constantFrom('ff', '00', 'c3', 'efbbbf', '1b5b316d', '09', '7b', '2a61', '26', 'e280ae'))
    .map(([text, at, bytes]) => {
      const all = Buffer.from(text);
      return Buffer.concat([all.subarray(0, cutAt(all, at)), Buffer.from(bytes, 'hex'), all.subarray(cutAt(all, at))]);
    }),
  // Another encoding, nothing, a page of a proxy, something else altogether.
  texts.map((text) => Buffer.from(text, 'utf16le')),
  fc
    .constantFrom(
      '',
      ' \n',
      '---\n---\n',
      '<html><title>502</title></html>',
      '%PDF-1.7',
      '[]',
      '"openapi"',
      'null',
      '1',
      '{"openapi":"9.9.9"}',
    )
    .map((text) => Buffer.from(text)),
  // Deeper than anybody writes, and aliases that grow.
  fc.constantFrom(50, 5_000, 100_000).map((depth) => Buffer.from(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)),
  fc.constant(
    Buffer.from(
      `a: &a [x]\n${'bcdefghijklmnop'
        .split('')
        .map((name, n) => `${name}: &${name} [${`*${'abcdefghijklmno'[n]},`.repeat(9)}]`)
        .join('\n')}\nopenapi: 3.1.0\n`,
    ),
  ),
  // A right document with something strange at one place.
  fc.tuple(fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }), strange, fc.boolean()).map(([path, by, yaml]) => {
    const value = changed(whole, path, by);
    return Buffer.from(yaml ? stringify(value) : JSON.stringify(value));
  }),
);

test(
  'whatever is wrong with a document, it is kept with the reason in one line, and the others are imported',
  { timeout: 240_000 },
  async () => {
    const forms = fc.sample(broken, { numRuns: process.env['CASTELLAN_WHOLE'] === '1' ? 2_000 : 60, seed: 18 });
    const store = await openStore({ url: 'memory:', clock: () => Date.UTC(2026, 0, 5) });
    try {
      const sources = forms.map((bytes, n) => {
        const name = `${n}${n % 2 === 0 ? '.yaml' : '.json'}`;
        writeFileSync(join(folder, name), bytes);
        return { source: name, api: `api-${n}` };
      });
      writeFileSync(join(folder, 'right.json'), JSON.stringify(whole));
      mkdirSync(join(folder, 'folder.yaml'));
      const extra = ['right.json', 'folder.yaml', 'none.json'].map((source) => ({ source }));
      const imported = await importDocuments(store, [...sources, ...extra], { cwd: folder });
      const kept = new Map((await unreadableDocuments(store)).map((one) => [one.source, one]));
      let unreadable = 0;
      for (const one of imported) {
        if (one.outcome !== 'unreadable') {
          assert.equal(kept.get(one.source), undefined, one.source);
          continue;
        }
        unreadable += 1;
        assert.ok(
          one.reason.length > 10 && !/internal error|undefined|\[object/.test(one.reason),
          `${one.source}: ${one.reason}`,
        );
        assert.equal(kept.get(one.source)?.seen, '2026-01-05T00:00:00.000Z', one.source);
        assert.equal(kept.get(one.source)?.reason.includes('\u0000'), false);
      }
      assert.equal(kept.size, unreadable);
      assert.ok(unreadable > forms.length / 2, `${unreadable} of ${forms.length}`);
      assert.deepEqual(
        imported.slice(-3).map(({ outcome }) => outcome),
        ['imported', 'unreadable', 'unreadable'],
      );
      // Mended, they are no longer among them; what was imported of an API before stays when its document breaks.
      const first = imported.find(({ outcome }) => outcome === 'unreadable')?.source ?? '';
      writeFileSync(join(folder, first), JSON.stringify(whole));
      assert.equal(
        (await importDocuments(store, [{ source: first, api: 'again' }], { cwd: folder }))[0]?.outcome,
        'imported',
      );
      assert.equal(
        (await unreadableDocuments(store)).some(({ source }) => source === first),
        false,
      );
      writeFileSync(join(folder, first), '{');
      assert.equal(
        (await importDocuments(store, [{ source: first, api: 'again' }], { cwd: folder }))[0]?.outcome,
        'unreadable',
      );
      assert.equal(
        (await store.db.selectFrom('operations').select('path').where('api', '=', 'again').execute()).length,
        1,
      );
    } finally {
      await store.close();
    }
  },
);
