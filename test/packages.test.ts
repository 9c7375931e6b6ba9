// Every package as the registry would ship it: packed, installed together into an empty folder, imported and type-checked.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-packages-'));
const app = join(folder, 'app');
after(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, { readonly '@castellan/source': string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const packages = readdirSync(join(root, 'packages'))
  .map((room) => ({
    room,
    manifest: JSON.parse(readFileSync(join(root, 'packages', room, 'package.json'), 'utf8')) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

/** `@castellan/guard/node`, for every export that has its source. */
const entries = packages.flatMap(({ room, manifest }) =>
  Object.entries(manifest.exports ?? {})
    .filter(([, { '@castellan/source': source }]) => existsSync(join(root, 'packages', room, source)))
    .map(([entry]) => `${manifest.name}${entry.slice(1)}`),
);

/** The frameworks themselves are not installed here: an adapter needs its own only for types. */
const frameworks = ['express', 'fastify', 'hono', 'koa', 'nest'];
const typed = entries.filter((entry) => !frameworks.some((framework) => entry.endsWith(`/${framework}`)));

/** Files of each tarball, by package name. */
const packed = new Map<string, readonly string[]>();

before(
  () => {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'ignore' });
    const listed = JSON.parse(
      execFileSync(
        'npm',
        ['pack', '--json', '--pack-destination', folder, ...packages.flatMap(({ room }) => ['-w', `packages/${room}`])],
        { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      ),
    ) as Record<string, Packed> | Packed[];
    for (const { name, files } of Object.values(listed))
      packed.set(
        name,
        files.map((file) => file.path),
      );
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }');
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const installed = spawnSync(
      'npm',
      [
        'install',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        '--loglevel=error',
        '@types/node@24',
        ...tarballs.map((name) => join(folder, name)),
      ],
      { cwd: app, encoding: 'utf8' },
    );
    assert.equal(installed.status, 0, installed.stderr);
  },
  { timeout: 240_000 },
);

interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

test('a package ships its code, types, licence and page, and nothing else', () => {
  assert.equal(packed.size, packages.length);
  for (const [name, files] of packed) {
    for (const file of ['package.json', 'LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'])
      assert.ok(files.includes(file), `${name} has no ${file}`);
    for (const file of files) {
      assert.ok(
        /^(dist\/|policies\/[\w-]+\.cedar$|package\.json$|LICENSE$|README\.md$)/.test(file),
        `${name} ships ${file}`,
      );
      assert.ok(!/\.test\.|\.tsbuildinfo$|(^|[^d])\.ts$/.test(file.replace(/\.d\.ts$/, '')), `${name} ships ${file}`);
    }
  }
});

test('the JSON Schemas for editors are shipped, as the repository has them', () => {
  for (const [name, schema] of [
    ['contract', 'x-castellan'],
    ['guard', 'authentication'],
    ['guard', 'guard-options'],
    ['gateway', 'gateway-options'],
    ['gateway', 'castellan'],
    ['assess', 'castellan'],
  ] as const)
    assert.equal(
      readFileSync(join(app, 'node_modules/@castellan', name, `dist/schemas/${schema}.json`), 'utf8'),
      readFileSync(join(root, `schemas/${schema}.json`), 'utf8'),
    );
});

test('every export of every package can be imported', () => {
  const program = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join('\n');
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: app, encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  assert.equal(result.stderr, '');
});

test('a strict TypeScript application compiles against the types and runs', () => {
  writeFileSync(join(app, 'openapi.json'), JSON.stringify(document));
  writeFileSync(
    join(app, 'app.ts'),
    `${typed.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`).join('\n')}
import { createServer, type Server } from 'node:http';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { loadContract, CastellanError, type Operation } from '@castellan/contract';

void [${typed.map((_, index) => `entry${index}`).join(', ')}];
const contract = await loadContract('openapi.json');
const operations: readonly Operation[] = contract.operations;
const events: GuardEvent[] = [];
const options: GuardOptions = { contract, onEvent: (event) => void events.push(event) };
const guard = await createGuard(options);
const server: Server = createServer(
  node(guard, (request, response) => {
    const limit: unknown = request.query['limit'];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ limit }));
  }),
);
await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const address = server.address();
if (address === null || typeof address === 'string') throw new CastellanError({ code: 'x', message: 'no port', mend: 'none' });
const base = \`http://127.0.0.1:\${address.port}\`;
const good = await fetch(\`\${base}/things?limit=5\`);
const bad = await fetch(\`\${base}/things?limit=many\`);
console.log(operations.length, good.status, await good.text(), bad.status, events.length);
server.close();
server.closeAllConnections();
await guard.end();
`,
  );
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        lib: ['es2024'],
        types: ['node'],
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
      },
      include: ['app.ts'],
    }),
  );
  const compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', app], {
    cwd: app,
    encoding: 'utf8',
  });
  assert.equal(compiled.status, 0, compiled.stdout);
  const ran = spawnSync(process.execPath, ['app.js'], { cwd: app, encoding: 'utf8' });
  assert.equal(ran.stdout, '1 200 {"limit":5} 400 2\n', ran.stderr);
});

const document = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  paths: {
    '/things': {
      get: {
        operationId: 'listThings',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
        responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
};

test('the castellan command runs from its package', () => {
  const castellan = (...args: string[]) =>
    spawnSync(join(app, 'node_modules/.bin/castellan'), args, {
      cwd: app,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` },
    });
  writeFileSync(join(app, 'openapi.json'), JSON.stringify(document));
  const shown = castellan('contract', 'openapi.json', '--json');
  assert.equal(shown.status, 0, shown.stderr);
  assert.equal((JSON.parse(shown.stdout) as { operations: unknown[] }).operations.length, 1);
  assert.match(castellan('--help').stdout, /^ {2}gateway/m);
  const away = castellan('demo', '--once');
  assert.equal(away.status, 2);
  assert.match(away.stderr, /^castellan: .*clone the repository and run npm start\n$/);
});

test('the guard brings fewer than ten packages into an application', () => {
  const { packages: installed } = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, Manifest>;
  };
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of Object.keys(installed[`node_modules/${name}`]?.dependencies ?? {})) add(next);
  };
  add('@castellan/guard');
  assert.ok(found.size - 1 < 10, [...found].join(', '));
});
