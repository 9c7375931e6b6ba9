// One word of a policy is another: found, named, and rightly judged. The same said otherwise is the same.
// promise: policy-diff-never-same
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract, type Contract } from '@castellan/contract';
import { loadExample } from '../posture/example.ts';
import { diffPolicies } from './policies.ts';
import { stringify } from 'yaml';

const documents = join(import.meta.dirname, '../../../../examples/documents');
const folder = join(documents, 'policies');

const text = { type: 'string' };
const to = (resource: string): object => ({ ...text, 'x-castellan': { resource } });
const invoice = { $ref: '#/components/schemas/Invoice' };

/** Approvals with limits: amounts, days, states, teams, two hops, addresses. */
const approvals = {
  contract: await loadExample(
    stringify({
      security: [{ who: [] }],
      paths: {
        '/invoices/{id}': {
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
          get: {
            operationId: 'getInvoice',
            responses: { 200: { description: 'ok', content: { 'application/json': { schema: invoice } } } },
          },
          post: { operationId: 'approveInvoice', responses: { 204: { description: 'ok' } } },
        },
      },
      components: {
        securitySchemes: { who: { type: 'http', scheme: 'bearer' } },
        schemas: {
          User: {
            type: 'object',
            required: ['id', 'limit'],
            'x-castellan': { resource: 'User' },
            properties: { id: text, limit: { type: 'integer' }, team: to('Team') },
          },
          Team: {
            type: 'object',
            required: ['id', 'lead'],
            'x-castellan': { resource: 'Team' },
            properties: { id: text, lead: to('User') },
          },
          Invoice: {
            type: 'object',
            required: ['id', 'amount', 'state', 'madeBy', 'team', 'due', 'tags', 'locked'],
            'x-castellan': { resource: 'Invoice' },
            properties: {
              id: text,
              amount: { type: 'integer' },
              state: text,
              madeBy: to('User'),
              team: to('Team'),
              due: { type: 'string', format: 'date-time' },
              tags: { type: 'array', items: text },
              locked: { type: 'boolean' },
              approved: {
                type: 'object',
                required: ['at', 'by'],
                properties: { at: { type: 'string', format: 'date-time' }, by: to('User') },
              },
            },
          },
        },
      },
    }),
  ),
  policies: `@id("lead") permit (principal is User, action == Action::"approveInvoice", resource is Invoice)
when { resource.team.lead == principal && resource.amount <= 5000 && resource.state == "open" };
@id("clerks") permit (principal in Group::"clerks", action == Action::"approveInvoice", resource is Invoice)
when { resource.amount < 100 && resource.tags.contains("small") && resource.madeBy != principal };
@id("limit") permit (principal is User, action == Action::"approveInvoice", resource is Invoice)
when { principal has team && principal.team == resource.team && principal.limit >= resource.amount && (resource.state == "open" || resource.tags.contains("urgent")) };
@id("recent") permit (principal in Group::"audit", action == Action::"getInvoice", resource is Invoice)
when { resource has approved && context.now < resource.approved.at.offset(duration("30d")) && resource.approved.by in Group::"clerks" };
@id("mine") permit (principal is User, action == Action::"getInvoice", resource is Invoice)
when { resource.madeBy == principal } unless { resource.locked };
@id("overdue") permit (principal in Group::"dunning", action in [Action::"getInvoice"], resource is Invoice)
when { context.now > resource.due };
@id("four-eyes") forbid (principal, action == Action::"approveInvoice", resource is Invoice)
when { resource.madeBy == principal && resource.amount > 50 };
@id("closed") forbid (principal, action == Action::"approveInvoice", resource is Invoice)
when { resource.state == "closed" };
`,
};

const sets: readonly { readonly contract: Contract; readonly policies: string }[] = [
  {
    contract: await loadContract(join(documents, 'openapi.yaml')),
    policies: readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''))
      .join('\n'),
  },
  approvals,
];

type Way = 'wider' | 'narrower' | 'other';

