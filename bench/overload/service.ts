// A service that works on five calls at once, fifty milliseconds each: 100 a second. Behind its own guard, or plain behind a gateway.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway } from '@castellan/gateway';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';

const answers = { 200: { description: 'ok', content: { 'application/json': { schema: { const: 1 } } } } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Calls', version: '1' },
  security: [{ key: [] }, {}],
  paths: {
    '/call': { get: { operationId: 'call', responses: answers }, post: { operationId: 'pay', responses: answers } },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
};
const [, , kind = 'guard', overload = ''] = process.argv;
const limits = { perAddress: 'off', perPrincipal: 'off', overload: overload === 'overload' } as const;
const authentication = { key: { keys: { 'a-key-of-some-length': { subject: 'ada' } } } };

const waiting: (() => void)[] = [];
let busy = 0;
const work = (): void => {
  while (busy < 5) {
    const next = waiting.shift();
    if (next === undefined) return;
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      next();
      work();
    }, 50);
  }
};
const handler = (_: IncomingMessage, response: ServerResponse): void => {
  waiting.push(() => {
    response.setHeader('content-type', 'application/json');
    response.end('1');
  });
  work();
};

if (kind === 'guard') {
  const guard = await createGuard({ contract, authentication, limits });
  listen(createServer(node(guard, handler)));
} else {
  const upstream = createServer(handler).listen(0, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    void startGateway({ contract, authentication, limits, upstream: url, port: 0, host: '127.0.0.1' }).then((gateway) =>
      process.send?.(Number(new URL(gateway.url).port)),
    );
  });
}

function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
process.on('disconnect', () => process.exit());
