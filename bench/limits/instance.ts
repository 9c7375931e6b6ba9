// One guarded server, as one of several processes: told by its parent what it shares, tells the port on which it listens.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Calls', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/call': {
      get: {
        operationId: 'call',
        responses: { 200: { description: 'ok', content: { 'application/json': { schema: { const: 1 } } } } },
      },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
};
const options = JSON.parse(process.argv[2] ?? '{}') as Partial<GuardOptions>;
const guard = await createGuard({
  contract,
  authentication: {
    key: { keys: { 'a-key-of-some-length': { subject: 'ada' }, 'another-key-of-some': { subject: 'bob' } } },
  },
  ...options,
});
const server: Server = createServer(
  node(guard, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('1');
  }),
);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('warning', ({ code }: Error & { code?: string }) => process.send?.({ code, at: Date.now() }));
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === 'end')
    void guard.end().then(() => {
      process.exit();
    });
});
