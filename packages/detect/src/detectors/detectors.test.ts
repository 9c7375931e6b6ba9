import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { createDetection, type Detection } from '../detection.ts';
import type { Sequence } from '../detector.ts';
import { ordinaryDays, sequenceDocument, sequenceFacts, sequenceHoney } from '../sequence-world.ts';
import { detectors } from './index.ts';

const contract = await loadContract(sequenceDocument);
const ordinary = ordinaryDays();

function played(sequence: Sequence): Detection {
  const detection = createDetection({ contracts: [contract], honey: sequenceHoney, seed: 7 });
  for (const facts of ordinary) detection.sink(facts);
  for (const facts of sequenceFacts(sequence)) detection.sink(facts);
  return detection;
}

test('ordinary days are no incident', () => {
  assert.deepEqual(played({ title: 'nothing', steps: [] }).incidents, []);
});

for (const { id, good, bad } of detectors)
  describe(id, () => {
    test('its file is called so', () => assert.ok(existsSync(join(import.meta.dirname, `${id}.ts`))));
    for (const sequence of good)
      test(`says nothing: ${sequence.title}`, () => {
        const { incidents, failures } = played(sequence);
        assert.deepEqual(failures, []);
        assert.deepEqual(
          incidents.map(({ title, detections }) => `${title}: ${detections[0]?.why}`),
          [],
        );
      });
    for (const sequence of bad)
      test(`sees: ${sequence.title}`, () => {
        const { incidents, failures } = played(sequence);
        assert.deepEqual(failures, []);
        assert.ok(
          incidents.some((incident) => incident.detectors.includes(id)),
          incidents.map(({ title }) => title).join('\n') || 'no incident',
        );
      });
  });

test('each detector has sequences of both kinds, and says what to do', () => {
  for (const { id, good, bad, sees, remediation } of detectors) {
    assert.ok(good.length > 0 && bad.length > 0, id);
    assert.match(sees, /\.$/, id);
    assert.match(remediation, /\.$/, id);
  }
  assert.equal(new Set(detectors.map(({ id }) => id)).size, detectors.length);
});

test('nothing that is compared with habits is said in the warm-up', () => {
  const detection = createDetection({ seed: 7, honey: sequenceHoney });
  const loud = detectors
    .filter(({ atOnce }) => atOnce !== true)
    .flatMap(({ bad }) => bad.filter(({ steps }) => steps.every(({ after = 0 }) => after === 0)));
  for (const sequence of loud) for (const facts of sequenceFacts(sequence)) detection.sink(facts);
  const early = new Set(detection.incidents.flatMap((incident) => incident.detectors));
  for (const { id, atOnce } of detectors) if (atOnce !== true) assert.ok(!early.has(id), id);
});
