// Fastify with its plugins: token verified, rate limit, schemas both ways, one log line (written in batches, as ours is).
import jwt from '@fastify/jwt';
import limit from '@fastify/rate-limit';
import fastify, { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  audience,
  created,
  holds,
  issuer,
  list,
  listQuery,
  orderBody,
  orderList,
  orderSummary,
  readScope,
  writeScope,
} from '../work.ts';
import { batched, ready, settings } from './ready.ts';

const app = fastify({
  logger: { level: 'info', stream: batched(settings.audit) },
  logController: new LogController({ disableRequestLogging: true }),
});
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
app.addHook('onResponse', (request, reply, done) => {
  request.log.info(
    {
      method: request.method,
      path: request.routeOptions.url,
      status: reply.statusCode,
      ip: request.ip,
      sub: userOf(request)['sub'],
      duration: reply.elapsedTime,
    },
    'request',
  );
  done();
});

const userOf = (request: FastifyRequest): Record<string, unknown> =>
  (request as unknown as { user: Record<string, unknown> }).user;

const scoped =
  (wanted: string) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (holds(userOf(request)['scope'], wanted)) done();
    else reply.code(403).send();
  };

app.get(
  '/v1/orders',
  {
    schema: { querystring: { type: 'object', properties: listQuery }, response: { 200: orderList } },
    preHandler: scoped(readScope),
  },
  async () => list,
);
app.post(
  '/v1/orders',
  { schema: { body: orderBody, response: { 201: orderSummary } }, preHandler: scoped(writeScope) },
  async (_request, reply) => {
    reply.code(201);
    return created;
  },
);
await app.listen({ port: 0, host: '127.0.0.1' });
ready.call(app.server as unknown as import('node:http').Server);
