import type { Socket } from 'node:net';
import type { Answer } from '../answer.ts';
import { answerFields } from './answer-fields.ts';
import { STATUS_CODES } from './http.ts';

/** Everything of an answer, for a connection that ends with it. */
export function rawAnswer(own: Answer): string {
  const fields = answerFields(own, undefined);
  let head = `HTTP/1.1 ${own.status} ${STATUS_CODES[own.status] ?? ''}\r\n`;
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at] ?? ''}: ${fields[at + 1] ?? ''}\r\n`;
  return `${head}content-length: ${Buffer.byteLength(own.body)}\r\nconnection: close\r\n\r\n${own.body}`;
}

/** Writes the last bytes of a connection. */
export function endWith(socket: Socket, bytes: string): void {
  socket.on('error', () => undefined);
  socket.end(bytes, () => socket.destroy());
}
