import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract, type Contract, type Operation } from '@castellan/contract';
import { fold as foldOf, traffics } from '../../test/paths/fold.ts';
import { randomOf } from '../../test/paths/values.ts';
import { formOfSegment } from './segment-form.ts';
import { PathTree } from './tree.ts';

/** Every traffic of every document takes minutes: `npm run bench -- templates`, or CASTELLAN_WHOLE=1. */
const whole = process.env['CASTELLAN_WHOLE'] === '1';
const root = join(import.meta.dirname, '../../../..');
const shared = join(root, '../shared/contracts');
const adyen =
  'BalancePlatform-v2 Checkout-v71 Dispute-v30 LegalEntity-v3 Payout-v68 Recurring-v68 StoredValue-v46 Transfer-v4';
const documents = [
  join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json'),
  join(shared, 'asana.yaml'),
  join(shared, 'box.json'),
  ...adyen.split(' ').map((name) => join(shared, `adyen/${name.replace('-', 'Service-')}.json`)),
];

const adjectives =
  'amber brave calm dusty eager fancy gentle happy icy jolly kind lucky misty noble odd proud quiet rapid shiny tidy'.split(
    ' ',
  );
const nouns =
  'apple bear cloud delta ember falcon garden harbor island jungle kite lemon meadow needle ocean pepper quartz river stone tiger'.split(
    ' ',
  );
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789abcdefghijkmnpqrstuvwxyz';

function text(random: () => number, length: number, of: string): string {
  return Array.from({ length }, () => of.charAt(Math.floor(random() * of.length))).join('');
}

function rawOf(operation: Operation, name: string): Readonly<Record<string, unknown>> {
  const raw = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema?.raw;
  return typeof raw === 'object' ? raw : {};
}

const enumOf = (operation: Operation, name: string): readonly string[] | undefined => {
  const raw = rawOf(operation, name);
  return Array.isArray(raw['enum']) ? raw['enum'].map(String) : undefined;
};

function valueOf(operation: Operation, name: string, random: () => number, pool: number): string {
  const raw = rawOf(operation, name);
  const listed = enumOf(operation, name);
  if (listed !== undefined) return listed[Math.floor(random() * listed.length)] ?? '';
  if ([raw['type']].flat().includes('integer')) return String(1 + Math.floor(random() * 1e6));
  if (raw['format'] === 'uuid') return [8, 4, 4, 4, 12].map((n) => text(random, n, '0123456789abcdef')).join('-');
  if (/sha$|ref|digest/.test(name)) return text(random, 40, '0123456789abcdef');
  if (name.endsWith('gid')) return String(1e15 + Math.floor(random() * 1e9));
  if (/[iI]d$/.test(name)) return text(random, 18, alphabet);
  const n = Math.floor(random() * pool);
  const [adjective, noun] = [adjectives[n % 20] ?? '', nouns[Math.floor(n / 20) % 20] ?? ''];
  return n % 3 === 0 ? adjective + noun : `${adjective}-${noun}`;
}

interface Result {
  readonly right: number;
  readonly exact: number;
  readonly merged: readonly string[];
  readonly wrong: readonly string[];
}

/** @param calls of an operation */
function fold(contract: Contract, calls: (random: () => number) => number, pool: number, seed: number): Result {
  const random = randomOf(seed);
  const tree = new PathTree<Set<string>>((a, b) => new Set([...a, ...b]));
  for (const operation of contract.operations) {
    const count = calls(random);
    for (let n = 0; n < count; n++) {
      const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
        encodeURIComponent(valueOf(operation, name, random, pool)),
      );
      tree.add(operation.method, path, new Set([operation.operationId]));
    }
  }
  const templates = tree.templates();
  const byId = new Map(contract.operations.map((one) => [one.operationId, one]));
  const shape = (path: string): string => path.replaceAll(/[^/]*\{[^/]*/g, '{}');
  const wrong: string[] = [];
  let exact = 0;
  for (const operation of contract.operations) {
    const mine = templates.filter(({ data }) => data.has(operation.operationId));
    if (mine.length === 1 && shape(mine[0]?.template ?? '') === shape(operation.path)) exact += 1;
    // A value of an enumerated parameter may stand as the name that it is.
    else if (mine.length === 0 || !mine.every(({ template }) => covers(operation, template)))
      wrong.push(
        `${operation.method} ${operation.path} became ${mine
          .map(({ template }) => template)
          .slice(0, 3)
          .join(' ')}`,
      );
  }
  const merged = templates
    .filter(({ data }) => new Set([...data].map((id) => shape(byId.get(id)?.path ?? ''))).size > 1)
    .map(({ method, template }) => `${method} ${template}`);
  const all = contract.operations.length;
  return { right: (all - wrong.length) / all, exact: exact / all, merged, wrong };
}

