// What an attacker can make of facts: callers, addresses, paths, programs and objects without end, clocks that are wrong, batches that come
// twice. Memory stays within its limits, what goes on is seen all the same, and who is honest is left alone. Seeds are fixed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { createDetection, type Detection } from './detection.ts';
import { detectors } from './detectors/index.ts';
import { ordinaryDays, sequenceFacts } from './sequence-world.ts';

const ordinary = ordinaryDays();
const attackOf = (id: string, nth = 0): readonly Facts[] => {
  const sequence = detectors.find((one) => one.id === id)?.bad[nth];
  assert.ok(sequence !== undefined);
  return sequenceFacts(sequence);
};
const enumeration = attackOf('object-enumeration');
const small = { callers: 2000, sources: 1000, credentials: 2000, operations: 200, secrets: 200, pairBytes: 256 * 1024 };

function playing(more: object = {}): Detection {
  const detection = createDetection({ seed: 3, memory: small, ...more });
  for (const facts of ordinary) detection.sink(facts);
  assert.deepEqual(detection.incidents, []);
  return detection;
}

/** Numbers that look random. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const template = enumeration[0] as Facts;
/** Each makes what has no end in one place of facts. */
const floods: Readonly<Record<string, (n: number, random: (below: number) => number) => Partial<Facts>>> = {
  principals: (n) => ({
    principal: {
      subject: `made-${n}`,
      issuer: 'https://login.example.com',
      tenant: undefined,
      credentialKind: 'jwt',
      credentialId: `made-${n}`,
    },
  }),
  issuers: (n) => ({
    principal: {
      subject: 'x',
      issuer: `https://${n}.example`,
      tenant: undefined,
      credentialKind: `kind-${n}`,
      credentialId: `${n}`,
    },
  }),
  credentials: (n) => ({
    principal: {
      subject: 'user9',
      issuer: 'https://login.example.com',
      tenant: undefined,
      credentialKind: 'jwt',
      credentialId: `made-${n}`,
    },
  }),
  addresses: (_n, random) => ({
    principal: undefined,
    address: `2001:db8:${random(65_536).toString(16)}:${random(65_536).toString(16)}::1`,
  }),
  programs: (n) => ({ principal: undefined, agent: `program-${n}` }),
  paths: (n) => ({ principal: undefined, operation: '', template: `/made/${n}/up`, status: 404 }),
  operations: (n) => ({ operation: `made${n}`, template: `/made${n}` }),
  apis: (n) => ({ api: `made-${n}` }),
  objects: (n) => ({
    objects: Array.from({ length: 100 }, (_, k) => ({
      type: `T${n}`,
      id: `o${n}-${k}`,
      verdict: 'permitted' as const,
    })),
    objectCount: 1e9,
  }),
  secrets: (n) => ({
    principal: undefined,
    status: 401,
    attempt: { kind: 'password', account: `a${n}`, secret: `s${n}` },
  }),
  sensitive: (n) => ({ sensitive: { [`property-${n}`]: 1 } }),
  reasons: (n) => ({ status: 400, refused: { stage: 'validate', type: `type-${n}`, reason: `reason-${n}` } }),
};

for (const [name, made] of Object.entries(floods))
  test(`${name} without end: memory is bounded, and an attack among them is seen`, () => {
    const detection = playing();
    const random = randomOf(name.length);
    const start = template.time;
    const stream: Facts[] = [...enumeration];
    for (let n = 0; n < 12_000; n++)
      stream.push({
        ...template,
        status: 200,
        refused: undefined,
        objects: [],
        objectCount: 0,
        id: `flood-${name}-${n}`,
        time: start + n * 6,
        ...made(n, random),
      });
    stream.sort((a, b) => a.time - b.time);
    for (const facts of stream) detection.sink(facts);
    assert.deepEqual(detection.failures, []);
    assert.ok(detection.bytes < 8 * 1024 * 1024, `${detection.bytes} bytes`);
    assert.ok(
      detection.incidents.some(
        ({ detections, principals }) =>
          detections.some(({ principal }) => principal?.subject === 'user3') ||
          principals.some((one) => one.name === 'user3'),
      ),
      'user3 enumerates',
    );
    for (const { objects, principals, addresses, operations, detections, gotOut } of detection.incidents) {
      for (const list of [objects, principals, addresses, operations]) assert.ok(list.length <= 100);
      assert.ok(detections.length <= 50 && Object.keys(gotOut.sensitive).length <= 100);
    }
    assert.ok(detection.incidents.length <= 1200);
  });

