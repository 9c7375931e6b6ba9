// The state of a cell, for every combination of what contract, guards and proofs say of it, against the rules in their plainest form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlIds, controls, type ControlId } from '@castellan/assess/controls';
import { enforceableControls, type EnforcedGroup } from '@castellan/guard';
import { enforcedBy } from './enforced-by.ts';
import { evidenceOf, proofAge, silence, type HeardGuard, type Proof } from './evidence.ts';
import { packControls, unpackControls } from './statement.ts';

const now = Date.UTC(2026, 10, 29, 12);
const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

const contractOf = (control: ControlId, declared: boolean, asked = true) => ({
  digest,
  imported: now - 1000,
  needs: {
    api: [],
    operations: new Map([['getOrder', [{ control, asked, declared, risk: 10, why: 'it is so' }]]]),
  },
});

function* combinations<T extends Readonly<Record<string, readonly unknown[]>>>(
  axes: T,
): Generator<{ [K in keyof T]: T[K][number] }> {
  const [first, ...rest] = Object.entries(axes);
  if (first === undefined) {
    yield {} as { [K in keyof T]: T[K][number] };
    return;
  }
  for (const value of first[1])
    for (const more of combinations(Object.fromEntries(rest)))
      yield { [first[0]]: value, ...more } as { [K in keyof T]: T[K][number] };
}

const saying = (mode: EnforcedGroup['mode'], operations: readonly string[]): EnforcedGroup[] => [
  { mode, controls: [...enforceableControls], operations },
];
/** What one guard may be, and whether it enforces. */
const guardForms: Readonly<Record<string, { guard: HeardGuard; enforces: boolean }>> = Object.fromEntries(
  (
    [
      ['enforces', {}, true],
      ['tells the first digits of the digest', { digest: 'a'.repeat(12) }, true],
      ['was just heard in time', { lastSeen: now - silence }, true],
      ['observes', { groups: saying('observe', ['getOrder']) }, false],
      ['is off', { groups: saying('off', ['getOrder']) }, false],
      ['enforces something else', { groups: saying('enforce', ['listOrders']) }, false],
      ['says nothing', { groups: undefined }, false],
      ['runs another contract', { digest: other }, false],
      ['names no contract', { digest: '' }, false],
    ] as const
  ).map(([name, more, enforces]) => [
    name,
    {
      guard: {
        name,
        digest,
        audit: true,
        lastSeen: now - 10_000,
        groups: saying('enforce', ['getOrder']),
        ...more,
      },
      enforces,
    },
  ]),
);
const silent: HeardGuard = {
  name: 'silent',
  digest,
  audit: true,
  lastSeen: now - silence - 1,
  groups: saying('enforce', ['getOrder']),
};

const guarded = controlIds.filter((id) => enforcedBy[id] !== undefined);

test('enforced: by every guard that is heard, of this contract, in mode enforce, for this operation', () => {
  for (const control of guarded)
    for (const declared of [true, false])
      for (const first of Object.values(guardForms))
        for (const second of [undefined, ...Object.values(guardForms)])
          for (const gone of [true, false]) {
            const guards = [first.guard, ...(second === undefined ? [] : [second.guard]), ...(gone ? [silent] : [])];
            const [cell] = evidenceOf({
              environment: 'production',
              contract: contractOf(control, declared),
              guards,
              proofs: [],
              now,
            });
            const may = declared || enforcedBy[control]?.declared === false;
            const all = first.enforces && second?.enforces !== false;
            const expected = may && all ? 'enforced' : declared ? 'declared' : 'missing';
            assert.equal(cell?.state, expected, `${control} ${declared} ${guards.map(({ name }) => name).join(' + ')}`);
          }
});

test('nobody is heard: nothing is enforced', () => {
  for (const guards of [[], [silent]])
    for (const control of controlIds) {
      const contract = contractOf(control, true);
      const [cell] = evidenceOf({ environment: 'production', contract, guards, proofs: [], now });
      assert.equal(cell?.state, 'declared', control);
      assert.equal(cell?.enforcedBy, undefined);
    }
});

const axes = {
  environment: ['production', 'staging', '*'],
  operation: ['getOrder', 'listOrders', '*'],
  contract: [digest, other, ''],
  age: [0, proofAge, proofAge + 1],
  holds: [true, false],
} as const;

