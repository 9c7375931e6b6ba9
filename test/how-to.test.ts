// What people want to do stands within two clicks of README, and what the page shows is done: its files are written, its commands run.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
mkdirSync(join(root, '.test-cache'), { recursive: true });
// Inside the repository, so that imports find the packages.
const folder = mkdtempSync(join(root, '.test-cache', 'how-to-'));
const running = new Set<ChildProcess>();
after(async () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const flags = ['--conditions=@castellan/source', '--disable-warning=ExperimentalWarning'];
const command = [...flags, join(root, 'packages/cli/src/main.ts')];
const page = readFileSync(join(root, 'docs/how-to.md'), 'utf8');
const secret = randomBytes(32).toString('base64');
const env = { ...process.env, NO_COLOR: '1', JWT_SECRET: secret, PORT: '0' };

/** The files that the page shows, by name. */
const files = new Map(
  [...page.matchAll(/^```\w+ file=(\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]),
);
for (const [name, text] of files) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

/** The text of a task: what stands under its heading. */
function task(heading: string): string {
  const text = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`));
  assert.ok(text !== undefined, `there is no task '${heading}'`);
  return text;
}

/** The commands of castellan that a task shows, as arguments. */
function commandsOf(heading: string, verb: string): readonly (readonly string[])[] {
  return [...task(heading).matchAll(/^npx castellan (.*?)(?: {2,}#.*)?$/gm)]
    .map(([, line = '']) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain))
    .filter(([first]) => first === verb);
}

function castellan(args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...command, ...args], { cwd: folder, encoding: 'utf8', env });
}

/** Starts a program and waits for the address that it prints. */
async function started(
  program: string,
  args: readonly string[],
): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const child = spawn(program, args, { cwd: folder, env });
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(text)));
  });
  return {
    url,
    end: async () => {
      child.kill('SIGTERM');
      await ended;
      running.delete(child);
    },
  };
}

const tokens = new Map<string, Promise<string>>();

function token(subject: string): Promise<string> {
  let made = tokens.get(subject);
  if (made === undefined) {
    made = promisify(execFile)(process.execPath, ['token.mjs', subject], { cwd: folder, env }).then(({ stdout }) =>
      stdout.trim(),
    );
    tokens.set(subject, made);
  }
  return made;
}

test('every page is within two clicks of README, and every anchor leads to a heading', () => {
  const links = /\]\((?!https?:|mailto:)([^)\s]*)\)/g;
  const slug = (heading: string): string =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
  const read = (file: string): string => readFileSync(join(root, file), 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
  const headings = (file: string): readonly string[] =>
    [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => slug(text));
  const clicks = new Map([['README.md', 0]]);
  const lost: string[] = [];
  for (const [file, far] of clicks)
    for (const [, target = ''] of read(file).matchAll(links)) {
      const [path = '', anchor] = target.split('#');
      const other = path === '' ? file : normalize(join(dirname(file), path));
      if (!other.endsWith('.md')) continue;
      if (anchor !== undefined && !headings(other).includes(anchor)) lost.push(`${file}: ${target}`);
      if (!clicks.has(other)) clicks.set(other, far + 1);
    }
  assert.deepEqual(lost, []);
  const all = globSync(['*.md', 'docs/*.md', 'docs/reference/*.md', 'docs/operations/*.md'], {
    cwd: root,
  });
  assert.deepEqual(
    all.filter((file) => (clicks.get(file) ?? Infinity) > 2),
    [],
  );
  assert.equal(clicks.get('docs/how-to.md'), 1);
});

