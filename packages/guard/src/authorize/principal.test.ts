// Who asks, in which circumstances, and what those who may not are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@castellan/contract';
import { CedarRecord, Datetime, type RecordShape, type Shape, type Value } from '@castellan/policy/entities';
import type { AuthContext } from '../auth-context.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Authority } from './authority.ts';
import { begin, withAuthorization } from './begin.ts';
import { contextOf } from './context.ts';
import { entityKey, type EntityJson } from './directory.ts';
import { principalOf } from './principal.ts';
import { denied, hiding, isSecret, undecided, withheldObject } from './refusals.ts';

const string: Shape = { kind: 'string' };
const shapeOf = (attributes: Readonly<Record<string, Shape>>): RecordShape => ({
  kind: 'record',
  open: false,
  attributes: new Map(Object.entries(attributes).map(([name, shape]) => [name, { shape, required: false }])),
});
const texts: Shape = { kind: 'set', of: string };
const auth = {
  subject: 'ada',
  issuer: 'i',
  scopes: ['s'],
  groups: ['g', 'h'],
  tenant: 't',
  claims: { name: 'Ada', id: 'x', level: 'a' },
} as unknown as AuthContext;
const attributes = shapeOf({
  id: string,
  subject: string,
  issuer: string,
  tenant: string,
  name: string,
  level: string,
  scopes: texts,
  groups: texts,
});
const authority = { ids: new Map(), typeOf: () => ({ attributes }) } as unknown as Authority;
const plain = (value: Value | undefined): unknown =>
  value instanceof CedarRecord
    ? Object.fromEntries(value.entries().map(([name, inner]) => [name, plain(inner)]))
    : value instanceof Datetime
      ? Number(value.milliseconds)
      : typeof value === 'object'
        ? String(value)
        : value;

test('a principal has its claims, what its credential says over them, and what the directory says between', () => {
  const told = {
    uid: { type: 'User', id: 'ada' },
    attrs: { level: 'b', tenant: 'z' },
    parents: [{ type: 'Team', id: 'one' }],
  };
  const parents = (entity: ReturnType<typeof principalOf>): string[] =>
    entity.parents.map(({ type, id }) => `${type} ${id}`);
  const own = principalOf(authority, auth, undefined);
  assert.deepEqual([own.type, own.id, parents(own)], ['User', 'ada', ['Group g', 'Group h']]);
  const common = {
    id: 'ada',
    subject: 'ada',
    issuer: 'i',
    tenant: 't',
    name: 'Ada',
    scopes: '["s"]',
    groups: '["g", "h"]',
  };
  assert.deepEqual(plain(own.attributes), { ...common, level: 'a' });
  const known = principalOf(authority, auth, told);
  assert.deepEqual([parents(known), plain(known.attributes)], [['Team one'], { ...common, level: 'b' }]);
  assert.deepEqual(parents(principalOf(authority, auth, { uid: told.uid })), [], 'a membership that ended, ended');
  const nobody = principalOf(authority, undefined, undefined);
  assert.notEqual(nobody.type, 'User');
  assert.deepEqual([nobody.id, parents(nobody)], ['anonymous', []]);
  const without = principalOf({ ...authority, typeOf: () => undefined } as unknown as Authority, auth, undefined);
  assert.deepEqual(plain(without.attributes), {});
});

test('what policies know of a request', () => {
  const path = shapeOf({ id: string });
  const shape = shapeOf({
    now: { kind: 'datetime' },
    address: string,
    scopes: texts,
    tenant: string,
    path,
    query: path,
    header: shapeOf({ 'x-reason': string }),
    cookie: path,
    body: path,
  });
  const exchange = {
    now: 42,
    address: '192.0.2.1',
    auth,
    parameters: { path: { id: 'p' }, query: { id: 'q' }, header: { 'x-reason': 'r' }, cookie: { id: 'c' } },
    value: { id: 'b' },
  } as unknown as Exchange;
  const of = (more: object = {}, asked?: Readonly<Record<string, unknown>>): unknown =>
    plain(contextOf({ ...exchange, ...more } as Exchange, shape, new Map(), {}, asked));
  const whole = {
    now: 42,
    address: '192.0.2.1',
    scopes: '["s"]',
    tenant: 't',
    path: { id: 'p' },
    query: { id: 'q' },
    cookie: { id: 'c' },
    body: { id: 'b' },
  };
  const { header, ...rest } = of() as { header: unknown };
  assert.deepEqual(rest, whole);
  assert.deepEqual(header, { 'x-reason': 'r' });
  const fields = contextOf(exchange, shape, new Map(), {}).get('header') as CedarRecord;
  assert.deepEqual([fields.get('X-Reason'), fields.get('x-reason')], ['r', 'r'], 'names of fields have no case');
  for (const value of ['text', null, undefined, 7])
    assert.equal('body' in (of({ value }) as object), false, String(value));
  assert.deepEqual((of({ auth: undefined }) as { scopes: unknown }).scopes, '[]');
  assert.equal('tenant' in (of({ auth: undefined }) as object), false);
  assert.deepEqual(of({}, { address: 'elsewhere', now: 'x', tenant: 'x' }), {
    now: 42,
    address: 'elsewhere',
    scopes: '["s"]',
    tenant: 't',
  });
  assert.equal(contextOf(exchange, undefined, new Map(), {}), CedarRecord.empty);
  assert.deepEqual(
    plain(contextOf(exchange, shapeOf({ header: string }), new Map(), {})),
    {},
    'fields that are no record are none',
  );
});

