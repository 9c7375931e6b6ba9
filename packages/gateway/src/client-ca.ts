import { CastellanError } from '@castellan/contract';
import type { Guard } from '@castellan/guard';

/**
 * Without the authority that client certificates are checked against, nobody could ever call.
 * @throws CastellanError `no-client-ca`
 */
export function requireClientCa(guard: Guard, clientCa: string | undefined): void {
  if (clientCa !== undefined) return;
  const operation = guard.contract.operations.find(({ security }) =>
    security.some(({ schemes }) => schemes.some(({ scheme }) => scheme.type === 'mutualTLS')),
  );
  if (operation === undefined) return;
  throw new CastellanError({
    code: 'no-client-ca',
    message: `operation ${operation.operationId} needs a client certificate, and no authority for them is named`,
    mend: 'name its PEM file with --tls-client-ca (tls.clientCa); behind a TLS proxy write --client-certificate header',
  });
}