test('a process whose clock is wrong, and sends every other fact or one now and then, moves nobody: the same incidents', () => {
  const plain = playing();
  for (const facts of enumeration) plain.sink(facts);
  const hour = 3_600_000;
  const off = [-30, -2, 1, 5, 11, 13, 40 * 24].map((hours) => template.time + hours * hour);
  const odd = [Date.UTC(3000, 0, 1), -1, 0, Number.MAX_SAFE_INTEGER, ...off];
  for (const [time, every] of odd.flatMap((one) => [9, 2].map((often) => [one, often] as const))) {
    const detection = playing();
    for (const [i, facts] of enumeration.entries()) {
      if (i % every === every - 1)
        detection.sink({
          ...template,
          id: `odd-${time}-${every}-${i}`,
          principal: undefined,
          status: 200,
          refused: undefined,
          objects: [],
          time,
        });
      detection.sink(facts);
    }
    assert.deepEqual(detection.failures, []);
    assert.deepEqual(
      detection.incidents.map(({ detectors: ids, principals }) => [ids, principals[0]?.name]),
      plain.incidents.map(({ detectors: ids, principals }) => [ids, principals[0]?.name]),
      `${time}, one in ${every}`,
    );
  }
});

test('after a pause of any length ordinary days are ordinary, and an attack is seen', () => {
  for (const days of [1, 3, 10, 40]) {
    const later = (facts: Facts): Facts => ({
      ...facts,
      id: `${facts.id}-later`,
      time: facts.time + (6 + days) * 86_400_000,
    });
    const detection = playing();
    const next = ordinary.map(later);
    for (const facts of next) detection.sink(facts);
    assert.deepEqual(
      detection.incidents.map(({ title, detections }) => `${title} ${detections[0]?.why}`),
      [],
      `${days} days`,
    );
    for (const facts of enumeration.map(later)) detection.sink(facts);
    assert.ok(detection.incidents.length > 0, `${days} days`);
  }
});

test('what comes twice counts once', () => {
  const detection = playing();
  const four = enumeration.slice(0, 6);
  for (let n = 0; n < 20; n++) for (const facts of four) detection.sink(facts);
  assert.deepEqual(detection.incidents, []);
  assert.equal(detection.count, ordinary.length + four.length);
});

test('what is older than what came before it is looked at all the same, and counted', () => {
  const detection = playing();
  // Many in a row, or it would be taken for a clock that is wrong.
  const plain = { principal: undefined, status: 200, refused: undefined, objects: [], objectCount: 0 };
  for (let n = 0; n < 80; n++)
    detection.sink({ ...template, ...plain, id: `later-${n}`, time: template.time + 8 * 3_600_000 + n });
  for (const facts of enumeration) detection.sink(facts);
  assert.equal(detection.late, enumeration.length);
  assert.ok(detection.incidents.length > 0);
});

test('the same facts with the same seed give the same incidents, whatever the seed is', () => {
  for (const seed of [1, 77, 4711]) {
    const [one, other] = [0, 1].map(() => {
      const detection = createDetection({ seed });
      for (const facts of [...ordinary, ...enumeration]) detection.sink(facts);
      return detection.incidents;
    });
    assert.deepEqual(one, other);
    assert.deepEqual(
      one?.map(({ principals }) => principals[0]?.name),
      ['user3'],
    );
  }
});
