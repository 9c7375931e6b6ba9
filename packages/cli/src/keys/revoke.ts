import { printable } from '@castellan/assess/printable';
import { resolve } from 'node:path';
import { revokeKey, revokeUser } from '@castellan/guard/keys';
import { credentialKinds, RevocationFile, type Revocation } from '@castellan/guard/revocation';
import { storeOf, timeOf, type KeysCall } from './arguments.ts';
import { usage } from '../arguments.ts';

/**
 * `castellan keys revoke`: a key of the store by its id, a user, or whatever a token says of itself. In force in all
 * running guards that share the file within a second.
 */
export async function revoke(call: KeysCall): Promise<void> {
  const { values, positionals, terminal, now } = call;
  const [id] = positionals;
  if (values.token !== undefined || values.credential !== undefined || values.subject !== undefined)
    return revokeCredential(call);
  if (values.user !== undefined) {
    const record = await revokeUser(storeOf(call, 'users'), values.user, now);
    terminal.out(`user ${printable(record.name)} is revoked\n`);
    return;
  }
  if (id === undefined || positionals.length > 1)
    throw usage('what is to be revoked?', 'castellan keys revoke ID, or --user, --token, --credential, --subject');
  const record = await revokeKey(storeOf(call, 'keys'), id, now);
  terminal.out(`key ${printable(record.id)} of ${printable(record.subject)} is revoked\n`);
}

function revokeCredential({ values, terminal, now }: KeysCall): void {
  const named = (['token', 'credential', 'subject'] as const).filter((kind) => values[kind] !== undefined);
  const [kind] = named;
  if (kind === undefined || named.length > 1)
    throw usage('more than one thing is to be revoked', 'give one of --token, --credential, --subject');
  const of = credentialKinds.find((one) => one === values.kind);
  if (values.kind !== undefined && of === undefined)
    throw usage(`--kind ${values.kind.slice(0, 40)} is no kind of credential`, `write ${credentialKinds.join(', ')}`);
  if ((kind === 'credential') !== (of !== undefined))
    throw usage(
      kind === 'credential'
        ? `which kind of credential is ${values.credential?.slice(0, 80)}?`
        : '--kind is for --credential',
      `castellan keys revoke --credential ID --kind ${credentialKinds.join(' | ')}`,
    );
  const entry: Revocation = {
    kind,
    id: values[kind] ?? '',
    at: now,
    ...(of === undefined ? {} : { of }),
    ...(values.issuer === undefined ? {} : { issuer: values.issuer }),
    ...(values['until-expiry'] === undefined ? {} : { until: timeOf(values['until-expiry'], '--until-expiry', now) }),
  };
  const file = resolve(terminal.cwd, values.revocations ?? '.castellan/revocations.jsonl');
  new RevocationFile(file).append(entry);
  terminal.out(`${kind} ${printable(entry.id)} is revoked, in ${printable(file)}\n`);
}