test('who calls is asked for once, and only where somebody can tell', async () => {
  const ada: EntityJson = { uid: { type: 'User', id: 'ada' }, parents: [{ type: 'Group', id: 'told' }] };
  const groupsOf = async (
    directory: Authority['directory'],
    exchange: Partial<Exchange>,
  ): Promise<readonly [string, boolean]> => {
    const one = { ...authority, directory } as Authority;
    const asked = { auth: undefined, ...exchange } as Exchange;
    const begun = begin(one, asked);
    const authorization = await begun;
    assert.equal(begin(one, asked), authorization, 'once for each request');
    return [authorization.principal.parents.map(({ id }) => id).join(), begun instanceof Promise];
  };
  const listed = { known: new Map([[entityKey('User', 'ada'), ada]]), ask: undefined };
  const asking = (list: readonly EntityJson[]): Authority['directory'] => ({
    known: undefined,
    ask: () => Promise.resolve(list),
  });
  assert.deepEqual(await groupsOf(undefined, { auth }), ['g,h', false]);
  assert.deepEqual(await groupsOf(listed, { auth }), ['told', false]);
  assert.deepEqual(await groupsOf({ known: new Map(), ask: undefined }, { auth }), ['g,h', false]);
  assert.deepEqual(await groupsOf(asking([ada]), { auth }), ['told', true]);
  assert.deepEqual(await groupsOf(asking([]), { auth }), ['g,h', true]);
  assert.deepEqual(
    await groupsOf(
      asking([
        { ...ada, uid: { type: 'Group', id: 'ada' } },
        { ...ada, uid: { type: 'User', id: 'bob' } },
      ]),
      { auth },
    ),
    ['g,h', true],
  );
  assert.deepEqual(await groupsOf(asking([ada]), {}), ['', false]);
  const core = (one: Authority | undefined): GuardCore => ({ authority: one }) as unknown as GuardCore;
  assert.throws(() => withAuthorization(core(undefined), {} as Exchange, () => 1), /no policies/);
  const now = withAuthorization(
    core({ ...authority, directory: listed }),
    { auth } as Exchange,
    ({ principal }) => principal.id,
  );
  const later = withAuthorization(
    core({ ...authority, directory: asking([ada]) }),
    { auth } as Exchange,
    ({ principal }) => principal.id,
  );
  assert.deepEqual([now, later instanceof Promise, await later], ['ada', true, 'ada']);
});

test('refusals: by whether existence is secret', () => {
  const coreOf = (profile: string): GuardCore =>
    ({ contract: { castellan: { profile } }, settings: { withheldStatus: 502 } }) as unknown as GuardCore;
  const operationOf = (existence?: string): Operation => ({ castellan: { existence } }) as unknown as Operation;
  for (const [profile, existence, secret] of [
    ['standard', undefined, false],
    ['bank', undefined, true],
    ['bank', 'public', false],
    ['standard', 'secret', true],
  ] as const) {
    const [core, operation] = [coreOf(profile), operationOf(existence)];
    assert.equal(isSecret(core, operation), secret);
    const decision = { action: 'read' } as never;
    const type = secret ? 'not-found' : 'forbidden';
    assert.deepEqual(denied(core, operation, 'log'), {
      type,
      reason: 'policy-denied',
      log: 'log',
      decision: undefined,
    });
    assert.deepEqual(denied(core, operation, 'log', 'other', decision), {
      type,
      reason: 'other',
      log: 'log',
      decision,
    });
    const forbidden = { type: 'forbidden', reason: 'r', log: 'l', detail: 'd', decision } as const;
    assert.deepEqual(
      hiding(core, operation, forbidden),
      secret ? { type, reason: 'r', log: 'l', decision } : forbidden,
    );
    const away = { type: 'timeout', reason: 'r', log: 'l' } as const;
    assert.equal(hiding(core, operation, away), away);
  }
  const withheld = { type: 'response-withheld', status: 502 };
  assert.deepEqual(withheldObject(coreOf('bank'), 'log', { action: 'read' } as never), {
    ...withheld,
    reason: 'object-denied',
    log: 'log',
    decision: { action: 'read' },
  });
  const { log, ...open } = undecided(coreOf('bank'), 'log');
  assert.deepEqual(open, { ...withheld, reason: 'authorization-not-decided', critical: true });
  assert.match(log ?? '', /^log(?:, sent at .*)?$/);
});
