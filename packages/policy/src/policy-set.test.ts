import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies, EntityRef, PoliciesError } from './index.ts';

const request = {
  principal: { type: 'User', id: 'alice' },
  action: { type: 'Action', id: 'view' },
  resource: { type: 'Photo', id: '1' },
};

test('policies without @id are numbered by position, those with it keep theirs', () => {
  const texts = Array.from(
    { length: 12 },
    (_, i) => (i === 3 ? '@id("third")' : '') + 'permit (principal, action, resource);',
  );
  const set = compilePolicies({ policies: texts.join('\n') });
  assert.deepEqual(set.ids, [
    'policy0',
    'policy1',
    'policy2',
    'third',
    ...[4, 5, 6, 7, 8, 9, 10, 11].map((i) => `policy${i}`),
  ]);
  assert.deepEqual(set.decide(request).reasons, set.ids);
});

test('a forbid overrides, an erring policy is skipped and reported', () => {
  const set = compilePolicies({
    policies: {
      yes: 'permit (principal, action, resource);',
      errs: 'forbid (principal, action, resource) when { principal.x };',
    },
  });
  const answer = set.decide(request);
  assert.equal(answer.decision, 'allow');
  assert.deepEqual(answer.reasons, ['yes']);
  assert.deepEqual(
    answer.errors.map(({ policyId }) => policyId),
    ['errs'],
  );
  const forbidden = compilePolicies({
    policies: 'permit (principal, action, resource); forbid (principal, action, resource);',
  });
  assert.deepEqual(forbidden.decide(request), { decision: 'deny', reasons: ['policy1'], errors: [] });
});

test('a policy for several groups of actions counts once', () => {
  const set = compilePolicies({ policies: 'permit (principal, action in [Action::"a", Action::"b"], resource);' });
  const parents = [
    { type: 'Action', id: 'a' },
    { type: 'Action', id: 'b' },
  ];
  const entities = [{ uid: request.action, attrs: {}, parents }];
  assert.deepEqual(set.decide({ ...request, entities }).reasons, ['policy0']);
});

test('integers keep all 64 bits', () => {
  const decide = (condition: string, context: Record<string, unknown> = {}) =>
    compilePolicies({ policies: `permit (principal, action, resource) when { ${condition} };` }).decide({
      ...request,
      context,
    });
  assert.equal(decide('9007199254740993 == 9007199254740992').decision, 'deny');
  assert.equal(decide('9007199254740992 + 1 == 9007199254740993').decision, 'allow');
  assert.equal(decide('-9223372036854775808 < -9223372036854775807').decision, 'allow');
  assert.equal(decide('9223372036854775807 + 1 > 0').errors.length, 1);
  assert.equal(decide('3037000500 * 3037000500 > 0').errors.length, 1);
  assert.equal(decide('"9223372036854775807" == "9223372036854775807"').decision, 'allow');
  assert.equal(decide('context.n == 9223372036854775807', { n: 9223372036854775807n }).decision, 'allow');
});

test('hostile texts are only data', () => {
  const hostile = ['__proto__', 'constructor', '`${process.exit(9)}`', "'); process.exit(9); ('", '\u2028"\\', '*/'];
  for (const text of hostile) {
    const literal = JSON.stringify(text);
    const set = compilePolicies({
      policies: {
        [text]: `permit (principal == User::${literal}, action, resource) when { context[${literal}] == ${literal} && !({} has ${literal}) };`,
      },
    });
    const principal = { type: 'User', id: text };
    const context = JSON.parse(`{${literal}: ${literal}}`) as Record<string, unknown>;
    assert.deepEqual(set.decide({ ...request, principal, context }).reasons, [text]);
    assert.equal(set.decide({ ...request, principal }).errors.length, 1, 'an inherited property is no attribute');
    const fast = {
      principal: set.entity('User', text),
      action: new EntityRef('Action', 'view'),
      resource: set.entity('Photo', '1'),
    };
    assert.equal(set.decideFast({ ...fast, context: set.context(fast.action, context) }).decision, 'allow');
    assert.equal(set.decideFast({ ...fast, context: set.context(fast.action, {}) }).decision, 'deny');
  }
});

// promise: policies-checked
test('what is wrong is said with line, column and fix', () => {
  const wrong = (policies: string, schema?: string) => {
    try {
      compilePolicies({ policies, schema });
    } catch (error) {
      assert.ok(error instanceof PoliciesError);
      return error.message;
    }
    return assert.fail('it was accepted');
  };
  const schema = 'entity User { name: String }; action "editSection" appliesTo { principal: User, resource: User };';
  assert.match(
    wrong('permit (principal, action, resource);\npermit (principal, action, resurce);'),
    /^<policies>:2:28: .*resurce; /,
  );
  assert.match(
    wrong('\npermit (principal, action == Action::"editSecton", resource);', schema),
    /^<policies>:2:30: unrecognized action.*did you mean `Action::"editSection"`/,
  );
  assert.match(
    wrong('permit (principal, action, resource)\nwhen { "é" == principal.nam };', schema),
    /^<policies>:2:15: attribute `nam`.*did you mean `name`/,
  );
  assert.match(
    wrong('@id("a") permit (principal, action, resource); @id("a") permit (principal, action, resource);'),
    /the id 'a' is taken/,
  );
});

test('templates are linked, and a wrong link is refused', () => {
  const templates = { share: 'permit (principal == ?principal, action, resource in ?resource);' };
  const values = { '?principal': request.principal, '?resource': { type: 'Album', id: 'a' } };
  const set = compilePolicies({ policies: {}, templates, links: [{ templateId: 'share', newId: 'one', values }] });
  const entities = [{ uid: request.resource, attrs: {}, parents: [{ type: 'Album', id: 'a' }] }];
  assert.deepEqual(set.decide({ ...request, entities }).reasons, ['one']);
  assert.equal(set.decide(request).decision, 'deny');
  const link = (templateId: string, given: object) => () =>
    compilePolicies({ policies: {}, templates, links: [{ templateId, newId: 'x', values: given as typeof values }] });
  assert.throws(link('shar', values), /did you mean 'share'/);
  assert.throws(link('share', { '?principal': request.principal }), /the slot \?resource is not filled/);
});

test('a malformed request is refused, not decided', () => {
  const set = compilePolicies({ policies: 'permit (principal, action, resource);' });
  const bad = (more: object) => () => set.decide({ ...request, ...more });
  assert.throws(bad({ context: { a: 1.5 } }), /no 64-bit integer/);
  assert.throws(bad({ context: { a: null } }), /null/);
  assert.throws(bad({ principal: { type: 'Us er', id: 'x' } }), /no name/);
  assert.throws(bad({ entities: [{ uid: request.principal, attrs: {}, parents: [request.principal] }] }), /in itself/);
});
