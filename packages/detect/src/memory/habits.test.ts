// What is compared with what: accounts of one attacker lift no limit, a Monday is compared with Mondays, a machine with a new name goes on with
// its habits. Each is played in many forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { createDetection } from '../detection.ts';
import { ordinaryDays, sequenceFacts } from '../sequence-world.ts';
import { Contested } from './contested.ts';
import { memoryLimits } from './limits.ts';
import { Memory } from './memory.ts';
import { Rhythm } from './rhythm.ts';
import { Table } from './table.ts';

const hour = 3600;
const day = 24 * hour;
/** A Monday, midnight. */
const monday = Date.UTC(2026, 2, 2) / 1000;

test('contested: some accounts that rise together lift the limit for nobody where there are many, and enough of them do', () => {
  for (const members of [5, 100, 700, 2000, 50_000])
    for (const limit of [2, 3, 9]) {
      const enough = Math.min(16, Math.max(3, Math.ceil(members / 150)));
      for (const accounts of [1, 2, 3, 5, 9, 15, 16]) {
        const contested = new Contested();
        for (let n = 0; n < accounts; n++) contested.note(n, limit * 1.2, limit, monday + n * 60);
        const case_ = `${accounts} of ${members}, limit ${limit}`;
        assert.equal(contested.isUsual(99, limit * 1.3, limit, monday + hour, members), accounts >= enough, case_);
        // Far beyond, and after a week, it is none in any case.
        assert.equal(contested.isUsual(99, limit * 4.1, limit, monday + hour, members), false, case_);
        assert.equal(contested.isUsual(99, limit * 1.3, limit, monday + 8 * day, members), false, case_);
      }
    }
});

/** Visits of a kind for some days: gives whether one more is odd. */
function oddAt(
  at: number,
  hours: readonly number[],
  weekdays: readonly number[],
  own: readonly number[],
  days: number,
): boolean {
  const table = new Table(1000);
  const rhythm = new Rhythm(table);
  const slots = Array.from({ length: 30 }, (_, n) => table.slot(n + 1, n + 1, monday));
  for (let d = 0; d < days; d++)
    for (const h of hours)
      if (weekdays.includes(d % 7))
        for (const slot of slots)
          if (slot !== slots[0] || own.includes(h)) rhythm.visit(slot, 7, monday + d * day + h * hour, d, d > 0);
  return rhythm.visit(slots[0] as number, 7, at, days, true);
}

test('rhythm: who comes when neither it nor its kind ever did is odd; a night shift is none, and a Saturday only where all rest', () => {
  const office = [8, 9, 11, 14, 16];
  const workdays = [0, 1, 2, 3, 4];
  for (const days of [4, 9, 14, 30])
    for (const night of [0, 1, 3, 5, 21, 23]) {
      const at = monday + days * day + night * hour;
      assert.equal(oddAt(at, office, [0, 1, 2, 3, 4, 5, 6], office, days), true, `night ${night} after ${days}`);
      assert.equal(oddAt(at, [...office, night], [0, 1, 2, 3, 4, 5, 6], office, days), false, 'others are there');
      assert.equal(
        oddAt(at, office, [0, 1, 2, 3, 4, 5, 6], [...office, night], days),
        !office.includes(night),
        'its kind is not',
      );
    }
  for (const h of office) {
    const saturday = monday + 19 * day + h * hour;
    assert.equal(oddAt(saturday, office, workdays, [8], 19), h >= 9, `a Saturday at ${h}`);
    assert.equal(oddAt(monday + 21 * day + h * hour, office, workdays, [8], 21), false, `a Monday at ${h}`);
  }
});

test('successors: a machine with a new name, key and kind of key goes on with its habits; elsewhere, or where several are, nobody does', () => {
  // Nobody else is where the partner is.
  const ordinary = ordinaryDays().map((facts) =>
    facts.principal?.subject === 'partner' ? { ...facts, address: '198.51.100.44' } : facts,
  );
  const partner = ordinary.filter(({ principal }) => principal?.subject === 'partner').at(-1) as Facts;
  const { principal } = partner;
  assert.ok(principal !== undefined);
  for (const [kind, subject] of [
    [principal.credentialKind, 'partner-2'],
    ['jwt', '0b5c1f2e'],
  ] as const)
    for (const where of ['same', 'address', 'program', 'shared'] as const) {
      const memory = new Memory(memoryLimitsOf(), setup());
      for (const facts of ordinary) memory.observe(facts);
      const later = { ...partner, time: partner.time + 3_600_000 };
      if (where === 'shared') {
        memory.observe({ ...later, principal: { ...principal, subject: 'somebody', credentialId: 's' } });
        memory.observe(later);
      }
      const moment = memory.observe({
        ...later,
        ...(where === 'address' ? { address: '192.0.2.77' } : {}),
        ...(where === 'program' ? { agent: 'other' } : {}),
        principal: { ...principal, subject, credentialKind: kind, credentialId: `${subject}-key` },
      });
      assert.equal(moment.known, where === 'same', `${kind} ${subject} ${where}`);
      assert.equal(moment.firstUse, where !== 'same', `${kind} ${subject} ${where}`);
    }
});

const memoryLimitsOf = () => ({ ...memoryLimits, callers: 2000, sources: 2000, credentials: 2000, pairBytes: 1 << 20 });
const setup = () => ({
  declared: new Map(),
  warmUp: day,
  seed: 3,
  canaries: new Set<string>(),
  honey: [],
  hash: (type: string, id: string) => `${type}~${id}`,
});

test('a walk through a collection over days, below the limits of each, is seen; who reads some more each day is not', () => {
  const ordinary = ordinaryDays();
  const told = (perDay: number, many: number): readonly string[] => {
    const detection = createDetection({ seed: 5 });
    for (const facts of ordinary) detection.sink(facts);
    const every = Math.round((86_400 / perDay) * many);
    const steps = [
      {
        by: 'user34',
        call: 'GET /products',
        objects: 'new',
        many,
        every,
        times: Math.ceil((4 * 86_400) / every),
      } as const,
    ];
    // The others go on as before.
    const days = 5 * 86_400_000;
    const next = ordinary.map((facts) => ({ ...facts, id: `${facts.id}-next`, time: facts.time + days }));
    for (const facts of [...next, ...sequenceFacts({ title: '', steps })].sort((a, b) => a.time - b.time))
      detection.sink(facts);
    return detection.incidents.flatMap(({ detectors }) => detectors);
  };
  for (const many of [4, 25]) {
    for (const perDay of [450, 520]) assert.ok(told(perDay, many).includes('scraping'), `${many} each`);
    assert.deepEqual(told(100, many), [], `${many} each`);
  }
});
