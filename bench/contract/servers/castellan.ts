// The whole journey in front of GitHub's document. Its operations declare no security, so nothing else is to configure.
import { createServer } from 'node:http';
import { answer, document, ready } from './first-request.ts';

const { createGuard } = await import('@castellan/guard');
const { node } = await import('@castellan/guard/node');
const guard = await createGuard({ contract: document });
const server = createServer(node(guard, answer));
server.listen(0, '127.0.0.1', () => ready(server));
