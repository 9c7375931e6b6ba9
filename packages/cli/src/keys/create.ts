import { printable } from '@castellan/assess/printable';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CastellanError, parseDuration } from '@castellan/contract';
import { addKey, rotateKey, setUser } from '@castellan/guard/keys';
import { grantOf, storeOf, type KeysCall } from './arguments.ts';
import { usage } from '../arguments.ts';

/** `castellan keys create`: a key, or a user with a password. */
export async function create(call: KeysCall): Promise<void> {
  const { values, now } = call;
  if (values.user !== undefined) return createUser(call, values.user);
  if (values.subject === undefined)
    throw usage('--subject is missing', 'say whose key it is, or --user NAME for a user');
  const file = storeOf(call, 'keys');
  const { record, key } = await addKey(file, grantOf(call, values.subject), now);
  show(call, { id: record.id, key, subject: record.subject, store: file, ...expiry(record.expiresAt) }, [
    key,
    `key ${record.id} for ${record.subject}, in ${file} as a hash only: this is the only time that it is shown`,
  ]);
}

async function createUser(call: KeysCall, name: string): Promise<void> {
  const { values, terminal, now } = call;
  const file = storeOf(call, 'users');
  const given = values['password-file'];
  const password =
    given === undefined ? randomBytes(15).toString('base64url') : readPassword(resolve(terminal.cwd, given));
  const record = await setUser(file, name, { password }, grantOf(call, values.subject ?? name), now);
  const shown = given === undefined ? { password } : {};
  show(call, { user: record.name, ...shown, subject: record.subject, store: file, ...expiry(record.expiresAt) }, [
    ...(given === undefined ? [password] : []),
    `user ${record.name}, in ${file} as an Argon2id hash only${given === undefined ? ': this is the only time that the password is shown' : ''}`,
  ]);
}

/** `castellan keys rotate ID`: a new key for the same holder; the old one is good for a while. */
export async function rotate(call: KeysCall): Promise<void> {
  const { values, positionals, now } = call;
  const [id] = positionals;
  if (id === undefined || positionals.length > 1)
    throw usage('which key?', 'castellan keys rotate ID; castellan keys list names them');
  const overlap = parseDuration(values.overlap ?? '1 day');
  if (overlap === undefined)
    throw usage(`--overlap is '${values.overlap ?? ''}'`, "write a duration such as '24 hours'");
  const file = storeOf(call, 'keys');
  const { record, key, previousUntil } = await rotateKey(file, id, overlap * 1000, now);
  const until = new Date(previousUntil).toISOString();
  show(call, { id: record.id, key, subject: record.subject, replaces: id, previousUntil: until, store: file }, [
    key,
    `key ${record.id} takes the place of ${id}, which is good until ${until}; this is the only time that it is shown`,
  ]);
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new CastellanError({
      code: 'usage',
      message: `the password file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable file with nothing but the password',
      cause,
    });
  }
}

function expiry(expiresAt: number | undefined): { readonly expires?: string } {
  return expiresAt === undefined ? {} : { expires: new Date(expiresAt).toISOString() };
}

/** The secret goes to standard output and what there is to say about it to standard error, so that it can be piped. */
function show({ values, terminal }: KeysCall, json: object, [secret, ...rest]: readonly string[]): void {
  if (values.json === true) {
    terminal.out(`${JSON.stringify(json, null, 2)}\n`);
    return;
  }
  if (secret !== undefined && rest.length > 0) terminal.out(`${secret}\n`);
  terminal.err(`${printable(rest.length > 0 ? rest : [secret]).join('\n')}\n`);
}
