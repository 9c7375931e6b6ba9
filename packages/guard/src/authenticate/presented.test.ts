import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LastPresented, type Presented } from './presented.ts';

const presented = (field: string): Presented => ({
  field,
  token: field.slice(7),
  asDpop: false,
  digest: `of ${field}`,
});
/** As long as signed tokens are, and the same text in another string. */
const field = `Bearer ${'header.'.repeat(20)}${'signature'.repeat(10)}`;
const again = Buffer.from(field).toString();

test('a token is known again on its own connection, and on no other', () => {
  const last = new LastPresented();
  const [one, other] = [{}, {}];
  assert.equal(last.recall(one, field), undefined);
  last.note(one, presented(field));
  assert.equal(last.recall(one, again)?.digest, `of ${field}`);
  assert.equal(last.recall(other, again), undefined);
  assert.equal(last.recall(undefined, again), undefined);
  assert.equal(last.recall(null, again), undefined);
  assert.equal(last.recall(one, undefined), undefined);
});

test('a field that differs in any one character, or in length, is another', () => {
  for (const text of [field, 'Bearer short', `Bearer ${'x'.repeat(70)}`]) {
    const last = new LastPresented();
    const connection = {};
    last.note(connection, presented(text));
    assert.notEqual(last.recall(connection, text), undefined);
    for (let at = 0; at < text.length; at++) {
      const changed = `${text.slice(0, at)}~${text.slice(at + 1)}`;
      assert.equal(last.recall(connection, changed), undefined, changed);
    }
    assert.equal(last.recall(connection, `${text}x`), undefined);
    assert.equal(last.recall(connection, text.slice(0, -1)), undefined);
  }
});

test('everything is forgotten after ten seconds', (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const last = new LastPresented();
  const connection = {};
  last.note(connection, presented(field));
  mock.timers.tick(9_999);
  assert.notEqual(last.recall(connection, again), undefined);
  mock.timers.tick(1);
  assert.equal(last.recall(connection, again), undefined);
  last.note(connection, presented(field));
  mock.timers.tick(10_000);
  assert.equal(last.recall(connection, again), undefined);
});
