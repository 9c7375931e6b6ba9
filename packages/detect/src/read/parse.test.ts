import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import fc from 'fast-check';
import { ordinaryDays } from '../sequence-world.ts';
import { LineSplitter, readBatch } from './lines.ts';
import { factsOf } from './parse.ts';

const facts = ordinaryDays().slice(0, 200);

test('what a guard gives is read back as it was', () => {
  for (const one of facts) assert.deepEqual(factsOf(JSON.parse(JSON.stringify(one))), one);
});

test('whatever comes is facts or is told, and no line is lost', () => {
  const line = fc.oneof(
    fc.constantFrom(...facts.slice(0, 20).map((one) => JSON.stringify(one))),
    fc.json({ maxDepth: 2 }).map((text) => text.replaceAll('\n', ' ')),
    fc.string().map((text) => text.replaceAll('\n', ' ')),
    fc
      .dictionary(fc.constantFrom(...Object.keys(facts[0] as Facts)), fc.jsonValue())
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { facts: read, rejected } = readBatch(lines.join('\n'));
      assert.equal(read.length + rejected.length, lines.filter((one) => one.trim() !== '').length);
      for (const { why } of rejected) assert.match(why, /a line|JSON/);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('a reload of a guard is no exchange: neither facts nor a line that is wrong', () => {
  const reload = '{"class_uid":6002,"category_uid":6,"activity_id":8,"time":1}';
  assert.deepEqual(readBatch(`${reload}\n\n${reload}`), { facts: [], rejected: [] });
});

test('an audit event of a guard is facts, too', () => {
  const event = {
    class_uid: 6003,
    time: 1_700_000_000_000,
    duration: 3,
    metadata: { uid: 'one' },
    api: { operation: 'getNote', service: { name: 'Notes' } },
    actor: { user: { uid: 'ada' }, session: { uid: 'token', issuer: 'me' } },
    src_endpoint: { ip: '192.0.2.1' },
    http_request: { http_method: 'GET', url: { path: '/notes/{id}' } },
    http_response: { code: 403 },
    unmapped: {
      castellan: {
        template: '/notes/{id}',
        refused: {
          stage: 'authorize',
          type: 'forbidden',
          reason: 'policy-denied',
          object: { type: 'Note', id: 'hash' },
        },
      },
    },
  };
  const read = factsOf(event);
  assert.equal(read.principal?.subject, 'ada');
  assert.deepEqual(read.objects, [{ type: 'Note', id: 'hash', verdict: 'refused' }]);
  assert.equal(read.refused?.reason, 'policy-denied');
  assert.equal(read.status, 403);
});

test('lines come out whole, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string().map((text) => text.replaceAll('\n', ''))),
      fc.integer({ min: 1, max: 9 }),
      (lines, size) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const splitter = new LineSplitter();
        const found: string[] = [];
        for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)));
        found.push(...splitter.end());
        assert.deepEqual(found, lines);
      },
    ),
    { seed: 1 },
  );
  const splitter = new LineSplitter();
  assert.deepEqual([...splitter.push('x'.repeat(300_000)), ...splitter.push('x\nnext\n')], ['next']);
});
