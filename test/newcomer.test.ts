// As a newcomer has it: the packed packages in an empty folder, what the guides show, and the tools that people use.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-newcomer-'));
const app = join(folder, 'app');
after(() => rmSync(folder, { recursive: true }));

/** Tools that take long to install and run, and variants that differ little: where there is time. */
const whole = process.env['CASTELLAN_WHOLE'] === '1';

const tools = [
  'express',
  'cors',
  'multer',
  '@types/express',
  '@types/node@24',
  'esbuild',
  'typescript@5.9',
  ...(whole ? ['webpack', 'jest@30', 'ts-node'] : []),
];

before(
  () => {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'ignore' });
    const rooms = readdirSync(join(root, 'packages')).flatMap((room) => ['-w', `packages/${room}`]);
    execFileSync('npm', ['pack', '--pack-destination', folder, ...rooms], { cwd: root, stdio: 'ignore' });
    mkdirSync(app);
    write('package.json', '{ "name": "app", "private": true, "type": "module" }');
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const flags = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    const installed = spawnSync('npm', [...flags, ...tools, ...tarballs.map((name) => join(folder, name))], {
      cwd: app,
      encoding: 'utf8',
    });
    assert.equal(installed.status, 0, installed.stderr);
    write('openapi.yaml', shown('express.md', /```yaml\n(.*?)```/s));
  },
  { timeout: 400_000 },
);

function write(name: string, text: string): void {
  mkdirSync(join(app, name, '..'), { recursive: true });
  writeFileSync(join(app, name), text);
}

/** What a guide shows. */
function shown(page: string, block: RegExp): string {
  const [, text] = block.exec(readFileSync(join(root, 'docs', page), 'utf8')) ?? [];
  assert.ok(text !== undefined, `${page} shows no such block`);
  return text;
}

function run(args: readonly string[], environment: object = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: app, encoding: 'utf8', env: { ...process.env, ...environment } });
}

function printed(args: readonly string[], environment?: object): string {
  const { status, stdout, stderr } = run(args, environment);
  assert.equal(status, 0, stdout + stderr);
  return stdout.trim();
}

/** Its command is a program of the machine, and no script. */
function esbuild(args: readonly string[]): void {
  const banner = args.includes('--format=esm') ? [`--banner:js=${shown('deploying.md', /--banner:js="(.*?)"/)}`] : [];
  execFileSync(join(app, 'node_modules/esbuild/bin/esbuild'), [...args, ...banner], { cwd: app, stdio: 'pipe' });
}

/** A program that is the same in every kind of module. */
const program = `
const document = { openapi: '3.1.0', info: { title: 'Notes', version: '1' }, paths: { '/notes': { get: { responses: { 200: { description: 'ok', content: { 'application/json': {} } } } } } } };
async function main() {
  const guard = await createGuard({ contract: document, onEvent: () => {} });
  const handle = fetchGuard(guard, () => Response.json([]));
  const statuses = [];
  for (const path of ['notes', 'nothing']) statuses.push((await handle(new Request('http://x/' + path))).status);
  await guard.end();
  return statuses.join(' ');
}
`;
const imports = `import { createGuard } from '@castellan/guard';\nimport { fetchGuard } from '@castellan/guard/fetch';\n`;
const requires = `const { createGuard } = require('@castellan/guard');\nconst { fetchGuard } = require('@castellan/guard/fetch');\n`;

test('the Express guide: what it shows runs and answers as it says', { timeout: 60_000 }, async () => {
  write('server.js', shown('express.md', /```js file=server\.js\n(.*?)```/s));
  const server = spawn(process.execPath, ['server.js'], {
    cwd: app,
    env: { ...process.env, PORT: '0', NOTES_KEY: 'letmein' },
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
      server.on('exit', () => reject(new Error(text)));
    });
    const ask = async (path: string, init: RequestInit = {}): Promise<[number, unknown, Headers]> => {
      const headers = {
        authorization: 'Bearer letmein',
        origin: 'https://app.example.com',
        ...(init.headers as object),
      };
      const response = await fetch(`${url}${path}`, { ...init, headers });
      return [response.status, await response.json(), response.headers];
    };
    assert.deepEqual((await ask('/health', { headers: { authorization: '' } })).slice(0, 2), [200, { ok: true }]);
    assert.deepEqual((await ask('/notes')).slice(0, 2), [200, [{ id: 1, text: 'Hello' }]]);
    const [status, body, headers] = await ask('/notes?limit=many');
    assert.deepEqual([status, body], [400, { error: 'invalid-request', message: 'must be an integer' }]);
    assert.equal(headers.get('access-control-allow-origin'), 'https://app.example.com');
    assert.equal((await ask('/notes', { headers: { authorization: 'Bearer no' } }))[0], 401);
    const note = { method: 'POST', body: '{"text":"b"}', headers: { 'content-type': 'application/json' } };
    assert.deepEqual((await ask('/notes', note)).slice(0, 2), [201, { id: 2, text: 'b' }]);
    const form = new FormData();
    form.set('picture', new Blob([Buffer.from('89504e470d0a1a0a00', 'hex')], { type: 'image/png' }), 'a.png');
    assert.deepEqual((await ask('/pictures', { method: 'POST', body: form })).slice(0, 2), [201, { bytes: 9 }]);
    const preflight = await fetch(`${url}/notes`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.status, 204);
  } finally {
    server.kill();
  }
});

