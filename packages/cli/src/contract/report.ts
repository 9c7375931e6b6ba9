import type { Contract, SecurityRequirement, SecurityScheme } from '@castellan/contract';
import { effectiveLimits, type SaidLimit } from '@castellan/guard';
import { findUnprotected } from './unprotected.ts';

/** What `castellan contract --json` prints: stable, described by `schemas/contract-output.json`. */
export interface ContractReport {
  readonly openapi: string;
  readonly title: string;
  readonly version: string;
  readonly digest: string;
  readonly file: string;
  readonly profile: string;
  readonly servers: readonly { readonly url: string; readonly basePath: string }[];
  readonly operations: readonly {
    readonly operationId: string;
    readonly operationIdDeclared: boolean;
    readonly method: string;
    readonly path: string;
    readonly summary?: string | undefined;
    readonly tags: readonly string[];
    readonly deprecated: boolean;
    /** As in OpenAPI: OR over the list, AND over the members of one. Empty: anyone may call it. */
    readonly security: readonly Readonly<Record<string, readonly string[]>>[];
    readonly securityFrom: 'operation' | 'document' | 'nowhere';
    readonly resource: { readonly type: string; readonly id: string | null; readonly declared: boolean } | null;
    /** What is in force where the guard's options say nothing else. */
    readonly limits: readonly SaidLimit[];
  }[];
  /** operationIds of what the API calls at its consumers. */
  readonly webhooks: readonly string[];
  readonly securitySchemes: readonly { readonly name: string; readonly type: string; readonly detail: string }[];
  readonly resources: readonly { readonly type: string; readonly id: string; readonly declared: boolean }[];
  readonly unprotected: readonly {
    readonly code: string;
    readonly message: string;
    readonly fix: string;
    readonly operations: readonly string[];
  }[];
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly fix: string;
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
    readonly pointer: string;
  }[];
}

export function reportOf(contract: Contract): ContractReport {
  return {
    openapi: contract.openapi,
    title: contract.title,
    version: contract.version,
    digest: contract.digest,
    file: contract.file,
    profile: contract.castellan.profile,
    servers: contract.servers.map(({ url, basePath }) => ({ url, basePath })),
    operations: contract.operations.map((operation) => ({
      operationId: operation.operationId,
      operationIdDeclared: operation.operationIdDeclared,
      method: operation.method,
      path: operation.path,
      summary: operation.summary,
      tags: operation.tags,
      deprecated: operation.deprecated,
      security: operation.security.map(plain),
      securityFrom: operation.securityFrom,
      resource: operation.resource === undefined ? null : { ...operation.resource, id: operation.resource.id ?? null },
      limits: effectiveLimits(contract, operation),
    })),
    webhooks: contract.webhooks.map((webhook) => webhook.operationId),
    securitySchemes: [...contract.securitySchemes.values()].map((scheme) => ({
      name: scheme.name,
      type: scheme.type,
      detail: detailOf(scheme),
    })),
    resources: [...contract.resources.values()].map(({ type, id, declared }) => ({ type, id, declared })),
    unprotected: findUnprotected(contract).map((kind) => ({
      ...kind,
      operations: kind.operations.map((operation) => operation.operationId),
    })),
    warnings: contract.warnings.map(({ code, message, fix, location }) => ({
      code,
      message,
      fix,
      ...contract.place(location),
      pointer: location.pointer,
    })),
  };
}

/** A requirement as OpenAPI writes it. */
function plain(requirement: SecurityRequirement): Record<string, readonly string[]> {
  return Object.fromEntries(requirement.schemes.map(({ scheme, scopes }) => [scheme.name, scopes]));
}

function detailOf(scheme: SecurityScheme): string {
  switch (scheme.type) {
    case 'http':
      return scheme.scheme;
    case 'apiKey':
      return `${scheme.in} ${scheme.key}`;
    case 'oauth2':
      return scheme.flows.map((flow) => flow.flow).join(', ');
    case 'openIdConnect':
      return scheme.openIdConnectUrl;
    case 'mutualTLS':
      return '';
  }
}
