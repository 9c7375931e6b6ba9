// Every state × state × role × condition, against the table in its plainest form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeTransition, noticeDays, type TransitionFacts } from './judge.ts';
import {
  conditions,
  furtherOf,
  lifecycleRoles,
  lifecycleStates,
  mayOverride,
  transitions,
  type Condition,
  type LifecycleRole,
  type LifecycleState,
} from './states.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 29, 15, 30);
const dateIn = (days: number): string => new Date(now + days * day).toISOString().slice(0, 10);

/** Facts with which every condition of every transition holds. */
const good: TransitionFacts = {
  api: 'orders',
  operation: '',
  from: 'draft',
  to: 'published',
  actor: 'ada',
  roles: ['administrator'],
  reason: 'it is time',
  sunset: dateIn(400),
  decidedSunset: dateIn(-1),
  profile: 'bank',
  owner: 'team-orders',
  checked: { score: 90, findings: { medium: 3, low: 9, info: 1 }, at: '' },
  approvals: [{ actor: 'eve', role: 'security', at: now - day }],
  consumers: 0,
  despite: [],
  now,
};

/** What makes each condition fail, and nothing else of the same transition. */
const failing: Readonly<Record<Condition, readonly Partial<TransitionFacts>[]>> = {
  document: [{ checked: undefined }],
  checks: [
    { checked: { score: 10, findings: { critical: 1 }, at: '' } },
    { checked: { score: 10, findings: { high: 2, low: 1 }, at: '' } },
  ],
  owner: [{ owner: null }, { owner: '' }],
  approval: [
    { approvals: [] },
    { approvals: [{ actor: 'ada', role: 'security', at: now - day }] },
    { approvals: [{ actor: 'eve', role: 'owner', at: now - day }] },
    { approvals: [{ actor: 'eve', role: 'security', at: now - 31 * day }] },
  ],
  sunset: [{ sunset: undefined }, { sunset: dateIn(-1) }, { sunset: dateIn(0) }],
  notice: [{ sunset: dateIn(1) }, { sunset: dateIn(179) }],
  'notice-over': [{ decidedSunset: undefined }, { decidedSunset: dateIn(1) }, { decidedSunset: dateIn(400) }],
  'no-consumers': [{ consumers: 1 }, { consumers: 250 }],
};

/** A sunset that has passed is no notice either. */
const also: Readonly<Partial<Record<Condition, Condition>>> = { sunset: 'notice' };

test('states × states × roles: what the table has is allowed where everything holds, and nothing else ever', () => {
  for (const from of lifecycleStates)
    for (const to of lifecycleStates)
      for (const role of lifecycleRoles) {
        const rule = transitions.find((one) => one.from === from && one.to === to);
        const judged = judgeTransition({ ...good, from, to, roles: [role] });
        const what = `${role}: ${from} → ${to}`;
        assert.equal(judged.allowed, rule?.roles.includes(role) === true, what);
        if (judged.allowed) assert.deepEqual(judged.setAside, []);
        else assert.equal(judged.code, rule === undefined ? 'no-transition' : 'not-allowed', what);
      }
});

test('× conditions: each that the transition has stops it where it fails, and no other does', () => {
  for (const { from, to, roles, conditions: own } of transitions)
    for (const role of roles)
      for (const condition of conditions)
        for (const form of failing[condition]) {
          const judged = judgeTransition({ ...good, ...form, from, to, roles: [role] });
          const expected = new Set(
            [condition, ...(also[condition] === undefined ? [] : [also[condition]])].filter((one) => own.includes(one)),
          );
          const what = `${from} → ${to} ${condition} ${JSON.stringify(form)}`;
          assert.equal(judged.allowed, !own.includes(condition), what);
          if (judged.allowed) continue;
          assert.equal(judged.code, 'conditions');
          for (const problem of judged.problems) {
            assert.ok(problem.condition !== undefined && expected.has(problem.condition), what);
            assert.match(problem.message, /^[^\n]{10,}[^.]$/);
            assert.match(problem.remediation, /^[^\n]{4,}$/);
          }
        }
});

test('× setting aside: only security and administrators, only what is named, and it is said what was', () => {
  for (const { from, to, conditions: own } of transitions)
    for (const role of lifecycleRoles)
      for (const condition of own) {
        const form = failing[condition][0] ?? {};
        const facts = { ...good, ...form, from, to, roles: [role] };
        const rule = transitions.find((one) => one.from === from && one.to === to);
        const mayMake = rule?.roles.includes(role) === true;
        const all = judgeTransition({ ...facts, despite: [...conditions] });
        assert.equal(all.allowed, mayMake && mayOverride.includes(role), `${role} ${from} → ${to} ${condition}`);
        if (all.allowed) assert.ok(all.setAside.includes(condition));
        const others = judgeTransition({ ...facts, despite: conditions.filter((one) => one !== condition) });
        assert.equal(others.allowed, false);
      }
});

test('a reason is needed, and white space is none', () => {
  for (const reason of ['', ' ', '\n\t'])
    for (const { from, to, roles } of transitions) {
      const judged = judgeTransition({ ...good, from, to, roles: [roles[0] as LifecycleRole], reason });
      assert.ok(!judged.allowed && judged.code === 'reason');
    }
});

test('the notice is what the profile asks for, to the day', () => {
  for (const [profile, days] of noticeDays)
    for (const offset of [days - 1, days, days + 1]) {
      if (offset < 1) continue;
      const facts = { ...good, from: 'published', to: 'deprecated', profile, sunset: dateIn(offset) } as const;
      assert.equal(judgeTransition(facts).allowed, offset >= days, `${profile} ${offset}`);
    }
});

test('what the remediation says is enough', () => {
  for (const profile of noticeDays.keys()) {
    const refused = judgeTransition({ ...good, from: 'published', to: 'deprecated', profile, sunset: undefined });
    assert.ok(!refused.allowed);
    const [sunset] = /\d{4}-\d\d-\d\d/.exec(refused.problems[0]?.remediation ?? '') ?? [];
    assert.ok(judgeTransition({ ...good, from: 'published', to: 'deprecated', profile, sunset }).allowed, profile);
  }
});

// promise: never-revived
test('document and decision: whichever is further on; what nobody knows is published', () => {
  const order = (state: string): number => lifecycleStates.indexOf(state as LifecycleState);
  for (const documented of [...lifecycleStates, 'nonsense'])
    for (const decided of [...lifecycleStates, undefined, null, 'nonsense']) {
      const a = order(documented) < 0 ? 'published' : documented;
      const b = order(String(decided)) < 0 ? undefined : String(decided);
      const expected = b === undefined || order(a) >= order(b) ? a : b;
      assert.equal(furtherOf(documented, decided), expected, `${documented} ${decided}`);
    }
});
