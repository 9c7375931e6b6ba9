// npm run bench -- policy [--rounds N]: one decision of the 78-hour policy and of the owner policy, with 10, 1,000 and
// 10,000 policies loaded, beside Cedar's official engine and CEL. Rounds interleaved, medians, in processor time of the
// thread, so that what else the machine does counts for little.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies, EntityRef, type AuthorizationRequest } from '@castellan/policy';
import { cel, policies, requests } from './work.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
// Named by a variable, because peers are installed only when somebody compares: npm run check must not need them.
const peer: string = '@marcbachmann/cel-js';
const { parse } = (await import(peer)) as {
  parse: (text: string) => (values: object) => unknown;
};

type Policy = keyof typeof requests;
interface Contender {
  readonly engine: string;
  readonly policy: Policy;
  readonly loaded: number | '1 expression';
  readonly run: () => boolean;
  readonly calls: number;
  readonly microseconds: number[];
}
const contenders: Contender[] = [];
const add = (engine: string, policy: Policy, loaded: Contender['loaded'], calls: number, run: () => boolean) =>
  contenders.push({ engine, policy, loaded, run, calls, microseconds: [] });

for (const loaded of [10, 1000, 10_000]) {
  const started = performance.now();
  const set = compilePolicies({ policies: policies(loaded) });
  console.error(`${loaded} policies read and compiled in ${Math.round(performance.now() - started)} ms`);
  cedar.preparsePolicySet(`bench-${loaded}`, { staticPolicies: policies(loaded) });
  for (const policy of ['sentence', 'owner'] as const) {
    const request: AuthorizationRequest = requests[policy];
    const native = fastRequest(policy);
    add('castellan, decideFast', policy, loaded, 200_000, () => set.decideFast(native()).decision === 'allow');
    add('castellan, decide (JSON)', policy, loaded, 50_000, () => set.decide(request).decision === 'allow');
    const call = { ...(request as never as cedar.StatefulAuthorizationCall), preparsedPolicySetId: `bench-${loaded}` };
    add('cedar-wasm, statefulIsAuthorized', policy, loaded, loaded > 1000 ? 20 : 300, () => {
      const answer = cedar.statefulIsAuthorized(call);
      return answer.type === 'success' && answer.response.decision === 'allow';
    });
  }

  /** What a guard does for each request: entities over plain objects, made anew, groups looked up. */
  function fastRequest(policy: Policy) {
    const groups = new Map([
      ['alice', [new EntityRef('Group', 'section-editors'), new EntityRef('Group', 'staff')]],
      ['bob', [new EntityRef('Group', 'approvers')]],
    ]);
    const action = new EntityRef('Action', requests[policy].action.id);
    const bob = set.entity('User', 'bob', { name: 'Bob' }, { parents: groups.get('bob') ?? [] });
    const at = new Date('2026-11-24T10:00:00.000Z');
    const section = { heading: 'One', text: 'Text', approval: { tag: 'ready', by: bob, at } };
    const now = new Date('2026-11-26T10:00:00.000Z');
    return () => {
      const principal = set.entity('User', 'alice', { name: 'Alice' }, { parents: groups.get('alice') ?? [] });
      const resource = policy === 'owner' ? principal : set.entity('Section', 's1', section);
      return { principal, action, resource, context: set.context(action, { now }) };
    };
  }
}
for (const policy of ['sentence', 'owner'] as const) {
  const expression = parse(cel[policy].expression);
  const { values } = cel[policy];
  add('@marcbachmann/cel-js', policy, '1 expression', 100_000, () => expression(values) === true);
}

for (const { engine, policy, run, calls } of contenders) {
  if (!run()) throw new Error(`${engine} does not allow ${policy}`);
  for (let i = 0; i < Math.min(calls, 20_000); i++) run();
}
for (let round = 0; round < Number(options.rounds); round++) {
  for (const { run, calls, microseconds } of contenders) {
    let allowed = 0;
    const started = process.threadCpuUsage();
    for (let i = 0; i < calls; i++) if (run()) allowed += 1;
    const { user, system } = process.threadCpuUsage(started);
    microseconds.push((user + system) / allowed);
  }
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const results = contenders.map(({ engine, policy, loaded, microseconds }) => ({
  engine,
  policy: policy === 'sentence' ? '78-hour' : 'owner',
  loaded,
  microseconds: Number(median(microseconds).toPrecision(3)),
}));
const of = (policy: string, loaded: Contender['loaded'], engine: string) =>
  results.find((result) => result.policy === policy && result.loaded === loaded && result.engine.startsWith(engine))
    ?.microseconds ?? Number.NaN;
console.log('| policy | loaded | engine | µs per decision | times as fast as cedar-wasm |');
console.log('| --- | --- | --- | --- | --- |');
for (const { policy, loaded, engine, microseconds } of results.toSorted((a, b) => a.policy.localeCompare(b.policy))) {
  const ratio = of(policy, loaded, 'cedar-wasm') / microseconds;
  console.log(
    `| ${policy} | ${loaded} | ${engine} | ${microseconds} | ${Number.isNaN(ratio) ? '' : Math.round(ratio)} |`,
  );
}
for (const policy of ['78-hour', 'owner']) {
  const growth = of(policy, 10_000, 'castellan, decideFast') / of(policy, 10, 'castellan, decideFast');
  console.log(`${policy}: 10,000 policies cost ${growth.toFixed(2)} times what 10 cost`);
}
mkdirSync(join(import.meta.dirname, '../results'), { recursive: true });
writeFileSync(
  join(import.meta.dirname, '../results/policy.json'),
  `${JSON.stringify({ node: process.version, results }, undefined, 2)}\n`,
);
