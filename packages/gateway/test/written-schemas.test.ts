// The JSON Schema for editors takes what the reader of a gateway's options takes, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CastellanError, keysOf } from '@castellan/contract';
import fc from 'fast-check';
import { optionWords } from '@castellan/guard/configuration';
import { gatewayOptionsReader } from '../src/configuration/read-options.ts';
import { gatewayOptionsSchema } from '../src/configuration/schemas.ts';

const folder = join(import.meta.dirname, '../../../schemas');
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(gatewayOptionsReader.schema);
const base = { contract: 'openapi.yaml', upstream: 'http://127.0.0.1:3000' };

/** Why options are refused; undefined where they are taken. */
function refusal(options: unknown): CastellanError | undefined {
  try {
    gatewayOptionsReader(options, 'options');
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    return error;
  }
}

test('schemas/gateway-options.json is what the reader says', () => {
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'gateway-options.json'), 'utf8')), gatewayOptionsSchema());
});

const address = fc.oneof(
  fc.constantFrom(
    'http://a',
    'https://a.example:8443/v1',
    'HTTP://A',
    'http://[::1]:80',
    'localhost:3000',
    'ftp://a',
    'http://',
    'http://a?b',
    'http://a b',
    'http://u:p@a',
    '//a',
  ),
  fc.constantFrom('127.0.0.1:9901', '9901', '[::1]:9901', 'localhost:0', ':9901', 'a:65536', 'a:65535', '[::1]', 'a:b'),
);
const scalar = fc.oneof(
  address,
  fc.constantFrom('', 'a', '1.5', '30s', '1 hour', '10m', 'TLSv1.2', 'TLSv1.3', 'TLSv1.1', 'true', '-1', '5000', '00'),
  fc.constantFrom(
    0,
    1,
    1.5,
    -1,
    1000,
    1001,
    65_535,
    65_536,
    1_000_000,
    1_000_001,
    2 ** 31 - 1,
    2 ** 31,
    true,
    false,
    null,
  ),
);
const inner = fc.dictionary(
  fc.constantFrom(
    'url',
    'weight',
    'ca',
    'cert',
    'key',
    'clientCa',
    'head',
    'queue',
    'streams',
    'file',
    'lifetime',
    'x',
  ),
  scalar,
  { maxKeys: 3 },
);
const value = fc.oneof(scalar, inner, fc.array(fc.oneof(scalar, inner), { maxLength: 3 }));
const own = Object.keys(gatewayOptionsReader.schema['properties'] as object).filter((name) => !(name in optionWords));

test('each option with each kind of value: the reader and its schema agree', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...own), value, (name, given) => {
      const options = { ...base, [name]: given };
      const refused = refusal(options);
      if (refused === undefined) taken += 1;
      assert.equal(
        validate(options),
        refused === undefined,
        `${JSON.stringify(options)} ${refused?.message ?? 'is taken'}`,
      );
    }),
    { numRuns: 8000, seed: 5 },
  );
  assert.ok(taken > 400, String(taken));
});

test('what is wrong names its option, the kind and the mend in one line', () => {
  const wrongs = keysOf(gatewayOptionsReader.schema)
    .filter((key) => optionWords[key] === undefined && !key.startsWith('upstream'))
    .map((key) => key.split('.'));
  assert.ok(wrongs.length > 20);
  for (const [name = '', member] of wrongs)
    for (const wrong of [[{}], { unknown: 1 }, null, -1]) {
      const around = name === 'tls' ? { cert: 'a', key: 'b' } : {};
      const given = member === undefined ? wrong : { ...around, [member]: wrong };
      const refused = refusal({ ...base, [name]: given });
      assert.ok(refused !== undefined, `${name}.${member}`);
      assert.match(
        refused.message,
        new RegExp(`^options\\.${name}${member === undefined ? '' : `\\.${member}`}\\b.*; `),
      );
      assert.equal(refused.message.includes('\n'), false);
    }
  assert.match(refusal({ ...base, timeout: {} })?.message ?? '', /did you mean timeouts\?/);
  assert.match(refusal({ ...base, timeouts: { heads: 1 } })?.message ?? '', /options\.timeouts .*did you mean head\?/);
});
