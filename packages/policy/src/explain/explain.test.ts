import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies, explainInWords, type AuthorizationRequest } from '../index.ts';

const schema = `
  entity Group;
  entity User in [Group] { email?: String };
  entity Section { approval?: { tag: String, at: datetime }, owner: User };
  action edit appliesTo { principal: User, resource: Section, context: { now: datetime } };
  action view appliesTo { principal: User, resource: Section, context: { now: datetime } };`;

const policies = `
@id("editors") permit (principal in Group::"editors", action == Action::"edit", resource is Section)
when { resource has approval && resource.approval.tag == "ready" && context.now < resource.approval.at.offset(duration("78h")) }
unless { principal has email && principal.email like "*@rival.example" };
@id("frozen") forbid (principal, action in [Action::"edit"], resource == Section::"frozen");
@id("viewers") permit (principal, action == Action::"view", resource) when { resource.owner == principal };`;

const set = compilePolicies({ policies, schema });
const uid = (type: string, id: string) => ({ type, id });

function explain(
  change: { tag?: string; email?: string; now?: string; group?: string; resource?: string } = {},
  sensitive: string[] = [],
) {
  const { tag = 'ready', now = '2026-11-24T11:00:00Z', group = 'editors', resource = 's' } = change;
  const attrs = change.email === undefined ? {} : { email: change.email };
  const request: AuthorizationRequest = {
    principal: uid('User', 'ada'),
    action: uid('Action', 'edit'),
    resource: uid('Section', resource),
    context: { now },
    entities: [
      { uid: uid('User', 'ada'), attrs, parents: [uid('Group', group)] },
      {
        uid: uid('Section', resource),
        attrs: { approval: { tag, at: '2026-11-24T10:00:00Z' }, owner: uid('User', 'bob') },
        parents: [],
      },
    ],
  };
  return explainInWords(set.explain(set.convert(request), { sensitive: new Set(sensitive) }));
}

test('an allowed request names the policies that permit it', () => {
  assert.deepEqual(explain().slice(0, 2), ['allow: permitted by editors', 'editors (<policies>:2:1) permits it']);
});

test('a refusal names the condition that was false, with the values compared', () => {
  assert.deepEqual(explain({ tag: 'draft' }), [
    'deny: no policy permits it',
    'editors (<policies>:2:1) does not apply: this is false: resource.approval.tag == "ready"',
    '    resource.approval.tag is "draft"',
    'frozen (<policies>:5:1) is for others: resource == Section::"frozen"',
    '    resource is Section::"s"',
    '1 policy is for other actions',
  ]);
  assert.match(
    explain({ now: '2026-11-27T16:00:00Z' }).join('\n'),
    /this is false: context\.now < .*\n.*context\.now is datetime\("2026-11-27T16:00:00\.000Z"\)\n/,
  );
  assert.match(
    explain({ group: 'others' }).join('\n'),
    /is for others: principal in Group::"editors"\n {4}principal is User::"ada"/,
  );
  assert.match(
    explain({ email: 'a@rival.example' }).join('\n'),
    /this is true: .*principal\.email like "\*@rival\.example"\)\n.*\n {4}principal\.email is "a@rival/,
  );
});

test('a forbid policy overrides', () => {
  const words = explain({ resource: 'frozen' });
  assert.deepEqual(words.slice(0, 3), [
    'deny: forbidden by frozen',
    'editors (<policies>:2:1) permits it, but a forbid policy overrides it',
    'frozen (<policies>:5:1) forbids it',
  ]);
});

test('sensitive values are hidden, also inside of others', () => {
  const words = explain({ email: 'a@rival.example', tag: 'ready' }, ['User.email']).join('\n');
  assert.match(words, /principal\.email is \(hidden\)/);
  assert.doesNotMatch(words, /a@rival/);
  assert.match(explain({ tag: 'draft' }, ['Section.approval']).join('\n'), /resource\.approval\.tag is \(hidden\)/);
});

test('an erring policy says why', () => {
  const errs = compilePolicies({
    policies: 'permit (principal, action, resource) when { true && principal.age > 3 };',
  });
  const request = { principal: uid('User', 'a'), action: uid('Action', 'x'), resource: uid('R', 'r') };
  assert.match(
    explainInWords(errs.explain(errs.convert(request))).join('\n'),
    /was skipped: principal\.age > 3 cannot be evaluated: entity `User::"a"` does not exist/,
  );
});

test('coverage tells the conditions that were not tried both ways', () => {
  const coverage = set.coverage();
  const request = {
    principal: set.entity('User', 'ada'),
    action: set.convert({
      principal: uid('User', 'ada'),
      action: uid('Action', 'view'),
      resource: uid('Section', 's'),
      context: { now: '2026-11-24T11:00:00Z' },
    }).action,
    resource: set.entity('Section', 's', { owner: 'ada' }),
  };
  coverage.record(request);
  const viewers = coverage.conditions().filter(({ policyId }) => policyId === 'viewers');
  assert.deepEqual(
    viewers.map(({ condition, wasTrue, wasFalse }) => [condition, wasTrue, wasFalse]),
    [
      ['its head', true, false],
      ['resource.owner == principal', true, false],
    ],
  );
});

test('check finds policies that never apply, add nothing, or permit everybody', () => {
  const codes = (text: string) =>
    compilePolicies({ policies: text, schema })
      .check()
      .map(({ policyId, code }) => [policyId, code]);
  assert.deepEqual(
    codes('permit (principal, action == Action::"edit", resource) when { resource.owner == principal };'),
    [],
  );
  assert.deepEqual(codes('permit (principal, action == Action::"edit", resource);'), [
    ['policy0', 'permits-everybody'],
  ]);
  assert.deepEqual(codes('permit (principal is Group, action == Action::"edit", resource);'), [
    ['policy0', 'never-applies'],
  ]);
  assert.deepEqual(
    codes(
      'permit (principal in Group::"a", action, resource); permit (principal in Group::"a", action == Action::"edit", resource) when { resource has approval };',
    ),
    [['policy1', 'shadowed']],
  );
  assert.deepEqual(
    codes(
      'permit (principal == User::"a", action == Action::"edit", resource); forbid (principal, action in [Action::"edit"], resource);',
    ),
    [['policy0', 'overridden']],
  );
  assert.deepEqual(codes(policies), []);
});

test('a misspelling that only makes a policy impossible is refused where that is asked', () => {
  const policies =
    'permit (principal, action == Action::"edit", resource) when { resource has aproval && principal has email };';
  assert.equal(compilePolicies({ policies, schema }).ids.length, 1);
  assert.throws(
    () => compilePolicies({ policies, schema, impossible: 'refuse' }),
    /no attribute 'aproval'; did you mean 'approval'\?/,
  );
});
