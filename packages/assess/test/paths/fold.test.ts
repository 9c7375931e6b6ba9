import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { PathTree } from '@castellan/assess/paths';
import { fold, traffics } from './fold.ts';
import { formed, randomOf, spoken } from './values.ts';

const root = join(import.meta.dirname, '../../../..');
const documents: readonly (readonly [file: string, isHeldOut: boolean])[] = [
  [join(root, '../shared/contracts/box.json'), false],
  [join(root, '../shared/contracts/asana.yaml'), false],
  [join(root, 'node_modules/@netlify/open-api/dist/swagger.json'), true],
  [join(root, 'node_modules/@figma/rest-api-spec/openapi/openapi.yaml'), true],
];

/** Each third kind of traffic, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const [place, [file, isHeldOut]] of documents.entries())
  test(
    `traffic of many kinds is folded back: ${file.split('/').slice(-2).join('/')}`,
    { skip: !existsSync(file) && 'not here' },
    async () => {
      const contract = await loadContract(file);
      for (const traffic of traffics.filter((_, index) => (index + place) % step === 0)) {
        const { right, merged, wrong } = fold(contract, traffic, 11);
        assert.deepEqual(merged, [], traffic.name);
        // Two calls say little of words; what rules were not made for has a margin.
        const least =
          traffic.name === 'all, 2 calls' ? 0.75 : traffic.name.startsWith('formed') && !isHeldOut ? 0.98 : 0.9;
        assert.ok(right >= least, `${traffic.name}: ${right}; ${wrong.slice(0, 4).join('; ')}`);
      }
    },
  );

test('each kind of value becomes one parameter, and names beside it stay names', () => {
  const random = randomOf(3);
  for (const [kind, make] of [...Object.entries(formed), ...Object.entries(spoken)]) {
    const tree = new PathTree<number>((a, b) => a + b);
    for (let n = 0; n < 300; n++) {
      const value = encodeURIComponent(make(random, n));
      tree.add('GET', `/things/${value}`, 1);
      tree.add('GET', `/things/${value}/parts`, 1);
      tree.add('DELETE', `/things/${value}/parts/${n}`, 1);
      for (const name of ['me', 'search', 'by-owner', 'recentlyUsed', 'export.csv'])
        tree.add('GET', `/things/${name}`, 1);
    }
    assert.deepEqual(
      tree.templates().map(({ method, template, hits }) => `${method} ${template} ${hits}`),
      [
        'GET /things/by-owner 300',
        'GET /things/export.csv 300',
        'GET /things/me 300',
        'GET /things/recentlyUsed 300',
        'GET /things/search 300',
        'GET /things/{thingId} 300',
        'GET /things/{thingId}/parts 300',
        'DELETE /things/{thingId}/parts/{partId} 300',
      ],
      kind,
    );
  }
});

test('formats and custom methods after a value are part of the template', () => {
  const tree = new PathTree<number>((a, b) => a + b);
  for (let n = 0; n < 40; n++) {
    tree.add('GET', `/calls/${n}.json`, 1);
    tree.add('GET', `/calls/${n}`, 1);
    tree.add('POST', `/calls/${n}:cancel`, 1);
    tree.add('GET', '/calls/show.json', 1);
    tree.add('GET', `/files/report-${n}.${['pdf', 'json', 'txt'][n % 3]}`, 1);
    tree.add('GET', `/v${1 + (n % 3)}/users/${n}`, 1);
    tree.add('GET', `/${1 + (n % 3)}.0.0/teams/${n}`, 1);
  }
  assert.deepEqual(
    tree.templates().map(({ template }) => template),
    [
      '/1.0.0/teams/{teamId}',
      '/2.0.0/teams/{teamId}',
      '/3.0.0/teams/{teamId}',
      '/calls/show.json',
      '/calls/{callId}',
      '/calls/{callId}.json',
      '/calls/{callId}:cancel',
      '/files/{fileId}',
      '/v1/users/{userId}',
      '/v2/users/{userId}',
      '/v3/users/{userId}',
    ],
  );
});

test('operations of one collection that are many, alike and named as functions stay apart', () => {
  const tree = new PathTree<number>((a, b) => a + b);
  const random = randomOf(5);
  const names: string[] = [];
  for (const noun of 'chat users files pins teams views emoji calls apps bots dialog search'.split(' '))
    for (const verb of 'list info create update delete archive join leave open close'.split(' '))
      names.push(`${noun}.${verb}`);
  for (const name of names)
    for (let n = 0; n < Math.ceil(400 / (1 + random() * 100)); n++) tree.add('POST', `/api/${name}`, 1);
  assert.equal(tree.templates().length, names.length);
});

test('a place with more values than are kept is folded while requests come, and its names stay', () => {
  const tree = new PathTree<number>((a, b) => a + b);
  const random = randomOf(9);
  for (let n = 0; n < 60_000; n++) {
    const word = spoken['word']?.(random, Math.floor(random() * 400)) ?? '';
    const below = spoken['slug']?.(random, Math.floor(random() * 400)) ?? '';
    tree.add('GET', `/repos/${word}/${below}/${n % 2 === 0 ? 'issues' : 'pulls'}`, 1);
    if (n % 10 === 0) tree.add('GET', `/repos/${word}/${below}/secrets/public-key`, 1);
    tree.add('GET', `/repos/${word}/${below}/secrets/${spoken['handle']?.(random, n % 400)}`, 1);
  }
  assert.deepEqual(
    tree.templates().map(({ template, hits }) => `${template} ${hits}`),
    [
      '/repos/{repoId}/{repoId2}/issues 30000',
      '/repos/{repoId}/{repoId2}/pulls 30000',
      '/repos/{repoId}/{repoId2}/secrets/public-key 6000',
      '/repos/{repoId}/{repoId2}/secrets/{secretId} 60000',
    ],
  );
});
