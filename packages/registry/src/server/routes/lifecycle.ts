import type { FastifyInstance, FastifyRequest } from 'fastify';
import { knownApi } from '../../inventory/known-api.ts';
import { approveTransition } from '../../lifecycle/approve.ts';
import { listConsumers, nameConsumer, principalHash } from '../../lifecycle/consumers.ts';
import { lookAt, type LifecycleView } from '../../lifecycle/look.ts';
import { lifecycleRoles, type Condition, type LifecycleRole, type LifecycleState } from '../../lifecycle/states.ts';
import { makeTransition } from '../../lifecycle/transition.ts';
import { callerIn, sendOnce, sendTagged, type Routes } from '../exchange.ts';
import { RegistryProblem } from '../problem.ts';
import { orProblem } from './or-problem.ts';

interface TransitionBody {
  readonly to: LifecycleState;
  readonly reason: string;
  readonly operation?: string;
  readonly sunset?: string;
  readonly successor?: string;
  readonly information?: string;
  readonly despite?: readonly Condition[];
}

interface ContactBody {
  readonly principal?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly name?: string;
  readonly contact?: string;
  readonly told?: boolean;
}

/** Where APIs and operations stand, who decides it, and who still calls what ends. */
export function lifecycleRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  const whoIn = (request: FastifyRequest): { actor: string; roles: readonly LifecycleRole[] } => {
    const { subject, roles } = callerIn(request, routes);
    return { actor: subject, roles: lifecycleRoles.filter((role) => roles.includes(role)) };
  };
  app.get<{ Params: { api: string }; Querystring: { operation?: string } }>(
    '/apis/:api/lifecycle',
    async (request, reply) => {
      const { api } = request.params;
      const { operation } = request.query;
      return sendTagged(request, reply, await orProblem(lookAt(store, { api, operation, ...whoIn(request) })));
    },
  );
  app.post<{ Params: { api: string }; Body: TransitionBody }>('/apis/:api/lifecycle', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { api } = request.params;
      const { body } = request;
      const who = whoIn(request);
      const outcome = await orProblem(makeTransition(store, { api, ...body, ...who }));
      const view = await lookAt(store, { api, operation: body.operation, ...who });
      if (outcome.allowed) return { status: 200, body: view };
      const ways: LifecycleView['ways'] = [{ to: body.to, allowed: false, problems: outcome.problems }];
      return { status: 200, body: { ...view, ways } };
    }),
  );
  app.post<{ Params: { api: string }; Body: { to: LifecycleState; reason: string; operation?: string } }>(
    '/apis/:api/approvals',
    (request, reply) =>
      sendOnce(request, reply, routes, async () => {
        const { api } = request.params;
        const who = whoIn(request);
        await orProblem(approveTransition(store, { api, ...request.body, ...who }));
        return { status: 200, body: await lookAt(store, { api, operation: request.body.operation, ...who }) };
      }),
  );
  app.get<{ Params: { api: string }; Querystring: { operation?: string; all: boolean; limit: number } }>(
    '/apis/:api/consumers',
    async (request, reply) => {
      const { operation, all, limit } = request.query;
      const api = await orProblem(knownApi(store, request.params.api));
      const found = await listConsumers(store, { api, operation, all });
      return sendTagged(request, reply, { consumers: found.slice(0, limit), all: found.length });
    },
  );
  app.post<{ Body: ContactBody }>('/contacts', (request, reply) =>
    sendOnce(request, reply, routes, async () => {
      const { principal, issuer, subject, ...said } = request.body;
      const hash =
        principal ??
        (issuer === undefined || subject === undefined ? undefined : await principalHash(store, issuer, subject));
      if (hash === undefined)
        throw new RegistryProblem(422, 'Unprocessable Content', 'name the caller: principal, or issuer and subject');
      await nameConsumer(store, hash, said);
      return { status: 200, body: { principal: hash } };
    }),
  );
}