test(
  'Express, own errors, HS256; only the author edits; body limit; why it was refused',
  { timeout: 120_000 },
  async () => {
    const server = files.get('server.js') ?? '';
    const [option = '', loader = ''] =
      /^```js\n([^]*?)^\/\/ …\n([^]*?)^```$/m.exec(task('Let only the author edit'))?.slice(1) ?? [];
    assert.match(option, /policies:/);
    assert.match(loader, /guard\.resource/);
    const edited = server.replace(/^ {2}audit: /m, `${option}$&`).replace(/^const app = /m, `${loader}$&`);
    writeFileSync(join(folder, 'edited.js'), edited);
    for (const file of ['server.js', 'edited.js']) {
      const app = await started(process.execPath, [...flags, file]);
      const ask = async (path: string, subject?: string, init: RequestInit = {}): Promise<Response> =>
        fetch(`${app.url}${path}`, {
          ...init,
          headers: {
            'content-type': 'application/json',
            ...(subject === undefined ? {} : { authorization: `Bearer ${await token(subject)}` }),
          },
        });
      const put = (subject: string, text = 'changed'): Promise<Response> =>
        ask('/notes/1', subject, { method: 'PUT', body: JSON.stringify({ text }) });
      const stranger = await ask('/notes');
      assert.equal(stranger.status, 401);
      assert.deepEqual(await stranger.json(), { error: 'unauthenticated', message: 'A valid credential is needed' });
      assert.equal((await ask('/notes', 'ada')).status, 200);
      assert.equal((await ask('/notes/1', 'bob')).status, 200, 'both read it');
      assert.equal((await put('ada')).status, 200);
      assert.equal((await put('bob')).status, file === 'server.js' ? 200 : 403);
      assert.equal((await put('ada', 'x'.repeat(2 ** 20))).status, 413, 'a megabyte and some');
      const refused = await ask('/notes?debug=1', 'ada');
      assert.equal(refused.status, 400);
      const id = refused.headers.get('x-request-id') ?? '';
      await app.end();
      const lines = readFileSync(join(folder, 'audit.jsonl'), 'utf8').split('\n');
      const [line = ''] = lines.filter((one) => one.includes(`"uid":"${id}"`));
      assert.match(line, /"reason":"undocumented-parameter"/);
    }
  },
);

test('the policy is checked, and the body limit is a word of the document', () => {
  const [check = []] = commandsOf('Let only the author edit', 'policy');
  const { status, stdout, stderr } = castellan(check);
  assert.equal(status, 0, stdout + stderr);
  const document = (files.get('openapi.yaml') ?? '').replace(
    /^( +)operationId: editNote\n/m,
    '$&$1x-castellan: { maxBody: 20MiB }\n',
  );
  assert.match(task('Raise the body limit'), /x-castellan: \{ maxBody: 20MiB \}/);
  writeFileSync(join(folder, 'larger.yaml'), document);
  assert.equal(castellan(['contract', 'larger.yaml']).status, 0);
});

test('FastAPI behind the gateway', { timeout: 120_000 }, async (context) => {
  const python = ['/usr/bin/python3', 'python3'].find(
    (one) => spawnSync(one, ['-c', 'import fastapi, uvicorn'], { cwd: folder }).status === 0,
  );
  if (python === undefined) return context.skip('there is no FastAPI here');
  const [, program = ''] =
    /^python3 -c "(.*)" > fastapi\.json$/m.exec(task('Put the gateway in front of a FastAPI service')) ?? [];
  const written = spawnSync(python, ['-c', program], { cwd: folder, encoding: 'utf8' });
  assert.equal(written.status, 0, written.stderr);
  writeFileSync(join(folder, 'fastapi.json'), written.stdout);
  const service = await started(python, ['-m', 'uvicorn', 'main:app', '--port', String(await freePort())]);
  const [args = []] = commandsOf('Put the gateway in front of a FastAPI service', 'gateway');
  const gateway = await started(process.execPath, [
    ...command,
    ...args.map((one) => one.replace('http://127.0.0.1:8000', service.url)),
    '--port',
    '0',
  ]);
  assert.equal((await fetch(`${gateway.url}/notes`)).status, 200);
  assert.equal((await fetch(`${gateway.url}/notes?debug=1`)).status, 400);
  const note = { method: 'POST', headers: { 'content-type': 'application/json' } };
  assert.equal((await fetch(`${gateway.url}/notes`, { ...note, body: '{"text":"b"}' })).status, 201);
  assert.equal((await fetch(`${gateway.url}/notes`, { ...note, body: '{"text":"b","id":7}' })).status, 400);
  await gateway.end();
  await service.end();
});

