// A guarded server with an audit log, for tests that kill it: `node server.ts DIR DURABILITY [FILE-SIZE-LIMIT]`.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard, type AuditOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';

const [dir = '', durability = 'async'] = process.argv.slice(2);
const guard = await createGuard({
  contract: {
    openapi: '3.2.0',
    info: { title: 'Killed', version: '1' },
    paths: {
      '/items/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        get: {
          operationId: 'getItem',
          responses: { 200: { description: 'It', content: { 'application/json': { schema: { type: 'object' } } } } },
        },
      },
    },
  },
  authentication: {},
  limits: { perAddress: 'off' },
  audit: { dir, durability: durability as AuditOptions['durability'], segmentSize: 60_000, timeout: 2000 },
});
const server = createServer(
  node(guard, (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  }),
).listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void guard.end().then(() => process.exit(0));
});
