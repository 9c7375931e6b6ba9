import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Store } from '../store/open.ts';
import { RegistryProblem } from './problem.ts';

/** What is answered, and with which status. */
export interface Answered {
  readonly status: number;
  readonly body: object;
}

/** A request that may come again. */
export interface RepeatableRequest {
  readonly subject: string;
  /** `Idempotency-Key`, where it came with one. */
  readonly key: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Milliseconds for which an answer is kept. */
const kept = 24 * 3_600_000;
/** Milliseconds after which work whose process is gone may be begun anew. */
const abandoned = 60_000;

/**
 * Does what a request asks for once: the same request with the same idempotency key of the same caller is answered as it was
 * (draft-ietf-httpapi-idempotency-key-header). What failed may be tried again.
 * @throws RegistryProblem 409 while it is worked on, 422 where the key came with another request
 */
export async function answerOnce(
  store: Store,
  request: RepeatableRequest,
  work: () => Promise<Answered>,
): Promise<Answered> {
  const { key: written } = request;
  if (written === undefined) return work();
  // A structured field would be a string in quotes; both are in use.
  const key = /^"(.*)"$/.exec(written)?.[1] ?? written;
  const { db, clock } = store;
  const id = hash([request.subject, key]);
  const said = hash([request.method, request.path, JSON.stringify(request.body)]);
  const now = clock();
  await db
    .deleteFrom('idempotency')
    .where((eb) =>
      eb.or([
        eb('created', '<', new Date(now - kept)),
        eb.and([eb('id', '=', id), eb('status', 'is', null), eb('created', '<', new Date(now - abandoned))]),
      ]),
    )
    .execute();
  const begun = await db
    .insertInto('idempotency')
    .values({ id, request: said, status: null, answer: null, created: new Date(now) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (begun === undefined) return before(store, id, said, request.subject, key);
  try {
    const answered = await work();
    const answer = seal(request.subject, key, JSON.stringify(answered.body));
    await db.updateTable('idempotency').set({ status: answered.status, answer }).where('id', '=', id).execute();
    return answered;
  } catch (error) {
    await db.deleteFrom('idempotency').where('id', '=', id).execute();
    throw error;
  }
}

async function before({ db }: Store, id: string, said: string, subject: string, key: string): Promise<Answered> {
  const row = await db.selectFrom('idempotency').selectAll().where('id', '=', id).executeTakeFirst();
  if (row !== undefined && row.request !== said)
    throw new RegistryProblem(
      422,
      'Unprocessable Content',
      'this idempotency key came with another request before: use a new one',
    );
  if (row === undefined || row.status === null || row.answer === null)
    throw new RegistryProblem(
      409,
      'Conflict',
      'a request with this idempotency key is being worked on: send it again later',
    );
  return { status: row.status, body: JSON.parse(open(subject, key, row.answer)) as object };
}

function hash(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The answer may hold a new key: the store has nothing that opens it. */
function seal(subject: string, key: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secretOf(subject, key), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function open(subject: string, key: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', secretOf(subject, key), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
}

function secretOf(subject: string, key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, subject, 'castellan registry answer', 32));
}
