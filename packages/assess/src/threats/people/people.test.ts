import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import fc from 'fast-check';
import { readReview, writeReview } from './file.ts';
import { noReview } from './model.ts';

test('what is written is read again, and answers to questions that are asked no more are kept', () => {
  const questions = [
    { id: 'exposure', question: 'From where?', why: 'likelihood', options: ['public', 'internal'] },
    { id: 'worst-misuse', question: 'What is the worst: "refund"?', why: 'abuse' },
  ];
  const first = writeReview(questions, noReview, undefined);
  assert.equal(readReview('r.yaml', first).answers.size, 0);
  const answered = first.replace(/id: exposure[^]*?at:.*\n/, (block) =>
    block.replace(/answer:.*\n(\s+)by:.*\n(\s+)at:.*\n/, 'answer: internal\n$1by: Ada\n$2at: 2026-11-25\n'),
  );
  const review = readReview('r.yaml', answered);
  assert.deepEqual(review.answers.get('exposure'), { id: 'exposure', answer: 'internal', by: 'Ada', at: '2026-11-25' });
  const second = writeReview(questions.slice(1), review, answered);
  assert.equal(readReview('r.yaml', second).answers.get('exposure')?.by, 'Ada');
});

test('a mistake is one line with its place', () => {
  for (const [text, message] of [
    [
      'questions:\n  - { id: exposure, options: [public], answer: everywhere, by: A, at: 2026-01-01 }\n',
      /r\.yaml:2:\d+: the answer to 'exposure' is none of public/,
    ],
    [
      'questions:\n  - { id: a, answer: b, by: C, at: yesterday }\n',
      /at is no date; write the date of the answer as 2027-01-31/,
    ],
    ['questions:\n  - { id: a, anwser: b }\n', /no key 'anwser' here; did you mean answer\?/],
    [
      'decisions:\n  - { threat: a, status: fixed }\n',
      /neither accepted nor mitigated; every other status follows the evidence/,
    ],
    [
      'decisions:\n  - { threat: a, status: accepted, reason: b, until: 2027-01-01 }\n',
      /owner is missing; write who answers for the decision/,
    ],
  ] as const)
    assert.throws(
      () => readReview('r.yaml', text),
      (error) => error instanceof CastellanError && message.test(error.message) && !error.message.includes('\n'),
    );
});

test('hostile text is read or refused, never anything else', () => {
  const words = fc.constantFrom(
    'questions:',
    'decisions:',
    '\n',
    '  - ',
    'id: a',
    'answer: b',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '&a ',
    '*a',
    '"',
    '__proto__: x',
    '? ',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
      try {
        readReview('r.yaml', parts.join(''));
      } catch (error) {
        assert.ok(error instanceof CastellanError, String(error));
      }
    }),
    { seed: 6, numRuns: 500 },
  );
});
