// Whatever is wrong in a castellan.yaml, wherever it stands: one line with file, line, column and mend; and its JSON Schema says the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CastellanError, keysOf } from '@castellan/contract';
import { readCastellanYaml, readWhole } from './read.ts';
import { castellanYamlReader, castellanYamlSchema, gatewayOptionsOf } from '../configuration/index.ts';
import fc from 'fast-check';
import { stringify } from 'yaml';

const needed: Readonly<Record<string, object>> = {
  apis: { name: 'a', contract: 'openapi.yaml' },
  'apis.source': { git: 'apis.git' },
  'apis.source.files.*': { url: 'https://other.example', digest: `sha256:${'0'.repeat(64)}` },
  'apis.upstreams': { url: 'http://127.0.0.1:1' },
  'apis.cors': { origins: ['https://other.example'] },
  'apis.learn': { directory: 'learnt' },
  consumes: { name: 'pay' },
  listen: { port: 8080 },
  'listen.tls': { cert: 'c', key: 'k' },
  registry: { url: 'https://other.example', key: 'another key of sixteen' },
  'registry.connection': { certificate: 'c', key: 'k' },
  telemetry: { otlp: 'http://collector:4318' },
  'forward.syslog': { host: 'other.example' },
  'forward.webhook': { url: 'https://other.example', secret: 'another secret that is long enough for it' },
  store: { url: 'file:.castellan' },
  'serve.tls': { cert: 'c', key: 'k' },
  'serve.login': { issuer: 'https://login.example', audience: 'r', roles: { viewer: ['g'] } },
  'serve.login.roles': { viewer: ['g'] },
  'posture.policies': { name: 'p', asks: ['API1'] },
  'posture.exceptions': { policy: 'p', api: 'a', owner: 'o', reason: 'r', until: '2027-01-01' },
  'detect.notify.webhook': { url: 'https://other.example', secret: 'another secret that is long enough for it' },
  'detect.notify.syslog': { host: 'other.example' },
  'detect.notify.mail': { host: 'other.example', from: 'x@example.com', to: ['y@example.com'] },
  console: { port: 8181 },
};
const lists = new Set(['apis', 'apis.upstreams', 'consumes', 'posture.policies', 'posture.exceptions']);

/** A file with this value at this key, the key on a line of its own. */
function fileWith(key: string, value: unknown): Record<string, unknown> {
  const build = (names: readonly string[], path: string): Record<string, unknown> => {
    const [name = '', ...rest] = names;
    const at = path === '' ? name : `${path}.${name}`;
    if (rest.length === 0) return { [name]: value };
    // A source is of one kind.
    const around = at === 'apis.source' && /^(?:folder|files|registry)/.test(rest[0] ?? '') ? {} : needed[at];
    const inner = { ...around, ...build(rest, at) };
    return { [name]: lists.has(at) ? [inner] : inner };
  };
  return { apis: [needed['apis']], ...build(key.split('.'), '') };
}

function refusalOf(text: string, then: (read: ReturnType<typeof readCastellanYaml>) => void = () => undefined) {
  try {
    const read = readCastellanYaml('castellan.yaml', text);
    try {
      then(read);
    } catch (error) {
      throw read.placed(error);
    }
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    return error;
  }
}

const keys = keysOf(castellanYamlReader.schema);
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(castellanYamlSchema());

test('a value of no right kind at every key: the reader and the schema refuse it, at its line', () => {
  assert.ok(keys.length > 55, String(keys.length));
  for (const key of keys)
    for (const wrong of [[[]], { unknown: { deeper: 1 } }, null, -1.5]) {
      if (wrong === null && key === 'apis.context') continue;
      // A template is whatever the API answers.
      if (key === 'apis.problems.template' && typeof wrong === 'object' && !Array.isArray(wrong)) continue;
      const file = fileWith(key, wrong);
      const text = stringify(file);
      const error = refusalOf(text);
      assert.ok(error !== undefined, `${key}: ${JSON.stringify(wrong)}`);
      assert.equal(validate(file), false, `${key}: ${JSON.stringify(wrong)}`);
      const { line = 0, column = 0 } = error.place ?? {};
      const last = key.split('.').at(-1) ?? '';
      // An item of a list stands on the line below its key.
      const at = text
        .split('\n')
        .slice(Math.max(0, line - 2), line)
        .join(' ');
      const here = at.includes(last) || at.includes('unknown') || at.includes('deeper');
      assert.ok(here && column > 0, `${key}: ${error.message}\n${text}`);
      assert.doesNotMatch(error.message, /\n/);
      assert.match(error.message, /^castellan\.yaml:\d+:\d+: .+; .+/);
    }
});

