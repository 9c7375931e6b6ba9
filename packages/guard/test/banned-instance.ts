// One process of several: a guard that takes its bans from where it is told, and answers on the port that it prints.
import { createGuard, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const options = JSON.parse(process.argv[2] ?? '{}') as Partial<GuardOptions>;
const guard = await createGuard({
  contract: {
    openapi: '3.1.0',
    info: { title: 'Banned', version: '1' },
    security: [],
    paths: { '/': { get: { responses: { 204: { description: 'ok' } } } } },
  },
  ...options,
});
const server = createServer(
  node(guard, (_, response) => {
    response.statusCode = 204;
    response.end();
  }),
);
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('data', (text) => {
  const whom = { network: '127.0.0.0/8' };
  void (String(text).trim() === 'ban' ? guard.ban({ ...whom, reason: 'test' }) : guard.lift(whom));
});
process.stdin.on('end', () => process.exit(0));
