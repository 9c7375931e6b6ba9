import { bytes, milliseconds, seconds } from '../configuration/quantities.ts';
import {
  badOption,
  boolean,
  object,
  oneOf,
  reader,
  secretOrReference,
  text,
  type Members,
  type Reader,
} from '../configuration/reader.ts';

/** Where events are kept: a file of JSON lines, or the audit log of a folder. */
export interface AuditOptions {
  /** One JSON line per request is appended here. `-` is standard output. */
  readonly file?: string | undefined;
  /** Folder of an audit log: chained, signed, indexed, compressed. One process writes it. */
  readonly dir?: string | undefined;
  /**
   * Key of the hashes by which events name objects, 16 characters at least: with it, one object has one name in all
   * processes and runs. One of this process where not given.
   */
  readonly key?: string | undefined;
  /**
   * What an answer waits for. `async`: nothing; what was recorded in the last 100 ms may be lost where the process is killed.
   * `fsync`: that its request is on the disk; where the disk fails, it leaves all the same and the loss is reported. `required`: the
   * same, and where the disk fails the request is refused (503). Of `dir`. Default `async`.
   */
  readonly durability?: Durability | undefined;
  /** How long `fsync` and `required` wait for the disk, milliseconds. Default 5,000. */
  readonly timeout?: number | string | undefined;
  /** Bytes after which a segment of the log is closed, or a size such as `64MB`. Default 64 MiB. */
  readonly segmentSize?: number | string | undefined;
  /** How long closed segments are kept. Default: for ever. */
  readonly retention?: RetentionOptions | undefined;
  /** Where signed heads of the log are kept beside it, once a minute: whoever changes the log cannot change those. */
  readonly anchor?: AnchorOptions | undefined;
  /** Whether people stand in events under pseudonyms whose keys can be destroyed (`castellan audit erase`). Default false. */
  readonly pseudonyms?: boolean | undefined;
}

export type Durability = 'async' | 'fsync' | 'required';

export interface RetentionOptions {
  /** Seconds, or a duration such as `400 days`. */
  readonly age?: number | string | undefined;
  /** Bytes of the whole log, or a size such as `50GB`. */
  readonly size?: number | string | undefined;
}

export interface AnchorOptions {
  readonly file?: string | undefined;
  /** An address that is sent each head (POST). */
  readonly url?: string | undefined;
  /** Signs what is sent there (`castellan-signature`), 32 characters at least. */
  readonly secret?: string | undefined;
}

/** The same, each quantity read. */
export interface ReadAudit extends Omit<AuditOptions, 'timeout' | 'segmentSize' | 'retention'> {
  readonly timeout?: number | undefined;
  readonly segmentSize?: number | undefined;
  readonly retention?: { readonly age?: number | undefined; readonly size?: number | undefined } | undefined;
}

/** Each member; which of them go together is said by {@link auditReader}. */
export const auditMembers: Members<ReadAudit> = {
  file: text,
  dir: text,
  key: secretOrReference(16),
  durability: oneOf(['async', 'fsync', 'required']),
  timeout: milliseconds(1, 600_000),
  segmentSize: bytes,
  retention: object<NonNullable<ReadAudit['retention']>>({ age: seconds(1, 100 * 366 * 86_400), size: bytes }),
  anchor: object<AnchorOptions>({ file: text, url: text, secret: secretOrReference(32) }),
  pseudonyms: boolean,
};
const members = object<ReadAudit>(auditMembers);

/** What only a folder has. */
const ofFolders = ['durability', 'timeout', 'segmentSize', 'retention', 'anchor', 'pseudonyms'] as const;

const schema = {
  ...members.schema,
  oneOf: [
    { required: ['dir'] },
    { required: ['file'], properties: Object.fromEntries(ofFolders.map((name) => [name, false])) },
  ],
};

export const auditReader: Reader<ReadAudit> = reader(schema, (value, where) => {
  const read = members(value, where);
  if (read.file === undefined && read.dir === undefined)
    throw badOption(where, 'names neither file nor dir', "write { dir: './audit' }, or { file: './audit.jsonl' }");
  if (read.file !== undefined && read.dir !== undefined)
    throw badOption(`${where}.dir`, 'cannot be combined with file', 'write one of the two');
  const lonely = read.dir === undefined ? ofFolders.find((name) => read[name] !== undefined) : undefined;
  if (lonely !== undefined)
    throw badOption(`${where}.${lonely}`, 'is about the log of a folder', 'write dir instead of file');
  const url = read.anchor?.url;
  if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw badOption(`${where}.anchor.url`, 'is no http(s) address', 'write https://anchor.example.com/heads');
  return read;
});
