// Who only stands beside an attack is no part of its incident: the same office, the same program, the same operation, the same moment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { createDetection } from '../detection.ts';
import { detectors } from '../detectors/index.ts';
import { ordinaryDays, sequenceFacts, sequenceHoney } from '../sequence-world.ts';

const ordinary = ordinaryDays();
/** What an honest user and an attack have in common. */
const shared: Readonly<Record<string, (honest: Facts, attack: Facts) => Facts>> = {
  'the address': (honest, { address }) => ({ ...honest, address }),
  'the program': (honest, { agent }) => ({ ...honest, agent }),
  'address and program': (honest, { address, agent }) => ({ ...honest, address, agent }),
  'the moment': (honest) => honest,
};
/** Users of every day that no sequence is about, doing what they do every day. */
const honest = ordinary.filter(({ principal }) => /^user3[3-8]$/.test(principal?.subject ?? ''));
const honestOnes = new Set(honest.map(({ id }) => id));
const oneDay = honest.slice(0, Math.floor(honest.length / 5));

for (const [name, share] of Object.entries(shared))
  for (const { id, bad } of detectors)
    for (const sequence of bad)
      test(`${id}, ${sequence.title}: honest users share ${name}`, () => {
        const attack = sequenceFacts(sequence);
        const [first] = attack;
        assert.ok(first !== undefined);
        const length = (attack.at(-1)?.time ?? first.time) - first.time;
        const beside = oneDay.map((facts, i) =>
          share({ ...facts, id: `${name}-${i}`, time: first.time + (length * i) / oneDay.length }, first),
        );
        const detection = createDetection({ seed: 11, honey: sequenceHoney });
        // They are there on other days, too.
        for (const facts of ordinary) detection.sink(honestOnes.has(facts.id) ? share(facts, first) : facts);
        for (const facts of [...attack, ...beside].sort((a, b) => a.time - b.time)) detection.sink(facts);
        const named = detection.incidents.flatMap(({ principals }) => principals.map((one) => one.name));
        const guilty = new Set(attack.map(({ principal }) => principal?.subject));
        assert.deepEqual(
          named.filter((one) => !guilty.has(one)),
          [],
        );
      });
