// Fastify with its plugins: token verified and cached, rate limit, schemas both ways, one log line.
import jwt from '@fastify/jwt';
import limit from '@fastify/rate-limit';
import fastify from 'fastify';
import { audience, created, issuer, list, listQuery, orderBody, orderList } from '../work.ts';
import { ready, settings } from './ready.ts';

const app = fastify({ logger: { level: 'info', file: settings.audit } });
await app.register(jwt, {
  secret: { public: settings.pem },
  verify: {
    algorithms: [settings.algorithm as 'ES256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache: settings.remember,
  },
} as unknown as Parameters<typeof app.register>[1]);
await app.register(limit, {
  max: 1_000_000_000,
  timeWindow: '1 minute',
  keyGenerator: (request: { user?: { sub?: string }; ip: string }) => request.user?.sub ?? request.ip,
  hook: 'preHandler',
} as unknown as Parameters<typeof app.register>[1]);
app.addHook('onRequest', async (request) => {
  await (request as unknown as { jwtVerify: () => Promise<unknown> }).jwtVerify();
});
app.get(
  '/v1/orders',
  { schema: { querystring: { type: 'object', properties: listQuery }, response: { 200: orderList } } },
  async () => list,
);
app.post('/v1/orders', { schema: { body: orderBody } }, async (_request, reply) => {
  reply.code(201);
  return created;
});
await app.listen({ port: 0, host: '127.0.0.1' });
ready.call(app.server as unknown as import('node:http').Server);
