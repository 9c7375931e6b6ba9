import { CastellanError } from '@castellan/contract';
import { express, type Middleware } from '../express/index.ts';
import { fastify } from '../fastify/index.ts';
import type { Guard } from '../guard.ts';
import { raises } from '../node/raised.ts';
import type { RaiseOptions } from '../problem-error.ts';
import { FailureFilter, type ExceptionFilter, type Replies } from './filter.ts';

/** What the guard needs of a Nest application. */
export interface NestApplicationLike {
  getHttpAdapter(): Replies & {
    getType(): string;
    /** The Express or Fastify instance that the application stands on. */
    getInstance(): unknown;
  };
  use(middleware: Middleware): unknown;
  useGlobalFilters(filter: ExceptionFilter): unknown;
}

/**
 * The guard in front of a NestJS application, on Express and on Fastify. Directly after `NestFactory.create`, so that the
 * application's own exception filters come before the guard's; interceptors, pipes and guards of Nest run behind it.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * await nest(guard, app);
 * await app.listen(8080);
 * ```
 * @param options `raise`: refusals go to exception filters as `ProblemError`
 * @throws CastellanError `nest-application` where the application is not given: a middleware alone would leave bodies
 * such as uploads to Fastify, which has no parser for them, and exceptions to Nest
 */
export function nest(guard: Guard, app: NestApplicationLike, options?: RaiseOptions): Promise<void> {
  // Of JavaScript, and of `app.use(nest(guard))`.
  if ((app as NestApplicationLike | undefined) === undefined)
    throw new CastellanError({
      code: 'nest-application',
      message: 'nest(guard) is no middleware: it needs the application',
      mend: 'write `await nest(guard, app)` directly after NestFactory.create',
    });
  raises(options);
  return put(guard, app, options);
}

async function put(guard: Guard, app: NestApplicationLike, options: RaiseOptions | undefined): Promise<void> {
  const adapter = app.getHttpAdapter();
  app.useGlobalFilters(new FailureFilter(adapter));
  if (adapter.getType() !== 'fastify') app.use(express(guard, options));
  else
    await (adapter.getInstance() as { register(plugin: unknown): PromiseLike<unknown> }).register(
      fastify(guard, options),
    );
}
