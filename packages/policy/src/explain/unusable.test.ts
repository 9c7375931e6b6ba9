// Policies that do not decide what they say: what is asked for × of whom × where in a condition × what the policy does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PoliciesError, compilePolicies } from '../index.ts';

const schema = `
  entity Group;
  entity Org;
  entity User in [Group] { suspended?: Bool, home?: { blocked?: Bool } };
  entity Doc { owner: User, locked?: Bool, meta?: { blocked?: Bool } };
  type Asked = { body?: { urgent?: Bool } };
  action read, write appliesTo { principal: User, resource: Doc, context: Asked };
  action found appliesTo { principal: User, resource: Org, context: Asked };`;

/** What refusing makes of policies: the codes of all problems. */
function codesOf(policies: string, more: object = {}): readonly string[] {
  try {
    compilePolicies({ policies, schema, impossible: 'refuse', ...more });
    return [];
  } catch (error) {
    assert.ok(error instanceof PoliciesError, String(error));
    // What is refused when policies are opened, a check calls high.
    const found = compilePolicies({ policies, schema, ...more }).check();
    for (const { code } of error.problems)
      assert.equal(found.find((finding) => finding.code === code)?.severity, 'high', `${policies}: ${code}`);
    return error.problems.map(({ code }) => code);
  }
}

/** Something that a policy may ask, with a placeholder for the attribute's name; the right name. */
const holders = [
  ['principal has $ && principal.$', 'suspended'],
  ['principal has home && principal.home has $ && principal.home.$', 'blocked'],
  ['resource has $ && resource.$', 'locked'],
  ['resource has meta.$ && resource.meta.$', 'blocked'],
  ['resource.owner has $ && resource.owner.$', 'suspended'],
  ['resource.owner has home && resource.owner.home has $', 'blocked'],
  ['context has body && context.body has $ && context.body.$', 'urgent'],
] as const;

const places = {
  when: (test: string) => `when { ${test} }`,
  unless: (test: string) => `unless { ${test} }`,
  'beside another': (test: string) => `when { (${test}) || resource.owner == principal }`,
  'turned round': (test: string) => `when { !(${test}) }`,
  'in an if': (test: string) => `when { if (${test}) then true else resource.owner == principal }`,
};

test('an attribute that is never there is refused wherever a condition asks for it; one that may be there is not', () => {
  for (const effect of ['permit', 'forbid'])
    for (const [holder, name] of holders)
      for (const [place, at] of Object.entries(places)) {
        const policy = (attribute: string) =>
          `${effect} (principal is User, action == Action::"read", resource is Doc) ${at(holder.replaceAll('$', attribute))};`;
        assert.deepEqual(codesOf(policy(name)), [], `${policy(name)}: ${place}`);
        for (const misspelt of [`${name}s`, 'labels'])
          assert.match(codesOf(policy(misspelt)).join(), /^(?:unknown-attribute|never-applies)$/, policy(misspelt));
      }
});

test('an attribute that some of the types have is not refused', () => {
  const policy = 'forbid (principal, action, resource) when { resource has locked && resource.locked };';
  assert.deepEqual(codesOf(policy), []);
  assert.notDeepEqual(codesOf(policy.replace(', resource)', ', resource is Org)')), []);
});

const heads = {
  'resource is Org': (action: string) => `principal, ${action}, resource is Org`,
  'resource == Org': (action: string) => `principal, ${action}, resource == Org::"o"`,
  'resource in Org': (action: string) => `principal, ${action}, resource in Org::"o"`,
  'resource is Org in': (action: string) => `principal, ${action}, resource is Org in Org::"o"`,
  'principal is Group': (action: string) => `principal is Group, ${action}, resource`,
  'principal == Group': (action: string) => `principal == Group::"g", ${action}, resource`,
};

test('a policy that names an action and never applies to it is refused, alone and among others', () => {
  for (const effect of ['permit', 'forbid'])
    for (const [what, head] of Object.entries(heads))
      for (const action of [
        'action == Action::"read"',
        'action in [Action::"read"]',
        'action in [Action::"found", Action::"read"]',
      ]) {
        const codes = codesOf(`${effect} (${head(action)});`);
        assert.ok(codes.length > 0 && codes.every((code) => code === 'never-applies'), `${effect} ${what} ${action}`);
      }
  for (const head of [
    'principal, action == Action::"found", resource is Org',
    'principal in Group::"g", action in [Action::"read", Action::"write"], resource is Doc',
    'principal, action in [Action::"read", Action::"found"], resource',
    'principal, action, resource is Doc',
    'principal == User::"u", action, resource == Doc::"d"',
  ])
    assert.deepEqual(codesOf(`permit (${head});`), [], head);
});

test('a template is refused until something links it', () => {
  const values = { '?principal': { type: 'User', id: 'u' }, '?resource': { type: 'Doc', id: 'd' } };
  for (const effect of ['permit', 'forbid'])
    for (const [principal, resource] of [
      ['principal == ?principal', 'resource == ?resource'],
      ['principal in ?principal', 'resource'],
      ['principal', 'resource == ?resource'],
      ['principal is User in ?principal', 'resource'],
    ]) {
      const policies = `@id("t") ${effect} (${principal}, action == Action::"read", ${resource});`;
      assert.deepEqual(codesOf(policies), ['unlinked-template'], policies);
      const filled = Object.fromEntries(Object.entries(values).filter(([slot]) => policies.includes(slot)));
      assert.deepEqual(codesOf(policies, { links: [{ templateId: 't', newId: 'l', values: filled }] }), [], policies);
    }
});
