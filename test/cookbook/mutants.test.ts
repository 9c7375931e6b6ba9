// The questions of the cookbook are worth something: each policy that is left out, and each conjunct that is, changes an answer.
// promise: policy-diff-never-same
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { diffPolicies } from '@castellan/assess/diff';
import { compilePolicies, policySchema, readScenarios, runScenarios } from '@castellan/policy';
import { cookbook, readModel, type Model } from './model.ts';
import { inSqlite } from './tables.ts';
import { inApplication } from './ways.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-mutants-'));
after(() => rmSync(folder, { recursive: true }));

/** The policies of a file, each with what stands before it. */
const policiesIn = (text: string): readonly string[] =>
  text.split(/(?<=;\n)/).filter((piece) => /\b(?:permit|forbid)\b/.test(piece));

/** A policy without one of the parts that `&&` joins. */
function withoutConjuncts(policy: string): readonly string[] {
  const [, before = '', body = '', behind = ''] = /^(.*?\bwhen\s*\{)(.*?)(\}\s*(?:unless|;).*)$/s.exec(policy) ?? [];
  // Only of conditions that are one conjunction: what is in parentheses stays whole.
  const parts: string[] = [''];
  let depth = 0;
  for (const token of body.split(/(&&|[(){}[\]])/)) {
    if ('([{'.includes(token) && token !== '') depth += 1;
    if (')]}'.includes(token) && token !== '') depth -= 1;
    if (token === '&&' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  }
  if (parts.length < 2 || parts.some((part) => part.includes('||') && !/^\s*\(/.test(part))) return [];
  return parts.map((_, index) => `${before}${parts.filter((_part, other) => other !== index).join('&&')}${behind}`);
}

interface Mutant {
  readonly name: string;
  readonly text: string;
}

function mutantsOf(text: string): readonly Mutant[] {
  const all = policiesIn(text);
  return all.flatMap((policy, index) => {
    const id = /@id\("([^"]+)"\)/.exec(policy)?.[1] ?? String(index);
    const others = (replaced: string): string => all.map((one, other) => (other === index ? replaced : one)).join('\n');
    return [
      { name: `without ${id}`, text: others('') },
      ...withoutConjuncts(policy).map((one, part) => ({ name: `${id} without part ${part + 1}`, text: others(one) })),
    ];
  });
}

/** Whether some scenario has another answer, or the policies are refused. */
function scenariosTell(model: Model, text: string): boolean {
  const schema = policySchema(model.contract, { hierarchies: model.entities !== undefined });
  try {
    const set = compilePolicies({ policies: text, schema: schema.json, leftOut: schema.leftOut, impossible: 'refuse' });
    const scenarios = readScenarios(model.scenarios, 'scenarios.yaml');
    const { results } = runScenarios(set, [scenarios]);
    const original = compilePolicies({ policies: readFileSync(model.policies, 'utf8') }).loaded.policies;
    const alarms = new Set(original.flatMap(({ id, json }) => (json.annotations?.['alarm'] === undefined ? [] : [id])));
    // An alarm that is gone, or false, is another answer: what is alarmed must be among what decided, and nothing else.
    const alarmed = ({
      explanation,
      because = [],
    }: (typeof results)[number] & { readonly because?: readonly string[] | undefined }): boolean =>
      explanation.reasons.some((id) => alarms.has(id)) !== because.some((id) => alarms.has(id));
    return results.some(
      (result, index) =>
        result.explanation.decision !== result.expected ||
        alarmed({ ...result, because: scenarios.scenarios[index]?.because }),
    );
  } catch (error) {
    if (error instanceof CastellanError) return true;
    throw error;
  }
}

/** Whether a set of policies is told from the model's own: it is refused at start, or some answer is another one. */
async function isNoticed(model: Model, text: string): Promise<boolean> {
  const policies = join(folder, 'mutant.cedar');
  writeFileSync(policies, text);
  if (scenariosTell(model, text)) return true;
  const database = inSqlite(model);
  try {
    const way = await inApplication({ ...model, policies }, [database]);
    try {
      for (const [who, what, expected, given, properties] of model.questions) {
        const [method = '', path = ''] = what.split(' ');
        const { status, body } = await way.ask(who, method, path, given);
        const got = Array.isArray(body)
          ? JSON.stringify((body as readonly { readonly id: string }[]).map(({ id }) => id))
          : status < 300
            ? 'yes'
            : 'no';
        const wanted = typeof expected === 'string' ? expected : JSON.stringify(expected);
        if (got !== wanted && !(got === 'no' && wanted === '[]')) return true;
        const present = Object.keys((body as object | undefined) ?? {});
        if (properties?.with?.some((name) => !present.includes(name))) return true;
        if (properties?.without?.some((name) => present.includes(name))) return true;
      }
      return false;
    } finally {
      await way.close();
    }
  } catch (error) {
    if (error instanceof CastellanError) return true;
    throw error;
  } finally {
    await database.close();
  }
}

/** Each second mutant, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 2;
const some = <T>(all: Iterable<T>): readonly T[] => [...all].filter((_, index) => index % step === 0);

test('each policy and each conjunct of the cookbook is asked about', { timeout: 300_000 }, async (context) => {
  const unnoticed: string[] = [];
  let count = 0;
  for (const { name } of readdirSync(cookbook, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const model = await readModel(name);
    for (const mutant of some(mutantsOf(readFileSync(model.policies, 'utf8')))) {
      count += 1;
      if (!(await isNoticed(model, mutant.text))) unnoticed.push(`${name}: ${mutant.name}`);
    }
  }
  context.diagnostic(`${count} mutants of the cookbook's policies`);
  assert.deepEqual(unnoticed, []);
  assert.ok(count > 80 / step, String(count));
});

test(
  'diff names each policy of the cookbook that is left out or loses a conjunct',
  { timeout: 300_000 },
  async (context) => {
    const missed: string[] = [];
    const unjudged: string[] = [];
    let count = 0;
    for (const { name } of readdirSync(cookbook, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      const model = await readModel(name);
      const text = readFileSync(model.policies, 'utf8');
      for (const mutant of some(mutantsOf(text))) {
        let changes;
        try {
          changes = diffPolicies([{ file: 'a.cedar', text }], [{ file: 'a.cedar', text: mutant.text }], model.contract);
        } catch (error) {
          if (error instanceof CastellanError) continue;
          throw error;
        }
        count += 1;
        const told = changes.filter(({ code }) => code !== 'policy-says-the-same');
        if (told.length === 0) missed.push(`${name}: ${mutant.name}`);
        else if (told.every(({ code }) => code === 'policy-not-judged')) unjudged.push(`${name}: ${mutant.name}`);
      }
    }
    context.diagnostic(`${count} mutants put to diff, ${unjudged.length} of them could not be judged`);
    assert.deepEqual(missed, []);
    assert.deepEqual(unjudged, []);
    assert.ok(count > 80 / step, String(count));
  },
);
