import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicCredential, bearerCredential, cookieValue, queryValue, schemeCredential } from './credential.ts';
import { claimPath } from './claim-path.ts';
import { ClaimPresence } from './claim-presence.ts';
import { Memory } from './memory.ts';

test('what follows the name of an authentication scheme', () => {
  for (const [field, token] of [
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer x', 'x'],
    ['bEARER  x ', 'x'],
    ['Bearer\tx', undefined],
    ['Bearerx', undefined],
    ['Beareryx y', undefined],
    ['DPoP xyz 1', undefined],
    ['Basic xyz', undefined],
  ] as const) {
    assert.equal(bearerCredential(field), token, field);
    assert.equal(schemeCredential(field, 'bearer'), token, field);
  }
  assert.equal(schemeCredential('DPoP x', 'dpop'), 'x');
});

test('user and password of a Basic field', () => {
  const of = (text: string): unknown => basicCredential(`Basic ${Buffer.from(text).toString('base64')}`);
  assert.deepEqual(of('ada:secret'), { user: 'ada', password: 'secret' });
  assert.deepEqual(of('ada:se:cret'), { user: 'ada', password: 'se:cret' });
  assert.deepEqual(of(':'), { user: '', password: '' });
  assert.deepEqual(of('ädä:ß'), { user: 'ädä', password: 'ß' });
  assert.equal(of('ada'), undefined);
  assert.deepEqual(of(`a:${'x'.repeat(766)}`), { user: 'a', password: 'x'.repeat(766) });
  assert.equal(of(`a:${'x'.repeat(767)}`), undefined);
  for (const field of [
    undefined,
    'Basic',
    'Bearer YTpi',
    'Basic YTpi=YTpi',
    'Basic YT pi',
    'Basic YTpi===',
    'Basic YT-_',
  ])
    assert.equal(basicCredential(field), undefined, field);
});

test('one cookie of a field', () => {
  for (const [field, value] of [
    [undefined, undefined],
    ['', undefined],
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['a=1; b=2', '1'],
    [' a = 1 ', '1'],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['a', undefined],
    ['A=1', undefined],
    ['ab=1', undefined],
    ['a=1; a=1', undefined],
    ['a=; a=1', undefined],
    [`${'x=1;'.repeat(199)}a=1`, '1'],
    [`${'x=1;'.repeat(200)}a=1`, undefined],
  ] as const)
    assert.equal(cookieValue(field, 'a'), value, field?.slice(-20));
});

test('one parameter of a query', () => {
  for (const [query, value] of [
    ['', undefined],
    ['a=1', '1'],
    ['b=2&a=1', '1'],
    ['a', ''],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['a=x+y%20z', 'x y z'],
    ['%61=1', '1'],
    ['a=%', undefined],
    ['a=%&a=1', undefined],
    ['%=1&a=1', '1'],
    ['a=1&a=1', undefined],
    ['a&a=1', undefined],
    [`${'x&'.repeat(999)}a=1`, '1'],
    [`${'x&'.repeat(1000)}a=1`, undefined],
  ] as const)
    assert.equal(queryValue(query, 'a'), value, query.slice(-20));
});

test('what is remembered ends with its time, its turn, or everything', () => {
  const memory = new Memory<{ expiresAt: number; name: string }>(2);
  const entry = (name: string, expiresAt = 100): { expiresAt: number; name: string } => ({ name, expiresAt });
  assert.notEqual(memory.digest('a'), memory.digest('b'));
  assert.equal(memory.digest('a'), memory.digest('a'));
  assert.notEqual(memory.digest('a'), new Memory().digest('a'), 'of another process');
  memory.set('a', entry('a'));
  assert.deepEqual([memory.get('a', 99)?.name, memory.get('b', 0)], ['a', undefined]);
  assert.equal(memory.get('a', 100), undefined, 'over at its end');
  assert.equal(memory.get('a', 0), undefined, 'and forgotten');
  for (const name of ['a', 'b', 'c']) memory.set(name, entry(name));
  // What is asked for is of the younger generation from then on; when that is full, the older one goes.
  assert.deepEqual(
    ['c', 'b', 'a'].map((name) => memory.get(name, 0)?.name),
    ['c', 'b', undefined],
  );
  memory.clear();
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => memory.get(name, 0)),
    [undefined, undefined, undefined],
  );
  // What is used stays; what is not goes after two generations.
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    memory.set(name, entry(name));
    assert.equal(memory.get('a', 0)?.name, 'a', name);
  }
  assert.equal(memory.get('b', 0), undefined);
  // What is over in the older generation is over.
  memory.clear();
  memory.set('old', entry('old', 10));
  memory.set('x', entry('x'));
  assert.deepEqual([memory.get('old', 10), memory.get('old', 0)], [undefined, undefined]);
  const none = new Memory<{ expiresAt: number }>(0);
  none.set('a', { expiresAt: 100 });
  assert.equal(none.get('a', 0), undefined);
});

