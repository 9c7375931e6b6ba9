import { connect } from 'node:net';

/** Milliseconds after which a server that neither answers nor closes is left alone. */
const patience = 2000;

/** The last request of a connection whose other end takes a half-closed one for an aborted one. */
const last = Buffer.from('GET /last HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n');

/**
 * Writes bytes to a connection of their own, says that there is no more, and waits until the server has closed it.
 * @param halfClose whether the end is told by closing this side, or by a last request
 */
export function deliver(port: number, bytes: Buffer, halfClose: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
    if (halfClose) socket.end(bytes);
    else socket.write(Buffer.concat([bytes, last]));
  });
}
