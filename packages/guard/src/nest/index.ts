import { express, type Middleware } from '../express/index.ts';
import type { Guard } from '../guard.ts';

/**
 * The guard for NestJS on the Express platform: `app.use(nest(guard))` before `app.listen`. On the Fastify platform,
 * register the Fastify plugin instead: `await app.register(fastify(guard))`; as a middleware this one works there too, but
 * leaves bodies that Fastify has no parser for, such as uploads, to parsers of the application.
 * Interceptors, pipes and exception filters run behind it.
 */
export function nest(guard: Guard): Middleware {
  return express(guard);
}