function covers(operation: Operation, template: string): boolean {
  const documented = operation.path.split('/');
  const found = template.split('/');
  return (
    found.length === documented.length &&
    documented.every((segment, index) => {
      const got = found[index] ?? '';
      if (!segment.includes('{')) return got === segment;
      const names = [...segment.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
      const listed = names.flatMap((name) => enumOf(operation, name) ?? []);
      return got.startsWith('{') || listed.some((value) => got.includes(value));
    })
  );
}

for (const file of documents)
  test(
    `traffic of ${file.split('/').at(-1)} is folded back, without seeing the document`,
    { skip: !existsSync(file) && 'not here' },
    async () => {
      const contract = await loadContract(file);
      const isLarge = contract.operations.length > 1_000 && !whole;
      for (const [calls, pool, seed] of isLarge
        ? ([[20, 100, 2]] as const)
        : ([
            [30, 400, 1],
            [20, 100, 2],
            [100, 40, 3],
          ] as const)) {
        const { right, exact, merged, wrong } = fold(contract, () => calls, pool, seed);
        assert.deepEqual(merged, [], `merged at ${calls} calls`);
        assert.ok(right >= 0.98, `${right} at ${calls} calls: ${wrong.slice(0, 5).join('; ')}`);
        assert.ok(exact >= 0.95, `${exact} at ${calls} calls`);
      }
      // A log with next to nothing in it says nothing about words: nothing is merged.
      for (const [few, seed] of isLarge
        ? ([[2, 5]] as const)
        : ([
            [2, 5],
            [5, 6],
          ] as const))
        assert.deepEqual(fold(contract, () => few, 400, seed).merged, []);
      // An operation that is called as seldom as one value of the parameter beside it cannot be told from it.
      if (isLarge) return;
      const skewed = fold(contract, (random) => Math.ceil(2 ** (random() * 9)), 400, 4);
      if (contract.operations.length < 1_000)
        assert.ok(skewed.merged.length <= contract.operations.length / 50 + 1, skewed.merged.join('\n'));
    },
  );

const sampled = new Set(['box.json']);
/** Of an operation with two calls nobody can tell; it must be said. */
const undecidable = (name: string): boolean => name.startsWith('all, 2 calls');

for (const file of documents)
  test(
    `every kind of traffic of ${file.split('/').at(-1)}: right or not sure yet, never merged`,
    { skip: (!existsSync(file) && 'not here') || (!whole && !sampled.has(file.split('/').at(-1) ?? '') && 'whole') },
    async () => {
      const contract = await loadContract(file);
      for (const traffic of traffics) {
        if (!whole && !/100 calls, Zipf|others, 30|other words|tenants|2 calls/.test(traffic.name)) continue;
        const { right, unsure, merged, wrong } = foldOf(contract, traffic, 7);
        assert.deepEqual(merged, [], `merged of '${traffic.name}'`);
        const sure = undecidable(traffic.name) ? right + unsure : right;
        assert.ok(sure >= 0.97, `${sure} of '${traffic.name}': ${wrong.slice(0, 5).join('; ')}`);
      }
    },
  );

test('forms: each kind of value, and names that look like one', () => {
  for (const [segment, form] of [
    ['42', 'number'],
    ['-7', 'number'],
    ['3.14', 'number'],
    ['7c9e6679-7425-40de-944b-e07fc1f90ae7', 'uuid'],
    ['9e107d9d372bb6826bd81d3542a419d6', 'hash'],
    ['a3f09c1', 'hash'],
    ['2026-11-29', 'date'],
    ['2026-11', 'date'],
    ['2026-11-29T10:00:00Z', 'date-time'],
    ['ada@example.com', 'email'],
    ['de-AT', 'locale'],
    ['pt_BR', 'locale'],
    ['zh-Hans', 'locale'],
    ['de-at', 'locale'],
    ['zh-Hant-TW', 'locale'],
    ['10.0.0.1', 'address'],
    ['2026-Q4', 'date'],
    ['2026-W07', 'date'],
    ['EUR-USD', 'code'],
    ['eu-1.shop.example.com', 'host'],
    ['example.com', 'host'],
    ['v1.2.3-rc.1', 'version'],
    ['cus_NffrFeUfNV2Hib', 'identifier'],
    ['BA3227C223222B5CWBLNCB2VW', 'identifier'],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'identifier'],
    ['order-1042', 'identifier'],
    ['AgXs3qcKXbABUNkHUi', 'identifier'],
  ] as const)
    assert.equal(formOfSegment(segment), form, segment);
  for (const name of 'me users v1 v2.1 v1beta1 oauth2 s3 ipv4 2fa web3 sign-in upload_sessions getUserByIdAndName base64Encode sha256Sum deadbeef facade added users-28-day zip_downloads admin.users.info chat.postMessage top-up no-go is-on TOP-TEN users.io .well-known openapi.json payment-instruments Team createOrUpdateSubscription'.split(
    ' ',
  ))
    assert.equal(formOfSegment(name), 'word', name);
});

