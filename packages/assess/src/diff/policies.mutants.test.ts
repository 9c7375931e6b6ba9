import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { compilePolicies, nodeOf, type Expression, type PolicyJson } from '@castellan/policy';
import { stringify } from 'yaml';
import { loadExample } from '../posture/example.ts';
import { comparePolicies } from './policies.ts';

const documents = join(import.meta.dirname, '../../../../examples/documents');
const folder = join(documents, 'policies');

const text = { type: 'string' };
const to = (resource: string): object => ({ ...text, 'x-castellan': { resource } });
const thing = (type: string, properties: object): object => ({
  type: 'object',
  required: ['id', ...Object.keys(properties)],
  'x-castellan': { resource: type },
  properties: { id: text, ...properties },
});
const paper = { $ref: '#/components/schemas/Paper' };

/** Policies that use what Cedar has: two hops, sets, tags of time and money, names, addresses, alternatives. */
const tour = {
  contract: await loadExample(
    stringify({
      security: [{ who: [] }],
      paths: {
        '/papers/{paperId}': {
          parameters: [{ name: 'paperId', in: 'path', required: true, schema: text }],
          get: {
            operationId: 'getPaper',
            responses: { 200: { description: 'ok', content: { 'application/json': { schema: paper } } } },
          },
          delete: { operationId: 'deletePaper', responses: { 204: { description: 'gone' } } },
        },
      },
      components: {
        securitySchemes: { who: { type: 'http', scheme: 'bearer' } },
        schemas: {
          User: thing('User', { level: { type: 'integer' }, teamId: to('Team') }),
          Team: thing('Team', { leads: { type: 'array', items: to('User') }, seats: { type: 'integer' } }),
          Paper: thing('Paper', {
            ownerId: to('User'),
            teamId: to('Team'),
            labels: { type: 'array', items: text },
            size: { type: 'integer' },
            price: { type: 'number' },
            frozen: { type: 'boolean' },
            name: text,
            at: { type: 'string', format: 'date-time' },
          }),
        },
      },
    }),
  ),
  texts: [
    {
      file: 'tour.cedar',
      text: `
@id("lead") permit (principal is User, action == Action::"getPaper", resource is Paper)
when { principal in resource.teamId.leads && resource.teamId.seats > 3 };
@id("same-team") permit (principal is User, action, resource is Paper)
when { principal.teamId == resource.teamId && (principal.level >= 5 || resource.labels.contains("open")) } unless { resource.frozen };
@id("window") permit (principal in Group::"press", action in [Action::"getPaper"], resource is Paper)
when { context.now >= resource.at && context.now < resource.at.offset(duration("3d")) && resource.name like "press-*" };
@id("cheap") permit (principal == User::"ann", action == Action::"getPaper", resource is Paper)
when { resource.price.lessThan(decimal("10.0")) && ["a", "b"].contains(resource.name) && resource.labels.containsAll(["x", "y"]) };
@id("near") permit (principal, action == Action::"deletePaper", resource is Paper)
when { context has address && context.address.isInRange(ip("10.0.0.0/8")) && resource.ownerId.level < principal.level };
@id("not-frozen") forbid (principal, action == Action::"deletePaper", resource is Paper)
when { resource.frozen && !(principal in Group::"admins") };
@id("chosen") permit (principal, action == Action::"getPaper", resource == Paper::"front")
when { if resource.size > 100 then principal.level == 9 else true };`,
    },
  ],
};
const sets = [
  {
    contract: await loadContract(join(documents, 'openapi.yaml')),
    texts: readdirSync(folder).map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })),
  },
  tour,
].map(({ contract, texts }) => {
  const set = compilePolicies({ policies: texts });
  return { contract, set, json: Object.fromEntries(set.loaded.policies.map((policy) => [policy.id, policy.json])) };
});

