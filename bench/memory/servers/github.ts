// The guard in front of GitHub's document. The runner tells the handler what to answer before it asks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

let answer: Answer = { status: 204, type: undefined, body: '' };
const guard = await createGuard({ contract: process.argv[2] ?? '', limits: { perAddress: 'off' } });
const server = createServer(
  node(guard, (_request, response) => {
    response.statusCode = answer.status;
    if (answer.type !== undefined) response.setHeader('content-type', answer.type);
    response.end(answer.body);
  }),
);
process.on('message', (message: Answer | 'usage') => {
  if (message !== 'usage') answer = message;
  process.send?.({ rss: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
