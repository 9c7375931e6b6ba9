import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJson } from '../findings/formats/json.ts';
import { contractRules } from './rules/index.ts';
import { checkContract } from './engine.ts';
import { loadExample } from './example.ts';
import { contractRule } from './rule.ts';

const facts = {
  id: 'own-rule',
  title: 'Loud title',
  owasp: ['API9:2023'],
  asvs: [],
  severity: 'high',
  confidence: 'high',
  why: 'It hurts.',
  bad: [],
  good: [],
} as const;
const document = `paths: { /orders: { get: { responses: {} } }, /users: { get: { responses: {} } } }`;

for (const [name, rule] of Object.entries({
  fix: contractRule({
    ...facts,
    fix: 'whisper',
    *find({ operations }) {
      const [first, second] = operations;
      if (first !== undefined) yield { at: first.location, message: 'it shouts' };
      if (second !== undefined) yield { at: second.location, message: 'it cries', fix: { text: 'be still' } };
    },
  }),
  'mend, its older name': contractRule({
    ...facts,
    mend: 'whisper',
    *find({ operations }) {
      const [first, second] = operations;
      if (first !== undefined) yield { at: first.location, message: 'it shouts' };
      if (second !== undefined) yield { at: second.location, message: 'it cries', mend: { text: 'be still' } };
    },
  }),
}))
  test(`a rule that writes ${name}`, async () => {
    const findings = checkContract(await loadExample(document), {
      rules: [rule],
      now: 0,
      profile: 'standard',
    });
    assert.deepEqual(
      findings.map(({ message, mend }) => [message, mend]),
      [
        ['it shouts', { text: 'whisper' }],
        ['it cries', { text: 'be still' }],
      ],
    );
  });

test('JSON says fix, of findings, of ignored ones and of what to do first', async () => {
  const contract = await loadExample(`paths: { /orders: { trace: { responses: {} } } }`);
  const findings = checkContract(contract, { rules: contractRules, now: 0, profile: 'standard' });
  const [finding] = findings;
  assert.ok(finding !== undefined);
  const { rule, title } = finding;
  const score = { value: 50, losses: [{ rule, title, points: 50, findings: 1 }] };
  const ignored = [{ finding, ignore: { rule, reason: 'known', until: '2099-01-01' } }];
  const text = formatJson([{ findings, ignored, score } as never]);
  assert.doesNotMatch(text, /"mend"/);
  const written = JSON.parse(text).documents[0];
  for (const one of [...written.findings, written.ignored[0].finding]) assert.equal(typeof one.fix.text, 'string');
  assert.equal(written.first.length, 1);
  for (const one of written.first) assert.equal(typeof one.fix, 'string');
});