test('a key is made, used, looked up, rotated and revoked', { timeout: 120_000 }, async () => {
  const created = castellan(['keys', 'create', '--subject', 'billing']);
  assert.equal(created.status, 0, created.stderr);
  const [key = ''] = /cstl_\w+/.exec(created.stdout) ?? [];
  const [, id = ''] = /key (\w+) for billing/.exec(created.stdout + created.stderr) ?? [];
  const server = (files.get('server.js') ?? '')
    .replace(/login: \{ secret: [^}]*\}' \}/, "login: { store: 'keys' }")
    .replace("audit: { file: 'audit.jsonl' }", "audit: { dir: './audit' }");
  assert.match(server, /store: 'keys'/);
  writeFileSync(join(folder, 'keys.js'), server);
  const app = await started(process.execPath, [...flags, 'keys.js']);
  const ask = async (text: string): Promise<number> =>
    (await fetch(`${app.url}/notes`, { headers: { authorization: `Bearer ${text}` } })).status;
  const until = async (text: string, status: number): Promise<void> => {
    // A running guard follows within a second; asked again until it has, so that nothing depends on how fast the machine is.
    for (let times = 0; times < 400 && (await ask(text)) !== status; times++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    assert.equal(await ask(text), status);
  };
  assert.equal(await ask(key), 200);
  const [rotate = []] = commandsOf('Rotate a key', 'keys').filter(([, verb]) => verb === 'rotate');
  const rotated = castellan(rotate.map((one) => one.replace('0AUk42I9EN', id)));
  assert.equal(rotated.status, 0, rotated.stderr);
  const [next = ''] = /cstl_\w+/.exec(rotated.stdout) ?? [];
  await until(next, 200);
  assert.equal(await ask(key), 200, 'the old one is good for the overlap');
  assert.equal(castellan(['keys', 'revoke', id]).status, 0);
  await until(key, 401);
  await app.end();
  const searches = commandsOf('Know who used a key yesterday', 'audit');
  assert.equal(searches.length, 2);
  for (const search of searches) {
    const found = castellan(search.map((one) => one.replace('0AUk42I9EN', id)));
    assert.equal(found.status, 0, found.stderr);
    assert.match(found.stdout, /listNotes {2}billing/);
  }
  const [byId = []] = commandsOf('Know why a request was refused', 'audit');
  assert.equal(castellan(byId).status, 0);
});

test('CI: the commands of the workflow pass what is good and fail what is weak', { timeout: 120_000 }, () => {
  const workflow = files.get('.github/workflows/api.yml') ?? '';
  const lines = [...workflow.matchAll(/npx --yes castellan (.*)$/gm)].map(([, line = '']) => line);
  assert.equal(lines.length, 2);
  const git = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  };
  const repository = mkdtempSync(join(folder, 'repository-'));
  const document = files.get('openapi.yaml') ?? '';
  writeFileSync(join(repository, 'openapi.yaml'), document);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  const run = (line: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [...command, ...line.replace('${{ github.base_ref }}', 'main').split(' ')], {
      cwd: repository,
      encoding: 'utf8',
      env,
    });
  const [check = '', diff = ''] = lines;
  const unchanged = run(diff);
  assert.equal(unchanged.status, 0, unchanged.stdout);
  writeFileSync(join(repository, 'openapi.yaml'), document.replace('security: [{ login: [] }]', 'security: []'));
  const opened = run(diff);
  assert.equal(opened.status, 1);
  assert.match(opened.stdout, /^::error file=openapi\.yaml/m);
  assert.notEqual(run(check).status, 2);
});

test('a token of the page is what a library signs', async () => {
  const [head = '', body = '', signature] = (await token('ada')).split('.');
  assert.equal(signature, createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url'));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
