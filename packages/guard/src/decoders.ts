import { readFileSync } from 'node:fs';
// Not by name: a Node.js that is too old has to get as far as to say so.
import * as modules from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  compileDecoders,
  compileResourceAccess,
  isUnread,
  noDecoders,
  parseMediaType,
  yamlDecoder,
  type BodyDecoder,
  type Contract,
  type Decoders,
  type MediaType,
  type Schema,
} from '@castellan/contract';
import {
  badOption,
  either,
  isObject,
  objectOf,
  onlyInCode,
  reader,
  text,
  type Reader,
} from './configuration/reader.ts';

/** Who reads which media type, as somebody wrote it. */
export type DecodersOption = Readonly<Record<string, BodyDecoder | string>>;

const inCode: Reader<BodyDecoder | string> = either<BodyDecoder, BodyDecoder | string>(
  (value) => typeof value === 'function',
  reader(onlyInCode, (value) => value as BodyDecoder),
  text,
);

/** What the guard reads itself. */
const readHere = /[/+-]json$|^multipart\/|^application\/x-www-form-urlencoded$/;

/** Type and subtype, in small letters, without parameters (RFC 6838 section 4.2). */
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+*-]{0,126}\/[a-z0-9*][a-z0-9!#$&^_.+*-]{0,126}$/;

const decodersOf = <T extends BodyDecoder | string>(one: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  reader(
    {
      type: 'object',
      propertyNames: { pattern: mediaType.source, not: { pattern: readHere.source } },
      additionalProperties: text.schema,
    },
    (value, where) =>
      Object.fromEntries(
        Object.entries(objectOf(value, where, "{ 'application/yaml': 'yaml' }")).map(([type, decoder]) => {
          const at = `${where}.${type.slice(0, 80)}`;
          if (!mediaType.test(type))
            throw badOption(
              at,
              'names no media type',
              "write type and subtype in small letters, such as 'application/cbor'",
            );
          if (readHere.test(type)) throw badOption(at, 'is read by the guard itself', 'leave it out');
          return [type, one(decoder, at)];
        }),
      ),
  );

/** Reads what a file says of `decoders`. */
export const writtenDecoders: Reader<Readonly<Record<string, string>>> = decodersOf(text);

/** Reads the option `decoders`. */
export const decodersReader: Reader<DecodersOption> = decodersOf(inCode);

/**
 * Finds who reads which media type; packages are looked for from the working folder. A media type that the contract names, that
 * nothing here reads and that nobody is named for passes unread, which a notice tells; under profile `bank`, and where rules or policies
 * have to look into it, it is refused.
 * @param decides whether there are policies
 * @throws CastellanError `bad-option`
 */
export async function loadDecoders(
  given: DecodersOption | undefined,
  contract: Contract,
  decides: boolean,
): Promise<Decoders> {
  const found = new Map<string, BodyDecoder | 'pass'>();
  for (const [type, decoder] of Object.entries(given ?? {}))
    found.set(type, typeof decoder === 'function' ? decoder : await named(decoder, `options.decoders.${type}`));
  const said = compileDecoders(Object.fromEntries(found));
  if (contract.castellan.profile !== 'bank')
    for (const essence of unreadTypes(contract, decides))
      if (said.of(essence) === undefined) found.set(essence, 'pass');
  return found.size === 0 ? noDecoders : compileDecoders(Object.fromEntries(found));
}

/** Whether `x-castellan` says who may write something in bodies of a schema, or where URLs in them may lead. */
export function hasRules(contract: Contract, schema: Schema): boolean {
  const has = (rules?: 'url'): boolean =>
    compileResourceAccess(contract, schema, 'request', { resources: false, rules }) !== undefined;
  return has() || has('url');
}

/**
 * Media types that the contract names, no ranges, of bodies with members or items that nothing here reads; those without rules, and
 * without objects that policies decide on.
 */
function unreadTypes(contract: Contract, decides: boolean): ReadonlySet<string> {
  const passing = new Set<string>();
  const bound = new Set<string>();
  const look = ({ type, schema }: MediaType, direction: 'request' | 'response'): void => {
    const essence = parseMediaType(type)?.essence ?? '*';
    if (schema === undefined || essence.includes('*') || !isUnread(contract, schema, essence)) return;
    const isBound =
      (direction === 'request' && hasRules(contract, schema)) ||
      (decides && compileResourceAccess(contract, schema, direction) !== undefined);
    (isBound ? bound : passing).add(essence);
  };
  for (const { body, responses } of contract.operations) {
    for (const media of body?.content ?? []) look(media, 'request');
    for (const media of responses.flatMap(({ content }) => content)) look(media, 'response');
  }
  for (const essence of bound) passing.delete(essence);
  return passing;
}

function named(name: string, where: string): BodyDecoder | 'pass' | Promise<BodyDecoder> {
  return name === 'yaml' ? yamlDecoder() : name === 'pass' ? name : packaged(name, where);
}

async function packaged(name: string, where: string): Promise<BodyDecoder> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(entryOf(name)).href)) as Readonly<Record<string, unknown>>;
  } catch {
    throw badOption(
      where,
      `is '${name.slice(0, 80)}', and no such package can be loaded`,
      'npm install it in the working folder, or write yaml or pass',
    );
  }
  const inner = module['default'] as { readonly decode?: unknown } | undefined;
  const decode = module['decode'] ?? inner?.decode;
  if (typeof decode !== 'function')
    throw badOption(
      where,
      `is '${name.slice(0, 80)}', which exports no function decode`,
      "write a file of your own that does, such as './decoders/cbor.js'",
    );
  // Not every package knows the option; cborg does.
  return (bytes) =>
    (decode as (bytes: Uint8Array, options: object) => unknown)(bytes, { rejectDuplicateMapKeys: true });
}

/** The file that `import` would load for somebody in the working folder. */
function entryOf(name: string): string {
  const folder = process.cwd();
  if (isAbsolute(name)) return name;
  if (/^\.{1,2}\//.test(name)) return join(folder, name);
  const manifest = modules.findPackageJSON(name, pathToFileURL(join(folder, 'package.json')));
  if (manifest === undefined) throw new Error('no such package');
  const { exports, main } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown; main?: unknown };
  const entry =
    entryIn(isObject(exports) && Object.hasOwn(exports, '.') ? exports['.'] : exports) ?? main ?? 'index.js';
  return join(dirname(manifest), String(entry));
}

/** The first target that holds for `import` (Node.js, 'Conditional exports'). */
function entryIn(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (!isObject(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const entry = ['node', 'import', 'module', 'default', 'require'].includes(condition) ? entryIn(inner) : undefined;
    if (entry !== undefined) return entry;
  }
  return undefined;
}
