import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How much of what was written has left, at the last look. */
interface Progress {
  written: number;
  pending: number;
  /** Looks without any change since. */
  still: number;
}

/** What the system has not taken of the last write; Node's own time limit for sockets looks at it as well. */
interface Queued {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Looks within one time limit. */
const looks = 4;

/**
 * Ends connections of callers that do not read: where bytes wait for them and none left for a time. Sockets are looked
 * at now and then, so that requests pay nothing. Silence on a connection with nothing to send is no fault.
 * @param limit milliseconds
 * @returns stops it
 */
export function endSlowCallers(server: Server, limit: number): () => void {
  const sockets = new Map<Socket, Progress>();
  const opened = (socket: Socket): void => {
    sockets.set(socket, { written: 0, pending: 0, still: 0 });
    socket.once('close', () => sockets.delete(socket));
  };
  // Both: of a TLS connection, the one that carries the answers is known when its handshake is over.
  server.on('connection', opened);
  server.on('secureConnection', opened);
  const timer = setInterval(
    () => {
      for (const [socket, progress] of sockets) {
        if (isStuck(socket, progress)) socket.destroy();
      }
    },
    Math.max(1, limit / looks),
  );
  timer.unref();
  return () => clearInterval(timer);
}

function isStuck(socket: Socket, progress: Progress): boolean {
  const { bytesWritten: written, writableLength } = socket;
  const pending = writableLength === 0 ? 0 : writableLength + ((socket as Queued)._handle?.writeQueueSize ?? 0);
  const moved = pending === 0 || written !== progress.written || pending !== progress.pending;
  progress.written = written;
  progress.pending = pending;
  progress.still = moved ? 0 : progress.still + 1;
  return progress.still >= looks;
}
