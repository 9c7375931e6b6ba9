// What the application tells policies of a request, and the time as clocks of a zone show it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Asked } from './asked.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-context-'));
after(() => rmSync(folder, { recursive: true }));

const contractOf = (castellan: object): Record<string, unknown> =>
  apiOf(
    { '/a': { get: { operationId: 'getA', responses: { 204: { description: 'done' } } } } },
    {
      'x-castellan': { profile: 'internal', ...castellan },
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
  );

let files = 0;
const options = (condition: string, more: Partial<GuardOptions> = {}): Partial<GuardOptions> => {
  files += 1;
  const policies = join(folder, `${files}.cedar`);
  writeFileSync(policies, `permit (principal, action, resource) when { ${condition} };`);
  return {
    policies,
    authentication: { token: { verify: (subject: string) => ({ subject }) } } as never,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    ...more,
  };
};
const ada: Asked = { fields: { authorization: 'Bearer ada', 'user-agent': 'phone' } };

async function status(castellan: object, given: Partial<GuardOptions>): Promise<string> {
  const { ask, end } = await asking(contractOf(castellan), undefined, given);
  const { status: said, refused } = await ask(ada);
  await end();
  return `${said} ${refused?.split(' ').at(-1) ?? ''}`.trim();
}

test('policies read what the application says of the request', async () => {
  const context = {
    mfa: 'boolean',
    device: 'string',
    since: 'date-time',
    from: 'ip',
    tags: 'strings',
    risk: 'number',
    level: 'integer',
  };
  const said: Readonly<Record<string, unknown>> = {
    mfa: true,
    device: 'phone',
    since: '2026-01-01T00:00:00Z',
    from: '10.0.0.1',
    tags: ['a', 'b'],
    risk: 0.5,
    level: 3,
  };
  const conditions = [
    'context has mfa && context.mfa',
    'context has device && context.device == "phone"',
    'context has since && context.since < context.now',
    'context has from && context.from.isInRange(ip("10.0.0.0/8"))',
    'context has tags && context.tags.contains("b")',
    'context has risk && context.risk.lessThan(decimal("0.6"))',
    'context has level && context.level >= 3',
  ];
  for (const condition of conditions) {
    assert.equal(await status({ context }, options(condition, { policyContext: () => said })), '204', condition);
    assert.equal(await status({ context }, options(condition, { policyContext: () => Promise.resolve(said) })), '204');
    // Absent where nobody says it, and where it is said to be nothing.
    assert.match(await status({ context }, options(condition)), /^403/);
    assert.match(await status({ context }, options(condition, { policyContext: () => ({ mfa: null }) })), /^403/);
  }
});

test('the function is told the request, once', async () => {
  const calls: unknown[] = [];
  const given = options('context has device && context.device == "phone ada 192.0.2.1 getA"', {
    policyContext({ auth, operation, address, headers }) {
      calls.push(auth?.subject);
      return { device: `${String(headers['user-agent'])} ${auth?.subject} ${address} ${operation?.operationId}` };
    },
  });
  assert.equal(await status({ context: { device: 'string' } }, given), '204');
  assert.deepEqual(calls, ['ada']);
});

test('what cannot be said or is of a wrong kind is no permission, and says nothing beside it', async () => {
  const context = { mfa: 'boolean' };
  const failing = (): never => {
    throw new Error('no');
  };
  const condition = '!(context has mfa && !context.mfa)';
  assert.equal(await status({ context }, options(condition, { policyContext: failing })), '500 context-failed');
  assert.match(await status({ context }, options(condition, { policyContext: () => ({ mfa: 'yes' }) })), /^403/);
  assert.equal(
    await status({ context }, options(condition, { policyContext: () => ({ mfa: true, other: 1 }) })),
    '204',
  );
  // What the request says cannot be said by the application.
  const scopes = options('context.scopes.contains("admin")', { policyContext: () => ({ scopes: ['admin'] }) });
  assert.match(await status({ context }, scopes), /^403/);
});

test('the local time, over the change of the clocks and of the day', async () => {
  const at = async (zone: string, now: string, condition: string): Promise<string> =>
    status({ zone }, options(condition, { clock: () => Date.parse(now) }));
  for (const [zone, now, condition] of [
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 'context.local.hour == 1 && context.local.minute == 59'],
    ['Europe/Berlin', '2026-03-29T01:00:00.000Z', 'context.local.hour == 3 && context.local.weekday == 7'],
    ['Europe/Berlin', '2026-10-25T00:30:00.000Z', 'context.local.hour == 2'],
    ['Europe/Berlin', '2026-10-25T01:30:00.000Z', 'context.local.hour == 2'],
    [
      'America/New_York',
      '2026-11-30T04:59:00.000Z',
      'context.local.weekday == 7 && context.local.date == "2026-11-29"',
    ],
    [
      'Asia/Kathmandu',
      '2026-11-29T18:15:00.000Z',
      'context.local.weekday == 1 && context.local.hour == 0 && context.local.minute == 0',
    ],
    ['UTC', '2026-11-30T00:00:00.000Z', 'context.local.weekday == 1 && context.local.date == "2026-11-30"'],
  ] as const) {
    assert.equal(await at(zone, now, condition), '204', `${zone} ${now}`);
    assert.match(await at(zone, now, `!(${condition})`), /^403/);
  }
});

test('names and zones that mean nothing are errors with their place', async () => {
  for (const [castellan, message] of [
    [{ context: { now: 'date-time' } }, /'now' means something already/],
    [{ context: { 'a-b': 'string' } }, /'a-b' is no name/],
    [{ context: { mfa: 'bool' } }, /did you mean boolean|write string/],
    [{ context: ['mfa'] }, /is not an object/],
    [{ zone: 'Europe/Berln' }, /is not a time zone/],
    [{ zones: 'UTC' }, /did you mean zone/],
  ] as const)
    await assert.rejects(status(castellan, options('true')), message);
  await assert.rejects(status({}, options('context.mfa')), /mfa/);
  await assert.rejects(status({}, options('context.local.hour == 1')), /local/);
});
