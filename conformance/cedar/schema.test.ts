// With a schema, requests and entities in JSON form are read, refused and decided as the official engine does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { CastellanError } from '@castellan/contract';
import { compilePolicies, type AuthorizationRequest } from '@castellan/policy';

const schema = `
  entity G in [H]; entity H;
  entity U in [G] { d?: decimal, i: ipaddr, r: { x: Set<G>, at?: datetime }, o?: U, l?: Set<Set<Long>>, f?: duration } tags String;
  entity R; entity E enum ["a", "b"];
  action "rd"; action "any" in [Action::"rd"];
  action "x" in [Action::"any"] appliesTo { principal: [U, E], resource: [R], context: { n?: datetime, e?: U, b?: Bool, s?: String, k?: Long, deep?: { d: decimal } } };`;
const policies = `
  permit (principal, action in Action::"rd", resource) when { principal is E || principal.i.isIpv4() };
  permit (principal in H::"h", action, resource);
  forbid (principal, action, resource) when { context has n && context.n > datetime("2030-01-01") };
  forbid (principal, action, resource) when { principal is U && principal has d && principal.d.lessThan(decimal("0.0")) };`;

const uid = (type: string, id: string) => ({ type, id });
const base = {
  principal: uid('U', 'a'),
  action: uid('Action', 'x'),
  resource: uid('R', 'r'),
  context: {},
  entities: [],
};
const user = (attrs: object, more: object = {}) => ({
  entities: [{ uid: uid('U', 'a'), attrs, parents: [], ...more }],
});
const good = { i: '1.1.1.1', r: { x: [] } };
const extension = (fn: string, arg: string) => ({ __extn: { fn, arg } });

const changes: readonly object[] = [
  {},
  { action: uid('Action', 'nope') },
  { action: uid('Action', 'rd') },
  { principal: uid('R', 'x') },
  { principal: uid('Zip', 'x') },
  { principal: uid('E', 'a') },
  { principal: uid('E', 'c') },
  { resource: uid('U', 'a') },
  { context: { zzz: 1 } },
  { context: { n: '2024-01-01' } },
  { context: { n: '2031-01-01' } },
  { context: { n: extension('datetime', '2031-01-01') } },
  { context: { n: { fn: 'datetime', arg: '2031-01-01' } } },
  { context: { n: extension('decimal', '1.0') } },
  { context: { n: 'tomorrow' } },
  { context: { n: 5 } },
  { context: { n: null } },
  { context: { e: uid('U', 'x') } },
  { context: { e: { __entity: uid('U', 'x') } } },
  { context: { e: uid('G', 'x') } },
  { context: { e: 'x' } },
  { context: { b: 'true' } },
  { context: { s: 5 } },
  { context: { s: extension('ip', '1.1.1.1') } },
  { context: { k: 1.5 } },
  { context: { k: '1' } },
  { context: { deep: { d: '1.0' } } },
  { context: { deep: {} } },
  { context: { deep: { d: '1.0', more: 1 } } },
  { context: [] },
  user(good),
  user({}),
  user({ ...good, i: '::1' }),
  user({ ...good, i: 'nowhere' }),
  user({ ...good, d: '-1.0' }),
  user({ ...good, d: -1 }),
  user({ ...good, zz: 1 }),
  user({ ...good, r: { x: [uid('G', 'g')] } }),
  user({ ...good, r: { x: [uid('U', 'g')] } }),
  user({ ...good, r: { x: uid('G', 'g') } }),
  user({ ...good, r: { x: [], at: '2024-01-01T00:00:00Z' } }),
  user({ ...good, l: [[1, 2], []] }),
  user({ ...good, l: [[1, 'a']] }),
  user({ ...good, l: [1] }),
  user({ ...good, f: '1h' }),
  user({ ...good, o: { __entity: uid('U', 'z') } }),
  user(good, { parents: [uid('G', 'g')] }),
  user(good, { parents: [uid('H', 'h')] }),
  user(good, { parents: [uid('R', 'g')] }),
  user(good, { parents: [uid('E', 'c')] }),
  user(good, { tags: { t: 'x' } }),
  user(good, { tags: { t: 1 } }),
  { entities: [{ uid: uid('R', 'r'), attrs: {}, parents: [], tags: { t: 'x' } }] },
  { entities: [{ uid: uid('Q', 'a'), attrs: {}, parents: [] }] },
  { entities: [{ uid: uid('E', 'a'), attrs: {}, parents: [] }] },
  { entities: [{ uid: uid('E', 'c'), attrs: {}, parents: [] }] },
  { entities: [{ uid: uid('Action', 'x'), attrs: {}, parents: [] }] },
  { entities: [{ uid: uid('Action', 'x'), attrs: {}, parents: [uid('Action', 'any')] }] },
  { entities: [{ uid: uid('Action', 'x'), attrs: {}, parents: [uid('Action', 'any'), uid('Action', 'rd')] }] },
  { entities: [{ uid: uid('Action', 'other'), attrs: {}, parents: [] }] },
  {
    entities: [
      { uid: uid('G', 'g'), attrs: {}, parents: [uid('H', 'h')] },
      { uid: uid('U', 'a'), attrs: good, parents: [uid('G', 'g')] },
    ],
  },
  {
    entities: [
      { uid: uid('G', 'g'), attrs: {}, parents: [] },
      { uid: uid('G', 'g'), attrs: {}, parents: [uid('H', 'h')] },
    ],
  },
];

test('each change to a request is answered as by the engine', () => {
  const set = compilePolicies({ policies, schema });
  for (const change of changes) {
    const request = { ...base, ...change } as AuthorizationRequest;
    const answer = cedar.isAuthorized({
      ...(request as never as cedar.AuthorizationCall),
      schema,
      policies: { staticPolicies: policies },
    });
    const engine =
      answer.type === 'failure'
        ? 'refused'
        : [
            answer.response.decision,
            [...answer.response.diagnostics.reason].sort(),
            answer.response.diagnostics.errors.map(({ policyId }) => policyId).sort(),
          ];
    assert.deepEqual(decide(request), engine, `${JSON.stringify(change)}: ${JSON.stringify(answer)}`);
  }

  function decide(request: AuthorizationRequest) {
    try {
      const { decision, reasons, errors } = set.decide(request);
      return [decision, [...reasons].sort(), errors.map(({ policyId }) => policyId).sort()];
    } catch (error) {
      if (error instanceof CastellanError && error.code === 'bad-request') return 'refused';
      throw error;
    }
  }
});
