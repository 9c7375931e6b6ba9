import type { Operation, SecurityScheme } from '@castellan/contract';
import type { Api } from './api.ts';

/** Security schemes that some operation asks for, with those operations. */
export function* using(
  api: Api,
): Generator<{ readonly scheme: SecurityScheme; readonly operations: readonly Operation[] }> {
  const found = new Map<SecurityScheme, Operation[]>();
  for (const operation of api.operations)
    for (const scheme of new Set(operation.security.flatMap(({ schemes }) => schemes.map((one) => one.scheme)))) {
      const list = found.get(scheme);
      if (list === undefined) found.set(scheme, [operation]);
      else list.push(operation);
    }
  for (const [scheme, operations] of found) yield { scheme, operations };
}

/** Words of the names, run together, under which credentials travel. */
export function isCredentialName(joined: string): boolean {
  return /^(?:x?api?key|apikey|accesstoken|authtoken|authentication|authtoken|bearer|bearertoken|jwt|idtoken|refreshtoken|sessionid|sessiontoken|password|passwd|pwd|secret|clientsecret|apisecret|privatekey|secretkey|passwort|motdepasse|contrasena)$/.test(
    joined,
  );
}
