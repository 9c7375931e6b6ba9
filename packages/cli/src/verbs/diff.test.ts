import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-diff-'));
after(() => rmSync(folder, { recursive: true }));
const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
    stdio: 'ignore',
  });
};

async function diff(args: readonly string[], cwd = folder, env: Readonly<Record<string, string>> = {}) {
  let [out, err] = ['', ''];
  const status = await run(['diff', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd,
    env,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

const document = (maxLength: number, security = true): string =>
  `openapi: 3.1.0
info: { title: T, version: '1' }
${security ? 'security: [{ token: [] }]\n' : ''}components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /things:
    post:
      requestBody: { content: { application/json: { schema: { $ref: parts/thing.yaml } } } }
      responses: { '204': { description: done } }
`;
const thing = (maxLength: number): string => `{ type: string, maxLength: ${maxLength} }\n`;

function write(maxLength: number, security = true): void {
  mkdirSync(join(folder, 'api/parts'), { recursive: true });
  writeFileSync(join(folder, 'api/openapi.yaml'), document(maxLength, security));
  writeFileSync(join(folder, 'api/parts/thing.yaml'), thing(maxLength));
}

write(10);
execFileSync('git', ['init', '-q', folder]);
git('add', '-A');
git('commit', '-qm', 'one');
git('tag', 'v1');
write(20, false);

test('diff --against compares with what git has, files that are referred to too, and changes nothing', async () => {
  for (const [cwd, file] of [
    [folder, 'api/openapi.yaml'],
    [join(folder, 'api'), 'openapi.yaml'],
    [join(folder, 'api/parts'), '../openapi.yaml'],
  ] as const) {
    const { out, err, status } = await diff([file, '--against', 'v1', '--format', 'json'], cwd);
    assert.equal(err, '');
    const codes = (JSON.parse(out) as { changes: { code: string }[] }).changes.map(({ code }) => code);
    assert.deepEqual(codes.toSorted(), ['authentication-removed', 'limit-raised']);
    assert.equal(status, 1);
  }
});

test('diff --against says in one line what is no reference, is not there, or was not called so', async () => {
  for (const [reference, said] of [
    ['nowhere', /git does not know nowhere/],
    ['--upload-pack=x', /no reference of git/],
    ['a b', /no reference of git/],
    ['HEAD:api', /no reference of git/],
  ] as const) {
    const { status, out, err } = await diff(['api/openapi.yaml', `--against=${reference}`]);
    assert.deepEqual([status, out], [2, '']);
    assert.match(err, said);
    assert.equal(err.trim().split('\n').length, 1);
  }
  writeFileSync(join(folder, 'api/new.yaml'), document(1));
  const { status, err } = await diff(['api/new.yaml', '--against', 'v1']);
  assert.equal(status, 2);
  assert.match(err, /api\/new\.yaml is not in v1/);
  assert.match((await diff(['a.yaml', 'b.yaml', '--against', 'v1'])).err, /takes one OpenAPI document/);
});

test('diff --format github: annotations relative to the workspace, without what only is good to know', async () => {
  const { out } = await diff(['openapi.yaml', '--against', 'v1', '--format', 'github'], join(folder, 'api'), {
    GITHUB_WORKSPACE: folder,
  });
  assert.match(
    out,
    /^::error file=api\/openapi\.yaml,line=\d+,col=\d+,title=Weakens security \(authentication-removed\)::/m,
  );
  assert.match(out, /^::warning file=api\/parts\/thing\.yaml,line=1/m);
});

test('diff --format sarif: one rule for each code, with its security-severity, and places', async () => {
  const { out } = await diff(['api/openapi.yaml', '--against', 'v1', '--format', 'sarif']);
  interface Log {
    readonly version: string;
    readonly runs: readonly [
      {
        readonly tool: {
          readonly driver: { readonly rules: readonly { id: string; properties: Record<string, string> }[] };
        };
        readonly results: readonly {
          ruleId: string;
          level: string;
          locations: readonly { physicalLocation: { artifactLocation: { uri: string } } }[];
        }[];
      },
    ];
  }
  const log = JSON.parse(out) as Log;
  assert.equal(log.version, '2.1.0');
  const [{ tool, results }] = log.runs;
  assert.deepEqual(tool.driver.rules.map(({ id }) => id).toSorted(), ['authentication-removed', 'limit-raised']);
  assert.equal(
    tool.driver.rules.find(({ id }) => id === 'authentication-removed')?.properties['security-severity'],
    '9.5',
  );
  assert.deepEqual(
    results
      .map(({ ruleId, locations }) => `${ruleId} ${locations[0]?.physicalLocation.artifactLocation.uri}`)
      .toSorted(),
    ['authentication-removed api/openapi.yaml', 'limit-raised api/parts/thing.yaml'],
  );
});
