import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.ts';
import type { OperationSubject } from './operation-subject.ts';

const subject = { facts: { id: 'readNote' }, type: 'Note', types: new Set(['Note']) } as unknown as OperationSubject;
const state = ({ isAsked, isOpen, wantsObject }: Ledger): string =>
  isAsked ? 'asked' : isOpen ? (wantsObject ? 'object' : 'collection') : 'closed';

test('a question is asked from the start, and a decision closes it for good', () => {
  const ledger = new Ledger(subject);
  assert.equal(state(ledger), 'asked');
  assert.equal(ledger.wantsObject, true);
  ledger.close();
  assert.equal(state(ledger), 'closed');
  ledger.defer(['1']);
  assert.equal(state(ledger), 'closed');
});

test('what a handler had decided closes the question where it is that action, type and each of the ids', () => {
  for (const [decisions, expected] of [
    [[['readNote', 'Note', '1']], 'object'],
    [
      [
        ['readNote', 'Note', '1'],
        ['readNote', 'Note', '2'],
      ],
      'closed',
    ],
    [
      [
        ['readNote', 'Note', '1'],
        ['readNote', 'Note', '3'],
      ],
      'object',
    ],
    [
      [
        ['editNote', 'Note', '1'],
        ['editNote', 'Note', '2'],
      ],
      'object',
    ],
    [
      [
        ['readNote', 'Page', '1'],
        ['readNote', 'Page', '2'],
      ],
      'object',
    ],
  ] as const) {
    const ledger = new Ledger(subject);
    ledger.defer(['1', '2']);
    for (const [action, type, id] of decisions) ledger.decided(action, type, id);
    assert.equal(state(ledger), expected, JSON.stringify(decisions));
  }
});

test('a collection is closed by any object of its type and action', () => {
  const ledger = new Ledger(subject);
  ledger.defer(undefined);
  assert.equal(state(ledger), 'collection');
  ledger.decided('editNote', 'Note', '1');
  assert.equal(state(ledger), 'collection');
  ledger.decided('readNote', 'Note', '1');
  assert.equal(state(ledger), 'closed');
});

test('an object is one that was asked for by type and by any of its names', () => {
  const ledger = new Ledger(subject);
  ledger.defer(['aB', '7', '0F8FAD5B-d9cb-469f-a165-70867728950e']);
  assert.equal(ledger.names('Note', ['aB']), true);
  assert.equal(ledger.names('Note', ['Ab']), false);
  assert.equal(ledger.names('Note', ['0f8fad5b-d9cb-469f-a165-70867728950e']), true);
  assert.equal(ledger.names('Note', [undefined, 7]), true);
  assert.equal(ledger.names('Note', [7n]), true);
  assert.equal(ledger.names('Note', ['8', null, {}]), false);
  assert.equal(ledger.names('Page', ['7']), false);
});
