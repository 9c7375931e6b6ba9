// Whose objects somebody is handed, which programs share a session, how large an answer is: each is played in many forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { createDetection } from '../detection.ts';
import { memoryLimits } from './limits.ts';
import { callerMeasures } from './measures.ts';
import { Memory } from './memory.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A Monday, midnight. */
const monday = Date.UTC(2026, 2, 2);

let numbers = 0;

interface Call {
  readonly time: number;
  readonly by: string;
  readonly tenant?: string | undefined;
  readonly agent?: string | undefined;
  readonly kind?: string | undefined;
  readonly template?: string | undefined;
  readonly objects?: readonly string[] | undefined;
  readonly records?: number | undefined;
}

function factOf({ time, by, tenant, agent = 'browser', kind = 'jwt', template, objects = [], records }: Call): Facts {
  const path = template ?? '/files/{fileId}';
  return {
    id: `r${(numbers += 1)}`,
    time,
    duration: 10 + (numbers % 7),
    api: 'Files',
    contract: '',
    operation: path.replaceAll(/\W+/g, '_'),
    method: 'GET',
    template: path,
    status: 200,
    address: `10.${[...by].reduce((sum, one) => (sum * 7 + one.charCodeAt(0)) % 250, 0)}.${by.length}.9`,
    agent,
    principal: { subject: by, issuer: 'i', tenant, credentialKind: kind, credentialId: `${by}-token` },
    attempt: undefined,
    refused: undefined,
    observed: [],
    objects: objects.map((id) => ({ type: 'File', id, verdict: 'permitted' })),
    objectCount: objects.length,
    records: records ?? objects.length,
    bytesIn: 0,
    bytesOut: 400,
    sensitive: {},
    removed: 0,
    alarms: [],
    trace: undefined,
  };
}

/** All forms, and not some of each. */
const whole = process.env['CASTELLAN_WHOLE'] === '1';
const firms = 7;
const people = 5;
const limits = { ...memoryLimits, callers: 1000, sources: 1000, credentials: 1000, pairBytes: 1 << 20 };
const setup = {
  declared: new Map(),
  warmUp: 86_400,
  seed: 3,
  canaries: new Set<string>(),
  honey: [],
  hash: (type: string, id: string) => `${type}~${id}`,
};
const nameOf = (firm: number, person: number): string => `f${firm}p${person}`;

/** Days on which the people of each firm read files of their firm, whoever had them first. */
function office(days: number, tenants: boolean, agent?: (name: string) => string): Facts[] {
  const facts: Facts[] = [];
  for (let d = 0; d < days; d++)
    for (let firm = 0; firm < firms; firm++)
      for (let person = 0; person < people; person++)
        for (let n = 0; n < 5; n++) {
          const by = nameOf(firm, person);
          const time = monday + d * day + 9 * hour + ((firm * people + person) * 97 + n * 600) * 1000;
          const mine = `${firm}-${person}-${d}-${n}`;
          const theirs = `${firm}-${(person + 1 + (n % (people - 1))) % people}-${Math.max(0, d - 1)}-${n}`;
          const tenant = tenants ? `t${firm}` : undefined;
          facts.push(
            factOf({ time, by, tenant, agent: agent?.(by), objects: [mine] }),
            factOf({ time: time + 5000, by, tenant, agent: agent?.(by), objects: [theirs] }),
          );
        }
  return facts.sort((a, b) => a.time - b.time);
}

/** What is said about a stream, by detector. */
function told(...streams: readonly (readonly Facts[])[]): readonly string[] {
  const detection = createDetection({ seed: 5 });
  for (const facts of streams.flat().sort((a, b) => a.time - b.time)) detection.sink(facts);
  assert.deepEqual(detection.failures, []);
  return detection.incidents.flatMap(({ detectors }) => detectors);
}

