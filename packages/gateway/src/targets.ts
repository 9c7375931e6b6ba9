import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { CastellanError } from '@castellan/contract';
import { Pool } from 'undici';
import { Lane } from './lane.ts';
import type { Capacity, Timeouts, UpstreamOptions } from './options.ts';

/** One way to an upstream, with its own connections. */
export interface Way {
  readonly pool: Pool;
  readonly lane: Lane;
}

/** One upstream, and the ways to it. */
export interface Target {
  readonly url: URL;
  /** Path prefix, without a slash at its end. */
  readonly prefix: string;
  readonly weight: number;
  /** PEM of the authorities that its certificate is checked against, where they are others than Node's. */
  readonly authorities: Buffer | undefined;
  readonly ordinary: Way;
  /** Of those who listen for hours: they keep nobody else from being answered. */
  readonly streams: Way;
}

/**
 * Opens pools of connections to an upstream. Nothing is sent before the first request.
 * @throws CastellanError `tls-file`
 */
export function openTarget(
  { url: written, weight = 1, ca }: UpstreamOptions,
  timeouts: Timeouts,
  capacity: Capacity,
): Target {
  const url = new URL(written);
  const authorities = ca === undefined ? undefined : readAuthorities(ca);
  const wayOf = (connections: number): Way => ({
    pool: new Pool(url.origin, {
      connections,
      connect: { timeout: timeouts.connect, ...(authorities !== undefined && { ca: authorities }) },
      headersTimeout: timeouts.head,
      // Whether an answer may be silent is known with its head: it is watched there.
      bodyTimeout: 0,
      pipelining: 1,
    }),
    lane: new Lane({ places: connections, waiting: capacity.queue, deadline: timeouts.queue }),
  });
  return {
    url,
    prefix: url.pathname.replace(/\/$/, ''),
    weight,
    authorities,
    ordinary: wayOf(capacity.connections),
    streams: wayOf(capacity.streams),
  };
}

function readAuthorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CastellanError({
      code: 'tls-file',
      message: `the authorities of the upstream cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable PEM file',
      cause,
    });
  }
}

/**
 * Connects once, so that a wrong address is said at start and not with the first request.
 * @param timeout milliseconds
 * @throws CastellanError `unreachable-upstream`
 */
export function reach(url: URL, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    });
    const settle = (error: Error | undefined): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else {
        reject(
          new CastellanError({
            code: 'unreachable-upstream',
            message: `the upstream ${url.origin} does not answer (${(error as NodeJS.ErrnoException).code ?? error.message})`,
            mend: 'start it first, or correct the address',
            cause: error,
          }),
        );
      }
    };
    socket.setTimeout(timeout, () => settle(new Error('timeout')));
    socket.once('connect', () => settle(undefined));
    socket.once('error', settle);
  });
}
