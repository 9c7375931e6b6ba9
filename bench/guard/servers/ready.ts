import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the benchmark where this server listens. To be called as the server's listening callback. */
export function ready(this: Server): void {
  // oxlint-disable-next-line oxc/no-this-in-exported-function
  process.send?.({ port: (this.address() as AddressInfo).port });
}
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() });
});

/** The public keys and the options that the benchmark passes. */
export const settings = JSON.parse(process.argv[2] ?? '{}') as {
  readonly jwks: { keys: Record<string, unknown>[] };
  readonly pem: string;
  readonly algorithm: string;
  readonly audit: string;
  readonly remember: boolean;
};
