// What answers beside the API: proposed for `outside`, exactly what was named; what may be of the API stays a question.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { writeLearnt } from '../src/learn/index.ts';
import { ask, learnt, type Api, type Asked } from './learn-run.ts';
import type { Schema } from './learn-forms.ts';

const contract: Schema = {
  openapi: '3.1.0',
  info: { title: 'Api', version: '1' },
  security: [{ key: [] }],
  paths: { '/things': { get: { operationId: 'a', responses: { 200: { description: 'x' } } } } },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
};
const application: Api = ({ path }) => ({ body: 'fine', type: path.endsWith('.css') ? 'text/css' : 'text/plain' });

const outside: readonly (readonly [entry: string, ...paths: string[]])[] = [
  ['GET /health', '/health'],
  ['GET /healthz', '/healthz'],
  ['GET /api/ready', '/api/ready'],
  ['GET /metrics', '/metrics'],
  ['GET /version', '/version'],
  ['GET /favicon.ico', '/favicon.ico'],
  ['GET /robots.txt', '/robots.txt'],
  ['GET /openapi.json', '/openapi.json'],
  ['GET /v3/openapi.yaml', '/v3/openapi.yaml'],
  ['GET /.well-known/jwks.json', '/.well-known/jwks.json'],
  ['/docs/**', '/docs', '/docs/swagger-ui.css', '/docs/swagger-ui-init.js'],
  ['/swagger-ui/**', '/swagger-ui/index.html'],
  ['/api-docs/**', '/api-docs'],
  ['/api/docs/**', '/api/docs/'],
  ['/assets/**', '/assets/app.1f2e3d4c.js'],
  ['GET /app/main.js', '/app/main.js'],
];

describe('proposed', () => {
  for (const [entry, ...paths] of outside)
    test(entry, async () => {
      const asked = paths.map((path): Asked => ({ path }));
      const result = await learnt(contract, application, asked);
      assert.deepEqual(
        result.outside.map((one) => one.entry),
        [entry],
      );
      assert.deepEqual(result.changes, []);
      assert.match(writeLearnt(result, 'text'), new RegExp(`--outside '${entry.replaceAll(/[.*/]/g, '\\$&')}'`));
      const options = { outside: [entry], authentication: { key: { keys: {} } } };
      const beside = entry.endsWith('/**') ? entry.replace('/**', 's') : `${paths[0]}x`;
      const answers = await ask(contract, options, application, [...asked, { path: '/other' }, { path: beside }]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [...paths.map(() => 200), 404, 404],
      );
    });
});

describe('a question', () => {
  const questions: readonly (readonly [what: string, asked: Asked, status?: number])[] = [
    ['of no such name', { path: '/reports' }],
    ['a write', { path: '/health', method: 'POST', body: {} }],
    ['a value in its path', { path: '/health/12345' }],
    ['an inner path', { path: '/admin/users' }],
  ];
  for (const [what, asked] of questions)
    test(what, async () => {
      const result = await learnt(contract, application, [asked]);
      assert.deepEqual([result.outside, result.changes.map(({ outcome }) => outcome)], [[], ['open']]);
    });
  test('what the server refused is not proposed', async () => {
    const result = await learnt(contract, () => ({ status: 404, body: 'none', type: 'text/plain' }), [
      { path: '/health' },
    ]);
    assert.deepEqual(result.outside, []);
  });
});
