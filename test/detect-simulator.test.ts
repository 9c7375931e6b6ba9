// The traffic that detection is measured on is no gift: no single count tells attacks from who is busy, and it is the same for a seed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { attacks, strengths } from '../bench/detect/simulator/attacks.ts';
import { familyAttacks } from '../bench/detect/families/attacks.ts';
import { laterAttacks } from '../bench/detect/families/later-attacks.ts';
import { families } from '../bench/detect/families/index.ts';
import { begin, day, Shop } from '../bench/detect/simulator/shop.ts';

const shop = new Shop({ seed: 7, days: 6 });

const whoOf = ({ principal, address }: Facts): string => principal?.subject ?? address;

/** The most that anybody has of something within an hour. */
function busiest(facts: readonly Facts[], what: (facts: Facts) => number): Map<string, number> {
  const hours = new Map<string, number>();
  for (const one of facts) {
    const key = `${whoOf(one)} ${Math.floor(one.time / 3_600_000)}`;
    hours.set(key, (hours.get(key) ?? 0) + what(one));
  }
  const most = new Map<string, number>();
  for (const [key, count] of hours) {
    const who = key.slice(0, key.lastIndexOf(' '));
    most.set(who, Math.max(most.get(who) ?? 0, count));
  }
  return most;
}

const counts: Readonly<Record<string, (facts: Facts) => number>> = {
  requests: () => 1,
  'refusals and misses': ({ status }) => (status >= 400 && status < 500 ? 1 : 0),
  records: ({ records }) => records,
  bytes: ({ bytesOut }) => bytesOut,
  'objects asked for': ({ template, objects }) => (template.includes('{') ? objects.length : 0),
};

for (const [name, what] of Object.entries(counts))
  test(`no threshold on ${name} in an hour tells attacks from ordinary callers`, () => {
    const ordinary = [...busiest(shop.facts, what).values()];
    const attacked = attacks.flatMap(({ run }) =>
      strengths.map((strength) => {
        const facts = run(shop, begin + 3 * day + 12 * 3_600_000, strength);
        return Math.max(...busiest(facts, what).values());
      }),
    );
    for (let threshold = 1; threshold < 1e9; threshold *= 1.3) {
      const seen = attacked.filter((count) => count >= threshold).length / attacked.length;
      const wrong = ordinary.filter((count) => count >= threshold).length;
      assert.ok(
        seen < 0.8 || wrong > 10,
        `${name} over ${Math.round(threshold)} sees ${seen} of attacks, and ${wrong} others`,
      );
    }
  });

test('a seed is one traffic, and another seed another', () => {
  const again = new Shop({ seed: 7, days: 6 });
  const times = ({ facts }: Shop): readonly number[] => facts.slice(0, 500).map(({ time }) => time);
  assert.deepEqual(times(again), times(shop));
  assert.notDeepEqual(times(new Shop({ seed: 8, days: 6 })), times(shop));
});

test('there are fourteen kinds of attack at least, and each runs slowly as well', () => {
  assert.ok(attacks.length >= 14);
  for (const { run, kind } of attacks) {
    const [first, last] = [run(shop, begin, 'slow')[0], run(shop, begin, 'slow').at(-1)];
    assert.ok(first !== undefined && last !== undefined);
    if (kind !== 'canary') assert.ok(last.time - first.time > 1_800_000, kind);
  }
});

const worlds = families
  .filter(({ name }) => ['bank', 'news', 'builds', 'tickets', 'clinic', 'payroll'].includes(name))
  .map(({ name, make }) => ({ name, world: make(3, 7) }));

/** All attacks at all strengths, in each of the worlds that has what they need. */
const attacked = worlds.flatMap(({ world }) =>
  [...familyAttacks, ...laterAttacks]
    .filter(({ needs }) => needs === undefined || (needs === 'dormant' ? world.dormant : world.roles[needs]))
    .flatMap(({ run }) => strengths.map((strength) => run(world, world.begin + 5 * day, strength))),
);

for (const [name, what] of Object.entries(counts))
  test(`of six kinds of traffic: no threshold on ${name} in an hour tells attacks from ordinary callers`, () => {
    const ordinary = worlds.flatMap(({ world }) => [...busiest(world.facts, what).values()]);
    const most = attacked.map((facts) => Math.max(...busiest(facts, what).values()));
    for (let threshold = 1; threshold < 1e9; threshold *= 1.3) {
      const seen = most.filter((count) => count >= threshold).length / most.length;
      const wrong = ordinary.filter((count) => count >= threshold).length;
      assert.ok(
        seen < 0.8 || wrong > 10,
        `${name} over ${Math.round(threshold)} sees ${seen} of attacks, and ${wrong} others`,
      );
    }
  });

test('each kind of traffic is the same for a seed, in order, and another one for another', () => {
  // Every fourth of them, unless the whole is asked for.
  const whole = process.env['CASTELLAN_WHOLE'] === '1';
  for (const { name, make } of families.filter((one, at) => one.name !== 'fleet' && (whole || at % 4 === 1))) {
    const times = (seed: number): readonly number[] => make(seed, 4).facts.map(({ time }) => time);
    const first = times(5);
    assert.deepEqual(times(5), first, name);
    assert.notDeepEqual(times(6), first, name);
    assert.ok(first.length > 1000 && first.every((time, i) => time >= (first[i - 1] ?? 0)), name);
  }
  assert.ok(families.length >= 38 && familyAttacks.length + laterAttacks.length >= 29);
});
