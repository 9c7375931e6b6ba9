import { express, type Middleware } from '../express/index.ts';
import type { Guard } from '../guard.ts';

/**
 * The guard for NestJS, on the Express and on the Fastify platform: `app.use(nest(guard))` before `app.listen`.
 * Interceptors, pipes and exception filters run behind it.
 */
export function nest(guard: Guard): Middleware {
  return express(guard);
}
