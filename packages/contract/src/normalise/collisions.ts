import type { Operation, Server } from '../model.ts';
import type { Reading } from './reading.ts';

/**
 * Paths that no request can tell apart: `/a/{x}` and `/a/{y}`, also by the base paths of their servers. Of two with the same method the first in the document is
 * routed to; where they differ in who may call them, that would be a guess, and so an error.
 * @throws CastellanError `ambiguous-operations`
 */
export function checkCollisions(reading: Reading, operations: readonly Operation[], servers: readonly Server[]): void {
  const shapes = new Map<string, Operation>();
  for (const operation of operations) {
    const { path } = operation;
    if (!path.startsWith('/'))
      reading.warn(
        operation.location,
        'path-without-slash',
        `the path ${path} does not start with a slash`,
        `write /${path}`,
      );
    if (/[?#]/.test(path))
      reading.warn(
        operation.location,
        'path-with-query',
        `the path ${path} holds a query or fragment, so no request can match it`,
        'describe the query with parameters',
      );
    if (path.length > 1 && path.endsWith('/'))
      reading.warn(
        operation.location,
        'trailing-slash',
        `the path ${path} ends with a slash; without it a request does not match`,
        'remove the slash if the API answers without it',
      );
    const bases = new Set((operation.servers ?? servers).flatMap((server) => server.basePaths));
    const met = new Set<Operation>();
    for (const base of bases) {
      const shape = `${operation.method} ${base}${path.startsWith('/') ? '' : '/'}${path.replaceAll(/\{[^{}]*\}/g, '{}')}`;
      const first = shapes.get(shape);
      if (first === undefined) shapes.set(shape, operation);
      else if (first !== operation && !met.has(first)) {
        met.add(first);
        checkPair(reading, first, operation);
      }
    }
  }
}

function checkPair(reading: Reading, first: Operation, operation: Operation): void {
  const message = `${operation.method} ${operation.path} and ${first.path} match the same requests`;
  if (securityKey(first) !== securityKey(operation)) {
    throw reading.error(
      operation.location,
      'ambiguous-operations',
      `${message}, but their security differs`,
      'keep one of them, or make one path distinct',
    );
  }
  reading.warn(
    operation.location,
    'ambiguous-paths',
    `${message}; ${first.operationId} is used`,
    'keep one of them, or make one path distinct',
  );
}

function securityKey(operation: Operation): string {
  return JSON.stringify(
    operation.security.map(({ schemes }) => schemes.map(({ scheme, scopes }) => [scheme.name, [...scopes].sort()])),
  );
}
