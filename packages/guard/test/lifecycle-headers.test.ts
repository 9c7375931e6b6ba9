// The fields that announce an end, in every form that dates and links have, against the grammars of RFC 9745, RFC 8594 and RFC 8288; and
// what a registry decides, which takes effect in a guard that runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { loadContract, type Lifecycle } from '@castellan/contract';
import { AnnouncedLifecycle, readDecidedLifecycle } from '../src/announced-lifecycle.ts';
import { compileLifecycle } from '../src/lifecycle.ts';

const document = (api: object | undefined, operation: object | undefined): Readonly<Record<string, unknown>> => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  ...(api && { 'x-castellan': { lifecycle: api } }),
  paths: {
    '/orders': {
      get: {
        operationId: 'old',
        deprecated: true,
        ...(operation && { 'x-castellan': { lifecycle: operation } }),
        responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
    '/next': { get: { operationId: 'newOne', responses: { 204: { description: '' } } } },
  },
});

/** RFC 9651 section 3.3.7: a date is an integer of seconds with @ before it. */
const structuredDate = /^@(-?\d{1,15})$/;
/** RFC 9110 section 5.6.7: IMF-fixdate. */
const httpDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} 00:00:00 GMT$/;
/** RFC 8288 section 3, as far as these are written: <URI-Reference>; rel="…". */
const link = /^<([\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e%]*)>; rel="([a-z -]+)"$/;

const dates = [undefined, '1999-12-31', '2024-02-29', '2026-01-01', '2026-06-15', '2027-01-01', '9999-12-31'];
const addresses = [
  undefined,
  'https://docs.example.com/a?b=c&d=é',
  '/moving "on"',
  'newOne',
  'javascript:alert(1)',
  'x\r\ny: z',
];
const states = ['draft', 'published', 'deprecated', 'retired'] as const;

function fieldsOf(
  contract: Awaited<ReturnType<typeof loadContract>>,
  decided: Lifecycle | undefined,
): Readonly<Record<string, string>> {
  const announced = new AnnouncedLifecycle();
  if (decided !== undefined) announced.set({ operations: { old: decided } });
  const operation = contract.operations.find(({ operationId }) => operationId === 'old');
  assert.ok(operation !== undefined);
  return Object.fromEntries(compileLifecycle(contract, operation, announced)().fields);
}

test('fields are what the RFCs say, for every state × dates × addresses, by document and by decision alike', async () => {
  const bare = await loadContract(document(undefined, undefined));
  for (const state of states)
    for (const deprecatedAt of dates)
      for (const sunset of dates)
        for (const address of addresses) {
          const lifecycle = Object.fromEntries(
            Object.entries({ state, deprecatedAt, sunset, successor: address, information: address }).filter(
              ([, value]) => value !== undefined,
            ),
          ) as unknown as Lifecycle;
          const fields = fieldsOf(bare, lifecycle);
          const what = JSON.stringify([lifecycle, fields]);
          const told = state === 'deprecated' && deprecatedAt !== undefined;
          assert.equal(fields['deprecation'] !== undefined, told, what);
          assert.equal(fields['sunset'] !== undefined, sunset !== undefined, what);
          for (const value of Object.values(fields)) assert.doesNotMatch(value, /[\r\n\0]/);
          if (fields['sunset'] !== undefined) {
            assert.match(fields['sunset'], httpDate);
            assert.equal(new Date(fields['sunset']).toISOString().slice(0, 10), sunset);
          }
          if (fields['deprecation'] !== undefined) {
            const seconds = Number(structuredDate.exec(fields['deprecation'])?.[1]);
            const first = [deprecatedAt ?? '', sunset ?? '9999-12-31'].sort()[0];
            assert.equal(new Date(seconds * 1000).toISOString().slice(0, 10), first, what);
            // RFC 9745 section 4: no sunset before its deprecation.
            if (fields['sunset'] !== undefined) assert.ok(Date.parse(fields['sunset']) >= seconds * 1000, what);
          }
          const relations = (fields['link'] ?? '')
            .split(/, (?=<)/)
            .filter((one) => one !== '')
            .map((one) => {
              const [, target, relation] = link.exec(one) ?? [];
              assert.ok(target !== undefined, `${one} of ${what}`);
              return relation;
            });
          const isLink = address !== undefined && /^(?:https|\/)/.test(address);
          const ends = sunset !== undefined || state === 'retired';
          assert.deepEqual(
            relations,
            [
              ...(isLink || address === 'newOne' ? ['successor-version'] : []),
              ...(isLink && (told || ends)
                ? [[...(told ? ['deprecation'] : []), ...(ends ? ['sunset'] : [])].join(' ')]
                : []),
            ],
            what,
          );
        }
});

