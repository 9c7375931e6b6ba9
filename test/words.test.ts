// Words bind: each key that somebody may write has who reads it, and setting it changes what a request gets or what start says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { enforcers, keysOf, vocabularySchema } from '@castellan/contract';
import { authenticationReaders } from '../packages/guard/src/authenticate/read-configuration.ts';
import { authenticationWords } from '../packages/guard/src/configuration/authentication-words.ts';
import { optionWords } from '../packages/guard/src/configuration/words.ts';
import { optionsReader } from '../packages/guard/src/read-options.ts';
import { castellanYamlReader } from '../packages/gateway/src/configuration/castellan-file/read.ts';
import { castellanWords } from '../packages/gateway/src/configuration/castellan-file/words.ts';
import { gatewayOptionsReader } from '../packages/gateway/src/configuration/read-options.ts';
import { gatewayWords } from '../packages/gateway/src/configuration/words.ts';
import { removeFolder, type Probe } from './words/api.ts';
import { probes as castellanProbes } from './words/x-castellan.ts';
import { probes as optionProbes } from './words/options.ts';
import { probes as authenticationProbes } from './words/authentication.ts';
import { probes as castellanYamlProbes } from './words/castellan-yaml.ts';
import { probes as gatewayProbes } from './words/gateway.ts';

after(removeFolder);
const root = join(import.meta.dirname, '..');

type Table = Readonly<Record<string, { readonly stage: string; readonly file: string }>>;
/**
 * Tables, documents and models are one word each: what each of their members does to a condition is what the tests of
 * `packages/policy` and `packages/guard/test/list-filter.test.ts` hold against real databases.
 */
function withoutColumns(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => /^filters\.(?:tables|mongodb|prisma)(?=\.)/.exec(key)?.[0] ?? key))];
}

const levels = vocabularySchema()['$defs'] as Readonly<Record<string, object>>;
const vocabularies: Readonly<
  Record<string, { keys: readonly string[]; table: Table; probes: Readonly<Record<string, Probe>> }>
> = {
  // First: its probes are of the time when they are loaded.
  authentication: {
    keys: Object.entries(authenticationReaders).flatMap(([kind, { schema }]) => keysOf(schema, kind)),
    table: authenticationWords,
    probes: authenticationProbes,
  },
  'x-castellan': {
    keys: Object.entries(levels).flatMap(([level, schema]) =>
      keysOf(schema as Readonly<Record<string, unknown>>, level),
    ),
    table: enforcers,
    probes: castellanProbes,
  },
  options: { keys: withoutColumns(keysOf(optionsReader.schema)), table: optionWords, probes: optionProbes },
  // The guard's own options are asked about above, and are the same here.
  gateway: {
    keys: withoutColumns(keysOf(gatewayOptionsReader.schema)).filter((key) => optionWords[key] === undefined),
    table: Object.fromEntries(Object.entries(gatewayWords).filter(([key]) => optionWords[key] === undefined)),
    probes: gatewayProbes,
  },
  'castellan.yaml': {
    keys: keysOf(castellanYamlReader.schema),
    table: castellanWords,
    probes: castellanYamlProbes,
  },
};

for (const [name, { keys, table, probes }] of Object.entries(vocabularies)) {
  describe(name, () => {
    test('every key has a row and every row a key', () => {
      assert.deepEqual(
        keys.filter((key) => table[key] === undefined),
        [],
      );
      assert.deepEqual(
        Object.keys(table).filter((key) => !keys.includes(key)),
        [],
      );
    });

    test('the file of a row names its key', () => {
      const silent = Object.entries(table).filter(([key, { file }]) => {
        const word =
          key
            .split('.')
            .findLast((part) => part !== '*')
            ?.replace(/\W/g, '') ?? '';
        return !new RegExp(`\\b${word}\\b`).test(readFileSync(join(root, 'packages', file), 'utf8'));
      });
      assert.deepEqual(silent, []);
    });

    test('every key that is enforced has a probe, and no other', () => {
      const enforced = keys.filter((key) => table[key]?.stage !== 'check');
      assert.deepEqual(
        enforced.filter((key) => probes[key] === undefined),
        [],
      );
      assert.deepEqual(
        Object.keys(probes).filter((key) => !enforced.includes(key)),
        [],
      );
    });

    for (const [key, probe] of Object.entries(probes))
      test(key, async () => {
        const [without, with_] = await probe();
        for (const said of [without, with_])
          assert.doesNotMatch(said, /unknown-(?:option|extension-key)|never-applies/);
        assert.notEqual(with_, without);
      });
  });
}
