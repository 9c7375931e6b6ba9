import type { FastifyRequest } from 'fastify';

/**
 * Takes out of a request what the store cannot keep: NUL in texts and names, at any place. The guard has decided by then, on
 * what was sent.
 */
export async function storableRequest(request: FastifyRequest): Promise<void> {
  for (const part of ['body', 'query', 'params'] as const) request[part] = withoutNul(request[part]);
}

function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value;
  if (Array.isArray(value)) return value.map(withoutNul);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.replaceAll('\0', ''), withoutNul(inner)]),
  );
}
