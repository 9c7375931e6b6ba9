import { createWriteStream } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the benchmark where this server listens. To be called as the server's listening callback. */
export function ready(this: Server): void {
  // oxlint-disable-next-line oxc/no-this-in-exported-function
  process.send?.({ port: (this.address() as AddressInfo).port });
}
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message === 'collect') (globalThis as { gc?: () => void }).gc?.();
  if (message === 'usage' || message === 'collect')
    process.send?.({ rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed, cpu: process.cpuUsage() });
});

/** The public keys and the options that the benchmark passes. */
export const settings = JSON.parse(process.argv[2] ?? '{}') as {
  readonly jwks: { keys: Record<string, unknown>[] };
  readonly pem: string;
  readonly algorithm: string;
  readonly audit: string;
  /** Whether verified tokens are remembered. */
  readonly remember: boolean;
};

/** A log file whose lines are gathered and written together, for the peers: what Castellan's own audit file does. */
export function batched(file: string): { write(line: string): void } {
  const stream = createWriteStream(file, { flags: 'a' });
  let pending = '';
  const flush = (): void => {
    if (pending !== '') stream.write(pending);
    pending = '';
  };
  setInterval(flush, 50).unref();
  return {
    write(line) {
      pending += line;
      if (pending.length > 65_536) flush();
    },
  };
}