test('claims that are named and missing are told of until a token has them', (context) => {
  const warned: string[] = [];
  context.mock.method(process, 'emitWarning', (message: string, { code }: { code: string }) => {
    assert.equal(code, 'claim-not-found');
    warned.push(message);
  });
  const named = { groups: true, tenant: true, optionalGroups: false };
  const paths = { groups: [claimPath('roles')], tenant: [claimPath('claims.org')] };
  const presence = new ClaimPresence('token', named, paths);
  assert.deepEqual(presence.notices, []);
  assert.deepEqual(presence.unknownOf({ roles: ['a'], org: 'o' }, ['a'], undefined), [], undefined);
  assert.deepEqual(presence.unknownOf({ roles: null, org: 'o' }, [], undefined), ['groups'], undefined);
  assert.deepEqual([presence.notices, warned], [[], []], 'some token had them');

  const other = new ClaimPresence('token', named, paths);
  assert.deepEqual(
    other.unknownOf({ sub: 's', bad: 1, ['\u001b[31m']: 1 }, [], undefined),
    ['groups', 'tenant'],
    undefined,
  );
  assert.deepEqual(other.unknownOf({}, [], undefined), ['groups', 'tenant'], undefined);
  assert.equal(warned.length, 2);
  assert.match(
    warned[0] ?? '',
    /^authentication\.token\.groups is 'roles', .* it has \?\[31m, bad, sub; .*optionalGroups/,
  );
  assert.match(warned[1] ?? '', /^authentication\.token\.tenant is 'claims\.org', .* it has \?\[31m, bad, sub$/);
  assert.deepEqual(
    other.notices.map(({ code, message, fatalInProduction }) => [code, warned.includes(message), fatalInProduction]),
    [
      ['claim-not-found', true, false],
      ['claim-not-found', true, false],
    ],
  );
  assert.deepEqual(other.unknownOf({ org: 'o' }, [], undefined), ['groups'], undefined);
  assert.equal(other.notices.length, 1);

  const optional = new ClaimPresence('token', { ...named, tenant: false, optionalGroups: true }, paths);
  assert.deepEqual(optional.unknownOf({}, [], undefined), [], undefined);
  assert.deepEqual(optional.unknownOf({ _claim_names: { roles: 'src1' } }, [], undefined), ['groups'], undefined);
  const unnamed = new ClaimPresence(
    'token',
    { groups: false, tenant: false, optionalGroups: false },
    { groups: [claimPath('claims.groups')], tenant: [] },
  );
  for (const [claims, groups, unknown] of [
    [{}, [], []],
    [{ _claim_names: { groups: 'src1' } }, [], ['groups']],
    [{ _claim_names: { groups: 'src1' } }, ['a'], []],
    [{ _claim_names: { roles: 'src1' } }, [], []],
    [{ _claim_names: null }, [], []],
    [{ _claim_names: 'groups' }, [], []],
    [{ hasgroups: true }, [], ['groups']],
    [{ hasgroups: 'true' }, [], []],
  ] as const)
    assert.deepEqual(unnamed.unknownOf(claims, groups, undefined), unknown, JSON.stringify(claims));
  assert.deepEqual(unnamed.notices, []);
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`c${at + 10}`, 1]));
  new ClaimPresence('token', { ...named, tenant: false }, paths).unknownOf(many, [], undefined);
  assert.match(warned.at(-1) ?? '', /c10, .*c21 and more;/);
});
