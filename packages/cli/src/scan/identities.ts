import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CastellanError, nearest, type Contract } from '@castellan/contract';
import { resolveReferences } from '@castellan/guard/secrets';
import type { Identity } from '@castellan/scan';
import { parse } from 'yaml';
import { usage } from '../arguments.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where identities are written, and what they are read against. */
interface Written {
  /** `--identity`: `ada=env:ADA_TOKEN`. */
  readonly flags: readonly string[];
  /** `--identities`. */
  readonly file: string | undefined;
  readonly contract: Contract;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads as whom an API is called.
 * @throws CastellanError `usage`, `bad-identities`, `unset-variable`, `unreadable-secret`
 */
export function identitiesOf({ flags, file, contract, cwd, env }: Written): readonly Identity[] {
  const all = new Map<string, Identity>();
  const add = (identity: Identity): void => {
    if (all.has(identity.name))
      throw usage(`the identity '${identity.name}' is given twice`, 'give each a name of its own');
    all.set(identity.name, identity);
  };
  for (const flag of flags) {
    const at = flag.indexOf('=');
    const name = flag.slice(0, at);
    if (at < 1 || !/^[\w.-]{1,40}$/.test(name))
      throw usage('an identity has a name and a credential', 'write --identity ada=env:ADA_TOKEN');
    add({
      name,
      credentials: new Map([['*', credentialOf(flag.slice(at + 1), `--identity ${name}`, env)]]),
      mayNot: new Set(),
    });
  }
  if (file !== undefined) for (const identity of readFile(file, contract, cwd, env)) add(identity);
  return [...all.values()];
}

function readFile(file: string, contract: Contract, cwd: string, env: Written['env']): readonly Identity[] {
  const bad = (message: string, mend: string): CastellanError =>
    new CastellanError({ code: 'bad-identities', message, place: { file }, mend });
  let value: unknown;
  try {
    value = parse(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw bad(
      `the identities cannot be read (${/^E[A-Z]+$/.exec((error as NodeJS.ErrnoException).code ?? '')?.[0] ?? 'no YAML'})`,
      'name a YAML file with identities: { ada: { credential: ${env:ADA_TOKEN} } }',
    );
  }
  const written = mapOf(mapOf(value)?.['identities']);
  if (written === undefined)
    throw bad('there are no identities', 'write identities: { ada: { credential: ${env:ADA_TOKEN} } }');
  return Object.entries(written).map(([name, one]) => {
    const entry = mapOf(one);
    const keys = ['credential', 'credentials', 'mayNot'];
    const wrong = entry === undefined ? name : Object.keys(entry).find((key) => !keys.includes(key));
    if (entry === undefined || wrong !== undefined)
      throw bad(
        `identities.${name}: '${wrong}' is not known`,
        `write ${nearest(String(wrong), keys) ?? 'credential, credentials or mayNot'}`,
      );
    const credentials = new Map<string, string>();
    if (entry['credential'] !== undefined)
      credentials.set('*', credentialOf(entry['credential'], `identities.${name}.credential`, env));
    for (const [scheme, credential] of Object.entries(mapOf(entry['credentials']) ?? {})) {
      if (!contract.securitySchemes.has(scheme))
        throw bad(
          `identities.${name}.credentials: the document has no security scheme '${scheme}'`,
          `write one of ${[...contract.securitySchemes.keys()].join(', ')}`,
        );
      credentials.set(scheme, credentialOf(credential, `identities.${name}.credentials.${scheme}`, env));
    }
    if (credentials.size === 0) throw bad(`identities.${name} has no credential`, 'write credential: ${env:NAME}');
    const mayNot = entry['mayNot'] ?? [];
    const ids = contract.operations.map(({ operationId }) => operationId);
    if (!Array.isArray(mayNot)) throw bad(`identities.${name}.mayNot is no list`, 'write a list of operationIds');
    const unknown = mayNot.find((id) => !ids.includes(String(id)));
    if (unknown !== undefined) {
      const near = nearest(String(unknown), ids);
      throw bad(
        `identities.${name}.mayNot: there is no operation '${String(unknown)}'`,
        near === undefined ? 'see castellan contract' : `did you mean ${near}?`,
      );
    }
    return { name, credentials, mayNot: new Set(mayNot.map(String)) };
  });
}

/** `env:NAME` and `file:PATH` are short for the references that configuration has. */
function credentialOf(written: unknown, where: string, env: Written['env']): string {
  if (typeof written !== 'string' || written === '') throw usage(`${where} is no text`, 'write env:NAME or file:PATH');
  const text = /^(?:env|file):/.test(written) ? `\${${written}}` : written;
  const { value } = resolveReferences(where, text, { env });
  if ([...value].some((one) => one < ' ' || one === '\x7f'))
    throw usage(`${where} holds control characters`, 'give the credential in one line');
  return value;
}

function mapOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
