// Each reason that an event may give stands in docs/troubleshooting.md, and each that stands there is given by something.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const sources = globSync('packages/{guard,gateway}/src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !/\/(?:learn|state)\//.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'));
const canonical = readFileSync(join(root, 'packages/contract/src/route/canonical.ts'), 'utf8');

const given = new Set([
  ...sources.flatMap((text) =>
    [
      ...text.matchAll(/\breason: '([a-z][a-z-]+)'/g),
      ...text.matchAll(/\breason: [^,'\n]*\? '([a-z][a-z-]+)'/g),
      ...text.matchAll(/\breason: [^,\n]*: '([a-z][a-z-]+)'/g),
      ...text.matchAll(/\breason: [^,\n]*\?\? '([a-z][a-z-]+)'/g),
      ...text.matchAll(
        /\b(?:refused|refusedProof|malformed|withheld|withhold|refusalOf|wrong)\((?:core, )?'([a-z][a-z-]+)'/g,
      ),
    ].map(([, reason = '']) => reason),
  ),
  ...[...canonical.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, reason = '']) => reason),
]);
/** Words that stand where reasons do and are none: what became of an answer, and keywords of the schema. */
const others = new Set(['error-replaced', 'denied-object', 'unreadable-property', 'response-changed', 'invalid']);

const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const explained = new Set([...page.matchAll(/^\| `([a-z*-]+)` \|/gm)].map(([, reason = '']) => reason));

test('every reason is explained', () => {
  assert.deepEqual([...given].filter((reason) => !explained.has(reason) && !others.has(reason)).sort(), []);
});

test('every reason that is explained is given', () => {
  const all = sources.join('\n');
  assert.deepEqual(
    [...explained].filter((reason) => !reason.includes('*') && !given.has(reason) && !all.includes(`'${reason}'`)),
    [],
  );
});
