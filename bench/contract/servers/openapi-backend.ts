// Its fastest way: `quick` (the document is not checked, validators are compiled when needed), and the document parsed
// here, since given a path it takes twice as long.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Document } from 'openapi-backend';
import { answer, document, ready } from './first-request.ts';

const { OpenAPIBackend } = await import('openapi-backend');

const api = new OpenAPIBackend({
  definition: JSON.parse(readFileSync(document, 'utf8')) as Document,
  quick: true,
  validate: true,
  handlers: {
    notFound: (_context, _request, response) => void response.writeHead(404).end(),
    validationFail: (_context, _request, response) => void response.writeHead(400).end(),
    notImplemented: (_context, request, response) => answer(request, response),
  },
});
await api.init();
const server = createServer((request, response) => {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  void api.handleRequest(
    { method: request.method ?? 'GET', path, query, headers: headersOf(request.headers) },
    request,
    response,
  );
});
server.listen(0, '127.0.0.1', () => ready(server));

function headersOf(headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