test('proven: what was shown last decides; old proofs and those of other contracts count for nothing, holes stay open', () => {
  const enforcing = guardForms['enforces']?.guard as HeardGuard;
  for (const { age, ...one } of combinations(axes))
    for (const guards of [[], [enforcing]]) {
      const proof: Proof = { ...one, control: 'object-authorization', at: now - age, source: 'a test' };
      const contract = contractOf('object-authorization', true);
      const [cell] = evidenceOf({ environment: 'production', contract, guards, proofs: [proof], now });
      const applies = one.environment !== 'staging' && one.operation !== 'listOrders';
      const counts = age <= proofAge && one.contract !== other;
      const inForce = guards.length > 0;
      const expected = !applies
        ? undefined
        : !one.holds
          ? 'broken'
          : counts && (inForce || one.environment === 'production')
            ? 'proven'
            : undefined;
      const otherwise = inForce ? 'enforced' : 'declared';
      assert.equal(cell?.state, expected ?? otherwise, JSON.stringify([one, age, guards.length]));
      assert.equal(cell?.provenBy !== undefined, applies);
    }
});

test('of several proofs the latest one decides, whatever the order they come in, and of two at once the bad one', () => {
  const all = [...combinations({ ...axes, age: [0, 5, 10] as const })].filter(
    ({ environment, operation, contract }) =>
      environment !== 'staging' && operation !== 'listOrders' && contract === digest,
  );
  for (const a of all)
    for (const b of all) {
      const proofs = [a, b].map(({ age, ...one }): Proof => ({
        ...one,
        control: 'rate-limit',
        at: now - age,
        source: 'a test',
      }));
      const stateOf = (list: readonly Proof[]): string | undefined =>
        evidenceOf({
          environment: 'production',
          contract: contractOf('rate-limit', true),
          guards: [guardForms['enforces']?.guard as HeardGuard],
          proofs: list,
          now,
        })[0]?.state;
      const newest = a.age === b.age ? a.holds && b.holds : a.age < b.age ? a.holds : b.holds;
      assert.equal(stateOf(proofs), newest ? 'proven' : 'broken', JSON.stringify([a, b]));
      assert.equal(stateOf(proofs.toReversed()), stateOf(proofs));
    }
});

test('the API as a whole: a control of all its operations, the audit trail of all its guards', () => {
  const guard = guardForms['enforces']?.guard as HeardGuard;
  const states = (guards: readonly HeardGuard[]): string[] =>
    evidenceOf({
      environment: '',
      contract: {
        digest,
        imported: 0,
        needs: {
          api: (['audit', 'safe-errors'] as const).map((control) => ({
            control,
            asked: true,
            declared: false,
            risk: 1,
            why: '',
          })),
          operations: new Map([
            ['getOrder', []],
            ['listOrders', []],
          ]),
        },
      },
      guards,
      proofs: [],
      now,
    }).map(({ state }) => state);
  const whole = { ...guard, groups: saying('enforce', ['getOrder', 'listOrders']) };
  assert.deepEqual(states([whole]), ['enforced', 'enforced']);
  assert.deepEqual(states([guard]), ['enforced', 'missing']);
  assert.deepEqual(states([whole, { ...whole, audit: false }]), ['missing', 'enforced']);
  assert.deepEqual(states([]), ['missing', 'missing']);
});

test('what guards can say is what evidence knows, and each is said of a control that guards enforce', () => {
  for (const control of enforceableControls) {
    assert.ok(controls[control].guarded, control);
    assert.ok(enforcedBy[control]?.says.includes(control), control);
  }
  for (const control of guarded) assert.ok(controls[control].guarded, control);
});

test('what is kept of a contract comes back as it was', () => {
  const needs = {
    api: [{ control: 'audit', asked: true, declared: false, risk: 7.5, why: 'no "sink"' }] as const,
    operations: new Map(
      ['a', '__proto__', 'constructor'].map((id) => [
        id,
        controlIds.map((control, index) => ({
          control,
          asked: index % 2 === 0,
          declared: index % 3 === 0,
          risk: index,
          why: `because ${index % 4}`,
        })),
      ]),
    ),
  };
  assert.deepEqual(unpackControls(JSON.parse(JSON.stringify(packControls(needs))) as never), needs);
});
