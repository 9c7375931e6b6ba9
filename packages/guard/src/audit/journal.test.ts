import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Exchange } from '../exchange.ts';
import type { Facts } from '../facts/facts.ts';
import type { Scribe } from '../facts/scribe.ts';
import { Ended } from './ended.ts';
import { Journal } from './journal.ts';
import type { AuditSink } from './sink.ts';

const incoming = {
  method: 'GET',
  target: '/orders?secret=1',
  rawHeaders: [],
  headers: {},
  httpVersion: '1.1',
  remoteAddress: '127.0.0.1',
  encrypted: false,
};
const exchangeOf = (id: string): Exchange => new Exchange(id, incoming, 1000, 5, undefined);
const scribe: Scribe = { line: ({ id }) => id, facts: ({ id }) => ({ id }) as Facts, other: () => undefined };

class Lines implements AuditSink {
  readonly lines: string[] = [];
  closed = false;
  write(text: string): void {
    this.lines.push(...text.split('\n'));
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  readonly lost = 0;
  reopen(): Promise<void> {
    return Promise.resolve();
  }
  finish(): void {}
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

test('events are written in their order: 64 at once, the others after 20 ms or at the end', async (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const sink = new Lines();
  const journal = new Journal(sink);
  const add = (count: number): void => {
    for (let i = 0; i < count; i++) journal.add(scribe, new Ended(exchangeOf(String(added++)), 6));
  };
  let added = 0;
  add(63);
  assert.equal(sink.lines.length, 0);
  add(1);
  assert.equal(sink.lines.length, 64);
  add(3);
  mock.timers.tick(20);
  assert.equal(sink.lines.length, 67);
  add(2);
  mock.timers.tick(19);
  assert.equal(sink.lines.length, 67);
  await journal.close();
  assert.equal(sink.closed, true);
  assert.deepEqual(
    sink.lines,
    Array.from({ length: 69 }, (_, index) => String(index)),
  );
});

test('an event holds no query, and whatever was thrown has a text', () => {
  const exchange = exchangeOf('one');
  assert.equal(new Ended(exchange, 8).path, '/orders');
  assert.equal(new Ended(exchange, 8).duration, 3);
  assert.equal(new Ended(exchange, 8).failure, undefined);
  for (const thrown of ['broken', Symbol('broken'), { toString: () => 'broken' }, Object.create(null)]) {
    exchange.failure = thrown;
    assert.equal(new Ended(exchange, 8).failure, `a ${typeof thrown} was thrown`);
  }
});
