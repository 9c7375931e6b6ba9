// What the documentation shows is what happens: its code is type-checked and run, its commands are run and compared.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { problemFixes, problems } from '@castellan/guard';

const root = join(import.meta.dirname, '..');
// Inside the repository, so that imports find the packages.
const folder = join(root, '.test-cache', `docs-${process.pid}`);
const flags = ['--conditions=@castellan/source', '--disable-warning=ExperimentalWarning'];
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

interface Block {
  readonly file: string;
  readonly line: number;
  /** After the fence: `ts run`. */
  readonly info: string;
  readonly text: string;
}

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md'], { cwd: root }).sort();
const blocks = pages.flatMap(blocksOf);

function blocksOf(file: string): Block[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const found: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const info = /^```(.+)$/.exec(lines[i] ?? '')?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    found.push({ file, line: i + 1, info, text: lines.slice(i + 1, end).join('\n') });
    i = end;
  }
  return found;
}

/**
 * Whether a text holds what a page shows, line by line and in order. `…` stands for anything, a line of its own for any
 * lines; ports, digests and run lengths of spaces may differ.
 */
function assertShown(actual: string, shown: string, place: string): void {
  const lines = actual.split('\n').map(plain);
  let from = 0;
  let gap = false;
  for (const line of shown.trimEnd().split('\n').map(plain)) {
    if (line === '…') {
      gap = true;
      continue;
    }
    const pattern = new RegExp(`^${line.split('…').map(literal).join('.*')}$`);
    const found = gap ? lines.findIndex((one, index) => index >= from && pattern.test(one)) : from;
    assert.ok(found !== -1 && pattern.test(lines[found] ?? ''), `${place} shows\n  ${line}\nbut there is\n${actual}`);
    from = found + 1;
    gap = false;
  }
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function plain(line: string): string {
  return line
    .replaceAll(/127\.0\.0\.1:\d{4,}/g, '127.0.0.1:PORT')
    .replaceAll(/sha256:[0-9a-f]+/g, 'sha256:DIGEST')
    .replaceAll(/-{5,}/g, '-----')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

const code = blocks.filter(({ info }) => /^ts (run|check)$/.test(info));
const codeFile = (index: number): string => join(folder, `block${index}.ts`);

before(() => {
  for (const [index, { text }] of code.entries()) writeFileSync(codeFile(index), `${text}\nexport {};\n`);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { noEmit: true, types: ['node'] },
      include: ['*.ts'],
    }),
  );
});

test('the code in the documentation compiles', () => {
  const compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const named = compiled.stdout.replaceAll(/\S*block(\d+)\.ts\((\d+)/g, (_, index: string, line: string) => {
    const block = code[Number(index)];
    return `${block?.file}:${(block?.line ?? 0) + Number(line)} (`;
  });
  assert.equal(compiled.status, 0, named);
});

/** Lets a process end although the server that its example opened still listens. */
const unheld = `data:text/javascript,${encodeURIComponent(
  "import { Server } from 'node:net'; const { listen } = Server.prototype; Server.prototype.listen = function (...given) { return listen.apply(this, given).unref(); };",
)}`;

for (const [index, block] of code.entries()) {
  if (block.info !== 'ts run') continue;
  test(`${block.file}:${block.line} runs`, () => {
    const ran = spawnSync(process.execPath, [...flags, '--import', unheld, codeFile(index)], {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      input: '',
    });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(ran.stderr, '');
    const next = blocks[blocks.indexOf(block) + 1];
    if (next?.file === block.file && next.info === 'text output') assertShown(ran.stdout, next.text, place(next));
  });
}

const place = ({ file, line }: Block): string => `${file}:${line}`;

for (const block of blocks.filter(({ info }) => info === 'console run')) {
  test(`${place(block)} shows what its commands print`, () => {
    for (const part of block.text.split(/^\$ /m).slice(1)) {
      const [command = '', ...shown] = part.split('\n');
      const [program, ...args] = command.split(' ');
      assert.equal(program, 'castellan', `${place(block)}: only castellan can be run`);
      const ran = spawnSync(process.execPath, [...flags, join(root, 'packages/cli/src/main.ts'), ...args], {
        cwd: root,
        encoding: 'utf8',
        timeout: 60_000,
        env: { ...process.env, NO_COLOR: '1' },
      });
      assert.notEqual(ran.status, 3, ran.stderr);
      assertShown(`${ran.stdout}${ran.stderr}`, shown.join('\n'), `${place(block)}, ${command}`);
    }
  });
}

const ours = new Set(
  globSync(['packages/*/package.json', 'examples/*/package.json'], { cwd: root }).map(
    (file) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { readonly name: string }).name,
  ),
);

/** Names of packages of Castellan that a text installs, runs or imports; others than those that there are. */
function unknownPackages(text: string): readonly string[] {
  const named = [
    ...[...text.matchAll(/\bnpm (?:i|install)\b([^\n`]*)/g)].flatMap(([, args = '']) => args.split(/\s+/)),
    ...[...text.matchAll(/\bnpx (?:--?\S+ )*(\S+)/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/@castellan\/[\w-]+/g)].map(([name]) => name),
  ];
  return named
    .map((name) => name.replace(/^(@[^/]+\/[^/@]+|[^/@]+).*$/, '$1'))
    .filter((name) => /^(?:@castellan\/|castellan)/.test(name) && name !== '@castellan/source' && !ours.has(name));
}

test('every package of Castellan that a page names is one that there is', () => {
  for (const name of ['@castellan/cli', 'castellan-cli', '@castellan/gaurd'])
    for (const text of [
      `npm install express ${name}`,
      `npm i -D ${name}@1`,
      `npx --yes ${name} check`,
      `import '${name}/node'`,
    ])
      assert.deepEqual([...new Set(unknownPackages(text))], [name], text);
  for (const file of [...pages, ...globSync('packages/cli/src/**/*.ts', { cwd: root })])
    assert.deepEqual(unknownPackages(readFileSync(join(root, file), 'utf8')), [], file);
});

test('links between pages lead somewhere', () => {
  for (const file of pages) {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g))
      assert.ok(globSync(join(root, dirname(file), target)).length > 0, `${file} links to ${target}`);
  }
});

test('every problem type is on the page, with its status and what to do', () => {
  const page = readFileSync(join(root, 'docs/problems.md'), 'utf8');
  const expected = Object.entries(problems).map(
    ([type, { status, title }]) =>
      `## ${type}\n\n${status}. ${title}. ${problemFixes[type as keyof typeof problems]}\n`,
  );
  assert.equal(page.slice(page.indexOf('## ')), expected.join('\n'));
});