/** One word for another, and what it does to what a policy holds for, where that is sure. */
const words: readonly (readonly [RegExp, (word: string) => string, Way])[] = [
  [/ < /g, () => ' <= ', 'wider'],
  [/ <= /g, () => ' < ', 'narrower'],
  [/ > /g, () => ' >= ', 'wider'],
  [/ >= /g, () => ' > ', 'narrower'],
  [/ < /g, () => ' > ', 'other'],
  [/ == (?!Action)/g, () => ' != ', 'other'],
  [/ != /g, () => ' == ', 'other'],
  [/(?<!has \w+) && (?!resource\.approv|principal\.team)/g, () => ' || ', 'wider'],
  [/ \|\| /g, () => ' && ', 'narrower'],
  [/Group::"(\w[\w-]*)"/g, () => 'Group::"others"', 'other'],
  [/(?<=principal) in Group::"[^"]*"(?=,)/g, () => '', 'wider'],
  [/duration\("(\d+)/g, (word) => word.replace(/\d+/, (number) => String(Number(number) + 1)), 'wider'],
  [/(?<=[<=>] )\d+/g, (word) => String(Number(word) + 1), 'other'],
  [/(?<=(?:==|contains\() ?)"[\w-]+"/g, () => '"another"', 'other'],
  [/Action::"(\w+)"/g, (word) => (word.includes('get') ? 'Action::"approveInvoice"' : 'Action::"getInvoice"'), 'other'],
  [/unless/g, () => 'when', 'other'],
  [/^(?=@id.*permit)|(?<=@id\("[\w-]+"\)\s+)permit/g, (word) => (word === '' ? word : 'forbid'), 'other'],
  [/resource\.madeBy/g, () => 'resource.team.lead', 'other'],
];

interface Changed {
  readonly contract: Contract;
  readonly before: string;
  readonly after: string;
  readonly id: string;
  readonly what: string;
  readonly way: Way;
  readonly effect: 'permit' | 'forbid';
}

function* changes(): Generator<Changed> {
  for (const { contract, policies } of sets) {
    const isInvoices = policies === approvals.policies;
    for (const policy of policies.split(/(?=@id)/).filter((one) => one.includes('@id'))) {
      const id = /@id\("([^"]+)"\)/.exec(policy)?.[1] ?? '';
      for (const [word, other, way] of words) {
        if (!isInvoices && /Action|madeBy/.test(word.source)) continue;
        for (const match of policy.matchAll(word)) {
          const put = other(match[0]);
          if (put === match[0] || match[0] === 'Group::"others"') continue;
          const changed = policy.slice(0, match.index) + put + policy.slice(match.index + match[0].length);
          const effect = /^@id\("[^"]+"\)\s+forbid/.test(policy) ? 'forbid' : 'permit';
          const what = `${id}: ${match[0].trim()} → ${put.trim()} at ${match.index}`;
          yield { contract, before: policies, after: policies.replace(policy, () => changed), id, what, way, effect };
        }
      }
    }
  }
}

/** Each third, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;
const all = [...changes()].filter((_, index) => index % step === 0);

test('there are 60 changes of one word at least', () => assert.ok(all.length >= 60 / step, String(all.length)));

const files = (policies: string) => [{ file: 'p.cedar', text: policies }];

for (const { contract, before, after, id, what, way, effect } of all)
  test(`${what}: found, named, rightly judged`, () => {
    const [change, ...more] = diffPolicies(files(before), files(after), contract);
    assert.ok(change !== undefined && more.length === 0, 'one policy changed');
    assert.match(change.message, new RegExp(`\\b${id}\\b`));
    assert.ok(!['policy-says-the-same', 'policy-not-judged'].includes(change.code), change.message);
    if (way === 'other' || change.code === 'policy-overlapped') return;
    const more_ = (way === 'wider') === (effect === 'permit');
    assert.equal(change.code, more_ ? 'policy-permits-more' : 'policy-permits-less', change.message);
  });

/** The same in other words, for any condition. */
const rewrites: readonly (readonly [string, (policy: string) => string])[] = [
  ['another id', (policy) => policy.replace(/@id\("([^"]+)"\)/, '@id("renamed-$1")')],
  ['another layout', (policy) => policy.replaceAll(' && ', '\n    && ').replaceAll(', ', ',\n  ')],
  ['an annotation', (policy) => policy.replace(/@id/, '@note("why") @id')],
  ['twice not', (policy) => policy.replace(/when \{ (.*?) \}/s, 'when { !(!($1)) }')],
  ['two conditions for one', (policy) => policy.replace(/when \{ (.*?) \}/s, 'when { true } when { $1 }')],
  ['unless not', (policy) => policy.replace(/when \{ (.*?) \}/s, 'unless { !($1) }')],
  [
    'a < b is b > a',
    (policy) =>
      policy.replaceAll(
        /([\w.]+(?:\([^()]*(?:\([^()]*\))?[^()]*\))*) < ([\w.]+(?:\([^()]*(?:\([^()]*\))?[^()]*\))*)/g,
        '$2 > $1',
      ),
  ],
  ['a == b is b == a', (policy) => policy.replaceAll(/(resource[\w.]+) == (principal|"[\w-]+")(?![\w.])/g, '$2 == $1')],
  [
    'the last condition first',
    (policy) => policy.replace(/when \{ ((?:(?!\|\||has ).)*) && ((?:(?!\|\||&&|has ).)*) \}/s, 'when { $2 && $1 }'),
  ],
];

for (const { contract, policies } of sets)
  for (const policy of policies.split(/(?=@id)/).filter((one) => one.includes('@id')))
    for (const [what, rewrite] of rewrites) {
      const changed = rewrite(policy);
      if (changed === policy) continue;
      test(`${/@id\("([^"]+)"\)/.exec(policy)?.[1] ?? ''}, ${what}: the same`, () => {
        const found = diffPolicies(files(policies), files(policies.replace(policy, () => changed)), contract);
        assert.ok(
          found.every(({ code }) => code === 'policy-says-the-same'),
          found.map(({ message }) => message).join('\n'),
        );
      });
    }

test('policies in another order are the same', () => {
  for (const { contract, policies } of sets) {
    const turned = policies
      .split(/(?=@id)/)
      .toReversed()
      .join('\n');
    assert.deepEqual(diffPolicies(files(policies), files(turned), contract), []);
  }
});