test('files of another firm, one after the other or between honest calls, are seen; those of colleagues are not', () => {
  for (const tenants of [false, true]) {
    const before = office(5, tenants);
    for (const between of [0, 2]) {
      const read = (
        from: (n: number) => readonly [firm: number, person: number],
        by: readonly [number, number],
        many: number,
      ) =>
        Array.from({ length: many * (between + 1) }, (_, i) => {
          const [firm, person] = i % (between + 1) === between ? from(i) : by;
          const objects = [`${firm}-${person}-${Math.floor(i / 5) % 5}-${Math.floor(i / 25) % 5}`];
          const tenant = tenants ? `t${by[0]}` : undefined;
          return factOf({ time: monday + 5 * day + 10 * hour + i * 20_000, by: nameOf(...by), tenant, objects });
        });
      const form = `tenants ${tenants}, ${between} between`;
      for (const attacker of whole ? [1, 5] : [5]) {
        const foreign = read((n) => [(attacker + 1 + (n % (firms - 1))) % firms, n % people], [attacker, 2], 60);
        assert.ok(told(before, foreign).includes('object-enumeration'), form);
        const colleagues = read((n) => [attacker, n % people], [attacker, 2], 60);
        assert.deepEqual(told(before, colleagues), [], form);
      }
      // Who came yesterday is handed what the firm has: with a tenant it is known whose it is, and so for a stranger.
      for (const from of [3, 1]) {
        const some = read((n) => [from, n % people], [3, 9], 40);
        const first = some.slice(0, 3).map((one) => ({ ...one, time: one.time - day, objects: [] }));
        const memory = new Memory(limits, setup);
        let last = -1;
        for (const facts of [...before, ...first, ...some].sort((x, y) => x.time - y.time))
          if (facts.principal?.subject === nameOf(3, 9)) last = memory.observe(facts).caller;
          else memory.observe(facts);
        const unrelated = memory.callers.value(last, callerMeasures.at.unrelated);
        const isOwn = from === 3 && tenants;
        assert.ok(isOwn ? unrelated === 0 : unrelated > 10, `${form}, of ${from}: ${unrelated}`);
      }
    }
  }
});

test('two programs with one session are seen, whatever comes between; keys, updates and what everybody has are not', () => {
  const ordinary = office(5, false);
  const by = nameOf(4, 2);
  const swaps = (kind: string, programs: readonly string[], each: number): Facts[] =>
    Array.from({ length: 60 }, (_, i) => {
      const agent = programs[Math.floor(i / each) % programs.length];
      return factOf({ time: monday + 5 * day + 9 * hour + i * 60_000, by, kind, agent, objects: [`4-2-${i % 5}-1`] });
    });
  for (const kind of whole ? ['jwt', 'opaque-token', 'session'] : ['jwt', 'session']) {
    const before = office(5, false).map((one) => ({
      ...one,
      principal: one.principal && { ...one.principal, credentialKind: kind },
    }));
    for (const each of whole ? [1, 2, 3] : [1, 3]) {
      assert.deepEqual(told(before, swaps(kind, ['browser', 'curl'], each)), ['credential-moved'], `${kind} ${each}`);
      // Both are of other days.
      const both = office(5, false, (name) => (name === by && numbers % 2 === 0 ? 'curl' : 'browser')).map((one) => ({
        ...one,
        principal: one.principal && { ...one.principal, credentialKind: kind },
      }));
      assert.deepEqual(told(both, swaps(kind, ['browser', 'curl'], each)), [], `${kind} ${each}, both known`);
    }
    // A new version comes once, and stays.
    assert.deepEqual(told(before, swaps(kind, ['browser', 'browser-2'], 30)), [], `${kind}, an update`);
  }
  const keys = ordinary.map((one) => ({
    ...one,
    principal: one.principal && { ...one.principal, credentialKind: 'api-key' },
  }));
  assert.deepEqual(told(keys, swaps('api-key', ['browser', 'curl'], 1)), [], 'a key');
});

test('one answer is one, however many records it holds, where nobody knows how large answers are; many are many', () => {
  const before = office(5, false);
  const pages = (records: number, many: number): Facts[] =>
    Array.from({ length: many }, (_, i) =>
      factOf({ time: monday + 5 * day + 11 * hour + i * 30_000, by: nameOf(2, 1), template: '/books', records }),
    );
  for (const records of whole ? [60, 900, 5000, 80_000] : [60, 5000]) {
    assert.deepEqual(told(before, pages(records, 1)), [], `${records} records`);
    assert.ok(told(before, pages(records, 90)).includes('scraping'), `${records} records, ninety times`);
  }
});
