import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlIds, controls, controlStates, type ControlId, type ControlState } from '@castellan/assess/controls';
import type { EvidenceCell } from './evidence.ts';
import { nextSteps } from './next.ts';
import { creditOf, scoreOf } from './score.ts';

/** Numbers that look random and are the same each time (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function cellsOf(seed: number): EvidenceCell[] {
  const next = numbers(seed);
  return Array.from({ length: 1 + next(60) }, (_, index): EvidenceCell => {
    const control = controlIds[next(controlIds.length)] as ControlId;
    return {
      operation: next(5) === 0 ? '' : `operation${index % 7}`,
      control,
      asked: next(6) > 0,
      declared: true,
      risk: 1 + next(240) / 10,
      why: 'so',
      state: controlStates[next(controlStates.length)] as ControlState,
      declaredBy: undefined,
      enforcedBy: undefined,
      provenBy: undefined,
    };
  });
}

const seeds = Array.from({ length: 400 }, (_, index) => index * 7919 + 1);

test('the score and all that was lost are 100, to the hundredth, and each line is the sum of its cells', () => {
  for (const seed of seeds) {
    const { value, lost, states } = scoreOf(cellsOf(seed));
    const hundredths = (points: number): number => Math.round(points * 100);
    assert.ok(value >= 0 && value <= 100, `${seed}: ${value}`);
    const sum = lost.reduce((total, { points }) => total + hundredths(points), 0);
    assert.equal(hundredths(value) + sum, 10_000, String(seed));
    for (const { points, cells, control } of lost) {
      assert.equal(
        cells.reduce((total, cell) => total + hundredths(cell.points), 0),
        hundredths(points),
      );
      for (const { state } of cells) assert.notEqual(creditOf(control, state), 1);
    }
    assert.equal(
      Object.values(states).reduce((total, one) => total + one, 0),
      cellsOf(seed).filter(({ asked }) => asked).length,
    );
  }
});

test('nothing that gets better lowers the score, and what nobody asks for changes nothing', () => {
  for (const seed of seeds.slice(0, 150)) {
    const cells = cellsOf(seed);
    const { value } = scoreOf(cells);
    for (const [index, cell] of cells.entries()) {
      const better = controlStates[controlStates.indexOf(cell.state) + 1];
      if (better === undefined) continue;
      const after = scoreOf(cells.with(index, { ...cell, state: better })).value;
      assert.ok(after >= value, `${seed} ${cell.control} ${cell.state} → ${better}: ${value} → ${after}`);
      if (!cell.asked) assert.equal(after, value);
    }
  }
});

test('100 is all proven; nothing asked is 100; nothing done is 0', () => {
  for (const seed of seeds.slice(0, 50)) {
    const cells = cellsOf(seed).map((cell) => ({ ...cell, asked: true }));
    assert.equal(scoreOf(cells.map((cell) => ({ ...cell, state: 'proven' as const }))).value, 100);
    assert.equal(scoreOf(cells.map((cell) => ({ ...cell, asked: false }))).value, 100);
    assert.equal(scoreOf(cells.map((cell) => ({ ...cell, state: 'missing' as const }))).value, 0);
  }
});

test('every step promises what doing it gives, is about something that is not done, and the first ones close holes', () => {
  for (const seed of seeds.slice(0, 150)) {
    const cells = cellsOf(seed);
    const facts = { api: 'orders', environment: 'production', digest: 'd'.repeat(64), cells, guards: [], now: 0 };
    const steps = nextSteps(facts);
    const before = scoreOf(cells).value;
    assert.equal(new Set(steps.map(({ id }) => id)).size, steps.length);
    for (const step of steps) {
      assert.ok(step.points > 0 && before + step.points <= 100.001, `${seed} ${step.id}`);
      assert.match(step.remediation, /^[^.].*[^.]$/);
      assert.doesNotMatch(step.remediation + step.title, /\bmend\b|\bvouch/);
    }
    const closing = steps.filter(({ id }) => id.startsWith('close-'));
    assert.deepEqual(steps.slice(0, closing.length), closing);
    const isOpen = cells.some(({ asked, state }) => asked && state !== 'proven');
    const only = cells.every(
      ({ asked, state, control }) => !asked || state === 'proven' || state === 'enforced' || !controls[control].guarded,
    );
    if (!isOpen) assert.deepEqual(steps, []);
    else if (only) assert.ok(steps.length > 0, String(seed));
  }
});
