import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { SignaturesConfiguration } from './configuration.ts';
import { readClientKey, type ClientKey } from './client-key.ts';
import { LocalReplayMemory } from './replay.ts';
import { signatureBase } from './signature-base.ts';
import { useOnce } from './use-once.ts';
import { parseDictionary, type BareItem, type InnerList, type Item } from './structured-fields.ts';

const defaultComponents = ['@method', '@authority', '@path', '@query'];
/** Seconds by which the client's clock may be ahead. */
const skew = 30;

interface Client {
  readonly key: ClientKey;
  readonly identity: Identity;
}

/**
 * Verifies HTTP Message Signatures (RFC 9421): who signed, that everything which decides the request's meaning is
 * signed, that it was signed just now and for the first time.
 * @throws CastellanError `bad-authentication`, `weak-key`
 */
export async function messageSignatureVerifier(
  scheme: SecurityScheme,
  { signatures }: SignaturesConfiguration,
): Promise<SchemeVerifier> {
  const where = `authentication.${scheme.name}.signatures`;
  const clients = await readClients(where, scheme.name, signatures);
  const required = signatures.components ?? defaultComponents;
  const maxAge = (signatures.maxAge ?? 300) * 1000;
  const replay = signatures.replay ?? new LocalReplayMemory();

  const check = async (input: InnerList, signature: Buffer, request: SchemeRequest): Promise<SchemeOutcome> => {
    const client = clients.get(textOf(input.parameters.get('keyid')) ?? '');
    if (client === undefined) return refused('unknown-key');
    const { now, arrivedAt = now } = request;
    const reason =
      timeProblem(input, arrivedAt, maxAge) ?? coverageProblem(input, required, request) ?? client.key.problem(input);
    if (reason !== undefined) return refused(reason);
    const base = signatureBase(input, request);
    if (base === undefined) return refused('signature-component');
    if (!client.key.verify(Buffer.from(base), signature)) return refused('bad-signature');
    const nonce = textOf(input.parameters.get('nonce'));
    if (signatures.nonce === true && (nonce === undefined || nonce === '')) return refused('signature-without-nonce');
    const id = nonce === undefined ? base : `nonce ${nonce}`;
    const use = await useOnce(
      replay,
      request,
      `signature ${client.identity.credential.id} ${id}`,
      now + maxAge + skew * 2000,
    );
    if (use === 'full') return { outcome: 'throttled', retryAfterSeconds: 30 };
    if (use === 'used') return refused('signature-used-before');
    request.contentDigest = covers(input, 'content-digest')
      ? String(request.incoming.headers['content-digest'] ?? '')
      : '';
    return { outcome: 'verified', identity: client.identity };
  };

  return {
    scheme,
    challenge: 'Signature',
    notices: [],
    verify(request) {
      const { headers } = request.incoming;
      const [inputField, signatureField] = [headers['signature-input'], headers['signature']];
      if (inputField === undefined && signatureField === undefined) return { outcome: 'missing' };
      const inputs = parseDictionary(String(inputField ?? ''));
      const values = parseDictionary(String(signatureField ?? ''));
      if (inputs === undefined || values === undefined) return refused('signature-malformed');
      const chosen = choose(inputs, signatures.tag);
      if (chosen === undefined) return refused('which-signature');
      const [label, input] = chosen;
      const value = values.get(label);
      if (value === undefined || !('item' in value) || value.item.type !== 'bytes')
        return refused('signature-malformed');
      return check(input, value.item.value, request);
    },
  };
}

function refused(reason: string): SchemeOutcome {
  return { outcome: 'refused', reason };
}

/** The one signature that is meant: with the tag that is asked for, or the only one. */
function choose(
  inputs: ReadonlyMap<string, Item | InnerList>,
  tag: string | undefined,
): readonly [string, InnerList] | undefined {
  const fitting = [...inputs].filter(
    (entry): entry is [string, InnerList] =>
      'items' in entry[1] && (tag === undefined || textOf(entry[1].parameters.get('tag')) === tag),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function textOf(item: BareItem | undefined): string | undefined {
  return item?.type === 'string' ? item.value : undefined;
}

function numberOf(item: BareItem | undefined): number | undefined {
  return item?.type === 'number' ? item.value : undefined;
}

function timeProblem({ parameters }: InnerList, now: number, maxAge: number): string | undefined {
  const created = numberOf(parameters.get('created'));
  if (created === undefined) return 'signature-without-time';
  if (created * 1000 > now + skew * 1000) return 'signature-from-the-future';
  if (created * 1000 < now - maxAge) return 'signature-too-old';
  const expires = parameters.get('expires');
  if (expires === undefined) return undefined;
  return expires.type === 'number' && expires.value * 1000 > now ? undefined : 'signature-expired';
}

function covers(input: InnerList, name: string): boolean {
  return input.items.some(({ item, parameters }) => item.value === name && parameters.size === 0);
}

function coverageProblem(input: InnerList, required: readonly string[], request: SchemeRequest): string | undefined {
  const whole = covers(input, '@target-uri');
  for (const name of required) {
    if (covers(input, name)) continue;
    // The target URI is authority, path and query in one.
    if (whole && (name === '@authority' || name === '@path' || name === '@query' || name === '@scheme')) continue;
    return 'signature-covers-too-little';
  }
  const { 'content-length': length, 'transfer-encoding': coding } = request.incoming.headers;
  const body = coding !== undefined || (length !== undefined && length !== '0');
  return body && !covers(input, 'content-digest') ? 'signature-without-content-digest' : undefined;
}

async function readClients(
  where: string,
  scheme: string,
  signatures: SignaturesConfiguration['signatures'],
): Promise<ReadonlyMap<string, Client>> {
  const clients = new Map<string, Client>();
  for (const [keyid, client] of Object.entries(signatures.keys ?? {})) {
    clients.set(keyid, {
      key: await readClientKey(`${where}.keys.${keyid}`, client.key),
      identity: {
        subject: client.subject,
        issuer: scheme,
        scopes: Object.freeze([...(client.scopes ?? [])]),
        groups: Object.freeze([...(client.groups ?? [])]),
        claims: Object.freeze({}),
        credential: Object.freeze({ kind: 'signature', id: keyid }),
        ...(client.tenant === undefined ? {} : { tenant: client.tenant }),
      },
    });
  }
  if (clients.size === 0) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where}.keys knows no client`,
      mend: "write keys: { '<keyid>': { key: <public JWK>, subject } }",
    });
  }
  return clients;
}