test('document × decision: the earlier end, the earlier deprecation; either retires, neither revives', async () => {
  const now = Date.parse('2026-06-15T12:00:00Z');
  for (const written of states)
    for (const decided of [undefined, ...states])
      for (const a of [undefined, '2026-01-01', '2027-01-01'])
        for (const b of [undefined, '2026-02-01', '2027-02-01']) {
          const contract = await loadContract(
            document(undefined, { state: written, ...(a && { sunset: a, deprecatedAt: a }) }),
          );
          const operation = contract.operations.find(({ operationId }) => operationId === 'old');
          const announced = new AnnouncedLifecycle();
          assert.ok(operation !== undefined);
          const plan = compileLifecycle(contract, operation, announced);
          const before = plan();
          if (decided !== undefined)
            announced.set({ operations: { old: { state: decided, ...(b && { sunset: b, deprecatedAt: b }) } } });
          const { endsAt } = plan();
          const ends = [a, decided === undefined ? undefined : b].filter((one) => one !== undefined).sort()[0];
          const over =
            written === 'retired' || decided === 'retired' || (ends !== undefined && Date.parse(ends) <= now);
          assert.equal(endsAt <= now, over, JSON.stringify([written, a, decided, b]));
          assert.ok(endsAt <= before.endsAt);
          announced.set({ operations: {} });
          assert.deepEqual(plan(), before);
        }
});

test('a decision on one operation is about no other, and one on the API about all', async () => {
  const contract = await loadContract(document(undefined, undefined));
  const announced = new AnnouncedLifecycle();
  const plans = contract.operations.map((operation) => compileLifecycle(contract, operation, announced));
  const over = (): boolean[] => plans.map((plan) => plan().endsAt === -Infinity);
  const retired: Lifecycle = { state: 'retired' };
  announced.set({ operations: Object.fromEntries(['old', 'toString'].map((id) => [id, retired])) });
  assert.deepEqual(over(), [true, false]);
  announced.set({ api: { state: 'retired' }, operations: {} });
  assert.deepEqual(over(), [true, true]);
});

test('what a registry answers is taken whole or not at all', () => {
  const good = { state: 'deprecated', deprecatedAt: '2026-01-01', sunset: '2027-01-01', successor: 'newOne' };
  assert.deepEqual(readDecidedLifecycle({ operations: {} }), { operations: {} });
  assert.deepEqual(readDecidedLifecycle({ api: good, operations: { a: good } }), {
    api: good,
    operations: { a: good },
  });
  assert.deepEqual(readDecidedLifecycle({ operations: { a: { ...good, later: 1 } } }), { operations: { a: good } });
  const bad: readonly unknown[] = [
    undefined,
    null,
    'retired',
    [],
    {},
    { operations: [] },
    { operations: null },
    ...[null, 'retired', [], { state: 'gone' }, { ...good, sunset: 7 }, { ...good, sunset: '2027-02-30' }].flatMap(
      (one) => [{ operations: { a: good, b: one } }, { api: one, operations: {} }],
    ),
    { operations: { a: { ...good, deprecatedAt: '2026-1-1' } } },
    { operations: { a: { ...good, successor: '' } } },
    { operations: { a: { ...good, information: 'x'.repeat(2_001) } } },
    { operations: Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`o${index}`, good])) },
  ];
  for (const one of bad) assert.equal(readDecidedLifecycle(one), undefined, JSON.stringify(one)?.slice(0, 200));
});

test('deprecated: true alone has no date, and announces none', async (t) => {
  const guard = await createGuard({ contract: document(undefined, undefined), authentication: {} });
  t.after(() => guard.end());
  const { headers, status } = await fetchGuard(guard, () => Response.json({}))(
    new Request('https://api.example.com/orders'),
  );
  assert.deepEqual(
    [status, headers.get('deprecation'), headers.get('sunset'), headers.get('link')],
    [200, null, null, null],
  );
});