test('names beside values stay names, whatever is called more', () => {
  const tree = new PathTree<number>((a, b) => a + b);
  for (let id = 0; id < 200; id++) {
    tree.add('GET', `/users/${id}`, 1);
    tree.add('GET', `/users/${adjectives[id % 20]}-${nouns[id % 19]}/orders`, 1);
    tree.add('GET', '/users/me', 1);
    tree.add('GET', '/users/search', 1);
    tree.add('GET', `/${['de', 'fr', 'it', 'en-US'][id % 4]}/help`, 1);
    tree.add('GET', `/2/items/2026-11-${String(1 + (id % 28)).padStart(2, '0')}`, 1);
    tree.add('GET', `/2/lists`, 1);
    tree.add('GET', `/files/a%2Fb-${id}`, 1);
  }
  assert.deepEqual(
    tree.templates().map(({ template, hits }) => [template, hits]),
    [
      ['/2/items/{itemId}', 200],
      ['/2/lists', 200],
      ['/files/{fileId}', 200],
      ['/users/me', 200],
      ['/users/search', 200],
      ['/users/{userId}', 200],
      ['/users/{userId}/orders', 200],
      ['/{id}/help', 200],
    ],
  );
});

test('counts are exact and memory has an end, whatever comes', () => {
  const random = randomOf(7);
  const tree = new PathTree<number>((a, b) => a + b);
  for (let n = 0; n < 60_000; n++)
    tree.add(
      'GET',
      `/${text(random, 1 + Math.floor(random() * 12), 'abcdefghij')}/${text(random, 8, 'klmnopqrst')}`,
      1,
    );
  for (const path of [
    '',
    '/',
    '//',
    '/%',
    '/%ff/%2e%2e',
    `/${'a/'.repeat(500)}`,
    `/${'x'.repeat(100_000)}`,
    '/__proto__/constructor',
    '/{a}/{b}',
  ])
    tree.add('__proto__', path, 1);
  const templates = tree.templates();
  assert.equal(
    templates.reduce((sum, { hits }) => sum + hits, 0),
    60_009,
  );
  assert.equal(
    templates.reduce((sum, { data }) => sum + data, 0),
    60_009,
  );
  assert.ok(templates.length < 15_000, String(templates.length));
});