/** The conditions of a policy joined by &&, each by itself. */
function conjuncts(expression: Expression): Expression[] {
  const node = nodeOf(expression);
  return node.op === '&&' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [expression];
}

interface Mutant {
  readonly what: string;
  readonly id: string;
  readonly policy: PolicyJson | undefined;
  /** What it does to a permit, where that is sure. */
  readonly wider: boolean | undefined;
}

/** Each policy with one part of it dropped, turned round, or wider by one; and each policy taken away. */
function* mutants(json: Readonly<Record<string, PolicyJson>>): Generator<Mutant> {
  for (const [id, policy] of Object.entries(json)) {
    yield { what: `${id} is gone`, id, policy: undefined, wider: false };
    for (const scope of ['principal', 'resource'] as const)
      if (policy[scope].op !== 'All' && policy[scope].op !== 'is')
        yield { what: `${id}: any ${scope}`, id, policy: { ...policy, [scope]: { op: 'All' } }, wider: true };
    for (const [at, condition] of policy.conditions.entries()) {
      const parts = conjuncts(condition.body);
      const joined = (list: readonly Expression[]): PolicyJson => ({
        ...policy,
        conditions: policy.conditions.map((one, n) =>
          n === at
            ? { ...one, body: list.reduce((left, right) => ({ '&&': { left, right } }), { Value: true } as Expression) }
            : one,
        ),
      });
      const wide = condition.kind === 'when';
      for (const [n, part] of parts.entries()) {
        const shown = JSON.stringify(part).slice(0, 120);
        // A `has` before the value that it is about adds nothing to what is permitted.
        if (nodeOf(part).op !== 'has')
          yield { what: `${id}: without ${shown}`, id, policy: joined(parts.toSpliced(n, 1)), wider: wide };
        yield {
          what: `${id}: not ${shown}`,
          id,
          policy: joined(parts.with(n, { '!': { arg: part } })),
          wider: undefined,
        };
        for (const [shift, other] of numbersMoved(part))
          yield { what: `${id}: ${shift} in ${shown}`, id, policy: joined(parts.with(n, other)), wider: undefined };
      }
    }
  }
}

/** An expression with one number or duration moved by one. */
function* numbersMoved(expression: Expression): Generator<readonly [string, Expression]> {
  const text = JSON.stringify(expression);
  for (const match of text.matchAll(/"Value":(?:(\d+)|"(\d+)([dhms])")/g))
    for (const by of [1, -1]) {
      const [whole, number, amount, unit] = match;
      const moved = number === undefined ? `"${Number(amount) + by}${unit}"` : String(Number(number) + by);
      const changed = text.slice(0, match.index) + `"Value":${moved}` + text.slice(match.index + whole.length);
      yield [`${moved} for ${number ?? `${amount}${unit}`}`, JSON.parse(changed) as Expression];
    }
}

const all = sets.flatMap((one) => [...mutants(one.json)].map((mutant) => ({ ...one, ...mutant })));

test('there are mutants of every kind', () => {
  for (const kind of ['is gone', ': without ', ': not ', ' for ', ': any '])
    assert.ok(
      all.some(({ what }) => what.includes(kind)),
      kind,
    );
});

for (const { what, id, policy, wider, contract, set, json } of all)
  test(`${what}: found, named, and judged`, () => {
    const { [id]: before, ...others } = json;
    const policies = policy === undefined ? others : { ...others, [id]: policy };
    const [change, ...more] = comparePolicies(set, compilePolicies({ policies }), contract);
    assert.ok(change !== undefined && more.length === 0);
    assert.match(change.message, new RegExp(`\\b${id}\\b`));
    assert.ok(!['policy-says-the-same', 'policy-not-judged'].includes(change.code), change.message);
    if (wider === undefined || change.code === 'policy-overlapped') return;
    const permits = wider === (before?.effect === 'permit');
    assert.equal(change.code, permits ? 'policy-permits-more' : 'policy-permits-less', change.message);
  });
