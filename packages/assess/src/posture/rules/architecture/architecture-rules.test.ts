import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArchitecture, readArchitectureTexts } from '../../../architecture/index.ts';
import { checkArchitecture } from '../../engine.ts';
import { contractRules } from '../index.ts';
import { architectureRules } from './index.ts';

const root = join(import.meta.dirname, '../../../../../..');

for (const rule of architectureRules) {
  test(`${rule.id}: its bad examples are found, its good ones are not`, () => {
    const check = (files: Readonly<Record<string, string>>) =>
      checkArchitecture(readArchitectureTexts(files), { profile: 'standard', rules: [rule] });
    for (const example of rule.bad) {
      const findings = check(example);
      assert.ok(findings.length > 0, `not found: ${JSON.stringify(example)}`);
      for (const { place, message } of findings) {
        assert.ok(Object.hasOwn(example, place.file) && (place.line ?? 0) > 0, JSON.stringify(place));
        assert.doesNotMatch(message, /\.$|undefined|NaN|\[object/);
      }
    }
    for (const example of rule.good)
      assert.deepEqual(
        check(example).map(({ message }) => message),
        [],
        JSON.stringify(example),
      );
    assert.match(rule.why, /\.$|\)\.$/);
    assert.doesNotMatch(rule.mend, /\.$/);
  });
}

test('every rule stands in a file of its own name, once in the list, under an id that no other rule has', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => !/^(?:index|rule|.*\.test)\.ts$/.test(name))
    .map((name) => name.slice(0, -3));
  assert.deepEqual(architectureRules.map(({ id }) => id).toSorted(), files.toSorted());
  assert.deepEqual(
    architectureRules.filter(({ id }) => contractRules.some((rule) => rule.id === id)),
    [],
  );
});

test('the deployment of the shop: what is planted there is found, and no secret is shown', async () => {
  const findings = checkArchitecture(await readArchitecture(['examples/shop', 'examples/shop-cluster'], root), {
    profile: 'standard',
    rules: architectureRules,
  });
  const found = new Set(findings.map(({ rule }) => rule));
  for (const rule of [
    'plain-text-exposed',
    'tls-version-weak',
    'management-port-public',
    'store-port-public',
    'credential-well-known',
    'secret-in-deployment',
    'debug-setting',
    'service-around-gateway',
    'audit-sink-missing',
    'access-log-off',
    'container-privileges',
    'store-traffic-plain',
    'authentication-switched-off',
    'firewall-open',
    'storage-in-the-open',
    'third-party-without-contract',
  ])
    assert.ok(found.has(rule), rule);
  assert.equal(JSON.stringify(findings).includes('changeme'), false);
});
