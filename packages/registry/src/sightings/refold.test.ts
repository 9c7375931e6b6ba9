import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { findGhosts } from '../ghosts/find.ts';
import { openStore, type Store } from '../store/open.ts';
import { correctTemplate } from './corrections.ts';
import { importTraffic, type ImportedTraffic } from './import-traffic.ts';

const adjectives = 'amber brave calm dusty eager fancy gentle happy icy jolly kind lucky misty noble odd proud'.split(
  ' ',
);
const nouns = 'apple bear cloud delta ember falcon garden harbor island jungle kite lemon meadow'.split(' ');
const parts = (n: number): readonly [string, string] => [adjectives[n % 16] ?? '', nouns[n % 13] ?? ''];
/** What could be a name as well; different for each number below 208. */
const kinds: Readonly<Record<string, (n: number) => string>> = {
  word: (n) => parts(n).join(''),
  slug: (n) => parts(n).join('-'),
  handle: (n) => parts(n).toReversed().join('_'),
};
const word = (n: number): string => parts(n).join('');

const folder = mkdtempSync(join(tmpdir(), 'castellan-refold-'));
let store: Store;
let written = 0;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => Date.UTC(2026, 10, 29) });
});
beforeEach(async () => {
  for (const table of ['sightings', 'traffic', 'imports', 'templates'] as const)
    await store.db.deleteFrom(table).execute();
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function imported(host: string, paths: readonly string[]): Promise<ImportedTraffic> {
  const file = join(folder, `${(written += 1)}.log`);
  const lines = paths.map((path) =>
    JSON.stringify({ time: '2026-11-29T12:00:00Z', method: 'GET', path, status: 200, host, request: written }),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  return importTraffic(store, file, { environment: 'production', format: 'json' });
}

/** Templates and requests of a host. */
async function templates(host: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom('traffic')
    .select(['template', 'hits'])
    .where('host', '=', host)
    .orderBy('template')
    .execute();
  return rows.map(({ template, hits }) => `${template} ${hits}`);
}

const repeated = (times: number, path: string): string[] => Array.from({ length: times }, () => path);

test('words that one file says too little of are not sure yet; many files decide, and counts stay exact', async () => {
  for (const [kind, make] of Object.entries(kinds)) {
    const host = `${kind.toLowerCase()}.example.com`;
    let at = 0;
    const values = (count: number): string[] =>
      Array.from({ length: count }, () => `/people/${encodeURIComponent(make((at += 5)))}`);
    const first = await imported(host, [...values(3), ...repeated(2, '/people/search')]);
    if (kind !== 'handle') {
      assert.equal(first.unsure.length, 3, kind);
      assert.ok(first.unsure.every(({ otherwise }) => otherwise === '/people/{peopleId}'));
      const { ghosts } = await findGhosts(store);
      const doubted = ghosts.filter(({ evidence }) => evidence.some((one) => one.startsWith('not sure yet')));
      assert.equal(doubted.filter(({ evidence }) => evidence.some((one) => one.includes(host))).length, 3);
    }
    let last = first;
    for (let n = 0; n < 12; n++) last = await imported(host, [...values(3), ...repeated(2, '/people/search')]);
    const found = await templates(host);
    assert.ok(found.includes('/people/search 26'), kind);
    const folded = Number(/ (\d+)$/.exec(found.find((one) => one.includes('{peopleId}')) ?? '')?.[1] ?? 0);
    assert.ok(folded >= 24, `${kind}: ${folded} of 39`);
    // The newest may still be too few; none of them is taken for a name without saying so.
    assert.equal(last.unsure.length, 39 - folded, kind);
    assert.equal(found.length, 41 - folded, kind);
    const { hits } = await store.db
      .selectFrom('sightings')
      .select(({ fn }) => fn.sum<number>('hits').as('hits'))
      .where('host', '=', host)
      .executeTakeFirstOrThrow();
    assert.equal(Number(hits), 65, kind);
  }
});

test('what somebody corrected stays through later imports, under the name that was written', async () => {
  await imported('', ['/people/ada', '/people/bob', '/people/ada/cats']);
  await correctTemplate(store, '', '/people/{nick}');
  for (let n = 0; n < 12; n++) await imported('', [...repeated(20, '/people/search'), `/people/${word(n * 5)}`]);
  assert.deepEqual(
    (await templates('')).filter((one) => !one.includes('cats')),
    ['/people/{nick} 254'],
  );
  await correctTemplate(store, '', '/people/search');
  await imported('', repeated(20, '/people/search'));
  assert.ok((await templates('')).includes('/people/search 20'));
});

test('one host does not decide for another', async () => {
  for (let n = 0; n < 12; n++)
    for (const host of ['', 'a.example.com'])
      await imported(host, [...repeated(2, '/people/search'), `/people/${word(n * 5)}`]);
  await imported('b.example.com', ['/people/ada', '/people/bob', '/people/cid']);
  assert.deepEqual(await templates('a.example.com'), ['/people/search 24', '/people/{peopleId} 12']);
  assert.deepEqual(await templates(''), ['/people/search 24', '/people/{peopleId} 12']);
  assert.deepEqual(await templates('b.example.com'), ['/people/ada 1', '/people/bob 1', '/people/cid 1']);
});
