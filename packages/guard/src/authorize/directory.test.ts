import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { entityKey, openDirectory, type EntitiesOption } from './directory.ts';

const folder = await mkdtemp(join(tmpdir(), 'castellan-directory-'));
after(() => rm(folder, { recursive: true }));
const ada = { type: 'User', id: 'ada' };
const staff = { type: 'Group', id: 'staff' };

const good: readonly (readonly [name: string, entity: object, read: object])[] = [
  ['a name alone', { uid: ada }, { uid: ada }],
  ['with an escape', { uid: { __entity: ada } }, { uid: ada }],
  ['with attributes', { uid: ada, attrs: { a: 1 } }, { uid: ada, attrs: { a: 1 } }],
  ['with no attributes', { uid: ada, attrs: {} }, { uid: ada, attrs: {} }],
  ['with parents', { uid: ada, parents: [staff, { __entity: staff }] }, { uid: ada, parents: [staff, staff] }],
  ['with no parents', { uid: ada, parents: [] }, { uid: ada, parents: [] }],
  ['with more than is known of', { uid: ada, tags: {} }, { uid: ada }],
];
const bad: readonly (readonly [name: string, entity: unknown])[] = [
  ['nothing', null],
  ['a text', 'User::"ada"'],
  ['no name', {}],
  ['a name that is a text', { uid: 'ada' }],
  ['a name without a type', { uid: { id: 'ada' } }],
  ['a name without an id', { uid: { type: 'User' } }],
  ['an id that is a number', { uid: { type: 'User', id: 7 } }],
  ['attributes that are a list', { uid: ada, attrs: [] }],
  ['attributes that are a text', { uid: ada, attrs: 'x' }],
  ['attributes that are null', { uid: ada, attrs: null }],
  ['attributes with a broken escape', { uid: ada, attrs: { a: { __entity: 'x' } } }],
  ['parents that are no list', { uid: ada, parents: staff }],
  ['parents that are null', { uid: ada, parents: null }],
  ['a parent that is a text', { uid: ada, parents: ['staff'] }],
  ['a parent that is null', { uid: ada, parents: [null] }],
];

/** The three ways in which entities are given. */
async function given(entities: unknown): Promise<readonly (readonly [EntitiesOption, where: string, file?: string])[]> {
  const file = join(folder, 'entities.json');
  await writeFile(file, JSON.stringify(entities));
  return [
    [entities as EntitiesOption, 'the entities option'],
    [() => entities as never, 'the entities function'],
    [() => Promise.resolve(entities as never), 'the entities function'],
    [file, file, file],
  ];
}

async function read(option: EntitiesOption): Promise<readonly object[]> {
  const directory = await openDirectory(option);
  return directory?.ask === undefined ? [...(directory?.known?.values() ?? [])] : directory.ask([ada]);
}

for (const [name, entity, expected] of good)
  test(`an entity ${name}`, async () => {
    for (const [option] of await given([entity])) assert.deepEqual(await read(option), [expected]);
  });

for (const [name, entity] of bad)
  test(`no entity: ${name}`, async () => {
    for (const [option, where, file] of await given([{ uid: ada }, entity]))
      await assert.rejects(read(option), (error: Error & { code: string; place?: { file: string } }) => {
        assert.deepEqual([error.code, error.place?.file], ['bad-entities', file]);
        return error.message.includes(`entity 1 of ${where} is malformed`);
      });
  });

test('what is no list', async () => {
  for (const none of [{}, null, 7])
    for (const [option, where] of await given(none)) {
      // An option that is a text or a function is one of the other ways.
      await assert.rejects(
        read(option),
        (error: Error & { code: string }) =>
          error.code === 'bad-entities' && error.message.includes(`${where} gives no list`),
      );
    }
});

test('files that cannot be read', async () => {
  const file = join(folder, 'broken.json');
  await writeFile(file, '[');
  await assert.rejects(openDirectory(file), { code: 'entities-file', message: /not JSON/ });
  await assert.rejects(openDirectory(join(folder, 'none.json')), { code: 'entities-file', message: /ENOENT/ });
});

test('what is listed is found by its name, and a function knows no list', async () => {
  assert.equal(await openDirectory(undefined), undefined);
  const directory = await openDirectory([{ uid: ada }, { uid: staff, parents: [] }]);
  assert.deepEqual([...(directory?.known?.keys() ?? [])], [entityKey('User', 'ada'), 'Group staff']);
  assert.equal(directory?.ask, undefined);
  const asked: unknown[] = [];
  const open = await openDirectory((uids) => {
    asked.push(uids);
    return [];
  });
  assert.equal(open?.known, undefined);
  assert.deepEqual([await open?.ask?.([ada]), asked], [[], [[ada]]]);
});