test('a name that no object has, at every object, with a suggestion', () => {
  for (const key of keys) {
    const misspelt = `${key}s`;
    const error = refusalOf(stringify(fileWith(misspelt, 'x')));
    if (keys.some((known) => known === misspelt || known.startsWith(`${misspelt}.`))) continue;
    assert.equal(error?.code, 'unknown-key', `${misspelt}: ${error?.message}`);
    assert.match(error?.message ?? '', /^castellan\.yaml:\d+:\d+: .*; did you mean /);
  }
});

test('what the gateway does not enforce yet it refuses, at its line, with the mend', () => {
  const values = { 'console.port': 8181 };
  for (const [key, value] of Object.entries(values)) {
    const text = stringify(fileWith(key, value));
    const error = refusalOf(text, ({ yaml }) => gatewayOptionsOf('castellan.yaml', yaml));
    assert.equal(error?.code, 'not-enforced-yet', key);
    assert.match(error?.message ?? '', /^castellan\.yaml:\d+:\d+: \S+ is not enforced yet: .+; .+/);
    const line = text.split('\n')[(error?.place?.line ?? 0) - 1] ?? '';
    assert.ok(
      key.split('.').some((name) => line.includes(`${name}:`)),
      `${key}: ${line}`,
    );
  }
});

test('the place of a name with points in it, and of a member that is missing', () => {
  const text =
    'apis:\n  - name: a\n    contract: b\n    authentication:\n      my.scheme: { issuer: x }\n      my.scheme.v2:\n        issuers: x\n';
  assert.match(refusalOf(text)?.message ?? '', /^castellan\.yaml:7:9: .*my\.scheme\.v2 has no option 'issuers'/);
  assert.match(
    refusalOf('apis:\n  - name: a\n')?.message ?? '',
    /^castellan\.yaml:2:5: apis\[0\]\.contract is missing/,
  );
});

type Tree = { [name: string]: unknown };

/** Both files as one: objects member by member, lists item by item. */
function together(a: unknown, b: unknown): unknown {
  if (a === -1.5 || b === -1.5) return -1.5;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length > b.length ? together(b, a) : b.map((one, index) => together(a[index], one));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return b === undefined ? a : b;
  const both: Tree = { ...a };
  for (const [name, value] of Object.entries(b)) both[name] = name in both ? together(both[name], value) : value;
  return both;
}

test('however many keys are wrong at once, each is told at its line, and what is right is read all the same', () => {
  // Of those below a value that is wrong itself nothing can be said.
  const apart = (chosen: readonly string[]): readonly string[] =>
    chosen.filter(
      (key) => !chosen.some((other) => other !== key && (key.startsWith(`${other}.`) || siblings(key, other))),
    );
  fc.assert(
    fc.property(fc.shuffledSubarray([...keys], { minLength: 2, maxLength: 8 }), (drawn) => {
      const chosen = apart(drawn);
      const file = chosen.reduce<unknown>((all, key) => together(all, fileWith(key, -1.5)), { apis: [needed['apis']] });
      const text = stringify(file);
      const { errors, sound } = readWhole('castellan.yaml', text);
      const lines = text.split('\n');
      for (const key of chosen) {
        const name = key.split('.').at(-1) ?? '';
        assert.ok(
          errors.some(
            ({ place, what }) => what.includes(name) && (lines[(place?.line ?? 0) - 1] ?? '').includes('-1.5'),
          ),
          `${key} of ${chosen.join(' ')}: ${errors.map(({ message }) => message).join('\n')}\n${text}`,
        );
      }
      // The reader of one error tells the first of them.
      assert.equal(
        refusalOf(text)?.message,
        errors.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0))[0]?.message,
      );
      assert.ok(sound === undefined || sound.yaml.apis.length === sound.indexes.length);
    }),
    { numRuns: 150, seed: 3 },
  );
});

/** Keys of which only one can be told: a source has one kind. */
function siblings(key: string, other: string): boolean {
  return key.startsWith('apis.source') && other.startsWith('apis.source') && key > other;
}

test('each member that must be there, left out: told, with the object that it is missing in', () => {
  const found: string[] = [];
  for (const [at, members] of Object.entries(needed))
    for (const member of Object.keys(members)) {
      if (at === 'apis.source' || member === 'retention') continue;
      const rest = Object.fromEntries(Object.entries(members).filter(([name]) => name !== member));
      const around = at === 'apis' ? { apis: [rest] } : fileWith(at, lists.has(at) ? [rest] : rest);
      // What the schema lets be left out may be.
      if (validate(around)) continue;
      const error = refusalOf(stringify(around));
      assert.match(
        error?.message ?? '',
        new RegExp(`^castellan\\.yaml:\\d+:\\d+: .*${member} is missing; add ${member}`),
        at,
      );
      found.push(`${at}.${member}`);
    }
  assert.ok(found.length > 15, found.join(' '));
});
