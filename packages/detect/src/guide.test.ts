import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { detectors } from './detectors/index.ts';
import { withDetectors } from './guide.ts';

test('docs/detection.md says what the detectors say (node --conditions=@castellan/source packages/detect/src/write-guide.ts)', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/detection.md'), 'utf8');
  assert.equal(guide, withDetectors(guide, detectors));
  for (const { id } of detectors) assert.ok(guide.includes(`### ${id}`), id);
});
