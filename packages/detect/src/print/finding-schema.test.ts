// What incidents are told as is what the schema says, whatever they are about.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createDetection } from '../detection.ts';
import { detectors } from '../detectors/index.ts';
import { ordinaryDays, sequenceDocument, sequenceFacts, sequenceHoney } from '../sequence-world.ts';
import { loadContract } from '@castellan/contract';
import { ocsfFinding } from './ocsf.ts';

const isEvent = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../schemas/event.json'), 'utf8')) as object,
);

test('each change of an incident of each detector is an event of the schema; with one thing more, less or other it is none', async () => {
  const contracts = [await loadContract(sequenceDocument)];
  const days = ordinaryDays();
  let findings = 0;
  for (const { id, bad } of detectors) {
    const changes: string[] = [];
    const detection = createDetection({
      contracts,
      honey: sequenceHoney,
      seed: 1,
      onIncident(incident, change) {
        const finding = ocsfFinding(incident, change) as Record<string, unknown>;
        assert.ok(isEvent(finding), `${id}: ${JSON.stringify(isEvent.errors)}`);
        changes.push(change);
        findings += 1;
        const { time: _, ...less } = finding;
        for (const other of [
          { ...finding, more: 1 },
          less,
          { ...finding, class_uid: 6003 },
          { ...finding, severity_id: 1 },
        ])
          assert.ok(!isEvent(other));
      },
    });
    for (const facts of days) detection.sink(facts);
    const [sequence] = bad;
    for (const facts of sequence === undefined ? [] : sequenceFacts(sequence)) detection.sink(facts);
    for (const incident of detection.incidents) detection.dismiss(incident.id, 'seen');
  }
  assert.ok(findings >= detectors.length, String(findings));
});
