import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from '../exchange.ts';
import { inOrder, type AnswerCheckFunction, type AnswerOutcome } from './answer-check.ts';

const refusal = { type: 'forbidden', reason: 'no' } as const;
const outcomes: Readonly<Record<string, AnswerOutcome>> = { good: undefined, changed: 'changed', no: refusal };

test('checks run in order until one refuses, at once or later; one that changed something is not forgotten', async () => {
  assert.equal(inOrder([]), undefined);
  assert.equal(inOrder([undefined, undefined]), undefined);
  const alone: AnswerCheckFunction = () => undefined;
  assert.equal(inOrder([undefined, alone]), alone);
  const names = Object.keys(outcomes);
  for (const first of names)
    for (const second of names)
      for (const third of names)
        for (let later = 0; later < 8; later++) {
          const ran: unknown[] = [];
          const checks = [first, second, third].map((name, at): AnswerCheckFunction => (...given) => {
            ran.push([at, ...given]);
            return (later & (1 << at)) === 0 ? outcomes[name] : Promise.resolve(outcomes[name]);
          });
          const given = [{} as Exchange, { a: 1 }, 7] as const;
          const outcome = await inOrder([checks[0], undefined, checks[1], checks[2]])?.(...given);
          const order = [first, second, third];
          const end = order.indexOf('no');
          const told = `${order.join()} ${later}`;
          assert.deepEqual(
            ran,
            order.slice(0, end === -1 ? 3 : end + 1).map((_, at) => [at, ...given]),
            told,
          );
          assert.equal(outcome, end !== -1 ? refusal : order.includes('changed') ? 'changed' : undefined, told);
        }
});
