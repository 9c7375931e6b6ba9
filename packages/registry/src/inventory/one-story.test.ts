// What one command says of an API, no other one contradicts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findGhosts } from '../ghosts/find.ts';
import { readPosture } from '../posture/posture.ts';
import { importTraffic } from '../sightings/import-traffic.ts';
import { openStore, type Store } from '../store/open.ts';
import { importDocuments } from './import-documents.ts';
import { listApis } from './list.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-one-story-'));
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => Date.UTC(2026, 10, 29, 12) });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function document(title: string, more: object): string {
  const file = join(folder, `${title}.json`);
  const paths = { [`/${title}`]: { get: { operationId: title, responses: { 200: { description: 'fine' } } } } };
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title, version: '1', ...more }, paths }));
  return file;
}

test('who owns an API is the same in the list and in its posture, whoever said it', async () => {
  const named = [
    ['contact', { contact: { name: 'fleet' } }, 'fleet'],
    ['nobody', {}, null],
    ['patched', {}, 'team-a'],
    ['taken', { contact: { name: 'fleet' } }, null],
  ] as const;
  for (const [title, more, owner] of named) {
    await importDocuments(store, [{ source: document(title, more) }]);
    await store.db.updateTable('apis').set({ owner }).where('id', '=', title).execute();
  }
  for (const { id, owner } of (await listApis(store)).items) {
    const [posture] = await readPosture(store, [id]);
    const cells =
      posture?.environments.flatMap(({ cells: all }) => all.filter(({ control }) => control === 'ownership')) ?? [];
    assert.ok(cells.length > 0, id);
    for (const { state, why } of cells) {
      assert.equal(state, owner === null ? 'missing' : 'declared', id);
      assert.match(why, owner === null ? /no owner/ : new RegExp(owner));
    }
  }
});

test('an environment of which only traffic is known is in the list, and is production by its name', async () => {
  for (const [environment, severity] of [
    ['production', 'high'],
    ['prod-eu', 'high'],
    ['staging', 'medium'],
    ['preprod', 'medium'],
  ] as const) {
    const file = join(folder, `${environment}.log`);
    const line = (path: string): string =>
      `203.0.113.7 - - [29/Nov/2026:10:00:00 +0000] "GET ${path} HTTP/1.1" 200 20 "-" "curl/8.1"`;
    writeFileSync(file, `${line('/contact')}\n${line(`/admin/${environment}`)}\n`);
    await importTraffic(store, file, { environment });
    const listed = (await listApis(store, { environment })).items;
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['contact'],
    );
    assert.ok(listed[0]?.environments.includes(environment));
    const { ghosts } = await findGhosts(store);
    const shadow = ghosts.find((one) => one.kind === 'shadow' && one.environment === environment);
    assert.equal(shadow?.severity, severity, environment);
    assert.ok(shadow.evidence.includes('no imported document has this path'));
  }
});
