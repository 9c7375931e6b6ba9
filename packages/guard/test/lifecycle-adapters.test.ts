// An operation that ends is answered alike in every framework: the same status, fields and body, and no handler runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { servers } from './adapters/servers.ts';
import type { Application } from './contract.ts';

const now = Date.parse('2026-06-15T12:00:00Z');
const json = { 'application/json': { schema: { type: 'object' } } };

/** Operations by how they end. */
const lifecycles: Readonly<Record<string, object | undefined>> = {
  going: undefined,
  coming: {
    state: 'deprecated',
    deprecatedAt: '2026-01-01',
    sunset: '2026-12-31',
    successor: 'going',
    information: 'https://docs.example.com/moving',
  },
  ended: {
    state: 'deprecated',
    deprecatedAt: '2026-01-01',
    sunset: '2026-06-15',
    successor: 'https://api.example.com/v2',
  },
  retired: { state: 'retired', successor: 'going' },
};
const methods = ['get', 'post', 'delete'] as const;

const contract = {
  openapi: '3.1.0',
  info: { title: 'Ends', version: '1' },
  paths: Object.fromEntries(
    Object.entries(lifecycles).map(([name, lifecycle]) => [
      `/${name}`,
      Object.fromEntries(
        methods.map((method) => [
          method,
          {
            operationId: method === 'get' ? name : `${name}-${method}`,
            ...(lifecycle && { 'x-castellan': { lifecycle } }),
            ...(method === 'post' && { requestBody: { content: json } }),
            responses: { 200: { description: '', content: json } },
          },
        ]),
      ),
    ]),
  ),
};

interface Seen {
  readonly status: number;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly type: string | null;
  readonly body: unknown;
}

test('sunset, deprecation, links and 410 in nine frameworks', async () => {
  const answers = new Map<string, readonly Seen[]>();
  for (const [name, start] of Object.entries(servers)) {
    let handled = 0;
    const routes: Application = Object.fromEntries(
      Object.keys(lifecycles).flatMap((path) =>
        methods.map((method) => [
          `${method} ${path}`,
          {
            method,
            path: `/${path}`,
            handle: () => {
              handled += 1;
              return { status: 200, body: {}, headers: { link: '</help>; rel="help"' } };
            },
          },
        ]),
      ),
    );
    const guard = await createGuard({ contract, authentication: {}, clock: () => now, limits: { perAddress: 'off' } });
    const { url, close } = await start(guard, routes);
    const seen: Seen[] = [];
    for (const path of Object.keys(lifecycles))
      for (const method of [...methods, 'head'])
        for (const body of method === 'post' ? ['{}', '{"never":"read"'] : [undefined]) {
          const response = await fetch(`${url}/${path}`, {
            method: method.toUpperCase(),
            ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
          });
          const text = await response.text();
          const problem = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
          delete problem['requestId'];
          seen.push({
            status: response.status,
            fields: Object.fromEntries(
              ['deprecation', 'sunset', 'link', 'cache-control'].map((field) => [field, response.headers.get(field)]),
            ),
            // Some frameworks name the charset.
            type: response.headers.get('content-type')?.split(';')[0] ?? null,
            body: problem,
          });
        }
    await close();
    await guard.end();
    answers.set(name, seen);
    // Of `going` and `coming`: GET, POST, DELETE, HEAD; what cannot be read is 400, and what has ended is 410 before that.
    assert.equal(handled, 8, name);
  }
  const [first, ...others] = [...answers];
  const [firstName, expected] = first ?? ['', []];
  assert.deepEqual(
    expected.map(({ status }) => status),
    ['going', 'coming', 'ended', 'retired'].flatMap((path) =>
      path === 'going' || path === 'coming' ? [200, 200, 400, 200, 200] : [410, 410, 410, 410, 410],
    ),
  );
  const coming = {
    deprecation: '@1767225600',
    sunset: 'Thu, 31 Dec 2026 00:00:00 GMT',
  };
  for (const [index, { fields, status }] of expected.entries()) {
    const { deprecation, sunset, link } = fields;
    const what = `${firstName} ${index} ${JSON.stringify(fields)}`;
    const path = Object.keys(lifecycles)[Math.floor(index / 5)];
    if (path === 'coming') {
      assert.deepEqual({ deprecation, sunset }, coming, what);
      assert.match(
        String(link),
        /<\.\/going>; rel="successor-version", <https:\/\/docs\.example\.com\/moving>; rel="deprecation sunset"$/,
      );
      // Beside what the handler links to.
      if (status === 200) assert.match(String(link), /^<\/help>; rel="help", </);
    } else if (path === 'ended') assert.equal(sunset, 'Mon, 15 Jun 2026 00:00:00 GMT', what);
    else assert.deepEqual([deprecation, sunset], [null, null], what);
  }
  for (const [name, seen] of others) assert.deepEqual(seen, expected, `${name} and ${firstName} differ`);
  assert.equal(answers.size, 9);
});
