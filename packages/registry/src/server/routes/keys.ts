import type { FastifyInstance } from 'fastify';
import { apiIdOf } from '../../inventory/api-id.ts';
import type { Store } from '../../store/open.ts';
import { admitCertificate, createKey } from '../access/keys.ts';
import type { Role } from '../access/roles.ts';
import { cursorOf } from '../cursor.ts';
import { callerIn, visibleIn, requireImport, sendOnce, sendTagged, type Routes } from '../exchange.ts';
import { note } from '../journal.ts';
import { notFound, RegistryProblem } from '../problem.ts';
import { requireMatch, textCursor } from './apis.ts';
import { ownerOf } from './owner.ts';

interface NewKeyBody {
  readonly name: string;
  readonly role: Role;
  readonly teams?: readonly string[];
  readonly api?: string;
  readonly certificate?: string;
}

/** Keys: listed, made, revoked. */
export function keyRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.get<{ Querystring: { limit: number; after?: string } }>('/keys', async (request, reply) => {
    const { limit, after } = request.query;
    const visible = await visibleIn(request, 'Key');
    const rows = await keys(store)
      .where('id', '>', textCursor(after) ?? '')
      .where(visible)
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit).map(shown);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const next = last === undefined ? null : cursorOf([last.id]);
    return sendTagged(request, reply, { keys: page, next }, { objects: { type: 'Key', items: page } });
  });
  app.get<{ Params: { key: string } }>('/keys/:key', async (request, reply) => {
    const key = await oneKey(store, request.params.key);
    return sendTagged(request, reply, key, { recorded: JSON.stringify(key) });
  });
  app.post<{ Body: NewKeyBody }>('/keys', async (request, reply) => {
    const { body } = request;
    requireWhole(body);
    const caller = callerIn(request, routes);
    if (body.role === 'guard' && !caller.roles.includes('administrator')) {
      const api = apiIdOf(body.api ?? '');
      await requireImport(request, api, await ownerOf(store, api));
    }
    return sendOnce(request, reply, routes, async () => {
      const made =
        body.certificate === undefined
          ? await createKey(store, body)
          : { id: await admitCertificate(store, body, body.certificate), key: null };
      if (made.id === undefined)
        throw new RegistryProblem(
          422,
          'Unprocessable Content',
          'this certificate is admitted already: revoke its key first',
        );
      const whose = [body.api, ...(body.teams ?? [])].filter((one) => one !== undefined).join(' ');
      await note(store, caller.subject, 'key-created', `${made.id}, ${body.role} ${whose}`);
      return { status: 201, body: made };
    });
  });
  app.delete<{ Params: { key: string } }>('/keys/:key', async (request, reply) => {
    const { key: id } = request.params;
    await store.db.transaction().execute(async (db) => {
      const tx = { ...store, db };
      await db.selectFrom('guards').select('id').where('id', '=', id).forUpdate().execute();
      const key = await oneKey(tx, id);
      requireMatch(request.headers['if-match'], JSON.stringify(key));
      if (key.role === 'administrator') await requireAnother(tx, id);
      await db
        .updateTable('guards')
        .set({ revoked: new Date(store.clock()) })
        .where('id', '=', id)
        .where('revoked', 'is', null)
        .execute();
      await note(tx, callerIn(request, routes).subject, 'key-revoked', id);
    });
    return reply.status(204).send();
  });
}

/** Keys with the owner of the API that they are for, as policies see them. */
function keys({ db }: Store) {
  return db
    .selectFrom((from) =>
      from
        .selectFrom('guards')
        .leftJoin('apis', 'apis.id', 'guards.api')
        .select([
          'guards.id',
          'guards.name',
          'guards.role',
          'guards.teams',
          'guards.api',
          'apis.owner',
          'guards.key_hash',
          'guards.created',
          'guards.revoked',
        ])
        .as('owned_keys'),
    )
    .selectAll();
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof keys>['execute']>>[number];

function shown({ key_hash, api, created, revoked, ...key }: KeyRow) {
  return {
    ...key,
    api: api === '' ? null : api,
    certificate: key_hash.startsWith('x509:'),
    created: created.toISOString(),
    revoked: revoked?.toISOString() ?? null,
  };
}

async function oneKey(store: Store, id: string) {
  const row = await keys(store).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(`key ${id}`);
  return shown(row);
}

/** The key of a guard as its loader gives it to policies. */
export async function keysById(store: Store, ids: readonly string[]): Promise<(object | undefined)[]> {
  const rows = await keys(store)
    .where('id', 'in', [...ids])
    .execute();
  return ids.map((id) => rows.filter((row) => row.id === id).map(shown)[0]);
}

/** @throws RegistryProblem 422 */
function requireWhole({ role, api, teams = [], certificate }: NewKeyBody): void {
  const wrong =
    role === 'guard' && api === undefined
      ? 'the key of a guard is for one API: name it (api)'
      : role !== 'guard' && (api !== undefined || certificate !== undefined)
        ? `api and certificate are for guards, not for the role ${role}`
        : role === 'owner' && teams.length === 0
          ? 'the key of an owner is for teams: name them (teams)'
          : teams.length > 0 && role !== 'owner' && role !== 'developer'
            ? `teams are for owners and developers, not for the role ${role}`
            : undefined;
  if (wrong !== undefined) throw new RegistryProblem(422, 'Unprocessable Content', wrong);
}

/** The last administrator's key cannot be revoked: nobody could make another. */
async function requireAnother({ db }: Store, id: string): Promise<void> {
  const other = await db
    .selectFrom('guards')
    .select('id')
    .where('role', '=', 'administrator')
    .where('revoked', 'is', null)
    .where('id', '!=', id)
    .executeTakeFirst();
  if (other === undefined)
    throw new RegistryProblem(409, 'Conflict', 'it is the last key of an administrator: make another one first');
}
