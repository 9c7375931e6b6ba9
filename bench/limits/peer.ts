// One server with a limit of others, as one of several processes: `fastify` (@fastify/rate-limit) or `flexible` (rate-limiter-flexible in
// front of node:http), counted in the process or in Redis. Tells the port on which it listens.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const [, , kind = 'fastify', limitText = '1000', url = ''] = process.argv;
const limit = Number(limitText);
const redis = url === '' ? undefined : new Redis(url);
const day = 86_400;

if (kind === 'fastify') {
  const server = fastify();
  await server.register(rateLimit, {
    max: limit,
    timeWindow: day * 1000,
    keyGenerator: (request) => String(request.headers['x-key']),
    ...(redis === undefined ? {} : { redis, nameSpace: 'fastify:' }),
  });
  server.get('/call', () => 1);
  await server.listen({ port: 0, host: '127.0.0.1' });
  process.send?.((server.server.address() as AddressInfo).port);
} else {
  const options = { points: limit, duration: day, keyPrefix: 'flexible' };
  const limiter =
    redis === undefined ? new RateLimiterMemory(options) : new RateLimiterRedis({ ...options, storeClient: redis });
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    limiter.consume(String(request.headers['x-key'])).then(
      () => response.end('1'),
      (refused: unknown) => {
        response.statusCode = refused instanceof RateLimiterRes ? 429 : 500;
        response.end('{}');
      },
    );
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === 'end') process.exit();
});
