import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exchange } from '../exchange.ts';
import { warnOfFailure } from './unrecorded.ts';

test('failures are told once a second, with how many were not shown; callers that went away are none', async () => {
  const told: string[] = [];
  const hear = (warning: Error): void => void told.push(warning.message);
  process.on('warning', hear);
  try {
    const fail = (failure: unknown, now: number): void => {
      const exchange = new Exchange('id', {} as never, 0, 0, undefined);
      exchange.failure = failure;
      (exchange.incoming as { target: string }).target = '/';
      warnOfFailure(exchange, now);
    };
    const gone = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    fail(gone, 5000);
    fail(undefined, 5000);
    fail('first', 5000);
    fail('second', 5001);
    fail('third', 5999);
    fail('fourth', 6000);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', hear);
  }
  assert.deepEqual(told, ['id first', 'id (after 2 that were not shown) fourth']);
});
