import type { AuthContext, Filter } from '@castellan/guard';
import { sql, type RawBuilder } from 'kysely';
import type { GuardedRequest } from '@castellan/guard/node';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Looking } from '../incidents/looking.ts';
import type { Store } from '../store/open.ts';
import { callerOf, type Caller, type RoleGroups } from './access/caller.ts';
import { entityTag, noneMatch } from './etag.ts';
import { answerOnce, type Answered } from './idempotency.ts';

/** What every route of the registry has. */
export interface Routes {
  readonly store: Store;
  /** Looks for attacks in what guards send. */
  readonly looking: Looking;
  /** Groups of the identity provider that have a role. */
  readonly groups: RoleGroups | undefined;
}

/** The part of a request that its guard has checked. */
type Checked = Pick<GuardedRequest, 'authorize' | 'permits' | 'filter'> & { readonly auth: AuthContext };

/** The guard has let nothing in without a credential. */
function checked({ raw }: FastifyRequest): Checked {
  const { auth, authorize, permits, filter } = raw as FastifyRequest['raw'] & Partial<Checked>;
  if (auth === undefined || authorize === undefined || permits === undefined || filter === undefined)
    throw new TypeError('a handler ran without its guard');
  return { auth, authorize, permits, filter };
}

export function callerIn(request: FastifyRequest, { groups }: Pick<Routes, 'groups'>): Caller {
  return callerOf(checked(request).auth, groups);
}

/** What of a type the caller may see. */
export function filterIn(request: FastifyRequest): Filter {
  return checked(request).filter;
}

/** The same as a condition for the database. */
export async function visibleIn(request: FastifyRequest, type: string): Promise<RawBuilder<boolean>> {
  return (await filterIn(request)(type)).kysely(sql) as RawBuilder<boolean>;
}

/**
 * Asks whether something may be imported into an API.
 * @throws NotAuthorized, which the guard answers
 */
export async function requireImport(request: FastifyRequest, api: string, owner: string | null): Promise<void> {
  await checked(request).authorize('RegisteredApi', { id: api, owner }, 'importInto');
}

/** How a representation is sent. */
interface Sending {
  /** What people recorded of it, for `If-Match`. */
  readonly recorded?: string;
  readonly type?: string;
  /** What its tag is made of, where that is not all of it: the time at which it was made says nothing. */
  readonly tagged?: string;
  /** The objects of a list: an answer without them leaves where each of them may. */
  readonly objects?: { readonly type: string; readonly items: readonly object[] };
}

/** Sends a representation with its tag, or 304. */
export async function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  body: object | string,
  { recorded, type = 'application/json', tagged, objects }: Sending = {},
): Promise<FastifyReply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const tag = entityTag(tagged ?? text, recorded);
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  if (noneMatch(request.headers['if-none-match'], tag) && (await mayLeave(request, objects)))
    return reply.status(304).send();
  return reply.type(type).send(text);
}

/** Whether an answer that shows none of the objects may leave: of an empty list nothing was decided. */
async function mayLeave(request: FastifyRequest, objects: Sending['objects']): Promise<boolean> {
  if (objects === undefined) return true;
  if (objects.items.length === 0) return false;
  const { permits } = checked(request);
  for (const item of objects.items) if (!(await permits(objects.type, item))) return false;
  return true;
}

/** Sends what was done, or what was done before under the same idempotency key. */
export async function sendOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: Routes,
  work: () => Promise<Answered>,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key'];
  const { status, body } = await answerOnce(
    routes.store,
    {
      subject: callerIn(request, routes).subject,
      key: typeof key === 'string' ? key : undefined,
      method: request.method,
      path: request.url,
      body: request.body,
    },
    work,
  );
  return reply.status(status).type('application/json').send(JSON.stringify(body));
}