test('CommonJS', () => {
  write('common.cjs', `${requires}${program}main().then(console.log);`);
  assert.equal(printed(['common.cjs']), '200 404');
});

test('a Node.js that is too old is refused with one line', (context) => {
  const found = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const old = found.find((path) =>
    /^v(?:1\d|20|21)\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout),
  );
  if (old === undefined) return context.skip('there is no older Node.js here');
  const { status, stderr } = spawnSync(old, ['node_modules/.bin/castellan', '--help'], { cwd: app, encoding: 'utf8' });
  assert.match(
    stderr,
    /^castellan: Castellan needs Node\.js 22\.18 or newer, and this is [\d.]+; install a newer one, such as Node\.js 24\n$/,
  );
  assert.equal(status, 2);
  write('old.mjs', `import('@castellan/guard').catch(({ message }) => console.log(message));`);
  assert.match(
    spawnSync(old, ['old.mjs'], { cwd: app, encoding: 'utf8' }).stdout,
    /^Castellan needs Node\.js 22\.18 or newer[^\n]+\n$/,
  );
});

const typed = `
export async function main() {
  const app = express();
  app.use(guarded(await createGuard({ contract: 'openapi.yaml' })));
  app.get('/notes', (request, response) => {
    const subject: string | undefined = request.auth?.subject;
    const id: string = request.requestId;
    const query: Readonly<Record<string, unknown>> = request.parameters.query;
    // @ts-expect-error -- a number it is not
    const wrong: number = request.requestId;
    response.json({ subject, id, query, wrong });
  });
}
`;
const typedImports = `import { createGuard } from '@castellan/guard';\nimport { express as guarded } from '@castellan/guard/express';\n`;
const esm = `${typedImports}import express from 'express';${typed}`;
const cjs = `${typedImports}import express = require('express');${typed}`;

for (const [module, resolution, file, text, refused, rare = false] of [
  ['nodenext', 'nodenext', 'types/a.mts', esm],
  ['nodenext', 'nodenext', 'types/b.cts', cjs],
  ['preserve', 'bundler', 'types/c.mts', esm],
  ['commonjs', 'node10', 'types/e.ts', cjs],
  ['esnext', 'bundler', 'types/d.mts', esm, undefined, true],
  ['node16', 'node16', 'types/f.mts', esm, undefined, true],
  ['node16', 'node16', 'types/g.cts', cjs, /TS1479/, true],
] as const)
  test(
    `TypeScript: ${module}, ${resolution}, ${file.slice(-4)}`,
    { timeout: 60_000, skip: rare && !whole && 'whole' },
    () => {
      write(file, text);
      const flags = [
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--target',
        'es2022',
        '--module',
        module,
        '--moduleResolution',
        resolution,
      ];
      const { status, stdout } = run(['node_modules/typescript/bin/tsc', ...flags, file]);
      if (refused === undefined) assert.equal(status, 0, stdout);
      else assert.match(stdout, refused);
    },
  );

test('ts-node', { timeout: 60_000, skip: !whole && 'whole' }, () => {
  write('old-style/package.json', '{ "type": "commonjs" }');
  const compilerOptions = {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  };
  write('old-style/tsconfig.json', JSON.stringify({ compilerOptions }));
  write(
    'old-style/main.ts',
    `${imports}${program.replace('const statuses = []', 'const statuses: number[] = []')}void main().then(console.log);`,
  );
  assert.equal(
    printed(['node_modules/ts-node/dist/bin.js', '-P', 'old-style/tsconfig.json', 'old-style/main.ts']),
    '200 404',
  );
});

test('Jest', { timeout: 120_000, skip: !whole && 'whole' }, () => {
  const body = `${program}test('guarded', async () => { expect(await main()).toBe('200 404'); });`;
  write('jest/esm.test.mjs', imports + body);
  write('jest/common.test.cjs', requires + body);
  const args = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--rootDir',
    'jest',
    '--testMatch',
    '**/*.test.{mjs,cjs}',
  ];
  const { status, stderr } = run(args);
  assert.equal(status, 0, stderr);
});

for (const format of ['cjs', 'esm'])
  test(`esbuild, ${format}`, { timeout: 60_000 }, () => {
    write('bundled.mjs', `${imports}${program}main().then(console.log);`);
    const outfile = `bundle/esbuild.${format === 'cjs' ? 'cjs' : 'mjs'}`;
    esbuild([
      'bundled.mjs',
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      `--outfile=${outfile}`,
      '--log-level=error',
    ]);
    assert.equal(printed([outfile]), '200 404');
  });

