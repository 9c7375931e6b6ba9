// A name that is misspelt is an error with what was meant, wherever it stands: it never counts as a policy that refuses.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { run } from '../../packages/cli/src/run.ts';

const root = join(import.meta.dirname, '../..');
const contract = join(root, 'examples/documents/openapi.yaml');
const folder = mkdtempSync(join(tmpdir(), 'castellan-names-'));
after(() => rmSync(folder, { recursive: true }));

async function castellan(...args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  let text = '';
  const status = await run(args, {
    out: (one) => void (text += one),
    err: (one) => void (text += one),
    interactive: false,
    cwd: root,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, text };
}

/** Each name with one letter gone, doubled, turned, or two that changed places. */
function misspelt(name: string): string[] {
  const at = Math.floor(name.length / 2);
  const [before, letter = '', next = '', behind] = [name.slice(0, at), name[at], name[at + 1], name.slice(at + 2)];
  return [
    before + next + behind,
    before + letter + letter + next + behind,
    before + next + letter + behind,
    `${before}${letter === 'x' ? 'y' : 'x'}${next}${behind}`,
  ].filter((one) => one !== name);
}

const about = ['--contract', contract];
let scenarios = 0;
function scenario(action: string, resource: string, principal = 'User'): string {
  const at = join(folder, String(scenarios++));
  mkdirSync(at);
  writeFileSync(
    join(at, 'a.yaml'),
    `principal: ${principal}::"carol"\naction: ${action}\nresource: ${resource}::"intro"\nscenarios:\n  - { name: refused, expect: deny }\n`,
  );
  return at;
}

const places: readonly (readonly [place: string, name: string, args: (name: string) => readonly string[]])[] = [
  [
    'who, action',
    'editSection',
    (name) => ['policy', 'who', ...about, '--resource', 'Section', '--id', 'a', '--action', name],
  ],
  [
    'who, type',
    'Section',
    (name) => ['policy', 'who', ...about, '--resource', name, '--id', 'a', '--action', 'editSection'],
  ],
  ['what, type', 'User', (name) => ['policy', 'what', ...about, '--principal', `${name}::carol`]],
  [
    'explain, action',
    'editSection',
    (name) => ['policy', 'explain', ...about, '--principal', 'carol', '--action', name, '--resource', 'Section::intro'],
  ],
  [
    'explain, type',
    'Section',
    (name) => [
      'policy',
      'explain',
      ...about,
      '--principal',
      'carol',
      '--action',
      'editSection',
      '--resource',
      `${name}::intro`,
    ],
  ],
  [
    'filter, action',
    'getSection',
    (name) => ['policy', 'filter', ...about, '--principal', 'carol', '--action', name, '--type', 'Section'],
  ],
  [
    'filter, type',
    'Section',
    (name) => ['policy', 'filter', ...about, '--principal', 'carol', '--action', 'getSection', '--type', name],
  ],
  ['scenario, action', 'editSection', (name) => ['policy', 'test', scenario(name, 'Section'), ...about]],
  ['scenario, resource', 'Section', (name) => ['policy', 'test', scenario('editSection', name), ...about]],
  ['scenario, principal', 'User', (name) => ['policy', 'test', scenario('editSection', 'Section', name), ...about]],
];

for (const [place, name, args] of places)
  test(`${place}: what is misspelt is an error that says what was meant`, async () => {
    for (const wrong of misspelt(name)) {
      const { status, text } = await castellan(...args(wrong));
      assert.notEqual(status, 0, `${wrong}: ${text}`);
      assert.match(text, new RegExp(`did you mean '?${name}'?\\?`), wrong);
    }
    // As it is spelt, it is asked about.
    assert.doesNotMatch((await castellan(...args(name))).text, /did you mean/);
  });

test('a prefix of who may read or write that is misspelt is no group', async () => {
  const document = (who: string, key: string): Record<string, unknown> => ({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: {},
    components: {
      schemas: { A: { type: 'object', properties: { a: { type: 'string', 'x-castellan': { [key]: [who] } } } } },
    },
  });
  for (const key of ['read', 'write'])
    for (const prefix of ['scope', 'action']) {
      for (const wrong of [...misspelt(prefix), `${prefix}s`, prefix.toUpperCase(), ` ${prefix}`])
        await assert.rejects(
          loadContract(document(`${wrong}:getA`, key)),
          new RegExp(`no group that anybody has.*did you mean ${prefix}:getA`),
          wrong,
        );
      await loadContract(document(`${prefix}:getA`, key));
    }
  // Groups of others have colons too.
  for (const group of ['team:red', 'urn:x:admins', 'cn=admins', 'a:b']) await loadContract(document(group, 'read'));
});
