import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that runs. */
export interface Running {
  readonly url: string;
  readonly server: Server;
  readonly close: () => unknown;
}

export async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
