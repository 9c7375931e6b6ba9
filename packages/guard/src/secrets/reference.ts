import { readFileSync, statSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import { openFileMessage, openToOthers } from './private-file.ts';

/** Bytes of a file that holds one secret. */
const maxSecretFile = 64 * 1024;
/** Days after which a secret in a file should be rotated; its age is that of the file. */
const rotationDays = 365;

interface ReferenceNotice {
  readonly code: string;
  readonly message: string;
  readonly fatalInProduction: boolean;
}

export interface Resolved<T> {
  readonly value: T;
  readonly notices: readonly ReferenceNotice[];
}

export interface ReferenceSources {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: number | undefined;
}

/**
 * Replaces `${env:NAME}` and `${file:path}` in the strings of a configuration by what they stand for. Only plain objects
 * and lists are looked into; what an application made itself is left alone.
 * @param where names the configuration for messages
 * @throws CastellanError `unset-variable`, `unreadable-secret`, `bad-reference`
 */
export function resolveReferences<T>(where: string, value: T, sources: ReferenceSources = {}): Resolved<T> {
  const notices: ReferenceNotice[] = [];
  const resolve = (inner: unknown, place: string): unknown => {
    if (typeof inner === 'string') return inner.includes('${') ? resolveText(inner, place, sources, notices) : inner;
    if (Array.isArray(inner)) return inner.map((one, index) => resolve(one, `${place}[${index}]`));
    if (typeof inner !== 'object' || inner === null || !isPlain(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([name, one]) => [
        name.includes('${') ? resolveText(name, `${place}.${name}`, sources, notices) : name,
        resolve(one, `${place}.${name}`),
      ]),
    );
  };
  return { value: resolve(value, where) as T, notices };
}

/** The files that a configuration refers to, as `${file:path}`: they are read again when they change. */
export function referencedFiles(value: unknown): readonly string[] {
  if (typeof value === 'string') return [...value.matchAll(/\$\{file:([^}]+)\}/g)].map(([, file = '']) => file);
  if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isPlain(value))) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...referencedFiles(name), ...referencedFiles(inner)]);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function resolveText(text: string, place: string, sources: ReferenceSources, notices: ReferenceNotice[]): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole: string, inner: string) => {
    const colon = inner.indexOf(':');
    const [kind, name] = [inner.slice(0, colon), inner.slice(colon + 1)];
    if (kind === 'env' && name !== '') return variable(name, place, sources.env ?? process.env);
    if (kind === 'file' && name !== '') return secretFile(name, place, sources.now ?? Date.now(), notices);
    throw new CastellanError({
      code: 'bad-reference',
      message: `${place}: '${whole.slice(0, 60)}' is no reference`,
      mend: 'write ${env:NAME} or ${file:path}',
    });
  });
}

function variable(name: string, place: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new CastellanError({
    code: 'unset-variable',
    message: `${place}: the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
    mend: `set it: export ${name}=…`,
  });
}

function secretFile(file: string, place: string, now: number, notices: ReferenceNotice[]): string {
  try {
    const { size, mtimeMs } = statSync(file);
    if (size > maxSecretFile) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    const days = Math.floor((now - mtimeMs) / 86_400_000);
    if (openToOthers(file))
      notices.push({ code: 'open-secret-file', message: openFileMessage(file), fatalInProduction: false });
    if (days > rotationDays)
      notices.push({
        code: 'rotation-due',
        message: `${place}: the secret in ${file} is ${days} days old, more than ${rotationDays}`,
        fatalInProduction: false,
      });
    return readFileSync(file, 'utf8').trimEnd();
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-secret',
      message: `${place}: the secret cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable file with nothing but the secret',
      cause,
    });
  }
}

/** Names under which configurations hold secrets. */
const secretNames = new Set(['key', 'password', 'secret', 'nonce', 'k', 'd']);

/**
 * Where a configuration that was read from a file has a secret written out: whoever reads the file, its backups or its
 * history has it.
 * @returns the places, `apiKey.keys[0].key`, never the values
 */
export function literalSecrets(value: unknown, where = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${where}[${name}]` : where === '' ? name : `${where}.${name}`;
    // By-key maps of API keys have the secret for a name.
    if (name === 'keys' && isKeyMap(inner))
      found.push(
        ...Object.keys(inner).flatMap((key, index) => (key.includes('${') ? [] : [`${place} (entry ${index})`])),
      );
    else if (typeof inner === 'string' && secretNames.has(name) && !inner.includes('${')) {
      if (!inner.includes('-----BEGIN PUBLIC KEY-----')) found.push(place);
    } else found.push(...literalSecrets(inner, place));
  }
  return found;
}

function isKeyMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  // Clients of message signatures stand under their key id, which is no secret.
  return Object.values(value).every((one) => typeof one === 'object' && one !== null && !('key' in one));
}
