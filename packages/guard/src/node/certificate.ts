import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** The certificate of each connection, as it was with the first request after it had been verified. */
const held = new WeakMap<object, X509Certificate | undefined>();

/**
 * Takes certificate and verification of a connection as one fact, once: under TLS 1.2 a caller may renegotiate and show
 * another certificate, of which `authorized` tells nothing and whose key, in the middle of it, nobody has proved to have
 * (RFC 5246 sections 7.4.6 and 7.4.8). From then on the connection does not renegotiate.
 */
export function holdCertificate(socket: Partial<TLSSocket>): void {
  if (socket.authorized !== true || held.has(socket)) return;
  held.set(socket, socket.authorizationError ? undefined : (socket.getPeerX509Certificate?.() ?? undefined));
  socket.disableRenegotiation?.();
}

/** The verified certificate of the caller at the other end of a connection. */
export function certificateOf(socket: Partial<TLSSocket>): X509Certificate | undefined {
  if (socket.authorized !== true || socket.authorizationError) return undefined;
  holdCertificate(socket);
  return held.get(socket);
}
