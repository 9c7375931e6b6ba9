import { get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Servers import this first, and their library after it: loading the library counts, Node's own start does not. */
const began = performance.now();
const spent = process.cpuUsage();

/** The document's path, from the runner. */
export const document = process.argv[2] ?? '';

/** A small operation of GitHub's with parameters of several kinds; its schemas are compiled for the first request. */
const target = '/repos/octo/hello/labels?per_page=2&page=1';

export function answer(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify([
      {
        id: 1,
        node_id: 'x',
        url: 'https://api.github.com/repos/octo/hello/labels/bug',
        name: 'bug',
        description: null,
        color: 'f29513',
        default: true,
      },
    ]),
  );
}

/** Sends the first request, and tells the runner when and how it was answered. */
export function ready(server: Server): void {
  const { port } = server.address() as AddressInfo;
  get({ port, host: '127.0.0.1', path: target, headers: { accept: 'application/json' } }, (response) => {
    response.resume();
    response.on('end', () => {
      process.send?.({
        milliseconds: performance.now() - began,
        cpu: (({ user, system }) => (user + system) / 1000)(process.cpuUsage(spent)),
        rss: process.memoryUsage.rss(),
        status: response.statusCode,
      });
      process.disconnect();
      server.close();
      server.closeAllConnections();
      process.exit();
    });
  });
}
