// Places that a guard's files come from, real ones, and the ways in which each goes wrong.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { GuardOptions } from '@castellan/guard';

/** One place, with what is published there. */
export interface World {
  readonly kind: string;
  /** Publishes these files, the contract among them as `openapi.yaml`. */
  publish(files: Readonly<Record<string, string>>): Promise<void>;
  /** How it can go wrong, by name; each is undone by `publish`. */
  readonly failures: Readonly<Record<string, () => void>>;
  /** Asked each time: digests are written down in options. */
  options(): Pick<GuardOptions, 'source' | 'registry' | 'contract'>;
  close(): void;
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export async function gitWorld(folder: string): Promise<World> {
  const work = join(folder, 'work');
  const bare = join(folder, 'apis.git');
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-C', cwd, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  mkdirSync(work, { recursive: true });
  git(folder, 'init', '-q', '-b', 'main', work);
  git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  let commits = 0;
  return {
    kind: 'git',
    publish(files) {
      for (const name of ['moved.git', 'apis.git']) rmSync(join(folder, name), { recursive: true, force: true });
      git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
      rmSync(join(work, 'orders'), { recursive: true, force: true });
      for (const [name, text] of Object.entries({ ...files, 'n.txt': String((commits += 1)) })) {
        mkdirSync(dirname(join(work, 'orders', name)), { recursive: true });
        writeFileSync(join(work, 'orders', name), text);
      }
      git(work, 'add', '-A');
      git(work, 'commit', '-q', '-m', 'x');
      git(work, 'push', '-q', '-f', bare, 'main');
      return Promise.resolve();
    },
    failures: {
      'the repository is gone': () => renameSync(bare, join(folder, 'moved.git')),
      'the branch is gone': () => git(bare, 'update-ref', '-d', 'refs/heads/main'),
      'the folder is not in the commit': () => {
        rmSync(join(work, 'orders'), { recursive: true, force: true });
        writeFileSync(join(work, 'other'), 'x');
        git(work, 'add', '-A');
        git(work, 'commit', '-q', '-m', 'x');
        git(work, 'push', '-q', '-f', bare, 'main');
      },
      'its objects are damaged': () => {
        const blob = git(bare, 'rev-parse', 'main:orders/openapi.yaml').trim();
        rmSync(join(bare, 'objects', blob.slice(0, 2), blob.slice(2)), { force: true });
        rmSync(join(bare, 'objects/pack'), { recursive: true, force: true });
      },
    },
    options: () => ({ source: { git: bare, ref: 'main', folder: 'orders' }, contract: 'openapi.yaml' }),
    close: () => undefined,
  };
}

interface Served {
  readonly url: string;
  answer: RequestListener;
  close(): void;
}

async function serve(): Promise<Served> {
  const served = {
    url: '',
    answer: ((_, response) => void response.writeHead(404).end()) as RequestListener,
    close: () => undefined as void,
  };
  const server = createServer((request, response) => served.answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  served.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return served;
}

export async function urlWorld(): Promise<World> {
  const server = await serve();
  let published: Readonly<Record<string, string>> = {};
  const good: RequestListener = ({ url = '' }, response) => {
    const text = published[new URL(url, 'http://x').pathname.slice(1)];
    if (text === undefined) response.writeHead(404).end();
    else response.end(text);
  };
  return {
    kind: 'files',
    publish(files) {
      published = files;
      server.answer = good;
      return Promise.resolve();
    },
    failures: {
      'the server says 404': () => (server.answer = (_, response) => void response.writeHead(404).end()),
      'the server says 500': () => (server.answer = (_, response) => void response.writeHead(500).end('x')),
      'the answer is cut off': () =>
        (server.answer = (_, response) => {
          response.writeHead(200, { 'content-length': 5000 }).write('openapi: 3');
          setImmediate(() => response.destroy());
        }),
      'the file is another': () => (server.answer = (_, response) => void response.end('openapi: 3.1.0\n')),
      'the file is half': () =>
        (server.answer = (request, response) =>
          void response.end((published[(request.url ?? '').slice(1).split('?')[0] ?? ''] ?? '').slice(0, 40))),
      'it redirects to another machine by plain HTTP': () =>
        (server.answer = (_, response) => void response.writeHead(302, { location: 'http://203.0.113.1/x' }).end()),
      'it redirects for ever': () =>
        (server.answer = (request, response) =>
          void response.writeHead(302, { location: `${request.url ?? ''}x` }).end()),
      'nobody listens': () => (server.answer = (request) => void request.socket.destroy()),
    },
    options: () => ({
      source: {
        files: Object.fromEntries(
          Object.entries(published).map(([name, text]) => [
            name,
            { url: `${server.url}/${name}?signature=verysecret`, digest: sha256(text) },
          ]),
        ),
      },
      contract: 'openapi.yaml',
    }),
    close: () => server.close(),
  };
}

export const registryKey = 'castellan_key_of_this_guard_alone';

export async function registryWorld(): Promise<World> {
  const server = await serve();
  let bundle: { files: { name: string; digest: string; text: string }[]; digest: string; version: string } | undefined;
  let versions = 0;
  const say =
    (of: (text: string) => string): RequestListener =>
    ({ headers }, response) => {
      const text = JSON.stringify(bundle);
      const tag = `"${sha256(text)}"`;
      if (headers['x-castellan-key'] !== registryKey) response.writeHead(401).end();
      else if (headers['if-none-match'] === tag && of(text) === text) response.writeHead(304).end();
      else response.setHeader('etag', tag).end(of(text));
    };
  const digests = (files: Readonly<Record<string, string>>): string => sha256(files['openapi.yaml'] ?? '');
  return {
    kind: 'registry',
    publish(files) {
      bundle = {
        api: 'orders',
        version: String((versions += 1)),
        digest: digests(files),
        contract: 'openapi.yaml',
        overlays: [],
        files: Object.entries(files).map(([name, text]) => ({ name, text, digest: sha256(text) })),
      } as never;
      server.answer = say((text) => text);
      return Promise.resolve();
    },
    failures: {
      'it is down': () => (server.answer = (request) => void request.socket.destroy()),
      'it says 503': () => (server.answer = (_, response) => void response.writeHead(503).end()),
      'it refuses the key': () => (server.answer = (_, response) => void response.writeHead(401).end()),
      'it knows no such API': () => (server.answer = (_, response) => void response.writeHead(404).end()),
      'its answer is cut off': () => (server.answer = say((text) => text.slice(0, text.length / 2))),
      'its answer is no contract': () => (server.answer = say(() => '{"hello":1}')),
      'it redirects the key elsewhere': () =>
        (server.answer = (_, response) => void response.writeHead(302, { location: 'https://203.0.113.1/' }).end()),
      'the document is not what its digest says': () =>
        (server.answer = say((text) => text.replace('Orders', 'Odrers'))),
      'the contract is not the one that was published': () =>
        (server.answer = say((text) =>
          text.replace(/("version":"\d+"),"digest":"sha256:[0-9a-f]{8}/, '$1,"digest":"sha256:00000000'),
        )),
      'a file leads out of its folder': () =>
        (server.answer = say((text) => text.replace('"name":"openapi.yaml"', '"name":"../openapi.yaml"'))),
    },
    options: () => ({ source: { registry: 'published' }, registry: { url: server.url, key: registryKey } }),
    close: () => server.close(),
  };
}
