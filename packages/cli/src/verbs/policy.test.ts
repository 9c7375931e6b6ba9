import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const documents = join(import.meta.dirname, '../../../../examples/documents');
const folder = mkdtempSync(join(tmpdir(), 'castellan-policy-'));
after(() => rmSync(folder, { recursive: true }));

async function castellan(args: readonly string[], cwd = documents) {
  let out = '';
  let err = '';
  const status = await run(['policy', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

const contract = ['--contract', 'openapi.yaml'];

test("the article's sentence holds at its edges, and every condition is tried both ways", async () => {
  const { status, out } = await castellan(['test', 'scenarios', ...contract]);
  assert.equal(status, 0, out);
  for (const name of [
    'at 77:59:59.999',
    'at 78:00:00.000',
    'another section of the same document',
    'the clock was set back',
  ]) {
    assert.ok(out.includes(`✔ ${name}\n`), name);
  }
  assert.match(out, /23 scenarios, 0 failed\n16 of 16 conditions were tried both ways/);
});

test('a scenario that fails says what was decided and why, and the status is 1', async () => {
  const day = join(folder, 'day.cedar');
  writeFileSync(
    day,
    '@id("edit-approved-section") permit (principal in Group::"section-editors", action == Action::"editSection", resource is Section) when { resource has approval && context.now < resource.approval.at.offset(duration("1d")) };',
  );
  const { status, out } = await castellan(['test', 'scenarios', ...contract, '--policies', day]);
  assert.equal(status, 1);
  assert.match(
    out,
    /✖ at 77:59:59\.999\n {4}scenarios\/sections\.yaml: expected allow, got:\n {4}deny: no policy permits it/,
  );
});

const question = ['--principal', 'carol', '--action', 'editSection', '--entities', 'scenarios/sections.yaml'];

test('explain says which condition was false with the values compared', async () => {
  const at = (now: string) =>
    castellan([
      'explain',
      ...contract,
      '--policies',
      'policies/sections.cedar',
      ...question,
      '--resource',
      'Section::"intro"',
      '--now',
      now,
    ]);
  const { status, out } = await at('2026-11-27T16:00:00Z');
  assert.equal(status, 0);
  assert.equal(
    out,
    `deny: no policy permits it
edit-approved-section (policies/sections.cedar:3:1) does not apply: this is false: context.now < resource.approval.at.offset(duration("78h"))
    context.now is datetime("2026-11-27T16:00:00.000Z")
    resource.approval.at.offset(duration("78h")) is datetime("2026-11-27T16:00:00.000Z")
`,
  );
  assert.match((await at('2026-11-27T15:59:59.999Z')).out, /^allow: permitted by edit-approved-section\n/);
});

test('explain says where nothing is known of the object', async () => {
  const policies = ['--policies', 'policies/sections.cedar'];
  for (const [resource, given, isTold] of [
    ['Section::"intro"', question, false],
    ['Section::"itnro"', question, true],
    ['Section::"intro"', question.slice(0, -2), true],
  ] as const) {
    const { status, err } = await castellan(['explain', ...contract, ...policies, ...given, '--resource', resource]);
    assert.equal(status, 0);
    assert.equal(
      err,
      isTold
        ? `castellan: ${resource} is not among the entities: nothing is known of it; name a file that has it with --entities\n`
        : '',
    );
  }
});

test('filter prints the condition for the database, with its parameters apart', async () => {
  const mapping = join(folder, 'mapping.yaml');
  writeFileSync(mapping, 'columns: { approval: tag, approval.tag: tag, approval.at: at, approval.by: by }\n');
  const { status, out, err } = await castellan([
    'filter',
    ...contract,
    '--policies',
    'policies/sections.cedar',
    ...question,
    '--type',
    'Section',
    '--now',
    '2026-11-25T10:00:00Z',
    '--mapping',
    mapping,
  ]);
  assert.deepEqual([status, err], [0, '']);
  assert.match(out, /"tag" IS NOT NULL AND .*"tag" = \$1 AND .*"by" = \$2/);
  assert.match(out, / {2}\$1 = "ready"\n {2}\$2 = "bob"\n/);
});

test('check says what is wrong at its place, with the mend', async () => {
  const bad = join(folder, 'bad.cedar');
  writeFileSync(
    bad,
    'permit (principal, action == Action::"editSecton", resource);\npermit (principal, action == Action::"getMe", resource) when { resource.emial == "x" };\n',
  );
  const { status, out } = await castellan(
    ['check', '--contract', join(documents, 'openapi.yaml'), '--policies', 'bad.cedar'],
    folder,
  );
  assert.equal(status, 1);
  assert.match(
    out,
    /^bad\.cedar:1:30: error: unrecognized action `Action::"editSecton"`\n {4}did you mean `Action::"editSection"`\?$/m,
  );
  assert.match(out, /^bad\.cedar:2:64: error: .*`emial`/m);
  const everybody = join(folder, 'everybody.cedar');
  writeFileSync(everybody, 'permit (principal, action, resource);');
  const found = await castellan(['check', ...contract, '--policies', everybody, '--json']);
  assert.equal(found.status, 1);
  assert.ok((JSON.parse(found.out) as { code: string }[]).some(({ code }) => code === 'permits-everybody'));
  assert.equal((await castellan(['check', ...contract, '--policies', 'policies/sections.cedar'])).status, 0);
});

test('schema prints what policies are checked against', async () => {
  const { status, out } = await castellan(['schema', 'openapi.yaml']);
  assert.equal(status, 0);
  assert.match(out, /action "editSection" in \[Action::"unsafe", Action::"tag:documents"\]/);
});

test('bad use is one line and status 2', async () => {
  for (const [args, message] of [
    [[], /what of policy\?/],
    [['chek'], /did you mean check\?/],
    [['test', 'nowhere', ...contract], /nowhere: there are no scenario files/],
    [['explain', ...contract], /no --principal given/],
    [['explain', ...contract, ...question, '--resource', 'intro'], /--resource is no entity; write it as Type::"id"/],
    [['check', ...contract, '--policies', 'none.cedar'], /none\.cedar: no policy file is there; check the path/],
    [['check', ...contract, '--fail-on', 'huge'], /use low, medium, high/],
  ] as const) {
    const { status, out, err } = await castellan(args);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2);
  }
});

test('who may, and what somebody may, each with the policy that says so', async () => {
  const over = [...contract, '--entities', 'scenarios/sections.yaml', '--now', '2026-11-26T16:00:00Z'];
  const who = await castellan(['who', ...over, '--resource', 'Section', '--id', 'intro', '--action', 'editSection']);
  assert.equal(who.status, 0, who.err);
  assert.match(who.out, /^User::"carol" +edit-approved-section$/m);
  assert.doesNotMatch(who.out, /eve|bob|anybody/);
  const late = await castellan([
    'who',
    ...over,
    '--resource',
    'Section::intro',
    '--action',
    'editSection',
    '--now',
    '2026-11-28T00:00:00Z',
  ]);
  assert.equal(late.out, 'nobody of the entities, and nobody else\n');
  const readers = await castellan([
    'who',
    ...over,
    '--resource',
    'Section',
    '--id',
    'intro',
    '--action',
    'getSection',
    '--json',
  ]);
  const json = JSON.parse(readers.out) as { principal: { id: string }; policies: string[] }[];
  assert.deepEqual(json.map(({ principal }) => principal.id).toSorted(), ['bob', 'carol']);
  const what = await castellan(['what', ...over, '--principal', 'carol']);
  assert.match(what.out, /^editSection +Section::"intro" +edit-approved-section$/m);
  assert.doesNotMatch(what.out, /editSection +Section::"figures"/);
});

test('who and what say what is missing or misspelt', async () => {
  const status = async (...args: readonly string[]): Promise<string> => (await castellan(args)).err;
  assert.match(
    await status('who', ...contract, '--resource', 'Section', '--id', 'a', '--action', 'editSektion'),
    /did you mean 'editSection'/,
  );
  assert.match(await status('who', ...contract, '--resource', 'Section'), /who may do what to what/);
  assert.match(await status('what', ...contract), /what may who do/);
  assert.match(await status('what', '--principal', 'carol'), /no --contract given/);
});

test('diff names the policy, says what became of it, and shows the scenarios that are decided otherwise', async () => {
  const policies = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const text = readFileSync(join(documents, 'policies/sections.cedar'), 'utf8');
  const old = ['--old-policies', 'policies/sections.cedar', '--scenarios', 'scenarios'];
  const longer = await castellan([
    'diff',
    ...contract,
    ...old,
    '--policies',
    policies('longer.cedar', text.replace('78h', '79h')),
  ]);
  assert.equal(longer.status, 1);
  assert.match(longer.out, /the policy edit-approved-section changed: policies permit what they refused before/);
  assert.match(longer.out, /at 78:00:00\.000: deny, now allow by edit-approved-section; expected deny/);
  const shorter = await castellan([
    'diff',
    ...contract,
    ...old,
    '--policies',
    policies('shorter.cedar', text.replace('78h', '77h')),
  ]);
  assert.equal(shorter.status, 0);
  assert.match(shorter.out, /policy-permits-less/);
  assert.match(shorter.out, /at 77:59:59\.999: allow by edit-approved-section, now deny; expected allow/);
  const same = await castellan(['diff', ...contract, ...old, '--policies', 'policies/sections.cedar', '--json']);
  assert.deepEqual(JSON.parse(same.out), { changes: [], scenarios: [] });
  const turned = text.replace('permit (', 'forbid (');
  const forbidden = await castellan([
    'diff',
    ...contract,
    ...old,
    '--policies',
    policies('turned.cedar', turned),
    '--json',
  ]);
  const { changes, scenarios } = JSON.parse(forbidden.out) as {
    changes: { code: string }[];
    scenarios: { after: { policies: string[] } }[];
  };
  assert.deepEqual(
    changes.map(({ code }) => code),
    ['policy-permits-less'],
  );
  assert.ok(scenarios.some(({ after }) => after.policies.includes('edit-approved-section')));
});

test('diff says what is missing', async () => {
  assert.match((await castellan(['diff', '--policies', 'a'])).err, /no --contract given/);
  assert.match((await castellan(['diff', ...contract, '--policies', 'a'])).err, /two sets of policies are compared/);
  const { err } = await castellan([
    'diff',
    ...contract,
    '--old-policies',
    'none/*.cedar',
    '--policies',
    'policies/*.cedar',
  ]);
  assert.match(err, /no file of policies is called so/);
});

test('table shows what each operation acts on, when it is decided, and who gets in by which policy', async () => {
  const { status, out } = await castellan(['table', ...contract]);
  assert.equal(status, 0);
  assert.match(
    out,
    /^editSection PATCH \S+ +Section \(path\.sectionId\) +before, as getSection answers it +in Group::"section-editors", if \(edit-approved-section\)/m,
  );
  assert.match(out, /^createDocument .* before, on the body +anyone \(begin-documents\)/m);
  assert.match(out, /^Section +id +openapi\.yaml:\d+:\d+$/m);
  const one = join(folder, 'one.cedar');
  writeFileSync(one, '@id("never") forbid (principal in Group::"banned", action in Action::"safe", resource);');
  const open = await castellan(['table', ...contract, '--policies', one, '--json']);
  const { operations } = JSON.parse(open.out) as {
    operations: { operation: string; permits: []; forbids: { id: string }[] }[];
  };
  const of = (id: string) => operations.find(({ operation }) => operation.startsWith(`${id} `));
  assert.deepEqual([of('getDocument')?.permits, of('getDocument')?.forbids.map(({ id }) => id)], [[], ['never']]);
  assert.deepEqual(of('editSection')?.forbids, []);
  assert.match((await castellan(['table', ...contract, '--policies', one])).out, /whoever is authenticated: no policy/);
});
