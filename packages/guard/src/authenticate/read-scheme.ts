import { CastellanError, nearest, type SecurityScheme } from '@castellan/contract';
import { badOption, knownNames, objectOf } from '../configuration/reader.ts';
import type * as written from './configuration.ts';
import { exampleOf } from './example.ts';
import { expandPreset } from './presets/expand.ts';
import { authenticationReaders, tokenMembers } from './read-configuration.ts';
import { takesKeys } from './verifier.ts';

type Kind = keyof typeof authenticationReaders;

function kindsOf(scheme: SecurityScheme): readonly Kind[] {
  if (scheme.type === 'mutualTLS') return ['certificates', 'verify'];
  return [...ownKinds(scheme), 'upstream', 'whoami', 'verify'];
}

function ownKinds(scheme: SecurityScheme): readonly Kind[] {
  const keys: readonly Kind[] = takesKeys(scheme) ? ['keys', 'store'] : [];
  if (scheme.type === 'apiKey') return scheme.in === 'cookie' ? ['sessions', ...keys, 'issuer'] : [...keys, 'issuer'];
  if (scheme.type !== 'http' || scheme.scheme === 'bearer' || scheme.scheme === 'dpop') return ['issuer', ...keys];
  if (scheme.scheme === 'basic') return ['users', 'store'];
  return scheme.scheme === 'signature' ? ['signatures'] : keys;
}

/**
 * Reads who vouches for one security scheme, after references were resolved.
 * @throws CastellanError `bad-authentication`, `digest-refused`, `unknown-option`, `weak-secret`
 */
export function readScheme(scheme: SecurityScheme, value: unknown): written.SchemeConfiguration {
  refuseDigest(scheme);
  const where = `authentication.${scheme.name}`;
  try {
    if (Array.isArray(value)) return { issuers: readIssuers(scheme, value, where) };
    const entry = entryOf(scheme, value, where);
    const read = authenticationReaders[kindOf(scheme, entry, where)](entry, where);
    refuseIdleCsrf(scheme, read, where);
    return read;
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'bad-option') throw error;
    const { what, mend, cause } = error;
    throw new CastellanError({ code: 'bad-authentication', message: what, mend, cause });
  }
}

/** An entry as it is meant: a preset is what it stands for. */
function entryOf(scheme: SecurityScheme, value: unknown, where: string): Readonly<Record<string, unknown>> {
  return expandPreset(scheme, objectOf(value, where, exampleOf(scheme)), where, tokenMembers);
}

/** Several issuers, each with what holds for its tokens. */
function readIssuers(
  scheme: SecurityScheme,
  value: readonly unknown[],
  where: string,
): readonly written.TokenConfiguration[] {
  if (!kindsOf(scheme).includes('issuer'))
    throw badOption(where, 'is a list, which several issuers of tokens are', `write ${exampleOf(scheme)}`);
  if (value.length === 0) throw badOption(where, 'is an empty list', `write ${exampleOf(scheme)}`);
  return value.map((one, index) => {
    const here = `${where}[${index}]`;
    const entry = entryOf(scheme, one, here);
    const kind = kindOf(scheme, entry, here);
    if (kind !== 'issuer')
      throw badOption(here, `has ${kind}`, 'list issuers only; alternatives of other kinds are schemes of their own');
    const read = authenticationReaders.issuer(entry, here);
    refuseIdleCsrf(scheme, read, here);
    return read;
  });
}

/**
 * Refuses what nothing would read: only credentials that browsers send by themselves can be forged, and only a cookie has
 * a token made of it.
 */
function refuseIdleCsrf(scheme: SecurityScheme, value: written.SchemeConfiguration, where: string): void {
  const given = 'csrf' in value ? value.csrf : undefined;
  if (given === undefined || (scheme.type === 'apiKey' && scheme.in === 'cookie')) return;
  if ('from' in value && value.from?.cookie !== undefined) return;
  const sent = scheme.type === 'mutualTLS' || (scheme.type === 'http' && scheme.scheme === 'basic');
  const idle = Object.keys(given).filter((name) => !sent || name !== 'origins');
  if (!sent)
    throw badOption(
      `${where}.csrf`,
      'is for credentials that browsers send by themselves',
      'remove it: nothing reads it',
    );
  if (idle[0] !== undefined)
    throw badOption(`${where}.csrf.${idle[0]}`, 'is for cookies', 'remove it: only origins is read here');
}

/** Members that say which kind an entry is of; tokens of a shared secret need no issuer. */
const kindOfMember: ReadonlyMap<string, Kind> = new Map([
  ...(Object.keys(authenticationReaders) as Kind[]).map((kind) => [kind, kind] as const),
  ['secret', 'issuer'],
]);

function kindOf(scheme: SecurityScheme, value: Readonly<Record<string, unknown>>, where: string): Kind {
  const fitting = kindsOf(scheme);
  const named = new Set(
    [...kindOfMember].flatMap(([member, kind]) =>
      fitting.includes(kind) && Object.hasOwn(value, member) && value[member] !== undefined ? [kind] : [],
    ),
  );
  const [kind, another] = named;
  if (kind !== undefined && another === undefined) return kind;
  if (kind !== undefined)
    throw badOption(where, `has both ${kind} and ${another}, which are two configurations in one`, `keep one of them`);
  const misspelt = Object.keys(value).find((name) => nearest(name, fitting) !== undefined);
  if (misspelt !== undefined) knownNames({ [misspelt]: true }, where, fitting);
  const { type } = scheme;
  throw badOption(
    where,
    `does not fit its scheme (${type}${type === 'http' ? ` ${scheme.scheme}` : ''})`,
    `write ${exampleOf(scheme)}`,
  );
}

/** Before its entry is read: no entry can mend it. */
function refuseDigest(scheme: SecurityScheme): void {
  if (scheme.type !== 'http' || scheme.scheme !== 'digest') return;
  throw new CastellanError({
    code: 'digest-refused',
    message: `security scheme ${scheme.name} is http digest, which needs the server to keep what is as good as the password and lets a man in the middle ask for MD5`,
    mend: 'declare basic over TLS, or better bearer; passwords are then kept as Argon2id hashes only',
  });
}
