import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type GatewayOptions } from '@castellan/gateway';
import type { GuardEvent } from '@castellan/guard';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { run } from '../../packages/cli/src/run.ts';

/** One request of a caller, who is known by the `sub` of a token, or has none (`''`). */
export interface Call {
  readonly as: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  /** Of an attack: what authorization is missing. */
  readonly at?: 'object' | 'function' | 'property' | undefined;
  /** Where the body is no JSON object. */
  readonly contentType?: string | undefined;
  /** Of an attack that is answered well all the same: whether the answer holds nothing that it should not. */
  readonly stopped?: ((answer: string) => boolean) | undefined;
}

/** An API without authorization: what its document says, what its clients do, and what an attacker does to it. */
export interface WeakApi {
  readonly name: string;
  readonly document: object;
  /** Groups in tokens, by `sub`; nobody else has one. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Scopes in tokens. */
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
  /** All that a token says of a caller, where it is something else. */
  claims?(as: string): Readonly<Record<string, unknown>>;
  /** The `sub` of a caller's token, where it is not its name. */
  subject?(as: string): string;
  /** How a caller shows who it is, where it shows no token of the issuer. */
  credential?(as: string): Readonly<Record<string, string>>;
  /** How the gateway knows it then, by scheme. */
  readonly authentication?: GatewayOptions['authentication'];
  /** Whether the gateway reads credentials already while it observes. */
  readonly unconfigured?: true;
  readonly honest: readonly Call[];
  readonly holes: readonly Call[];
  /** Starts it anew, as on its first day. */
  start(): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** What came of an API behind the gateway. */
export interface Measured {
  readonly broken: readonly string[];
  readonly open: readonly string[];
  /** Of the holes of each kind: how many are open. */
  readonly openAt: Readonly<Record<string, number>>;
  readonly holes: number;
  /** What `castellan policy propose` printed. */
  readonly said: string;
  /** What `castellan policy test` printed about the scenarios, and with which status it ended. */
  readonly tested: string;
  readonly status: number;
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

const issuer = 'https://login.example';
const audience = 'weak';

/** Observes the honest calls, takes what is proposed as it stands, enforces it, and tries both kinds of calls. */
export async function measure(api: WeakApi): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-propose-'));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: '1', alg: 'ES256', use: 'sig' }] };
  const token = (sub: string): Promise<string> =>
    new SignJWT(api.claims?.(sub) ?? { groups: api.groups[sub] ?? [], scope: (api.scopes?.[sub] ?? []).join(' ') })
      .setProtectedHeader({ alg: 'ES256', kid: '1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(api.subject?.(sub) ?? sub)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const tokens = new Map<string, string>();
  for (const { as } of [...api.honest, ...api.holes]) if (as !== '' && !tokens.has(as)) tokens.set(as, await token(as));
  const send = async (url: string, { as, method, path, body, contentType }: Call): Promise<Answered> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(as === '' ? {} : (api.credential?.(as) ?? { authorization: `Bearer ${tokens.get(as)}` })),
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const contract = join(folder, 'openapi.json');
  writeFileSync(contract, JSON.stringify(api.document));
  const learnt = join(folder, 'learnt');
  const out = join(folder, 'proposed');
  const options = {
    contract,
    port: 0,
    basePath: '',
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: { '*': { issuer, audience, jwks } },
  } as const;
  const statuses = await withApi(api, async (upstream) => {
    const { '*': entry } = options.authentication;
    const authentication = api.unconfigured
      ? undefined
      : { ...schemesOf(api.document, entry, []), ...api.authentication };
    const gateway = await startGateway({
      ...options,
      authentication: authentication ?? {},
      upstream,
      mode: 'observe',
      learn: learnt,
    });
    try {
      const found: number[] = [];
      for (const call of api.honest) found.push((await send(gateway.url, call)).status);
      return found;
    } finally {
      await gateway.close();
    }
  });
  const said: string[] = [];
  const castellan = async (...args: readonly string[]): Promise<number> =>
    run(args, {
      out: (text) => void said.push(text),
      err: (text) => void said.push(text),
      interactive: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
  const first = join(folder, 'learnt.json');
  await castellan('learn', learnt, '--contract', contract, '--out', first);
  said.splice(0);
  await castellan('policy', 'propose', '--contract', contract, '--overlay', first, '--learn', learnt, '--out', out);
  const proposed = said.splice(0).join('');
  const overlays = [first, join(out, 'overlay.yaml')];
  const policies = join(out, 'policies/*.cedar');
  const status = await castellan(
    'policy',
    'test',
    join(out, 'scenarios'),
    '--contract',
    contract,
    ...overlays.flatMap((overlay) => ['--overlay', overlay]),
    '--policies',
    policies,
  );
  const authentication = {
    ...schemesOf(api.document, options.authentication['*'], ['token']),
    ...api.authentication,
  };
  const enforced = { ...options, authentication, overlays, policies };
  const broken: string[] = [];
  const open: string[] = [];
  const openAt: Record<string, number> = {};
  const shown = ({ as, method, path }: Call): string => `${as || 'nobody'} ${method} ${path}`;
  for (const which of ['honest', 'holes'] as const)
    await withApi(api, async (upstream) => {
      let last: GuardEvent | undefined;
      const gateway = await startGateway({ ...enforced, upstream, onEvent: (event) => void (last = event) });
      try {
        for (const [at, call] of api[which].entries()) {
          const answer = await send(gateway.url, call);
          if (which === 'honest' && answer.status !== statuses[at])
            broken.push(`${shown(call)}: ${answer.status} and not ${statuses[at]}: ${JSON.stringify(last?.unmapped)}`);
          const isStopped = answer.status >= 400 || call.stopped?.(answer.text) === true;
          if (which === 'holes' && !isStopped) open.push(`${shown(call)}: ${answer.status}`);
          if (which === 'holes' && !isStopped) openAt[call.at ?? ''] = (openAt[call.at ?? ''] ?? 0) + 1;
        }
      } finally {
        await gateway.close();
      }
    });
  rmSync(folder, { recursive: true });
  return { broken, open, openAt, holes: api.holes.length, said: proposed, tested: said.join(''), status };
}

/** An entry for each scheme of a document, and for the one that is proposed where it has none. */
function schemesOf<T>(document: object, entry: T, otherwise: readonly string[]): Record<string, T> {
  const { components } = document as { components?: { securitySchemes?: object } };
  const names = Object.keys(components?.securitySchemes ?? {});
  return Object.fromEntries((names.length === 0 ? otherwise : names).map((name) => [name, entry]));
}

async function withApi<T>(api: WeakApi, use: (url: string) => Promise<T>): Promise<T> {
  const running = await api.start();
  try {
    return await use(running.url);
  } finally {
    await running.close();
  }
}
