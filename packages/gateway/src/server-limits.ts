import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { CastellanError } from '@castellan/contract';

/** What Node's parser enforces before the guard sees a request. */
export const serverLimits: ServerOptions = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  requireHostHeader: true,
  insecureHTTPParser: false,
};

/**
 * Begins to listen.
 * @param flag that names the address or port on a command line
 * @throws CastellanError `port-in-use`, `cannot-listen`
 */
export function listen(server: Server, port: number, host: string, flag = '--port'): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new CastellanError({
          code: error.code === 'EADDRINUSE' ? 'port-in-use' : 'cannot-listen',
          message:
            error.code === 'EADDRINUSE'
              ? `port ${port} is in use`
              : `cannot listen on ${host}:${port} (${error.code ?? error.message})`,
          mend:
            error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
              ? `${host} is no address of this machine; name one of its own, such as 127.0.0.1, or 0.0.0.0 for all`
              : error.code === 'EACCES'
                ? `ports below 1024 need the right to them; name another with ${flag}`
                : `name another with ${flag}, or 0 for any free one`,
          cause: error,
        }),
      );
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** Bytes that Node's HTTP parser refuses never become a request; they get a plain answer and the connection ends. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
