import { isIP } from 'node:net';
import { milliseconds } from '../configuration/quantities.ts';
import {
  badOption,
  object,
  oneOf,
  reader,
  record,
  text,
  type JsonSchema,
  type Members,
  type Reader,
} from '../configuration/reader.ts';

/**
 * Where contract, overlays, policies, links, entities and key files come from, instead of paths that are relative to the working
 * directory: a folder, a Git repository, URLs with their digests, or the registry. Paths are relative to it then; absolute paths
 * and URLs stay what they are.
 */
export interface SourceOptions {
  /** A folder; with `git`, the folder in the repository. */
  readonly folder?: string | undefined;
  /** A local Git repository: a clone, or a bare one. Files are read from the commit of `ref`, never from the working tree. */
  readonly git?: string | undefined;
  /** Branch, tag or commit. Default `HEAD`. */
  readonly ref?: string | undefined;
  /** Files by name, each from a URL and held to its digest. */
  readonly files?: Readonly<Record<string, PinnedFile>> | undefined;
  /**
   * The contract that the registry has of this API, fetched with the key of the option `registry`: `published`, or `latest` for the
   * newest version whatever its state.
   */
  readonly registry?: 'published' | 'latest' | undefined;
  /** Milliseconds between two looks for another state, with `watch`. Default 10 s. */
  readonly interval?: number | undefined;
  /** Folder in which the last good state is kept, so that a start needs nobody else. Default `.castellan/sources`. */
  readonly cache?: string | undefined;
}

/** A file that may be no other. */
export interface PinnedFile {
  /** `https://…`; plain HTTP only on this machine. */
  readonly url: string;
  /** `sha256:` and 64 hexadecimal digits, as `sha256sum` says them. */
  readonly digest: string;
}

const digest: Reader<string> = reader({ type: 'string', pattern: '^sha256:[0-9a-f]{64}$' }, (value, where) => {
  if (typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)) return value;
  throw badOption(where, 'is no digest', 'write sha256: and the 64 digits that sha256sum FILE says');
});

/** No key in an address: addresses stand in messages. */
const url: Reader<string> = reader({ type: 'string', pattern: '^https?://' }, (value, where) => {
  const given = text(value, where);
  const { protocol, hostname, username, password } = URL.canParse(given)
    ? new URL(given)
    : { protocol: '', hostname: '', username: '', password: '' };
  if (username !== '' || password !== '')
    throw badOption(
      where,
      'holds a user name or password',
      'name an address that needs none: the digest says what it gives',
    );
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return given;
  throw badOption(where, 'is no https URL', 'write https://…; http only on this machine');
});

/** Whether a host name is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** A name that stays in its folder, as Git and tar have them. */
const insidePattern = '^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\\\\\u0000-\\u001f]{1,1000}$';
const insideName = new RegExp(insidePattern);
const inside = (value: string): boolean => insideName.test(value);

const refPattern = '^(?!.*(?:\\.\\.|//))[A-Za-z0-9_](?:[A-Za-z0-9_./+-]{0,253}[A-Za-z0-9_+-])?$';
const refName = new RegExp(refPattern);
const ref: Reader<string> = reader({ type: 'string', pattern: refPattern }, (value, where) => {
  if (typeof value === 'string' && refName.test(value)) return value;
  throw badOption(where, 'is no branch, tag or commit', 'write one such as main, v1.2.0 or a commit');
});

const files: Reader<Readonly<Record<string, PinnedFile>>> = (() => {
  const each = record(object<PinnedFile>({ url, digest }, ['url', 'digest']));
  return reader({ ...each.schema, minProperties: 1, propertyNames: { pattern: insidePattern } }, (value, where) => {
    const read = each(value, where);
    const names = Object.keys(read);
    if (names.length === 0)
      throw badOption(where, 'names no file', 'write { openapi.yaml: { url: https://…, digest: sha256:… } }');
    for (const name of names)
      if (!inside(name))
        throw badOption(
          `${where}.${name.slice(0, 80)}`,
          'is no name of a file in a folder',
          'write one such as policies/orders.cedar',
        );
    return read;
  });
})();

const members: Members<SourceOptions> = {
  folder: text,
  git: text,
  ref,
  files,
  registry: oneOf(['published', 'latest']),
  interval: milliseconds(100, 86_400_000),
  cache: text,
};

const each = object<SourceOptions>(members);

/** A member that says the kind of a source, and those that no such source has. */
function kind(name: string, others: readonly string[]): JsonSchema {
  return { required: [name], not: { anyOf: others.map((other) => ({ required: [other] })) } };
}

/** Reads the option `source`: exactly one kind. */
export const sourceReader: Reader<SourceOptions> = reader(
  {
    ...each.schema,
    anyOf: [
      kind('git', ['files', 'registry']),
      kind('files', ['git', 'registry', 'folder', 'ref']),
      kind('registry', ['git', 'files', 'folder', 'ref']),
      kind('folder', ['git', 'files', 'registry', 'ref']),
    ],
  },
  (value, where) => {
    const read = each(value, where);
    const kinds = (['git', 'files', 'registry'] as const).filter((name) => read[name] !== undefined);
    if (kinds.length > 1)
      throw badOption(
        `${where}.${kinds[1]}`,
        `cannot be combined with ${kinds[0]}`,
        'name one: git, files or registry',
      );
    if (kinds.length === 0 && read.folder === undefined)
      throw badOption(where, 'names no place', 'write folder: …, git: …, files: … or registry: published');
    if (read.folder !== undefined && kinds[0] !== undefined && kinds[0] !== 'git')
      throw badOption(`${where}.folder`, `cannot be combined with ${kinds[0]}`, 'take one of the two out');
    if (read.folder !== undefined && kinds[0] === 'git' && !inside(read.folder))
      throw badOption(`${where}.folder`, 'is no folder in the repository', 'write one such as apis/orders');
    if (read.ref !== undefined && read.git === undefined)
      throw badOption(`${where}.ref`, 'belongs to git, which is not given', 'add git: ./apis.git, or take ref out');
    return read;
  },
);
