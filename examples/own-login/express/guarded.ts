// The same API with a guard in front of its handlers: the guard verifies the tokens that the API's own log-in signs.
import express, { type Express } from 'express';
import { createGuard, type Guard, type GuardOptions } from '@castellan/guard';
import { express as guarded } from '@castellan/guard/express';
import { createApi } from './api.ts';

export async function createGuardedApi(
  secret: string,
  onEvent?: GuardOptions['onEvent'],
): Promise<{ guard: Guard; app: Express }> {
  const guard = await createGuard({
    contract: new URL('openapi.yaml', import.meta.url).pathname,
    authentication: { bearer: { secret, subject: '/id', groups: '/role' } },
    onEvent,
  });
  return { guard, app: express().use(guarded(guard)).use(createApi(secret)) };
}