test('webpack', { timeout: 120_000, skip: !whole && 'whole' }, () => {
  write('bundled.mjs', `${imports}${program}main().then(console.log);`);
  const options = {
    mode: 'production',
    target: 'node22',
    entry: './bundled.mjs',
    externals: { 'hash-wasm': 'commonjs hash-wasm' },
    output: { path: join(app, 'bundle'), filename: 'webpack.cjs' },
  };
  write(
    'pack.mjs',
    `import webpack from 'webpack'; webpack(${JSON.stringify(options)}, (error, stats) => console.log(error ?? stats.toString({ all: false, errors: true })));`,
  );
  assert.equal(printed(['pack.mjs']), '');
  assert.equal(printed(['bundle/webpack.cjs']), '200 404');
});

test('AWS Lambda: the handler of the guide, as a module and as a bundle', { timeout: 60_000 }, () => {
  write('lambda.mjs', shown('deploying.md', /```js file=lambda\.mjs\n(.*?)```/s));
  esbuild([
    'lambda.mjs',
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--outfile=bundle/lambda.mjs',
    '--log-level=error',
  ]);
  const event = (method: string, path: string, query = ''): object => ({
    version: '2.0',
    rawPath: path,
    rawQueryString: query,
    headers: { authorization: 'Bearer x', host: 'api.example.com' },
    requestContext: { domainName: 'api.example.com', http: { method, sourceIp: '192.0.2.1' } },
    isBase64Encoded: false,
  });
  for (const module of ['./lambda.mjs', './bundle/lambda.mjs']) {
    write(
      'invoke.mjs',
      `import { handler } from '${module}';
const events = ${JSON.stringify([event('GET', '/notes'), event('GET', '/notes', 'limit=many'), event('GET', '/../notes')])};
for (const event of events) { const { statusCode, body } = await handler(event); console.error(statusCode, Buffer.from(body, 'base64').toString().slice(0, 18)); }
process.exit();`,
    );
    const { stderr } = run(['invoke.mjs']);
    assert.match(stderr, /^200 \[{"text":"Hello"}\]\n400 [^\n]+\n400 [^\n]+\n$/, module);
  }
});

test('nginx takes the configuration of the guide', (context) => {
  const text = shown('deploying.md', /```nginx\n(.*?)```/s).replace(
    'listen 443 ssl;',
    `listen unix:${folder}/nginx.sock;`,
  );
  write('nginx.conf', `pid ${folder}/nginx.pid; error_log stderr; events {} http { access_log off; ${text} }`);
  const { error, status, stderr } = spawnSync('nginx', ['-t', '-p', folder, '-c', join(app, 'nginx.conf')], {
    encoding: 'utf8',
  });
  if (error !== undefined) return context.skip('there is no nginx here');
  assert.equal(status, 0, stderr);
});

test('the gateway that a container or systemd starts gets their signals', { timeout: 60_000 }, async (context) => {
  const [, shownArgs = ''] =
    /^CMD (\[.*"gateway".*\])$/m.exec(shown('deploying.md', /(FROM[^`]*?"gateway"[^`]*)```/s)) ?? [];
  const [, command = ''] =
    /^ExecStart=\/opt\/castellan\/(\S+) gateway /m.exec(shown('deploying.md', /```ini\n(.*?)```/s)) ?? [];
  const [program = '', ...args] = JSON.parse(shownArgs) as string[];
  assert.equal(program, command, 'both start the same');
  const upstream = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  context.after(() => upstream.close());
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const service = join(folder, 'service');
  mkdirSync(service);
  symlinkSync(join(app, 'node_modules'), join(service, 'node_modules'));
  writeFileSync(join(service, 'openapi.yaml'), shown('express.md', /```yaml\n(.*?)```/s));
  writeFileSync(
    join(service, 'castellan.yaml'),
    `apis: [{ name: notes, contract: ./openapi.yaml, mode: observe, upstreams: [{ url: 'http://127.0.0.1:${port}' }] }]\n`,
  );
  // The addresses are of this machine alone here.
  const free = args.map((word) => ({ '0.0.0.0': '127.0.0.1', '0.0.0.0:9901': '127.0.0.1:0' })[word] ?? word);
  const started = spawn(program, [...free, '--port', '0'], { cwd: service, stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => started.kill('SIGKILL'));
  let told = '';
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (told.includes(text) && resolve());
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (part: Buffer) => {
          told += part.toString();
          look();
        });
      started.once('exit', () => reject(new Error(`it ended before it said '${text}': ${told}`)));
      look();
    });
  await says('listening on');
  started.kill('SIGHUP');
  await says('are in force');
  started.removeAllListeners('exit');
  const ended = once(started, 'exit');
  started.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null], told);
});
