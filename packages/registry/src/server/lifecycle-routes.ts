import type { FastifyInstance, FastifyReply } from 'fastify';
import { approveTransition } from '../lifecycle/approve.ts';
import { listConsumers } from '../lifecycle/consumers.ts';
import { lookAt, type LifecycleView } from '../lifecycle/look.ts';
import type { Condition, LifecycleRole, LifecycleState } from '../lifecycle/states.ts';
import { makeTransition } from '../lifecycle/transition.ts';
import { knownApi } from '../inventory/known-api.ts';
import type { Store } from '../store/open.ts';
import { orNotFound } from './posture-routes.ts';

/** Who asks, as the registry knows them. */
export interface Caller {
  readonly actor: string;
  readonly role: LifecycleRole;
}

/**
 * Adds the resources of the life cycle.
 * @param callerOf who sent a request
 */
export function serveLifecycle(
  app: FastifyInstance,
  store: Store,
  callerOf: (request: object) => Caller | Promise<Caller>,
): void {
  app.get<{ Params: { api: string }; Querystring: { operation?: string } }>(
    '/apis/:api/lifecycle',
    async ({ params: { api }, query: { operation }, raw }, reply) =>
      orNotFound(reply, lookAt(store, { api, operation, ...(await callerOf(raw)) })),
  );
  app.post<{
    Params: { api: string };
    Body: {
      to: LifecycleState;
      reason: string;
      operation?: string;
      sunset?: string;
      successor?: string;
      information?: string;
      despite?: Condition[];
    };
  }>('/apis/:api/lifecycle', async ({ params: { api }, body, raw }, reply) => {
    const caller = await callerOf(raw);
    const change = async (): Promise<LifecycleView | FastifyReply> => {
      const outcome = await makeTransition(store, { api, ...body, ...caller });
      const view = await lookAt(store, { api, operation: body.operation, ...caller });
      if (outcome.allowed) return view;
      const ways = [{ to: body.to, allowed: false, problems: outcome.problems }];
      return reply.status(409).send({ ...view, ways });
    };
    return orNotFound(reply, change());
  });
  app.post<{ Params: { api: string }; Body: { to: LifecycleState; reason: string; operation?: string } }>(
    '/apis/:api/approvals',
    async ({ params: { api }, body, raw }, reply) => {
      const caller = await callerOf(raw);
      return orNotFound(
        reply,
        approveTransition(store, { api, ...body, ...caller }).then(() =>
          lookAt(store, { api, operation: body.operation, ...caller }),
        ),
      );
    },
  );
  app.get<{ Params: { api: string }; Querystring: { operation?: string; limit: number } }>(
    '/apis/:api/consumers',
    ({ params: { api }, query: { operation, limit } }, reply) =>
      orNotFound(
        reply,
        knownApi(store, api)
          .then(() => listConsumers(store, { api, operation }))
          .then((consumers) => ({ consumers: consumers.slice(0, limit), all: consumers.length })),
      ),
  );
}
