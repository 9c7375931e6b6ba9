import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { run } from '../run.ts';
import type { Terminal } from '../verb.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
// Inside the workspace, so that the compiler finds its packages.
const folder = mkdtempSync(join(root, 'packages', 'cli', '.types-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function castellan(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const terminal: Terminal = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    interactive: false,
    cwd: root,
    env: {},
    signal: new AbortController().signal,
  };
  return { status: await run(args, terminal), out, err };
}

/** What the TypeScript compiler says of files under the strictest settings. */
function compile(...files: readonly string[]): string {
  const options = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      customConditions: ['@castellan/source'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    },
    files,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const result = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(folder, 'tsconfig.json')],
    { encoding: 'utf8' },
  );
  return `${result.stdout}${result.stderr}`.trim();
}

const use = `import type { TypedGuard } from '@castellan/guard';
import type { Operations } from './documents.ts';

declare const guard: TypedGuard<Operations>;
declare const request: object;

const editSection = guard.operation('editSection');
const { parameters, body } = editSection.of(request);
export const id: string = parameters.path.sectionId;
export const text: string = body.text;
export const limit: number = guard.operation('listDocuments').of(request).parameters.query.limit;
export const section = editSection.reply(200, { id: 's', documentId: 'd', title: 't', text, tags: [] } as never);

// @ts-expect-error -- there is no such operation
guard.operation('editSektion');
// @ts-expect-error -- there is no such parameter
export const wrong = parameters.path.sektionId;
// @ts-expect-error -- it is text
export const number: number = body.text;
// @ts-expect-error -- this status is not documented
editSection.reply(299, {});
// @ts-expect-error -- what a client may not write is no part of a request
export const readOnly = guard.operation('editMe').of(request).body.id;
`;

test('types of an API compile, and hold handlers to the contract', async () => {
  const file = join(folder, 'documents.ts');
  const { status, err } = await castellan('types', 'examples/documents/openapi.yaml', '--output', file);
  assert.equal(err, '');
  assert.equal(status, 0);
  writeFileSync(join(folder, 'use.ts'), use);
  assert.equal(compile('documents.ts', 'use.ts'), '');
});

const shared = join(root, '..', 'shared', 'contracts');
const skip = existsSync(shared) ? false : '../shared/contracts is not here';

test('types of real APIs compile', { skip, timeout: 300_000 }, async () => {
  const documents = readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:json|ya?ml)$/.test(name),
  );
  assert.ok(documents.length >= 6);
  const files: string[] = [];
  for (const document of documents) {
    const file = `${document.replaceAll(/\W+/g, '-')}.ts`;
    const { status, err } = await castellan('types', join(shared, document), '--output', join(folder, file));
    assert.equal(err, '', document);
    assert.equal(status, 0);
    files.push(file);
  }
  assert.equal(compile(...files), '');
});

test('bad usage is one line', async () => {
  for (const [args, line] of [
    [[], /^castellan: no OpenAPI document given; write castellan types openapi\.yaml/],
    [
      ['examples/documents/openapi.yaml', '--output', '/nowhere/at/all.ts'],
      /^castellan: \/nowhere\/at\/all\.ts: the types cannot be written \(ENOENT\); /,
    ],
  ] as const) {
    const { status, err } = await castellan('types', ...args);
    assert.equal(status, 2);
    assert.match(err, line);
    assert.equal(err.trim().split('\n').length, 1);
  }
});
