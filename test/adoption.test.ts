// Beside other software: the table in docs/adapters.md is what is seen here.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import express5 from 'express';
import express4 from 'express4';

import { createGuard, type Guard } from '@castellan/guard';
import { checks, contract } from './adoption/api.ts';
import { bare, beside, withExpress, withNest } from './adoption/connect.ts';
import {
  fastifyBeside,
  fetchBeside,
  honoBeside,
  koaBeside,
  withFastify,
  withFetch,
  withHono,
  withKoa,
  withNestFastify,
} from './adoption/others.ts';
import { upgrades } from '@castellan/guard/node';
import type { Running } from './adoption/running.ts';

/** `ws`, which has no types of its own. */
interface Socket {
  on(name: string, listener: (given: Buffer, more: Buffer) => void): void;
  send(data: unknown): void;
  terminate(): void;
}
const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocket: new (url: string) => Socket;
  WebSocketServer: new (options: object) => {
    on(name: 'connection', listener: (socket: Socket) => void): void;
    handleUpgrade(request: unknown, socket: unknown, head: unknown, opened: (socket: Socket) => void): void;
    close(): void;
  };
};
const folder = mkdtempSync(join(tmpdir(), 'castellan-adoption-'));
writeFileSync(join(folder, 'app.js'), 'let a;\n');
after(() => rmSync(folder, { recursive: true }));

interface Cell {
  readonly package: string;
  readonly before?: unknown;
  readonly behind?: unknown;
}
interface Kind {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly start: (guard: Guard, cell: never, folder: string) => Promise<Running>;
}
const errors = (how: string): Readonly<Record<string, Cell>> => ({ ...beside, 'error handlers': { package: how } });

function without(cells: Readonly<Record<string, Cell>>, ...names: readonly string[]): Readonly<Record<string, Cell>> {
  return Object.fromEntries(Object.entries(cells).filter(([name]) => !names.includes(name)));
}

const servers: Readonly<Record<string, Kind>> = {
  // What needs the helpers of Express is not for a bare server.
  'node:http': {
    cells: without(errors('try in the handler'), 'Swagger UI', 'rate limiters'),
    start: bare,
  },
  'Express 4, 5': { cells: errors('error middleware'), start: withExpress(express5 as never) },
  'Fastify 5': { cells: fastifyBeside, start: withFastify },
  'NestJS on Express': { cells: errors('exception filters'), start: withNest },
  'NestJS on Fastify': {
    cells: { ...fastifyBeside, 'error handlers': { package: 'exception filters' } },
    start: withNestFastify,
  },
  Hono: { cells: honoBeside, start: withHono },
  Koa: { cells: koaBeside, start: withKoa },
  Fetch: { cells: fetchBeside, start: withFetch },
};

const options = {
  contract,
  authentication: { token: { upstream: true } },
  outside: ['/docs/**', '/assets/**'],
  onEvent: () => {},
} as const;

async function tried(
  start: Kind['start'],
  cell: Cell,
  check: (running: Running, guard: Guard) => Promise<void>,
): Promise<void> {
  const guard = await createGuard(options);
  const running = await start(guard, cell as never, folder);
  try {
    await check(running, guard);
  } finally {
    await running.close();
    await guard.end();
  }
}

for (const [name, { cells, start }] of Object.entries(servers)) {
  describe(name, () => {
    for (const [what, cell] of Object.entries(cells)) {
      const check = checks[what];
      assert.ok(check, what);
      test(`${what}: ${cell.package}`, { timeout: 20_000 }, () => tried(start, cell, ({ url }) => check(url)));
      if (name === 'Express 4, 5')
        test(`${what}: ${cell.package}, Express 4`, { timeout: 20_000 }, () =>
          tried(withExpress(express4 as never), cell, ({ url }) => check(url)),
        );
    }

    test('WebSocket: ws', { timeout: 20_000 }, () =>
      tried(start, { package: 'ws' }, async ({ url, server }) => {
        const sockets = new WebSocketServer({ server, path: '/ws' });
        sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
        const echoed = await new Promise<string>((resolve, reject) => {
          socket.on('open', () => socket.send('hello'));
          socket.on('message', (data) => resolve(data.toString()));
          socket.on('error', (error) => reject(error as unknown as Error));
        });
        assert.equal(echoed, 'hello');
        socket.terminate();
        sockets.close();
      }),
    );

    test('WebSocket: ws, behind upgrades', { timeout: 20_000 }, () =>
      tried(start, { package: 'ws' }, async ({ url, server }, guard) => {
        const sockets = new WebSocketServer({ noServer: true });
        server.on(
          'upgrade',
          upgrades(guard, (request, one, head) =>
            sockets.handleUpgrade(request, one, head, (open) => open.on('message', (data) => open.send(data))),
          ),
        );
        const opened = (path: string): Promise<string> =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
            socket.on('open', () => socket.send('hello'));
            socket.on('message', (data) => {
              resolve(data.toString());
              socket.terminate();
            });
            socket.on('unexpected-response', (_request, response) =>
              resolve(String((response as unknown as { statusCode: number }).statusCode)),
            );
            socket.on('error', (error) => reject(error as unknown as Error));
          });
        assert.deepEqual([await opened('/live'), await opened('/notes'), await opened('/ws')], ['hello', '400', '404']);
        sockets.close();
      }),
    );
  });
}

test('the table in docs/adapters.md', () => {
  const names = Object.keys(servers);
  const rows = [...Object.keys(checks), 'WebSocket'].map((what) => {
    const cells = names.map((name) => {
      if (what === 'WebSocket') return '`ws`, by [`upgrades`](#websockets)';
      const cell = servers[name]?.cells[what];
      if (cell === undefined) return '–';
      const place = cell.before === undefined ? (cell.behind === undefined ? '' : ', behind') : ', before';
      return `${/^(?:its own|own |a page|try )/.test(cell.package) ? cell.package : `\`${cell.package}\``}${place}`;
    });
    return `| ${what} | ${cells.join(' | ')} |`;
  });
  const table = [`| | ${names.join(' | ')} |`, `| --- ${'| --- '.repeat(names.length)}|`, ...rows].join('\n');
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'adapters.md'), 'utf8');
  assert.ok(page.includes(table), `docs/adapters.md has another table than\n${table}`);
});
